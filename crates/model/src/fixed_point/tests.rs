use blindsight_mpc::ring::Ring;
use ndarray::{Array1, Array2};

use super::*;
use crate::{
    evaluate::{float, integer},
    network::{Activation, FullyConnected, Layer, Network, Node, Shape, Value, Window},
    plan::{Function, Gate, Operation, PlanError},
};

const INPUT: Shape = Shape {
    channels: 1,
    height: 3,
    width: 3,
};

/// A network of 3 x 3 pixels with the given layer widths and weights within +-`size`.
fn network(widths: &[usize], size: f32, function: Activation) -> Network {
    let mut state = 1_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) as f32 / (1 << 23) as f32 - 1.0) * size
    };
    let mut layers = Vec::new();
    for pair in widths.windows(2) {
        if !layers.is_empty() {
            layers.push(Layer::Activation(function));
        }
        layers.push(Layer::FullyConnected(FullyConnected {
            weights: Array2::from_shape_simple_fn((pair[1], pair[0]), &mut next),
            bias: Array1::from_shape_simple_fn(pair[1], &mut next),
        }));
    }
    Network::chain("test", INPUT, Vec::new(), layers)
}

fn relu(widths: &[usize], size: f32) -> Network {
    network(widths, size, Activation::Relu)
}

fn converted(network: &Network) -> IntegerNetwork {
    IntegerNetwork::from_float(network).ok().unwrap()
}

fn error(network: &Network) -> FixedPointError {
    IntegerNetwork::from_float(network).err().unwrap()
}

/// The corners of the input cube reach what interval arithmetic proved, and nothing wraps there: a
/// network of two layers is evaluated with wide integers beside.
#[test]
fn nothing_wraps_at_the_corners() {
    let network = relu(&[9, 5, 3], 0.05);
    let integers = converted(&network);
    let weights = |number: usize| match &integers.layers()[number].weights {
        Weights::Integers(weights) => weights.clone(),
        Weights::Signs(_) => panic!("these weights are no signs"),
    };
    let activation = integers.plan().hidden()[0].activation;
    for corner in 0..1 << 9 {
        let pixels: Vec<u8> = (0..9)
            .map(|bit| if corner >> bit & 1 == 1 { 255 } else { 0 })
            .collect();
        let layer = |number: usize, x: &[i128]| -> Vec<i128> {
            let weights = weights(number);
            let rows = weights
                .rows()
                .into_iter()
                .zip(&integers.layers()[number].bias);
            rows.map(|(row, bias)| {
                row.iter()
                    .zip(x)
                    .map(|(w, x)| i128::from(*w) * x)
                    .sum::<i128>()
                    + i128::from(*bias)
            })
            .collect()
        };
        let x: Vec<i128> = pixels.iter().map(|p| i128::from(*p)).collect();
        let y = layer(0, &x);
        for y in &y {
            assert!(y.abs() < 1 << 31);
            // Truncation may add one unit.
            assert!((y >> activation.shift) >= -(1 << (activation.width - 1)));
            assert!((y >> activation.shift) + 1 < 1 << (activation.width - 1));
        }
        let z: Vec<i128> = y.iter().map(|y| (y >> activation.shift).max(0)).collect();
        let logits = layer(1, &z);
        let exact: Vec<i128> = integer::logits(&integers, &pixels)
            .unwrap()
            .iter()
            .map(|y| i128::from(*y))
            .collect();
        assert_eq!(exact, logits);
    }
}

#[test]
fn small_networks_fit_the_narrow_ring_and_large_values_move_to_the_wide_one() {
    let rings = |network: &Network| -> Vec<Ring> {
        converted(network)
            .plan()
            .linears()
            .iter()
            .map(|linear| linear.ring)
            .collect()
    };
    assert_eq!(rings(&relu(&[9, 4, 3], 0.1)), [Ring::Z32, Ring::Z32]);
    assert!(!converted(&relu(&[9, 4, 3], 0.1)).is_exact(0));
    assert!(rings(&relu(&[9, 4, 3], 3000.0)).contains(&Ring::Z64));
}

#[test]
fn signs_keep_integers_exact() {
    let mut network = network(&[9, 40, 30, 3], 1.0, Activation::Sign);
    for node in &mut network.nodes {
        if let Layer::FullyConnected(layer) = &mut node.layer {
            layer.weights.mapv_inplace(f32::signum);
            layer.bias.mapv_inplace(|b| (4.0 * b).round() + 0.5);
        }
    }
    let integers = converted(&network);
    assert!(
        integers
            .plan()
            .linears()
            .iter()
            .all(|linear| linear.ring == Ring::Z16)
    );
    assert!(
        integers
            .layers()
            .iter()
            .all(|layer| matches!(layer.weights, Weights::Signs(_)))
    );
    assert!((0..integers.plan().steps()).all(|step| integers.is_exact(step)));
    for step in integers.plan().hidden() {
        assert_eq!(
            (step.activation.shift, step.activation.gate),
            (0, Gate::Sign)
        );
    }
    for seed in 0..50_u8 {
        let pixels: Vec<u8> = (0..9)
            .map(|i: u8| seed.wrapping_mul(37).wrapping_add(i.wrapping_mul(101)))
            .collect();
        let class = float::classify(&network, &pixels).unwrap();
        assert_eq!(integer::classify(&integers, &pixels).unwrap(), class);
    }
}

#[test]
fn an_activation_in_front_of_pooling_goes_behind_it() {
    let mut network = relu(&[9, 16, 16, 3], 0.1);
    let pool = |input| Node {
        inputs: vec![Value::Node(input)],
        layer: Layer::MaxPool(Window::square(2, 2)),
    };
    let reshape = |input| Node {
        inputs: vec![Value::Node(input)],
        layer: Layer::Reshape(Shape {
            channels: 4,
            height: 2,
            width: 2,
        }),
    };
    let mut dense = relu(&[4, 3], 0.1).nodes.remove(0);
    dense.inputs = vec![Value::Node(3)];
    // dense, reshape, ReLU, pooling, dense.
    network.nodes.truncate(1);
    network.nodes.push(reshape(0));
    network.nodes.push(Node {
        inputs: vec![Value::Node(1)],
        layer: Layer::Activation(Activation::Relu),
    });
    network.nodes.push(pool(2));
    network.nodes.push(dense);
    let plan = converted(&network).plan().clone();
    assert_eq!(plan.steps(), 2);
    assert!(plan.hidden()[0].activation.pool.is_some());
    assert_eq!(
        plan.hidden()[0].activation.gate,
        Gate::Function(Function::Relu)
    );
}

/// What two layers take is opened once: its weights stand in one step alone.
#[test]
fn what_several_take_is_opened_once() {
    let mut network = relu(&[9, 4], 0.1);
    let node = |inputs: &[usize], layer| Node {
        inputs: inputs.iter().map(|k| Value::Node(*k)).collect(),
        layer,
    };
    network
        .nodes
        .push(node(&[0], Layer::Activation(Activation::Relu)));
    network.nodes.push(node(&[0, 1], Layer::Add));
    let plan = converted(&network).plan().clone();
    let identity = Gate::Function(Function::Identity);
    let gates: Vec<Gate> = plan.hidden().iter().map(|h| h.activation.gate).collect();
    assert_eq!(gates, [identity, Gate::Function(Function::Relu)]);
    assert_eq!(plan.linears().len(), 1);
    assert!(matches!(
        plan.output().affine.operations[..],
        [Operation::Sum(_)]
    ));
}

#[test]
fn what_cannot_be_proved_is_refused_with_the_layer_named() {
    let wild = relu(&[9, 9, 9, 9, 3], 1e6);
    let FixedPointError::Overflow { layer, bits } = error(&wild) else {
        panic!("{}", error(&wild));
    };
    assert!(
        (layer, bits > 63) == (3, true),
        "layer {layer}, {bits} bits"
    );
    let mut broken = relu(&[9, 4, 3], 0.1);
    if let Layer::FullyConnected(layer) = &mut broken.nodes[2].layer {
        layer.bias[0] = f32::NAN;
    }
    assert_eq!(error(&broken), FixedPointError::Weight { layer: 3 });
    let mut shape = relu(&[9, 4, 3], 0.1);
    shape.input.channels = 2;
    assert!(matches!(error(&shape), FixedPointError::Shape(_)));
    shape.nodes.clear();
    assert_eq!(error(&shape), FixedPointError::Empty);
    let mut deep = relu(&[9, 4], 0.1);
    for layer in 0..100 {
        deep.nodes.push(Node {
            inputs: vec![Value::Node(layer)],
            layer: Layer::Activation(Activation::Relu),
        });
    }
    let steps = PlanError::TooLarge {
        what: "steps",
        found: 101,
        limit: 64,
    };
    assert_eq!(error(&deep), FixedPointError::Plan(steps));
    let many = relu(&[9, 300], 0.1);
    assert_eq!(
        error(&many),
        FixedPointError::Plan(PlanError::Classes { found: 300 })
    );
    for function in [
        Activation::LeakyRelu { slope: 2.0 },
        Activation::LeakyRelu { slope: f32::NAN },
        Activation::Clip { high: 0.0 },
        Activation::Clip { high: f32::NAN },
    ] {
        let refused = error(&network(&[9, 4, 3], 0.1, function));
        assert_eq!(refused, FixedPointError::Activation { layer: 2 });
    }
}

/// Each fractional bit that is demanded is a bit of what is compared; a ring that is demanded is in
/// every step, also where all is exact.
#[test]
fn what_is_demanded_is_done() {
    let with = |network: &Network, fractional_bits: Option<u8>, narrowest: Ring| {
        let demands = Demands {
            fractional_bits,
            narrowest,
            ..Demands::default()
        };
        let integers = IntegerNetwork::from_float_with(network, demands);
        integers.ok().unwrap().plan().clone()
    };
    let network_of_relu = relu(&[9, 5, 3], 0.05);
    let width = |bits| {
        let plan = with(&network_of_relu, Some(bits), Ring::Z16);
        plan.hidden()[0].activation.width
    };
    assert_eq!((width(4) + 4, width(8) + 4), (width(8), width(12)));

    let rings = |network: &Network, narrowest| -> Vec<Ring> {
        let plan = with(network, None, narrowest);
        (0..plan.steps())
            .map(|step| plan.affine(step).ring)
            .collect()
    };
    assert_eq!(rings(&network_of_relu, Ring::Z16), [Ring::Z32; 2]);
    assert_eq!(rings(&network_of_relu, Ring::Z64), [Ring::Z64; 2]);
    let mut signs = network(&[9, 5, 3], 0.05, Activation::Sign);
    for node in &mut signs.nodes {
        if let Layer::FullyConnected(layer) = &mut node.layer {
            layer
                .weights
                .mapv_inplace(|w| if w < 0.0 { -1.0 } else { 1.0 });
            layer.bias.fill(0.5);
        }
    }
    assert_eq!(rings(&signs, Ring::Z16), [Ring::Z16; 2]);
    assert_eq!(rings(&signs, Ring::Z32), [Ring::Z32; 2]);
}
