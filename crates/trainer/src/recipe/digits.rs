//! Handwritten digits.

use blindsight_model::{data_set::DataSet, network::Window};

use super::{BINARY_EPSILON, EPSILON, Recipe, Training};
use crate::{
    architecture::Spec,
    augment::{Augmentation, Outside},
};

pub const TITLE: &str = "Handwritten digits";

/// As far as hands differ that draw with a mouse or a finger.
const HANDS: Augmentation = Augmentation {
    shift: 2.0,
    rotation: 12.0,
    scale: 0.12,
    shear: 0.12,
    stroke: 0.6,
    light: 0.0,
    mirror: false,
    outside: Outside::Dark,
};

/// Less, for networks that have little time or room to learn it.
pub const SIMILAR_HANDS: Augmentation = Augmentation {
    shift: 1.0,
    rotation: 8.0,
    scale: 0.08,
    shear: 0.08,
    stroke: 0.4,
    ..HANDS
};

/// Fully connected with ReLU.
pub const MLP: Recipe = Recipe {
    name: "mnist-mlp",
    title: TITLE,
    data_set: DataSet::Mnist,
    architecture: &[
        Spec::Dense(128),
        Spec::Relu,
        Spec::Dense(128),
        Spec::Relu,
        Spec::Logits,
    ],
    augmentation: HANDS,
    training: Training {
        epochs: 60,
        batch: 128,
        learning_rate: 2e-3,
        weight_decay: 0.02,
        epsilon: EPSILON,
    },
};

/// The reference: convolutions and max pooling. Pooling stands in front of ReLU, which gives the
/// same and leaves a quarter of the ReLUs.
pub const CNN: Recipe = Recipe {
    name: "mnist-cnn",
    title: TITLE,
    data_set: DataSet::Mnist,
    architecture: &[
        Spec::Convolution {
            channels: 8,
            window: Window::square(5, 1),
        },
        Spec::MaxPool(Window::square(2, 2)),
        Spec::Relu,
        Spec::Convolution {
            channels: 24,
            window: Window::square(5, 1),
        },
        Spec::MaxPool(Window::square(2, 2)),
        Spec::Relu,
        Spec::Dense(64),
        Spec::Relu,
        Spec::Logits,
    ],
    augmentation: HANDS,
    training: Training {
        epochs: 25,
        batch: 64,
        learning_rate: 2e-3,
        weight_decay: 0.02,
        epsilon: EPSILON,
    },
};

/// Strides in place of pooling: few comparisons, few rounds.
pub const CNN_FAST: Recipe = Recipe {
    name: "mnist-cnn-fast",
    title: TITLE,
    data_set: DataSet::Mnist,
    architecture: &[
        Spec::Convolution {
            channels: 12,
            window: Window::square(5, 2),
        },
        Spec::Relu,
        Spec::Convolution {
            channels: 24,
            window: Window::square(5, 2),
        },
        Spec::Relu,
        Spec::Logits,
    ],
    augmentation: HANDS,
    training: Training {
        epochs: 40,
        batch: 64,
        learning_rate: 2e-3,
        weight_decay: 0.02,
        epsilon: EPSILON,
    },
};

/// The binarised network of Abspoel, Bouman, Schoenmakers and de Vreede, "Fast secure comparison
/// for medium-sized integers and its application in binarized neural networks" (CT-RSA 2019).
pub const BMLP: Recipe = Recipe {
    name: "mnist-bmlp",
    title: TITLE,
    data_set: DataSet::Mnist,
    architecture: &[
        Spec::BinarySigns(4096),
        Spec::BinarySigns(4096),
        Spec::BinarySigns(4096),
        Spec::BinaryLogits,
    ],
    augmentation: SIMILAR_HANDS,
    training: Training {
        epochs: 8,
        batch: 512,
        learning_rate: 5e-3,
        weight_decay: 0.0,
        epsilon: BINARY_EPSILON,
    },
};

/// The same with an eighth of the width.
pub const BMLP_SMALL: Recipe = Recipe {
    name: "mnist-bmlp-small",
    title: TITLE,
    data_set: DataSet::Mnist,
    architecture: &[
        Spec::BinarySigns(512),
        Spec::BinarySigns(512),
        Spec::BinarySigns(512),
        Spec::BinaryLogits,
    ],
    augmentation: SIMILAR_HANDS,
    training: Training {
        epochs: 80,
        batch: 256,
        learning_rate: 5e-3,
        weight_decay: 0.0,
        epsilon: BINARY_EPSILON,
    },
};
