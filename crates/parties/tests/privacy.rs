//! What each party sees is uniform, whatever the picture.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Room, Who, integers, network, pixels};

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

/// Masked values, openings and differences of one fixed picture over many fresh rooms. Each kind is
/// told by the first byte of its header.
#[test]
fn what_crosses_the_line_is_uniform_for_a_fixed_picture() {
    let network = network(5, &[24, 10], 3);
    let integers = integers(&network);
    let picture = pixels(25, 1);
    let mut kinds: std::collections::BTreeMap<u8, Vec<u8>> = std::collections::BTreeMap::new();
    for seed in 0..400 {
        let mut room = Room::new(&integers, &network.labels, 1000 + seed, 1);
        room.run();
        room.record.clear();
        let step = room.data_owner.classify(&picture).unwrap();
        room.take(Who::DataOwner, step);
        // Up to the class share: what follows is the next bundle.
        for _ in 0..6 {
            let sent = room.queue.pop_front().unwrap();
            room.deliver(&sent);
        }
        for sent in &room.record[..6] {
            // Wins and the class share count modulo 16: too few bits for this test.
            let words = match sent.bytes.len() {
                ..=60 => continue,
                // Differences: a header of 9 bytes, 45 words, 10 wins.
                199 => &sent.bytes[9..189],
                // Masked values: a header of 27 bytes. Openings: of 12.
                _ if sent.from == Who::DataOwner => &sent.bytes[27..],
                _ => &sent.bytes[12..],
            };
            kinds.entry(sent.bytes[0]).or_default().extend(words);
        }
    }
    assert_eq!(kinds.len(), 3, "masked values, openings, differences");
    for (kind, bytes) in kinds {
        let chi = chi_square(&bytes);
        assert!(
            chi < 371.0,
            "kind {kind}: chi-square {chi} over {} bytes",
            bytes.len()
        );
    }
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
