//! From the opening of a step's result to what its activation gives, round by round of pooling.
//!
//! Both parties climb the same ladder. The opening of round 0 is the step's result; that of a
//! later round is the differences of the pairs that play then; that of the last one is what is
//! left. In its turn a party opens one round and sends its half of the next one ahead, so that a
//! round trip serves two rounds:
//!
//! ```text
//! turn 0  model owner: opening of round 0, half of round 1
//! turn 1  data owner:  opening of round 1, half of round 2
//! ...     until the opening of the last round, with no half behind it
//! ```
//!
//! Without pooling the only round is round 0. When the last turn is the data owner's, it stands in
//! front of the masked value that the data owner sends then anyway.

use blindsight_model::plan::{Gate, Plan};
use blindsight_mpc::{
    MpcError, Party,
    bundle::BundleNumber,
    ring::{SecretBytes, Shares, Word},
    tournament::Tournament,
    with_ring,
};

use crate::{
    abort::Reason,
    bundle::{
        Layout, Slot,
        deal::reduce_le,
        part::{ActivationPart, RoundPart},
        round_count, take,
    },
    matrix::{keep, plus, read, write},
};

/// One party on its way through an activation.
pub(crate) struct Ladder {
    party: Party,
    number: BundleNumber,
    /// The next opening.
    slot: Slot,
    last: u32,
    tournament: Option<Tournament>,
    /// Indices of the elements that play in round 0.
    players: Vec<usize>,
    /// The party's shares of all that still play.
    values: SecretBytes,
    part: ActivationPart,
    /// The mask of the next opening.
    mask: SecretBytes,
}

/// What a party knows after its turn.
pub(crate) struct Turned {
    /// What it sends in its turn; `None` when the other one took the last turn.
    pub(crate) message: Option<Vec<u8>>,
    /// What is left, opened under its mask; `None` before the last round.
    pub(crate) opened: Option<Vec<u8>>,
}

/// Bytes of the message of a turn; `None` beyond the last one.
pub(crate) fn turn_bytes(plan: &Plan, step: usize, turn: u32) -> Option<usize> {
    let words = plan.opened(step);
    let opened = words.get(turn as usize)?;
    let half = words.get(turn as usize + 1).unwrap_or(&0);
    Some((opened + half) * plan.affine(step).ring.bytes())
}

/// The number of the last turn.
pub(crate) fn last_turn(plan: &Plan, step: usize) -> u32 {
    round_count(plan, step)
}

impl Ladder {
    /// At the foot, with the party's share of the step's result.
    pub(crate) fn new(
        plan: &Plan,
        number: BundleNumber,
        party: Party,
        step: usize,
        part: ActivationPart,
        share: &[u8],
    ) -> Self {
        let (tournament, players) = match plan.pooling(step) {
            Some(pooling) => (Some(pooling.start.clone()), pooling.players.clone()),
            None => (None, Vec::new()),
        };
        let last = round_count(plan, step);
        let values = with_ring!(plan.affine(step).ring, T => {
            if last > 0 { keep(&picked(&read::<T>(share), &players)) } else { SecretBytes::default() }
        });
        Self {
            party,
            number,
            slot: Slot::first(step),
            last,
            tournament,
            players,
            values,
            part,
            mask: SecretBytes::default(),
        }
    }

    /// The turn of the message that is to come.
    pub(crate) fn turn(&self) -> u32 {
        self.slot.round
    }

    /// Takes the first turn with the opened result.
    pub(crate) fn start(&mut self, plan: &Plan, opened: Vec<u8>) -> Result<Turned, Reason> {
        self.take_turn(plan, opened)
    }

    /// Takes the other party's turn and then its own.
    pub(crate) fn receive(&mut self, plan: &Plan, message: &[u8]) -> Result<Turned, Reason> {
        let (step, round) = (self.slot.step, self.slot.round);
        let bytes = turn_bytes(plan, step, round).unwrap_or(0);
        MpcError::check("the opening of a round", bytes, message.len())?;
        let mut half = message;
        let words = plan.opened(step)[round as usize];
        let opened = take(
            &mut half,
            words * plan.affine(step).ring.bytes(),
            "an opening",
        )?;
        if round == self.last {
            return Ok(Turned {
                message: None,
                opened: Some(opened.to_vec()),
            });
        }
        self.climb(plan, opened)?;
        let own = self.half(plan)?;
        let next = crate::matrix::add(plan.affine(step).ring, &own, half);
        self.take_turn(plan, next)
    }

    /// The own turn: the opening of this round, and the own half of the next.
    fn take_turn(&mut self, plan: &Plan, opened: Vec<u8>) -> Result<Turned, Reason> {
        if self.slot.round == self.last {
            return Ok(Turned {
                message: Some(opened.clone()),
                opened: Some(opened),
            });
        }
        self.climb(plan, &opened)?;
        let mut message = opened;
        message.extend(self.half(plan)?);
        Ok(Turned {
            message: Some(message),
            opened: None,
        })
    }

    /// From the opening of a round to the shares of its winners.
    fn climb(&mut self, plan: &Plan, opened: &[u8]) -> Result<(), Reason> {
        let step = self.slot.step;
        let pool = plan.hidden()[step].activation.pool.as_ref();
        let (Some(tournament), Some(pool), Some(RoundPart { keys, next_mask })) =
            (&self.tournament, pool, self.part.rounds.next())
        else {
            return Err(Reason::Internal);
        };
        let gate = Layout::new(plan, self.number).select(self.slot, pool);
        self.values = with_ring!(plan.affine(step).ring, T => {
            let opened = read::<T>(opened);
            let masked = if self.slot.round == 0 {
                tournament.differences(&picked(&opened, &self.players))?
            } else {
                opened
            };
            let selected = gate.evaluate::<T>(self.party, &keys.key, &keys.own, &masked)?;
            keep(&tournament.winners(&read::<T>(&self.values), &selected)?)
        });
        self.tournament = Some(tournament.next());
        self.mask = next_mask;
        self.slot.round += 1;
        Ok(())
    }

    /// The own half of the next opening.
    fn half(&self, plan: &Plan) -> Result<Vec<u8>, Reason> {
        with_ring!(plan.affine(self.slot.step).ring, T => {
            let values = read::<T>(&self.values);
            let opened = match &self.tournament {
                Some(round) if self.slot.round < self.last => round.differences(&values)?,
                _ => values,
            };
            Ok(write(&plus(&opened, &read::<T>(&self.mask))))
        })
    }

    /// The party's share of the value that the activation gives, from what was opened last.
    pub(crate) fn finish<T: Word>(self, plan: &Plan, opened: &[u8]) -> Result<Shares<T>, Reason> {
        let Slot { step, .. } = self.slot;
        let slot = Slot {
            step,
            round: self.last,
        };
        let activation = &plan.hidden()[step].activation;
        let (shift, width) = (activation.shift, activation.width);
        let masked = with_ring!(plan.affine(step).ring, V => {
            if self.last == 0 && self.tournament.is_some() {
                let picked = picked(&read::<V>(opened), &self.players);
                reduce_le::<V>(&keep(&picked), shift, width)
            } else {
                reduce_le::<V>(opened, shift, width)
            }
        });
        let layout = Layout::new(plan, self.number);
        let (party, gate) = (self.party, &self.part.gate);
        Ok(match activation.gate {
            Gate::Sign => layout
                .sign(slot, width)
                .evaluate_sign(party, &gate.key, &gate.own, &masked)?,
            Gate::Function(function) => layout
                .relu(slot, width)
                .evaluate(party, &gate.key, &gate.own, &masked, function)?,
        })
    }
}

/// The elements at some indices.
fn picked<T: Word>(words: &[T], indices: &[usize]) -> Shares<T> {
    let word = |k: &usize| words.get(*k).copied().unwrap_or_default();
    indices.iter().map(word).collect()
}
