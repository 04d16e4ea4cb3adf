//! The helper's part: corrections, comparison keys and tables from the two seeds.

use blindsight_model::plan::{Gate, Plan, Pooling, Reveal};
use blindsight_mpc::{
    MpcError,
    bundle::BundleNumber,
    linear::correction,
    opening::truncate_reduce,
    prg::Purpose,
    ring::{Shares, Word},
    seed::Seed,
    with_ring,
};
use zeroize::Zeroizing;

use super::{Layout, Slot};
use crate::matrix::{Element, Matrix, plus, read};

/// What the helper sends for one image.
pub(crate) struct Dealt {
    /// For the data owner.
    pub(crate) corrections: Vec<u8>,
    /// For both.
    pub(crate) keys: Vec<u8>,
}

/// The two parties' seeds.
#[derive(Clone, Copy)]
pub(crate) struct Seeds<'a> {
    pub(crate) data_owner: &'a Seed,
    pub(crate) model_owner: &'a Seed,
}

impl Seeds<'_> {
    /// `rho`, the mask of an opening.
    fn opening_mask<T: Word>(self, layout: Layout<'_>, slot: Slot, words: usize) -> Shares<T> {
        let d = layout.opening_mask::<T>(self.data_owner, slot, words);
        let m = layout.opening_mask::<T>(self.model_owner, slot, words);
        plus(&d, &m)
    }
}

/// Deals one bundle. `products` are `B x_D` of each linear map: the helper knows what enters, for it
/// comes of masks alone.
///
/// # Errors
///
/// When there are not as many products as the plan needs.
pub(crate) fn deal(
    plan: &Plan,
    products: &[Matrix],
    seeds: Seeds<'_>,
    number: BundleNumber,
) -> Result<Dealt, MpcError> {
    let layout = Layout::new(plan, number);
    let mut keys = Vec::with_capacity(super::key_bytes(plan)?);
    for step in 0..plan.hidden().len() {
        deal_activation(layout, step, seeds, &mut keys)?;
    }
    if let Reveal::Ranking { top } = plan.output().reveal {
        deal_argmax(layout, top, seeds, &mut keys)?;
    }
    Ok(Dealt {
        corrections: corrections(layout, products, seeds)?,
        keys,
    })
}

/// `c` of each linear map.
fn corrections(
    layout: Layout<'_>,
    products: &[Matrix],
    seeds: Seeds<'_>,
) -> Result<Vec<u8>, MpcError> {
    let linears = layout.plan.linears();
    MpcError::check("the products", linears.len(), products.len())?;
    let mut corrections = Vec::with_capacity(super::correction_bytes(layout.plan));
    for (number, (linear, product)) in linears.iter().zip(products).enumerate() {
        with_ring!(linear.ring, T => {
            let product: &[T] = T::of(product).map_or(&[], |words| &words[..]);
            MpcError::check("a product", linear.outputs, product.len())?;
            let s = layout.output_mask::<T>(seeds.model_owner, number);
            T::write_le(&correction(product, &s), &mut corrections);
        });
    }
    Ok(corrections)
}

/// The keys of a step's pooling and of its function.
fn deal_activation(
    layout: Layout<'_>,
    step: usize,
    seeds: Seeds<'_>,
    keys: &mut Vec<u8>,
) -> Result<(), MpcError> {
    let plan = layout.plan;
    let activation = &plan.hidden()[step].activation;
    let opened = plan.opened(step);
    let streams = |slot| {
        (
            layout.key_stream(seeds.data_owner, slot),
            layout.key_stream(seeds.model_owner, slot),
        )
    };
    let mut slot = Slot::first(step);
    let masks = with_ring!(plan.affine(step).ring, T => {
        let mut rho = seeds.opening_mask::<T>(layout, slot, opened[0]);
        if let (Some(pool), Some(Pooling { start, players })) =
            (&activation.pool, plan.pooling(step))
        {
            let mut round = start.clone();
            let playing: Shares<T> = players.iter().map(|k| rho[*k]).collect();
            // Only the first round compares values that were opened themselves.
            let mut differences = round.differences(&playing)?;
            while round.pairs() > 0 {
                let (mut d, mut m) = streams(slot);
                keys.extend(layout.select(slot, pool).deal::<T>(&differences, &mut d, &mut m)?);
                slot.round += 1;
                round = round.next();
                let words = opened.get(slot.round as usize).copied().unwrap_or(0);
                differences = seeds.opening_mask::<T>(layout, slot, words);
            }
            rho = if slot.round == 0 { playing } else { differences };
        }
        reduce(&rho, activation.shift, activation.width)
    });
    let (mut d, mut m) = streams(slot);
    let width = activation.width;
    keys.extend(
        with_ring!(layout.value_ring(step), T => match activation.gate {
            Gate::Sign => layout.sign(slot, width).deal::<T>(&masks, &mut d, &mut m)?,
            Gate::Function(_) => layout.relu(slot, width).deal::<T>(&masks, &mut d, &mut m)?,
        }),
    );
    Ok(())
}

/// The keys that compare logits, and the tables that turn wins into classes.
fn deal_argmax(
    layout: Layout<'_>,
    top: u8,
    seeds: Seeds<'_>,
    keys: &mut Vec<u8>,
) -> Result<(), MpcError> {
    let plan = layout.plan;
    let (last, width) = (layout.last(), plan.output().width);
    let (gate, pairs) = layout.argmax();
    let slot = Slot::first(last);
    let masks = with_ring!(plan.output().affine.ring, T => {
        reduce(&seeds.opening_mask::<T>(layout, slot, pairs), 0, width)
    });
    let mut d = layout.key_stream(seeds.data_owner, slot);
    let mut m = layout.key_stream(seeds.model_owner, slot);
    keys.extend(gate.deal::<u8>(&masks, &mut d, &mut m)?);

    let classes = plan.classes();
    let both = |purpose| {
        (
            layout.stream(seeds.data_owner, purpose, last as u32),
            layout.stream(seeds.model_owner, purpose, last as u32),
        )
    };
    let (mut d, mut m) = both(Purpose::WinMask);
    let tau = plus(
        &d.words::<u8>(classes.count()),
        &m.words::<u8>(classes.count()),
    );
    let (mut d, mut m) = both(Purpose::ClassTable);
    keys.extend(classes.deal_tables(top, &tau, &mut d, &mut m)?);
    Ok(())
}

/// Masked values or their masks, shifted and cut to the bits that are compared.
pub(crate) fn reduce<T: Word>(words: &[T], shift: u32, width: u32) -> Zeroizing<Vec<u64>> {
    let words = words.iter();
    Zeroizing::new(
        words
            .map(|word| truncate_reduce(*word, shift, width))
            .collect(),
    )
}

/// The same of little-endian words.
pub(crate) fn reduce_le<T: Word>(bytes: &[u8], shift: u32, width: u32) -> Zeroizing<Vec<u64>> {
    reduce(&read::<T>(bytes), shift, width)
}
