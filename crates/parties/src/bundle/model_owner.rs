//! The model owner's part of a bundle.

use blindsight_model::plan::{Plan, Reveal};
use blindsight_mpc::{
    MpcError,
    bundle::BundleNumber,
    ring::{Ring, SecretBytes, Shares, Word},
    seed::Seed,
    with_ring,
};

use super::{
    Layout, Slot, finish,
    part::{ActivationPart, ArgmaxPart},
    take,
};
use crate::{
    hosting::Hosting,
    matrix::{keep, plus, read, write},
};

/// All that the model owner needs for one image. Moved into the evaluation, so it serves once.
pub(crate) struct ModelOwnerBundle {
    pub(crate) number: BundleNumber,
    /// `b - s` of each linear map.
    pub(crate) offsets: Vec<SecretBytes>,
    pub(crate) hidden: std::vec::IntoIter<HiddenPart>,
    pub(crate) output: OutputPart,
}

/// What answers one masked value with an opening, and what the activation needs then.
pub(crate) struct HiddenPart {
    /// `rho_M + (y_D + rho_D)`: all of the opening but the own share of the result.
    pub(crate) opening: SecretBytes,
    pub(crate) activation: ActivationPart,
}

/// What answers the last masked value.
pub(crate) enum OutputPart {
    /// The logits are compared.
    Compare(ComparePart),
    /// The share of the logits is sent: it needs no mask, for the data owner learns them.
    Scores,
}

/// What opens the differences of logits, and turns them into classes.
pub(crate) struct ComparePart {
    /// `rho_M + (differences of y_D + rho_D)`, for all pairs of logits.
    opening: SecretBytes,
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
    let layers = hosting.network().layers().iter().zip(plan.linears());
    let offsets = layers.enumerate().map(|(number, (layer, linear))| {
        with_ring!(linear.ring, T => {
            let s = layout.output_mask::<T>(seed, number);
            let bias = layer.bias.iter().zip(s.iter());
            let offset: Shares<T> = bias.map(|(b, s)| T::from_i64(*b).sub(*s)).collect();
            keep(&offset)
        })
    });
    // An opening's two masks: the data owner's arrives inside what it sent ahead.
    let mut opening = |step: usize, words: usize, ring: Ring| {
        let d = take(&mut ahead, words * ring.bytes(), "what was sent ahead")?;
        Ok::<_, MpcError>(with_ring!(ring, T => {
            let rho = layout.opening_mask::<T>(seed, Slot::first(step), words);
            keep(&plus(&read::<T>(d), &rho))
        }))
    };
    let mut hidden = Vec::with_capacity(plan.hidden().len());
    for step in 0..plan.hidden().len() {
        let words = plan.result(step).elements();
        hidden.push(HiddenPart {
            opening: opening(step, words, plan.affine(step).ring)?,
            activation: ActivationPart::take(layout, step, seed, &mut keys)?,
        });
    }
    let output = match plan.output().reveal {
        Reveal::Ranking { top } => {
            let (last, pairs) = (layout.last(), plan.compared_pairs());
            OutputPart::Compare(ComparePart {
                opening: opening(last, pairs, plan.output().affine.ring)?,
                argmax: ArgmaxPart::take(layout, top, seed, &mut keys)?,
            })
        }
        Reveal::Scores => OutputPart::Scores,
    };
    finish(keys, "the keys")?;
    finish(ahead, "what was sent ahead")?;
    Ok(ModelOwnerBundle {
        number,
        offsets: offsets.collect(),
        hidden: hidden.into_iter(),
        output,
    })
}

impl ComparePart {
    /// The differences of the model owner's logit shares, with all masks: what it opens.
    pub(crate) fn differences<T: Word>(
        &self,
        plan: &Plan,
        logits: &[T],
    ) -> Result<Vec<u8>, MpcError> {
        let pairs = plan.classes().differences(logits)?;
        Ok(write(&plus(&pairs, &read::<T>(&self.opening))))
    }
}
