//! Wrong secrets, and messages that are altered, cut, sent twice or out of order.

use crate::common::{GUEST, Room, Sent, Who, integers, network, pixels};
use blindsight_parties::{Consent, Event, Misuse, Peer, Phase, Reason};
use proptest::prelude::*;

fn room(seed: u64) -> Room {
    let network = network(5, &[6, 4], 3);
    Room::new(&integers(&network), &network.labels, seed, 2)
}

/// The model owner does not answer those whom it did not let in.
#[test]
fn a_stranger_gets_nothing_but_an_abort() {
    let mut room = room(1);
    room.run();
    let requests: Vec<_> = room
        .record
        .iter()
        .filter(|sent| sent.to == Who::ModelOwner)
        .cloned()
        .collect();
    for request in requests {
        let answer = room
            .model_owner
            .receive(Peer::DataOwner(77), &request.bytes);
        assert!(
            answer
                .outgoing
                .iter()
                .all(|outgoing| outgoing.message.len() < 16)
        );
    }
}

/// The model owner counts each image when it is begun, and serves no more than it allows.
#[test]
fn a_budget_is_kept_at_both_ends() {
    let network = network(5, &[6, 4], 3);
    let mut room = Room::with_budget(&integers(&network), &network.labels, 1, (2, 3));
    room.run();
    for left in [2, 1, 0] {
        assert!(room.classify(&pixels(25, 1)).is_some());
        assert_eq!(room.data_owner.left(), Some(left));
    }
    assert_eq!(
        room.data_owner.classify(&[&pixels(25, 1)]).err(),
        Some(Misuse::BudgetSpent)
    );
    // Nothing is dealt that could not be used.
    assert_eq!(room.data_owner.ready(), 0);
    // A data owner that goes on all the same is sent away.
    let first = room.record.iter().find(|sent| {
        sent.from == Who::DataOwner && sent.to == Who::ModelOwner && sent.bytes.len() == 27 + 25 * 4
    });
    let again = first.cloned().unwrap();
    room.deliver(&again);
    let reasons: Vec<_> = room
        .aborts(Who::ModelOwner)
        .iter()
        .map(|abort| abort.reason)
        .collect();
    assert_eq!(reasons, [Reason::BudgetSpent]);
}

/// A person who is asked first: nothing is computed before the answer, and no costs nothing but a
/// bundle.
#[test]
fn a_picture_waits_until_it_is_allowed() {
    let network = network(5, &[6, 4], 3);
    let integers = integers(&network);
    let mut room = Room::with_budget(&integers, &network.labels, 1, (2, 5));
    room.run();
    let step = room.model_owner.ask(Consent::Asked);
    room.take(Who::ModelOwner, step);
    let pixels = pixels(25, 1);
    for (allow, left) in [(false, 5), (true, 4), (true, 3), (false, 3)] {
        room.run();
        let events = room.events.len();
        let step = room.data_owner.classify(&[&pixels]).unwrap();
        room.take(Who::DataOwner, step);
        room.run();
        let asked = |event: &Event| {
            *event
                == Event::Asking {
                    guest: GUEST,
                    images: 1,
                }
        };
        let count = |room: &Room, wanted: &dyn Fn(&Event) -> bool| {
            let new = room.events[events..].iter();
            new.filter(|(_, event)| wanted(event)).count()
        };
        assert_eq!(count(&room, &asked), 1);
        assert_eq!(count(&room, &|event| *event == Event::Held), 1);
        assert_eq!(
            count(&room, &|event| matches!(event, Event::Begun { .. })),
            0
        );
        // A second answer is none: nothing waits any more.
        for answer in [allow, !allow] {
            let step = room.model_owner.answer(GUEST, answer);
            room.take(Who::ModelOwner, step);
            room.run();
        }
        let classified = count(&room, &|event| matches!(event, Event::Classified(_)));
        assert_eq!(classified, usize::from(allow));
        assert_eq!(
            count(&room, &|event| *event == Event::Denied),
            usize::from(!allow)
        );
        assert_eq!(room.data_owner.left(), Some(left));
        assert!(room.aborts(Who::DataOwner).is_empty() && room.aborts(Who::ModelOwner).is_empty());
    }
    // What waits when the person asks no more is classified.
    let step = room.data_owner.classify(&[&pixels]).unwrap();
    room.take(Who::DataOwner, step);
    room.run();
    let step = room.model_owner.ask(Consent::Given);
    room.take(Who::ModelOwner, step);
    room.run();
    assert_eq!(room.data_owner.left(), Some(2));
    assert!(room.classify(&pixels).is_some());
}

#[test]
fn a_guest_can_be_sent_away() {
    let mut room = room(1);
    room.run();
    let step = room.model_owner.dismiss(GUEST);
    room.take(Who::ModelOwner, step);
    room.run();
    let reasons: Vec<_> = room
        .aborts(Who::DataOwner)
        .iter()
        .map(|abort| abort.reason)
        .collect();
    assert_eq!(reasons, [Reason::Dismissed]);
    assert_eq!(room.helper.serving(), 0);
}

#[test]
fn pictures_of_another_size_and_a_second_one_at_a_time_are_refused() {
    let mut room = room(1);
    assert_eq!(
        room.data_owner.classify(&[&[0; 25]]).err(),
        Some(Misuse::NotReady)
    );
    room.run();
    let wrong = room.data_owner.classify(&[&[0; 24]]).err();
    assert_eq!(
        wrong,
        Some(Misuse::Pixels {
            expected: 25,
            found: 24
        })
    );
    assert!(room.data_owner.classify(&[&[0; 25]]).is_ok());
    assert_eq!(
        room.data_owner.classify(&[&[0; 25]]).err(),
        Some(Misuse::Busy)
    );
}

/// The messages of one image, in order, from the first masked input to the class share.
fn image_messages(seed: u64) -> (Room, Vec<Sent>) {
    let mut room = room(seed);
    room.run();
    room.record.clear();
    let step = room.data_owner.classify(&[&pixels(25, 1)]).unwrap();
    room.take(Who::DataOwner, step);
    let before = room.record.clone();
    (room, before)
}

/// Runs one image, altering the message at `index` on its way, and returns the room.
fn altered(seed: u64, index: usize, alter: impl Fn(&mut Sent)) -> (Room, bool) {
    let (mut room, _) = image_messages(seed);
    room.events.clear();
    let (mut count, mut did) = (0, false);
    while let Some(mut sent) = room.queue.pop_front() {
        if count == index {
            alter(&mut sent);
            did = true;
        }
        count += 1;
        room.deliver(&sent);
    }
    (room, did)
}

#[test]
fn a_message_of_wrong_length_is_a_typed_error_at_every_step() {
    // Masked input, opening, masked input, differences, wins, class share.
    for index in 0..6 {
        for cut in [true, false] {
            let (room, did) = altered(1, index, |sent| {
                if cut {
                    sent.bytes.pop();
                } else {
                    sent.bytes.push(0);
                }
            });
            assert!(did);
            let receiver = if index % 2 == 0 {
                Who::ModelOwner
            } else {
                Who::DataOwner
            };
            let aborts = room.aborts(receiver);
            let first = aborts
                .first()
                .unwrap_or_else(|| panic!("message {index}, cut {cut}"));
            assert!(
                matches!(
                    first.reason,
                    Reason::WrongLength | Reason::Malformed | Reason::OutOfOrder
                ),
                "{first:?}"
            );
            let phases = [Phase::Classify, Phase::Deal];
            assert!(phases.contains(&first.phase), "{first:?}");
            // The other side hears of it.
            let other = if index % 2 == 0 {
                Who::DataOwner
            } else {
                Who::ModelOwner
            };
            assert!(!room.aborts(other).is_empty());
            assert!(
                !room
                    .events
                    .iter()
                    .any(|(_, event)| format!("{event:?}").contains("Classified"))
            );
        }
    }
}

#[test]
fn a_message_that_comes_twice_is_a_typed_error() {
    for index in 0..5 {
        let (mut room, _) = image_messages(1);
        room.events.clear();
        let mut count = 0;
        while let Some(sent) = room.queue.pop_front() {
            room.deliver(&sent);
            if count == index {
                room.deliver(&sent);
            }
            count += 1;
        }
        let receiver = if index % 2 == 0 {
            Who::ModelOwner
        } else {
            Who::DataOwner
        };
        let aborts = room.aborts(receiver);
        let reasons: Vec<_> = aborts.iter().map(|abort| abort.reason).collect();
        let refused = [Reason::OutOfOrder, Reason::BundleSpent];
        assert!(
            reasons.iter().any(|reason| refused.contains(reason)),
            "message {index}: {reasons:?}"
        );
    }
}

/// A recorded image played again: the model owner refuses the number and answers nothing.
#[test]
fn a_bundle_number_is_refused_the_second_time() {
    let (mut room, first) = image_messages(1);
    room.run();
    room.events.clear();
    room.record.clear();
    let masked_input = first.first().unwrap().clone();
    room.deliver(&masked_input);
    let aborts = room.aborts(Who::ModelOwner);
    assert_eq!(
        aborts.first().map(|abort| abort.reason),
        Some(Reason::BundleSpent)
    );
    assert!(
        room.record.iter().all(|sent| sent.bytes.len() < 16),
        "nothing but an abort"
    );
}

#[test]
fn the_helper_deals_no_number_twice() {
    let mut room = room(1);
    room.run();
    let asked = room.record.iter().find(|sent| {
        (sent.from, sent.to) == (Who::DataOwner, Who::Helper) && sent.bytes.len() == 9
    });
    let asked = asked.unwrap().clone();
    room.events.clear();
    room.deliver(&asked);
    let aborts = room.aborts(Who::Helper);
    assert_eq!(
        aborts.first().map(|abort| abort.reason),
        Some(Reason::BundleSpent)
    );
}

/// A bundle has two parts, each once, in their order, of the right length and session.
#[test]
fn parts_of_a_bundle_come_in_their_order() {
    const CORRECTIONS: u8 = 9;
    const KEYS: u8 = 10;
    let reason = |change: &dyn Fn(&mut Vec<Sent>)| {
        let mut room = room(1);
        // The two parts of the first bundle, as they are about to arrive.
        let mut parts = Vec::new();
        while parts.len() < 2 {
            let sent = room.queue.pop_front().unwrap();
            if sent.to == Who::DataOwner && [CORRECTIONS, KEYS].contains(&sent.bytes[0]) {
                parts.push(sent);
            } else {
                room.deliver(&sent);
            }
        }
        assert_eq!([parts[0].bytes[0], parts[1].bytes[0]], [CORRECTIONS, KEYS]);
        change(&mut parts);
        parts.iter().for_each(|sent| room.deliver(sent));
        let aborts = room.aborts(Who::DataOwner);
        aborts.first().map(|abort| abort.reason)
    };
    assert_eq!(reason(&|_| {}), None);
    let out_of_order = Some(Reason::OutOfOrder);
    assert_eq!(reason(&|parts| parts.swap(0, 1)), out_of_order);
    assert_eq!(reason(&|parts| parts[1] = parts[0].clone()), out_of_order);
    // Of another session, and of another bundle.
    assert_eq!(reason(&|parts| parts[1].bytes[1] ^= 1), out_of_order);
    assert_eq!(reason(&|parts| parts[1].bytes[17] ^= 8), out_of_order);
    let spent = Some(Reason::BundleSpent);
    assert_eq!(reason(&|parts| parts[0].bytes[1] ^= 8), spent);
    for part in [0, 1] {
        let wrong = Some(Reason::WrongLength);
        assert_eq!(reason(&|parts| parts[part].bytes.push(0)), wrong);
        let shorter = reason(&|parts| {
            parts[part].bytes.pop();
        });
        assert_eq!(shorter, wrong);
    }
}

#[test]
fn messages_from_strangers_are_refused() {
    let mut room = room(1);
    room.run();
    let mut rng = <chacha20::ChaCha20Rng as rand_core::SeedableRng>::seed_from_u64(4);
    let messages: Vec<Vec<u8>> = room.record.iter().map(|sent| sent.bytes.clone()).collect();
    for message in &messages {
        let step = room
            .helper
            .receive(Peer::DataOwner(GUEST + 1), message, &mut rng);
        assert!(
            step.outgoing
                .iter()
                .all(|outgoing| outgoing.message.len() < 16)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is flipped in whatever message of the agreement, the dealing or an image: no
    /// panic, and every message that is refused is refused with a reason.
    #[test]
    fn flipped_bits_never_panic(index in 0_usize..40, at: prop::sample::Index, bit in 0_u8..8) {
        let mut room = room(2);
        let mut count = 0;
        let mut asked = false;
        loop {
            let Some(mut sent) = room.queue.pop_front() else {
                if asked {
                    break;
                }
                asked = true;
                if let Ok(step) = room.data_owner.classify(&[&pixels(25, 1)]) {
                    room.take(Who::DataOwner, step);
                }
                continue;
            };
            if count == index {
                let at = at.index(sent.bytes.len());
                sent.bytes[at] ^= 1 << bit;
            }
            count += 1;
            room.deliver(&sent);
        }
    }

    /// Random bytes from anyone to anyone.
    #[test]
    fn random_messages_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), which in 0_usize..6) {
        let mut room = room(3);
        room.run();
        let links = [
            (Who::DataOwner, Who::ModelOwner),
            (Who::DataOwner, Who::Helper),
            (Who::ModelOwner, Who::DataOwner),
            (Who::ModelOwner, Who::Helper),
            (Who::Helper, Who::DataOwner),
            (Who::Helper, Who::ModelOwner),
        ];
        let (from, to) = links[which];
        room.deliver(&Sent { from, to, again: false, bytes });
    }
}
