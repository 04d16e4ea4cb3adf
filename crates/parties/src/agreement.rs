//! Agreeing on a seed with the helper.

use blindsight_model::plan::PlanHash;
use blindsight_mpc::seed::Seed;

use crate::message::{Contribution, SessionId};

/// Which of the two pairs agrees: no seed serves both.
#[derive(Clone, Copy)]
pub(crate) enum Pair {
    HelperAndDataOwner,
    HelperAndModelOwner,
}

/// The seed of a pair, bound to the session and to the plan: parties that were told different
/// plans get different seeds.
pub(crate) fn agree(
    pair: Pair,
    helper: &Contribution,
    party: &Contribution,
    session: SessionId,
    plan: PlanHash,
) -> Seed {
    let mut context = Vec::with_capacity(49);
    context.push(match pair {
        Pair::HelperAndDataOwner => 1,
        Pair::HelperAndModelOwner => 2,
    });
    context.extend_from_slice(&session.0);
    context.extend_from_slice(plan.as_bytes());
    Seed::agree(&helper.into(), &party.into(), &context)
}
