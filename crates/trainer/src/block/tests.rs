//! Each kind of step does in training what its layers do in the finished network.

use blindsight_model::{
    evaluate::float,
    network::{FullyConnected, Window},
};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::Int;
use ndarray::Array2;
use rand::SeedableRng;

use super::*;
use crate::trainee::Trainee;

const PICTURE: Shape = Shape {
    channels: 2,
    height: 9,
    width: 8,
};
const CLASSES: usize = 5;
const PICTURES: usize = 24;

fn pixels(rng: &mut ChaCha8Rng) -> Vec<u8> {
    let count = PICTURES * PICTURE.elements();
    std::iter::repeat_with(|| rng.random())
        .take(count)
        .collect()
}

/// A few steps of training on random pictures, so that no bias, mean or scale is what it was.
fn trained(architecture: &[Spec], rng: &mut ChaCha8Rng) -> Trainee {
    let device = Device::flex().autodiff();
    let mut trainee = Trainee::new(architecture, PICTURE, CLASSES, rng, &device).unwrap();
    let mut adam = AdamWConfig::new().with_epsilon(1e-10).init();
    let loss = CrossEntropyLossConfig::new().init(&device);
    for _ in 0..12 {
        let pixels = pixels(rng).into_iter().map(|p| f32::from(p) / 255.0);
        let pixels = TensorData::new(pixels.collect::<Vec<_>>(), [PICTURES, PICTURE.elements()]);
        let classes: Vec<i32> = std::iter::repeat_with(|| rng.random_range(0..CLASSES as i32))
            .take(PICTURES)
            .collect();
        let classes: Tensor<1, Int> =
            Tensor::from_data(TensorData::new(classes, [PICTURES]), &device);
        let logits = trainee.forward(Tensor::from_data(pixels, &device), Some(rng));
        let gradients = loss.forward(logits, classes).backward();
        let gradients = GradientsParams::from_grads(gradients, &trainee);
        trainee = adam.step(0.01, trainee, gradients).constrained();
    }
    trainee
}

/// The logits of random pictures in training and in the finished network.
fn both(architecture: &[Spec], seed: u64) -> (Array2<f32>, Array2<f32>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let trainee = trained(architecture, &mut rng);
    let labels = vec![String::new(); CLASSES];
    let network = trainee.network("test", PICTURE, labels).unwrap();
    let pixels = pixels(&mut rng);
    let logits = trainee.valid().logits(&pixels, PICTURE).unwrap();
    (logits, float::logits_batch(&network, &pixels).unwrap())
}

fn check(architecture: &[Spec]) {
    for seed in 1..4 {
        let (logits, finished) = both(architecture, seed);
        let size = logits.iter().fold(0.0_f32, |size, x| size.max(x.abs()));
        assert!(size > 0.02, "{size}");
        for (a, b) in logits.iter().zip(&finished) {
            assert!((a - b).abs() < 1e-4 * size.max(1.0), "{a} and {b}");
        }
    }
}

#[test]
fn dense() {
    check(&[Spec::Logits]);
    check(&[Spec::Dense(7), Spec::Logits]);
}

#[test]
fn relu_and_dropout() {
    let dropout = Spec::Dropout(0.3);
    check(&[Spec::Dense(30), Spec::Relu, dropout, Spec::Logits]);
    check(&[Spec::Relu, dropout, Spec::Logits]);
}

#[test]
fn convolutions() {
    let windows = [
        Window::square(3, 1),
        Window::square(3, 2).padded(1),
        Window {
            kernel: [3, 2],
            stride: [2, 1],
            dilation: [1, 3],
            before: [1, 0],
            after: [0, 2],
        },
    ];
    for window in windows {
        let first = Spec::Convolution {
            channels: 3,
            window,
        };
        let second = Spec::Convolution {
            channels: 4,
            window: Window::square(2, 1),
        };
        check(&[first, Spec::Logits]);
        check(&[first, Spec::Relu, second, Spec::Relu, Spec::Logits]);
    }
}

#[test]
fn max_pooling() {
    let convolution = Spec::Convolution {
        channels: 3,
        window: Window::square(2, 1),
    };
    let windows = [
        Window::square(2, 2),
        Window::square(3, 2).padded(1),
        Window {
            before: [0, 1],
            after: [1, 0],
            ..Window::square(3, 1)
        },
    ];
    for window in windows {
        let pool = Spec::MaxPool(window);
        check(&[pool, Spec::Logits]);
        check(&[convolution, pool, Spec::Relu, Spec::Logits]);
    }
}

/// Logits of weights +1 and -1 are whole in the finished network, where they have no scale.
fn check_binary(architecture: &[Spec]) {
    for seed in 1..4 {
        let (logits, finished) = both(architecture, seed);
        assert!(finished.iter().all(|logit| logit.fract() == 0.0));
        // How much larger they are follows from where they are farthest apart.
        let spread = |row: ndarray::ArrayView1<'_, f32>| {
            let largest = row.iter().fold(f32::MIN, |a, b| a.max(*b));
            largest - row.iter().fold(f32::MAX, |a, b| a.min(*b))
        };
        let spreads = |logits: &Array2<f32>| logits.rows().into_iter().map(spread).sum::<f32>();
        let scale = spreads(&logits) / spreads(&finished);
        for (a, b) in logits.iter().zip(&finished) {
            // A bias was rounded to a whole number.
            assert!((a / scale - b).abs() < 1.5, "{} and {b}", a / scale);
        }
    }
}

#[test]
fn binary_layers() {
    check_binary(&[Spec::BinarySigns(40), Spec::BinaryLogits]);
    let signs = [
        Spec::BinarySigns(40),
        Spec::BinarySigns(30),
        Spec::BinaryLogits,
    ];
    check_binary(&signs);
}

#[test]
fn binary_layers_are_signs_of_whole_sums() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let specs = [
        Spec::BinarySigns(40),
        Spec::BinarySigns(30),
        Spec::BinaryLogits,
    ];
    let trainee = trained(&specs, &mut rng);
    let labels = vec![String::new(); CLASSES];
    let network = trainee.network("test", PICTURE, labels).unwrap();
    let layers: Vec<&Layer> = network.nodes.iter().map(|node| &node.layer).collect();
    let linear = |layer: &Layer| match layer {
        Layer::FullyConnected(FullyConnected { weights, bias }) => {
            assert!(weights.iter().all(|weight| weight.abs() == 1.0));
            Some(bias.mapv(|bias| bias.fract().abs()))
        }
        _ => None,
    };
    let sign = Layer::Activation(Activation::Sign);
    let [first, a, second, b, last] = layers[..] else {
        panic!("{layers:?}");
    };
    assert!(*a == sign && *b == sign);
    for hidden in [first, second] {
        assert!(linear(hidden).unwrap().iter().all(|part| *part == 0.5));
    }
    assert!(linear(last).unwrap().iter().all(|part| *part == 0.0));
}

#[test]
fn numbers_behind_weights_stay_in_their_range() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let trainee = trained(&[Spec::BinarySigns(40), Spec::BinaryLogits], &mut rng);
    let mut largest = Largest(0.0);
    trainee.visit(&mut largest);
    assert!(largest.0 > 0.15 && largest.0 <= 1.0, "{}", largest.0);

    struct Largest(f32);
    impl burn::module::ModuleVisitor for Largest {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            // Of the parameters, the weights alone have two dimensions.
            if D == 2 {
                self.0 = self.0.max(param.val().abs().max().into_scalar::<f32>());
            }
        }
    }
}
