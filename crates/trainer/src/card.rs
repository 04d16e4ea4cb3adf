//! What a model is and how it was made, for the file beside it.

use anyhow::Result;
use blindsight_model::network::{Layer, Network, Shape};
use serde::Serialize;

use crate::{checkpoint::Progress, data_set::DataSet, recipe::Recipe};

/// The card of a model.
#[derive(Serialize)]
pub struct Card {
    name: String,
    title: String,
    labels: Vec<String>,
    input: Shape,
    /// For people: the layers.
    architecture: String,
    /// Weights and biases.
    parameters: usize,
    #[serde(flatten)]
    accuracy: Accuracy,
    data_set: Origin,
    training: Training,
}

/// The parts of the test pictures that were put into their class.
#[derive(Clone, Copy, Serialize)]
pub struct Accuracy {
    /// By the finished network, in floating point.
    #[serde(rename = "test_accuracy")]
    pub finished: f64,
    /// By the network as it was trained, before it was folded into whole layers.
    #[serde(rename = "test_accuracy_in_training")]
    pub in_training: f64,
}

/// Where the pictures came from.
#[derive(Serialize)]
struct Origin {
    name: String,
    train_pictures: usize,
    test_pictures: usize,
}

/// How the training went.
#[derive(Serialize)]
struct Training {
    command: String,
    seed: u64,
    epochs: u32,
    seconds: f64,
    cores: usize,
}

impl Card {
    /// The card of a network that was trained from a recipe.
    pub fn new(
        recipe: &Recipe,
        network: &Network,
        data: &DataSet,
        accuracy: Accuracy,
        progress: &Progress,
    ) -> Self {
        let name = recipe.name;
        let (seed, epochs) = (progress.plan.seed, progress.plan.epochs);
        Self {
            name: name.into(),
            title: recipe.title.into(),
            labels: network.labels.clone(),
            input: network.input,
            architecture: architecture(network),
            parameters: network.parameters(),
            accuracy,
            data_set: Origin {
                name: recipe.data_set.title.into(),
                train_pictures: data.train.len(),
                test_pictures: data.test.len(),
            },
            training: Training {
                command: format!(
                    "cargo run --release -p blindsight-trainer -- {name} --data DIR --seed {seed} \
                     --epochs {epochs}"
                ),
                seed,
                epochs,
                seconds: (progress.seconds * 10.0).round() / 10.0,
                cores: progress.cores,
            },
        }
    }

    /// The card as JSON, indented, with a line end.
    pub fn to_json(&self) -> Result<Vec<u8>> {
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        Ok(json)
    }

    /// The result in a line.
    pub fn summary(&self) -> String {
        format!(
            "{}: {} parameters, {:.2} % of {} test pictures right ({:.2} % as it was trained), \
             trained in {:.0} s",
            self.name,
            self.parameters,
            100.0 * self.accuracy.finished,
            self.data_set.test_pictures,
            100.0 * self.accuracy.in_training,
            self.training.seconds
        )
    }
}

/// The layers of a chain, in words.
fn architecture(network: &Network) -> String {
    let by = |[rows, columns]: [u32; 2]| format!("{rows} x {columns}");
    let describe = |layer: &Layer| match layer {
        Layer::FullyConnected(layer) => {
            let signs = layer.weights.iter().all(|weight| weight.abs() == 1.0);
            let weights = if signs { " with weights +-1" } else { "" };
            format!("fully connected {}{weights}", layer.bias.len())
        }
        Layer::Convolution(layer) => {
            let (channels, ..) = layer.weights.dim();
            let kernel = by(layer.window.kernel);
            let stride = match layer.window.stride {
                [1, 1] => String::new(),
                stride => format!(" in steps of {}", by(stride)),
            };
            format!("convolution {kernel}{stride} to {channels} channels")
        }
        Layer::MaxPool(window) => format!("max pooling {}", by(window.kernel)),
        other => other.title().into(),
    };
    let layers = network.nodes.iter().map(|node| describe(&node.layer));
    layers.collect::<Vec<_>>().join(", ")
}
