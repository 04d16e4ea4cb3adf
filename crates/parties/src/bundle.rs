//! A bundle: all correlated randomness of one image.
//!
//! The helper deals it from the two seeds ([`deal`]); each party completes what it gets with what
//! its own seed expands to ([`data_owner`], [`model_owner`]). What is dealt:
//!
//! ```text
//! corrections  c of each linear map                 to the data owner
//! keys         for each activation the keys of its
//!              pooling, round by round, and of its
//!              function; keys of the argmax, tables to both, the same bytes
//! ahead        masked y_D of each step and of the
//!              logit differences                    data owner to model owner
//! ```
//!
//! Where scores are revealed, nothing is dealt or sent ahead for the last step but its corrections.

use blindsight_model::plan::{Gate, MaxPool, Plan, Reveal};
use blindsight_mpc::{
    MpcError,
    bundle::BundleNumber,
    compare::{DreluGate, ReluGate, SelectGate},
    prg::{Domain, Prg, Purpose},
    ring::{Ring, SecretBytes, Shares, Word},
    seed::Seed,
    tournament::Tournament,
    with_ring,
};

use crate::{
    matrix::reduced,
    message::{MAX_BATCH, MAX_HEADER_BYTES},
    online::ladder::turn_bytes,
};

pub(crate) mod data_owner;
pub(crate) mod deal;
pub(crate) mod model_owner;
pub(crate) mod part;
pub(crate) mod products;

/// The plan as one bundle sees it: gates with their tweaks, and the lengths of everything dealt.
#[derive(Clone, Copy)]
pub(crate) struct Layout<'a> {
    pub(crate) plan: &'a Plan,
    number: BundleNumber,
}

/// One opening of a step: of its result, or of a later round of its pooling.
#[derive(Clone, Copy)]
pub(crate) struct Slot {
    pub(crate) step: usize,
    /// 0 for the result itself.
    pub(crate) round: u32,
}

impl Slot {
    /// The result of a step.
    pub(crate) fn first(step: usize) -> Self {
        Self { step, round: 0 }
    }

    /// Names the slot in streams and tweaks: a plan has at most 64 steps, and at most 20 rounds.
    fn word(self) -> u32 {
        self.step as u32 | self.round << 16
    }
}

impl<'a> Layout<'a> {
    pub(crate) fn new(plan: &'a Plan, number: BundleNumber) -> Self {
        Self { plan, number }
    }

    /// The stream of one purpose under a seed, for this bundle.
    fn stream(self, seed: &Seed, purpose: Purpose, step: u32) -> Prg {
        let domain = Domain {
            purpose,
            number: self.number.get(),
            step,
        };
        Prg::new(seed, domain)
    }

    /// The stream of the keys of a slot.
    pub(crate) fn key_stream(self, seed: &Seed, slot: Slot) -> Prg {
        self.stream(seed, Purpose::GateKey, slot.word())
    }

    /// One party's part of `rho`, the mask of an opening.
    pub(crate) fn opening_mask<T: Word>(self, seed: &Seed, slot: Slot, words: usize) -> Shares<T> {
        let mut stream = self.stream(seed, Purpose::OpeningMask, slot.word());
        stream.words(words)
    }

    /// `s`, the mask of what a linear map gives.
    pub(crate) fn output_mask<T: Word>(self, seed: &Seed, number: usize) -> Shares<T> {
        let words = self.plan.linears()[number].outputs;
        let mut stream = self.stream(seed, Purpose::OutputMask, number as u32);
        stream.words(words)
    }

    /// `r` of each value, in its ring: what the data owner adds to its share when it sends it.
    pub(crate) fn value_masks(self, seed: &Seed) -> Vec<SecretBytes> {
        let values = self.plan.values().iter().enumerate();
        let masks = values.map(|(k, value)| {
            let mut stream = self.stream(seed, Purpose::InputMask, k as u32);
            stream.bytes(value.bytes())
        });
        masks.collect()
    }

    /// The data owner's share of a value, `-r`, in a step's ring.
    pub(crate) fn data_owner_value<T: Word>(
        self,
        masks: &[SecretBytes],
        k: usize,
    ) -> Option<Shares<T>> {
        let (value, mask) = (self.plan.values().get(k)?, masks.get(k)?);
        let mut words = reduced::<T>(value.ring, mask);
        words.iter_mut().for_each(|word| *word = word.neg());
        Some(words)
    }

    fn tweak(self, slot: Slot) -> [u32; 2] {
        [slot.word(), self.number.get() as u32]
    }

    /// The gate of a round of pooling.
    pub(crate) fn select(self, slot: Slot, pool: &MaxPool) -> SelectGate {
        SelectGate {
            shift: pool.shift,
            width: pool.width,
            tweak: self.tweak(slot),
        }
    }

    /// The gate of a sign.
    pub(crate) fn sign(self, slot: Slot, width: u32) -> DreluGate {
        DreluGate {
            width,
            tweak: self.tweak(slot),
        }
    }

    /// The gate of another function.
    pub(crate) fn relu(self, slot: Slot, width: u32) -> ReluGate {
        ReluGate {
            width,
            tweak: self.tweak(slot),
        }
    }

    /// The gate that compares logits, and how many pairs there are.
    pub(crate) fn argmax(self) -> (DreluGate, usize) {
        let gate = self.sign(Slot::first(self.last()), self.plan.output().width);
        (gate, self.plan.classes().pairs())
    }

    /// The index of the last step.
    pub(crate) fn last(self) -> usize {
        self.plan.steps() - 1
    }

    /// The ring of what a step's activation gives.
    pub(crate) fn value_ring(self, step: usize) -> Ring {
        let value = self.plan.values().get(step + 1);
        value.map_or(self.plan.output().affine.ring, |value| value.ring)
    }

    /// Bytes of the keys of a step's function, which opens so many values.
    pub(crate) fn gate_bytes(self, step: usize) -> Result<usize, MpcError> {
        let activation = &self.plan.hidden()[step].activation;
        let count = self.plan.values()[step + 1].shape.elements();
        let (slot, width) = (Slot::first(step), activation.width);
        with_ring!(self.value_ring(step), T => match activation.gate {
            Gate::Sign => self.sign(slot, width).key_bytes::<T>(count),
            Gate::Function(_) => self.relu(slot, width).key_bytes::<T>(count),
        })
    }

    /// Bytes of the keys of one round of a step's pooling.
    pub(crate) fn round_bytes(
        self,
        step: usize,
        pool: &MaxPool,
        pairs: usize,
    ) -> Result<usize, MpcError> {
        let ring = self.plan.affine(step).ring;
        with_ring!(ring, T => self.select(Slot::first(step), pool).key_bytes::<T>(pairs))
    }

    /// Bytes of the keys that compare logits.
    pub(crate) fn argmax_bytes(self) -> Result<usize, MpcError> {
        let (gate, pairs) = self.argmax();
        gate.key_bytes::<u8>(pairs)
    }
}

/// The rounds of a step's pooling, from the first; none without pooling.
pub(crate) fn rounds(plan: &Plan, step: usize) -> impl Iterator<Item = Tournament> + use<> {
    let start = plan.pooling(step).map(|pooling| pooling.start.clone());
    let playing = |round: &Tournament| (round.pairs() > 0).then(|| round.next());
    let rounds = std::iter::successors(start, playing);
    rounds.take_while(|round| round.pairs() > 0)
}

/// How often a step opens something beyond its result: once for each round of its pooling.
pub(crate) fn round_count(plan: &Plan, step: usize) -> u32 {
    // At most 20 rounds: the windows of a plan are bounded.
    plan.opened(step).len() as u32 - 1
}

/// Bytes of `corrections`.
pub(crate) fn correction_bytes(plan: &Plan) -> usize {
    (0..plan.steps())
        .map(|step| step_correction_bytes(plan, step))
        .sum()
}

/// Of these, the bytes of one step.
pub(crate) fn step_correction_bytes(plan: &Plan, step: usize) -> usize {
    let linears = plan.linears().iter();
    linears
        .filter(|linear| linear.step == step)
        .map(|linear| linear.output_bytes())
        .sum()
}

/// Bytes of `keys`.
pub(crate) fn key_bytes(plan: &Plan) -> Result<usize, MpcError> {
    (0..plan.steps())
        .map(|step| step_key_bytes(plan, step))
        .sum()
}

/// Of these, the bytes of one step.
pub(crate) fn step_key_bytes(plan: &Plan, step: usize) -> Result<usize, MpcError> {
    let layout = Layout::new(plan, BundleNumber::FIRST);
    let Some(hidden) = plan.hidden().get(step) else {
        return Ok(match plan.output().reveal {
            Reveal::Ranking { top } => layout.argmax_bytes()? + plan.classes().table_bytes(top),
            Reveal::Scores => 0,
        });
    };
    let mut sum = layout.gate_bytes(step)?;
    if let Some(pool) = &hidden.activation.pool {
        for round in rounds(plan, step) {
            sum += layout.round_bytes(step, pool, round.pairs())?;
        }
    }
    Ok(sum)
}

/// Bytes of `ahead`.
pub(crate) fn ahead_bytes(plan: &Plan) -> usize {
    (0..plan.steps())
        .map(|step| step_ahead_bytes(plan, step))
        .sum()
}

/// Of these, the bytes of one step.
pub(crate) fn step_ahead_bytes(plan: &Plan, step: usize) -> usize {
    let words = if step < plan.hidden().len() {
        plan.result(step).elements()
    } else {
        plan.compared_pairs()
    };
    words * plan.affine(step).ring.bytes()
}

/// The longest message that a data owner gets under a plan: masked weights, a part of a bundle,
/// or the answers of a batch.
pub(crate) fn longest_message_to_data_owner(plan: &Plan) -> usize {
    let weights = plan.linears().iter().map(|linear| linear.weight_bytes());
    let dealt = correction_bytes(plan).max(key_bytes(plan).unwrap_or(0));
    let classes = plan.classes().count();
    let last = (plan.compared_pairs() + classes) * plan.output().affine.ring.bytes() + classes;
    let hidden = (0..plan.hidden().len()).map(|step| longest_turn(plan, step));
    let online = MAX_BATCH * hidden.chain([last]).max().unwrap_or(0);
    weights.chain([dealt, online]).max().unwrap_or(0) + MAX_HEADER_BYTES
}

/// The longest message that a model owner gets under a plan: the masked values of a batch with
/// openings in front, keys, or what is sent ahead.
pub(crate) fn longest_message_to_model_owner(plan: &Plan) -> usize {
    let values = plan.values().iter().map(|value| value.bytes()).max();
    let turns = (0..plan.hidden().len()).map(|step| longest_turn(plan, step));
    let online = MAX_BATCH * (values.unwrap_or(0) + turns.max().unwrap_or(0));
    let rest = [key_bytes(plan).unwrap_or(0), ahead_bytes(plan), online];
    rest.into_iter().max().unwrap_or(0) + MAX_HEADER_BYTES
}

/// Bytes of the longest turn in a hidden step.
fn longest_turn(plan: &Plan, step: usize) -> usize {
    let turns = (0..).map_while(|turn| turn_bytes(plan, step, turn));
    turns.max().unwrap_or(0)
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
