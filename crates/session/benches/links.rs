//! What a link costs: a message is cut, encrypted, decrypted and put together again, between a
//! model owner's links and a data owner's in one process. Reports travel back as they fall due.
//!
//! `cargo bench -p blindsight-session`

// What can fail here would fail the bench: it is the point of a bench to notice.
#![allow(clippy::expect_used, missing_docs)]

use std::hint::black_box;

use blindsight_session::{
    Doors, Identity, LinkEvent, Links, Member, MemberId, Peer, PlaceKey, Role, Turn,
};
use chacha20::ChaCha20Rng;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand_core::SeedableRng;

const LONGEST: usize = 1 << 24;

/// A model owner and a data owner; the relay between them is a loop.
struct Pair {
    links: [Links; 2],
    rng: ChaCha20Rng,
}

/// Which of the two, as the relay knows them.
const MEMBERS: [Member; 2] = [
    Member {
        id: MemberId(0),
        role: Role::ModelOwner,
    },
    Member {
        id: MemberId(1),
        role: Role::DataOwner,
    },
];

impl Pair {
    fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let doors = Doors::new(Some(1), Some(1), &mut rng);
        let secret = doors.secret(Role::DataOwner).expect("a guest").clone();
        let room = PlaceKey::random(&mut rng).room();
        let (own, plan) = (Identity::random(&mut rng), [4; 32]);
        let host = (own.public(), secret);
        let model_owner = Links::model_owner(own, room, plan, doors, &mut rng);
        let own = Identity::random(&mut rng);
        let data_owner = Links::guest(own, Role::DataOwner, room, plan, host, &mut rng);
        let mut pair = Self {
            links: [model_owner, data_owner],
            rng,
        };
        for (who, other) in [(0, 1), (1, 0)] {
            let turn = pair.links[who].member_joined(0.0, MEMBERS[other], &mut pair.rng);
            pair.carry(who, turn);
        }
        pair
    }

    /// Delivers payloads until there are none. Gives the bytes of the messages that came.
    fn carry(&mut self, from: usize, turn: Turn) -> usize {
        let to = 1 - from;
        let mut bytes = 0;
        for (_, payload) in turn.payloads {
            let links = &mut self.links[to];
            let turn = links.receive(0.0, MEMBERS[from], &payload, |_| LONGEST, &mut self.rng);
            for event in &turn.events {
                if let LinkEvent::Message { message, .. } = event {
                    bytes += black_box(message).len();
                }
            }
            bytes += self.carry(to, turn);
        }
        bytes
    }

    /// One message from the model owner to the data owner.
    fn send(&mut self, message: &[u8]) {
        let turn = self.links[0].send(Peer::DataOwner(1), message);
        assert_eq!(self.carry(0, turn), message.len(), "all of it came");
    }
}

fn links(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("link");
    for (name, bytes) in [("1 kB", 1_000), ("1 MB", 1_000_000)] {
        let (mut pair, message) = (Pair::new(), vec![7; bytes]);
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(name, |b| b.iter(|| pair.send(&message)));
    }
    group.finish();
    criterion.bench_function("handshake", |b| b.iter(Pair::new));
}

criterion_group!(benches, links);
criterion_main!(benches);
