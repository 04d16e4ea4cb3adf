//! A helper at its place in a room.

use blindsight_parties::{Event, Helper, Peer, Reason, Step};
use blindsight_session::{HelperRequest, Identity, Invitation, Links, PlaceKey, Role, RoomId};
use rand_core::CryptoRng;

use crate::{
    line::{Incoming, Line},
    member::{Member, Part, Seat, broken_text, words_text},
    naming::{abort_text, capital},
    note::{Note, Output, Phase, intruder},
};

/// A helper in a room.
pub type HelperMember = Member<HelperPart>;

/// What a helper does in a room.
pub struct HelperPart {
    party: Helper,
    /// The identity, to be kept with the invitation; not for the relay's own helper.
    keep: Option<Identity>,
    bundles: u64,
    bytes: u64,
}

impl HelperMember {
    /// Takes up an invitation; `identity` is what a page kept that was reloaded.
    pub fn join(
        invitation: &Invitation,
        identity: Option<Identity>,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let identity = identity.unwrap_or_else(|| Identity::random(rng));
        let line = Line::guest(invitation, identity.clone(), rng);
        Self::with(line, Some(identity))
    }

    /// The relay's own helper, at a model owner's request.
    pub fn built_in(
        identity: Identity,
        room: RoomId,
        request: HelperRequest,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let host = (request.host, request.secret);
        let links = Links::guest(identity, Role::Helper, room, request.plan, host, rng);
        let line = Line::new(links, room, Role::Helper, PlaceKey::random(rng), None);
        Self::with(line, None)
    }

    fn with(line: Line, keep: Option<Identity>) -> Self {
        Self {
            seat: Seat::new(line),
            part: HelperPart {
                party: Helper::new(),
                keep,
                bundles: 0,
                bytes: 0,
            },
        }
    }
}

impl Part for HelperPart {
    fn longest(&self, _: Peer) -> usize {
        self.party.longest_message()
    }

    fn take(
        &mut self,
        seat: &mut Seat,
        now: f64,
        incoming: Incoming,
        rng: &mut impl CryptoRng,
        output: &mut Output,
    ) {
        match incoming {
            Incoming::Opened { .. } => {
                if let Some(identity) = self.keep.take() {
                    output.keep_identity(&identity);
                }
                if !seat.line.has(Role::ModelOwner) {
                    output.waiting_for(Role::ModelOwner);
                }
            }
            Incoming::Up {
                peer: Peer::ModelOwner,
                ..
            } => output.phase(Phase::Ready, "Waiting for data owners."),
            Incoming::Gone(peer) => {
                let step = self.party.peer_left(peer);
                seat.follow(self, now, step, output);
                if peer == Peer::ModelOwner {
                    output.waiting_for(Role::ModelOwner);
                }
                self.report(output);
            }
            Incoming::Message { from, message } => {
                let step = self.party.receive(from, &message, rng);
                seat.follow(self, now, step, output);
            }
            Incoming::Failed { peer, error } => {
                self.end_with(seat, peer, &broken_text(peer, error), output);
            }
            Incoming::WordsDiffer(peer) => self.end_with(seat, peer, &words_text(peer), output),
            Incoming::Intruder => output.notes.push(intruder()),
            Incoming::Refused { by, refusal } => {
                let text = capital(&format!("the {by} refused: {refusal}."));
                seat.fail(self, &text, output);
            }
            Incoming::RelayRefused(refusal) => {
                seat.fail(self, &capital(&format!("{refusal}.")), output);
            }
            Incoming::Up { .. }
            | Incoming::Back(_)
            | Incoming::Lost(_)
            | Incoming::Piece { .. }
            | Incoming::Unanswered(_) => {}
        }
    }

    fn tell(&mut self, seat: &mut Seat, _: f64, event: Event, output: &mut Output) {
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
                let stopped = by_peer && abort.reason == Reason::Stopped;
                if fatal && stopped {
                    seat.over = true;
                    let text = "The model owner stopped hosting. The room is over.";
                    output.phase(Phase::Stopped, text);
                } else if fatal {
                    seat.end(peer, by_peer, &abort, output);
                } else if !stopped {
                    output.error(abort_text(peer, by_peer, &abort), false);
                }
            }
            _ => {}
        }
    }

    fn stop(&mut self) -> Step {
        self.party.stop()
    }

    fn stopped(&self) -> &'static str {
        "You left the room."
    }
}

impl HelperPart {
    /// Without the model owner there is nothing to do; without a data owner there is.
    fn end_with(&mut self, seat: &mut Seat, peer: Peer, text: &str, output: &mut Output) {
        self.party.peer_left(peer);
        if peer == Peer::ModelOwner {
            seat.fail(self, text, output);
        } else {
            output.error(text, false);
            self.report(output);
        }
    }

    fn report(&self, output: &mut Output) {
        output.notes.push(Note::Dealt {
            bundles: self.bundles,
            bytes: self.bytes,
            guests: self.party.serving(),
        });
    }
}
