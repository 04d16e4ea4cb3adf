//! The plan: the public description of a network's secure evaluation.
//!
//! All parties see it and nothing else of the network: shapes, rings, shifts and comparison
//! widths. The model owner fixes it at hosting; the others check it against their limits before
//! they allocate anything, and compare its hash before any share leaves.

use blindsight_mpc::{argmax::Classes, ring::Ring};
use serde::{Deserialize, Serialize};

use crate::network::InputShape;

mod raw;

/// The largest number of linear steps.
pub const MAX_STEPS: usize = 64;
/// The largest number of values that enter or leave a step.
pub const MAX_VALUES: usize = 1 << 20;
/// The largest number of weights of all steps together.
pub const MAX_WEIGHTS: usize = 1 << 26;

/// The most bytes of comparison keys and tables that one image may need.
pub const MAX_KEY_BYTES: u64 = 64 << 20;

/// The public description of a network's secure evaluation. Always within the limits and
/// consistent in itself: there is no other way to make one than [`Plan::new`], also when it is
/// deserialised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "raw::RawPlan", into = "raw::RawPlan")]
pub struct Plan {
    input: InputShape,
    hidden: Vec<Hidden>,
    output: Output,
    classes: Classes,
}

/// A linear map over one ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linear {
    /// What it maps.
    pub map: LinearMap,
    /// The ring in which it runs.
    pub ring: Ring,
}

/// The shape of a linear map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinearMap {
    /// `W x + b` with `W` of shape `[outputs, inputs]`.
    FullyConnected {
        /// Values that enter.
        inputs: u32,
        /// Values that leave.
        outputs: u32,
    },
}

impl LinearMap {
    /// Values that enter.
    pub fn inputs(self) -> usize {
        match self {
            Self::FullyConnected { inputs, .. } => inputs as usize,
        }
    }

    /// Values that leave.
    pub fn outputs(self) -> usize {
        match self {
            Self::FullyConnected { outputs, .. } => outputs as usize,
        }
    }

    /// Weights of the map, biases not counted; saturates.
    pub fn weights(self) -> usize {
        match self {
            Self::FullyConnected { .. } => self.inputs().saturating_mul(self.outputs()),
        }
    }
}

/// A linear step followed by an activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// The linear part.
    pub linear: Linear,
    /// What is done with each of its outputs.
    pub activation: Activation,
}

/// What happens to an opened value between two linear steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Activation {
    /// `max(y >> shift, 0)`, lifted to the ring of the next step.
    Relu {
        /// Fractional bits to drop.
        shift: u32,
        /// `m`: the bits of the shifted value in two's complement, which the comparison costs.
        width: u32,
    },
}

/// The last linear step and what the data owner learns of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// The linear part; its outputs are the logits.
    pub linear: Linear,
    /// What is revealed.
    pub reveal: Reveal,
}

/// The reveal policy: what the data owner learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reveal {
    /// The index of the largest logit; the lower one of equals.
    Class {
        /// The bits of a difference of two logits in two's complement.
        width: u32,
    },
}

/// Why a plan is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Larger than this program accepts.
    #[error("the network has {found} {what}; this program takes at most {limit}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// Something that must not be empty is.
    #[error("step {step} has no {what}")]
    Empty {
        /// The step, from 0.
        step: usize,
        /// What is missing.
        what: &'static str,
    },
    /// A step takes another number of values than the one before it gives.
    #[error("step {step} takes {takes} values, but {given} come before it")]
    Shape {
        /// The step, from 0.
        step: usize,
        /// What it takes.
        takes: usize,
        /// What is given.
        given: usize,
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
    /// The number of classes is not between 2 and 256.
    #[error("the network has {found} classes; 2 to {max} are possible", max = Classes::MAX)]
    Classes {
        /// How many it has.
        found: usize,
    },
}

impl Plan {
    /// Checks a plan against all limits.
    ///
    /// # Errors
    ///
    /// What does not fit, and in which step.
    pub fn new(input: InputShape, hidden: Vec<Hidden>, output: Output) -> Result<Self, PlanError> {
        let found = output.linear.map.outputs();
        let plan = Self {
            input,
            hidden,
            output,
            classes: Classes::new(found).ok_or(PlanError::Classes { found })?,
        };
        plan.check()?;
        Ok(plan)
    }

    fn check(&self) -> Result<(), PlanError> {
        let at_most = |what, found, limit| {
            if found > limit {
                Err(PlanError::TooLarge { what, found, limit })
            } else {
                Ok(())
            }
        };
        at_most("steps", self.steps(), MAX_STEPS)?;
        let mut given = self.input.pixels();
        let mut weights = 0_usize;
        for (step, linear) in self.linears().enumerate() {
            let (inputs, outputs) = (linear.map.inputs(), linear.map.outputs());
            at_most("values in a step", inputs, MAX_VALUES)?;
            at_most("values in a step", outputs, MAX_VALUES)?;
            for (what, count) in [("inputs", inputs), ("outputs", outputs)] {
                if count == 0 {
                    return Err(PlanError::Empty { step, what });
                }
            }
            if inputs != given {
                return Err(PlanError::Shape {
                    step,
                    takes: inputs,
                    given,
                });
            }
            given = outputs;
            weights = weights.saturating_add(linear.map.weights());
        }
        at_most("weights", weights, MAX_WEIGHTS)?;
        for (step, hidden) in self.hidden.iter().enumerate() {
            let Activation::Relu { shift, width } = hidden.activation;
            let from = hidden.linear.ring.bits();
            let to = self.linear(step + 1).map_or(0, |next| next.ring.bits());
            let fits = width >= 2 && width <= to && shift < from && width <= from - shift;
            if !fits {
                return Err(PlanError::Width { step, shift, width });
            }
        }
        let comparisons = self.hidden.iter().enumerate().map(|(step, hidden)| {
            let Activation::Relu { width, .. } = hidden.activation;
            let ring = self.linear(step + 1).map_or(Ring::Z64, |next| next.ring);
            key_bytes(hidden.linear.map.outputs(), width, 3, ring.bytes())
        });
        let Reveal::Class { width } = self.output.reveal;
        let argmax = key_bytes(self.classes.pairs(), width, 1, 1);
        let keys = comparisons.fold(argmax, u64::saturating_add);
        if keys > MAX_KEY_BYTES {
            return Err(PlanError::TooLarge {
                what: "bytes of comparison keys",
                found: usize::try_from(keys).unwrap_or(usize::MAX),
                limit: MAX_KEY_BYTES as usize,
            });
        }
        if width < 2 || width > self.output.linear.ring.bits() {
            return Err(PlanError::Width {
                step: self.hidden.len(),
                shift: 0,
                width,
            });
        }
        Ok(())
    }

    /// The picture that the network takes.
    pub fn input(&self) -> InputShape {
        self.input
    }

    /// The steps with an activation, in order.
    pub fn hidden(&self) -> &[Hidden] {
        &self.hidden
    }

    /// The last step.
    pub fn output(&self) -> &Output {
        &self.output
    }

    /// Number of linear steps.
    pub fn steps(&self) -> usize {
        self.hidden.len() + 1
    }

    /// The linear parts of all steps, in order.
    pub fn linears(&self) -> impl Iterator<Item = Linear> + '_ {
        let hidden = self.hidden.iter().map(|hidden| hidden.linear);
        hidden.chain(std::iter::once(self.output.linear))
    }

    /// The linear part of a step, from 0.
    pub fn linear(&self, step: usize) -> Option<Linear> {
        match self.hidden.get(step) {
            Some(hidden) => Some(hidden.linear),
            None => (step == self.hidden.len()).then_some(self.output.linear),
        }
    }

    /// The classes that it tells apart.
    pub fn classes(&self) -> Classes {
        self.classes
    }

    /// What all parties compare before they start: BLAKE3 of the plan's postcard encoding.
    pub fn hash(&self) -> PlanHash {
        let mut hasher = blake3::Hasher::new_derive_key("blindsight 2026 plan v1");
        // A plan is plain numbers within limits: there is nothing that postcard cannot write.
        let bytes = postcard::to_allocvec(self).unwrap_or_else(|_| unreachable!());
        hasher.update(&bytes);
        PlanHash(hasher.finalize().into())
    }
}

/// An upper bound on the bytes of `count` comparison keys: for each level a seed, the payload and
/// the control bits, then the leaf and the constants.
fn key_bytes(count: usize, width: u32, payload: u64, word: usize) -> u64 {
    let payload = payload * word as u64;
    let key = u64::from(width) * (16 + payload + 1) + 2 * payload;
    (count as u64 + 3).saturating_mul(key)
}

/// Stands for a plan where its parties compare it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanHash([u8; 32]);

impl PlanHash {
    /// All 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Display for PlanHash {
    /// The first eight bytes in hexadecimal: enough for a person to compare.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let short = self
            .0
            .first_chunk::<8>()
            .map_or(0, |b| u64::from_be_bytes(*b));
        write!(f, "{short:016x}")
    }
}

#[cfg(test)]
mod tests;
