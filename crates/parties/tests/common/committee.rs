//! Compute parties, their clients and every message between them, in one process.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use blindsight_model::{
    fixed_point::{Demands, IntegerNetwork},
    network::Network,
    plan::Reveal,
    shamir::{Scheme, SchemeError, Signs},
};
use blindsight_mpc::shamir::Committee;
use blindsight_parties::{
    Abort, Classification, Event, Hosting, Peer, Step,
    shamir::{ComputeParty, DataOwner, ModelOwner},
};
use chacha20::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use super::GUEST;

/// The data owner.
pub const OWNER: Peer = Peer::DataOwner(GUEST);

/// A message under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub from: Peer,
    pub to: Peer,
    pub bytes: Vec<u8>,
}

/// A network in integers and its scheme.
pub fn hosted(
    network: &Network,
    parties: u8,
    signs: Signs,
    reveal: Reveal,
) -> (Arc<IntegerNetwork>, Scheme) {
    try_hosted(network, parties, signs, reveal).expect("a network that fits")
}

/// The same; nothing where the field has no room for it.
pub fn try_hosted(
    network: &Network,
    parties: u8,
    signs: Signs,
    reveal: Reveal,
) -> Option<(Arc<IntegerNetwork>, Scheme)> {
    let committee = Committee::new(parties).expect("a committee");
    match Scheme::of_network(network, reveal, committee, signs, Demands::default()) {
        Ok((integers, scheme)) => Some((Arc::new(integers), scheme)),
        Err(SchemeError::Room { .. } | SchemeError::Width { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

/// Everybody in one process. Messages of different pairs overtake each other.
pub struct Committees {
    pub data_owner: DataOwner,
    pub model_owner: ModelOwner,
    pub parties: BTreeMap<u8, ComputeParty>,
    pub queues: BTreeMap<(Peer, Peer), VecDeque<Vec<u8>>>,
    pub record: Vec<Sent>,
    pub events: Vec<(Peer, Event)>,
    pub rng: ChaCha20Rng,
}

impl Committees {
    /// All are there; nothing is delivered yet.
    pub fn new(
        (integers, scheme): &(Arc<IntegerNetwork>, Scheme),
        labels: &[String],
        seed: u64,
        (pool, left): (usize, u32),
    ) -> Self {
        let hosting = Hosting::new(Arc::clone(integers), "test", labels).expect("named");
        // At most nine.
        let parties = scheme.committee().size() as u8;
        let mut room = Self {
            data_owner: DataOwner::new(pool, parties),
            model_owner: ModelOwner::new(hosting, scheme.clone()),
            parties: BTreeMap::new(),
            queues: BTreeMap::new(),
            record: Vec::new(),
            events: Vec::new(),
            rng: ChaCha20Rng::seed_from_u64(seed),
        };
        let step = room.data_owner.peer_joined(Peer::ModelOwner);
        room.take(OWNER, step);
        let step = room.model_owner.guest_joined(GUEST, left);
        room.take(Peer::ModelOwner, step);
        for index in 1..=parties {
            room.join(index);
        }
        room
    }

    /// A party comes and has links with everybody.
    pub fn join(&mut self, index: u8) {
        let me = Peer::ComputeParty(index);
        let others: Vec<u8> = self.parties.keys().copied().collect();
        self.parties.insert(index, ComputeParty::new());
        let step = self.model_owner.party_joined(index, &mut self.rng);
        self.take(Peer::ModelOwner, step);
        for peer in [Peer::ModelOwner, OWNER] {
            self.with(index, |party| party.peer_joined(peer));
        }
        let step = self.data_owner.peer_joined(me);
        self.take(OWNER, step);
        for other in others {
            self.with(other, |party| party.peer_joined(me));
            self.with(index, |party| party.peer_joined(Peer::ComputeParty(other)));
        }
    }

    /// A party is gone: what it sent is lost, and everybody notices.
    pub fn leave(&mut self, index: u8) {
        let gone = Peer::ComputeParty(index);
        self.parties.remove(&index);
        self.queues
            .retain(|(from, to), _| *from != gone && *to != gone);
        let step = self.data_owner.peer_left(gone);
        self.take(OWNER, step);
        for other in Vec::from_iter(self.parties.keys().copied()) {
            self.with(other, |party| party.peer_left(gone));
        }
        let step = self.model_owner.peer_left(gone, &mut self.rng);
        self.take(Peer::ModelOwner, step);
    }

    fn with(&mut self, index: u8, act: impl FnOnce(&mut ComputeParty) -> Step) {
        if let Some(party) = self.parties.get_mut(&index) {
            let step = act(party);
            self.take(Peer::ComputeParty(index), step);
        }
    }

    pub fn take(&mut self, from: Peer, step: Step) {
        for outgoing in step.outgoing {
            let (to, bytes) = (outgoing.to, outgoing.message);
            self.record.push(Sent {
                from,
                to,
                bytes: bytes.clone(),
            });
            self.queues.entry((from, to)).or_default().push_back(bytes);
        }
        self.events
            .extend(step.events.into_iter().map(|event| (from, event)));
    }

    /// Takes the next message of some pair.
    pub fn next(&mut self) -> Option<Sent> {
        self.queues.retain(|_, queue| !queue.is_empty());
        let pairs = self.queues.len();
        let chosen = self.rng.next_u32() as usize % pairs.max(1);
        let (&(from, to), queue) = self.queues.iter_mut().nth(chosen)?;
        let bytes = queue.pop_front()?;
        Some(Sent { from, to, bytes })
    }

    pub fn deliver(&mut self, sent: &Sent) {
        let (from, bytes) = (sent.from, &sent.bytes);
        let step = match sent.to {
            Peer::DataOwner(_) => self.data_owner.receive(from, bytes),
            Peer::ModelOwner => self.model_owner.receive(from, bytes, &mut self.rng),
            Peer::ComputeParty(index) => match self.parties.get_mut(&index) {
                Some(party) => party.receive(from, bytes, &mut self.rng),
                None => return,
            },
            Peer::Helper => return,
        };
        self.take(sent.to, step);
    }

    /// Delivers until nobody has anything to say.
    pub fn run(&mut self) {
        while let Some(sent) = self.next() {
            self.deliver(&sent);
        }
    }

    /// Begins to classify a picture.
    pub fn begin(&mut self, pixels: &[u8]) {
        self.events.clear();
        let step = self.data_owner.classify(pixels, &mut self.rng);
        self.take(OWNER, step.expect("ready"));
    }

    /// Classifies one picture.
    pub fn classify(&mut self, pixels: &[u8]) -> Option<Classification> {
        self.begin(pixels);
        self.run();
        self.events.iter().find_map(|(_, event)| match event {
            Event::Classified(classification) => Some(classification.clone()),
            _ => None,
        })
    }

    /// The aborts that somebody reported.
    pub fn aborts(&self, who: Peer) -> Vec<Abort> {
        let own = self.events.iter().filter(|(reporter, _)| *reporter == who);
        own.filter_map(|(_, event)| match event {
            Event::Aborted { abort, .. } => Some(abort.clone()),
            _ => None,
        })
        .collect()
    }

    /// The interruptions that somebody reported.
    pub fn interruptions(&self, who: Peer) -> Vec<Abort> {
        let own = self.events.iter().filter(|(reporter, _)| *reporter == who);
        own.filter_map(|(_, event)| match event {
            Event::Interrupted { abort, .. } => Some(abort.clone()),
            _ => None,
        })
        .collect()
    }
}
