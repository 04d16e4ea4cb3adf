//! From the opened differences of logits to shares of the revealed classes: the same for both parties.

use blindsight_model::plan::Plan;
use blindsight_mpc::{MpcError, Party, bundle::BundleNumber, with_ring};

use crate::bundle::{Layout, deal::reduce_le, part::ArgmaxPart};

/// Either party's masked wins from the opened differences.
pub(super) fn masked_wins(
    plan: &Plan,
    number: BundleNumber,
    party: Party,
    part: &ArgmaxPart,
    differences: &[u8],
) -> Result<Vec<u8>, MpcError> {
    let width = plan.output().width;
    let ring = plan.output().affine.ring;
    let z_hat = with_ring!(ring, T => reduce_le::<T>(differences, 0, width));
    let (gate, _) = Layout::new(plan, number).argmax();
    let at_least = gate.evaluate::<u8>(party, &part.key, &part.own, &z_hat)?;
    plan.classes().masked_wins(party, &at_least, &part.win_mask)
}

/// Either party's shares of the revealed classes from both parties' masked wins.
pub(super) fn class_shares(
    plan: &Plan,
    party: Party,
    part: &ArgmaxPart,
    wins: [&[u8]; 2],
) -> Result<Vec<u8>, MpcError> {
    plan.classes()
        .class_shares(party, part.top, &part.table, &part.corrections, wins)
}
