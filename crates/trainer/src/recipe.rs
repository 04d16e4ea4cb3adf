//! The models that can be trained.

use crate::{augment::Augmentation, data_set::Source};

/// How a model is made.
pub struct Recipe {
    /// Its name: of the command and of the files.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it learns from.
    pub data_set: Source,
    /// Values in each hidden layer; each is followed by a ReLU.
    pub hidden: &'static [usize],
    /// How pictures are varied in training.
    pub augmentation: Augmentation,
    /// The numbers of the training.
    pub training: Training,
}

/// The numbers of a training.
pub struct Training {
    /// Passes over all pictures, unless the command says otherwise.
    pub epochs: u32,
    /// Pictures in a step.
    pub batch: usize,
    /// Adam's learning rate at the start; it falls to 0 along half a cosine.
    pub learning_rate: f64,
    /// How fast weights decay, as a multiple of the learning rate. Small weights leave fixed
    /// point more fractional bits.
    pub weight_decay: f32,
}

/// All recipes.
pub const RECIPES: &[Recipe] = &[Recipe {
    name: "mnist-mlp",
    title: "Handwritten digits",
    data_set: Source::MNIST,
    hidden: &[128, 128],
    augmentation: Augmentation {
        shift: 2.0,
        rotation: 12.0,
        scale: 0.12,
        shear: 0.12,
        stroke: 0.6,
    },
    training: Training {
        epochs: 60,
        batch: 128,
        learning_rate: 2e-3,
        weight_decay: 0.02,
    },
}];

/// The names of all recipes.
pub fn names() -> impl Iterator<Item = &'static str> {
    RECIPES.iter().map(|recipe| recipe.name)
}

/// The recipe of that name.
pub fn find(name: &str) -> Option<&'static Recipe> {
    RECIPES.iter().find(|recipe| recipe.name == name)
}
