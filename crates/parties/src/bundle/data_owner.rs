//! The data owner's part of a bundle.

use blindsight_model::plan::{Plan, Reveal};
use blindsight_mpc::{
    MpcError,
    bundle::BundleNumber,
    linear::data_owner_share,
    ring::{SecretBytes, Shares, Word},
    seed::Seed,
    with_ring,
};

use super::{
    Layout, Slot, finish,
    part::{ActivationPart, ArgmaxPart},
    round_count, take,
};
use crate::matrix::{Element, Matrix, keep, plus, read};

/// All that the data owner needs for one image. Moved into the evaluation, so it serves once.
pub(crate) struct DataOwnerBundle {
    pub(crate) number: BundleNumber,
    /// `r` of the picture.
    pub(crate) input_mask: SecretBytes,
    pub(crate) hidden: std::vec::IntoIter<HiddenPart>,
    pub(crate) end: EndPart,
}

/// What the last step needs.
pub(crate) enum EndPart {
    /// Its logits are compared.
    Argmax(ArgmaxPart),
    /// Its logits are revealed: the data owner's share of them, words of its ring.
    Scores(SecretBytes),
}

/// What turns the opening of a step into the masked value that it gives.
pub(crate) struct HiddenPart {
    pub(crate) activation: ActivationPart,
    /// The share of the step's result, where pooling goes on with it.
    pub(crate) share: SecretBytes,
    /// `r` of the value.
    pub(crate) next_mask: SecretBytes,
}

/// Completes a dealt bundle. `products` are `E x_D` of each linear map. The second result is
/// `ahead`, what the model owner is to be sent before any image.
///
/// # Errors
///
/// When what was dealt is shorter or longer than the plan needs.
pub(crate) fn assemble(
    plan: &Plan,
    products: &[Matrix],
    seed: &Seed,
    number: BundleNumber,
    mut corrections: &[u8],
    mut keys: &[u8],
) -> Result<(DataOwnerBundle, Vec<u8>), MpcError> {
    let layout = Layout::new(plan, number);
    let masks = layout.value_masks(seed);
    let mut ahead = Vec::with_capacity(super::ahead_bytes(plan));
    let mut shares = Vec::with_capacity(plan.steps());
    for step in 0..plan.steps() {
        with_ring!(plan.affine(step).ring, T => {
            let value = |k: usize| layout.data_owner_value::<T>(&masks, k);
            let share = plan.run::<T>(step, &value, &mut |number, _, _| {
                let bytes = plan.linears().get(number)?.output_bytes();
                let c = take(&mut corrections, bytes, "the corrections").ok()?;
                let product = T::of(products.get(number)?)?;
                Some(data_owner_share(product, &read::<T>(c)))
            });
            let mut share = share.ok_or(MpcError::Length {
                what: "the products and corrections",
                expected: plan.linears().len(),
                found: products.len(),
            })?;
            if step == layout.last() {
                match plan.output().reveal {
                    Reveal::Ranking { .. } => share = plan.classes().differences(&share)?,
                    Reveal::Scores => {
                        shares.push(keep(&share));
                        continue;
                    }
                }
            }
            let rho = layout.opening_mask::<T>(seed, Slot::first(step), share.len());
            let half: Shares<T> = plus(&share, &rho);
            T::write_le(&half, &mut ahead);
            let pooled = step < layout.last() && round_count(plan, step) > 0;
            shares.push(if pooled { keep(&share) } else { SecretBytes::default() });
        });
    }
    let mut masks = masks.into_iter();
    let input_mask = masks.next().unwrap_or_default();
    let logits = shares.pop().unwrap_or_default();
    let mut hidden = Vec::with_capacity(plan.hidden().len());
    for (step, (next_mask, share)) in masks.zip(shares).enumerate() {
        hidden.push(HiddenPart {
            activation: ActivationPart::take(layout, step, seed, &mut keys)?,
            share,
            next_mask,
        });
    }
    let end = match plan.output().reveal {
        Reveal::Ranking { top } => EndPart::Argmax(ArgmaxPart::take(layout, top, seed, &mut keys)?),
        Reveal::Scores => EndPart::Scores(logits),
    };
    finish(corrections, "the corrections")?;
    finish(keys, "the keys")?;
    let bundle = DataOwnerBundle {
        number,
        input_mask,
        hidden: hidden.into_iter(),
        end,
    };
    Ok((bundle, ahead))
}
