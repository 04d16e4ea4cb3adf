//! What each party sees is uniform, whatever the picture.

use std::collections::BTreeMap;

use crate::common::{Room, Who, graphs, integers, network, pixels};
use blindsight_model::network::Network;
use blindsight_parties::Cost;

/// Chi-square of bytes against the uniform distribution, 255 degrees of freedom. The 1 - 1e-6
/// quantile is 371.
fn chi_square(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let mean = bytes.len() as f64 / 256.0;
    counts
        .iter()
        .map(|count| (f64::from(*count) - mean).powi(2) / mean)
        .sum()
}

/// The kinds of messages of an image whose words are long enough for this test: the first byte of
/// the header, and its length.
const KINDS: [(u8, usize); 4] = [(13, 27), (14, 12), (15, 28), (16, 9)];

/// Masked values, openings, turns of pooling and differences of one fixed picture over many fresh
/// rooms.
fn check(network: &Network, kinds: usize) {
    let integers = integers(network);
    let trips = Cost::declared(integers.plan()).unwrap().round_trips as usize;
    let picture = pixels(25, 1);
    let mut seen: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
    for seed in 0..400 {
        let mut room = Room::new(&integers, &network.labels, 1000 + seed, 1);
        room.run();
        room.record.clear();
        let step = room.data_owner.classify(&[&picture]).unwrap();
        room.take(Who::DataOwner, step);
        // All of the image but the wins and the class share, which count modulo 16: too few bits.
        for _ in 0..2 * trips - 2 {
            let sent = room.queue.pop_front().unwrap();
            room.deliver(&sent);
        }
        for sent in &room.record[..2 * trips - 2] {
            let (kind, header) = KINDS
                .iter()
                .find(|(kind, _)| *kind == sent.bytes[0])
                .unwrap();
            let mut words = &sent.bytes[*header..];
            if *kind == 16 {
                // Behind the differences stand the wins.
                words = &words[..words.len() - integers.plan().classes().count()];
            }
            seen.entry(*kind).or_default().extend(words);
        }
    }
    assert_eq!(seen.len(), kinds);
    for (kind, bytes) in seen {
        let chi = chi_square(&bytes);
        let length = bytes.len();
        assert!(length > 20_000, "kind {kind}: {length} bytes are too few");
        assert!(
            chi < 371.0,
            "kind {kind}: chi-square {chi} over {length} bytes"
        );
    }
}

#[test]
fn what_crosses_the_line_is_uniform_for_a_fixed_picture() {
    check(&network(5, &[24, 10], 3), 3);
    check(&graphs::pooled(5, 3, 10), 4);
}

/// The masked weights that the data owner gets are uniform for fixed weights.
#[test]
fn masked_weights_are_uniform() {
    let network = network(5, &[24, 10], 3);
    let integers = integers(&network);
    let mut bytes = Vec::new();
    for seed in 0..60 {
        let mut room = Room::new(&integers, &network.labels, seed, 1);
        room.run();
        let weights = room.record.iter().filter(|sent| {
            (sent.from, sent.to) == (Who::ModelOwner, Who::DataOwner) && sent.bytes.len() > 900
        });
        for sent in weights {
            bytes.extend(&sent.bytes[3..]);
        }
    }
    assert!(bytes.len() > 60 * 24 * 25 * 4 - 1);
    let chi = chi_square(&bytes);
    assert!(chi < 371.0, "chi-square {chi} over {} bytes", bytes.len());
}
