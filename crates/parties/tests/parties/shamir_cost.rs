//! What compute parties cost: declared and measured, and who gets what.

use crate::common::{
    committee::{Committees, OWNER, Sent, hosted},
    graphs, network, pixels,
};
use blindsight_model::{network::Shape, plan::Reveal, shamir::Signs};
use blindsight_mpc::shamir::legendre::Symbols;
use blindsight_parties::{Peer, shamir::Cost};

fn bytes(record: &[Sent], between: impl Fn(Peer, Peer) -> bool) -> u64 {
    let sent = record.iter().filter(|sent| between(sent.from, sent.to));
    sent.map(|sent| sent.bytes.len() as u64).sum()
}

fn among_parties(from: Peer, to: Peer) -> bool {
    matches!((from, to), (Peer::ComputeParty(_), Peer::ComputeParty(_)))
}

/// Byte for byte: the weights, the seeds, the masks, the rounds of a picture, and what the data owner
/// sends and gets.
#[test]
fn declared_cost_is_measured_cost() {
    let input = Shape {
        channels: 1,
        height: 5,
        width: 5,
    };
    let ranking = Reveal::Ranking { top: 1 };
    let symbols = |symbols| Signs::Legendre(symbols);
    let cases = [
        (network(5, &[13, 9, 10], 3), 3, Signs::Exact, ranking),
        (network(5, &[6, 4], 3), 4, Signs::Exact, Reveal::Scores),
        (network(5, &[2], 3), 5, Signs::Exact, ranking),
        (
            graphs::binarised(input, &[20, 12, 6], 1),
            7,
            Signs::Exact,
            ranking,
        ),
        (
            graphs::binarised(input, &[20, 12, 6], 1),
            3,
            symbols(Symbols::One),
            ranking,
        ),
        (
            graphs::binarised(input, &[20, 12, 6], 1),
            3,
            symbols(Symbols::Three),
            ranking,
        ),
        (
            graphs::binarised(input, &[20, 12, 6], 1),
            5,
            symbols(Symbols::Five),
            ranking,
        ),
        (graphs::pooled(8, 2, 4), 3, Signs::Exact, ranking),
        // Masks are uniform where there are so many parties.
        (graphs::pooled(8, 2, 4), 7, Signs::Exact, ranking),
        (
            network(5, &[6, 4], 3),
            5,
            Signs::Exact,
            Reveal::Ranking { top: 3 },
        ),
        (graphs::random(3), 7, Signs::Exact, ranking),
    ];
    for (network, parties, signs, reveal) in cases {
        let both = hosted(&network, parties, signs, reveal);
        let cost = Cost::declared(&both.1);
        let mut room = Committees::new(&both, &network.labels, 4, (1, 100));
        room.run();
        let handed = |from, to| {
            let parcels = matches!((from, to), (Peer::ModelOwner, Peer::ComputeParty(_)));
            parcels
        };
        // Parcels are all that is longer than the fixed words, but for the seats.
        let seats: u64 = room
            .record
            .iter()
            .filter(|sent| handed(sent.from, sent.to))
            .take(parties.into())
            .map(|sent| sent.bytes.len() as u64)
            .sum();
        let prepares = 29 * u64::from(parties);
        assert_eq!(
            bytes(&room.record, handed),
            cost.hosting_bytes + seats + prepares
        );
        assert_eq!(
            bytes(&room.record, among_parties),
            cost.seed_bytes + cost.masks.bytes
        );
        for image in 0..2 {
            room.record.clear();
            let result = room
                .classify(&pixels(network.input.elements(), image))
                .expect("a result");
            // The masks of the bundle that replaces it are among them.
            assert_eq!(
                bytes(&room.record, among_parties),
                cost.party_bytes() + cost.masks.bytes,
                "{parties} parties, {signs:?}"
            );
            assert_eq!(result.online_bytes, cost.data_owner_bytes);
            assert_eq!(result.offline_bytes, cost.data_owner_offline_bytes);
            assert_eq!(result.round_trips, cost.rounds() + 1);
            let owner = bytes(&room.record, |from, to| from == OWNER || to == OWNER);
            assert_eq!(owner, cost.data_owner_bytes + cost.data_owner_offline_bytes);
            // Each party sends each other one a message in each round.
            let messages = room
                .record
                .iter()
                .filter(|sent| among_parties(sent.from, sent.to));
            let rounds = u64::from(cost.rounds() + cost.masks.rounds);
            let pairs = u64::from(parties) * (u64::from(parties) - 1);
            assert_eq!(messages.count() as u64, rounds * pairs);
        }
    }
}

/// Nobody but the data owner is sent anything that depends on the result, and the model owner gets
/// words of fixed length alone.
#[test]
fn the_result_goes_to_the_data_owner_alone() {
    let network = network(5, &[13, 9, 10], 3);
    let both = hosted(&network, 3, Signs::Exact, Reveal::Ranking { top: 1 });
    let mut room = Committees::new(&both, &network.labels, 4, (1, 1));
    room.run();
    room.record.clear();
    room.classify(&pixels(25, 1)).expect("a result");
    for sent in &room.record {
        match (sent.from, sent.to) {
            (Peer::ComputeParty(_), Peer::ModelOwner) | (OWNER, Peer::ModelOwner) => {
                assert_eq!(sent.bytes.len(), 25);
            }
            (Peer::ComputeParty(_), OWNER) => assert_eq!(sent.bytes.len(), 25 + 8),
            (Peer::ModelOwner, Peer::ComputeParty(_)) => assert_eq!(sent.bytes.len(), 25),
            (OWNER, Peer::ComputeParty(1)) => assert_eq!(sent.bytes.len(), 25 + 32),
            (OWNER, Peer::ComputeParty(_)) => assert_eq!(sent.bytes.len(), 25 + 25 * 8),
            (from, to) => assert!(among_parties(from, to), "{from} to {to}"),
        }
    }
}
