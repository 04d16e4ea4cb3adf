//! A bundle: all correlated randomness of one image.
//!
//! The helper deals it from the two seeds ([`deal`]); each party completes what it gets with what
//! its own seed expands to ([`data_owner`], [`model_owner`]). What is dealt:
//!
//! ```text
//! corrections  c of each step                       to the data owner
//! keys         comparison keys of each activation,
//!              keys of the argmax, class tables     to both, the same bytes
//! ahead        masked y_D of each activation and
//!              of the logit differences             data owner to model owner
//! ```

use blindsight_model::plan::{Activation, Hidden, Plan, Reveal};
use blindsight_mpc::{
    MpcError,
    bundle::BundleNumber,
    compare::{DreluGate, ReluGate},
    prg::{Domain, Prg, Purpose},
    ring::Ring,
    seed::Seed,
    with_ring,
};
use zeroize::Zeroizing;

use crate::message::MAX_HEADER_BYTES;

pub(crate) mod data_owner;
pub(crate) mod deal;
pub(crate) mod model_owner;
pub(crate) mod part;

/// The plan as one bundle sees it: gates with their tweaks, and the lengths of everything dealt.
#[derive(Clone, Copy)]
pub(crate) struct Layout<'a> {
    plan: &'a Plan,
    number: BundleNumber,
}

impl<'a> Layout<'a> {
    pub(crate) fn new(plan: &'a Plan, number: BundleNumber) -> Self {
        Self { plan, number }
    }

    /// The stream of one purpose and step under a seed, for this bundle.
    pub(crate) fn stream(self, seed: &Seed, purpose: Purpose, step: usize) -> Prg {
        let domain = Domain {
            purpose,
            number: self.number.get(),
            step: step as u32,
        };
        Prg::new(seed, domain)
    }

    /// A mask of all words of a step's input or output.
    pub(crate) fn mask(
        self,
        seed: &Seed,
        purpose: Purpose,
        step: usize,
        words: usize,
        ring: Ring,
    ) -> Zeroizing<Vec<u8>> {
        self.stream(seed, purpose, step).bytes(words * ring.bytes())
    }

    fn tweak(self, step: usize) -> [u32; 2] {
        [step as u32, self.number.get() as u32]
    }

    /// The gate of a step's activation.
    pub(crate) fn relu(self, step: usize, hidden: &Hidden) -> ReluGate {
        let Activation::Relu { width, .. } = hidden.activation;
        ReluGate {
            width,
            tweak: self.tweak(step),
        }
    }

    /// The gate that compares logits, and how many pairs there are.
    pub(crate) fn argmax(self) -> (DreluGate, usize) {
        let Reveal::Class { width } = self.plan.output().reveal;
        let gate = DreluGate {
            width,
            tweak: self.tweak(self.last()),
        };
        (gate, self.plan.classes().pairs())
    }

    /// The index of the last step.
    pub(crate) fn last(self) -> usize {
        self.plan.steps() - 1
    }

    /// The ring of the step after `step`: where an activation's result lives.
    pub(crate) fn next_ring(self, step: usize) -> Ring {
        let next = self.plan.linear(step + 1);
        next.map_or(self.plan.output().linear.ring, |linear| linear.ring)
    }

    /// Bytes of the keys of a step's activation.
    fn relu_bytes(self, step: usize, hidden: &Hidden) -> Result<usize, MpcError> {
        let gate = self.relu(step, hidden);
        let count = hidden.linear.map.outputs();
        with_ring!(self.next_ring(step), T => gate.key_bytes::<T>(count))
    }

    /// Bytes of the keys that compare logits.
    fn argmax_bytes(self) -> Result<usize, MpcError> {
        let (gate, pairs) = self.argmax();
        gate.key_bytes::<u8>(pairs)
    }
}

/// Bytes of `corrections`.
pub(crate) fn correction_bytes(plan: &Plan) -> usize {
    let words = plan.linears();
    words
        .map(|linear| linear.map.outputs() * linear.ring.bytes())
        .sum()
}

/// Bytes of `keys`.
pub(crate) fn key_bytes(plan: &Plan) -> Result<usize, MpcError> {
    let layout = Layout::new(plan, BundleNumber::FIRST);
    let mut sum = layout.argmax_bytes()? + plan.classes().table_bytes();
    for (step, hidden) in plan.hidden().iter().enumerate() {
        sum += layout.relu_bytes(step, hidden)?;
    }
    Ok(sum)
}

/// Bytes of `ahead`.
pub(crate) fn ahead_bytes(plan: &Plan) -> usize {
    let hidden = plan.hidden().iter().map(|hidden| hidden.linear);
    let openings: usize = hidden
        .map(|linear| linear.map.outputs() * linear.ring.bytes())
        .sum();
    openings + plan.classes().pairs() * plan.output().linear.ring.bytes()
}

/// The longest message that a data owner gets under a plan: masked weights, or a bundle.
pub(crate) fn longest_message_to_data_owner(plan: &Plan) -> usize {
    let weights = plan
        .linears()
        .map(|linear| linear.map.weights() * linear.ring.bytes());
    let dealt = correction_bytes(plan) + key_bytes(plan).unwrap_or(0);
    weights.chain([dealt]).max().unwrap_or(0) + MAX_HEADER_BYTES
}

/// The longest message that a model owner gets under a plan: a masked input, keys, or what is sent
/// ahead.
pub(crate) fn longest_message_to_model_owner(plan: &Plan) -> usize {
    let inputs = plan
        .linears()
        .map(|linear| linear.map.inputs() * linear.ring.bytes());
    let rest = [key_bytes(plan).unwrap_or(0), ahead_bytes(plan)];
    inputs.chain(rest).max().unwrap_or(0) + MAX_HEADER_BYTES
}

/// Cuts `count` bytes off the front.
pub(crate) fn take<'a>(
    bytes: &mut &'a [u8],
    count: usize,
    what: &'static str,
) -> Result<&'a [u8], MpcError> {
    let (front, rest) = bytes.split_at_checked(count).ok_or(MpcError::Length {
        what,
        expected: count,
        found: bytes.len(),
    })?;
    *bytes = rest;
    Ok(front)
}

/// Refuses bytes that are left over.
fn finish(rest: &[u8], what: &'static str) -> Result<(), MpcError> {
    if rest.is_empty() {
        Ok(())
    } else {
        Err(MpcError::Length {
            what,
            expected: 0,
            found: rest.len(),
        })
    }
}
