//! Random signs and bits that nobody knows.
//!
//! A random element divided by the root of its square, which is opened, is +1 or -1 (Damgard, Fitzi,
//! Kiltz, Nielsen, Toft, "Unconditionally Secure Constant-Rounds Multi-party Computation for Equality,
//! Comparison, Bits and Exponentiation", TCC 2006, section 3).

use super::{
    committee::{Committee, Party},
    cost::Cost,
    field::Field,
    opening::Way,
    prss::Prss,
    rounds::Rounds,
    shares::Shares,
};
use crate::MpcError;

/// Shares of uniform signs, +1 or -1.
///
/// # Errors
///
/// Of the rounds: those of [`super::opening::open`], and [`MpcError::Unlucky`].
pub fn random_signs<F: Field>(
    prss: &mut Prss,
    count: usize,
    way: Way,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    let (_, _, _) = (prss, count, way);
    todo!()
}

/// Shares of uniform bits, 0 or 1: [`random_signs`], halved.
///
/// # Errors
///
/// As [`random_signs`].
pub fn random_bits<F: Field>(
    prss: &mut Prss,
    count: usize,
    way: Way,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    let (_, _, _) = (prss, count, way);
    todo!()
}

/// The cost of [`random_signs`] and [`random_bits`].
pub fn cost(committee: Committee, party: Party, count: usize, way: Way) -> Cost {
    super::opening::cost(committee, party, count, way)
}
