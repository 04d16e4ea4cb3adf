//! Compute parties: everybody has a link with everybody else.

use super::world::{HOST, World};
use super::*;

/// Whom somebody should have links with: `who` is the host, a party by its index or the data owner.
fn others(parties: u8, who: usize) -> Vec<Peer> {
    let guest = usize::from(parties) + 1;
    let mut peers = Vec::new();
    if who != guest {
        peers.push(Peer::DataOwner(1));
    }
    if who != HOST {
        peers.push(Peer::ModelOwner);
    }
    let parties = (1..=parties).filter(|index| usize::from(*index) != who);
    peers.extend(parties.map(Peer::ComputeParty));
    peers
}

/// Everybody tells everybody else something, and each hears it once.
fn talk(world: &mut World, parties: u8) {
    let people = usize::from(parties) + 2;
    for who in 0..people {
        for peer in others(parties, who) {
            world.send(who, peer, &[who as u8]);
        }
    }
    world.run();
    for who in 0..people {
        let mut heard: Vec<u8> = Vec::new();
        for (_, message) in std::mem::take(&mut world.people[who].messages) {
            heard.extend(message);
        }
        heard.sort_unstable();
        let expected: Vec<u8> = (0..people as u8)
            .filter(|other| usize::from(*other) != who)
            .collect();
        assert_eq!(heard, expected, "person {who}");
    }
}

#[test]
fn everybody_meets_everybody_and_each_pair_has_words_of_its_own() {
    for parties in [3, 5, 7] {
        let mut world = World::mesh(1, parties);
        let people = usize::from(parties) + 2;
        for who in 0..people {
            assert_eq!(world.peers(who), others(parties, who), "person {who}");
        }
        let digits = world.people.iter().flat_map(|person| person.words.values());
        let mut digits: Vec<_> = digits.map(SafetyWords::digits).collect();
        digits.sort_unstable();
        assert!(digits.chunks(2).all(|pair| pair[0] == pair[1]));
        digits.dedup();
        assert_eq!(digits.len(), people * (people - 1) / 2);
        talk(&mut world, parties);
    }
}

/// Whoever loses their line comes back with the same index, and every link goes on.
#[test]
fn a_line_of_anybody_may_be_cut_at_any_time() {
    for who in 0..5 {
        for early in [0, 9, 1000] {
            let mut world = World::mesh(2, 3);
            for other in others(3, who) {
                world.send(who, other, &[9; 70_000]);
            }
            for _ in 0..early {
                world.step();
            }
            world.disconnect(who);
            world.run();
            world.connect(who);
            world.run();
            assert!(!world.told(who, "gone"), "person {who} after {early}");
            assert_eq!(world.peers(who), others(3, who));
            for person in &mut world.people {
                let long = person.messages.iter().filter(|(_, m)| m.len() == 70_000);
                assert!(long.count() <= 1);
                person.messages.clear();
            }
            talk(&mut world, 3);
        }
    }
}

/// Everybody loses their line at once, as when the relay is started anew, and member ids begin at 0
/// again, in another order.
#[test]
fn a_relay_may_be_started_anew() {
    let mut world = World::mesh(3, 3);
    for who in 0..5 {
        world.disconnect(who);
    }
    world.next = 0;
    for who in [2, 4, 0, 3, 1] {
        world.connect(who);
    }
    world.run();
    for who in 0..5 {
        assert_eq!(world.peers(who), others(3, who), "person {who}");
        assert!(!world.told(who, "gone"), "person {who}");
    }
    talk(&mut world, 3);
}

/// A fourth party finds no place. When one has left for good its place goes to the next.
#[test]
fn a_party_that_left_is_replaced() {
    let mut world = World::mesh(4, 3);
    let fourth = world.invite(Role::ComputeParty);
    world.connect(fourth);
    world.run();
    assert!(
        world.told(fourth, "refused UsedUp"),
        "{:?}",
        world.people[fourth].events
    );
    assert!(world.told(HOST, "intruder"));

    for peer in others(3, 2) {
        let turn = world.people[2].links.part(peer);
        world.take(2, turn);
    }
    world.run();
    world.disconnect(2);
    for who in [HOST, 1, 3, 4] {
        assert!(world.told(who, "gone ComputeParty(2)"), "person {who}");
    }
    let fifth = world.invite(Role::ComputeParty);
    world.connect(fifth);
    world.run();
    assert_eq!(world.peers(fifth), others(3, 2));
    for who in [HOST, 1, 3, 4] {
        assert_eq!(world.peers(who), others(3, who), "person {who}");
    }
}

/// A party whose line is lost keeps its place for a while. Then the next one who is invited has it, and
/// the lost one comes too late.
#[test]
fn a_party_that_is_lost_is_replaced() {
    let mut world = World::mesh(6, 3);
    world.disconnect(2);
    world.now += REPLACE_AFTER - 1.0;
    let early = world.invite(Role::ComputeParty);
    world.connect(early);
    world.run();
    assert!(world.told(early, "refused UsedUp"));

    world.now += 2.0;
    let fourth = world.invite(Role::ComputeParty);
    world.connect(fourth);
    world.run();
    assert_eq!(world.peers(fourth), others(3, 2));
    for who in [HOST, 1, 3, 4] {
        assert!(world.told(who, "gone ComputeParty(2)"), "person {who}");
        assert_eq!(world.peers(who), others(3, who), "person {who}");
    }
    world.connect(2);
    world.run();
    assert!(world.told(2, "refused UsedUp"));
    assert_eq!(world.peers(fourth), others(3, 2));
}

/// Nobody gets a link with a party whom the model owner has not vouched for.
#[test]
fn who_is_not_vouched_for_has_no_link() {
    let mut world = World::mesh(5, 3);
    // A data owner whose invitation was used up by another one.
    let stranger = world.invite(Role::DataOwner);
    world.connect(stranger);
    world.run();
    assert!(world.peers(stranger).is_empty());
    for index in 1..=3 {
        assert_eq!(world.peers(index), others(3, index));
    }
}
