//! People with links, and a relay between them that does as it is told.

use std::collections::VecDeque;

use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;

pub(super) const ROOM: RoomId = RoomId::from_bytes([9; 16]);
pub(super) const PLAN: [u8; 32] = [4; 32];
pub(super) const HOST: usize = 0;
pub(super) const HELPER: usize = 1;
pub(super) const GUEST: usize = 2;

/// Somebody with links, a connection or none, and what they were told.
pub(super) struct Person {
    pub(super) links: Links,
    pub(super) role: Role,
    pub(super) member: Option<Member>,
    pub(super) messages: Vec<(Peer, Vec<u8>)>,
    pub(super) events: Vec<String>,
    pub(super) words: BTreeMap<Peer, SafetyWords>,
}

/// People and a relay between them that does as it is told.
pub(super) struct World {
    pub(super) people: Vec<Person>,
    pub(super) queue: VecDeque<(MemberId, MemberId, Vec<u8>)>,
    pub(super) seen: Vec<Vec<u8>>,
    pub(super) next: u32,
    pub(super) now: f64,
    pub(super) rng: ChaCha20Rng,
    pub(super) doors: Doors,
    pub(super) host_key: PublicKey,
}

impl World {
    /// A model owner whose invitation serves `uses` data owners; nobody has a connection.
    pub(super) fn new(seed: u64, uses: Option<u32>) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let doors = Doors::new(uses, Some(1), &mut rng);
        Self::with_doors(doors, rng)
    }

    /// Model owner, compute parties, who are the persons 1 to `parties`, and one data owner: all
    /// connected.
    pub(super) fn mesh(seed: u64, parties: u8) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let doors = Doors::for_parties(Some(1), parties, &mut rng);
        let mut world = Self::with_doors(doors, rng);
        for _ in 0..parties {
            world.invite(Role::ComputeParty);
        }
        world.invite(Role::DataOwner);
        for person in 0..world.people.len() {
            world.connect(person);
        }
        world.run();
        world
    }

    pub(super) fn with_doors(doors: Doors, mut rng: ChaCha20Rng) -> Self {
        let host = Identity::random(&mut rng);
        let host_key = host.public();
        let links = Links::model_owner(host, ROOM, PLAN, doors.clone(), &mut rng);
        let mut world = Self {
            people: Vec::new(),
            queue: VecDeque::new(),
            seen: Vec::new(),
            next: 0,
            now: 0.0,
            rng,
            doors,
            host_key,
        };
        world.add(links, Role::ModelOwner);
        world
    }

    /// Model owner, helper and one data owner, all connected.
    pub(super) fn trio(seed: u64) -> Self {
        let mut world = Self::new(seed, Some(1));
        world.invite(Role::Helper);
        world.invite(Role::DataOwner);
        for person in [HOST, HELPER, GUEST] {
            world.connect(person);
        }
        world.run();
        world
    }

    pub(super) fn add(&mut self, links: Links, role: Role) -> usize {
        self.people.push(Person {
            links,
            role,
            member: None,
            messages: Vec::new(),
            events: Vec::new(),
            words: BTreeMap::new(),
        });
        self.people.len() - 1
    }

    pub(super) fn invite(&mut self, role: Role) -> usize {
        let identity = Identity::random(&mut self.rng);
        self.invite_as(role, identity)
    }

    pub(super) fn invite_as(&mut self, role: Role, identity: Identity) -> usize {
        let secret = self.doors.secret(role).unwrap().clone();
        let host = (self.host_key, secret);
        let links = Links::guest(identity, role, ROOM, PLAN, host, &mut self.rng);
        self.add(links, role)
    }

    pub(super) fn connect(&mut self, person: usize) {
        let role = self.people[person].role;
        let member = Member {
            id: MemberId(self.next),
            role,
        };
        self.next += 1;
        self.people[person].member = Some(member);
        for other in 0..self.people.len() {
            let Some(them) = self.people[other].member.filter(|_| other != person) else {
                continue;
            };
            let turn = self.people[other]
                .links
                .member_joined(self.now, member, &mut self.rng);
            self.take(other, turn);
            let turn = self.people[person]
                .links
                .member_joined(self.now, them, &mut self.rng);
            self.take(person, turn);
        }
    }

    pub(super) fn disconnect(&mut self, person: usize) {
        let Some(member) = self.people[person].member.take() else {
            return;
        };
        let turn = self.people[person].links.disconnected(self.now);
        self.take(person, turn);
        for other in 0..self.people.len() {
            if self.people[other].member.is_some() {
                let turn = self.people[other].links.member_left(self.now, member.id);
                self.take(other, turn);
            }
        }
    }

    pub(super) fn send(&mut self, from: usize, to: Peer, message: &[u8]) {
        let turn = self.people[from].links.send(to, message);
        self.take(from, turn);
    }

    pub(super) fn send_both(&mut self, from: usize, to: [Peer; 2], message: &[u8]) {
        let turn = self.people[from].links.send_both(to, message);
        self.take(from, turn);
    }

    pub(super) fn take(&mut self, who: usize, turn: Turn) {
        let person = &mut self.people[who];
        if let Some(me) = person.member {
            for (to, payload) in turn.payloads {
                self.seen.push(payload.clone());
                self.queue.push_back((me.id, to, payload));
            }
        }
        for event in turn.events {
            person.events.push(match event {
                LinkEvent::Up { peer, words, .. } => {
                    person.words.insert(peer, words);
                    format!("up {peer:?}")
                }
                LinkEvent::Message { from, message } => {
                    person.messages.push((from, message.to_vec()));
                    continue;
                }
                LinkEvent::Piece { .. } => continue,
                LinkEvent::Lost(peer) => format!("lost {peer:?}"),
                LinkEvent::Back(peer) => format!("back {peer:?}"),
                LinkEvent::Gone(peer) => format!("gone {peer:?}"),
                LinkEvent::Refused { refusal, .. } => format!("refused {refusal:?}"),
                LinkEvent::Unanswered(peer) => format!("unanswered {peer:?}"),
                LinkEvent::Intruder => "intruder".into(),
                LinkEvent::WordsDiffer(peer) => format!("words differ {peer:?}"),
                LinkEvent::Failed { peer, error } => format!("failed {peer:?} {error:?}"),
            });
        }
    }

    /// Delivers one payload; whether there was one.
    pub(super) fn step(&mut self) -> bool {
        match self.queue.pop_front() {
            Some((from, to, payload)) => {
                self.deliver(from, to, &payload);
                true
            }
            None => false,
        }
    }

    pub(super) fn deliver(&mut self, from: MemberId, to: MemberId, payload: &[u8]) {
        self.now += 1.0;
        let find = |id| move |p: &Person| p.member.is_some_and(|m| m.id == id);
        let sender = self
            .people
            .iter()
            .find(|p| find(from)(p))
            .and_then(|p| p.member);
        let recipient = self.people.iter().position(find(to));
        if let (Some(from), Some(who)) = (sender, recipient) {
            let links = &mut self.people[who].links;
            let turn = links.receive(self.now, from, payload, |_| 1 << 20, &mut self.rng);
            self.take(who, turn);
        }
    }

    pub(super) fn run(&mut self) {
        while self.step() {}
    }

    pub(super) fn peers(&self, who: usize) -> Vec<Peer> {
        let peers = self.people[who].links.peers();
        peers
            .filter(|(_, lost)| lost.is_none())
            .map(|(peer, _)| peer)
            .collect()
    }

    pub(super) fn told(&self, who: usize, what: &str) -> bool {
        self.people[who]
            .events
            .iter()
            .any(|event| event.contains(what))
    }
}
