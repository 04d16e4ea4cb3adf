//! What a helper sends, which may wait.

use super::*;

const GUESTS: Peer = Peer::DataOwner(1);
const BOTH: [Peer; 2] = [GUESTS, Peer::ModelOwner];
const LONG: usize = 1 << 20;

fn long(first: u8) -> Vec<u8> {
    let mut message: Vec<u8> = (0..LONG).map(|i| i as u8).collect();
    message[0] = first;
    message
}

/// Bytes on the way to somebody.
fn on_the_way(world: &World, who: usize) -> usize {
    let id = world.people[who].member.unwrap().id;
    let to = world.queue.iter().filter(|(_, to, _)| *to == id);
    to.map(|(.., payload)| payload.len()).sum()
}

fn hold(world: &mut World, who: usize, hold: bool) {
    let turn = world.people[who].links.hold(Peer::Helper, hold);
    world.take(who, turn);
}

#[test]
fn little_is_on_the_way_at_a_time_and_all_arrives() {
    let mut world = World::trio(1);
    for first in 0..3 {
        world.send(HELPER, GUESTS, &[first]);
        world.send_both(HELPER, BOTH, &long(first));
    }
    let mut most = 0;
    while world.step() {
        most = most.max(on_the_way(&world, HOST));
    }
    assert!(most < 3 * LONG / 2, "{most} of {}", 3 * LONG);
    let expected: Vec<_> = (0..3).map(|first| (Peer::Helper, long(first))).collect();
    assert!(world.people[HOST].messages == expected);
    assert_eq!(world.people[GUEST].messages.len(), 6);
}

#[test]
fn who_holds_gets_nothing_more_until_it_goes_on() {
    let mut world = World::trio(2);
    world.send_both(HELPER, BOTH, &long(0));
    for _ in 0..20 {
        world.step();
    }
    hold(&mut world, GUEST, true);
    world.run();
    for who in [HOST, GUEST] {
        assert_eq!(world.people[who].messages, []);
    }
    // It is told once.
    hold(&mut world, GUEST, true);
    assert!(world.queue.is_empty());
    // What does not wait still comes.
    world.send(HOST, GUESTS, b"meanwhile");
    world.run();
    assert_eq!(world.people[GUEST].messages.len(), 1);
    hold(&mut world, GUEST, false);
    world.run();
    assert!(world.people[HOST].messages == [(Peer::Helper, long(0))]);
    assert_eq!(world.people[GUEST].messages.len(), 2);
}

/// A new line is not held.
#[test]
fn who_held_and_comes_back_gets_the_rest() {
    for cut in [HOST, HELPER, GUEST] {
        let mut world = World::trio(3);
        world.send_both(HELPER, BOTH, &long(0));
        for _ in 0..20 {
            world.step();
        }
        hold(&mut world, GUEST, true);
        world.run();
        world.disconnect(cut);
        world.connect(cut);
        world.run();
        // Where its line to the helper is the old one, it still holds.
        hold(&mut world, GUEST, false);
        world.run();
        for who in [HOST, GUEST] {
            assert!(world.people[who].messages == [(Peer::Helper, long(0))]);
        }
    }
}

/// Nobody holds up what is for somebody else, be it in the middle of a message that is for the model
/// owner, too.
#[test]
fn who_holds_does_not_keep_others_waiting() {
    let mut world = World::new(4, Some(2));
    world.invite(Role::Helper);
    let other = {
        world.invite(Role::DataOwner);
        world.invite(Role::DataOwner)
    };
    for who in [HOST, HELPER, GUEST, other] {
        world.connect(who);
        world.run();
    }
    world.send_both(HELPER, BOTH, &long(0));
    for _ in 0..20 {
        world.step();
    }
    hold(&mut world, GUEST, true);
    world.run();
    assert_eq!(world.people[HOST].messages, []);
    world.send_both(HELPER, [Peer::DataOwner(2), Peer::ModelOwner], &long(1));
    world.run();
    assert!(world.people[other].messages == [(Peer::Helper, long(1))]);
    let came: Vec<u8> = world.people[HOST]
        .messages
        .iter()
        .map(|(_, m)| m[0])
        .collect();
    assert_eq!(came, [0, 1]);
}

/// The same where somebody says nothing at all, for a while.
#[test]
fn who_is_silent_does_not_keep_others_waiting_for_long() {
    let mut world = World::new(8, Some(2));
    world.invite(Role::Helper);
    world.invite(Role::DataOwner);
    let other = world.invite(Role::DataOwner);
    for who in [HOST, HELPER, GUEST, other] {
        world.connect(who);
        world.run();
    }
    let silent = world.people[GUEST].member.unwrap().id;
    world.send_both(HELPER, BOTH, &long(0));
    world.send_both(HELPER, [Peer::DataOwner(2), Peer::ModelOwner], &long(1));
    let run = |world: &mut World| {
        loop {
            world.queue.retain(|(_, to, _)| *to != silent);
            if !world.step() {
                break;
            }
        }
    };
    run(&mut world);
    assert_eq!(world.people[other].messages, []);
    for _ in 0..20 {
        world.now += 1_000.0;
        let turn = world.people[HELPER].links.tick(world.now);
        world.take(HELPER, turn);
        run(&mut world);
    }
    assert!(world.people[other].messages == [(Peer::Helper, long(1))]);
}

/// What is for the model owner alone does not stand long behind a message that somebody holds up in its
/// middle.
#[test]
fn a_message_that_was_begun_keeps_others_waiting_for_five_seconds_at_most() {
    let mut world = World::trio(9);
    world.send_both(HELPER, BOTH, &long(0));
    for _ in 0..20 {
        world.step();
    }
    hold(&mut world, GUEST, true);
    world.send(HELPER, Peer::ModelOwner, b"news");
    world.run();
    for expected in [0, 2] {
        world.now += 3_000.0;
        let turn = world.people[HELPER].links.tick(world.now);
        world.take(HELPER, turn);
        world.run();
        assert_eq!(world.people[HOST].messages.len(), expected);
    }
    let expected = [long(0), b"news".to_vec()].map(|message| (Peer::Helper, message));
    assert!(world.people[HOST].messages == expected);
}

#[test]
fn who_leaves_sends_first_what_waits() {
    let mut world = World::trio(5);
    world.send_both(HELPER, BOTH, &long(0));
    world.send(HELPER, GUESTS, b"goodbye");
    for peer in BOTH {
        let turn = world.people[HELPER].links.part(peer);
        world.take(HELPER, turn);
    }
    world.run();
    assert!(world.people[HOST].messages == [(Peer::Helper, long(0))]);
    assert_eq!(world.people[GUEST].messages.len(), 2);
    for who in [HOST, GUEST] {
        assert!(world.told(who, "gone Helper"));
    }
}

/// Who asks for more and takes nothing is let go of, and nobody else.
#[test]
fn what_waits_is_bounded() {
    let mut world = World::trio(6);
    let link = world.people[HELPER].links.links.get_mut(&GUESTS);
    link.unwrap().delivery.fill_but(LONG);
    world.send(HELPER, GUESTS, &long(0));
    assert!(!world.told(HELPER, "failed"));
    world.send(HELPER, GUESTS, &long(1));
    assert!(world.told(HELPER, "failed DataOwner(1) TooMuchUnreported"));
    assert_eq!(world.peers(HELPER), [Peer::ModelOwner]);
}

/// Who starts anew gets nothing of what was half sent before.
#[test]
fn a_new_link_begins_with_a_whole_message() {
    let mut world = World::new(7, Some(2));
    world.invite(Role::Helper);
    let identity = Identity::random(&mut world.rng);
    let first = world.invite_as(Role::DataOwner, identity.clone());
    for who in [HOST, HELPER, first] {
        world.connect(who);
        world.run();
    }
    world.send_both(HELPER, BOTH, &long(0));
    for _ in 0..20 {
        world.step();
    }
    hold(&mut world, first, true);
    world.run();
    world.disconnect(first);
    let again = world.invite_as(Role::DataOwner, identity);
    world.connect(again);
    world.run();
    assert!(world.told(HELPER, "gone DataOwner(1)"));
    assert!(world.people[HOST].messages == [(Peer::Helper, long(0))]);
    world.send_both(HELPER, [Peer::DataOwner(2), Peer::ModelOwner], &long(1));
    world.run();
    assert!(world.people[again].messages == [(Peer::Helper, long(1))]);
    assert_eq!(world.people[HOST].messages.len(), 2);
}
