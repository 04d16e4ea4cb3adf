//! The model owner: hosts a network for any number of data owners, learns nothing of their images.

use std::collections::BTreeMap;

use blindsight_model::plan::Plan;
use blindsight_mpc::seed::Seed;
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::ZeroizeOnDrop;

use crate::{
    abort::{Phase, Reason},
    agreement::{Pair, agree},
    bundle::longest_message_to_model_owner,
    hosting::Hosting,
    message::{Contribution, Header, MAX_HEADER_BYTES, MESSAGE_VERSION, SessionId},
    party::{Event, GuestState, Peer, Step, exactly, read, same_version},
};

mod guest;

use guest::Guest;

/// The most data owners at a time.
pub const MAX_GUESTS: usize = crate::helper::MAX_GUESTS;
/// The most bundles that are kept for one data owner.
pub const MAX_POOL: usize = 64;

/// A model owner in one room.
pub struct ModelOwner {
    hosting: Hosting,
    tokens: Tokens,
    /// How many more guests the invitation lets in; `None` for any number.
    uses: Option<u32>,
    helper: bool,
    guests: BTreeMap<u32, Admitted>,
}

/// The secrets of the invitations: who shows them is let in. Erased when dropped; no `Debug`.
#[derive(ZeroizeOnDrop)]
pub struct Tokens {
    /// Of the data owners' invitation.
    pub data_owner: [u8; 16],
    /// Of the helper's invitation; the relay's own helper is given it with the request to join.
    pub helper: [u8; 16],
}

/// A guest that showed the invitation.
struct Admitted {
    session: SessionId,
    state: Admission,
}

enum Admission {
    /// There is no helper yet.
    WaitingForHelper,
    /// The helper was told; its answer brings the seed.
    Introduced { own: Contribution },
    /// Has the masked weights.
    Hosted(Box<Guest>),
}

impl ModelOwner {
    /// Hosts a network for those who show the secret of their invitation: `uses` data owners, or
    /// any number.
    pub fn new(hosting: Hosting, tokens: Tokens, uses: Option<u32>) -> Self {
        Self {
            hosting,
            tokens,
            uses,
            helper: false,
            guests: BTreeMap::new(),
        }
    }

    /// The public plan of the hosted network.
    pub fn plan(&self) -> &Plan {
        self.hosting.plan()
    }

    /// The longest message that it takes from a peer now.
    pub fn longest_message(&self, from: Peer) -> usize {
        let known = match from {
            Peer::DataOwner(guest) => self.guests.contains_key(&guest),
            Peer::Helper => self.helper,
            Peer::ModelOwner => false,
        };
        if known {
            longest_message_to_model_owner(self.hosting.plan())
        } else {
            MAX_HEADER_BYTES
        }
    }

    /// A peer sent what is no message at all: ends the work with it, and with nobody else.
    pub fn peer_misbehaved(&mut self, peer: Peer, reason: Reason) -> Step {
        let mut step = Step::default();
        match peer {
            Peer::DataOwner(guest) => {
                let phase = self.phase(guest);
                self.drop_guest(guest, reason, phase, &mut step);
            }
            peer => step.abort(peer, reason.during(Phase::Deal)),
        }
        step
    }

    /// Somebody left. Guests can use the bundles that are ready without a helper.
    pub fn peer_left(&mut self, peer: Peer) -> Step {
        let mut step = Step::default();
        match peer {
            Peer::DataOwner(guest) => self.forget(guest, &mut step),
            Peer::Helper => {
                self.helper = false;
                for (guest, admitted) in &mut self.guests {
                    if matches!(admitted.state, Admission::Introduced { .. }) {
                        admitted.state = Admission::WaitingForHelper;
                        step.tell(Event::Guest {
                            guest: *guest,
                            state: GuestState::WaitingForHelper,
                        });
                    }
                }
            }
            Peer::ModelOwner => {}
        }
        step
    }

    /// Ends the work on the model owner's own will and tells the peers.
    pub fn stop(&mut self) -> Step {
        let mut step = Step::default();
        let guests = std::mem::take(&mut self.guests);
        let stopped = || Header::Abort(Reason::Stopped.during(Phase::Host)).alone();
        for guest in guests.into_keys() {
            step.send(Peer::DataOwner(guest), stopped());
        }
        if self.helper {
            step.send(Peer::Helper, stopped());
        }
        step
    }

    /// Does the work that can wait until the last messages are on their way.
    pub fn prepare(&mut self) -> Step {
        let mut step = Step::default();
        let mut failed = Vec::new();
        for (guest, admitted) in &mut self.guests {
            if let Admission::Hosted(hosted) = &mut admitted.state
                && let Err(reason) = hosted.prepare(&self.hosting)
            {
                failed.push((*guest, reason));
            }
        }
        for (guest, reason) in failed {
            self.drop_guest(guest, reason, Phase::Classify, &mut step);
        }
        step
    }

    /// Takes a message from a peer.
    pub fn receive(&mut self, from: Peer, message: &[u8], rng: &mut impl CryptoRng) -> Step {
        let mut step = Step::default();
        match from {
            Peer::DataOwner(guest) => {
                let phase = self.phase(guest);
                if let Err(reason) = self.take_from_data_owner(guest, message, rng, &mut step) {
                    self.drop_guest(guest, reason, phase, &mut step);
                }
            }
            Peer::Helper => {
                if let Err(reason) = self.take_from_helper(message, rng, &mut step) {
                    step.abort(Peer::Helper, reason.during(Phase::Deal));
                }
            }
            Peer::ModelOwner => {}
        }
        step
    }

    fn phase(&self, guest: u32) -> Phase {
        match self.guests.get(&guest).map(|admitted| &admitted.state) {
            Some(Admission::Hosted(guest)) if guest.classifying() => Phase::Classify,
            Some(Admission::Hosted(_)) => Phase::Deal,
            _ => Phase::Agree,
        }
    }

    /// Ends the work with one guest because of what it sent.
    fn drop_guest(&mut self, guest: u32, reason: Reason, phase: Phase, step: &mut Step) {
        step.abort(Peer::DataOwner(guest), reason.during(phase));
        self.forget(guest, step);
    }

    fn forget(&mut self, guest: u32, step: &mut Step) {
        if self.guests.remove(&guest).is_some() {
            if self.helper {
                step.send(Peer::Helper, Header::Dismiss { guest }.alone());
            }
            step.tell(Event::Guest {
                guest,
                state: GuestState::Left,
            });
        }
    }

    fn take_from_data_owner(
        &mut self,
        guest: u32,
        message: &[u8],
        rng: &mut impl CryptoRng,
        step: &mut Step,
    ) -> Result<(), Reason> {
        let (header, body) = read(message)?;
        match header {
            Header::Hello { version, token } => {
                exactly(body, 0)?;
                same_version(version)?;
                self.admit(guest, &token.0)?;
                self.open_session(guest, rng, step);
                Ok(())
            }
            Header::Abort(abort) => {
                step.tell(Event::Aborted {
                    peer: Peer::DataOwner(guest),
                    by_peer: true,
                    abort,
                });
                self.forget(guest, step);
                Ok(())
            }
            header => {
                let admitted = self.guests.get_mut(&guest).ok_or(Reason::OutOfOrder)?;
                match (&header, &mut admitted.state) {
                    // Sent before the guest knew that its session was replaced.
                    (
                        Header::Ahead { session, .. }
                        | Header::MaskedInput { session, .. }
                        | Header::Wins { session, .. },
                        _,
                    ) if *session != admitted.session => Ok(()),
                    (_, Admission::Hosted(hosted)) => {
                        hosted.receive(guest, &self.hosting, &header, body, step)
                    }
                    _ => Err(Reason::OutOfOrder),
                }
            }
        }
    }

    /// Lets a guest in whose secret is right.
    fn admit(&mut self, guest: u32, token: &[u8; 16]) -> Result<(), Reason> {
        if !bool::from(self.tokens.data_owner.ct_eq(token)) {
            return Err(Reason::WrongInvitation);
        }
        if self.guests.contains_key(&guest) {
            return Err(Reason::OutOfOrder);
        }
        if self.guests.len() >= MAX_GUESTS {
            return Err(Reason::TooMuch);
        }
        if let Some(uses) = &mut self.uses {
            *uses = uses.checked_sub(1).ok_or(Reason::InvitationUsedUp)?;
        }
        let admitted = Admitted {
            session: SessionId([0; 16]),
            state: Admission::WaitingForHelper,
        };
        self.guests.insert(guest, admitted);
        Ok(())
    }

    /// A new session for a guest, with the helper that is here: offers the plan to one and
    /// introduces it to the other.
    fn open_session(&mut self, guest: u32, rng: &mut impl CryptoRng, step: &mut Step) {
        let Some(admitted) = self.guests.get_mut(&guest) else {
            return;
        };
        if !self.helper {
            step.tell(Event::Guest {
                guest,
                state: GuestState::WaitingForHelper,
            });
            return;
        }
        rng.fill_bytes(&mut admitted.session.0);
        let session = admitted.session;
        let own = Contribution::from(&Seed::random(rng));
        let offer = Header::Offer {
            version: MESSAGE_VERSION,
            session,
            plan: self.hosting.plan().clone(),
            model: self.hosting.name().to_owned(),
            labels: self.hosting.labels().to_vec(),
        };
        let introduce = Header::Introduce {
            version: MESSAGE_VERSION,
            session,
            guest,
            plan: self.hosting.plan().clone(),
            contribution: own.clone(),
        };
        step.send(Peer::DataOwner(guest), offer.alone());
        step.send(Peer::Helper, introduce.alone());
        step.tell(Event::Guest {
            guest,
            state: GuestState::Agreeing,
        });
        admitted.state = Admission::Introduced { own };
    }

    /// Works with the helper that is here from now on: new sessions for all guests, and what an
    /// earlier one dealt is dropped.
    fn admit_helper(&mut self, rng: &mut impl CryptoRng, step: &mut Step) {
        self.helper = true;
        let guests: Vec<u32> = self.guests.keys().copied().collect();
        for guest in guests {
            self.open_session(guest, rng, step);
        }
    }

    fn take_from_helper(
        &mut self,
        message: &[u8],
        rng: &mut impl CryptoRng,
        step: &mut Step,
    ) -> Result<(), Reason> {
        let (header, body) = read(message)?;
        if let Header::Hello { version, token } = &header {
            exactly(body, 0)?;
            same_version(*version)?;
            if !bool::from(self.tokens.helper.ct_eq(&token.0)) {
                return Err(Reason::WrongInvitation);
            }
            if !self.helper {
                self.admit_helper(rng, step);
            }
            return Ok(());
        }
        if !self.helper {
            return Err(Reason::OutOfOrder);
        }
        match header {
            Header::Introduced {
                version,
                session,
                guest,
                plan,
                contribution,
            } => {
                exactly(body, 0)?;
                same_version(version)?;
                if plan != self.hosting.plan().hash() {
                    return Err(Reason::PlanMismatch);
                }
                // A guest that left, or whose session was replaced, is no error.
                let Some(admitted) = self.guests.get_mut(&guest) else {
                    return Ok(());
                };
                let Admission::Introduced { own } = &admitted.state else {
                    return Err(Reason::OutOfOrder);
                };
                if admitted.session != session {
                    return Ok(());
                }
                let pair = Pair::HelperAndModelOwner;
                let seed = agree(pair, &contribution, own, session, plan);
                let weights = self.hosting.masked_weights(&seed).ok_or(Reason::Internal)?;
                for (index, words) in (0..).zip(weights) {
                    let header = Header::MaskedWeights { step: index };
                    step.send(Peer::DataOwner(guest), header.with_body(&[&words]));
                }
                admitted.state = Admission::Hosted(Box::new(Guest::new(seed)));
                step.tell(Event::Guest {
                    guest,
                    state: GuestState::Ready,
                });
                Ok(())
            }
            Header::ModelOwnerBundle {
                session,
                guest,
                number,
            } => {
                let done = match self.guests.get_mut(&guest) {
                    Some(Admitted {
                        session: current,
                        state: Admission::Hosted(hosted),
                    }) if *current == session => {
                        hosted.dealt(guest, &self.hosting, number, body, step)
                    }
                    _ => Ok(()),
                };
                // A bundle that does not fit ends the work with its guest alone.
                if let Err(reason) = done {
                    self.drop_guest(guest, reason, Phase::Deal, step);
                }
                Ok(())
            }
            Header::Declined {
                session,
                guest,
                reason,
            } => {
                exactly(body, 0)?;
                let current = self.guests.get(&guest).map(|admitted| admitted.session);
                if current == Some(session) {
                    self.drop_guest(guest, reason, Phase::Agree, step);
                }
                Ok(())
            }
            Header::Abort(abort) => {
                step.tell(Event::Aborted {
                    peer: Peer::Helper,
                    by_peer: true,
                    abort,
                });
                Ok(())
            }
            _ => Err(Reason::OutOfOrder),
        }
    }
}
