//! Pictures that are classified together.

use std::sync::Arc;

use crate::common::{GUEST, Room, Who, graphs, integers, network, pixels};
use blindsight_model::{fixed_point::IntegerNetwork, network::Network, plan::Reveal};
use blindsight_parties::{Consent, Cost, Event, MAX_BATCH, MAX_POOL, Misuse, Reason};

/// As many bundles as a batch may need, and the next ones.
const POOL: usize = 2 * MAX_BATCH;

fn pictures(network: &Network, count: u64) -> Vec<Vec<u8>> {
    let elements = network.input.elements();
    (0..count).map(|image| pixels(elements, image)).collect()
}

fn slices(pictures: &[Vec<u8>]) -> Vec<&[u8]> {
    pictures.iter().map(|pixels| &pixels[..]).collect()
}

/// A network of digits' kind, one that pools, one with signs, and one whose scores are revealed.
fn networks() -> Vec<(Network, Arc<IntegerNetwork>)> {
    let plain = network(6, &[16, 9, 10], 3);
    let pooling = graphs::pooled(5, 2, 4);
    let signs = graphs::binarised(plain.input, &[20, 12, 5], 5);
    let scores = network(6, &[7, 5], 4);
    let revealed = IntegerNetwork::from_float(&scores).unwrap();
    let revealed = Arc::new(revealed.revealing(Reveal::Scores).unwrap());
    [plain, pooling, signs]
        .map(|network| {
            let integers = integers(&network);
            (network, integers)
        })
        .into_iter()
        .chain([(scores, revealed)])
        .collect()
}

/// With the same bundles the same classes come of it, whether pictures are classified one by one or
/// together; and together they cost what is declared.
#[test]
fn a_batch_gives_what_its_pictures_give_one_by_one() {
    for (network, integers) in networks() {
        let cost = Cost::declared(integers.plan()).unwrap();
        let pictures = pictures(&network, 40);
        let mut room = Room::new(&integers, &network.labels, 7, POOL);
        room.run();
        let single: Vec<_> = pictures
            .iter()
            .map(|picture| room.classify(picture).unwrap())
            .collect();
        for one in &single {
            assert_eq!(one.online_bytes, cost.batch_bytes(1));
        }
        let mut room = Room::new(&integers, &network.labels, 7, POOL);
        room.run();
        let mut together = Vec::new();
        for size in [1, 2, 5, MAX_BATCH] {
            let end = together.len() + size;
            let batch = slices(&pictures[together.len()..end]);
            let results = room.classify_all(&batch).unwrap();
            assert_eq!(results.len(), size);
            let bytes: u64 = results.iter().map(|one| one.online_bytes).sum();
            assert_eq!(bytes, cost.batch_bytes(size as u32));
            for one in &results {
                assert_eq!(one.round_trips, cost.round_trips);
                assert_eq!(one.offline_bytes, cost.data_owner_offline_bytes);
            }
            together.extend(results);
        }
        for (one, other) in single.iter().zip(&together) {
            assert_eq!(one.number, other.number);
            assert_eq!(one.ranking, other.ranking);
            assert_eq!(one.scores, other.scores);
        }
    }
}

/// The next bundles are asked for while a batch is under way, and none serves twice.
#[test]
fn the_next_bundles_come_while_a_batch_is_under_way() {
    let network = network(5, &[6, 4], 3);
    let mut room = Room::new(&integers(&network), &network.labels, 1, 8);
    room.run();
    let pictures = pictures(&network, 8);
    let mut numbers = Vec::new();
    for _ in 0..4 {
        assert_eq!(room.data_owner.room(), 8);
        let results = room.classify_all(&slices(&pictures)).unwrap();
        numbers.extend(results.iter().map(|one| one.number));
    }
    assert_eq!(numbers, Vec::from_iter(1..=32));
    assert!(room.aborts(Who::DataOwner).is_empty() && room.aborts(Who::ModelOwner).is_empty());
}

#[test]
fn a_batch_has_as_many_pictures_as_there_is_room_for() {
    let network = network(5, &[6, 4], 3);
    let pictures = pictures(&network, POOL as u64);
    let pictures = slices(&pictures);
    let mut room = Room::with_budget(&integers(&network), &network.labels, 1, (POOL, 40));
    assert_eq!(room.data_owner.room(), 0);
    room.run();
    assert_eq!(room.data_owner.room(), MAX_BATCH);
    let refused = |room: &mut Room, pictures: &[&[u8]]| room.data_owner.classify(pictures).err();
    assert_eq!(refused(&mut room, &[]), Some(Misuse::NotReady));
    assert_eq!(
        refused(&mut room, &pictures[..MAX_BATCH + 1]),
        Some(Misuse::NotReady)
    );
    assert_eq!(
        refused(&mut room, &pictures[..41]),
        Some(Misuse::BudgetSpent)
    );
    assert_eq!(
        room.classify_all(&pictures[..MAX_BATCH]).unwrap().len(),
        MAX_BATCH
    );
    assert_eq!(room.data_owner.room(), 40 - MAX_BATCH);
    assert_eq!(room.data_owner.left(), Some(8));
    assert_eq!(
        refused(&mut room, &pictures[..9]),
        Some(Misuse::BudgetSpent)
    );
    assert_eq!(room.classify_all(&pictures[..8]).unwrap().len(), 8);
    assert_eq!(room.data_owner.room(), 0);
}

/// What the model owner does with the first message of a batch that is longer or shorter by bytes or
/// by pictures, or exceeds what the guest has left.
#[test]
fn a_batch_of_another_length_is_refused() {
    let network = network(5, &[6, 4], 3);
    let pictures = pictures(&network, 4);
    let header = 27;
    let picture = 2 * 25;
    let with = |length: usize| {
        let mut room = Room::with_budget(&integers(&network), &network.labels, 1, (4, 5));
        room.run();
        let step = room.data_owner.classify(&slices(&pictures[..3])).unwrap();
        room.take(Who::DataOwner, step);
        let begun = room
            .queue
            .iter()
            .position(|sent| sent.to == Who::ModelOwner);
        let sent = &mut room.queue[begun.unwrap()];
        let word = (sent.bytes.len() - header) / 3 / 25;
        sent.bytes.resize(header + length * word / 2, 1);
        room.run();
        let aborts = room.aborts(Who::ModelOwner);
        let begun = room.events.iter().find_map(|(_, event)| match event {
            Event::Begun { images, .. } => Some(*images),
            _ => None,
        });
        (aborts.first().map(|abort| abort.reason), begun)
    };
    for wrong in [0, 2, 3 * picture - 2, 3 * picture + 2, 33 * picture] {
        assert_eq!(with(wrong), (Some(Reason::WrongLength), None), "{wrong}");
    }
    assert_eq!(with(6 * picture), (Some(Reason::BudgetSpent), None));
    // Bundles that are not there.
    assert_eq!(with(5 * picture), (Some(Reason::BundleSpent), Some(5)));
}

/// Asked before, the model owner's answer is for the batch.
#[test]
fn a_batch_is_allowed_or_not_as_a_whole() {
    let network = network(5, &[6, 4], 3);
    let pictures = pictures(&network, 3);
    let mut room = Room::with_budget(&integers(&network), &network.labels, 1, (6, 10));
    room.run();
    let step = room.model_owner.ask(Consent::Asked);
    room.take(Who::ModelOwner, step);
    for (allow, left) in [(false, 10), (true, 7)] {
        room.events.clear();
        let step = room.data_owner.classify(&slices(&pictures)).unwrap();
        room.take(Who::DataOwner, step);
        room.run();
        let asked = Event::Asking {
            guest: GUEST,
            images: 3,
        };
        assert!(room.events.contains(&(Who::ModelOwner, asked)));
        let step = room.model_owner.answer(GUEST, allow);
        room.take(Who::ModelOwner, step);
        room.run();
        let classified = |event: &Event| matches!(event, Event::Classified(_));
        let count = room.events.iter().filter(|(_, event)| classified(event));
        assert_eq!(count.count(), if allow { 3 } else { 0 });
        let served = Event::Served {
            guest: GUEST,
            images: 3,
        };
        assert_eq!(room.events.contains(&(Who::ModelOwner, served)), allow);
        assert_eq!(room.data_owner.left(), Some(left));
    }
}

/// Who says how many pictures wait gets as many bundles, and no more than the model owner keeps.
#[test]
fn bundles_are_prepared_for_the_pictures_that_wait() {
    let network = network(5, &[6, 4], 3);
    let mut room = Room::new(&integers(&network), &network.labels, 1, 2);
    room.run();
    assert_eq!(room.data_owner.ready(), 2);
    for (waiting, ready) in [(10, 10), (1000, MAX_POOL), (0, MAX_POOL)] {
        let step = room.data_owner.expect(waiting);
        room.take(Who::DataOwner, step);
        room.run();
        assert_eq!(room.data_owner.ready(), ready);
    }
    assert!(room.aborts(Who::ModelOwner).is_empty());
}

/// With no pool, a bundle is dealt when its picture waits, and no other.
#[test]
fn without_a_pool_bundles_are_dealt_on_demand() {
    let network = network(5, &[6, 4], 3);
    let mut room = Room::new(&integers(&network), &network.labels, 1, 0);
    room.run();
    let picture = pixels(network.input.elements(), 1);
    for _ in 0..3 {
        assert_eq!(room.data_owner.ready(), 0);
        assert!(room.data_owner.may_become_ready());
        let refused = room.data_owner.classify(&[&picture]);
        assert!(matches!(refused, Err(Misuse::NotReady)));
        let step = room.data_owner.expect(1);
        room.take(Who::DataOwner, step);
        room.run();
        assert_eq!(room.data_owner.ready(), 1);
        let step = room.data_owner.expect(0);
        room.take(Who::DataOwner, step);
        let step = room.data_owner.classify(&[&picture]).unwrap();
        room.take(Who::DataOwner, step);
        room.run();
    }
    let classified = |event: &Event| matches!(event, Event::Classified(_));
    let count = room.events.iter().filter(|(_, event)| classified(event));
    assert_eq!(count.count(), 3);
}
