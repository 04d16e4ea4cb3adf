//! Choosing fractional bits, ring and comparison width for each step.

use blindsight_mpc::ring::Ring;

use super::{
    FixedPointError, IntegerLayer, IntegerNetwork,
    interval::{self, Interval},
    quantise::{self, Known, Precision},
    steps::{self, End, Kind, Step},
};
use crate::{
    network::{Activation as Float, Network, Shape, Window},
    plan::{
        Activation, Affine, Function, Gate, Hidden, MaxPool, Operand, Output, Plan, PlanError,
        Reveal,
    },
};

/// Fractional bits of activations that are tried, the most precise first. Each bit costs one level
/// of every comparison key; ten are as good as floating point on the bundled networks.
const ACTIVATION_BITS: [i32; 3] = [10, 9, 8];
/// Fractional bits of weights: no more are useful, and fewer lose accuracy.
const WEIGHT_BITS: std::ops::RangeInclusive<i32> = 8..=16;
/// Fractional bits of a leaky ReLU's slope: a slope of 0.01 becomes 10 / 1024.
const SLOPE_BITS: u32 = 10;

impl IntegerNetwork {
    /// Converts a network, choosing the narrowest ring and the highest precision that are proved
    /// to hold every value for every picture.
    ///
    /// # Errors
    ///
    /// The layer that does not fit, and why.
    pub fn from_float(network: &Network) -> Result<Self, FixedPointError> {
        Self::from_float_with(network, Demands::default())
    }

    /// The same where more is demanded of the integers than that they fit.
    ///
    /// # Errors
    ///
    /// As [`IntegerNetwork::from_float`].
    pub fn from_float_with(network: &Network, demands: Demands) -> Result<Self, FixedPointError> {
        let steps = steps::cut(network)?;
        steps::check(&steps)?;
        // Before any work that grows faster than the network.
        let classes = steps.last().and_then(|step| step.operations.last());
        let found = classes.map_or(0, |operation| operation.shape.elements());
        if blindsight_mpc::argmax::Classes::new(found).is_none() {
            return Err(PlanError::Classes { found }.into());
        }
        // The most precise activations for which everything fits Z_2^32; failing that, Z_2^64,
        // where the narrow ring does not do; failing that, everywhere.
        let bits = match demands.fractional_bits {
            Some(bits) => vec![i32::from(bits)],
            None => ACTIVATION_BITS.to_vec(),
        };
        let limits = |rings| Limits {
            rings,
            narrowest: demands.narrowest,
            compared: demands.compared,
        };
        let with = |bits: i32, rings| convert(network.input, &steps, bits, limits(rings));
        if demands.narrowest < Ring::Z64
            && let Some(integers) = bits.iter().find_map(|bits| with(*bits, &[Ring::Z32]).ok())
        {
            return Ok(integers);
        }
        let precise = bits.first().copied().unwrap_or_default();
        if demands.narrowest < Ring::Z64
            && let Ok(integers) = with(precise, &[Ring::Z32, Ring::Z64])
        {
            return Ok(integers);
        }
        with(precise, &[Ring::Z64])
    }
}

/// What is demanded of a network in integers beyond that it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demands {
    /// Fractional bits of activations. Where none are demanded they are as many as fit.
    pub fractional_bits: Option<u8>,
    /// The narrowest ring that a step may have.
    pub narrowest: Ring,
    /// The most bits that a comparison may see, those that are dropped counted.
    pub compared: u32,
}

impl Default for Demands {
    fn default() -> Self {
        Self {
            fractional_bits: None,
            narrowest: Ring::ALL[0],
            compared: Ring::Z64.bits(),
        }
    }
}

/// What a step may use.
#[derive(Clone, Copy)]
struct Limits<'a> {
    /// The rings for what is rounded.
    rings: &'a [Ring],
    /// The narrowest ring for what is exact.
    narrowest: Ring,
    /// The most bits that a comparison may see, those that are dropped counted.
    compared: u32,
}

fn convert(
    input: Shape,
    steps: &[Step<'_>],
    activation_bits: i32,
    limits: Limits<'_>,
) -> Result<IntegerNetwork, FixedPointError> {
    let mut values = vec![Known {
        scale: 1.0,
        ranges: vec![Interval::PIXEL; input.elements()],
        shape: input,
    }];
    let (mut hidden, mut layers) = (Vec::new(), Vec::new());
    let mut exact = Vec::with_capacity(steps.len());
    for step in steps {
        let fitted = fit(step, &values, activation_bits, limits)?;
        exact.push(fitted.exact);
        layers.extend(fitted.layers);
        match fitted.end {
            Ended::Hidden(activation, value) => {
                values.push(value);
                hidden.push(Hidden {
                    affine: fitted.affine,
                    activation,
                });
            }
            Ended::Output { width, unit } => {
                let output = Output {
                    affine: fitted.affine,
                    width,
                    unit,
                    reveal: Reveal::Ranking { top: 1 },
                };
                let plan = Plan::new(input, hidden, output)?;
                return Ok(IntegerNetwork {
                    plan,
                    layers,
                    exact,
                });
            }
        }
    }
    Err(FixedPointError::Empty)
}

/// A step in integers, with the proof that its ring holds what it computes.
struct Fitted {
    affine: Affine,
    layers: Vec<IntegerLayer>,
    /// Nothing was rounded.
    exact: bool,
    end: Ended,
}

enum Ended {
    Hidden(Activation, Known),
    Output { width: u32, unit: u64 },
}

/// The narrowest of the rings, and in it the most fractional bits, that hold every result.
fn fit(
    step: &Step<'_>,
    values: &[Known],
    activation_bits: i32,
    limits: Limits<'_>,
) -> Result<Fitted, FixedPointError> {
    let (mut needed, mut refused) = (0, None);
    let exact = Ring::ALL.iter().map(|ring| (*ring, Precision::Exact));
    let exact = exact.filter(|(ring, _)| *ring >= limits.narrowest && may_be_exact(step, values));
    let rounded = limits.rings.iter().flat_map(|ring| {
        let precisions = precisions(step, values);
        precisions.map(|precision| (*ring, precision))
    });
    for (ring, precision) in exact.chain(rounded) {
        let output = matches!(step.end, End::Output);
        let affine = match quantise::affine(&step.operations, values, precision, output) {
            Ok(Some(affine)) => affine,
            Ok(None) => continue,
            // At a lower precision values may still meet.
            Err(error) => {
                refused = Some(error);
                continue;
            }
        };
        let bits = affine.hull.bits();
        if precision != Precision::Exact {
            needed = bits;
        }
        // One bit more: differences of results must fit as well.
        if bits >= ring.bits() {
            continue;
        }
        // Whatever the ring: no comparison sees more.
        let room = ring.bits().min(limits.compared);
        if let Some(end) = end(step, &affine, precision, activation_bits, room)? {
            let quantise::Affine {
                operations, layers, ..
            } = affine;
            return Ok(Fitted {
                affine: Affine { ring, operations },
                layers,
                exact: precision == Precision::Exact,
                end,
            });
        }
    }
    let layer = step.operations.last().map_or(step.layer, |last| last.layer);
    Err(if let Some(refused) = refused.filter(|_| needed == 0) {
        refused
    } else if needed == 0 {
        FixedPointError::Weight { layer }
    } else {
        FixedPointError::Overflow {
            layer,
            bits: needed,
        }
    })
}

/// Whether nothing is lost by taking a step as integers: it takes integers, and what follows does
/// not depend on the scale.
fn may_be_exact(step: &Step<'_>, values: &[Known]) -> bool {
    let scaleless = match step.end {
        End::Output => true,
        End::Activation { function, .. } => function == Some(Float::Sign),
    };
    let operands = step
        .operations
        .iter()
        .flat_map(|operation| &operation.operands);
    let mut taken = operands.filter_map(|operand| match operand {
        Operand::Value(k) => values.get(usize::from(*k)),
        Operand::Result(_) => None,
    });
    scaleless && taken.all(|value| value.scale == 1.0)
}

/// The scales that are tried for what linear maps give, the most precise first.
fn precisions(step: &Step<'_>, values: &[Known]) -> impl Iterator<Item = Precision> + use<> {
    // What enters a linear map decides with how many bits its weights are rounded.
    let mut scales: Vec<f64> = Vec::with_capacity(step.operations.len());
    let mut finest: f64 = 1.0;
    for operation in &step.operations {
        let operands = operation.operands.iter().map(|operand| match operand {
            Operand::Value(k) => values.get(usize::from(*k)).map_or(1.0, |value| value.scale),
            Operand::Result(k) => scales.get(usize::from(*k)).copied().unwrap_or(1.0),
        });
        let scale = operands.fold(1.0, f64::max);
        finest = finest.max(scale);
        scales.push(match operation.kind {
            // Its own scale is what is being chosen.
            Kind::FullyConnected(_) | Kind::Convolution(_) => 1.0,
            Kind::Average { window, .. } => {
                scale * f64::from(window.kernel[0]) * f64::from(window.kernel[1])
            }
            Kind::Sum | Kind::Concatenate | Kind::Reshape => scale,
        });
    }
    let finest = finest.log2().ceil() as i32;
    WEIGHT_BITS
        .rev()
        .map(move |bits| Precision::Scale(finest + bits))
}

/// What ends a step; `None` when comparisons of `room` bits cannot hold it.
fn end(
    step: &Step<'_>,
    affine: &quantise::Affine,
    precision: Precision,
    activation_bits: i32,
    room: u32,
) -> Result<Option<Ended>, FixedPointError> {
    let result = &affine.result;
    let (pool, function) = match step.end {
        End::Output => {
            let hull = interval::hull(&result.ranges);
            let range = affine.differences.unwrap_or(hull.difference());
            let width = range.bits().max(2);
            let fits = width <= room;
            // Scales are powers of two, times the elements of a window that is averaged.
            let unit = result.scale.max(1.0) as u64;
            return Ok(fits.then_some(Ended::Output { width, unit }));
        }
        End::Activation { pool, function } => (pool, function),
    };
    let shift = match precision {
        Precision::Exact => 0,
        Precision::Scale(_) => (result.scale.log2().floor() as i32 - activation_bits).max(0) as u32,
    };
    let pooled = match pool {
        Some(window) => max_pool(result, window, shift),
        None => Some((None, result.ranges.clone(), result.shape)),
    };
    let Some((pool, ranges, shape)) = pooled else {
        return Ok(None);
    };
    let opened: Vec<Interval> = ranges.iter().map(|range| range.truncated(shift)).collect();
    let scale = result.scale / 2_f64.powi(shift as i32);
    let layer = step.layer;
    let (gate, compared, given) = gate(function, &opened, scale, layer)?;
    let width = compared.bits().max(2);
    let room = room - shift.min(room);
    let fits = width <= room && pool.is_none_or(|pool: MaxPool| pool.width <= room);
    let activation = Activation {
        pool,
        shift,
        width,
        gate,
    };
    let value = Known {
        scale: given,
        ranges: opened.iter().map(|z| through(gate, *z)).collect(),
        shape,
    };
    Ok(fits.then_some(Ended::Hidden(activation, value)))
}

/// The gate of a function over opened values, the hull of all that it compares, and the scale of
/// what it gives.
fn gate(
    function: Option<Float>,
    opened: &[Interval],
    scale: f64,
    layer: usize,
) -> Result<(Gate, Interval, f64), FixedPointError> {
    let hull = interval::hull(opened);
    let function = match function {
        None => Function::Identity,
        Some(Float::Sign) => return Ok((Gate::Sign, hull, 1.0)),
        Some(Float::Relu) => Function::Relu,
        Some(Float::LeakyRelu { slope }) => {
            if !(0.0..=1.0).contains(&slope) {
                return Err(FixedPointError::Activation { layer });
            }
            let unit = f64::from(1_u32 << SLOPE_BITS);
            let slope = (f64::from(slope) * unit).round() as u32;
            let function = Function::LeakyRelu {
                slope,
                bits: SLOPE_BITS,
            };
            return Ok((Gate::Function(function), hull, scale * unit));
        }
        Some(Float::Clip { high }) => {
            let high = (f64::from(high) * scale).round();
            if high.is_nan() || high < 1.0 {
                return Err(FixedPointError::Activation { layer });
            }
            // What lies above all values clips nothing.
            if high >= hull.high as f64 {
                Function::Relu
            } else {
                let high = high as u64;
                let lowered = hull.plus(Interval::of(-i128::from(high)));
                let compared = hull.hull(lowered);
                return Ok((Gate::Function(Function::Clip { high }), compared, scale));
            }
        }
    };
    Ok((Gate::Function(function), hull, scale))
}

/// The range of what a gate gives: all of them rise.
fn through(gate: Gate, z: Interval) -> Interval {
    let of = |z: i128| {
        // Opened values fit 63 bits.
        i128::from(gate.of(z.clamp(i64::MIN.into(), i64::MAX.into()) as i64))
    };
    Interval {
        low: of(z.low),
        high: of(z.high),
    }
}

/// Pooling with the ranges and the shape of what is left; `None` when the window does not fit.
fn max_pool(
    result: &Known,
    window: Window,
    shift: u32,
) -> Option<(Option<MaxPool>, Vec<Interval>, Shape)> {
    let from = result.shape;
    let shape = from.pooled(&window)?;
    let planes = result.ranges.chunks(from.plane().max(1));
    let differences: Vec<Interval> = planes
        .map(|plane| interval::tight_hull(plane).difference().truncated(shift))
        .collect();
    let width = interval::hull(&differences).bits().max(2);
    let pool = MaxPool {
        window,
        shift,
        width,
    };
    let (tournament, players) = blindsight_mpc::tournament::Tournament::new(from, &window)?;
    // In each round the smaller one may win if the comparison does not see the difference.
    let loss = if shift > 0 {
        i128::from(tournament.rounds()) << shift
    } else {
        0
    };
    let mut players = players.iter().map(|k| result.ranges[*k]);
    let ranges = tournament.windows().map(|count| {
        let window = players.by_ref().take(count);
        let largest = window.reduce(|a, b| Interval {
            low: a.low.max(b.low),
            high: a.high.max(b.high),
        });
        let largest = largest.unwrap_or(Interval::of(0));
        Interval {
            low: largest.low - loss,
            ..largest
        }
    });
    let ranges = ranges.collect();
    Some((Some(pool), ranges, shape))
}
