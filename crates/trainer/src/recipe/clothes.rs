//! Pictures of clothes.

use blindsight_model::{data_set::DataSet, network::Window};

use super::{BINARY_EPSILON, EPSILON, Recipe, Training};
use crate::{
    architecture::Spec,
    augment::{Augmentation, Outside},
};

const TITLE: &str = "Clothes";

/// Clothes are photographed from the front, from either side.
const CLOTHES: Augmentation = Augmentation {
    shift: 1.0,
    rotation: 3.0,
    scale: 0.06,
    shear: 0.03,
    stroke: 0.0,
    light: 0.0,
    mirror: true,
    outside: Outside::Dark,
};

/// Fully connected with ReLU.
pub const MLP: Recipe = Recipe {
    name: "fashion-mlp",
    title: TITLE,
    data_set: DataSet::FashionMnist,
    architecture: &[
        Spec::Dense(256),
        Spec::Relu,
        Spec::Dense(128),
        Spec::Relu,
        Spec::Logits,
    ],
    augmentation: CLOTHES,
    training: Training {
        epochs: 60,
        batch: 128,
        learning_rate: 2e-3,
        weight_decay: 0.02,
        epsilon: EPSILON,
    },
};

/// The reference: convolutions and max pooling, pooling in front of ReLU.
pub const CNN: Recipe = Recipe {
    name: "fashion-cnn",
    title: TITLE,
    data_set: DataSet::FashionMnist,
    architecture: &[
        Spec::Convolution {
            channels: 16,
            window: Window::square(5, 1),
        },
        Spec::MaxPool(Window::square(2, 2)),
        Spec::Relu,
        Spec::Convolution {
            channels: 32,
            window: Window::square(3, 1),
        },
        Spec::MaxPool(Window::square(2, 2)),
        Spec::Relu,
        Spec::Dropout(0.2),
        Spec::Dense(128),
        Spec::Relu,
        Spec::Dropout(0.3),
        Spec::Logits,
    ],
    augmentation: CLOTHES,
    training: Training {
        epochs: 40,
        batch: 64,
        learning_rate: 2e-3,
        weight_decay: 0.02,
        epsilon: EPSILON,
    },
};

/// Strides in place of pooling: few comparisons, few rounds.
pub const CNN_FAST: Recipe = Recipe {
    name: "fashion-cnn-fast",
    title: TITLE,
    data_set: DataSet::FashionMnist,
    architecture: &[
        Spec::Convolution {
            channels: 16,
            window: Window::square(5, 2),
        },
        Spec::Relu,
        Spec::Convolution {
            channels: 32,
            window: Window::square(3, 2),
        },
        Spec::Relu,
        Spec::Dropout(0.2),
        Spec::Dense(64),
        Spec::Relu,
        Spec::Logits,
    ],
    augmentation: CLOTHES,
    training: Training {
        epochs: 40,
        batch: 64,
        learning_rate: 2e-3,
        weight_decay: 0.02,
        epsilon: EPSILON,
    },
};

/// The binarised network of the digits, for clothes.
pub const BMLP: Recipe = Recipe {
    name: "fashion-bmlp",
    title: TITLE,
    data_set: DataSet::FashionMnist,
    architecture: &[
        Spec::BinarySigns(4096),
        Spec::BinarySigns(4096),
        Spec::BinarySigns(4096),
        Spec::BinaryLogits,
    ],
    augmentation: CLOTHES,
    training: Training {
        epochs: 8,
        batch: 512,
        learning_rate: 5e-3,
        weight_decay: 0.0,
        epsilon: BINARY_EPSILON,
    },
};
