//! Handwritten digits with two hidden layers of the same width, with ReLU or with signs between: what
//! the study compares. All learn from the same pictures, varied alike, as often and as many at a time.

use blindsight_model::data_set::DataSet;

use super::{BINARY_EPSILON, EPSILON, Recipe, Training, digits};
use crate::architecture::Spec;

/// 784-64-64-10 with ReLU.
pub const RELU_64: Recipe = relu("mnist-relu-64", &with_relu(64));
/// 784-128-128-10 with ReLU.
pub const RELU_128: Recipe = relu("mnist-relu-128", &with_relu(128));
/// 784-64-64-10 with weights of +1 and -1 and signs.
pub const SIGN_64: Recipe = sign("mnist-sign-64", &with_signs(64));
/// 784-128-128-10 with weights of +1 and -1 and signs.
pub const SIGN_128: Recipe = sign("mnist-sign-128", &with_signs(128));

const fn with_relu(width: u32) -> [Spec; 5] {
    [
        Spec::Dense(width),
        Spec::Relu,
        Spec::Dense(width),
        Spec::Relu,
        Spec::Logits,
    ]
}

const fn with_signs(width: u32) -> [Spec; 3] {
    [
        Spec::BinarySigns(width),
        Spec::BinarySigns(width),
        Spec::BinaryLogits,
    ]
}

/// Few enough that all four take minutes.
const EPOCHS: u32 = 20;
const BATCH: usize = 128;

/// With the rate, the decay and the epsilon of the bundled networks of this kind.
const fn relu(name: &'static str, architecture: &'static [Spec]) -> Recipe {
    let training = Training {
        epochs: EPOCHS,
        batch: BATCH,
        learning_rate: 2e-3,
        weight_decay: 0.02,
        epsilon: EPSILON,
    };
    recipe(name, architecture, training)
}

/// With the rate, the decay and the epsilon of the bundled networks of this kind.
const fn sign(name: &'static str, architecture: &'static [Spec]) -> Recipe {
    let training = Training {
        epochs: EPOCHS,
        batch: BATCH,
        learning_rate: 5e-3,
        weight_decay: 0.0,
        epsilon: BINARY_EPSILON,
    };
    recipe(name, architecture, training)
}

const fn recipe(name: &'static str, architecture: &'static [Spec], training: Training) -> Recipe {
    Recipe {
        name,
        title: digits::TITLE,
        data_set: DataSet::Mnist,
        architecture,
        augmentation: digits::SIMILAR_HANDS,
        training,
    }
}
