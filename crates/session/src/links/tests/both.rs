//! Messages that are the same for two peers.

use super::*;
use crate::link::{BESIDE_OVERHEAD_BYTES, PIECE_BYTES};
use crate::pace::FIRST_PIECE;
use crate::packet::SEALED_OVERHEAD_BYTES;

const BOTH: [Peer; 2] = [Peer::DataOwner(1), Peer::ModelOwner];

/// Several pieces, and two of the longest.
const LONG: usize = PIECE_BYTES + 5000;

fn long(first: u8) -> Vec<u8> {
    let mut message: Vec<u8> = (0..LONG).map(|i| i as u8).collect();
    message[0] = first;
    message
}

/// What a payload with a seal has beside its record.
fn beside(payload: &[u8]) -> &[u8] {
    &payload[SEALED_OVERHEAD_BYTES..]
}

#[test]
fn both_get_it_in_its_place_and_it_is_encrypted_once() {
    let mut world = World::trio(1);
    let messages = [b"before".to_vec(), long(1), Vec::new(), b"behind".to_vec()];
    for (at, message) in messages.iter().enumerate() {
        if at % 3 == 0 {
            BOTH.iter().for_each(|to| world.send(HELPER, *to, message));
        } else {
            world.send_both(HELPER, BOTH, message);
        }
    }
    let sent: Vec<_> = world.queue.iter().map(|(.., sent)| sent.clone()).collect();
    // The pieces of the long one and one of the empty one, to each of the two, side by side.
    let pieces = LONG.div_ceil(FIRST_PIECE);
    assert_eq!(sent.len(), 2 + 2 * (pieces + 1) + 2);
    let mut beside_all = BTreeSet::new();
    for pair in sent[2..][..2 * (pieces + 1)].chunks(2) {
        assert_eq!(beside(&pair[0]), beside(&pair[1]));
        assert_ne!(
            pair[0][..SEALED_OVERHEAD_BYTES],
            pair[1][..SEALED_OVERHEAD_BYTES]
        );
        assert!(
            beside_all.insert(beside(&pair[0]).to_vec()),
            "the same again"
        );
    }
    let bytes = sent[2..][..2 * pieces].iter().step_by(2).map(Vec::len);
    let bytes: usize = bytes.sum();
    let grown = SEALED_OVERHEAD_BYTES + BESIDE_OVERHEAD_BYTES;
    assert_eq!(bytes, LONG + pieces * grown);
    world.run();
    for (who, from) in [(GUEST, Peer::Helper), (HOST, Peer::Helper)] {
        let came: Vec<_> = messages.iter().map(|m| (from, m.clone())).collect();
        assert!(world.people[who].messages == came, "{who}");
    }
}

/// Wherever a line is cut, everything arrives once and in order at both: a piece that one of them
/// missed goes to that one alone.
#[test]
fn a_line_may_be_cut_after_any_payload() {
    for cut in [HOST, HELPER, GUEST] {
        let mut after = 0;
        loop {
            let mut world = World::trio(3);
            let mut left = after;
            let mut done = false;
            for round in 0..3_u8 {
                world.send_both(HELPER, BOTH, &long(round));
                BOTH.iter()
                    .for_each(|to| world.send(HELPER, *to, &[round; 9]));
                while left > 0 && world.step() {
                    left -= 1;
                }
                if left == 0 && !done {
                    done = true;
                    world.disconnect(cut);
                    // Sent while one of the two, or both, are out of reach.
                    world.send_both(HELPER, BOTH, &long(100 + round));
                    world.connect(cut);
                }
                world.run();
            }
            let mut expected = Vec::new();
            for round in 0..3_u8 {
                expected.extend([long(round), vec![round; 9]]);
            }
            for who in [HOST, GUEST] {
                assert!(!world.told(who, "gone") && !world.told(who, "failed"));
                let came = world.people[who].messages.iter().map(|(_, m)| m.clone());
                let (meanwhile, others): (Vec<_>, Vec<_>) = came.partition(|m| m[0] >= 100);
                assert!(others == expected, "{cut} {after} {who}");
                assert_eq!(meanwhile.len(), usize::from(done));
            }
            if !done {
                break;
            }
            after += 1;
        }
        assert!(
            after > 15,
            "the line was cut after {after} payloads at most"
        );
    }
}

#[test]
fn who_is_not_there_does_not_matter_to_the_other() {
    for (gone, left) in [(HOST, GUEST), (GUEST, HOST)] {
        let mut world = World::trio(4);
        let peer = BOTH[usize::from(gone == HOST)];
        let turn = world.people[HELPER].links.part(peer);
        world.take(HELPER, turn);
        world.run();
        world.send_both(HELPER, BOTH, b"for whoever is there");
        assert_eq!(world.queue.len(), 1);
        world.run();
        assert_eq!(world.people[left].messages.len(), 1);
        assert_eq!(world.people[gone].messages.len(), 0);
    }
}

/// One of the two has taken nothing for so long that its link ends, in the middle of a message.
#[test]
fn who_takes_nothing_does_not_matter_to_the_other() {
    let mut world = World::trio(5);
    world.disconnect(GUEST);
    let link = world.people[HELPER].links.links.get_mut(&BOTH[0]);
    link.unwrap().delivery.fill_but(PIECE_BYTES + 1000);
    world.send_both(HELPER, BOTH, &long(0));
    assert!(world.told(HELPER, "failed DataOwner(1) TooMuchUnreported"));
    world.run();
    assert!(world.people[HOST].messages == [(Peer::Helper, long(0))]);
    assert_eq!(world.peers(HELPER), [Peer::ModelOwner]);
}

/// Bytes beside a record that are not those of its seal end the link that they came over, and no
/// other.
#[test]
fn altered_bytes_end_a_link_at_both_ends() {
    for what in 0..5 {
        let mut world = World::trio(10);
        world.send_both(HELPER, BOTH, &long(0));
        let guest = world.people[GUEST].member.unwrap().id;
        let pieces: Vec<_> = world
            .queue
            .iter()
            .map(|(.., piece)| piece.clone())
            .collect();
        let (.., to, payload) = &mut world.queue[0];
        assert_eq!(*to, guest);
        match what {
            0 => *payload.last_mut().unwrap() ^= 1,
            1 => payload[SEALED_OVERHEAD_BYTES] ^= 1,
            2 => payload.truncate(SEALED_OVERHEAD_BYTES),
            // Another piece of the same message.
            3 => payload
                .splice(SEALED_OVERHEAD_BYTES.., beside(&pieces[2]).to_vec())
                .for_each(drop),
            // Said to be a record without anything beside it.
            _ => {
                payload.truncate(SEALED_OVERHEAD_BYTES);
                payload[0] = 2;
            }
        }
        world.run();
        assert!(world.told(GUEST, "failed Helper Altered"), "{what}");
        assert!(world.told(HELPER, "failed DataOwner(1) Altered"), "{what}");
        assert_eq!(world.people[GUEST].messages, []);
        assert!(world.people[HOST].messages == [(Peer::Helper, long(0))]);
        assert_eq!(world.peers(HELPER), [Peer::ModelOwner]);
    }
}

/// A record that holds no seal has nothing beside it, whatever the relay says.
#[test]
fn nothing_is_put_beside_a_record_without_a_seal() {
    let mut world = World::trio(11);
    // As long as a record with a seal.
    world.send(HELPER, Peer::ModelOwner, &[7; crate::sealed::SEAL_BYTES]);
    for (_, _, payload) in &mut world.queue {
        assert_eq!(payload.len(), SEALED_OVERHEAD_BYTES);
        payload[0] = 4;
        payload.extend_from_slice(b"beside");
    }
    world.run();
    assert!(world.told(HOST, "failed Helper Altered"));
    assert_eq!(world.people[HOST].messages, []);
}

/// The record of one of the two says nothing to the other, who has the same bytes beside its own.
#[test]
fn a_record_is_for_one_of_the_two() {
    let mut world = World::trio(12);
    world.send_both(HELPER, BOTH, b"for both");
    let (for_guest, mut for_host) = (world.queue[0].2.clone(), world.queue[1].2.clone());
    // All but the number in the clear.
    for_host[9..].copy_from_slice(&for_guest[9..]);
    world.queue[1].2 = for_host;
    world.run();
    assert!(world.told(HOST, "failed Helper Altered"));
    assert_eq!(
        world.people[GUEST].messages,
        [(Peer::Helper, b"for both".to_vec())]
    );
    assert_eq!(world.people[HOST].messages, []);
}

#[test]
fn a_message_that_is_too_long_is_refused_before_it_is_kept() {
    let mut world = World::trio(13);
    world.send_both(HELPER, BOTH, &vec![7; (1 << 20) + 1]);
    world.run();
    for who in [HOST, GUEST] {
        assert!(world.told(who, "failed Helper TooLong"), "{who}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever a relay does to any payload, each of the two gets a message as it was sent or not at
    /// all, and never out of order; and what was done to one of them does not matter to the other.
    #[test]
    fn a_hostile_relay_changes_nothing_unseen(at in 0_usize..16, evil in evil(), seed in 0_u64..4) {
        let mut world = World::trio(seed);
        let mut old = World::trio(seed + 100);
        old.send_both(HELPER, BOTH, &[9; 40]);
        let mut sent = [Vec::new(), Vec::new()];
        for round in 1..=4_u8 {
            world.send_both(HELPER, BOTH, &[round; 40]);
            sent.iter_mut().for_each(|sent| sent.push(vec![round; 40]));
            let alone = usize::from(round % 2);
            world.send(HELPER, BOTH[alone], &[10 + round; 40]);
            sent[alone].push(vec![10 + round; 40]);
            world.send(GUEST, Peer::Helper, &[round; 40]);
        }
        let mut handled = 0;
        while {
            if handled == at {
                evil.happen(&mut world, &old.seen);
            }
            handled += 1;
            world.step()
        } {}
        for (who, sent) in [GUEST, HOST].into_iter().zip(sent) {
            let came = world.people[who].messages.iter().map(|(_, m)| m.clone());
            let came: Vec<_> = came.collect();
            prop_assert!(sent.starts_with(&came), "{came:?}");
        }
        let failed = [HOST, GUEST].into_iter().filter(|&who| world.told(who, "failed"));
        prop_assert!(failed.count() <= 1 || matches!(evil, Evil::Elsewhere));
    }
}
