//! The helper's part: corrections, comparison keys and tables from the two seeds.

use blindsight_model::plan::{Activation, Plan, Reveal};
use blindsight_mpc::{
    MpcError,
    bundle::BundleNumber,
    opening::truncate_reduce,
    prg::Purpose,
    ring::{Shares, Word},
    seed::Seed,
    with_ring,
};
use zeroize::Zeroizing;

use super::Layout;
use crate::matrix::{self, Matrix, read};

/// What the helper sends for one image.
pub(crate) struct Dealt {
    /// For the data owner.
    pub(crate) corrections: Vec<u8>,
    /// For both.
    pub(crate) keys: Vec<u8>,
}

/// Deals one bundle. `weight_masks` are `B` of each step.
pub(crate) fn deal(
    plan: &Plan,
    weight_masks: &[Matrix],
    data_owner: &Seed,
    model_owner: &Seed,
    number: BundleNumber,
) -> Result<Dealt, MpcError> {
    let layout = Layout::new(plan, number);
    let mut corrections = Vec::with_capacity(super::correction_bytes(plan));
    let mut keys = Vec::with_capacity(super::key_bytes(plan)?);
    for (step, (linear, b)) in plan.linears().zip(weight_masks).enumerate() {
        let (map, ring) = (linear.map, linear.ring);
        let r = layout.mask(data_owner, Purpose::InputMask, step, map.inputs(), ring);
        let s = layout.mask(model_owner, Purpose::OutputMask, step, map.outputs(), ring);
        corrections.extend(b.correction(&r, &s));
    }
    let both = |purpose, step| {
        (
            layout.stream(data_owner, purpose, step),
            layout.stream(model_owner, purpose, step),
        )
    };
    let opening_mask = |step, words, ring| {
        let [d, m] = [data_owner, model_owner]
            .map(|seed| layout.mask(seed, Purpose::OpeningMask, step, words, ring));
        Zeroizing::new(matrix::add(ring, &d, &m))
    };
    for (step, hidden) in plan.hidden().iter().enumerate() {
        let Activation::Relu { shift, width } = hidden.activation;
        let ring = hidden.linear.ring;
        let rho = opening_mask(step, hidden.linear.map.outputs(), ring);
        let masks = Zeroizing::new(with_ring!(ring, T => reduce::<T>(&rho, shift, width)));
        let (mut d, mut m) = both(Purpose::GateKey, step);
        let gate = layout.relu(step, hidden);
        let key = with_ring!(layout.next_ring(step), T => gate.deal::<T>(&masks, &mut d, &mut m))?;
        keys.extend(key);
    }
    let last = layout.last();
    let ring = plan.output().linear.ring;
    let Reveal::Class { width } = plan.output().reveal;
    let (gate, pairs) = layout.argmax();
    let rho = opening_mask(last, pairs, ring);
    let masks = Zeroizing::new(with_ring!(ring, T => reduce::<T>(&rho, 0, width)));
    let (mut d, mut m) = both(Purpose::GateKey, last);
    keys.extend(gate.deal::<u8>(&masks, &mut d, &mut m)?);

    let classes = plan.classes();
    let (mut d, mut m) = both(Purpose::WinMask, last);
    let (tau_d, tau_m) = (
        d.words::<u8>(classes.count()),
        m.words::<u8>(classes.count()),
    );
    let tau: Shares<u8> = tau_d
        .iter()
        .zip(tau_m.iter())
        .map(|(a, b)| a.add(*b))
        .collect();
    let (mut d, mut m) = both(Purpose::ClassTable, last);
    keys.extend(classes.deal_tables(&tau, &mut d, &mut m)?);
    Ok(Dealt { corrections, keys })
}

/// Masked values or their masks, shifted and cut to the bits that are compared.
pub(crate) fn reduce<T: Word>(words: &[u8], shift: u32, width: u32) -> Vec<u64> {
    let words = read::<T>(words);
    words
        .iter()
        .map(|word| truncate_reduce(*word, shift, width))
        .collect()
}
