//! The bundled networks among compute parties.

use crate::common::committee::{Committees, hosted};
use blindsight_model::{
    network::Network,
    onnx,
    plan::{Plan, Reveal},
    shamir::{Scheme, SchemeError, Signs, oracle},
};
use blindsight_mpc::{ring::Ring, shamir::Committee};

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
    // Their last layers need the widest ring: a logit alone may be wider than the field.
    check("fashion-cnn-fast", 3, 1);
    check("mnist-mlp", 5, 1);
    check("fashion-mlp", 7, 1);
}

/// A plan may say of its logits what is too much for a field.
#[test]
fn scores_that_may_not_fit_are_refused() {
    let network = bundled("mnist-mlp");
    let committee = Committee::new(3).unwrap();
    let plan = |width: u32| {
        let (_, scheme) = hosted(&network, 3, Signs::Exact, Reveal::Scores);
        let plan = scheme.plan().clone();
        let mut output = plan.output().clone();
        output.affine.ring = Ring::Z64;
        output.width = width;
        let plan = Plan::new(plan.input(), plan.hidden().to_vec(), output).unwrap();
        Scheme::new(plan, committee, Signs::Exact)
    };
    assert!(plan(60).is_ok());
    assert!(matches!(plan(61), Err(SchemeError::Scores)));
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
            for reveal in [Reveal::Ranking { top: 1 }, Reveal::Scores] {
                let (_, scheme) = hosted(&network, parties, Signs::Exact, reveal);
                assert!(scheme.kappa() >= 40, "{name}, {parties} parties");
            }
        }
    }
}
