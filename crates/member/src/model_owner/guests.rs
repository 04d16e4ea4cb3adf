//! Data owners as the model owner sees them.

use blindsight_parties::{Peer, Step};
use blindsight_session::PublicKey;
use rand_core::CryptoRng;

use super::ModelOwnerPart;
use crate::note::{GuestState, Note, Output};

/// A data owner as the person here sees it.
pub(super) struct Guest {
    pub(super) key: PublicKey,
    pub(super) state: GuestState,
    pub(super) classified: u64,
    /// Pictures that wait for the person's answer.
    pub(super) asking: u32,
}

impl ModelOwnerPart {
    /// Lets a data owner in, with what is left of its budget.
    pub(super) fn welcome(&mut self, guest: u32, key: PublicKey, rng: &mut impl CryptoRng) -> Step {
        let spent = self.spent.get(&key).copied().unwrap_or(0);
        let left = self.options.budget.saturating_sub(spent);
        let known = Guest {
            key,
            state: GuestState::Waiting,
            classified: 0,
            asking: 0,
        };
        self.guests.insert(guest, known);
        self.party.guest_joined(guest, left, rng)
    }

    pub(super) fn show_lost(&mut self, peer: Peer, lost: bool, output: &mut Output) {
        let Peer::DataOwner(guest) = peer else {
            return;
        };
        let Some(known) = self.guests.get(&guest) else {
            return;
        };
        let state = if lost { GuestState::Lost } else { known.state };
        self.note(guest, state, output);
    }

    pub(super) fn show(&mut self, guest: u32, state: Option<GuestState>, output: &mut Output) {
        if let (Some(known), Some(state)) = (self.guests.get_mut(&guest), state) {
            known.state = state;
            self.note(guest, state, output);
        }
    }

    fn note(&self, guest: u32, state: GuestState, output: &mut Output) {
        if let Some(known) = self.guests.get(&guest) {
            output.notes.push(Note::Guest {
                id: guest,
                state,
                classified: known.classified,
                allowed: self.options.budget,
                asking: match state {
                    GuestState::Asking => known.asking,
                    _ => 0,
                },
            });
        }
    }
}
