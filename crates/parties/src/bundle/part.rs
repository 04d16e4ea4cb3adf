//! What a bundle holds alike for both parties: comparison keys and class tables.

use blindsight_model::plan::Plan;
use blindsight_mpc::{
    MpcError, compare::KeyShare, prg::Purpose, ring::Shares, seed::Seed, with_ring,
};
use zeroize::Zeroizing;

use super::{Layout, take};

/// The comparison keys of one step's activation.
pub(crate) struct ReluPart {
    pub(crate) key: Zeroizing<Vec<u8>>,
    pub(crate) own: KeyShare,
}

impl ReluPart {
    /// Takes its bytes off the front of the dealt keys; the rest is expanded from the seed.
    pub(super) fn take(
        plan: &Plan,
        layout: Layout<'_>,
        step: usize,
        seed: &Seed,
        keys: &mut &[u8],
    ) -> Result<Self, MpcError> {
        let hidden = &plan.hidden()[step];
        let key = take(
            keys,
            layout.relu_bytes(step, hidden)?,
            "the comparison keys",
        )?;
        let mut stream = layout.stream(seed, Purpose::GateKey, step);
        let (gate, count) = (layout.relu(step, hidden), hidden.linear.map.outputs());
        let own = with_ring!(layout.next_ring(step), T => gate.expand::<T>(count, &mut stream));
        Ok(Self {
            key: Zeroizing::new(key.to_vec()),
            own,
        })
    }
}

/// What turns the opened differences of logits into a share of the class.
pub(crate) struct ArgmaxPart {
    pub(crate) key: Zeroizing<Vec<u8>>,
    pub(crate) own: KeyShare,
    pub(crate) win_mask: Shares<u8>,
    pub(crate) table: Shares<u8>,
    pub(crate) corrections: Zeroizing<Vec<u8>>,
}

impl ArgmaxPart {
    /// Takes its bytes off the front of the dealt keys; the rest is expanded from the seed.
    pub(super) fn take(
        plan: &Plan,
        layout: Layout<'_>,
        seed: &Seed,
        keys: &mut &[u8],
    ) -> Result<Self, MpcError> {
        let (gate, pairs) = layout.argmax();
        let (classes, last) = (plan.classes(), layout.last());
        let key = take(keys, layout.argmax_bytes()?, "the keys of the argmax")?;
        let corrections = take(keys, classes.table_bytes(), "the class tables")?;
        let mut own = layout.stream(seed, Purpose::GateKey, last);
        let mut win_mask = layout.stream(seed, Purpose::WinMask, last);
        let mut table = layout.stream(seed, Purpose::ClassTable, last);
        Ok(Self {
            key: Zeroizing::new(key.to_vec()),
            own: gate.expand::<u8>(pairs, &mut own),
            win_mask: win_mask.words(classes.count()),
            table: table.words(classes.table_bytes()),
            corrections: Zeroizing::new(corrections.to_vec()),
        })
    }
}
