//! The affine part of a step in integers at a given precision, with the ranges of what it gives.

use ndarray::{Array1, Array2, ArrayView2};

use super::{
    FixedPointError,
    integers::{IntegerLayer, Weights},
    interval::{self, Interval},
    steps::{Kind, Operation},
};
use crate::{
    network::Shape,
    plan::{self, LinearMap, MAX_FACTOR, Operand, Term, WindowWeights},
};

/// The largest multiple of the finest scale at which values of different scales meet.
const MAX_MULTIPLE: u32 = 1 << 10;

/// A value in integers: what one real unit is, and between which bounds each element lies.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) scale: f64,
    pub(super) ranges: Vec<Interval>,
    pub(super) shape: Shape,
}

/// At which precision a step's linear maps are rounded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Precision {
    /// Not at all: weights are integers and biases are rounded down, which changes no sign.
    Exact,
    /// What they give has a scale of two to this power.
    Scale(i32),
}

/// The affine part of a step in integers.
pub(super) struct Affine {
    pub(super) operations: Vec<plan::Operation>,
    pub(super) layers: Vec<IntegerLayer>,
    pub(super) result: Known,
    /// The hull of the ranges of all operations: the ring must hold it.
    pub(super) hull: Interval,
    /// The narrowest proved hull of the differences of any two elements of the result, for a step
    /// whose last operation is a matrix.
    pub(super) differences: Option<Interval>,
}

/// Rounds a step; `None` when a weight gets too large for an integer at this precision or, for
/// [`Precision::Exact`], is none.
pub(super) fn affine(
    operations: &[Operation<'_>],
    values: &[Known],
    precision: Precision,
    differences: bool,
) -> Result<Option<Affine>, FixedPointError> {
    let mut results: Vec<Known> = Vec::with_capacity(operations.len());
    let mut all = Affine {
        operations: Vec::with_capacity(operations.len()),
        layers: Vec::new(),
        result: Known {
            scale: 1.0,
            ranges: Vec::new(),
            shape: Shape::flat(0),
        },
        hull: Interval { low: 0, high: 0 },
        differences: None,
    };
    for (index, operation) in operations.iter().enumerate() {
        let inputs: Vec<(Operand, &Known)> = operation
            .operands
            .iter()
            .map(|operand| match operand {
                Operand::Value(k) => (*operand, &values[usize::from(*k)]),
                Operand::Result(k) => (*operand, &results[usize::from(*k)]),
            })
            .collect();
        let (first, x) = inputs[0];
        let (written, scale, ranges) = match operation.kind {
            Kind::FullyConnected(layer) => {
                let map = LinearMap::FullyConnected {
                    inputs: layer.weights.ncols() as u32,
                    outputs: layer.weights.nrows() as u32,
                };
                let Some((scale, weights, bias)) =
                    round(layer.weights.view(), layer.bias.iter(), x.scale, precision)
                else {
                    return Ok(None);
                };
                let ranges = interval::outputs(&weights, &bias, &x.ranges);
                if differences && index + 1 == operations.len() {
                    all.differences = Some(interval::differences(&weights, &bias, &x.ranges));
                }
                let weights = Weights::new(&map, weights);
                all.layers.push(IntegerLayer { weights, bias });
                (plan::Operation::Linear { of: first, map }, scale, ranges)
            }
            Kind::Convolution(layer) => {
                let map = LinearMap::Convolution {
                    input: x.shape,
                    channels: layer.weights.dim().0 as u32,
                    window: layer.window,
                    groups: layer.groups,
                };
                let (rows, columns) = map.weights();
                let plane = operation.shape.plane();
                let bias = (0..rows * plane).map(|element| {
                    let (channel, place) = (element / plane, element % plane);
                    let (_, height, width) = layer.bias.dim();
                    let place = if height * width == 1 { 0 } else { place };
                    &layer.bias[[channel, place / width, place % width]]
                });
                // The weights of a network are in rows wherever they came from.
                let weights = layer.weights.as_standard_layout();
                let Some((scale, weights, bias)) = weights
                    .to_shape((rows, columns))
                    .ok()
                    .and_then(|weights| round(weights.view(), bias, x.scale, precision))
                else {
                    return Ok(None);
                };
                let ranges = interval::convolved(&map, &weights, &bias, &x.ranges);
                let weights = Weights::new(&map, weights);
                all.layers.push(IntegerLayer { weights, bias });
                (plan::Operation::Linear { of: first, map }, scale, ranges)
            }
            Kind::Average {
                window,
                count_padding,
            } => {
                let weights = WindowWeights::new(x.shape, window, count_padding).ok_or(
                    FixedPointError::Average {
                        layer: operation.layer,
                    },
                )?;
                let zero = Interval { low: 0, high: 0 };
                let times = |range: Interval, factor: u32| range.scaled(factor.into());
                let ranges = weights.sums(&x.ranges, x.shape, window, zero, Interval::plus, times);
                let scale = x.scale * f64::from(weights.divisor);
                let written = plan::Operation::WindowSum {
                    of: first,
                    window: *window,
                    count_padding,
                };
                (written, scale, ranges)
            }
            Kind::Sum | Kind::Concatenate => {
                let layer = operation.layer;
                let (terms, scale) = terms(&inputs).ok_or(FixedPointError::Scales { layer })?;
                let scaled = terms.iter().zip(&inputs).map(|(term, (_, x))| {
                    let ranges = x.ranges.iter();
                    ranges
                        .map(|range| range.scaled(term.factor.into()))
                        .collect::<Vec<_>>()
                });
                if matches!(operation.kind, Kind::Sum) {
                    let sum = scaled.reduce(|sum, term| {
                        sum.iter().zip(&term).map(|(a, b)| a.plus(*b)).collect()
                    });
                    (plan::Operation::Sum(terms), scale, sum.unwrap_or_default())
                } else {
                    let ranges = scaled.flatten().collect();
                    (plan::Operation::Concatenate(terms), scale, ranges)
                }
            }
            Kind::Reshape => {
                let shape = operation.shape;
                let written = plan::Operation::Reshape { of: first, shape };
                (written, x.scale, x.ranges.clone())
            }
        };
        all.hull = all.hull.hull(interval::hull(&ranges));
        all.operations.push(written);
        results.push(Known {
            scale,
            ranges,
            shape: operation.shape,
        });
    }
    Ok(results.pop().map(|result| Affine { result, ..all }))
}

/// Integer factors that bring all inputs to one scale, a small multiple of the finest one's: means
/// of 4 and of 9 elements meet at 36.
fn terms(inputs: &[(Operand, &Known)]) -> Option<(Vec<Term>, f64)> {
    let finest = inputs.iter().map(|(_, x)| x.scale).fold(0.0, f64::max);
    (1..=MAX_MULTIPLE).find_map(|multiple| {
        let scale = finest * f64::from(multiple);
        let term = |(operand, x): &(Operand, &Known)| {
            let factor = scale / x.scale;
            let whole = factor.round();
            let near = (factor - whole).abs() < 1e-9 * factor;
            (near && (1.0..=f64::from(MAX_FACTOR)).contains(&whole)).then_some(Term {
                operand: *operand,
                factor: whole as u32,
            })
        };
        let terms: Option<Vec<Term>> = inputs.iter().map(term).collect();
        Some((terms?, scale))
    })
}

/// Weights and biases in integers, and the scale of what they give.
fn round<'b>(
    weights: ArrayView2<'_, f32>,
    bias: impl Iterator<Item = &'b f32>,
    from: f64,
    precision: Precision,
) -> Option<(f64, Array2<i32>, Array1<i64>)> {
    let (scale, of_weights) = match precision {
        Precision::Exact => (from, 1.0),
        Precision::Scale(power) => {
            let scale = 2_f64.powi(power);
            (scale, scale / from)
        }
    };
    let whole = |value: f64, limit: f64| {
        let exact = precision == Precision::Exact && value.fract() != 0.0;
        let rounded = value.round();
        (!exact && rounded.abs() < limit).then_some(rounded)
    };
    let integers: Option<Vec<i32>> = weights
        .iter()
        .map(|w| whole(f64::from(*w) * of_weights, 2_f64.powi(31)).map(|w| w as i32))
        .collect();
    let bias: Option<Vec<i64>> = bias
        .map(|b| {
            let scaled = f64::from(*b) * scale;
            // Below an integer sum: the sign stays what it is.
            let scaled = if precision == Precision::Exact {
                scaled.floor()
            } else {
                scaled
            };
            whole(scaled, 2_f64.powi(62)).map(|b| b as i64)
        })
        .collect();
    let weights = Array2::from_shape_vec(weights.dim(), integers?).ok()?;
    Some((scale, weights, Array1::from_vec(bias?)))
}
