//! The class of the largest logit and nothing else.
//!
//! All pairs of logits are compared. The class that wins against all others has a product of
//! comparisons that is 1; the sum of `class * product` goes to a client alone. Ties go to the lower
//! index.

use super::{
    committee::{Committee, Party},
    comparison::ComparisonMasks,
    cost::Cost,
    field::Field,
    opening::Way,
    prss::Prss,
    rounds::Rounds,
    shares::{Products, Shares},
};
use crate::{MpcError, argmax::Classes};

/// What hides the logits while they are compared.
pub struct ArgmaxMasks<F: Field> {
    classes: Classes,
    comparisons: ComparisonMasks<F>,
}

impl<F: Field> ArgmaxMasks<F> {
    /// Makes those for logits whose differences have `width` bits in two's complement.
    ///
    /// # Errors
    ///
    /// As [`ComparisonMasks::prepare`].
    pub fn prepare(
        prss: &mut Prss,
        classes: Classes,
        width: u32,
        kappa: u32,
        way: Way,
    ) -> Result<Rounds<F, Self>, MpcError> {
        let (_, _, _, _, _) = (prss, classes, width, kappa, way);
        todo!()
    }

    /// The cost of [`ArgmaxMasks::prepare`].
    pub fn cost(
        committee: Committee,
        party: Party,
        classes: Classes,
        width: u32,
        way: Way,
    ) -> Cost {
        ComparisonMasks::<F>::cost(committee, party, width, classes.pairs(), way)
    }
}

/// The class, for [`super::opening::for_client`].
///
/// # Errors
///
/// When there are not as many logits as classes.
pub fn argmax<F: Field>(
    prss: &mut Prss,
    logits: &Shares<F>,
    masks: ArgmaxMasks<F>,
) -> Result<Rounds<F, Products<F>>, MpcError> {
    let (_, _, _) = (prss, logits, masks);
    todo!()
}

/// The cost of [`argmax`].
pub fn cost(committee: Committee, party: Party, classes: Classes, width: u32) -> Cost {
    let (_, _, _, _) = (committee, party, classes, width);
    todo!()
}
