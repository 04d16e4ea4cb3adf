use blindsight_model::{data_set::DataSet, idx::Images, network::Network};
use rand::RngExt;

use super::*;
use crate::{
    accuracy,
    architecture::Spec,
    augment::{Augmentation, Outside},
    recipe::Training,
};

/// Class `k` of ten is a bright row `k` of 10 x 10 dim pixels.
fn rows(count: u16, seed: u64) -> Examples {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut pixels = Vec::new();
    let mut classes = Vec::new();
    for _ in 0..count {
        let class = rng.random_range(0..10_u8);
        for row in 0..10 {
            let dim = if row == class { 150 } else { 0 };
            pixels.extend(std::iter::repeat_with(|| dim + rng.random_range(0..100_u8)).take(10));
        }
        classes.push(class);
    }
    Examples::new(Images::new(10, 10, pixels).unwrap(), classes, 10).unwrap()
}

const CONVOLUTION: Spec = Spec::Convolution {
    channels: 4,
    window: blindsight_model::network::Window::square(3, 1),
};
const POOL: Spec = Spec::MaxPool(blindsight_model::network::Window::square(2, 2));

const DENSE: &[Spec] = &[Spec::Dense(16), Spec::Relu, Spec::Logits];
const CONVOLUTIONS: &[Spec] = &[
    CONVOLUTION,
    POOL,
    Spec::Relu,
    Spec::Dropout(0.1),
    Spec::Logits,
];
const BINARY: &[Spec] = &[
    Spec::BinarySigns(64),
    Spec::BinarySigns(64),
    Spec::BinaryLogits,
];

fn recipe(architecture: &'static [Spec]) -> Recipe {
    Recipe {
        name: "rows",
        title: "Rows",
        data_set: DataSet::Mnist,
        architecture,
        augmentation: Augmentation {
            shift: 0.2,
            rotation: 2.0,
            scale: 0.02,
            shear: 0.02,
            stroke: 0.1,
            light: 0.02,
            mirror: true,
            outside: Outside::Nearest,
        },
        training: Training {
            epochs: 12,
            batch: 25,
            learning_rate: 1e-2,
            weight_decay: 1e-2,
            epsilon: 1e-8,
        },
    }
}

static GO_ON: AtomicBool = AtomicBool::new(false);

fn network(trained: &Trained, examples: &Examples) -> Network {
    let labels = DataSet::Mnist.labels();
    let network = trained.trainee.network("rows", examples.shape(), labels);
    network.unwrap()
}

fn trained(architecture: &'static [Spec], seed: u64, epochs: u32) -> Network {
    let (recipe, examples) = (recipe(architecture), rows(500, 1));
    let trained = train(&recipe, &examples, seed, epochs, None, &GO_ON, |_| {}).unwrap();
    assert!(trained.finished());
    network(&trained, &examples)
}

#[test]
fn learns_a_small_problem() {
    let test = rows(300, 2);
    for architecture in [DENSE, CONVOLUTIONS, BINARY] {
        let mut losses = Vec::new();
        let (recipe, examples) = (recipe(architecture), rows(500, 1));
        let report = |step: Step| losses.push(step.loss);
        let trained = train(&recipe, &examples, 1, 12, None, &GO_ON, report).unwrap();
        let after = accuracy::of_float(&network(&trained, &examples), &test).unwrap();
        assert!(after >= 0.95, "{after}, {architecture:?}");
        assert_eq!(losses.len(), 12 * 20);
        assert!(
            losses[239] < losses[0] / 4.0,
            "{} to {}, {architecture:?}",
            losses[0],
            losses[239]
        );
    }
}

#[test]
fn the_seed_decides() {
    for architecture in [DENSE, CONVOLUTIONS, BINARY] {
        let network = trained(architecture, 7, 2);
        assert_eq!(network, trained(architecture, 7, 2));
        assert_ne!(network, trained(architecture, 8, 2));
    }
}

#[test]
fn fewer_examples_than_a_batch_suffice() {
    train(&recipe(DENSE), &rows(3, 1), 1, 2, None, &GO_ON, |_| {}).unwrap();
}

/// Stopped twice, in the middle of an epoch and at the end of one, a training gives the same
/// network; once it is done, it gives it again without a step.
#[test]
fn a_stopped_training_goes_on_to_the_same_network() {
    for architecture in [DENSE, CONVOLUTIONS, BINARY] {
        let (recipe, examples) = (recipe(architecture), rows(500, 1));
        let folder = tempfile::tempdir().unwrap();
        let checkpoints = Checkpoints::new(&folder.path().join("new"));
        let mut resume = false;
        for until in [Some(27), Some(40), None, None] {
            let stop = AtomicBool::new(false);
            let keep = Keep {
                checkpoints: &checkpoints,
                resume,
            };
            let report = |step: Step| stop.store(Some(step.step) == until, Ordering::Relaxed);
            let trained = train(&recipe, &examples, 7, 3, Some(&keep), &stop, report).unwrap();
            assert_eq!(trained.progress.step, until.unwrap_or(60));
            assert_eq!(trained.finished(), until.is_none());
            resume = true;
            if trained.finished() {
                let expected = self::trained(architecture, 7, 3);
                assert!(network(&trained, &examples) == expected, "{architecture:?}");
            }
        }
    }
}

#[test]
fn only_the_same_training_goes_on() {
    let (recipe, examples) = (recipe(DENSE), rows(100, 1));
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = Checkpoints::new(folder.path());
    let go = |seed, epochs, resume| {
        let keep = Keep {
            checkpoints: &checkpoints,
            resume,
        };
        train(
            &recipe,
            &examples,
            seed,
            epochs,
            Some(&keep),
            &GO_ON,
            |_| {},
        )
    };
    let text = |result: Result<Trained>| format!("{:#}", result.err().unwrap());
    let error = text(go(1, 2, true));
    assert!(error.contains("holds no checkpoint"), "{error}");
    go(1, 2, false).unwrap();
    let error = text(go(2, 2, true));
    assert!(error.contains("--seed 1 --epochs 2"), "{error}");
    let error = text(go(1, 3, true));
    assert!(
        error.contains("not of rows with --seed 1 --epochs 3"),
        "{error}"
    );
    // A file that was cut short.
    let network = folder.path().join("step-8/network.bpk");
    std::fs::write(&network, &std::fs::read(&network).unwrap()[..50]).unwrap();
    let error = text(go(1, 2, true));
    assert!(error.contains("step-8"), "{error}");
}
