//! A model owner at its place in a room.

use std::collections::BTreeMap;

use blindsight_parties::{Event, GuestState as State, Hosting, ModelOwner, Peer, Step, Tokens};
use blindsight_session::{
    Invitation, InvitationError, InvitationSecret, Refusal, RelayOrigin, Role, RoomId,
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{
    line::{Incoming, Line, abort_text, capital},
    note::{GuestState, Link, Note, Output, Phase},
    plan_view::PlanView,
};

/// Where the helper comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HelperChoice {
    /// The relay runs one.
    BuiltIn,
    /// Somebody opens the helper's invitation.
    Invite,
}

/// A model owner in a room of its own.
pub struct ModelOwnerMember {
    line: Line,
    party: ModelOwner,
    helper: HelperChoice,
    /// What a helper must show: given to the relay with the request for its own.
    helper_token: Zeroizing<[u8; 16]>,
    /// The invitations, until the room is open.
    invitations: Option<Note>,
    classified: BTreeMap<u32, u64>,
    over: bool,
}

impl ModelOwnerMember {
    /// Opens a room on a relay for a network. The invitation of data owners serves `uses` of them,
    /// or any number. The second result is the first frame; the invitations follow when the room is
    /// open.
    ///
    /// # Errors
    ///
    /// None for the roles that are invited here.
    pub fn open(
        relay: &RelayOrigin,
        hosting: Hosting,
        helper: HelperChoice,
        uses: Option<u32>,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, Vec<u8>), InvitationError> {
        let room = RoomId::random(rng);
        let mut invite = |role| {
            let secret = InvitationSecret::random(rng);
            let token = *secret.as_bytes();
            Ok((Invitation::new(relay.clone(), room, role, secret)?, token))
        };
        let (data_owner_invite, data_owner) = invite(Role::DataOwner)?;
        let (helper_invite, helper_token) = invite(Role::Helper)?;
        let tokens = Tokens {
            data_owner,
            helper: helper_token,
        };
        let (line, frame) = Line::join(room, Role::ModelOwner);
        let invitations = Note::Hosting {
            data_owner_invite: Link::new(&data_owner_invite),
            helper_invite: Link::new(&helper_invite),
            plan: PlanView::from(hosting.plan()),
        };
        let member = Self {
            line,
            party: ModelOwner::new(hosting, tokens, uses),
            helper,
            helper_token: Zeroizing::new(helper_token),
            invitations: Some(invitations),
            classified: BTreeMap::new(),
            over: false,
        };
        Ok((member, frame))
    }

    /// Takes a frame of the relay.
    pub fn receive(&mut self, frame: &[u8], rng: &mut impl CryptoRng) -> Output {
        let mut output = Output::default();
        if self.over {
            return output;
        }
        match self
            .line
            .receive(frame, |from| self.party.longest_message(from))
        {
            Ok(incoming) => self.take(incoming, rng, &mut output),
            Err(error) => self.fail(&error, &mut output),
        }
        output
    }

    /// Does the work that can wait until the frames of the last output are on their way.
    pub fn prepare(&mut self) -> Output {
        let mut output = Output::default();
        if !self.over {
            let step = self.party.prepare();
            self.follow(step, &mut output);
        }
        output
    }

    /// Closes the room in good order.
    pub fn stop(&mut self) -> Output {
        let mut output = Output::default();
        let step = self.party.stop();
        self.line.send(step.outgoing, &mut output);
        self.over = true;
        output.phase(Phase::Stopped, "Hosting stopped.");
        output
    }

    fn take(&mut self, incoming: Incoming, rng: &mut impl CryptoRng, output: &mut Output) {
        match incoming {
            Incoming::Welcome(peers) => {
                output.notes.extend(self.invitations.take());
                if !peers.contains(&Peer::Helper) {
                    output.waiting_for(Role::Helper);
                    self.request_helper(output);
                }
            }
            Incoming::Joined(peer) => {
                if peer == Peer::Helper {
                    output.phase(Phase::Ready, "The helper is here. Guests may come.");
                }
            }
            Incoming::Left(peer) => {
                let step = self.party.peer_left(peer);
                self.follow(step, output);
                if peer == Peer::Helper {
                    output.phase(
                        Phase::Wait,
                        "The helper left. Prepared classifications remain; for more, a helper \
                         must join.",
                    );
                }
            }
            Incoming::Message { from, message } => {
                let step = self.party.receive(from, &message, rng);
                self.follow(step, output);
            }
            Incoming::Piece { .. } | Incoming::Nothing => {}
            Incoming::Unacceptable { from, reason } => {
                let step = self.party.peer_misbehaved(from, reason);
                self.follow(step, output);
            }
            // A guest may leave while a message to it is on its way.
            Incoming::Refused(Refusal::UnknownRecipient(_)) => {}
            Incoming::Refused(
                refusal @ (Refusal::NoHelper | Refusal::HelpersBusy | Refusal::RoleTaken(_)),
            ) => {
                output.error(capital(&format!("{refusal}.")), false);
            }
            Incoming::Refused(refusal) => self.fail(&refusal, output),
        }
    }

    /// Asks the relay for its own helper, where that is wanted and there is none.
    fn request_helper(&self, output: &mut Output) {
        if self.helper == HelperChoice::BuiltIn {
            let frame = self.line.request_helper(&self.helper_token[..]);
            output.frames.extend(frame);
        }
    }

    fn follow(&mut self, step: Step, output: &mut Output) {
        self.line.send(step.outgoing, output);
        for event in step.events {
            self.tell(event, output);
        }
    }

    fn tell(&mut self, event: Event, output: &mut Output) {
        let (id, state) = match event {
            Event::Guest { guest, state } => (
                guest,
                match state {
                    State::WaitingForHelper => GuestState::Waiting,
                    State::Agreeing => GuestState::Agreeing,
                    State::Ready => GuestState::Ready,
                    State::Left => GuestState::Left,
                },
            ),
            Event::Served { guest } => {
                *self.classified.entry(guest).or_default() += 1;
                (guest, GuestState::Ready)
            }
            Event::Aborted {
                peer,
                by_peer,
                abort,
            } => {
                // A guest that closes its page is no error.
                let stopped = abort.reason == blindsight_parties::Reason::Stopped;
                if !(by_peer && stopped && matches!(peer, Peer::DataOwner(_))) {
                    output.error(abort_text(peer, by_peer, &abort), false);
                }
                return;
            }
            _ => return,
        };
        let classified = self.classified.get(&id).copied().unwrap_or(0);
        if state == GuestState::Left {
            self.classified.remove(&id);
        }
        if state == GuestState::Waiting {
            self.request_helper(output);
        }
        output.notes.push(Note::Guest {
            id,
            state,
            classified,
        });
    }

    fn fail(&mut self, error: &impl std::fmt::Display, output: &mut Output) {
        self.over = true;
        let step = self.party.stop();
        self.line.send(step.outgoing, output);
        output.error(capital(&format!("{error}.")), true);
    }
}
