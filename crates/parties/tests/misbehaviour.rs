//! Wrong secrets, and messages that are altered, cut, sent twice or out of order.

#![allow(clippy::unwrap_used)]

mod common;

use blindsight_parties::{Misuse, Peer, Phase, Reason};
use common::{GUEST, Room, Sent, Who, integers, network, pixels};
use proptest::prelude::*;

fn room(seed: u64) -> Room {
    let network = network(5, &[6, 4], 3);
    Room::new(&integers(&network), &network.labels, seed, 2)
}

#[test]
fn a_wrong_secret_is_refused() {
    let mut room = room(1);
    room.run();
    let mut stranger = blindsight_parties::DataOwner::new([8; 16], 2);
    let step = stranger.peer_joined(Peer::ModelOwner);
    let mut rng = <chacha20::ChaCha20Rng as rand_core::SeedableRng>::seed_from_u64(4);
    let answer = room
        .model_owner
        .receive(Peer::DataOwner(77), &step.outgoing[0].message, &mut rng);
    assert_eq!(answer.outgoing.len(), 1, "an abort and no offer");
    let told = stranger.receive(Peer::ModelOwner, &answer.outgoing[0].message, &mut rng);
    let abort = told.events.first().unwrap();
    assert!(
        format!("{abort:?}").contains("WrongInvitation"),
        "{abort:?}"
    );
}

/// A stranger in the helper's place gets no plan, no seed and no guest.
#[test]
fn a_helper_with_a_wrong_secret_is_refused() {
    let mut room = room(1);
    room.queue.clear();
    room.record.clear();
    room.helper = blindsight_parties::Helper::new([1; 16]);
    let step = room.helper.peer_joined(Peer::ModelOwner);
    room.take(Who::Helper, step);
    room.run();
    let aborts = room.aborts(Who::ModelOwner);
    assert_eq!(
        aborts.first().map(|abort| abort.reason),
        Some(Reason::WrongInvitation)
    );
    let told = room
        .record
        .iter()
        .filter(|sent| sent.from == Who::ModelOwner);
    assert!(told.clone().count() == 1 && told.clone().all(|sent| sent.bytes.len() < 16));
}

#[test]
fn a_used_up_invitation_is_refused() {
    let network = network(5, &[6, 4], 3);
    let hosting =
        blindsight_parties::Hosting::new(&integers(&network), "test", &network.labels).unwrap();
    let tokens = blindsight_parties::Tokens {
        data_owner: [7; 16],
        helper: [9; 16],
    };
    let mut model_owner = blindsight_parties::ModelOwner::new(hosting, tokens, Some(1));
    let mut rng = <chacha20::ChaCha20Rng as rand_core::SeedableRng>::seed_from_u64(4);
    let mut hello = |guest| {
        let mut data_owner = blindsight_parties::DataOwner::new([7; 16], 2);
        let step = data_owner.peer_joined(Peer::ModelOwner);
        model_owner.receive(Peer::DataOwner(guest), &step.outgoing[0].message, &mut rng)
    };
    assert!(!format!("{:?}", hello(1).events).contains("Aborted"));
    assert!(format!("{:?}", hello(2).events).contains("InvitationUsedUp"));
}

#[test]
fn pictures_of_another_size_and_a_second_one_at_a_time_are_refused() {
    let mut room = room(1);
    assert_eq!(
        room.data_owner.classify(&[0; 25]).err(),
        Some(Misuse::NotReady)
    );
    room.run();
    let wrong = room.data_owner.classify(&[0; 24]).err();
    assert_eq!(
        wrong,
        Some(Misuse::Pixels {
            expected: 25,
            found: 24
        })
    );
    assert!(room.data_owner.classify(&[0; 25]).is_ok());
    assert_eq!(room.data_owner.classify(&[0; 25]).err(), Some(Misuse::Busy));
}

/// The messages of one image, in order, from the first masked input to the class share.
fn image_messages(seed: u64) -> (Room, Vec<Sent>) {
    let mut room = room(seed);
    room.run();
    room.record.clear();
    let step = room.data_owner.classify(&pixels(25, 1)).unwrap();
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
                if let Ok(step) = room.data_owner.classify(&pixels(25, 1)) {
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
        room.deliver(&Sent { from, to, bytes });
    }
}
