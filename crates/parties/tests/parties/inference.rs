//! Whole evaluations with all three roles in memory.

use std::sync::Arc;

use crate::common::{GUEST, Room, Who, integers, labels, network, pixels};
use blindsight_model::{
    evaluate::{float, integer},
    fixed_point::IntegerNetwork,
    plan::Reveal,
};
use blindsight_parties::{Cost, Event, Peer};

/// The secure class is the class of the integer network in the clear, save where the truncation's
/// extra unit turns a near-tie.
#[test]
fn the_secure_class_is_the_class_in_the_clear() {
    let shapes: [&[usize]; 5] = [&[10], &[2], &[7, 3], &[16, 9, 10], &[5, 5, 5, 5, 17]];
    let (mut equal, mut all) = (0, 0);
    for (index, widths) in shapes.iter().enumerate() {
        let network = network(6, widths, index as u64);
        let integers = integers(&network);
        let mut room = Room::new(&integers, &network.labels, 100 + index as u64, 4);
        room.run();
        for image in 0..40 {
            let picture = pixels(36, image);
            let result = room.classify(&picture).expect("a result");
            assert_eq!(result.labels, [format!("class {}", result.class)]);
            assert_eq!(result.ranking, [result.class]);
            let logits = integer::logits(&integers, &picture).unwrap();
            let class = integer::classify(&integers, &picture).unwrap();
            all += 1;
            if result.class == class {
                equal += 1;
            } else {
                // A different class must be a near-tie: within what one unit of each activation
                // can move the logits.
                let last = integers.layers().last().unwrap();
                let blindsight_model::fixed_point::Weights::Integers(weights) = &last.weights
                else {
                    panic!("these weights are no signs")
                };
                let row = |class| weights.row(class).to_vec();
                let pairs = row(class).into_iter().zip(row(result.class));
                let slack: i64 = pairs.map(|(a, b)| i64::from((a - b).abs())).sum();
                assert!(
                    logits[class] - logits[result.class] <= 2 * slack,
                    "{widths:?}, image {image}: {logits}"
                );
            }
        }
    }
    assert!(equal * 100 >= all * 97, "{equal} of {all}");
}

/// As many classes as the model owner wants are revealed, in the order of their logits.
#[test]
fn the_likeliest_few_are_revealed() {
    let network = network(6, &[16, 9, 10], 3);
    for top in [2, 3, 10] {
        let integers = IntegerNetwork::from_float(&network).unwrap();
        let integers = Arc::new(integers.revealing(Reveal::Ranking { top }).unwrap());
        let declared = Cost::declared(integers.plan()).unwrap();
        let mut room = Room::new(&integers, &network.labels, 7, 4);
        room.run();
        let mut equal = 0;
        for image in 0..20 {
            let picture = pixels(36, image);
            let logits = integer::logits(&integers, &picture).unwrap();
            let mut order: Vec<usize> = (0..logits.len()).collect();
            order.sort_by_key(|class| -logits[*class]);
            order.truncate(top.into());
            let result = room.classify(&picture).unwrap();
            assert_eq!(result.ranking.len(), usize::from(top));
            assert_eq!(result.class, result.ranking[0]);
            assert_eq!(result.online_bytes, declared.online_bytes);
            assert_eq!(result.offline_bytes, declared.data_owner_offline_bytes);
            equal += usize::from(result.ranking == order);
        }
        // Near-ties may change places, as the class itself may.
        assert!(equal >= 16, "{equal} of 20 at {top}");
    }
    for top in [0, 11] {
        let integers = IntegerNetwork::from_float(&network).unwrap();
        assert!(integers.revealing(Reveal::Ranking { top }).is_err());
    }
}

/// Scores are the logits of the network, and cost what is declared.
#[test]
fn scores_are_revealed() {
    let network = network(6, &[16, 9, 10], 3);
    let integers = IntegerNetwork::from_float(&network).unwrap();
    let integers = Arc::new(integers.revealing(Reveal::Scores).unwrap());
    let declared = Cost::declared(integers.plan()).unwrap();
    let unit = integers.plan().output().unit as f64;
    let mut room = Room::new(&integers, &network.labels, 7, 4);
    room.run();
    for image in 0..20 {
        let picture = pixels(36, image);
        let result = room.classify(&picture).unwrap();
        assert_eq!(result.online_bytes, declared.online_bytes);
        assert_eq!(result.offline_bytes, declared.data_owner_offline_bytes);
        assert_eq!(result.round_trips, declared.round_trips);
        let scores = result.scores.unwrap();
        let plain = float::logits(&network, &picture).unwrap();
        for (secure, plain) in scores.logits().iter().zip(&plain) {
            let difference = *secure as f64 / unit - f64::from(*plain);
            assert!(difference.abs() < 0.05, "{secure} / {unit} for {plain}");
        }
        let softmax = scores.softmax();
        assert!((softmax.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let order: Vec<f64> = result.ranking.iter().map(|class| softmax[*class]).collect();
        assert!(order.is_sorted_by(|a, b| a >= b));
    }
}

/// Declared cost is measured cost, byte for byte, for all links and for the data owner's own meter.
#[test]
fn declared_cost_is_measured_cost() {
    for widths in [&[10][..], &[6, 4], &[13, 9, 10]] {
        let network = network(5, widths, 3);
        let integers = integers(&network);
        let cost = Cost::declared(integers.plan()).unwrap();
        let mut room = Room::new(&integers, &network.labels, 1, 1);
        // Hosting: all that the model owner sends the data owner, less the offer.
        let mut hosting = 0;
        while let Some(sent) = room.queue.pop_front() {
            if (sent.from, sent.to) == (Who::ModelOwner, Who::DataOwner) {
                hosting += sent.bytes.len() as u64;
            }
            room.deliver(&sent);
        }
        let ready = 9;
        let offer = room
            .record
            .iter()
            .find(|sent| (sent.from, sent.to) == (Who::ModelOwner, Who::DataOwner));
        let offer = offer.unwrap().bytes.len() as u64;
        assert_eq!(hosting, cost.hosting_bytes + offer + ready);

        for image in 0..3 {
            room.record.clear();
            let result = room.classify(&pixels(25, image)).expect("a result");
            let bytes = |from, to| -> u64 {
                let link = room
                    .record
                    .iter()
                    .filter(|sent| (sent.from, sent.to) == (from, to));
                link.map(|sent| sent.bytes.len() as u64).sum()
            };
            // One image and the bundle that replaces its own.
            let between =
                bytes(Who::DataOwner, Who::ModelOwner) + bytes(Who::ModelOwner, Who::DataOwner);
            let data_owner_dealt =
                bytes(Who::Helper, Who::DataOwner) + bytes(Who::DataOwner, Who::Helper);
            let model_owner_dealt = bytes(Who::Helper, Who::ModelOwner);
            let ahead_and_ready = between - cost.online_bytes;
            assert_eq!(
                data_owner_dealt + ahead_and_ready,
                cost.data_owner_offline_bytes
            );
            assert_eq!(
                model_owner_dealt + ahead_and_ready,
                cost.model_owner_offline_bytes
            );
            assert_eq!(bytes(Who::ModelOwner, Who::Helper), 0);
            // The keys go up once, though both get them.
            let uploaded = room.record.iter().filter(|sent| sent.from == Who::Helper);
            let uploaded = uploaded.filter(|sent| !sent.again);
            let uploaded: usize = uploaded.map(|sent| sent.bytes.len()).sum();
            assert_eq!(uploaded as u64, cost.helper_upload_bytes);
            let deals = 9;
            assert!(cost.helper_upload_bytes < model_owner_dealt + data_owner_dealt - deals);
            let dealt = room.events.iter().find_map(|(_, event)| match event {
                Event::Dealt { bytes, .. } => Some(*bytes),
                _ => None,
            });
            assert_eq!(dealt, Some(cost.helper_upload_bytes));
            assert_eq!(result.online_bytes, cost.online_bytes);
            assert_eq!(result.offline_bytes, cost.data_owner_offline_bytes);
            assert_eq!(result.round_trips, cost.round_trips);
            assert_eq!(cost.round_trips as usize, widths.len() + 1);
        }
    }
}

/// The network that the site offers stays within its budget.
#[test]
fn the_digits_network_is_within_budget() {
    let network = network(28, &[128, 128, 10], 1);
    let cost = Cost::declared(integers(&network).plan()).unwrap();
    assert_eq!(cost.round_trips, 4);
    assert!(cost.online_bytes <= 12_000, "{cost:?}");
    assert!(cost.data_owner_offline_bytes <= 300_000, "{cost:?}");
    assert!(cost.model_owner_offline_bytes <= 300_000, "{cost:?}");
}

/// Once bundles are dealt, the helper may leave: as many images as there are bundles can follow.
#[test]
fn the_helper_may_leave_once_it_has_dealt() {
    let network = network(5, &[6, 4], 3);
    let mut room = Room::new(&integers(&network), &network.labels, 1, 3);
    room.run();
    let step = room.data_owner.peer_left(Peer::Helper);
    room.take(Who::DataOwner, step);
    let step = room.model_owner.peer_left(Peer::Helper);
    room.take(Who::ModelOwner, step);
    for image in 0..3 {
        assert!(room.data_owner.may_become_ready() || room.data_owner.ready() > 0);
        assert!(room.classify(&pixels(25, image)).is_some());
    }
    assert_eq!(room.data_owner.ready(), 0);
    assert!(!room.data_owner.may_become_ready());
    assert!(room.data_owner.classify(&[&pixels(25, 9)]).is_err());
}

/// A helper that leaves in good order says so; what it dealt stays of use.
#[test]
fn a_helper_that_stops_leaves_its_bundles_behind() {
    let network = network(5, &[6, 4], 3);
    let mut room = Room::new(&integers(&network), &network.labels, 1, 2);
    room.run();
    let step = room.helper.stop();
    room.take(Who::Helper, step);
    room.run();
    assert!(room.classify(&pixels(25, 1)).is_some());
    assert!(room.classify(&pixels(25, 2)).is_some());
    assert_eq!(room.data_owner.ready(), 0);
}

/// A helper is replaced at every moment of an image: the image under way is lost, never wrong, and
/// the next one is classified with what the new helper dealt.
#[test]
fn a_helper_may_be_replaced_at_any_moment() {
    let network = network(5, &[6, 4], 3);
    let integers = integers(&network);
    let picture = pixels(25, 1);
    let class = integer::classify(&integers, &picture).unwrap();
    for moment in 0..12 {
        let mut room = Room::new(&integers, &network.labels, 7, 2);
        room.run();
        let step = room.data_owner.classify(&[&picture]).unwrap();
        room.take(Who::DataOwner, step);
        for _ in 0..moment {
            if let Some(sent) = room.queue.pop_front() {
                room.deliver(&sent);
            }
        }
        let step = room.data_owner.peer_left(Peer::Helper);
        room.take(Who::DataOwner, step);
        let step = room.model_owner.peer_left(Peer::Helper);
        room.take(Who::ModelOwner, step);
        room.queue
            .retain(|sent| sent.from != Who::Helper && sent.to != Who::Helper);
        room.helper = blindsight_parties::Helper::new();
        room.helper_joins();
        let step = room.data_owner.peer_joined(Peer::Helper);
        room.take(Who::DataOwner, step);
        room.run();
        for who in [Who::DataOwner, Who::ModelOwner, Who::Helper] {
            assert_eq!(room.aborts(who), [], "moment {moment}, {who:?}");
        }
        let result = room.classify(&picture).expect("a result");
        assert_eq!(result.class, class, "moment {moment}");
    }
}

/// A second helper means new seeds, new masks and new bundles; nothing dealt by the first is used.
#[test]
fn a_new_helper_starts_anew() {
    let network = network(5, &[6, 4], 3);
    let mut room = Room::new(&integers(&network), &network.labels, 1, 3);
    room.run();
    assert!(room.classify(&pixels(25, 1)).is_some());
    let first: Vec<_> = room.record.clone();
    for who in [Who::DataOwner, Who::ModelOwner] {
        let step = match who {
            Who::DataOwner => room.data_owner.peer_left(Peer::Helper),
            _ => room.model_owner.peer_left(Peer::Helper),
        };
        room.take(who, step);
    }
    room.helper = blindsight_parties::Helper::new();
    room.helper_joins();
    let step = room.data_owner.peer_joined(Peer::Helper);
    room.take(Who::DataOwner, step);
    room.run();
    assert_eq!(room.data_owner.ready(), 3);
    assert!(room.classify(&pixels(25, 1)).is_some());
    // Nothing but the fixed control messages is sent twice.
    let second = &room.record[first.len()..];
    let again = second
        .iter()
        .filter(|sent| first.contains(sent) && sent.bytes.len() > 64);
    assert_eq!(again.count(), 0);
}

/// Several data owners at once, each with seeds of its own.
#[test]
fn the_model_owner_reports_its_guests() {
    let network = network(5, &[6, 4], 3);
    let mut room = Room::new(&integers(&network), &labels(4), 1, 2);
    room.run();
    let ready = (
        Who::ModelOwner,
        Event::Guest {
            guest: GUEST,
            state: blindsight_parties::GuestState::Ready,
        },
    );
    assert!(room.events.contains(&ready));
    assert!(room.classify(&pixels(25, 1)).is_some());
    assert!(room.events.contains(&(
        Who::ModelOwner,
        Event::Served {
            guest: GUEST,
            images: 1
        }
    )));
}
