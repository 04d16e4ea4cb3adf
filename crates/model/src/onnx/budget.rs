//! What an import may cost: files come from outside, and small ones can ask for much.

use super::{MAX_WEIGHTS, error::OnnxError, tensor::too_many_weights};

/// Multiplications that folding may cost in all: some seconds.
const MAX_WORK: u64 = 1 << 34;

/// Numbers that may be kept beside the weights: normalisations element by element, orders of
/// elements, biases of places.
const MAX_KEPT: usize = MAX_WEIGHTS / 2;

/// What is left of the limits.
pub(super) struct Budget {
    work: u64,
    kept: usize,
    /// Elements of constants that may still be decoded or computed.
    pub constants: usize,
}

impl Budget {
    pub fn new() -> Self {
        Self {
            work: MAX_WORK,
            kept: MAX_KEPT,
            constants: MAX_WEIGHTS,
        }
    }

    /// Takes the product of some numbers from the work that is left.
    pub fn work(&mut self, factors: &[usize]) -> Result<(), OnnxError> {
        let factors = factors.iter().map(|n| *n as u64);
        let cost = factors.fold(1_u64, u64::saturating_mul);
        self.work = self.work.checked_sub(cost).ok_or(OnnxError::TooLarge {
            what: "multiplications to be folded into its layers".into(),
            limit: MAX_WORK,
        })?;
        Ok(())
    }

    /// Takes numbers that are kept; they are also some work.
    pub fn keep(&mut self, numbers: usize) -> Result<(), OnnxError> {
        self.kept = self.kept.checked_sub(numbers).ok_or(OnnxError::TooLarge {
            what: "numbers in normalisations and changes of order".into(),
            limit: MAX_KEPT as u64,
        })?;
        self.work(&[numbers])
    }

    /// Takes elements of a constant that is computed.
    pub fn constant(&mut self, elements: usize) -> Result<(), OnnxError> {
        self.constants = self
            .constants
            .checked_sub(elements)
            .ok_or_else(too_many_weights)?;
        Ok(())
    }
}
