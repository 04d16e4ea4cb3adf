//! From degree `2 t` back to degree `t`: one resharing of each output.
//!
//! Each party shares its share of the product; the same sum of these that gives the product from its
//! shares gives shares of degree `t` of it (Gennaro, Rabin, Rabin, "Simplified VSS and Fast-Track
//! Multiparty Computations", PODC 1998). Of each resharing `t` shares are pseudo-random and not sent.

use super::{
    committee::{Committee, Party},
    cost::Cost,
    field::Field,
    prss::Prss,
    rounds::Rounds,
    shares::{Products, Shares},
};
use crate::MpcError;

/// Brings products to degree `t`, in one round.
///
/// # Errors
///
/// As [`Prss::elements`].
pub fn reduce<F: Field>(
    prss: &mut Prss,
    products: &Products<F>,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    let (_, _) = (prss, products);
    todo!()
}

/// The cost of [`reduce`].
pub fn cost(committee: Committee, party: Party, count: usize) -> Cost {
    let (_, _, _) = (committee, party, count);
    todo!()
}
