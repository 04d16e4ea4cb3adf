//! A compute party at its place in a room.

use blindsight_parties::{Event, Peer, Reason, Step, shamir::ComputeParty};
use blindsight_session::{Identity, Invitation, Role};
use rand_core::CryptoRng;

use crate::{
    line::{Incoming, Line},
    member::{Member, Part, Seat, broken_text, words_text},
    naming::{abort_text, capital, interrupted_text},
    note::{Note, Output, Phase, intruder},
};

/// A compute party in a room.
pub type ComputePartyMember = Member<ComputePartyPart>;

/// What a compute party does in a room.
pub struct ComputePartyPart {
    party: ComputeParty,
    /// The identity, to be kept with the invitation.
    keep: Option<Identity>,
    /// The hash of the scheme that the invitation names.
    plan: [u8; 32],
    pictures: u64,
}

impl ComputePartyMember {
    /// Takes up an invitation; `identity` is what a page kept that was reloaded.
    pub fn join(
        invitation: &Invitation,
        identity: Option<Identity>,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let identity = identity.unwrap_or_else(|| Identity::random(rng));
        let line = Line::guest(invitation, identity.clone(), rng);
        Self {
            seat: Seat::new(line),
            part: ComputePartyPart {
                party: ComputeParty::new(),
                keep: Some(identity),
                plan: invitation.plan,
                pictures: 0,
            },
        }
    }
}

impl Part for ComputePartyPart {
    fn longest(&self, from: Peer) -> usize {
        self.party.longest_message(from)
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
            Incoming::Up { peer, .. } => {
                if peer == Peer::ModelOwner {
                    output.phase(Phase::Wait, "Waiting for the other compute parties.");
                }
                let step = self.party.peer_joined(peer);
                seat.follow(self, now, step, output);
            }
            Incoming::Gone(peer) => {
                let step = self.party.peer_left(peer);
                seat.follow(self, now, step, output);
                if peer == Peer::ModelOwner {
                    output.waiting_for(Role::ModelOwner);
                }
            }
            Incoming::Message { from, message } => {
                let step = self.party.receive(from, &message, rng);
                seat.follow(self, now, step, output);
            }
            Incoming::Failed { peer, error } => {
                let text = broken_text(peer, error);
                self.end_with(seat, now, peer, &text, output);
            }
            Incoming::WordsDiffer(peer) => {
                self.end_with(seat, now, peer, &words_text(peer), output);
            }
            Incoming::Intruder => output.notes.push(intruder()),
            // The member in another party's place is another one, or does not know us yet: the
            // model owner will say who is right.
            Incoming::Refused {
                by: Role::ComputeParty,
                ..
            } => {}
            Incoming::Refused { by, refusal } => {
                let text = capital(&format!("the {by} refused: {refusal}."));
                seat.fail(self, &text, output);
            }
            Incoming::RelayRefused(refusal) => {
                seat.fail(self, &capital(&format!("{refusal}.")), output);
            }
            Incoming::Back(_)
            | Incoming::Lost(_)
            | Incoming::Piece { .. }
            | Incoming::Unanswered(_) => {}
        }
    }

    fn tell(&mut self, seat: &mut Seat, _: f64, event: Event, output: &mut Output) {
        match event {
            // What the data owners were invited to, and no other network or reveal policy.
            Event::Seated { scheme, .. } if scheme.as_bytes() != &self.plan => {
                let reason = Reason::PlanMismatch;
                seat.fail(self, &capital(&format!("{reason}.")), output);
            }
            Event::Seated { index, .. } => {
                let text = format!("Seat {index} is ours. Receiving shares of the network.");
                output.phase(Phase::Host, text);
                output.notes.push(Note::Seated { index });
            }
            Event::WeightsReceived { done, total } => output.notes.push(Note::Progress {
                phase: Phase::Host,
                done,
                total,
            }),
            Event::Complete => {
                output.phase(
                    Phase::Ready,
                    "All shares are here. Computing for data owners.",
                );
                self.report(output);
            }
            Event::Served { .. } => {
                self.pictures += 1;
                self.report(output);
            }
            Event::Interrupted { peer, abort } => {
                output.phase(Phase::Wait, interrupted_text(peer, &abort));
            }
            Event::Aborted {
                peer,
                by_peer,
                abort,
            } => {
                let stopped = by_peer && abort.reason == Reason::Stopped;
                match peer {
                    Peer::ModelOwner if stopped => {
                        seat.over = true;
                        let text = "The model owner stopped hosting. The room is over.";
                        output.phase(Phase::Stopped, text);
                    }
                    // A data owner that leaves is no error.
                    Peer::DataOwner(_) if stopped => {}
                    Peer::DataOwner(_) => {
                        output.error(abort_text(peer, by_peer, &abort), false);
                    }
                    _ => seat.end(peer, by_peer, &abort, output),
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

impl ComputePartyPart {
    /// A link is no more. Without the model owner there is nothing to do.
    fn end_with(&mut self, seat: &mut Seat, now: f64, peer: Peer, text: &str, output: &mut Output) {
        if peer == Peer::ModelOwner {
            seat.fail(self, text, output);
            return;
        }
        let step = self.party.peer_left(peer);
        seat.follow(self, now, step, output);
        output.error(text, false);
    }

    fn report(&self, output: &mut Output) {
        output.notes.push(Note::Computed {
            pictures: self.pictures,
        });
    }
}
