//! Faces of forty people.

use blindsight_model::data_set::DataSet;

use super::{EPSILON, Recipe, Training};
use crate::{
    architecture::Spec,
    augment::{Augmentation, Outside},
};

/// Few pictures of each, and people move.
const PORTRAITS: Augmentation = Augmentation {
    shift: 1.5,
    rotation: 8.0,
    scale: 0.1,
    shear: 0.05,
    stroke: 0.0,
    light: 0.15,
    mirror: true,
    outside: Outside::Nearest,
};

/// Fully connected with ReLU.
pub const MLP: Recipe = Recipe {
    name: "faces-mlp",
    title: "Faces of forty people",
    data_set: DataSet::AttFaces,
    architecture: &[Spec::Dense(128), Spec::Relu, Spec::Logits],
    augmentation: PORTRAITS,
    training: Training {
        epochs: 1500,
        batch: 64,
        learning_rate: 2e-3,
        weight_decay: 0.05,
        epsilon: EPSILON,
    },
};
