//! What a bundle holds alike for both parties: comparison keys and class tables.

use blindsight_model::plan::Gate;
use blindsight_mpc::{
    MpcError,
    compare::KeyShare,
    prg::Purpose,
    ring::{SecretBytes, Shares},
    seed::Seed,
    with_ring,
};

use super::{Layout, Slot, rounds, take};
use crate::matrix::keep;

/// A batch of keys with the party's own part of them.
pub(crate) struct GatePart {
    pub(crate) key: SecretBytes,
    pub(crate) own: KeyShare,
}

/// What a step's activation needs: for each round of pooling its keys and the party's own mask of
/// what is opened next, then the keys of the function.
pub(crate) struct ActivationPart {
    pub(crate) rounds: std::vec::IntoIter<RoundPart>,
    pub(crate) gate: GatePart,
}

/// One round of pooling.
pub(crate) struct RoundPart {
    pub(crate) keys: GatePart,
    pub(crate) next_mask: SecretBytes,
}

impl ActivationPart {
    /// Takes its bytes off the front of the dealt keys; the rest is expanded from the seed.
    pub(super) fn take(
        layout: Layout<'_>,
        step: usize,
        seed: &Seed,
        keys: &mut &[u8],
    ) -> Result<Self, MpcError> {
        let plan = layout.plan;
        let activation = &plan.hidden()[step].activation;
        let ring = plan.affine(step).ring;
        let opened = plan.opened(step);
        let mut parts = Vec::new();
        let mut slot = Slot::first(step);
        if let Some(pool) = &activation.pool {
            for round in rounds(plan, step) {
                let pairs = round.pairs();
                let bytes = layout.round_bytes(step, pool, pairs)?;
                let key = take(keys, bytes, "the keys of a pooling")?;
                let mut stream = layout.key_stream(seed, slot);
                let gate = layout.select(slot, pool);
                slot.round += 1;
                let words = opened.get(slot.round as usize).copied().unwrap_or(0);
                parts.push(with_ring!(ring, T => RoundPart {
                    keys: GatePart {
                        key: SecretBytes::new(key.to_vec()),
                        own: gate.expand::<T>(pairs, &mut stream),
                    },
                    next_mask: keep(&layout.opening_mask::<T>(seed, slot, words)),
                }));
            }
        }
        let key = take(keys, layout.gate_bytes(step)?, "the comparison keys")?;
        let mut stream = layout.key_stream(seed, slot);
        let count = plan.values()[step + 1].shape.elements();
        let own = with_ring!(layout.value_ring(step), T => match activation.gate {
            Gate::Sign => layout.sign(slot, activation.width).expand::<T>(count, &mut stream),
            Gate::Function(_) => layout.relu(slot, activation.width).expand::<T>(count, &mut stream),
        });
        Ok(Self {
            rounds: parts.into_iter(),
            gate: GatePart {
                key: SecretBytes::new(key.to_vec()),
                own,
            },
        })
    }
}

/// What turns the opened differences of logits into shares of the revealed classes.
pub(crate) struct ArgmaxPart {
    /// How many classes are revealed.
    pub(crate) top: u8,
    pub(crate) key: SecretBytes,
    pub(crate) own: KeyShare,
    pub(crate) win_mask: Shares<u8>,
    pub(crate) table: Shares<u8>,
    pub(crate) corrections: SecretBytes,
}

impl ArgmaxPart {
    /// Takes its bytes off the front of the dealt keys; the rest is expanded from the seed.
    pub(super) fn take(
        layout: Layout<'_>,
        top: u8,
        seed: &Seed,
        keys: &mut &[u8],
    ) -> Result<Self, MpcError> {
        let (gate, pairs) = layout.argmax();
        let (classes, last) = (layout.plan.classes(), layout.last());
        let key = take(keys, layout.argmax_bytes()?, "the keys of the argmax")?;
        let table_bytes = classes.table_bytes(top);
        let corrections = take(keys, table_bytes, "the class tables")?;
        let mut own = layout.key_stream(seed, Slot::first(last));
        let mut win_mask = layout.stream(seed, Purpose::WinMask, last as u32);
        let mut table = layout.stream(seed, Purpose::ClassTable, last as u32);
        Ok(Self {
            top,
            key: SecretBytes::new(key.to_vec()),
            own: gate.expand::<u8>(pairs, &mut own),
            win_mask: win_mask.words(classes.count()),
            table: table.words(table_bytes),
            corrections: SecretBytes::new(corrections.to_vec()),
        })
    }
}
