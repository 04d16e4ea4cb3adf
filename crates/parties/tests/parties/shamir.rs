//! Evaluations among compute parties, against the same integers in the clear.

use crate::common::{
    committee::{Committees, OWNER, hosted, try_hosted},
    graphs, network, pixels,
};
use blindsight_model::{
    evaluate::integer,
    network::{Network, Shape},
    plan::Reveal,
    shamir::{Finish, Signs, oracle},
};
use blindsight_mpc::shamir::legendre::Symbols;
use blindsight_parties::{Event, Misuse, Peer};

const CLASS: Reveal = Reveal::Ranking { top: 1 };

/// Logits are those of the integer network, but for what truncation rounds up: a small part of their
/// span. Where nothing is truncated they are equal.
fn check_scores(network: &Network, parties: u8, signs: Signs, seed: u64, pictures: u64) -> bool {
    let Some(both) = try_hosted(network, parties, signs, Reveal::Scores) else {
        return false;
    };
    let (integers, scheme) = &both;
    let exact = (0..integers.plan().steps()).all(|step| integers.is_exact(step));
    let mut room = Committees::new(&both, &network.labels, seed, (1, 100));
    room.run();
    for picture in 0..pictures {
        let picture = pixels(network.input.elements(), seed ^ picture);
        let clear = oracle::logits(scheme, integers, &picture).unwrap();
        let result = room.classify(&picture).expect("a result");
        let scores = result.scores.unwrap();
        if exact {
            assert_eq!(scores.logits(), clear.to_vec());
            continue;
        }
        let span = clear.iter().max().unwrap() - clear.iter().min().unwrap();
        for (secure, clear) in scores.logits().iter().zip(&clear) {
            let off = (secure - clear).abs();
            assert!(
                off * 20 <= span,
                "{secure} for {clear}, of a span of {span}"
            );
        }
    }
    true
}

#[test]
fn scores_are_those_in_the_clear() {
    for parties in [3, 4, 5, 7] {
        let network = network(6, &[16, 9, 10], 3);
        assert!(check_scores(&network, parties, Signs::Exact, 1, 3));
    }
}

/// Signs are exact: every logit is equal.
#[test]
fn binarised_networks_are_exact() {
    let input = Shape {
        channels: 1,
        height: 5,
        width: 5,
    };
    for parties in [3, 5, 7] {
        let network = graphs::binarised(input, &[40, 33, 24, 6], parties.into());
        assert!(check_scores(&network, parties, Signs::Exact, 2, 4));
    }
}

/// Legendre symbols give what they give in the clear, within their range and beyond it.
#[test]
fn symbols_give_what_they_give_in_the_clear() {
    let input = Shape {
        channels: 1,
        height: 5,
        width: 5,
    };
    for symbols in [Symbols::One, Symbols::Three, Symbols::Five] {
        let network = graphs::binarised(input, &[40, 33, 24, 6], 7);
        let signs = Signs::Legendre(symbols);
        let (_, scheme) = hosted(&network, 3, signs, CLASS);
        // Sums of pixels are compared exactly.
        assert!(matches!(scheme.finish(0), Some(Finish::Sign { .. })));
        assert_eq!(scheme.finish(1), Some(Finish::Legendre(symbols)));
        assert!(check_scores(&network, 3, signs, 3, 4));
    }
}

/// Every kind of layer, in networks put together at random. The sums of some are too wide.
#[test]
fn any_network_is_the_same_in_the_clear_and_among_parties() {
    let fits = |seed: &u64| check_scores(&graphs::random(*seed), 3, Signs::Exact, *seed, 1);
    let fitting = (0..40).filter(fits).count();
    assert!(fitting >= 20, "{fitting} of 40");
}

/// The likeliest classes, in their order, and nothing about how likely they are.
#[test]
fn the_likeliest_classes_are_those_in_the_clear() {
    let input = Shape {
        channels: 1,
        height: 5,
        width: 5,
    };
    let network = graphs::binarised(input, &[40, 33, 6], 3);
    for (parties, top) in [(3, 6), (5, 3), (7, 2)] {
        let both = hosted(&network, parties, Signs::Exact, Reveal::Ranking { top });
        let mut room = Committees::new(&both, &network.labels, 3, (1, 100));
        room.run();
        for image in 0..3 {
            let picture = pixels(25, image);
            let logits = oracle::logits(&both.1, &both.0, &picture).unwrap();
            let mut order: Vec<usize> = (0..logits.len()).collect();
            order.sort_by_key(|class| std::cmp::Reverse(logits[*class]));
            let result = room.classify(&picture).expect("a result");
            assert_eq!(result.ranking, order[..usize::from(top)]);
            assert_eq!((result.class, result.scores.is_none()), (order[0], true));
        }
    }
}

/// The class is that in the clear, save near-ties; only the data owner learns it.
#[test]
fn the_class_is_that_in_the_clear() {
    let (mut equal, mut all) = (0, 0);
    for (parties, widths) in [(3, &[16, 9, 10][..]), (3, &[2]), (5, &[7, 3]), (7, &[10])] {
        let network = network(6, widths, 5);
        let both = hosted(&network, parties, Signs::Exact, CLASS);
        let mut room = Committees::new(&both, &network.labels, 9, (2, 100));
        room.run();
        assert_eq!(room.data_owner.ready(), 2);
        for image in 0..6 {
            let picture = pixels(36, image);
            let result = room.classify(&picture).expect("a result");
            assert_eq!(result.labels, [format!("class {}", result.class)]);
            assert!(result.scores.is_none());
            let class = integer::classify(&both.0, &picture).unwrap();
            all += 1;
            equal += i32::from(result.class == class);
            let served = room
                .events
                .iter()
                .filter(|(_, event)| matches!(event, Event::Served { .. }));
            assert_eq!(served.count(), usize::from(parties) + 1);
        }
    }
    assert!(equal * 100 >= all * 95, "{equal} of {all}");
}

/// As many images as the model owner allows, and one at a time.
#[test]
fn a_budget_is_kept() {
    let network = network(5, &[6, 4], 3);
    let both = hosted(&network, 3, Signs::Exact, CLASS);
    let mut room = Committees::new(&both, &network.labels, 1, (5, 2));
    let early = |room: &mut Committees| {
        let picture = pixels(25, 1);
        room.data_owner.classify(&picture, &mut room.rng).err()
    };
    assert_eq!(early(&mut room), Some(Misuse::NotReady));
    room.run();
    assert_eq!(room.data_owner.ready(), 2);
    assert!(room.classify(&pixels(25, 1)).is_some());
    room.begin(&pixels(25, 2));
    assert_eq!(early(&mut room), Some(Misuse::Busy));
    room.run();
    assert_eq!(early(&mut room), Some(Misuse::BudgetSpent));
    assert!(room.aborts(OWNER).is_empty() && room.aborts(Peer::ModelOwner).is_empty());
}
