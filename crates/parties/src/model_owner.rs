//! The model owner: hosts a network for any number of data owners, learns nothing of their images.

use std::collections::BTreeMap;

use blindsight_model::plan::Plan;
use blindsight_mpc::seed::Seed;
use rand_core::CryptoRng;

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

/// When pictures are classified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Consent {
    /// As they come.
    #[default]
    Given,
    /// When the person here has [answered](ModelOwner::answer).
    Asked,
}

/// A model owner in one room.
pub struct ModelOwner {
    hosting: Hosting,
    consent: Consent,
    helper: bool,
    guests: BTreeMap<u32, Admitted>,
}

/// A guest that was let in.
struct Admitted {
    /// Classifications that it still has.
    left: u32,
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
    /// Hosts a network for those who are let in.
    pub fn new(hosting: Hosting) -> Self {
        Self {
            hosting,
            consent: Consent::default(),
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
            Peer::ModelOwner | Peer::ComputeParty(_) => false,
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

    /// A data owner was let in, and may have `left` images classified. Where as many are served as
    /// possible, it is sent away.
    pub fn guest_joined(&mut self, guest: u32, left: u32, rng: &mut impl CryptoRng) -> Step {
        let mut step = Step::default();
        if self.guests.len() >= MAX_GUESTS {
            step.abort(Peer::DataOwner(guest), Reason::TooMuch.during(Phase::Agree));
            return step;
        }
        let admitted = Admitted {
            left,
            session: SessionId([0; 16]),
            state: Admission::WaitingForHelper,
        };
        self.guests.insert(guest, admitted);
        self.open_session(guest, rng, &mut step);
        step
    }

    /// A helper was let in: new sessions for all guests, and what an earlier one dealt is dropped.
    pub fn helper_joined(&mut self, rng: &mut impl CryptoRng) -> Step {
        let mut step = Step::default();
        self.helper = true;
        let guests: Vec<u32> = self.guests.keys().copied().collect();
        for guest in guests {
            self.open_session(guest, rng, &mut step);
        }
        step
    }

    /// The person here does not want to serve a guest any longer.
    pub fn dismiss(&mut self, guest: u32) -> Step {
        let mut step = Step::default();
        if self.guests.contains_key(&guest) {
            let phase = self.phase(guest);
            self.drop_guest(guest, Reason::Dismissed, phase, &mut step);
        }
        step
    }

    /// Whether batches of pictures wait for an [answer](Self::answer) from now on. Where they do not,
    /// those that wait are classified.
    pub fn ask(&mut self, consent: Consent) -> Step {
        let mut step = Step::default();
        self.consent = consent;
        if consent == Consent::Given {
            let guests: Vec<u32> = self.guests.keys().copied().collect();
            for guest in guests {
                self.settle(guest, true, &mut step);
            }
        }
        step
    }

    /// The person here allows the batch of pictures of a guest, or does not. Nothing where none waits.
    pub fn answer(&mut self, guest: u32, allow: bool) -> Step {
        let mut step = Step::default();
        self.settle(guest, allow, &mut step);
        step
    }

    fn settle(&mut self, guest: u32, allow: bool, step: &mut Step) {
        let Some(admitted) = self.guests.get_mut(&guest) else {
            return;
        };
        let Admission::Hosted(hosted) = &mut admitted.state else {
            return;
        };
        let Some(held) = hosted.take_held() else {
            return;
        };
        if !allow {
            Guest::deny(guest, &held, step);
            return;
        }
        let images = held.images();
        admitted.left = admitted.left.saturating_sub(images);
        step.tell(Event::Begun { guest, images });
        if let Err(reason) = hosted.classify(guest, &self.hosting, held, step) {
            self.drop_guest(guest, reason, Phase::Classify, step);
        }
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
                            state: GuestState::Waiting,
                        });
                    }
                }
            }
            Peer::ModelOwner | Peer::ComputeParty(_) => {}
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
    pub fn receive(&mut self, from: Peer, message: &[u8]) -> Step {
        let mut step = Step::default();
        match from {
            Peer::DataOwner(guest) => {
                let phase = self.phase(guest);
                if let Err(reason) = self.take_from_data_owner(guest, message, &mut step) {
                    self.drop_guest(guest, reason, phase, &mut step);
                }
            }
            Peer::Helper => {
                if let Err(reason) = self.take_from_helper(message, &mut step) {
                    step.abort(Peer::Helper, reason.during(Phase::Deal));
                }
            }
            Peer::ModelOwner | Peer::ComputeParty(_) => {}
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
        step: &mut Step,
    ) -> Result<(), Reason> {
        let (header, body) = read(message)?;
        match header {
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
                        | Header::MaskedValue { session, .. }
                        | Header::Turn { session, .. }
                        | Header::Wins { session, .. },
                        _,
                    ) if *session != admitted.session => Ok(()),
                    (header, Admission::Hosted(hosted)) => {
                        if let Header::MaskedValue {
                            step: 0, number, ..
                        } = header
                        {
                            let images = guest::images(&self.hosting, body)?;
                            let left = admitted.left.checked_sub(images);
                            let left = left.ok_or(Reason::BudgetSpent)?;
                            if self.consent == Consent::Asked {
                                return hosted.hold(guest, &self.hosting, *number, body, step);
                            }
                            // Counted when it is begun: from then on the guest may learn something.
                            admitted.left = left;
                            step.tell(Event::Begun { guest, images });
                        }
                        hosted.receive(guest, &self.hosting, header, body, step)
                    }
                    _ => Err(Reason::OutOfOrder),
                }
            }
        }
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
                state: GuestState::Waiting,
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
            left: admitted.left,
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

    fn take_from_helper(&mut self, message: &[u8], step: &mut Step) -> Result<(), Reason> {
        let (header, body) = read(message)?;
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
                for number in 0..self.hosting.plan().linears().len() {
                    let words = self.hosting.masked_weights(number, &seed);
                    // A plan has at most 64 steps of 64 operations.
                    let header = Header::MaskedWeights {
                        number: number as u16,
                    };
                    let words = words.ok_or(Reason::Internal)?;
                    step.send(Peer::DataOwner(guest), header.with_body(&[&words]));
                }
                admitted.state = Admission::Hosted(Box::new(Guest::new(seed)));
                step.tell(Event::Guest {
                    guest,
                    state: GuestState::Ready,
                });
                Ok(())
            }
            Header::Keys { session, number } => {
                let mut guests = self.guests.iter_mut();
                // Nobody's, where the session was replaced.
                let Some((&guest, admitted)) = guests.find(|(_, guest)| guest.session == session)
                else {
                    return Ok(());
                };
                let done = match &mut admitted.state {
                    Admission::Hosted(hosted) => {
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
