//! A hostile relay between a model owner, a helper and a data owner.

use std::collections::{BTreeMap, VecDeque};

use blindsight_session::{
    BUILD, Doors, Identity, LinkEvent, Links, Member, MemberId, Peer, PlaceKey, Role,
    SESSION_VERSION, Turn,
};
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::input::{Input, alter, piece};

const PLAN: [u8; 32] = [4; 32];
/// The longest message that anybody takes here.
const LONGEST: usize = 4096;
const ROLES: [Role; 3] = [Role::ModelOwner, Role::Helper, Role::DataOwner];

struct Person {
    links: Links,
    member: Option<MemberId>,
}

struct World {
    people: Vec<Person>,
    queue: VecDeque<(usize, usize, Vec<u8>)>,
    /// How many messages each has sent to each, and the number of the last that came.
    sent: BTreeMap<(usize, usize), u32>,
    came: BTreeMap<(usize, usize), u32>,
    messages: u32,
    next: u32,
    now: f64,
    rng: ChaCha20Rng,
}

impl World {
    fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let doors = Doors::new(Some(1), Some(1), &mut rng);
        let room = PlaceKey::random(&mut rng).room();
        let host = Identity::random(&mut rng);
        let key = host.public();
        let people = ROLES.map(|role| {
            let links = match doors.secret(role) {
                None => Links::model_owner(host.clone(), room, PLAN, doors.clone(), &mut rng),
                Some(secret) => {
                    let own = Identity::random(&mut rng);
                    let host = (key, secret.clone());
                    Links::guest(own, role, room, PLAN, host, &mut rng)
                }
            };
            Person {
                links,
                member: None,
            }
        });
        let mut world = Self {
            people: people.into(),
            queue: VecDeque::new(),
            sent: BTreeMap::new(),
            came: BTreeMap::new(),
            messages: 0,
            next: 0,
            now: 0.0,
            rng,
        };
        (0..3).for_each(|who| world.connect(who));
        world
    }

    fn connect(&mut self, who: usize) {
        let id = MemberId(self.next);
        self.next += 1;
        self.people[who].member = Some(id);
        for other in (0..3).filter(|other| *other != who) {
            let Some(their) = self.people[other].member else {
                continue;
            };
            for (to, id, role) in [(other, id, ROLES[who]), (who, their, ROLES[other])] {
                let member = Member { id, role };
                let links = &mut self.people[to].links;
                let turn = links.member_joined(self.now, member, &mut self.rng);
                self.take(to, turn);
            }
        }
    }

    fn disconnect(&mut self, who: usize) {
        let Some(id) = self.people[who].member.take() else {
            return;
        };
        let turn = self.people[who].links.disconnected(self.now);
        self.take(who, turn);
        for other in 0..3 {
            if self.people[other].member.is_some() {
                let turn = self.people[other].links.member_left(self.now, id);
                self.take(other, turn);
            }
        }
    }

    fn send(&mut self, from: usize, to: usize, length: usize) {
        let peers = self.people[from].links.peers();
        let peer = peers.map(|(peer, _)| peer).find(|p| p.role() == ROLES[to]);
        let Some(peer) = peer else { return };
        let number = self.sent.entry((from, to)).or_default();
        *number += 1;
        let mut message = number.to_le_bytes().to_vec();
        message.resize(4 + length % (LONGEST - 4), from as u8);
        let turn = self.people[from].links.send(peer, &message);
        self.take(from, turn);
    }

    /// The same message to both others.
    fn send_both(&mut self, from: usize, length: usize) {
        let peers: Vec<_> = self.people[from].links.peers().map(|(p, _)| p).collect();
        let [one, other] = peers[..] else { return };
        // Each of the two has its own count, and both read the same number.
        let others = (0..3).filter(|to| *to != from);
        let number = others.clone().map(|to| self.sent.get(&(from, to)).copied());
        let number = number.max().flatten().unwrap_or(0) + 1;
        for to in others {
            self.sent.insert((from, to), number);
        }
        let mut message = number.to_le_bytes().to_vec();
        message.resize(4 + length % (LONGEST - 4), from as u8);
        let turn = self.people[from].links.send_both([one, other], &message);
        self.take(from, turn);
    }

    fn deliver(&mut self, from: usize, to: usize, payload: &[u8]) {
        let (Some(id), true) = (self.people[from].member, from != to) else {
            return;
        };
        let role = ROLES[from];
        let links = &mut self.people[to].links;
        let turn = links.receive(
            self.now,
            Member { id, role },
            payload,
            |_| LONGEST,
            &mut self.rng,
        );
        self.take(to, turn);
    }

    fn take(&mut self, who: usize, turn: Turn) {
        for event in turn.events {
            if let LinkEvent::Message { from, message } = event {
                self.check(from, who, &message);
            }
        }
        for (to, payload) in turn.payloads {
            let to = self.people.iter().position(|p| p.member == Some(to));
            self.queue.extend(to.map(|to| (who, to, payload)));
        }
    }

    /// Whatever the relay does: what arrives was sent, to the one with whom it arrives, and comes
    /// once and in order.
    fn check(&mut self, from: Peer, to: usize, message: &[u8]) {
        let from = ROLES.iter().position(|role| *role == from.role()).unwrap();
        let (number, rest) = message.split_first_chunk::<4>().expect("a whole message");
        let number = u32::from_le_bytes(*number);
        assert!(rest.iter().all(|byte| *byte == from as u8), "altered");
        assert!(number <= self.sent[&(from, to)], "never sent");
        let last = self.came.insert((from, to), number).unwrap_or(0);
        assert!(number > last, "came again, or late");
        self.messages += 1;
    }
}

/// Steps: 0 delivers so many payloads; 1 to 3 deliver one altered; the others drop, double, swap,
/// forge, send to one or to both, cut lines and let time pass.
pub(crate) fn run(bytes: &[u8]) -> bool {
    let mut world = World::new();
    let mut input = Input(bytes);
    // `None` ends it: there is no more input.
    let mut step = || -> Option<()> {
        let step = input.byte()? % 13;
        match step {
            0 => {
                for _ in 0..input.byte()? {
                    let Some((from, to, payload)) = world.queue.pop_front() else {
                        break;
                    };
                    world.deliver(from, to, &payload);
                }
            }
            1..=3 => {
                let (from, to, mut payload) = world.queue.pop_front().unwrap_or_default();
                alter(step, &mut input, &mut payload).or(Some(()))?;
                world.deliver(from, to, &payload);
            }
            4 => drop(world.queue.pop_front()),
            5 => world.queue.extend(world.queue.front().cloned()),
            6 if world.queue.len() > 1 => world.queue.swap(0, 1),
            7 | 8 => {
                let who = usize::from(input.byte()?);
                let mut payload = input.piece()?.to_vec();
                if step == 8 {
                    // A greeting that is not refused for its version or build.
                    let version = SESSION_VERSION.to_le_bytes();
                    payload = [&[0], &version[..], BUILD.as_bytes(), &payload].concat();
                }
                world.deliver(who % 3, who / 3 % 3, &payload);
            }
            9 => {
                let who = usize::from(input.byte()?);
                world.send(who % 3, who / 3 % 3, input.word()?);
            }
            10 => {
                let who = usize::from(input.byte()?);
                if who % 2 == 0 {
                    world.disconnect(who / 2 % 3);
                } else if world.people[who / 2 % 3].member.is_none() {
                    world.connect(who / 2 % 3);
                }
            }
            11 => {
                world.now += f64::from(input.byte()?) * 10_000.0;
                for who in 0..3 {
                    let turn = world.people[who].links.tick(world.now);
                    world.take(who, turn);
                }
            }
            12 => {
                let who = usize::from(input.byte()?);
                world.send_both(who % 3, input.word()?);
            }
            _ => {}
        }
        Some(())
    };
    while step().is_some() {}
    world.messages > 0
}

pub(crate) fn seeds() -> Vec<(String, Vec<u8>)> {
    // Three links, and a message on each in both directions.
    let talk: Vec<u8> = [1, 2, 3, 5, 6, 7]
        .iter()
        .flat_map(|pair| [9, *pair, 40, 0])
        .collect();
    let deliver = &[0, 40][..];
    let plain = [deliver, &talk, deliver].concat();
    let lost = [deliver, &talk, &[4, 10, 4, 10, 5], deliver, &talk, deliver].concat();
    let orderly = [deliver, &talk, &[5, 6], deliver, &[11, 70], &talk, deliver].concat();
    let garbage = piece(&[5; 40]);
    let forged = [&plain, &[7, 2][..], &garbage, &[8, 2], &garbage].concat();
    let altered = [&plain, &talk, &[1, 9, 0, 2, 30, 0][..], deliver].concat();
    let both = [12, 1, 200, 1, 12, 0, 40, 0, 12, 2, 0, 0];
    let to_both = [
        deliver,
        &both,
        &talk,
        deliver,
        &both,
        &[10, 4, 10, 4, 10, 5],
        deliver,
    ]
    .concat();
    let seeds = [
        ("both", to_both),
        ("plain", plain),
        ("cut", lost),
        ("doubled", orderly),
        ("forged", forged),
        ("altered", altered),
    ];
    seeds.map(|(name, bytes)| (name.to_owned(), bytes)).into()
}
