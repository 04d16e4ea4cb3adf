//! The model owner among compute parties: shares its weights, allots bundles, allows pictures.

use std::collections::{BTreeMap, BTreeSet};

use blindsight_model::shamir::Scheme;
use rand_core::CryptoRng;

use super::evaluation::masks::most_bundles;
use crate::{
    abort::{Phase, Reason},
    hosting::Hosting,
    message::{Header, MAX_HEADER_BYTES, MESSAGE_VERSION, SessionId},
    model_owner::{Consent, MAX_GUESTS},
    party::{Event, GuestState, Peer, Step, exactly, read},
};

mod session;

use session::{Allotted, Session};

/// A model owner in a room of compute parties.
pub struct ModelOwner {
    hosting: Hosting,
    scheme: Scheme,
    /// How many bundles a guest may have, and one that serves.
    most: usize,
    consent: Consent,
    /// The parties that are here.
    parties: BTreeSet<u8>,
    session: Option<Session>,
    guests: BTreeMap<u32, Guest>,
}

/// A guest that was let in.
struct Guest {
    /// Classifications that it still has.
    left: u32,
    /// The session that it was offered.
    offered: Option<SessionId>,
    /// The bundle of the picture that waits for an answer.
    held: Option<u64>,
}

impl ModelOwner {
    /// Hosts a network for those who are let in; the scheme is that of the network.
    pub fn new(hosting: Hosting, scheme: Scheme) -> Self {
        Self {
            hosting,
            most: most_bundles(&scheme),
            scheme,
            consent: Consent::default(),
            parties: BTreeSet::new(),
            session: None,
            guests: BTreeMap::new(),
        }
    }

    /// The public scheme of the hosted network.
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// The parties that are here, by their indices.
    pub fn parties(&self) -> impl Iterator<Item = u8> + '_ {
        self.parties.iter().copied()
    }

    /// The longest message that it takes from a peer now.
    pub fn longest_message(&self, _: Peer) -> usize {
        MAX_HEADER_BYTES
    }

    /// A compute party was let in. When all are here they are given their seats.
    pub fn party_joined(&mut self, party: u8, rng: &mut impl CryptoRng) -> Step {
        let mut step = Step::default();
        if self.scheme.committee().party(party).is_some() {
            self.parties.insert(party);
            self.seat_if_complete(rng, &mut step);
        }
        step
    }

    /// A data owner was let in, and may have `left` images classified.
    pub fn guest_joined(&mut self, guest: u32, left: u32) -> Step {
        let mut step = Step::default();
        if self.guests.len() >= MAX_GUESTS {
            step.abort(Peer::DataOwner(guest), Reason::TooMuch.during(Phase::Agree));
            return step;
        }
        let admitted = Guest {
            left,
            offered: None,
            held: None,
        };
        self.guests.insert(guest, admitted);
        step.tell(Event::Guest {
            guest,
            state: GuestState::Waiting,
        });
        self.offer(guest, &mut step);
        step
    }

    /// A peer sent what is no message at all, or its link broke.
    pub fn peer_misbehaved(
        &mut self,
        peer: Peer,
        reason: Reason,
        rng: &mut impl CryptoRng,
    ) -> Step {
        let mut step = Step::default();
        match peer {
            Peer::DataOwner(guest) => {
                let phase = self.phase();
                self.drop_guest(guest, reason, phase, &mut step);
                step
            }
            peer => self.peer_left(peer, rng),
        }
    }

    /// The person here does not want to serve a guest any longer.
    pub fn dismiss(&mut self, guest: u32) -> Step {
        let mut step = Step::default();
        if self.guests.contains_key(&guest) {
            let phase = self.phase();
            self.drop_guest(guest, Reason::Dismissed, phase, &mut step);
        }
        step
    }

    /// Whether pictures wait for an [answer](Self::answer) from now on. Where they do not, those
    /// that wait are classified.
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

    /// The person here allows a guest's picture, or does not. Nothing where none waits.
    pub fn answer(&mut self, guest: u32, allow: bool) -> Step {
        let mut step = Step::default();
        self.settle(guest, allow, &mut step);
        step
    }

    fn settle(&mut self, guest: u32, allow: bool, step: &mut Step) {
        let Some(admitted) = self.guests.get_mut(&guest) else {
            return;
        };
        let (Some(number), Some(session)) = (admitted.held.take(), &mut self.session) else {
            return;
        };
        if allow {
            admitted.left = admitted.left.saturating_sub(1);
            session.go(number, step);
            step.tell(Event::Begun { guest, images: 1 });
        } else {
            session.discard(number, step);
            step.send(Peer::DataOwner(guest), Header::Denied { number }.alone());
        }
    }

    /// Somebody left. Without one of the parties the session is over.
    pub fn peer_left(&mut self, peer: Peer, rng: &mut impl CryptoRng) -> Step {
        let mut step = Step::default();
        match peer {
            Peer::DataOwner(guest) => self.forget(guest, &mut step),
            Peer::ComputeParty(party) => {
                self.parties.remove(&party);
                self.disband(party, rng, &mut step);
            }
            Peer::ModelOwner | Peer::Helper => {}
        }
        step
    }

    /// Ends the work on the model owner's own will and tells the peers.
    pub fn stop(&mut self) -> Step {
        let mut step = Step::default();
        let stopped = Reason::Stopped.during(Phase::Host);
        self.tell_all(&Header::Abort(stopped), &mut step);
        self.guests.clear();
        self.parties.clear();
        self.session = None;
        step
    }

    /// Takes a message from a peer.
    pub fn receive(&mut self, from: Peer, message: &[u8], rng: &mut impl CryptoRng) -> Step {
        let mut step = Step::default();
        let phase = self.phase();
        match from {
            Peer::DataOwner(guest) => {
                if let Err(reason) = self.take_from_data_owner(guest, message, &mut step) {
                    self.drop_guest(guest, reason, phase, &mut step);
                }
            }
            Peer::ComputeParty(party) => {
                if let Err(reason) = self.take_from_party(party, message, rng, &mut step) {
                    let abort = reason.during(phase);
                    step.tell(Event::Aborted {
                        peer: from,
                        by_peer: false,
                        abort: abort.clone(),
                    });
                    self.tell_all(&Header::Abort(abort), &mut step);
                    self.session = None;
                }
            }
            Peer::ModelOwner | Peer::Helper => {}
        }
        step
    }

    fn tell_all(&self, header: &Header, step: &mut Step) {
        let parties = self.parties.iter().map(|party| Peer::ComputeParty(*party));
        let guests = self.guests.keys().map(|guest| Peer::DataOwner(*guest));
        for peer in parties.chain(guests) {
            step.send(peer, header.alone());
        }
    }

    fn phase(&self) -> Phase {
        match &self.session {
            None => Phase::Agree,
            Some(session) => session.phase(),
        }
    }

    /// Begins a session when all parties are here.
    fn seat_if_complete(&mut self, rng: &mut impl CryptoRng, step: &mut Step) {
        let committee = self.scheme.committee();
        if self.session.is_some() || self.parties.len() < committee.size() {
            return;
        }
        let session = Session::new(committee, rng);
        for party in committee.parties() {
            let header = Header::Seat {
                version: MESSAGE_VERSION,
                session: session.id(),
                index: party.number(),
                scheme: self.scheme.clone(),
            };
            step.send(Peer::ComputeParty(party.number()), header.alone());
        }
        let session = self.session.insert(session);
        session.hand_over(&self.hosting, &self.scheme, rng, step);
        for guest in self.guests.keys() {
            step.tell(Event::Guest {
                guest: *guest,
                state: GuestState::Agreeing,
            });
        }
    }

    /// The session is over, for a party has left; the next one begins when all are here.
    fn disband(&mut self, party: u8, rng: &mut impl CryptoRng, step: &mut Step) {
        let Some(session) = self.session.take() else {
            return;
        };
        let disbanded = Header::Disbanded {
            session: session.id(),
            party,
        };
        self.tell_all(&disbanded, step);
        step.tell(Event::Interrupted {
            peer: Peer::ComputeParty(party),
            abort: Reason::PartyLeft.during(session.phase()),
        });
        for (guest, admitted) in &mut self.guests {
            admitted.offered = None;
            admitted.held = None;
            step.tell(Event::Guest {
                guest: *guest,
                state: GuestState::Waiting,
            });
        }
        self.seat_if_complete(rng, step);
    }

    /// Offers the network to a guest, once all parties have their shares.
    fn offer(&mut self, guest: u32, step: &mut Step) {
        let (Some(session), Some(admitted)) = (&self.session, self.guests.get_mut(&guest)) else {
            return;
        };
        if !session.is_complete() || admitted.offered == Some(session.id()) {
            return;
        }
        admitted.offered = Some(session.id());
        let offer = Header::SharedOffer {
            version: MESSAGE_VERSION,
            session: session.id(),
            scheme: self.scheme.clone(),
            model: self.hosting.name().to_owned(),
            labels: self.hosting.labels().to_vec(),
            left: admitted.left,
        };
        step.send(Peer::DataOwner(guest), offer.alone());
        step.tell(Event::Guest {
            guest,
            state: GuestState::Ready,
        });
    }

    /// Ends the work with one guest because of what it sent.
    fn drop_guest(&mut self, guest: u32, reason: Reason, phase: Phase, step: &mut Step) {
        step.abort(Peer::DataOwner(guest), reason.during(phase));
        self.forget(guest, step);
    }

    fn forget(&mut self, guest: u32, step: &mut Step) {
        if self.guests.remove(&guest).is_some() {
            if let Some(session) = &mut self.session {
                session.discard_all(guest, step);
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
        exactly(body, 0)?;
        if let Header::Abort(abort) = header {
            step.tell(Event::Aborted {
                peer: Peer::DataOwner(guest),
                by_peer: true,
                abort,
            });
            self.forget(guest, step);
            return Ok(());
        }
        let admitted = self.guests.get_mut(&guest).ok_or(Reason::OutOfOrder)?;
        let id = header.shared_session().ok_or(Reason::OutOfOrder)?;
        // Of a session that is over here already.
        let Some(session) = self.session.as_mut().filter(|session| session.id() == id) else {
            return Ok(());
        };
        match header {
            Header::Reserve { .. } => {
                // One more may be under way.
                if session.reserved(guest) > self.most {
                    return Err(Reason::TooMuch);
                }
                session.prepare(guest, step)
            }
            Header::Ask { number, .. } => {
                let allotted = session.allotted(number).filter(|one| one.guest == guest);
                if !matches!(
                    allotted,
                    Some(Allotted {
                        ready: true,
                        begun: false,
                        ..
                    })
                ) {
                    return Err(Reason::BundleSpent);
                }
                if admitted.held.is_some() {
                    return Err(Reason::OutOfOrder);
                }
                let left = admitted.left.checked_sub(1).ok_or(Reason::BudgetSpent)?;
                if self.consent == Consent::Asked {
                    admitted.held = Some(number);
                    step.send(Peer::DataOwner(guest), Header::Held { number }.alone());
                    step.tell(Event::Asking { guest, images: 1 });
                    return Ok(());
                }
                // Counted when it is begun: from then on the guest may learn something.
                admitted.left = left;
                session.go(number, step);
                step.tell(Event::Begun { guest, images: 1 });
                Ok(())
            }
            _ => Err(Reason::OutOfOrder),
        }
    }

    fn take_from_party(
        &mut self,
        party: u8,
        message: &[u8],
        rng: &mut impl CryptoRng,
        step: &mut Step,
    ) -> Result<(), Reason> {
        let (header, body) = read(message)?;
        exactly(body, 0)?;
        if let Header::Abort(abort) = header {
            if abort.reason == Reason::Stopped {
                self.parties.remove(&party);
                self.disband(party, rng, step);
                return Ok(());
            }
            if self.session.take().is_some() {
                // The parties tell each other; guests hear of it from here.
                for guest in self.guests.keys() {
                    let header = Header::Abort(abort.clone());
                    step.send(Peer::DataOwner(*guest), header.alone());
                }
                step.tell(Event::Aborted {
                    peer: Peer::ComputeParty(party),
                    by_peer: true,
                    abort,
                });
            }
            return Ok(());
        }
        let id = header.shared_session().ok_or(Reason::OutOfOrder)?;
        let current = self.session.as_mut().filter(|session| session.id() == id);
        let Some(session) = current else {
            return Ok(());
        };
        match header {
            Header::Disbanded { party, .. } => {
                self.disband(party, rng, step);
                Ok(())
            }
            Header::Kept { number, .. } => {
                session.kept(party, number)?;
                session.hand_over(&self.hosting, &self.scheme, rng, step);
                Ok(())
            }
            Header::Seated { .. } => {
                if session.seated(party, &self.scheme)? {
                    step.tell(Event::Complete);
                    let guests: Vec<u32> = self.guests.keys().copied().collect();
                    for guest in guests {
                        self.offer(guest, step);
                    }
                }
                Ok(())
            }
            Header::Prepared { number, .. } => session.prepared(party, number, step),
            Header::Done { number, .. } => session.done(party, number, step),
            _ => Err(Reason::OutOfOrder),
        }
    }
}
