//! The model owner's part of a bundle.

use blindsight_model::plan::Plan;
use blindsight_mpc::{
    MpcError, bundle::BundleNumber, prg::Purpose, ring::Ring, seed::Seed, with_ring,
};
use zeroize::Zeroizing;

use super::{
    Layout, finish,
    part::{ArgmaxPart, ReluPart},
    take,
};
use crate::{
    hosting::Hosting,
    matrix::{self, read, write},
};

/// All that the model owner needs for one image. Moved into the evaluation, so it serves once.
pub(crate) struct ModelOwnerBundle {
    pub(crate) number: BundleNumber,
    pub(crate) hidden: std::vec::IntoIter<HiddenPart>,
    pub(crate) output: OutputPart,
}

/// What answers one masked input with an opening, and what the activation needs then.
pub(crate) struct HiddenPart {
    /// `b - s + rho_M + (y_D + rho_D)`: all of the opening but the product.
    pub(crate) offset: Zeroizing<Vec<u8>>,
    pub(crate) relu: ReluPart,
}

/// What answers the last masked input.
pub(crate) struct OutputPart {
    /// `b - s`.
    pub(crate) offset: Zeroizing<Vec<u8>>,
    /// `rho_M + (differences of y_D + rho_D)`, for all pairs of logits.
    pub(crate) pair_offset: Zeroizing<Vec<u8>>,
    pub(crate) argmax: ArgmaxPart,
}

/// Completes a dealt bundle with what the data owner sent ahead.
///
/// # Errors
///
/// When what was dealt or sent is shorter or longer than the plan needs.
pub(crate) fn assemble(
    plan: &Plan,
    hosting: &Hosting,
    seed: &Seed,
    number: BundleNumber,
    mut keys: &[u8],
    mut ahead: &[u8],
) -> Result<ModelOwnerBundle, MpcError> {
    let layout = Layout::new(plan, number);
    let own_offset = |step: usize| {
        let linear = plan.linear(step).unwrap_or(plan.output().linear);
        let (words, ring) = (linear.map.outputs(), linear.ring);
        let s = layout.mask(seed, Purpose::OutputMask, step, words, ring);
        Zeroizing::new(matrix::subtract(ring, hosting.bias(step), &s))
    };
    // An opening's two masks: the data owner's arrives inside what it sent ahead.
    let mut opening_offset = |step: usize, words: usize, ring: Ring| {
        let d = take(&mut ahead, words * ring.bytes(), "what was sent ahead")?;
        let rho = layout.mask(seed, Purpose::OpeningMask, step, words, ring);
        Ok::<_, MpcError>(Zeroizing::new(matrix::add(ring, d, &rho)))
    };
    let mut hidden = Vec::with_capacity(plan.hidden().len());
    for (step, part) in plan.hidden().iter().enumerate() {
        let ring = part.linear.ring;
        let opening = opening_offset(step, part.linear.map.outputs(), ring)?;
        let offset = Zeroizing::new(matrix::add(ring, &own_offset(step), &opening));
        let relu = ReluPart::take(plan, layout, step, seed, &mut keys)?;
        hidden.push(HiddenPart { offset, relu });
    }
    let last = layout.last();
    let pairs = plan.classes().pairs();
    let output = OutputPart {
        offset: own_offset(last),
        pair_offset: opening_offset(last, pairs, plan.output().linear.ring)?,
        argmax: ArgmaxPart::take(plan, layout, seed, &mut keys)?,
    };
    finish(keys, "the keys")?;
    finish(ahead, "what was sent ahead")?;
    Ok(ModelOwnerBundle {
        number,
        hidden: hidden.into_iter(),
        output,
    })
}

impl OutputPart {
    /// The differences of the model owner's logit shares, with all masks: what it opens.
    pub(crate) fn differences(&self, plan: &Plan, logits: &[u8]) -> Result<Vec<u8>, MpcError> {
        let ring = plan.output().linear.ring;
        let pairs = with_ring!(ring, T => write(&plan.classes().differences(&read::<T>(logits))?));
        Ok(matrix::add(ring, &pairs, &self.pair_offset))
    }
}
