//! Compute parties and their clients in one place: the real messages, passed by hand. For evaluating
//! whole test sets.

use std::{collections::VecDeque, sync::Arc};

use blindsight_model::{fixed_point::IntegerNetwork, shamir::Scheme};
use rand_core::CryptoRng;

use super::{ComputeParty, Cost, DataOwner, ModelOwner, StepCost};
use crate::{Abort, Event, Hosting, HostingError, Misuse, Peer, Step};

/// The data owner's number.
const NUMBER: u32 = 1;
const GUEST: Peer = Peer::DataOwner(NUMBER);

/// A message on its way.
struct Sent {
    from: Peer,
    to: Peer,
    message: Vec<u8>,
}

/// Everybody, with a network.
pub struct Rehearsal<R> {
    data_owner: DataOwner,
    model_owner: ModelOwner,
    /// By the index less one.
    parties: Vec<ComputeParty>,
    queue: VecDeque<Sent>,
    events: Vec<Event>,
    declared: Cost,
    /// Bytes among the parties since it was last looked at.
    among_parties: u64,
    rng: R,
}

/// A picture that was classified.
pub struct Rehearsed {
    /// The index of its class.
    pub class: usize,
    /// Computing of all together before the picture, in milliseconds.
    pub offline_ms: f64,
    /// Computing of all together from the picture to its class, in milliseconds.
    pub online_ms: f64,
}

/// Why a rehearsal fails.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// The network cannot be hosted.
    #[error(transparent)]
    Hosting(#[from] HostingError),
    /// The picture cannot be classified.
    #[error(transparent)]
    Misuse(#[from] Misuse),
    /// Somebody ended the work.
    #[error("work with {peer} ended, {}: {}", abort.phase, abort.reason)]
    Aborted {
        /// With whom.
        peer: Peer,
        /// Why.
        abort: Abort,
    },
    /// All wait.
    #[error("the parties wait for each other; this is an error of the program")]
    Stuck,
    /// What was sent is not what the scheme says.
    #[error(
        "measured were {measured} bytes {what}, but the scheme declares {declared}; this is an error \
         of the program"
    )]
    Cost {
        /// Between whom, and when.
        what: &'static str,
        /// As it was.
        measured: u64,
        /// As it should be.
        declared: u64,
    },
}

impl<R: CryptoRng> Rehearsal<R> {
    /// All join and the weights are shared.
    ///
    /// # Errors
    ///
    /// When the network cannot be hosted.
    pub fn open(
        network: &Arc<IntegerNetwork>,
        scheme: &Scheme,
        (name, labels): (&str, &[String]),
        rng: R,
    ) -> Result<Self, RehearsalError> {
        let hosting = Hosting::new(Arc::clone(network), name, labels)?;
        let committee = scheme.committee();
        let mut room = Self {
            data_owner: DataOwner::new(1, committee.into()),
            model_owner: ModelOwner::new(hosting, scheme.clone()),
            parties: committee.parties().map(|_| ComputeParty::new()).collect(),
            queue: VecDeque::new(),
            events: Vec::new(),
            declared: Cost::declared(scheme),
            among_parties: 0,
            rng,
        };
        for party in committee.parties() {
            let me = Peer::ComputeParty(party.number());
            let step = room.data_owner.peer_joined(me);
            room.take(GUEST, step);
            let others = committee.others(party);
            let others = others.map(|other| Peer::ComputeParty(other.number()));
            for peer in others.chain([Peer::ModelOwner, GUEST]) {
                let step = room.parties[party.index()].peer_joined(peer);
                room.take(me, step);
            }
            let step = room.model_owner.party_joined(party.number(), &mut room.rng);
            room.take(Peer::ModelOwner, step);
        }
        let step = room.model_owner.guest_joined(NUMBER, u32::MAX);
        room.take(Peer::ModelOwner, step);
        while room.data_owner.left().is_none() {
            room.deliver_next()?;
        }
        room.among_parties = 0;
        Ok(room)
    }

    /// Classifies one picture, its masks made before. `now` tells the time in milliseconds.
    ///
    /// # Errors
    ///
    /// When somebody aborts, the picture has another size than the network takes, or the measured
    /// bytes are not those that the scheme declares.
    pub fn classify(
        &mut self,
        pixels: &[u8],
        now: impl Fn() -> f64,
    ) -> Result<Rehearsed, RehearsalError> {
        let begun = now();
        while !self.queue.is_empty() {
            self.deliver_next()?;
        }
        let masked = now();
        self.check("among the parties beforehand", self.declared.masks.bytes)?;
        self.events.clear();
        let step = self.data_owner.classify(pixels, &mut self.rng)?;
        self.take(GUEST, step);
        let classified = loop {
            let classified = self.events.drain(..).find_map(|event| match event {
                Event::Classified(classification) => Some(classification),
                _ => None,
            });
            if let Some(classification) = classified {
                break classification;
            }
            self.deliver_next()?;
        };
        let online_ms = now() - masked;
        let steps = self.declared.steps.iter();
        let declared = steps.map(|StepCost { bytes, .. }| bytes).sum();
        self.check("among the parties", declared)?;
        self.among_parties = classified.online_bytes;
        self.check("at the data owner", self.declared.data_owner_bytes)?;
        Ok(Rehearsed {
            class: classified.class,
            offline_ms: masked - begun,
            online_ms,
        })
    }

    /// Compares what was sent since the last time with what should have been.
    fn check(&mut self, what: &'static str, declared: u64) -> Result<(), RehearsalError> {
        let measured = std::mem::take(&mut self.among_parties);
        if measured == declared {
            return Ok(());
        }
        Err(RehearsalError::Cost {
            what,
            measured,
            declared,
        })
    }

    fn take(&mut self, from: Peer, step: Step) {
        for outgoing in step.outgoing {
            let (to, message) = (outgoing.to, outgoing.message);
            if let (Peer::ComputeParty(_), Peer::ComputeParty(_)) = (from, to) {
                self.among_parties += message.len() as u64;
            }
            self.queue.push_back(Sent { from, to, message });
        }
        self.events.extend(step.events);
    }

    fn deliver_next(&mut self) -> Result<(), RehearsalError> {
        let sent = self.queue.pop_front().ok_or(RehearsalError::Stuck)?;
        let Sent { from, to, message } = sent;
        let step = match to {
            Peer::DataOwner(_) => self.data_owner.receive(from, &message),
            Peer::ModelOwner => self.model_owner.receive(from, &message, &mut self.rng),
            Peer::ComputeParty(index) => {
                let party = self.parties.get_mut(usize::from(index).wrapping_sub(1));
                let party = party.ok_or(RehearsalError::Stuck)?;
                party.receive(from, &message, &mut self.rng)
            }
            Peer::Helper => return Err(RehearsalError::Stuck),
        };
        self.take(to, step);
        let aborted = self.events.iter().find_map(|event| match event {
            Event::Aborted { peer, abort, .. } | Event::Interrupted { peer, abort } => {
                Some((*peer, abort.clone()))
            }
            _ => None,
        });
        match aborted {
            Some((peer, abort)) => Err(RehearsalError::Aborted { peer, abort }),
            None => Ok(()),
        }
    }
}
