//! A helper at its place in a room.

use blindsight_parties::{Event, Helper, Peer, Reason, Step};
use blindsight_session::{Invitation, Refusal, Role, RoomId};
use rand_core::CryptoRng;

use crate::{
    line::{Incoming, Line, abort_text, capital},
    note::{Note, Output, Phase},
};

/// A helper in a room.
pub struct HelperMember {
    line: Line,
    party: Helper,
    bundles: u64,
    bytes: u64,
    over: bool,
}

impl HelperMember {
    /// Takes up an invitation. The second result is the first frame.
    pub fn join(invitation: &Invitation) -> (Self, Vec<u8>) {
        Self::new(invitation.room(), *invitation.secret().as_bytes())
    }

    /// The relay's own helper, at a model owner's request, with the secret that came with it. The
    /// second result is the first frame.
    pub fn built_in(room: RoomId, token: [u8; 16]) -> (Self, Vec<u8>) {
        Self::new(room, token)
    }

    fn new(room: RoomId, token: [u8; 16]) -> (Self, Vec<u8>) {
        let (line, frame) = Line::join(room, Role::Helper);
        let member = Self {
            line,
            party: Helper::new(token),
            bundles: 0,
            bytes: 0,
            over: false,
        };
        (member, frame)
    }

    /// Whether the room is over: the model owner left, or something went wrong.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Takes a frame of the relay.
    pub fn receive(&mut self, frame: &[u8], rng: &mut impl CryptoRng) -> Output {
        let mut output = Output::default();
        if self.over {
            return output;
        }
        match self.line.receive(frame, |_| self.party.longest_message()) {
            Ok(incoming) => self.take(incoming, rng, &mut output),
            Err(error) => self.fail(&error, &mut output),
        }
        output
    }

    /// Leaves in good order.
    pub fn stop(&mut self) -> Output {
        let mut output = Output::default();
        let step = self.party.stop();
        self.line.send(step.outgoing, &mut output);
        self.over = true;
        output.phase(Phase::Stopped, "You left the room.");
        output
    }

    fn take(&mut self, incoming: Incoming, rng: &mut impl CryptoRng, output: &mut Output) {
        match incoming {
            Incoming::Welcome(peers) => {
                for peer in peers {
                    let step = self.party.peer_joined(peer);
                    self.follow(step, output);
                }
                if self.line.has(Role::ModelOwner) {
                    output.phase(Phase::Ready, "Waiting for data owners.");
                } else {
                    output.waiting_for(Role::ModelOwner);
                }
            }
            Incoming::Joined(peer) => {
                let step = self.party.peer_joined(peer);
                self.follow(step, output);
            }
            Incoming::Left(peer) => {
                let step = self.party.peer_left(peer);
                self.follow(step, output);
                if peer == Peer::ModelOwner {
                    self.over = true;
                    output.phase(Phase::Stopped, "The model owner left. The room is over.");
                } else {
                    self.report(output);
                }
            }
            Incoming::Message { from, message } => {
                let step = self.party.receive(from, &message, rng);
                self.follow(step, output);
            }
            // A data owner may leave while a message to it is on its way.
            Incoming::Nothing
            | Incoming::Piece { .. }
            | Incoming::Refused(Refusal::UnknownRecipient(_)) => {}
            Incoming::Unacceptable { from, .. } if from != Peer::ModelOwner => {
                let step = self.party.peer_left(from);
                self.follow(step, output);
            }
            Incoming::Unacceptable { from, reason } => {
                self.fail(
                    &format!("{from} sent something else than was expected: {reason}"),
                    output,
                );
            }
            Incoming::Refused(refusal) => self.fail(&refusal, output),
        }
    }

    fn follow(&mut self, step: Step, output: &mut Output) {
        self.line.send(step.outgoing, output);
        for event in step.events {
            match event {
                Event::Serving { .. } => {
                    output.phase(Phase::Deal, "Dealing.");
                    self.report(output);
                }
                Event::Dealt { bytes, .. } => {
                    self.bundles += 1;
                    self.bytes += bytes;
                    self.report(output);
                }
                Event::Aborted {
                    peer,
                    by_peer,
                    abort,
                } => {
                    let fatal = peer == Peer::ModelOwner;
                    self.over |= fatal;
                    let stopped = by_peer && abort.reason == Reason::Stopped;
                    if fatal && stopped {
                        let text = "The model owner stopped hosting. The room is over.";
                        output.phase(Phase::Stopped, text);
                    } else if !stopped {
                        output.error(abort_text(peer, by_peer, &abort), fatal);
                    }
                }
                _ => {}
            }
        }
    }

    fn report(&self, output: &mut Output) {
        output.notes.push(Note::Dealt {
            bundles: self.bundles,
            bytes: self.bytes,
            guests: self.party.serving(),
        });
    }

    fn fail(&mut self, error: &impl std::fmt::Display, output: &mut Output) {
        self.over = true;
        let step = self.party.stop();
        self.line.send(step.outgoing, output);
        output.error(capital(&format!("{error}.")), true);
    }
}
