//! A compute party: evaluates the network on shares, and learns nothing.

use std::collections::{BTreeMap, BTreeSet};

use blindsight_mpc::with_field;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{
    abort::{Phase, Reason},
    message::{Header, MAX_HEADER_BYTES, SessionId},
    party::{Event, Peer, Step, exactly, read, same_version},
};

mod seat;
mod serving;

use seat::Seat;

/// A compute party in one room.
#[derive(Default)]
pub struct ComputeParty {
    /// With whom there are links.
    links: BTreeSet<Peer>,
    state: State,
    /// Seeds from other parties, one message of each, for a session of which the model owner has not
    /// spoken yet.
    early: BTreeMap<u8, Zeroizing<Vec<u8>>>,
}

#[derive(Default)]
enum State {
    /// The model owner has not given it a seat, or the session is over.
    #[default]
    Waiting,
    Seated(Box<dyn Computation>),
}

/// A seat in a session, whatever the field.
trait Computation: Send {
    fn session(&self) -> SessionId;
    fn phase(&self) -> Phase;
    /// Whether all seeds and all weights are here.
    fn is_serving(&self) -> bool;
    /// The longest message that is acceptable from a peer.
    fn longest_message(&self, from: Peer) -> usize;
    /// There is a link with another party.
    fn meet(&mut self, party: u8, step: &mut Step);
    /// A data owner left.
    fn forget(&mut self, guest: u32);
    fn take(
        &mut self,
        from: Peer,
        header: &Header,
        body: &[u8],
        step: &mut Step,
    ) -> Result<(), Reason>;
}

impl ComputeParty {
    /// A party without a seat.
    pub fn new() -> Self {
        Self::default()
    }

    /// The longest message that it takes from a peer now.
    pub fn longest_message(&self, from: Peer) -> usize {
        match &self.state {
            State::Seated(seat) => seat.longest_message(from).max(MAX_HEADER_BYTES),
            State::Waiting => MAX_HEADER_BYTES,
        }
    }

    /// Whether it has all that it needs to evaluate pictures.
    pub fn is_serving(&self) -> bool {
        matches!(&self.state, State::Seated(seat) if seat.is_serving())
    }

    /// There is a link with a peer.
    pub fn peer_joined(&mut self, peer: Peer) -> Step {
        let mut step = Step::default();
        self.links.insert(peer);
        if let (State::Seated(seat), Peer::ComputeParty(party)) = (&mut self.state, peer) {
            seat.meet(party, &mut step);
        }
        step
    }

    /// A peer is gone. Without the model owner or another party the session is over.
    pub fn peer_left(&mut self, peer: Peer) -> Step {
        let mut step = Step::default();
        self.links.remove(&peer);
        if let Peer::ComputeParty(party) = peer {
            self.early.remove(&party);
        }
        match (&mut self.state, peer) {
            (State::Seated(seat), Peer::DataOwner(guest)) => seat.forget(guest),
            (State::Seated(seat), Peer::ComputeParty(party)) => {
                let (session, phase) = (seat.session(), seat.phase());
                let disbanded = Header::Disbanded { session, party };
                step.send(Peer::ModelOwner, disbanded.alone());
                self.disband(peer, phase, &mut step);
            }
            (State::Seated(_), Peer::ModelOwner) => self.state = State::Waiting,
            _ => {}
        }
        step
    }

    /// Ends the work on the party's own will and tells the peers.
    pub fn stop(&mut self) -> Step {
        let mut step = Step::default();
        let stopped = Reason::Stopped.during(self.phase());
        for peer in std::mem::take(&mut self.links) {
            // The model owner tells the others.
            if peer == Peer::ModelOwner {
                step.send(peer, Header::Abort(stopped.clone()).alone());
            }
        }
        self.state = State::Waiting;
        step
    }

    /// Takes a message from a peer.
    pub fn receive(&mut self, from: Peer, message: &[u8], rng: &mut impl CryptoRng) -> Step {
        let mut step = Step::default();
        if let Err(reason) = self.take(from, message, rng, &mut step) {
            let abort = reason.during(self.phase());
            match from {
                // Nobody else is concerned.
                Peer::DataOwner(guest) => {
                    if let State::Seated(seat) = &mut self.state {
                        seat.forget(guest);
                    }
                    step.abort(from, abort);
                }
                _ => {
                    let others = self.links.iter().copied().filter(|peer| *peer != from);
                    let others: Vec<Peer> = others
                        .filter(|peer| !matches!(peer, Peer::DataOwner(_)))
                        .collect();
                    for other in others {
                        step.send(other, Header::Abort(abort.clone()).alone());
                    }
                    step.abort(from, abort);
                    self.state = State::Waiting;
                }
            }
        }
        step
    }

    fn phase(&self) -> Phase {
        match &self.state {
            State::Seated(seat) => seat.phase(),
            State::Waiting => Phase::Agree,
        }
    }

    /// The session is over, for another party has left.
    fn disband(&mut self, peer: Peer, phase: Phase, step: &mut Step) {
        self.state = State::Waiting;
        step.tell(Event::Interrupted {
            peer,
            abort: Reason::PartyLeft.during(phase),
        });
    }

    fn take(
        &mut self,
        from: Peer,
        message: &[u8],
        rng: &mut impl CryptoRng,
        step: &mut Step,
    ) -> Result<(), Reason> {
        let (header, body) = read(message)?;
        match (header, from) {
            (
                Header::Seat {
                    version,
                    session,
                    index,
                    scheme,
                },
                Peer::ModelOwner,
            ) => {
                exactly(body, 0)?;
                same_version(version)?;
                let me = scheme.committee().party(index).ok_or(Reason::Malformed)?;
                let hash = scheme.hash();
                let mut seat = with_field!(scheme.prime(), F => {
                    Box::new(Seat::<F>::new(session, me, scheme, rng)) as Box<dyn Computation>
                });
                for peer in &self.links {
                    if let Peer::ComputeParty(party) = peer {
                        seat.meet(*party, step);
                    }
                }
                self.state = State::Seated(seat);
                step.tell(Event::Seated {
                    index,
                    scheme: hash,
                });
                for (party, message) in std::mem::take(&mut self.early) {
                    self.take(Peer::ComputeParty(party), &message, rng, step)?;
                }
                Ok(())
            }
            (Header::Disbanded { session, party }, Peer::ModelOwner) => {
                exactly(body, 0)?;
                if let State::Seated(seat) = &self.state
                    && seat.session() == session
                {
                    let phase = seat.phase();
                    self.disband(Peer::ComputeParty(party), phase, step);
                }
                Ok(())
            }
            (Header::Abort(abort), Peer::DataOwner(guest)) => {
                if let State::Seated(seat) = &mut self.state {
                    seat.forget(guest);
                }
                step.tell(Event::Aborted {
                    peer: from,
                    by_peer: true,
                    abort,
                });
                Ok(())
            }
            (Header::Abort(abort), _) => {
                self.state = State::Waiting;
                step.tell(Event::Aborted {
                    peer: from,
                    by_peer: true,
                    abort,
                });
                Ok(())
            }
            (header, from) => {
                let session = header.shared_session().ok_or(Reason::OutOfOrder)?;
                match (&mut self.state, &header, from) {
                    (State::Seated(seat), ..) if seat.session() == session => {
                        seat.take(from, &header, body, step)
                    }
                    // The other party was given its seat before us.
                    (_, Header::SetSeeds { .. }, Peer::ComputeParty(party)) => {
                        self.early.insert(party, Zeroizing::new(message.to_vec()));
                        Ok(())
                    }
                    // Of a session that is over here already.
                    _ => Ok(()),
                }
            }
        }
    }
}
