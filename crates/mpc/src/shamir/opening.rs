//! The one way in which a shared value leaves the parties.
//!
//! A product's polynomial has the factors' polynomials as factors, and a sum's is the sum of
//! polynomials that someone may know. So every value is hidden on its polynomial before it is opened:
//! each party adds a share of zero on a random one.

use super::{
    committee::{Committee, Party},
    cost::Cost,
    field::Field,
    prss::Prss,
    rounds::Rounds,
    shares::{Shares, Sharing},
    sharing::{Degree, reconstruct},
};
use crate::MpcError;

/// How the parties learn an opened value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Every party sends its share to every other: one round.
    Direct,
    /// Each value has a collector, the parties in turn, who says what it is: two rounds, and about
    /// `2 / m` of the elements. For what is done before there is a picture.
    Collected,
}

/// Opens values to all parties: only what is random to them or may be known. What it is called,
/// errors say.
///
/// # Errors
///
/// Of the rounds: [`MpcError::Inconsistent`] when shares of degree `t` do not fit each other, or
/// shares of degree `2 t` where there are more than `2 t + 1` parties.
pub fn open<F: Field>(
    prss: &mut Prss,
    what: &'static str,
    values: impl Into<Sharing<F>>,
    way: Way,
) -> Result<Rounds<F, Vec<F>>, MpcError> {
    let (_, _, _, _) = (prss, what, values.into(), way);
    todo!()
}

/// The cost of [`open`].
pub fn cost(committee: Committee, party: Party, count: usize, way: Way) -> Cost {
    let (_, _, _, _) = (committee, party, count, way);
    todo!()
}

/// What a party sends to a client who alone learns the values, and reconstructs them with
/// [`reconstruct`] in the degree given.
///
/// # Errors
///
/// As [`Prss::elements`].
pub fn for_client<F: Field>(
    prss: &mut Prss,
    values: impl Into<Sharing<F>>,
) -> Result<(Degree, Shares<F>), MpcError> {
    let (_, _) = (prss, values.into());
    todo!()
}
