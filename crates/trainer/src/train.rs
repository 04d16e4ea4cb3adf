//! The training itself: Adam with decaying weights and a learning rate that falls to 0.

use std::f64::consts::PI;

use anyhow::{Result, bail};
use blindsight_model::network::Network;
use burn::{
    nn::loss::CrossEntropyLossConfig,
    optim::{AdamWConfig, GradientsParams},
    tensor::{Device, Int, Tensor, TensorData},
};
use chacha20::ChaCha8Rng;
use rand::SeedableRng;

use crate::{
    batches::{Schedule, batches},
    data_set::Examples,
    mlp::Mlp,
    recipe::Recipe,
};

/// How far a training is.
pub struct Step {
    /// Steps done.
    pub step: usize,
    /// Steps in all.
    pub steps: usize,
    /// The epoch, from 1.
    pub epoch: usize,
    /// Cross entropy of the step's batch, in nats.
    pub loss: f32,
}

/// Trains a network. The same seed gives the same network on the same kind of processor.
pub fn train(
    recipe: &Recipe,
    examples: &Examples,
    seed: u64,
    epochs: u32,
    mut progress: impl FnMut(Step),
) -> Result<Network> {
    let device = Device::flex().autodiff();
    let input = examples.shape();
    let labels = recipe.data_set.labels;
    let mut sizes = vec![input.pixels()];
    sizes.extend(recipe.hidden);
    sizes.push(labels.len());
    let mut mlp = Mlp::new(&sizes, &mut ChaCha8Rng::seed_from_u64(seed), &device);

    let training = &recipe.training;
    let schedule = Schedule {
        epochs,
        batch: training.batch,
    };
    let per_epoch = schedule.per_epoch(examples.len());
    let steps = per_epoch * epochs as usize;
    let cross_entropy = CrossEntropyLossConfig::new().init(&device);
    let mut adam = AdamWConfig::new()
        .with_weight_decay(training.weight_decay)
        .init();
    let mlp = std::thread::scope(|scope| {
        // Another seed than that of the weights.
        let seed = seed.wrapping_add(1 << 32);
        let batches = batches(scope, examples, &recipe.augmentation, schedule, seed);
        for (step, batch) in batches.iter().enumerate() {
            let shape = [batch.classes.len(), input.pixels()];
            let pixels = Tensor::from_data(TensorData::new(batch.pixels, shape), &device);
            let classes = TensorData::new(batch.classes, [shape[0]]);
            let classes: Tensor<1, Int> = Tensor::from_data(classes, &device);
            let loss = cross_entropy.forward(mlp.forward(pixels), classes);
            let value = loss.clone().into_scalar::<f32>();
            if !value.is_finite() {
                bail!("training diverged in step {step}: lower the learning rate of the recipe");
            }
            let gradients = GradientsParams::from_grads(loss.backward(), &mlp);
            let rate =
                training.learning_rate * (1.0 + (PI * step as f64 / steps as f64).cos()) / 2.0;
            mlp = adam.step(rate, mlp, gradients);
            progress(Step {
                step: step + 1,
                steps,
                epoch: step / per_epoch + 1,
                loss: value,
            });
        }
        Ok(mlp)
    })?;
    Ok(Network {
        name: recipe.name.into(),
        input,
        labels: labels.iter().map(|label| (*label).into()).collect(),
        layers: mlp.layers()?,
    })
}

#[cfg(test)]
mod tests {
    use blindsight_model::idx::Images;
    use rand::RngExt;

    use super::*;
    use crate::{augment::Augmentation, data_set::Source, recipe::Training};

    /// Class `k` of ten is a bright row `k` of 10 x 10 dim pixels.
    fn rows(count: u16, seed: u64) -> Examples {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut bytes = vec![0, 0, 8, 3, 0, 0];
        bytes.extend(count.to_be_bytes());
        bytes.extend([0, 0, 0, 10, 0, 0, 0, 10]);
        let mut classes = Vec::new();
        for _ in 0..count {
            let class = rng.random_range(0..10_u8);
            for row in 0..10 {
                let dim = if row == class { 150 } else { 0 };
                bytes.extend(std::iter::repeat_with(|| dim + rng.random_range(0..100_u8)).take(10));
            }
            classes.push(class);
        }
        Examples::new(Images::parse(&bytes).unwrap(), classes, 10).unwrap()
    }

    fn recipe() -> Recipe {
        Recipe {
            name: "rows",
            title: "Rows",
            data_set: Source::MNIST,
            hidden: &[16],
            augmentation: Augmentation {
                shift: 0.2,
                rotation: 2.0,
                scale: 0.02,
                shear: 0.02,
                stroke: 0.1,
            },
            training: Training {
                epochs: 12,
                batch: 25,
                learning_rate: 1e-2,
                weight_decay: 1e-2,
            },
        }
    }

    fn trained(seed: u64, epochs: u32) -> Network {
        train(&recipe(), &rows(500, 1), seed, epochs, |_| {}).unwrap()
    }

    #[test]
    fn learns_a_small_problem() {
        let test = rows(300, 2);
        let before = test.correct(&trained(1, 1)).unwrap();
        let mut losses = Vec::new();
        let recipe = recipe();
        let network = train(&recipe, &rows(500, 1), 1, 12, |step| losses.push(step.loss)).unwrap();
        let after = test.correct(&network).unwrap();
        assert!(
            after >= 285 && after > before,
            "{before} before, {after} after, of 300"
        );
        assert_eq!(losses.len(), 12 * 20);
        assert!(
            losses[239] < losses[0] / 4.0,
            "{} to {}",
            losses[0],
            losses[239]
        );
    }

    #[test]
    fn the_seed_decides() {
        let network = trained(7, 2);
        assert_eq!(network, trained(7, 2));
        assert_ne!(network, trained(8, 2));
    }

    #[test]
    fn fewer_examples_than_a_batch_suffice() {
        train(&recipe(), &rows(3, 1), 1, 2, |_| {}).unwrap();
    }
}
