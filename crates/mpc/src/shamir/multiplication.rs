//! Products of shared values.

use super::{
    committee::{Committee, Party},
    cost::Cost,
    field::Field,
    prss::Prss,
    rounds::Rounds,
    shares::{Products, Shares},
};
use crate::MpcError;

/// Shares of the products of pairs, in one round.
///
/// # Errors
///
/// When the lengths differ.
pub fn multiply<F: Field>(
    prss: &mut Prss,
    a: &Shares<F>,
    b: &Shares<F>,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    super::reduction::reduce(prss, &a.mul(b)?)
}

/// The product of all factors, place by place, in a tree. Its last products stay of degree `2 t`.
///
/// # Errors
///
/// When there are fewer than two factors or the lengths differ.
pub fn product_of_all<F: Field>(
    prss: &mut Prss,
    factors: Vec<Shares<F>>,
) -> Result<Rounds<F, Products<F>>, MpcError> {
    let (_, _) = (prss, factors);
    todo!()
}

/// The cost of [`product_of_all`].
pub fn product_cost(committee: Committee, party: Party, factors: usize, count: usize) -> Cost {
    let (_, _, _, _) = (committee, party, factors, count);
    todo!()
}
