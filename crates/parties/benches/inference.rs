//! One image through 784-128-128-10 with all three roles in one process, online and offline, and
//! the same integer network in the clear.
//!
//! `cargo bench -p blindsight-parties`

// What can fail here would fail the bench: it is the point of a bench to notice.
#![allow(clippy::expect_used, clippy::unwrap_used)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use blindsight_model::evaluate::integer;
use common::{Room, Who, integers, network, pixels};
use criterion::{Criterion, criterion_group, criterion_main};

/// Messages of one image: four round trips.
const MESSAGES: usize = 8;

/// A room in which a bundle is ready and no other will be asked for until it is used.
fn ready(seed: u64) -> Room {
    let network = network(28, &[128, 128, 10], 1);
    let mut room = Room::new(&integers(&network), &network.labels, seed, 1);
    room.run();
    room
}

fn inference(criterion: &mut Criterion) {
    let picture = pixels(784, 1);
    let mut group = criterion.benchmark_group("784-128-128-10");
    group.bench_function("online", |b| {
        let mut room = ready(1);
        b.iter_custom(|images| {
            let mut online = Duration::ZERO;
            for _ in 0..images {
                let start = Instant::now();
                let step = room.data_owner.classify(&[&picture]).unwrap();
                room.take(Who::DataOwner, step);
                for _ in 0..MESSAGES {
                    let sent = room.queue.pop_front().unwrap();
                    room.deliver(&sent);
                }
                online += start.elapsed();
                // The next bundle, outside the clock.
                room.run();
                room.record.clear();
                room.events.clear();
            }
            online
        });
    });
    group.bench_function("online and offline", |b| {
        let mut room = ready(2);
        b.iter(|| {
            room.record.clear();
            room.classify(&picture).unwrap()
        });
    });
    group.bench_function("integers in the clear", |b| {
        let integers = integers(&network(28, &[128, 128, 10], 1));
        b.iter(|| integer::classify(black_box(&integers), &picture));
    });
    group.finish();
}

criterion_group!(benches, inference);
criterion_main!(benches);
