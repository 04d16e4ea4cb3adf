//! Compute parties that leave, lie, or say nonsense.

use crate::common::{
    GUEST,
    committee::{Committees, OWNER, Sent, hosted},
    network, pixels,
};
use blindsight_model::{plan::Reveal, shamir::Signs};
use blindsight_parties::{Consent, Event, Peer, Phase, Reason, shamir::Cost};
use proptest::prelude::*;

fn room(parties: u8, seed: u64, left: u32) -> Committees {
    let network = network(5, &[6, 4], 3);
    let both = hosted(&network, parties, Signs::Exact, Reveal::Ranking { top: 1 });
    Committees::new(&both, &network.labels, seed, (1, left))
}

fn is_round(sent: &Sent) -> bool {
    matches!(
        (sent.from, sent.to),
        (Peer::ComputeParty(_), Peer::ComputeParty(_))
    ) && sent.bytes.len() > 27
}

/// Runs a picture; one party adds 1 to what it sends in the first round after those of the masks, to
/// everybody.
fn lied(parties: u8, liar: u8, seed: u64) -> Committees {
    let mut room = room(parties, seed, 1);
    let round = Cost::declared(room.model_owner.scheme()).masks.rounds;
    room.run();
    room.begin(&pixels(25, 1));
    let mut told = false;
    while let Some(mut sent) = room.next() {
        let number = u32::from(sent.bytes[25.min(sent.bytes.len() - 1)]);
        if is_round(&sent) && sent.from == Peer::ComputeParty(liar) && number == round {
            for element in sent.bytes[27..].chunks_exact_mut(8) {
                element[0] ^= 1;
                told = true;
            }
        }
        room.deliver(&sent);
    }
    assert!(told, "round {round} says nothing");
    room
}

/// With 2 t + 2 parties a wrong share in the opening of masked numbers is found by all the others,
/// who say in which phase; nobody gets a class.
#[test]
fn a_wrong_share_is_detected() {
    // That round opens the masked results of step 1.
    for (parties, liar) in [(4, 1), (4, 4), (6, 3)] {
        let room = lied(parties, liar, 3);
        let mut found = 0;
        for party in (1..=parties).filter(|party| *party != liar) {
            for abort in room.aborts(Peer::ComputeParty(party)) {
                assert_eq!(abort.phase, Phase::Classify);
                found += i32::from(abort.reason == Reason::WrongShare);
            }
        }
        assert!(found > 0, "{parties} parties");
        let aborts = room.aborts(OWNER);
        let reasons: Vec<_> = aborts
            .iter()
            .map(|abort| (abort.phase, abort.reason))
            .collect();
        assert_eq!(reasons, [(Phase::Classify, Reason::WrongShare)]);
        let classified = |(_, event): &(Peer, Event)| matches!(event, Event::Classified(_));
        assert!(!room.events.iter().any(classified));
    }
}

/// Wherever a party leaves, before, between or in a picture: everybody else says so with the phase,
/// nobody gets a class, and with another in its place the next picture is classified.
#[test]
fn a_party_that_leaves_is_replaced() {
    let mut interrupted = [0; 2];
    for parties in [3, 5] {
        for moment in [0, 5, 30, 60, 90, 150] {
            let mut room = room(parties, moment, 10);
            let picture = pixels(25, 1);
            for _ in 0..moment {
                if let Some(sent) = room.next() {
                    room.deliver(&sent);
                }
            }
            if room.data_owner.ready() > 0 {
                room.begin(&picture);
                for _ in 0..moment {
                    if let Some(sent) = room.next() {
                        room.deliver(&sent);
                    }
                }
            }
            room.events.clear();
            room.leave(2);
            room.run();
            for who in [
                Peer::ModelOwner,
                Peer::ComputeParty(1),
                Peer::ComputeParty(3),
                OWNER,
            ] {
                assert!(room.aborts(who).is_empty(), "moment {moment}, {who}");
                for abort in room.interruptions(who) {
                    assert_eq!(abort.reason, Reason::PartyLeft);
                    interrupted[usize::from(abort.phase == Phase::Classify)] += 1;
                }
            }
            assert_eq!(room.interruptions(Peer::ModelOwner).len(), 1);
            assert_eq!(room.data_owner.ready(), 0);
            room.join(2);
            room.run();
            assert!(room.classify(&picture).is_some(), "moment {moment}");
        }
    }
    assert!(
        interrupted.iter().all(|count| *count > 0),
        "{interrupted:?}"
    );
}

/// The data owner leaves in the middle of a picture: the parties forget it, and serve the next.
#[test]
fn a_data_owner_that_leaves_is_forgotten() {
    let mut room = room(3, 1, 10);
    room.run();
    room.begin(&pixels(25, 1));
    for _ in 0..20 {
        let sent = room.next().expect("a message");
        room.deliver(&sent);
    }
    let step = room.data_owner.stop();
    room.take(OWNER, step);
    room.run();
    for index in 1..=3 {
        assert!(room.parties[&index].is_serving());
    }
    for who in [Peer::ModelOwner, Peer::ComputeParty(1)] {
        let aborts = room.aborts(who);
        assert!(
            aborts.iter().all(|abort| abort.reason == Reason::Stopped),
            "{aborts:?}"
        );
    }
}

/// A person who is asked first: nothing is computed before the answer, and no costs nothing but a
/// bundle.
#[test]
fn a_picture_waits_until_it_is_allowed() {
    let mut room = room(3, 1, 5);
    room.run();
    let step = room.model_owner.ask(Consent::Asked);
    room.take(Peer::ModelOwner, step);
    for (allow, left) in [(false, 5), (true, 4), (true, 3), (false, 3)] {
        room.run();
        room.begin(&pixels(25, 1));
        room.record.clear();
        room.run();
        let count = |room: &Committees, wanted: &dyn Fn(&Event) -> bool| {
            room.events
                .iter()
                .filter(|(_, event)| wanted(event))
                .count()
        };
        let asking = |event: &Event| {
            *event
                == Event::Asking {
                    guest: GUEST,
                    images: 1,
                }
        };
        assert_eq!(count(&room, &asking), 1);
        assert_eq!(count(&room, &|event| *event == Event::Held), 1);
        assert!(!room.record.iter().any(is_round));
        for answer in [allow, !allow] {
            let step = room.model_owner.answer(GUEST, answer);
            room.take(Peer::ModelOwner, step);
            room.run();
        }
        let classified = count(&room, &|event| matches!(event, Event::Classified(_)));
        assert_eq!(classified, usize::from(allow));
        assert_eq!(
            count(&room, &|event| *event == Event::Denied),
            usize::from(!allow)
        );
        assert_eq!(room.data_owner.left(), Some(left));
    }
}

/// A party that stops in good order is one that left.
#[test]
fn a_party_may_stop() {
    let mut room = room(3, 1, 5);
    room.run();
    let step = room.parties.get_mut(&1).expect("is here").stop();
    room.take(Peer::ComputeParty(1), step);
    room.run();
    assert_eq!(room.interruptions(Peer::ModelOwner).len(), 1);
    assert_eq!(room.interruptions(OWNER).len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever is flipped in whatever message: no panic.
    #[test]
    fn flipped_bits_never_panic(index in 0_usize..300, at: prop::sample::Index, bit in 0_u8..8) {
        let mut room = room(3, 2, 5);
        let (mut count, mut asked) = (0, false);
        loop {
            let Some(mut sent) = room.next() else {
                if asked {
                    break;
                }
                asked = true;
                let step = room.data_owner.classify(&pixels(25, 1), &mut room.rng);
                if let Ok(step) = step {
                    room.take(OWNER, step);
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

    /// Every message, cut, sent twice, or sent by somebody else: no panic, and what is refused is
    /// refused with a reason.
    #[test]
    fn messages_out_of_place_never_panic(index in 0_usize..300, cut: prop::sample::Index, other in 0_u8..5) {
        let mut room = room(3, 2, 5);
        room.run();
        let step = room.data_owner.classify(&pixels(25, 1), &mut room.rng).unwrap();
        room.take(OWNER, step);
        room.run();
        let sent = room.record[index % room.record.len()].clone();
        let from = match other {
            0 => OWNER,
            4 => Peer::ModelOwner,
            party => Peer::ComputeParty(party),
        };
        room.deliver(&sent);
        room.deliver(&Sent { from, ..sent.clone() });
        let end = cut.index(sent.bytes.len());
        room.deliver(&Sent { bytes: sent.bytes[..end].to_vec(), ..sent });
        room.run();
    }

    #[test]
    fn random_messages_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), from in 0_u8..5, to in 0_u8..5) {
        let mut room = room(3, 3, 5);
        room.run();
        let peer = |number| match number {
            0 => OWNER,
            4 => Peer::ModelOwner,
            party => Peer::ComputeParty(party),
        };
        room.deliver(&Sent { from: peer(from), to: peer(to), bytes });
    }
}
