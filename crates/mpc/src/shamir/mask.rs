//! Masked opening of numbers: `a + r` becomes public, `r` stays secret, in parts.
//!
//! `r` is a random number whose low bits are shared one by one and whose high part is larger than
//! the value by a factor of `2^kappa`, so that any two values give distributions of `a + r` that differ
//! by at most `2^-kappa` (Catrina, de Hoogh, "Improved Primitives for Secure Multiparty Integer
//! Computation", SCN 2010). The low bits are uniform, so they hide perfectly.

use serde::{Deserialize, Serialize};

use super::{
    committee::{Committee, Party},
    cost::Cost,
    field::Field,
    opening::Way,
    prss::Prss,
    rounds::Rounds,
    shares::{Shares, Sharing},
};
use crate::MpcError;

/// The numbers that are masked, and how well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MaskShape {
    /// Bits of the number in two's complement: it is in `-2^(width - 1)..2^(width - 1)`.
    pub width: u32,
    /// Low bits of the mask that are shared one by one: `width - 1` for a comparison, or as many
    /// as are dropped.
    pub bits: u32,
    /// Statistical security: what is opened tells values apart with probability `2^-kappa` at most.
    pub kappa: u32,
}

impl MaskShape {
    /// For a comparison of numbers of `width` bits.
    pub const fn comparison(width: u32, kappa: u32) -> Self {
        Self {
            width,
            bits: width.saturating_sub(1),
            kappa,
        }
    }

    /// For dropping the low `bits` bits of numbers of `width` bits.
    pub const fn truncation(width: u32, bits: u32, kappa: u32) -> Self {
        Self { width, bits, kappa }
    }

    /// The largest `kappa` with which numbers of `width` bits fit the field; `None` when none does.
    pub fn largest_kappa<F: Field>(committee: Committee, width: u32) -> Option<u32> {
        let (_, _) = (committee, width);
        todo!()
    }
}

/// Masks for some numbers: made before these are known, they serve once.
pub struct Masks<F: Field> {
    shape: MaskShape,
    /// List by list, from the lowest bit.
    bits: Vec<Shares<F>>,
    /// The rest of the mask, divided by `2^bits`.
    high: Shares<F>,
}

impl<F: Field> Masks<F> {
    /// Makes those for `count` numbers.
    ///
    /// # Errors
    ///
    /// [`MpcError::MaskWidth`] when the shape does not fit the field.
    pub fn prepare(
        prss: &mut Prss,
        shape: MaskShape,
        count: usize,
        way: Way,
    ) -> Result<Rounds<F, Self>, MpcError> {
        let (_, _, _, _) = (prss, shape, count, way);
        todo!()
    }

    /// The cost of [`Masks::prepare`].
    pub fn cost(
        committee: Committee,
        party: Party,
        shape: MaskShape,
        count: usize,
        way: Way,
    ) -> Cost {
        let (_, _, _, _, _) = (committee, party, shape, count, way);
        todo!()
    }
}

/// Numbers that are open behind their masks.
pub struct Masked<F: Field> {
    masks: Masks<F>,
    /// `a + 2^(width - 1) + r`.
    opened: Vec<u64>,
}

/// Masks numbers, of degree `t` or `2 t`, and opens them, in one round.
///
/// # Errors
///
/// When there are not as many masks as numbers.
pub fn open_masked<F: Field>(
    prss: &mut Prss,
    values: impl Into<Sharing<F>>,
    masks: Masks<F>,
) -> Result<Rounds<F, Masked<F>>, MpcError> {
    let (_, _, _) = (prss, values.into(), masks);
    todo!()
}

/// The cost of [`open_masked`].
pub fn cost(committee: Committee, party: Party, count: usize) -> Cost {
    super::opening::cost(committee, party, count, Way::Direct)
}

impl<F: Field> Masked<F> {
    /// Shares of the numbers, of degree `t`: no message.
    pub fn values(&self) -> Shares<F> {
        todo!()
    }

    /// Shares of `a / 2^shift`, rounded down or up, right on average: no message. `shift` is at most
    /// the bits of the mask that are shared one by one.
    ///
    /// # Errors
    ///
    /// [`MpcError::Width`] for a larger shift.
    pub fn truncated(&self, shift: u32) -> Result<Shares<F>, MpcError> {
        let _ = shift;
        todo!()
    }
}
