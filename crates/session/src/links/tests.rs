use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::link::OVERHEAD_BYTES;
use world::{GUEST, HELPER, HOST, PLAN, ROOM, World};

mod both;
mod mesh;
mod waiting;
mod world;

#[test]
fn three_meet_and_see_the_same_words() {
    let mut world = World::trio(1);
    let guest = Peer::DataOwner(1);
    assert_eq!(world.peers(HOST), [guest, Peer::Helper]);
    assert_eq!(world.peers(HELPER), [guest, Peer::ModelOwner]);
    assert_eq!(world.peers(GUEST), [Peer::ModelOwner, Peer::Helper]);
    let words = |who: usize, peer| world.people[who].words[&peer];
    assert_eq!(words(HOST, guest), words(GUEST, Peer::ModelOwner));
    assert_eq!(words(HELPER, guest), words(GUEST, Peer::Helper));
    assert_eq!(words(HELPER, Peer::ModelOwner), words(HOST, Peer::Helper));
    let all = [
        words(HOST, guest),
        words(HELPER, guest),
        words(HOST, Peer::Helper),
    ];
    assert_eq!(
        all.map(|w| w.digits())
            .into_iter()
            .collect::<BTreeSet<_>>()
            .len(),
        3
    );

    let long: Vec<u8> = (0..200_000_u32).map(|i| i as u8).collect();
    world.send(GUEST, Peer::Helper, &long);
    world.send(GUEST, Peer::Helper, b"short");
    world.run();
    let expected = [(guest, long), (guest, b"short".to_vec())];
    assert_eq!(world.people[HELPER].messages, expected);
}

#[test]
fn a_message_grows_by_what_is_declared() {
    let mut world = World::trio(2);
    world.send(GUEST, Peer::ModelOwner, &[7; 1000]);
    let sent = world.queue.back().unwrap().2.len();
    assert_eq!(sent, 1000 + OVERHEAD_BYTES);
}

/// Wherever a line is cut, everything arrives once and in order.
#[test]
fn a_line_may_be_cut_after_any_payload() {
    for cut in [HOST, HELPER, GUEST] {
        let mut after = 0;
        loop {
            let mut world = World::trio(3);
            let routes = [
                (GUEST, Peer::ModelOwner),
                (HOST, Peer::DataOwner(1)),
                (HELPER, Peer::DataOwner(1)),
                (GUEST, Peer::Helper),
            ];
            let mut left = after;
            let mut done = false;
            for round in 0..3_u8 {
                for (from, to) in routes {
                    world.send(from, to, &[round; 70_000]);
                }
                while left > 0 && world.step() {
                    left -= 1;
                }
                if left == 0 && !done {
                    done = true;
                    world.disconnect(cut);
                    world.send(GUEST, Peer::ModelOwner, &[100; 10]);
                    world.connect(cut);
                }
                world.run();
            }
            for who in [HOST, HELPER, GUEST] {
                assert!(!world.told(who, "gone") && !world.told(who, "failed"));
                let mut last = BTreeMap::<Peer, u8>::new();
                for (peer, message) in &world.people[who].messages {
                    let round = message[0];
                    if round < 100 {
                        let before = last.insert(*peer, round);
                        assert_eq!(before.map_or(0, |b| b + 1), round, "{after} {peer:?}");
                    }
                }
                assert!(last.values().all(|&round| round == 2), "{after} {last:?}");
            }
            if !done {
                break;
            }
            after += 1;
        }
        assert!(
            after > 20,
            "the line was cut after {after} payloads at most"
        );
    }
}

#[test]
fn the_relay_may_start_anew() {
    let mut world = World::trio(4);
    for who in [GUEST, HOST, HELPER] {
        world.disconnect(who);
    }
    world.send(GUEST, Peer::ModelOwner, b"kept");
    for who in [HELPER, GUEST, HOST] {
        world.connect(who);
        world.run();
    }
    assert_eq!(
        world.people[HOST].messages,
        [(Peer::DataOwner(1), b"kept".to_vec())]
    );
    assert!(world.told(GUEST, "back ModelOwner") && world.told(GUEST, "back Helper"));
}

#[test]
fn a_second_person_with_the_same_invitation_is_refused_and_those_inside_are_told() {
    let mut world = World::trio(5);
    let third = world.invite(Role::DataOwner);
    world.connect(third);
    world.run();
    assert!(world.told(third, "refused UsedUp"));
    for who in [HOST, HELPER, GUEST] {
        assert!(world.told(who, "intruder"), "{who}");
    }
    assert_eq!(world.peers(HOST), [Peer::DataOwner(1), Peer::Helper]);
    world.send(GUEST, Peer::ModelOwner, b"still here");
    world.run();
    assert_eq!(world.people[HOST].messages.len(), 1);
}

#[test]
fn a_reloaded_page_joins_anew_with_the_invitation_it_holds() {
    let mut world = World::new(6, Some(1));
    world.invite(Role::Helper);
    let identity = Identity::random(&mut world.rng);
    let first = world.invite_as(Role::DataOwner, identity.clone());
    for who in [HOST, HELPER, first] {
        world.connect(who);
        world.run();
    }
    world.disconnect(first);
    let again = world.invite_as(Role::DataOwner, identity);
    world.connect(again);
    world.run();
    assert!(world.told(HOST, "gone DataOwner(1)") && world.told(HELPER, "gone DataOwner(1)"));
    assert_eq!(world.peers(HOST), [Peer::DataOwner(2), Peer::Helper]);
    assert_eq!(world.peers(again), [Peer::ModelOwner, Peer::Helper]);
    assert!(!world.told(HOST, "intruder"));
}

#[test]
fn who_knows_neither_secret_nor_plan_nor_key_gets_no_link() {
    let mut world = World::trio(7);
    let mut strangers = Vec::new();
    let secret = world.doors.secret(Role::DataOwner).unwrap().clone();
    let wrong = InvitationSecret::from_bytes([0; 16]);
    for (plan, host, secret) in [
        (PLAN, world.host_key, wrong),
        ([5; 32], world.host_key, secret.clone()),
        (PLAN, PublicKey::from_bytes([7; 32]), secret),
    ] {
        let identity = Identity::random(&mut world.rng);
        let host = (host, secret);
        let links = Links::guest(identity, Role::DataOwner, ROOM, plan, host, &mut world.rng);
        strangers.push(world.add(links, Role::DataOwner));
    }
    for stranger in strangers {
        world.connect(stranger);
        world.run();
        assert!(world.told(stranger, "refused Invitation"), "{stranger}");
        assert_eq!(world.peers(stranger), []);
    }
    assert_eq!(world.peers(HOST), [Peer::DataOwner(1), Peer::Helper]);
}

#[test]
fn those_who_stay_away_are_given_up() {
    let mut world = World::trio(8);
    world.disconnect(GUEST);
    assert!(world.told(HOST, "lost DataOwner(1)"));
    world.now += GIVE_UP_AFTER + 1.0;
    for who in [HOST, HELPER] {
        let turn = world.people[who].links.tick(world.now);
        world.take(who, turn);
        assert!(world.told(who, "gone DataOwner(1)"));
    }
}

#[test]
fn different_words_end_a_link_at_both_ends() {
    let mut world = World::trio(9);
    let turn = world.people[GUEST].links.words_differ(Peer::Helper);
    world.take(GUEST, turn);
    world.run();
    assert!(world.told(HELPER, "words differ DataOwner(1)"));
    assert_eq!(world.peers(GUEST), [Peer::ModelOwner]);
}

/// Who finds something altered says so, and the other end knows why the link is over.
#[test]
fn an_altered_record_ends_a_link_at_both_ends() {
    let mut world = World::trio(10);
    world.send(GUEST, Peer::Helper, b"a message");
    for (_, _, payload) in &mut world.queue {
        *payload.last_mut().unwrap() ^= 1;
    }
    world.run();
    assert!(world.told(HELPER, "failed DataOwner(1) Altered"));
    assert!(world.told(GUEST, "failed Helper Altered"));
    assert_eq!(world.peers(GUEST), [Peer::ModelOwner]);
    assert_eq!(world.peers(HELPER), [Peer::ModelOwner]);
}

/// A model owner to whom somebody says that the link is broken has them removed from the room: they
/// have no seat any more.
#[test]
fn who_broke_off_has_no_seat() {
    let mut world = World::trio(11);
    let guest = world.people[GUEST].member.unwrap().id;
    world.send(HOST, Peer::DataOwner(1), b"a message");
    for (_, _, payload) in &mut world.queue {
        *payload.last_mut().unwrap() ^= 1;
    }
    world.run();
    assert!(world.told(HOST, "failed DataOwner(1) Altered"));
    let turn = world.people[HOST].links.tick(world.now + SHOW_WITHIN + 1.0);
    assert_eq!(turn.evict, [guest]);
}

/// What a relay can do to one payload.
#[derive(Clone, Copy, Debug)]
enum Evil {
    Flip(usize),
    Truncate,
    Extend,
    Drop,
    Duplicate,
    Swap,
    Elsewhere,
    Old(usize),
}

impl Evil {
    /// Does it to the next payload. `old` are payloads of other links.
    fn happen(self, world: &mut World, old: &[Vec<u8>]) {
        let Some((from, to, mut payload)) = world.queue.pop_front() else {
            return;
        };
        match self {
            Self::Flip(bit) => {
                let bit = bit % (8 * payload.len());
                payload[bit / 8] ^= 1 << (bit % 8);
                world.queue.push_front((from, to, payload));
            }
            Self::Truncate => {
                payload.pop();
                world.queue.push_front((from, to, payload));
            }
            Self::Extend => {
                payload.push(0);
                world.queue.push_front((from, to, payload));
            }
            Self::Drop => {}
            Self::Duplicate => {
                world.queue.push_front((from, to, payload.clone()));
                world.queue.push_front((from, to, payload));
            }
            Self::Swap => {
                let place = world.queue.len().min(1);
                world.queue.insert(place, (from, to, payload));
            }
            Self::Elsewhere => {
                let to = MemberId((to.0 + 1) % 3);
                world.queue.push_front((from, to, payload));
            }
            Self::Old(which) => {
                let old = old[which % old.len()].clone();
                world.queue.push_front((from, to, payload));
                world.queue.push_front((from, to, old));
            }
        }
    }
}

fn evil() -> impl Strategy<Value = Evil> {
    prop_oneof![
        any::<usize>().prop_map(Evil::Flip),
        Just(Evil::Truncate),
        Just(Evil::Extend),
        Just(Evil::Drop),
        Just(Evil::Duplicate),
        Just(Evil::Swap),
        Just(Evil::Elsewhere),
        any::<usize>().prop_map(Evil::Old),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever a relay does to any payload of any link, a message arrives as it was sent or not
    /// at all, and never out of order.
    #[test]
    fn a_hostile_relay_changes_nothing_unseen(
        at in 0_usize..40,
        evil in evil(),
        seed in 0_u64..4,
    ) {
        let mut world = World::new(seed, Some(1));
        let other = World::trio(seed + 100).seen;
        world.invite(Role::Helper);
        world.invite(Role::DataOwner);
        for who in [HOST, HELPER, GUEST] {
            world.connect(who);
        }
        let (mut handled, mut round) = (0, 0_u8);
        while round < 6 {
            if world.queue.is_empty() {
                round += 1;
                for (from, to) in [
                    (GUEST, Peer::ModelOwner),
                    (HOST, Peer::DataOwner(1)),
                    (HELPER, Peer::DataOwner(1)),
                    (GUEST, Peer::Helper),
                ] {
                    world.send(from, to, &[round; 40]);
                }
            }
            if handled == at {
                evil.happen(&mut world, &other);
            }
            handled += 1;
            world.step();
        }
        world.run();
        for person in &world.people {
            let mut last = BTreeMap::<Peer, u8>::new();
            for (from, message) in &person.messages {
                prop_assert_eq!(message, &vec![message[0]; 40]);
                let before = last.insert(*from, message[0]).unwrap_or(0);
                prop_assert!(before < message[0], "twice or out of order");
            }
        }
    }

    /// Bytes of any kind, from anybody at any time, do no harm.
    #[test]
    fn any_bytes_are_taken_calmly(payloads: Vec<(u32, u32, Vec<u8>)>) {
        let mut world = World::trio(10);
        for (from, to, mut payload) in payloads {
            if let Some(kind) = payload.first_mut() {
                *kind %= 5;
            }
            world.deliver(MemberId(from % 3), MemberId(to % 3), &payload);
        }
        world.run();
    }
}

/// A chi-square test over bytes: what a relay sees of links looks like chance.
#[test]
fn what_a_relay_sees_is_uniform() {
    let mut world = World::trio(11);
    let picture = [255_u8; 30_000];
    for _ in 0..10 {
        world.send(GUEST, Peer::ModelOwner, &picture);
        world.run();
    }
    let mut counts = [0_f64; 256];
    let mut total = 0.0;
    for payload in world.seen.iter().filter(|payload| payload.len() > 1000) {
        assert!(!payload.windows(8).any(|window| window == [255; 8]));
        for &byte in &payload[crate::packet::RECORD_HEAD..] {
            counts[usize::from(byte)] += 1.0;
            total += 1.0;
        }
    }
    let expected = total / 256.0;
    let chi: f64 = counts
        .iter()
        .map(|count| (count - expected).powi(2) / expected)
        .sum();
    // 255 degrees of freedom: mean 255, standard deviation 22.6.
    assert!(chi < 255.0 + 6.0 * 22.6, "chi-square {chi}");
}
