//! The data owner's part of a bundle.

use blindsight_model::plan::Plan;
use blindsight_mpc::{MpcError, bundle::BundleNumber, prg::Purpose, seed::Seed, with_ring};
use zeroize::Zeroizing;

use super::{
    Layout, finish,
    part::{ArgmaxPart, ReluPart},
    take,
};
use crate::matrix::{self, Matrix, read, write};

/// All that the data owner needs for one image. Moved into the evaluation, so it serves once.
pub(crate) struct DataOwnerBundle {
    pub(crate) number: BundleNumber,
    /// `r` of the first step.
    pub(crate) input_mask: Zeroizing<Vec<u8>>,
    pub(crate) hidden: std::vec::IntoIter<HiddenPart>,
    pub(crate) argmax: ArgmaxPart,
}

/// What turns the opening of a step into the masked input of the next.
pub(crate) struct HiddenPart {
    pub(crate) relu: ReluPart,
    /// `r` of the next step.
    pub(crate) next_mask: Zeroizing<Vec<u8>>,
}

/// Completes a dealt bundle. `masked_weights` are `E` of each step. The second result is `ahead`,
/// what the model owner is to be sent before any image.
///
/// # Errors
///
/// When what was dealt is shorter or longer than the plan needs.
pub(crate) fn assemble(
    plan: &Plan,
    masked_weights: &[Matrix],
    seed: &Seed,
    number: BundleNumber,
    mut corrections: &[u8],
    mut keys: &[u8],
) -> Result<(DataOwnerBundle, Vec<u8>), MpcError> {
    let layout = Layout::new(plan, number);
    let mut ahead = Vec::with_capacity(super::ahead_bytes(plan));
    let mut input_masks = Vec::with_capacity(plan.steps());
    for (step, (linear, e)) in plan.linears().zip(masked_weights).enumerate() {
        let (map, ring) = (linear.map, linear.ring);
        let r = layout.mask(seed, Purpose::InputMask, step, map.inputs(), ring);
        let c = take(
            &mut corrections,
            map.outputs() * ring.bytes(),
            "the corrections",
        )?;
        let y = e.data_owner_share(&r, c);
        let y = if step == layout.last() {
            let classes = plan.classes();
            let pairs = with_ring!(ring, T => write(&classes.differences(&read::<T>(&y))?));
            Zeroizing::new(pairs)
        } else {
            y
        };
        let words = y.len() / ring.bytes();
        let rho = layout.mask(seed, Purpose::OpeningMask, step, words, ring);
        ahead.extend(matrix::add(ring, &y, &rho));
        input_masks.push(r);
    }
    let mut masks = input_masks.into_iter();
    let input_mask = masks.next().unwrap_or_default();
    let mut hidden = Vec::with_capacity(plan.hidden().len());
    for (step, next_mask) in masks.enumerate() {
        let relu = ReluPart::take(plan, layout, step, seed, &mut keys)?;
        hidden.push(HiddenPart { relu, next_mask });
    }
    let argmax = ArgmaxPart::take(plan, layout, seed, &mut keys)?;
    finish(corrections, "the corrections")?;
    finish(keys, "the keys")?;
    let bundle = DataOwnerBundle {
        number,
        input_mask,
        hidden: hidden.into_iter(),
        argmax,
    };
    Ok((bundle, ahead))
}
