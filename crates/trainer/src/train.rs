//! The training itself: Adam with decaying weights and a learning rate that falls to 0.

use std::{
    f64::consts::PI,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use blindsight_model::data_set::Examples;
use burn::{
    nn::loss::{CrossEntropyLoss, CrossEntropyLossConfig},
    optim::{AdamWConfig, GradientsParams, ModuleOptimizer},
    tensor::{Device, Int, Tensor, TensorData},
};
use chacha20::ChaCha8Rng;
use rand::SeedableRng;

use crate::{
    batches::{Batch, Schedule, batches},
    checkpoint::{Checkpoints, Plan, Progress},
    recipe::Recipe,
    trainee::Trainee,
};

/// The least time between two checkpoints: small networks have short epochs.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_secs(60);

/// Randomness of its own for each use.
#[derive(Clone, Copy)]
enum Purpose {
    Weights = 0,
    Batches = 1,
    Dropout = 2,
}

fn rng_seed(seed: u64, purpose: Purpose) -> u64 {
    seed.wrapping_add((purpose as u64) << 32)
}

/// How far a training is.
pub struct Step {
    /// Steps done.
    pub step: usize,
    /// Steps in all.
    pub steps: usize,
    /// The epoch, from 1.
    pub epoch: usize,
    /// Whether the epoch is over.
    pub epoch_over: bool,
    /// Cross entropy of the step's batch, in nats.
    pub loss: f32,
}

/// Where a training is kept.
pub struct Keep<'a> {
    /// The folder.
    pub checkpoints: &'a Checkpoints,
    /// Whether to go on with what is there.
    pub resume: bool,
}

/// The end of a training.
pub struct Trained {
    /// The network.
    pub trainee: Trainee,
    /// What was done to get it.
    pub progress: Progress,
}

impl Trained {
    /// Whether it was not stopped before.
    pub fn finished(&self) -> bool {
        self.progress.step == self.progress.plan.steps()
    }
}

/// Trains a network until it is done or `stop` is set.
///
/// The same seed gives the same network on the same kind of processor, however often the training
/// was stopped and went on.
pub fn train(
    recipe: &Recipe,
    examples: &Examples,
    seed: u64,
    epochs: u32,
    keep: Option<&Keep<'_>>,
    stop: &AtomicBool,
    mut report: impl FnMut(Step),
) -> Result<Trained> {
    let device = Device::flex().autodiff();
    let training = &recipe.training;
    let schedule = Schedule {
        epochs,
        batch: training.batch,
    };
    let plan = Plan {
        recipe: recipe.name.into(),
        seed,
        epochs,
        per_epoch: schedule.per_epoch(examples.len()),
    };
    let mut rng = ChaCha8Rng::seed_from_u64(rng_seed(seed, Purpose::Weights));
    let classes = recipe.data_set.labels().len();
    let picture = examples.shape();
    let trainee = Trainee::new(recipe.architecture, picture, classes, &mut rng, &device)?;
    let optimiser = AdamWConfig::new()
        .with_weight_decay(training.weight_decay)
        .with_epsilon(training.epsilon)
        .init();
    let mut learner = match keep {
        Some(keep) if keep.resume => {
            let (progress, trainee, optimiser) =
                keep.checkpoints.read(&plan, trainee, optimiser)?;
            Learner {
                progress,
                trainee,
                optimiser,
            }
        }
        _ => Learner {
            progress: Progress {
                plan,
                step: 0,
                seconds: 0.0,
                cores: std::thread::available_parallelism().map_or(1, usize::from),
            },
            trainee,
            optimiser,
        },
    };
    let cross_entropy = CrossEntropyLossConfig::new().init(&device);

    let steps = learner.progress.plan.steps();
    let (before, started) = (learner.progress.seconds, Instant::now());
    let mut written = Instant::now();
    std::thread::scope(|scope| {
        let first = learner.progress.step;
        let seed = rng_seed(seed, Purpose::Batches);
        let batches = batches(scope, examples, &recipe.augmentation, schedule, seed, first);
        for batch in batches {
            let loss = learner.learn(batch, &cross_entropy, recipe, &device)?;
            let Progress { plan, step, .. } = &learner.progress;
            let (step, epoch_over) = (*step, step % plan.per_epoch == 0);
            report(Step {
                step,
                steps,
                epoch: (step - 1) / plan.per_epoch + 1,
                epoch_over,
                loss,
            });
            let stopped = stop.load(Ordering::Relaxed);
            let due = epoch_over && written.elapsed() >= BETWEEN_CHECKPOINTS;
            if stopped || due || step == steps {
                learner.progress.seconds = before + started.elapsed().as_secs_f64();
                if let Some(keep) = keep {
                    learner.keep(keep.checkpoints)?;
                    written = Instant::now();
                }
            }
            if stopped {
                break;
            }
        }
        Ok::<_, anyhow::Error>(())
    })?;
    Ok(Trained {
        trainee: learner.trainee,
        progress: learner.progress,
    })
}

/// A training between two steps.
struct Learner {
    progress: Progress,
    trainee: Trainee,
    optimiser: ModuleOptimizer,
}

impl Learner {
    /// Does a step and gives its loss.
    fn learn(
        &mut self,
        batch: Batch,
        cross_entropy: &CrossEntropyLoss,
        recipe: &Recipe,
        device: &Device,
    ) -> Result<f32> {
        let Progress { plan, step, .. } = &self.progress;
        let pictures = batch.classes.len();
        let shape = [pictures, batch.pixels.len() / pictures];
        let pixels = Tensor::from_data(TensorData::new(batch.pixels, shape), device);
        let classes = TensorData::new(batch.classes, [pictures]);
        let classes: Tensor<1, Int> = Tensor::from_data(classes, device);
        // A stream for each step: a training that goes on draws what it would have drawn.
        let mut noise = ChaCha8Rng::seed_from_u64(rng_seed(plan.seed, Purpose::Dropout));
        noise.set_stream(*step as u64);
        let logits = self.trainee.forward(pixels, Some(&mut noise));
        let loss = cross_entropy.forward(logits, classes);
        let value = loss.clone().into_scalar::<f32>();
        if !value.is_finite() {
            bail!("training diverged in step {step}: lower the learning rate of the recipe");
        }
        let gradients = GradientsParams::from_grads(loss.backward(), &self.trainee);
        let part = *step as f64 / plan.steps() as f64;
        let rate = recipe.training.learning_rate * (1.0 + (PI * part).cos()) / 2.0;
        // Moved, not shared: what is shared would be copied.
        let trainee = std::mem::take(&mut self.trainee);
        let trainee = self.optimiser.step(rate, trainee, gradients);
        self.trainee = trainee.constrained();
        self.progress.step += 1;
        Ok(value)
    }

    fn keep(&self, checkpoints: &Checkpoints) -> Result<()> {
        checkpoints.write(&self.progress, &self.trainee, &self.optimiser)
    }
}

#[cfg(test)]
mod tests;
