//! The plan: the public description of a network's secure evaluation.
//!
//! All parties see it and nothing else of the network: shapes, rings, shifts and comparison
//! widths. The model owner fixes it at hosting; the others check it against their limits before
//! they allocate anything, and compare its hash before any share leaves.
//!
//! A plan is a list of steps. Each evaluates an affine map of *values* (the picture, or what an
//! earlier step's activation gave), opens the result under a mask and applies an activation, which
//! gives the next value. The last step gives the logits instead.

use blindsight_mpc::{argmax::Classes, ring::Ring};
use serde::{Deserialize, Serialize};

use crate::network::Shape;

mod activation;
mod affine;
mod check;
mod raw;

pub use activation::{Activation, Gate, MaxPool, Pooling};
pub use affine::{Affine, Arithmetic, MAX_FACTOR, Operand, Operation, Term, WindowWeights};
pub use blindsight_mpc::{compare::Function, linear::LinearMap};
pub use check::{
    MAX_HANDLED, MAX_KEY_BYTES, MAX_OPERATIONS, MAX_STEPS, MAX_VALUES, MAX_WEIGHTS, MAX_WORK,
    PlanError,
};

/// The public description of a network's secure evaluation. Always within the limits and
/// consistent in itself: there is no other way to make one than [`Plan::new`], also when it is
/// deserialised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "raw::RawPlan", into = "raw::RawPlan")]
pub struct Plan {
    input: Shape,
    hidden: Vec<Hidden>,
    output: Output,
    derived: check::Derived,
}

/// An affine map followed by an activation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// The affine part.
    pub affine: Affine,
    /// What is done with its result.
    pub activation: Activation,
}

/// The last step and what the data owner learns of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// The affine part; its result is the logits.
    pub affine: Affine,
    /// The bits of a difference of two logits in two's complement.
    pub width: u32,
    /// What a difference of 1 between logits of the network as it was trained is here: at least 1.
    pub unit: u64,
    /// What is revealed.
    pub reveal: Reveal,
}

/// The reveal policy: what the data owner learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reveal {
    /// The indices of the largest logits, the largest first; of equals, the lower one.
    Ranking {
        /// How many, from 1, the class alone, to all classes.
        top: u8,
    },
    /// All logits. Cheap, for nothing is compared, but it tells most of the model.
    Scores,
}

/// Why a text is no reveal policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is revealed is a number of classes, 1 to 255, or `scores`")]
pub struct NotRevealed;

impl std::str::FromStr for Reveal {
    type Err = NotRevealed;

    fn from_str(text: &str) -> Result<Self, NotRevealed> {
        match text {
            "scores" => Ok(Self::Scores),
            number => match number.parse() {
                Ok(top) if top > 0 => Ok(Self::Ranking { top }),
                _ => Err(NotRevealed),
            },
        }
    }
}

/// A linear map of a plan: one with weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Linear {
    /// The step that it belongs to.
    pub step: usize,
    /// The shape of the map.
    pub map: LinearMap,
    /// The ring in which it runs.
    pub ring: Ring,
    /// Elements that it gives.
    pub outputs: usize,
}

impl Linear {
    /// Weights of the map, biases not counted.
    pub fn weights(&self) -> usize {
        let (rows, columns) = self.map.weights();
        rows * columns
    }

    /// Bytes of the weights in the ring.
    pub fn weight_bytes(&self) -> usize {
        self.weights() * self.ring.bytes()
    }

    /// Bytes of what it gives.
    pub fn output_bytes(&self) -> usize {
        self.outputs * self.ring.bytes()
    }
}

/// A value of a plan: the picture, or what an activation gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    /// Its shape.
    pub shape: Shape,
    /// The widest ring of the steps that take it; the others reduce it.
    pub ring: Ring,
}

impl Value {
    /// Bytes of its elements in its ring.
    pub fn bytes(&self) -> usize {
        self.shape.elements() * self.ring.bytes()
    }
}

impl Plan {
    /// Checks a plan against all limits.
    ///
    /// # Errors
    ///
    /// What does not fit, and in which step.
    pub fn new(input: Shape, hidden: Vec<Hidden>, output: Output) -> Result<Self, PlanError> {
        let derived = check::check(input, &hidden, &output)?;
        Ok(Self {
            input,
            hidden,
            output,
            derived,
        })
    }

    /// The same plan with another reveal policy.
    ///
    /// # Errors
    ///
    /// When there are not so many classes, or none is wanted, or their tables are too large.
    pub fn revealing(self, reveal: Reveal) -> Result<Self, PlanError> {
        let output = Output {
            reveal,
            ..self.output
        };
        Self::new(self.input, self.hidden, output)
    }

    /// The picture that the network takes.
    pub fn input(&self) -> Shape {
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

    /// Number of steps.
    pub fn steps(&self) -> usize {
        self.hidden.len() + 1
    }

    /// The affine part of a step, from 0; the last one's for all after it.
    pub fn affine(&self, step: usize) -> &Affine {
        let hidden = self.hidden.get(step);
        hidden.map_or(&self.output.affine, |hidden| &hidden.affine)
    }

    /// The shape of what the affine part of a step gives.
    pub fn result(&self, step: usize) -> Shape {
        self.derived.results[step]
    }

    /// The shape of what each operation of a step gives.
    pub fn operation_shapes(&self, step: usize) -> &[Shape] {
        &self.derived.operations[step]
    }

    /// Words of each opening of a step with an activation: of its result, then of each later round
    /// of its pooling; there, the differences of the pairs, and in the end what is left.
    pub fn opened(&self, step: usize) -> &[usize] {
        &self.derived.openings[step].opened
    }

    /// The pooling of a step, if it has one.
    pub fn pooling(&self, step: usize) -> Option<&Pooling> {
        self.derived.openings.get(step)?.pooling.as_ref()
    }

    /// The values, one for each step: the picture first, then what each activation gives.
    pub fn values(&self) -> &[Value] {
        &self.derived.values
    }

    /// All maps with weights, in the order of evaluation.
    pub fn linears(&self) -> &[Linear] {
        &self.derived.linears
    }

    /// Pairs of logits that are compared: none where the logits themselves are revealed.
    pub fn compared_pairs(&self) -> usize {
        match self.output.reveal {
            Reveal::Ranking { .. } => self.classes().pairs(),
            Reveal::Scores => 0,
        }
    }

    /// The classes that it tells apart.
    pub fn classes(&self) -> Classes {
        self.derived.classes
    }

    /// What all parties compare before they start: BLAKE3 of the plan's postcard encoding.
    pub fn hash(&self) -> PlanHash {
        PlanHash::of("blindsight 2026 plan v4", self)
    }
}

/// Stands for a plan where its parties compare it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanHash([u8; 32]);

impl PlanHash {
    /// Of what is public and plain numbers within limits, by the name of what it is.
    pub(crate) fn of(context: &str, public: &impl Serialize) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(context);
        // There is nothing in it that postcard cannot write.
        let bytes = postcard::to_allocvec(public).unwrap_or_else(|_| unreachable!());
        hasher.update(&bytes);
        Self(hasher.finalize().into())
    }

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
