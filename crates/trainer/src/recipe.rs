//! The models that can be trained.

use blindsight_model::data_set::DataSet;

use crate::{architecture::Spec, augment::Augmentation};

mod clothes;
mod digits;
mod faces;
mod widths;

/// How a model is made.
pub struct Recipe {
    /// Its name: of the command and of the files.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it learns from.
    pub data_set: DataSet,
    /// Its steps.
    pub architecture: &'static [Spec],
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
    /// What Adam adds to the size of a gradient before it divides by it: less than most of them.
    pub epsilon: f32,
}

/// Adam's epsilon for networks whose gradients are not small.
const EPSILON: f32 = 1e-5;

/// The same for weights of +1 and -1: they share their gradient with thousands of others.
const BINARY_EPSILON: f32 = 1e-10;

/// All recipes.
pub const RECIPES: &[&Recipe] = &[
    &digits::MLP,
    &digits::CNN,
    &digits::CNN_FAST,
    &digits::BMLP,
    &digits::BMLP_SMALL,
    &clothes::MLP,
    &clothes::CNN,
    &clothes::CNN_FAST,
    &clothes::BMLP,
    &faces::MLP,
    &widths::RELU_64,
    &widths::RELU_128,
    &widths::SIGN_64,
    &widths::SIGN_128,
];

/// The names of all recipes.
pub fn names() -> impl Iterator<Item = &'static str> {
    RECIPES.iter().map(|recipe| recipe.name)
}

/// The recipe of that name.
pub fn find(name: &str) -> Option<&'static Recipe> {
    RECIPES.iter().copied().find(|recipe| recipe.name == name)
}

#[cfg(test)]
mod tests {
    use blindsight_model::network::Shape;
    use burn::tensor::Device;
    use chacha20::ChaCha8Rng;
    use rand::SeedableRng;

    use super::*;
    use crate::trainee::Trainee;

    /// Every architecture fits 28 x 28 pixels and has a logit for each class.
    #[test]
    fn architectures_fit_their_data_sets() {
        for recipe in RECIPES {
            let labels = recipe.data_set.labels();
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            let specs = recipe.architecture;
            let trainee =
                Trainee::new(specs, Shape::MNIST, labels.len(), &mut rng, &Device::flex());
            let network = trainee.unwrap();
            let network = network.network(recipe.name, Shape::MNIST, labels).unwrap();
            let shapes = network.shapes().unwrap();
            let classes = shapes.last().unwrap().elements();
            assert_eq!(classes, network.labels.len(), "{}", recipe.name);
            let found = find(recipe.name).unwrap();
            assert_eq!(found.architecture, specs, "two are called {}", recipe.name);
        }
    }
}
