//! Compute parties: everybody has a link with everybody else.

use super::world::{HOST, World};
use super::*;
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;

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
    // Nor does any other party still take the lost one for the second.
    for who in [HOST, 1, 3, 4] {
        world.people[who].messages.clear();
        world.send(who, Peer::ComputeParty(2), &[who as u8]);
        if who != HOST {
            world.send(2, place_of(who), &[7]);
        }
        world.send(fourth, place_of(who), &[9]);
    }
    world.run();
    for who in [HOST, 1, 3, 4] {
        let heard = [(Peer::ComputeParty(2), vec![9])];
        assert_eq!(world.people[who].messages, heard, "person {who}");
    }
    assert!(world.people[2].messages.is_empty());
    assert_eq!(world.people[fourth].messages.len(), 4);
}

/// The model owner frees a seat: its party is out for good, nobody takes it for the second party any
/// more, and another one gets the seat by the same invitation.
#[test]
fn a_seat_that_is_freed_is_for_somebody_else() {
    let free: fn(&mut Links) -> Turn = |links| links.free_seat(2);
    let differ: fn(&mut Links) -> Turn = |links| links.words_differ(Peer::ComputeParty(2));
    for (seed, how) in [(11, free), (12, differ)] {
        for lost in [false, true] {
            let mut world = World::mesh(seed, 3);
            if lost {
                world.disconnect(2);
            }
            let member = world.people[2].member.map(|member| member.id);
            let turn = how(&mut world.people[HOST].links);
            assert_eq!(turn.evict, Vec::from_iter(member));
            world.take(HOST, turn);
            world.run();
            for who in [1, 3, 4] {
                assert!(world.told(who, "gone ComputeParty(2)"), "person {who}");
            }
            // It has no second life: not with the line it has, nor with another one.
            for again in [false, true] {
                if again {
                    world.disconnect(2);
                    world.connect(2);
                    world.run();
                    assert!(world.told(2, "refused Removed"));
                }
                for who in [HOST, 1, 3, 4] {
                    world.send(2, place_of(who), &[7]);
                }
                world.run();
                for who in [HOST, 1, 3, 4] {
                    assert!(world.people[who].messages.is_empty(), "person {who}");
                    let peers = others(3, who).into_iter();
                    let peers = peers.filter(|peer| *peer != Peer::ComputeParty(2));
                    assert_eq!(world.peers(who), Vec::from_iter(peers), "person {who}");
                }
            }
            assert!(!world.told(HOST, "intruder"));
            world.disconnect(2);
            let fourth = world.invite(Role::ComputeParty);
            world.connect(fourth);
            world.run();
            for who in [HOST, 1, 3, 4] {
                assert_eq!(world.peers(who), others(3, who), "person {who}");
            }
            assert_eq!(world.peers(fourth), others(3, 2));
        }
    }
}

/// A compute party that says the words differ has no seat either: whoever has its key may be somebody
/// in between.
#[test]
fn a_party_whose_words_differ_frees_its_seat() {
    let mut world = World::mesh(13, 3);
    let turn = world.people[2].links.words_differ(Peer::ModelOwner);
    world.take(2, turn);
    world.run();
    assert!(world.told(HOST, "words differ ComputeParty(2)"));
    for who in [1, 3, 4] {
        assert!(world.told(who, "gone ComputeParty(2)"), "person {who}");
    }
    world.disconnect(2);
    world.connect(2);
    world.run();
    assert!(world.told(2, "refused Removed"));
}

/// Only the model owner says who has a seat.
#[test]
fn nobody_else_frees_a_seat() {
    let mut world = World::mesh(14, 3);
    let mut turn = Turn::default();
    let forget = Control::Forget {
        peer: Peer::ComputeParty(2),
    };
    let links = &mut world.people[1].links;
    for to in [Peer::ComputeParty(3), Peer::DataOwner(1)] {
        links.control_to(to, &forget, &mut turn);
    }
    // Nor is the model owner's own link one that is forgotten at a word.
    let own = Control::Forget {
        peer: Peer::ModelOwner,
    };
    let mut other = Turn::default();
    let host = &mut world.people[HOST].links;
    host.control_to(Peer::ComputeParty(2), &own, &mut other);
    world.take(1, turn);
    world.take(HOST, other);
    world.run();
    for who in [3, 4] {
        assert!(world.told(who, "failed ComputeParty(1) Malformed"));
        assert!(!world.told(who, "gone ComputeParty(2)"));
    }
    assert!(world.told(2, "failed ModelOwner Malformed"));
}

/// Two come for the last seat at the same time. Who is late was answered already, and is told all the
/// same that there is no place.
#[test]
fn who_is_late_for_a_seat_is_told_so() {
    let mut rng = ChaCha20Rng::seed_from_u64(15);
    let doors = Doors::for_parties(Some(1), 3, &mut rng);
    let mut world = World::with_doors(doors, rng);
    for _ in 0..4 {
        world.invite(Role::ComputeParty);
    }
    for who in [HOST, 1, 2] {
        world.connect(who);
        world.run();
    }
    world.connect(3);
    world.connect(4);
    // Both greet, and both are answered, before either shows that it knows the secret.
    for _ in 0..4 {
        world.step();
    }
    assert!(world.told(3, "up ModelOwner") && world.told(4, "up ModelOwner"));
    world.run();
    assert!(world.told(4, "refused UsedUp") && world.told(4, "gone ModelOwner"));
    assert!(world.peers(4).is_empty());
    assert!(world.told(HOST, "intruder"));
    assert_eq!(
        world.peers(3),
        [
            Peer::ModelOwner,
            Peer::ComputeParty(1),
            Peer::ComputeParty(2)
        ]
    );
}

/// A refusal travels in the clear. It ends no link over which something has come.
#[test]
fn a_forged_refusal_ends_no_link_that_was_tried() {
    let mut world = World::mesh(16, 3);
    let host = world.people[HOST].member.unwrap().id;
    let party = world.people[2].member.unwrap().id;
    let forged = Packet::Refuse(LinkRefusal::Removed).write();
    world.deliver(host, party, &forged);
    world.run();
    assert!(!world.told(2, "refused"));
    assert_eq!(world.peers(2), others(3, 2));
}

/// Who somebody of three parties is to the others.
fn place_of(who: usize) -> Peer {
    match who {
        HOST => Peer::ModelOwner,
        4 => Peer::DataOwner(1),
        index => Peer::ComputeParty(index as u8),
    }
}

/// While the model owner is away itself it misses nobody.
#[test]
fn who_is_not_seen_by_an_absent_model_owner_keeps_the_place() {
    let mut world = World::mesh(7, 3);
    for who in 0..5 {
        world.disconnect(who);
    }
    world.now += 10.0 * REPLACE_AFTER;
    world.connect(HOST);
    let stranger = world.invite(Role::ComputeParty);
    world.connect(stranger);
    world.run();
    assert!(world.told(stranger, "refused UsedUp"));
    for who in [2, 4, 1, 3] {
        world.connect(who);
    }
    world.run();
    for who in 0..5 {
        assert_eq!(world.peers(who), others(3, who), "person {who}");
    }
}

/// A party that starts anew, as a page that is loaded again, keeps its place.
#[test]
fn a_party_that_starts_anew_leaves_no_place_for_another() {
    let mut world = World::mesh(8, 3);
    world.disconnect(2);
    let identity = Identity::from_private(*world.people[2].links.own.private());
    let again = world.invite_as(Role::ComputeParty, identity);
    world.connect(again);
    world.run();
    assert_eq!(world.peers(again), others(3, 2));
    let stranger = world.invite(Role::ComputeParty);
    world.connect(stranger);
    world.run();
    assert!(world.told(stranger, "refused UsedUp"));
    // It still has its place when its line is cut for a moment.
    world.disconnect(again);
    world.connect(again);
    world.run();
    assert!(!world.told(again, "refused"));
    assert_eq!(world.peers(again), others(3, 2));
}

/// In a room that was taken up again, whoever does not come back is replaced.
#[test]
fn a_party_that_does_not_come_back_to_a_room_is_replaced() {
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    let mut doors = Doors::for_parties(Some(1), 3, &mut rng);
    let absent = Identity::random(&mut rng).public();
    doors.enter(Role::ComputeParty, &absent).unwrap();
    let mut world = World::with_doors(doors, rng);
    for _ in 0..3 {
        world.invite(Role::ComputeParty);
    }
    for who in 0..4 {
        world.connect(who);
        world.run();
    }
    assert!(world.told(3, "refused UsedUp"));
    world.disconnect(3);
    world.now += REPLACE_AFTER;
    world.connect(3);
    world.run();
    assert_eq!(world.peers(HOST), [1, 2, 3].map(Peer::ComputeParty));
}

/// The relay says in which role somebody comes. It cannot change that between two messages: whoever
/// was invited as a data owner would be a helper as well.
#[test]
fn nobody_changes_role_on_the_way() {
    let mut world = World::new(10, Some(1));
    let guest = world.invite(Role::DataOwner);
    world.connect(HOST);
    world.connect(guest);
    assert!(world.step() && world.step(), "a greeting and its answer");
    world.people[guest].member.as_mut().unwrap().role = Role::Helper;
    world.run();
    assert_eq!(world.peers(HOST), [Peer::DataOwner(1)]);
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
