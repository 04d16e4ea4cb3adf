//! Comparison of numbers of any width, and what is made of it.
//!
//! Of the masked number `c = a + 2^(w - 1) + r` the low bits are compared with those of `r`, which are
//! shared one by one: one of some small sums is 0 if the public number is smaller (Toft, "Primitives and
//! Applications for Multi-party Computation", 2007). Their product, times a random element, is opened:
//! whether it is 0 is a random bit, because a secret sign turns the question around.

use super::{
    committee::{Committee, Party},
    cost::Cost,
    field::Field,
    mask::{MaskShape, Masked, Masks},
    opening::Way,
    prss::Prss,
    rounds::Rounds,
    shares::{Shares, Sharing},
};
use crate::MpcError;

/// What hides some numbers while they are compared with 0: made before these are known, it serves
/// once.
pub struct ComparisonMasks<F: Field> {
    masks: Masks<F>,
    signs: Shares<F>,
    factors: Shares<F>,
}

impl<F: Field> ComparisonMasks<F> {
    /// Makes those for `count` numbers of `width` bits in two's complement.
    ///
    /// # Errors
    ///
    /// [`MpcError::MaskWidth`] when they do not fit the field.
    pub fn prepare(
        prss: &mut Prss,
        width: u32,
        kappa: u32,
        count: usize,
        way: Way,
    ) -> Result<Rounds<F, Self>, MpcError> {
        let (_, _, _, _, _) = (prss, width, kappa, count, way);
        todo!()
    }

    /// The cost of [`ComparisonMasks::prepare`].
    pub fn cost(committee: Committee, party: Party, width: u32, count: usize, way: Way) -> Cost {
        let (_, _, _, _, _) = (committee, party, width, count, way);
        todo!()
    }
}

/// Numbers that were compared with 0.
pub struct Compared<F: Field> {
    /// The numbers behind their masks.
    pub masked: Masked<F>,
    /// Shares of `[a >= 0]`.
    pub at_least_zero: Shares<F>,
}

/// Compares numbers, of degree `t` or `2 t`, with 0.
///
/// # Errors
///
/// When there are not as many masks as numbers.
pub fn compare<F: Field>(
    prss: &mut Prss,
    values: impl Into<Sharing<F>>,
    masks: ComparisonMasks<F>,
) -> Result<Rounds<F, Compared<F>>, MpcError> {
    let (_, _, _) = (prss, values.into(), masks);
    todo!()
}

/// The cost of [`compare`] and [`sign`].
pub fn cost(committee: Committee, party: Party, width: u32, count: usize) -> Cost {
    let (_, _, _, _) = (committee, party, width, count);
    todo!()
}

/// Shares of `+1` where `a >= 0` and `-1` elsewhere.
///
/// # Errors
///
/// As [`compare`].
pub fn sign<F: Field>(
    prss: &mut Prss,
    values: impl Into<Sharing<F>>,
    masks: ComparisonMasks<F>,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    let (_, _, _) = (prss, values.into(), masks);
    todo!()
}

/// Shares of `max(a, 0) / 2^shift`, rounded down or up, right on average.
///
/// # Errors
///
/// As [`compare`], and [`MpcError::Width`] when `shift` is not below the width.
pub fn relu<F: Field>(
    prss: &mut Prss,
    values: impl Into<Sharing<F>>,
    masks: ComparisonMasks<F>,
    shift: u32,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    let (_, _, _, _) = (prss, values.into(), masks, shift);
    todo!()
}

/// The cost of [`relu`].
pub fn relu_cost(committee: Committee, party: Party, width: u32, count: usize) -> Cost {
    let (_, _, _, _) = (committee, party, width, count);
    todo!()
}
