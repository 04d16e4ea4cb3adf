//! Every kind of layer, in networks put together at random: in floating point, in integers, and
//! securely.

use crate::common::{
    Room,
    graphs::{self, Builder},
    integers, pixels,
};
use blindsight_model::{
    evaluate::{float, integer},
    network::{Shape, Window},
    plan::{Gate, Operation, Plan},
};
use blindsight_mpc::ring::Ring;
use blindsight_parties::{Cost, StepCost};
use proptest::prelude::*;

/// How far two logits may lie from each other, relative to the span of all, to count as equal. Of
/// 18,000 pictures of 6,000 such networks, integers were at most 0.061 off.
const NEAR: f64 = 0.1;

fn span(logits: &[f64]) -> f64 {
    let of = |pick: fn(f64, f64) -> f64, start| logits.iter().copied().fold(start, pick);
    of(f64::max, f64::MIN) - of(f64::min, f64::MAX)
}

/// Pooling at full precision picks exactly; in secure evaluation and after truncation values may be
/// one unit off. Both move logits a little, and so may turn a near-tie, but nothing else.
fn check(network: &blindsight_model::network::Network, seed: u64) -> (u32, u32) {
    let integers = integers(network);
    let cost = Cost::declared(integers.plan()).unwrap();
    let steps = StepCost::declared(integers.plan()).unwrap();
    let sum = |of: fn(&StepCost) -> u64| steps.iter().map(of).sum::<u64>();
    assert_eq!(sum(|step| step.online_bytes), cost.online_bytes);
    assert_eq!(
        sum(|step| step.round_trips.into()),
        u64::from(cost.round_trips)
    );
    // The headers of five messages come on top.
    let headers = cost.data_owner_offline_bytes - sum(|step| step.offline_bytes);
    assert!(headers < 5 * 64, "{headers} bytes");
    let mut room = Room::new(&integers, &network.labels, seed, 1);
    room.run();
    let (mut equal, mut all) = (0, 0);
    for image in 0..3 {
        let picture = pixels(network.input.elements(), seed ^ image);
        let exact = integer::logits(&integers, &picture)
            .unwrap()
            .mapv(|y| y as f64);
        let floats = float::logits(network, &picture).unwrap().mapv(f64::from);
        let (exact, floats) = (exact.to_vec(), floats.to_vec());

        // Integers are the floating-point logits times one scale.
        let scale = exact.iter().zip(&floats).map(|(i, f)| i * f).sum::<f64>()
            / floats.iter().map(|f| f * f).sum::<f64>();
        let most = floats.iter().fold(0.0, |most: f64, f| most.max(f.abs()));
        for (i, f) in exact.iter().zip(&floats) {
            assert!(
                (i / scale - f).abs() <= NEAR * most,
                "{exact:?} for {floats:?}"
            );
        }

        let result = room.classify(&picture).expect("a result");
        assert_eq!(result.round_trips, cost.round_trips);
        assert_eq!(result.online_bytes, cost.online_bytes);
        assert_eq!(result.offline_bytes, cost.data_owner_offline_bytes);
        let class = integer::classify(&integers, &picture).unwrap();
        let behind = exact[class] - exact[result.class];
        assert!(
            behind <= NEAR * span(&exact),
            "class {} of {exact:?}",
            result.class
        );
        all += 1;
        equal += u32::from(result.class == class);
    }
    (equal, all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_network_is_the_same_in_the_clear_and_securely(seed: u64) {
        check(&graphs::random(seed), seed);
    }
}

#[test]
fn near_ties_are_rare() {
    let (mut equal, mut all) = (0, 0);
    for seed in 0..60 {
        let (same, pictures) = check(&graphs::random(seed), seed);
        equal += same;
        all += pictures;
    }
    assert!(equal * 100 >= all * 95, "{equal} of {all}");
}

/// Binarised networks are exact, in the narrowest rings, with weights as bits.
#[test]
fn binarised_networks_are_exact() {
    let input = Shape {
        channels: 1,
        height: 5,
        width: 5,
    };
    for seed in 0..6 {
        let network = graphs::binarised(input, &[40, 33, 24, 6], seed);
        let integers = integers(&network);
        let rings: Vec<Ring> = integers.plan().linears().iter().map(|l| l.ring).collect();
        assert!(rings.iter().all(|ring| *ring == Ring::Z16), "{rings:?}");
        let mut room = Room::new(&integers, &network.labels, seed, 2);
        room.run();
        for image in 0..20 {
            let picture = pixels(25, image);
            let class = float::classify(&network, &picture).unwrap();
            assert_eq!(integer::classify(&integers, &picture).unwrap(), class);
            assert_eq!(room.classify(&picture).expect("a result").class, class);
        }
    }
}

fn pooled(plan: &Plan) -> Vec<bool> {
    let hidden = plan.hidden().iter();
    hidden
        .map(|hidden| hidden.activation.pool.is_some())
        .collect()
}

/// Pooling and activation share a step in either order; a window of four costs one round trip more.
#[test]
fn pooling_costs_its_rounds() {
    use blindsight_model::network::{Activation, Layer, Value};
    let input = Shape {
        channels: 1,
        height: 8,
        width: 8,
    };
    let relu = Layer::Activation(Activation::Relu);
    for (window, extra) in [
        (Window::square(1, 2), 0),
        (
            Window {
                kernel: [1, 2],
                ..Window::square(1, 1)
            },
            0,
        ),
        (Window::square(2, 2), 1),
        (
            Window {
                kernel: [1, 3],
                ..Window::square(1, 1)
            },
            1,
        ),
        (
            Window {
                kernel: [2, 4],
                ..Window::square(1, 1)
            },
            1,
        ),
        (Window::square(3, 2), 2),
    ] {
        for pool_first in [true, false] {
            let mut b = Builder::new(input, 3);
            let y = b.convolution(Value::Picture, 3, Window::square(3, 1), 1);
            let pool = Layer::MaxPool(window);
            let (first, second) = if pool_first {
                (pool, relu.clone())
            } else {
                (relu.clone(), pool)
            };
            let y = b.push(&[y], first);
            let y = b.push(&[y], second);
            let network = b.finish(y, 4);
            let plan = integers(&network).plan().clone();
            assert_eq!(pooled(&plan), [true]);
            assert_eq!(
                Cost::declared(&plan).unwrap().round_trips,
                3 + extra,
                "{window:?}"
            );
            check(&network, 9);
        }
    }
}

/// A linear map right behind another is opened in between; nothing is computed twice.
#[test]
fn what_stands_between_linear_maps_is_opened() {
    use blindsight_model::network::Value;
    let mut b = Builder::new(Shape::flat(6), 3);
    let y = b.dense(Value::Picture, 5);
    let network = b.finish(y, 4);
    let plan = integers(&network).plan().clone();
    assert_eq!(plan.steps(), 2);
    let identity = blindsight_model::plan::Function::Identity;
    assert_eq!(plan.hidden()[0].activation.gate, Gate::Function(identity));
    let linear = |operation: &&Operation| matches!(operation, Operation::Linear { .. });
    assert_eq!(plan.affine(0).operations.iter().filter(linear).count(), 1);
    check(&network, 4);
}
