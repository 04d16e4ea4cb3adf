//! Whether a plan is within all limits and consistent in itself.

use blindsight_mpc::{argmax::Classes, linear::LinearMap, ring::Ring};

use super::{
    Activation, Affine, Function, Gate, Hidden, Linear, MAX_FACTOR, Operand, Operation, Output,
    Reveal, Value, WindowWeights, activation::Openings,
};
use crate::network::{Shape, Window};

/// The largest number of steps.
pub const MAX_STEPS: usize = 64;
/// The largest number of operations in a step.
pub const MAX_OPERATIONS: usize = 64;
/// The largest number of elements that enter or leave an operation.
pub const MAX_VALUES: usize = 1 << 20;
/// The largest number of weights of all steps together.
pub const MAX_WEIGHTS: usize = 1 << 26;
/// The most multiplications with weights that one image may need.
pub const MAX_WORK: u64 = 1 << 32;
/// The most bytes of comparison keys and tables that one image may need.
pub const MAX_KEY_BYTES: u64 = 64 << 20;

/// The most elements that all operations of an image may take and give together; what windows
/// see counts as taken.
pub const MAX_HANDLED: u64 = 1 << 24;

/// Why a plan is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Larger than this program accepts.
    #[error("the network has {found} {what}; this program takes at most {limit}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        found: u64,
        /// The limit.
        limit: u64,
    },
    /// An operation does not fit what comes into it.
    #[error("step {step}, operation {operation}: {reason}")]
    Operation {
        /// The step, from 0.
        step: usize,
        /// The operation, from 0.
        operation: usize,
        /// What does not fit.
        reason: &'static str,
    },
    /// Shift and comparison width do not fit the rings.
    #[error(
        "step {step}: a shift of {shift} and a comparison of {width} bits do not fit its rings"
    )]
    Width {
        /// The step, from 0.
        step: usize,
        /// Dropped bits.
        shift: u32,
        /// Compared bits.
        width: u32,
    },
    /// The window of a pooling does not fit, or the function of an activation is out of range.
    #[error("step {step}: its activation does not fit a value of {from}")]
    Activation {
        /// The step, from 0.
        step: usize,
        /// What comes into it.
        from: Shape,
    },
    /// What a step gives is never used.
    #[error("nothing takes what step {step} gives")]
    Unused {
        /// The step, from 0.
        step: usize,
    },
    /// No such number of classes can be revealed.
    #[error("{top} of {classes} classes cannot be revealed; reveal 1 to all of them")]
    Top {
        /// How many were to be revealed.
        top: u8,
        /// How many there are.
        classes: usize,
    },
    /// The unit of the logits is 0.
    #[error("the unit of the logits is 0; it is at least 1")]
    Unit,
    /// The number of classes is not between 2 and 256.
    #[error("the network has {found} classes; 2 to {max} are possible", max = Classes::MAX)]
    Classes {
        /// How many it has.
        found: usize,
    },
}

/// What follows from a plan that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Derived {
    /// The shape of what each operation of each step gives.
    pub(super) operations: Vec<Vec<Shape>>,
    /// The shape of what the affine part of each step gives.
    pub(super) results: Vec<Shape>,
    /// What each step with an activation opens.
    pub(super) openings: Vec<Openings>,
    pub(super) values: Vec<Value>,
    pub(super) linears: Vec<Linear>,
    pub(super) classes: Classes,
}

pub(super) fn check(
    input: Shape,
    hidden: &[Hidden],
    output: &Output,
) -> Result<Derived, PlanError> {
    at_most("steps", hidden.len() as u64 + 1, MAX_STEPS as u64)?;
    at_most("pixels", input.elements() as u64, MAX_VALUES as u64)?;
    let affines: Vec<&Affine> = hidden
        .iter()
        .map(|hidden| &hidden.affine)
        .chain([&output.affine])
        .collect();
    let mut values = vec![input];
    let (mut operations, mut results, mut linears) = (Vec::new(), Vec::new(), Vec::new());
    let mut handled = 0;
    for (step, affine) in affines.iter().enumerate() {
        let shapes = affine_shapes(step, affine, &values, &mut linears, &mut handled)?;
        let result = shapes.last().copied().ok_or(PlanError::Operation {
            step,
            operation: 0,
            reason: "it has none",
        })?;
        if let Some(hidden) = hidden.get(step) {
            let value = hidden.activation.output(result);
            values.push(value.ok_or(PlanError::Activation { step, from: result })?);
        }
        results.push(result);
        operations.push(shapes);
    }
    let total =
        |each: &dyn Fn(&Linear) -> u64| linears.iter().map(each).fold(0, u64::saturating_add);
    let weights = total(&|linear| {
        let (rows, columns) = linear.map.weights();
        (rows as u64).saturating_mul(columns as u64)
    });
    at_most("weights", weights, MAX_WEIGHTS as u64)?;
    let work = total(&|linear| linear.map.work());
    at_most("multiplications in an image", work, MAX_WORK)?;

    let values = with_rings(&affines, &values)?;
    let found = results.last().map_or(0, |shape| shape.elements());
    let classes = Classes::new(found).ok_or(PlanError::Classes { found })?;
    let mut keys = 0_u64;
    let mut openings = Vec::with_capacity(hidden.len());
    for (step, hidden) in hidden.iter().enumerate() {
        let to = values[step + 1].ring;
        let (ring, from) = (hidden.affine.ring, results[step]);
        keys = keys.saturating_add(activation(step, &hidden.activation, from, ring, to)?);
        let opened = hidden.activation.openings(from);
        openings.push(opened.ok_or(PlanError::Activation { step, from })?);
    }
    let width = output.width;
    if let Reveal::Ranking { top } = output.reveal {
        if top == 0 || usize::from(top) > classes.count() {
            let classes = classes.count();
            return Err(PlanError::Top { top, classes });
        }
        keys = keys.saturating_add(key_bytes(classes.pairs(), width, 1, 1));
        keys = keys.saturating_add(classes.table_bytes(top) as u64);
    }
    at_most("bytes of comparison keys", keys, MAX_KEY_BYTES)?;
    if output.unit == 0 {
        return Err(PlanError::Unit);
    }
    if width < 2 || width > output.affine.ring.bits() {
        let (step, shift) = (hidden.len(), 0);
        return Err(PlanError::Width { step, shift, width });
    }
    Ok(Derived {
        operations,
        results,
        openings,
        values,
        linears,
        classes,
    })
}

fn at_most(what: &'static str, found: u64, limit: u64) -> Result<(), PlanError> {
    if found > limit {
        Err(PlanError::TooLarge { what, found, limit })
    } else {
        Ok(())
    }
}

/// The shape of what each operation gives; adds the linear maps to `linears`, and the elements that
/// are taken and given to `handled`.
fn affine_shapes(
    step: usize,
    affine: &Affine,
    values: &[Shape],
    linears: &mut Vec<Linear>,
    handled: &mut u64,
) -> Result<Vec<Shape>, PlanError> {
    at_most(
        "operations in a step",
        affine.operations.len() as u64,
        MAX_OPERATIONS as u64,
    )?;
    let mut shapes: Vec<Shape> = Vec::with_capacity(affine.operations.len());
    // Whether a result depends on a linear map of this step.
    let mut secret: Vec<bool> = Vec::with_capacity(affine.operations.len());
    for (index, operation) in affine.operations.iter().enumerate() {
        let wrong = |reason| PlanError::Operation {
            step,
            operation: index,
            reason,
        };
        let operands = operation.operands();
        at_most("terms", operands.len() as u64, MAX_OPERATIONS as u64)?;
        let inputs: Option<Vec<(Shape, bool)>> = operands
            .iter()
            .map(|operand| match operand {
                Operand::Value(k) => Some((*values.get(usize::from(*k))?, false)),
                Operand::Result(k) => {
                    let k = usize::from(*k);
                    Some((*shapes.get(k)?, *secret.get(k)?))
                }
            })
            .collect();
        let inputs = inputs.ok_or(wrong("it takes what does not exist yet"))?;
        let depends = inputs.iter().any(|(_, secret)| *secret);
        let inputs: Vec<Shape> = inputs.into_iter().map(|(shape, _)| shape).collect();
        let shape = gives(operation, &inputs).map_err(wrong)?;
        if shape.elements() == 0 {
            return Err(wrong("it gives nothing"));
        }
        at_most(
            "elements in an operation",
            shape.elements() as u64,
            MAX_VALUES as u64,
        )?;
        let taken = match operation {
            Operation::WindowSum { window, .. } => seen(shape, window),
            _ => inputs.iter().map(|input| input.elements() as u64).sum(),
        };
        *handled += taken + shape.elements() as u64;
        at_most("elements in all operations", *handled, MAX_HANDLED)?;
        if let Operation::Linear { map, .. } = operation {
            if depends {
                return Err(wrong("it takes what another linear map of its step gives"));
            }
            linears.push(Linear {
                step,
                map: *map,
                ring: affine.ring,
                outputs: shape.elements(),
            });
        }
        secret.push(depends || matches!(operation, Operation::Linear { .. }));
        shapes.push(shape);
    }
    Ok(shapes)
}

fn gives(operation: &Operation, inputs: &[Shape]) -> Result<Shape, &'static str> {
    let [first, rest @ ..] = inputs else {
        return Err("it takes nothing");
    };
    match operation {
        Operation::Linear { map, .. } => {
            let taken = match map {
                LinearMap::FullyConnected { inputs, .. } => *inputs as usize == first.elements(),
                LinearMap::Convolution { input, .. } => input == first,
            };
            if !taken {
                return Err("its map takes another number of elements");
            }
            map.output().ok_or("its window or its groups do not fit")
        }
        Operation::WindowSum {
            window,
            count_padding,
            ..
        } => {
            let shape = first.pooled(window).ok_or("its window does not fit")?;
            if seen(shape, window) > MAX_HANDLED {
                return Err("its windows see too many elements");
            }
            WindowWeights::new(*first, window, *count_padding)
                .ok_or("its windows see too different numbers of elements")?;
            Ok(shape)
        }
        Operation::Sum(terms) => {
            check_factors(terms)?;
            if rest.iter().all(|shape| shape == first) {
                Ok(*first)
            } else {
                Err("it adds values of different shapes")
            }
        }
        Operation::Concatenate(terms) => {
            check_factors(terms)?;
            rest.iter().try_fold(*first, |all, part| {
                let fits = (part.height, part.width) == (all.height, all.width);
                let channels = all.channels.checked_add(part.channels);
                let channels = channels.filter(|_| fits).ok_or("its parts do not fit")?;
                Ok(Shape { channels, ..all })
            })
        }
        Operation::Reshape { shape, .. } => {
            if shape.elements() == first.elements() {
                Ok(*shape)
            } else {
                Err("it changes the number of elements")
            }
        }
    }
}

/// Elements that all windows see together, padding included.
fn seen(places: Shape, window: &Window) -> u64 {
    let taps = u64::from(window.kernel[0]) * u64::from(window.kernel[1]);
    (places.elements() as u64).saturating_mul(taps)
}

fn check_factors(terms: &[super::Term]) -> Result<(), &'static str> {
    let fits = terms
        .iter()
        .all(|term| (1..=MAX_FACTOR).contains(&term.factor));
    fits.then_some(()).ok_or("a factor is out of range")
}

/// The ring of each value: the widest of those that take it.
fn with_rings(affines: &[&Affine], shapes: &[Shape]) -> Result<Vec<Value>, PlanError> {
    let mut rings: Vec<Option<Ring>> = vec![None; shapes.len()];
    for affine in affines {
        let operands = affine.operations.iter().flat_map(Operation::operands);
        for operand in operands {
            if let Operand::Value(k) = operand
                && let Some(ring) = rings.get_mut(usize::from(k))
            {
                *ring = (*ring).max(Some(affine.ring));
            }
        }
    }
    let values = shapes.iter().zip(rings).enumerate();
    values
        .map(|(k, (&shape, ring))| {
            let step = k.saturating_sub(1);
            let ring = ring.ok_or(PlanError::Unused { step })?;
            Ok(Value { shape, ring })
        })
        .collect()
}

/// Checks an activation of a result of shape `from` in `ring` that is lifted to the ring `to`.
/// Gives an upper bound on the bytes of its keys.
fn activation(
    step: usize,
    activation: &Activation,
    from: Shape,
    ring: Ring,
    to: Ring,
) -> Result<u64, PlanError> {
    let Activation {
        pool,
        shift,
        width,
        gate,
    } = activation;
    let width_error = |shift: &u32, width: &u32| PlanError::Width {
        step,
        shift: *shift,
        width: *width,
    };
    let fits = |shift: u32, width: u32| {
        let room = ring.bits().checked_sub(shift);
        width >= 2 && room.is_some_and(|room| width <= room)
    };
    let mut keys = 0_u64;
    let mut played = from.elements();
    if let Some(pool) = pool {
        if !fits(pool.shift, pool.width) {
            return Err(width_error(&pool.shift, &pool.width));
        }
        let wrong = PlanError::Activation { step, from };
        let pooled = from.pooled(&pool.window).ok_or(wrong.clone())?;
        let players = seen(pooled, &pool.window);
        at_most("elements in windows", players, MAX_VALUES as u64)?;
        // Of all that play in a window, all but one lose once. Groups are filled up each round.
        let pairs = players as usize + 4 * 32;
        keys = key_bytes(pairs, pool.width, 2, ring.bytes());
        played = pooled.elements();
    }
    if !fits(*shift, *width) {
        return Err(width_error(shift, width));
    }
    let words = match gate {
        Gate::Sign => 1,
        Gate::Function(function) => {
            if *width > to.bits() {
                return Err(width_error(shift, width));
            }
            let sound = match function {
                Function::Identity | Function::Relu => true,
                Function::LeakyRelu { slope, bits } => *bits <= 16 && *slope <= 1 << *bits,
                Function::Clip { high } => *high > 0 && *high < 1 << (*width - 1),
            };
            if !sound {
                return Err(PlanError::Activation { step, from });
            }
            3
        }
    };
    Ok(keys.saturating_add(key_bytes(played, *width, words, to.bytes())))
}

/// An upper bound on the bytes of `count` comparison keys: for each bit a seed, the payload and the
/// control bits, then the leaf and the constants. That the trees end early only saves bytes.
fn key_bytes(count: usize, width: u32, payload: u64, word: usize) -> u64 {
    let payload = payload * word as u64;
    let key = u64::from(width) * (16 + payload + 1) + 3 * payload;
    (count as u64 + 3).saturating_mul(key)
}
