//! The bundled networks among compute parties.

use crate::common::committee::{Committees, hosted};
use blindsight_model::{
    fixed_point::Demands,
    network::Network,
    onnx,
    plan::Reveal,
    shamir::{Scheme, SchemeError, Signs, oracle},
};
use blindsight_mpc::shamir::Committee;

fn bundled(name: &str) -> Network {
    let path = format!(
        "{}/../../data/models/{name}.onnx",
        env!("CARGO_MANIFEST_DIR")
    );
    let bytes = std::fs::read(path).expect("is bundled");
    onnx::import_with(&bytes, name, &[]).expect("a network")
}

/// Strokes as a pen draws them: ink along a line, none elsewhere.
fn stroke(seed: u32) -> Vec<u8> {
    let mut pixels = vec![0; 28 * 28];
    for step in 0..200_u32 {
        let (x, y) = (4 + step * (seed + 1) / 25 % 20, 4 + step / 10);
        pixels[(y * 28 + x) as usize] = 255;
        pixels[(y * 28 + x + 1) as usize] = 180;
    }
    pixels
}

/// Scores of a bundled network, which show more than the class does, against those in the clear.
fn check(name: &str, parties: u8, pictures: u32) {
    let network = bundled(name);
    let both = hosted(&network, parties, Signs::Exact, Reveal::Scores);
    let (integers, scheme) = &both;
    let exact = (0..integers.plan().steps()).all(|step| integers.is_exact(step));
    let mut room = Committees::new(&both, &network.labels, 3, (1, 100));
    room.run();
    for seed in 0..pictures {
        let picture = stroke(seed);
        let clear = oracle::logits(scheme, integers, &picture).unwrap();
        let result = room.classify(&picture).expect("a result");
        let scores = result.scores.unwrap();
        if exact {
            assert_eq!(scores.logits(), clear.to_vec(), "{name}");
            continue;
        }
        let span = clear.iter().max().unwrap() - clear.iter().min().unwrap();
        for (secure, clear) in scores.logits().iter().zip(&clear) {
            let off = (secure - clear).abs();
            assert!(off * 50 <= span, "{name}: {secure} for {clear}, of {span}");
        }
    }
}

#[test]
fn binarised_networks_are_exact_whatever_the_number_of_parties() {
    for parties in [3, 5, 7] {
        check("mnist-bmlp-small", parties, 2);
    }
}

#[test]
fn networks_in_fixed_point_are_close() {
    for name in ["mnist-mlp", "mnist-cnn-fast", "mnist-cnn"] {
        check(name, 3, 1);
    }
    check("mnist-mlp", 5, 1);
    check("fashion-mlp", 7, 1);
}

/// Where the last layer needs the widest ring, its scores may be wider than the field: they are not
/// revealed, but the class is.
#[test]
fn scores_that_may_not_fit_are_refused_and_the_class_is_told() {
    let network = bundled("fashion-cnn-fast");
    let committee = Committee::new(3).unwrap();
    let scores = Scheme::of_network(
        &network,
        Reveal::Scores,
        committee,
        Signs::Exact,
        Demands::default(),
    );
    assert!(matches!(scores, Err(SchemeError::Scores)));
    let both = hosted(&network, 3, Signs::Exact, Reveal::Ranking { top: 1 });
    let (integers, scheme) = &both;
    let mut room = Committees::new(&both, &network.labels, 3, (1, 100));
    room.run();
    let picture = stroke(1);
    let clear = oracle::logits(scheme, integers, &picture).unwrap();
    let most = clear.iter().max().unwrap();
    let class = room.classify(&picture).expect("a result").class;
    assert_eq!(clear.iter().position(|score| score == most), Some(class));
}

/// Any number of parties: masks are short where the field has room, and uniform elsewhere.
#[test]
fn all_bundled_networks_fit() {
    for name in [
        "faces-mlp",
        "fashion-cnn",
        "fashion-cnn-fast",
        "fashion-mlp",
        "mnist-bmlp-small",
        "mnist-cnn",
        "mnist-cnn-fast",
        "mnist-mlp",
    ] {
        let network = bundled(name);
        for parties in [3, 7, 9] {
            let reveal = Reveal::Ranking { top: 1 };
            let (_, scheme) = hosted(&network, parties, Signs::Exact, reveal);
            assert!(scheme.kappa() >= 40, "{name}, {parties} parties");
        }
    }
}
