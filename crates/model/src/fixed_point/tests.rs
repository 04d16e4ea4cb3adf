use super::*;
use crate::{
    evaluate::integer,
    network::{FullyConnected, InputShape, Layer, Network},
    plan::{Activation, Reveal},
};
use blindsight_mpc::ring::Ring;
use proptest::prelude::*;

/// A network of 3 x 3 pixels with the given layer widths and weights within +-`size`.
fn network(widths: &[usize], size: f32, seed: u64) -> Network {
    let mut state = seed;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) as f32 / (1 << 23) as f32 - 1.0) * size
    };
    let mut layers = Vec::new();
    for pair in widths.windows(2) {
        if !layers.is_empty() {
            layers.push(Layer::Relu);
        }
        layers.push(Layer::FullyConnected(FullyConnected {
            weights: Array2::from_shape_simple_fn((pair[1], pair[0]), &mut next),
            bias: Array1::from_shape_simple_fn(pair[1], &mut next),
        }));
    }
    Network {
        name: "test".into(),
        input: InputShape {
            channels: 1,
            height: 3,
            width: 3,
        },
        labels: Vec::new(),
        layers,
    }
}

fn float_logits(network: &Network, pixels: &[u8]) -> Vec<f64> {
    let mut x: Vec<f64> = pixels.iter().map(|p| f64::from(*p)).collect();
    for layer in &network.layers {
        x = match layer {
            Layer::Relu => x.into_iter().map(|x| x.max(0.0)).collect(),
            Layer::FullyConnected(layer) => {
                let rows = layer.weights.rows().into_iter().zip(&layer.bias);
                rows.map(|(row, bias)| {
                    let terms = row.iter().zip(&x);
                    terms.map(|(w, x)| f64::from(*w) * x).sum::<f64>() + f64::from(*bias)
                })
                .collect()
            }
        };
    }
    x
}

proptest! {
    /// The integers follow the floating-point network, scaled, and every value that the plan
    /// declares a width for stays within it, at the corners of the input cube too.
    #[test]
    fn integers_follow_floats_within_the_declared_widths(
        seed: u64, hidden in 1_usize..7, pixels in proptest::collection::vec(
            prop_oneof![Just(0_u8), Just(255), any::<u8>()], 9),
    ) {
        let network = network(&[9, hidden, 5, 3], 0.05, seed);
        let integers = IntegerNetwork::from_float(&network).ok().unwrap();
        let mut x: Vec<i64> = pixels.iter().map(|p| i64::from(*p)).collect();
        for (step, layer) in integers.layers().iter().enumerate() {
            let ring = integers.plan().linear(step).unwrap().ring.bits();
            let y: Vec<i64> = layer.weights.rows().into_iter().zip(&layer.bias).map(|(row, b)| {
                row.iter().zip(&x).map(|(w, x)| i64::from(*w) * x).sum::<i64>() + b
            }).collect();
            for y in &y {
                prop_assert!(y.unsigned_abs() < 1 << (ring - 1));
            }
            match integers.plan().hidden().get(step).map(|hidden| hidden.activation) {
                Some(Activation::Relu { shift, width }) => {
                    for y in &y {
                        // The truncation may add one unit.
                        prop_assert!((y >> shift) >= -(1 << (width - 1)));
                        prop_assert!((y >> shift) + 1 < 1 << (width - 1));
                    }
                    x = y.into_iter().map(|y| (y >> shift).max(0)).collect();
                }
                None => {
                    let Reveal::Class { width } = integers.plan().output().reveal;
                    for a in &y {
                        for b in &y {
                            prop_assert!((a - b).unsigned_abs() < 1 << (width - 1));
                        }
                    }
                    x = y;
                }
            }
        }
        prop_assert_eq!(integer::logits(&integers, &pixels).unwrap().to_vec(), x.clone());
        let floats = float_logits(&network, &pixels);
        let scale = x.iter().map(|v| v.abs()).max().unwrap() as f64
            / floats.iter().map(|v| v.abs()).fold(1e-9, f64::max);
        for (integer, float) in x.iter().zip(&floats) {
            let error = (*integer as f64 / scale - float).abs();
            prop_assert!(error < 0.05 + 0.01 * float.abs(), "{integer} for {float}");
        }
    }
}

#[test]
fn small_networks_fit_the_narrow_ring_and_large_values_move_to_the_wide_one() {
    let narrow = IntegerNetwork::from_float(&network(&[9, 4, 3], 0.1, 1))
        .ok()
        .unwrap();
    assert!(
        narrow
            .plan()
            .linears()
            .all(|linear| linear.ring == Ring::Z32)
    );
    let wide = IntegerNetwork::from_float(&network(&[9, 4, 3], 3000.0, 1))
        .ok()
        .unwrap();
    assert!(wide.plan().linears().any(|linear| linear.ring == Ring::Z64));
}

#[test]
fn what_cannot_be_proved_is_refused_with_the_layer_named() {
    let error = |network: &Network| IntegerNetwork::from_float(network).err().unwrap();
    let wild = network(&[9, 9, 9, 9, 3], 1e6, 1);
    let FixedPointError::Overflow { layer, bits } = error(&wild) else {
        panic!("{}", error(&wild));
    };
    assert!(
        (layer, bits > 63) == (3, true),
        "layer {layer}, {bits} bits"
    );
    let mut broken = network(&[9, 4, 3], 0.1, 1);
    if let Layer::FullyConnected(layer) = &mut broken.layers[2] {
        layer.bias[0] = f32::NAN;
    }
    assert_eq!(error(&broken), FixedPointError::Weight { layer: 3 });
    let mut order = network(&[9, 4, 3], 0.1, 1);
    order.layers.push(Layer::Relu);
    assert!(matches!(
        error(&order),
        FixedPointError::Order { layer: 4, .. }
    ));
    order.layers.clear();
    assert!(matches!(error(&order), FixedPointError::Order { .. }));
    let mut shape = network(&[9, 4, 3], 0.1, 1);
    shape.input.channels = 2;
    assert!(matches!(error(&shape), FixedPointError::Plan(_)));
}
