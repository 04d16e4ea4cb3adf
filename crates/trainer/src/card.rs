//! What a model is and how it was made, for the file beside it.

use anyhow::Result;
use blindsight_model::network::{InputShape, Layer, Network};
use serde::Serialize;

use crate::{data_set::DataSet, recipe::Recipe};

/// The card of a model.
#[derive(Serialize)]
pub struct Card {
    name: String,
    title: String,
    labels: Vec<String>,
    input: InputShape,
    /// For people: the sizes of the layers.
    architecture: String,
    /// Weights and biases.
    parameters: usize,
    /// The part of the test pictures that the network puts into their class, in floating point.
    test_accuracy: f64,
    data_set: Origin,
    training: Training,
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
    /// The card of a network that put `correct` test pictures into their class.
    pub fn new(
        recipe: &Recipe,
        network: &Network,
        data: &DataSet,
        correct: usize,
        seed: u64,
        epochs: u32,
        seconds: f64,
    ) -> Self {
        let mut sizes = vec![network.input.pixels()];
        let mut parameters = 0;
        for layer in &network.layers {
            if let Layer::FullyConnected(layer) = layer {
                sizes.push(layer.bias.len());
                parameters += layer.weights.len() + layer.bias.len();
            }
        }
        let sizes: Vec<_> = sizes.iter().map(usize::to_string).collect();
        let name = recipe.name;
        Self {
            name: name.into(),
            title: recipe.title.into(),
            labels: network.labels.clone(),
            input: network.input,
            architecture: format!("fully connected {}, ReLU between", sizes.join("-")),
            parameters,
            test_accuracy: correct as f64 / data.test.len() as f64,
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
                seconds: (seconds * 10.0).round() / 10.0,
                cores: std::thread::available_parallelism().map_or(1, usize::from),
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
            "{}: {} parameters, {:.2} % of {} test pictures right, trained in {:.0} s",
            self.name,
            self.parameters,
            100.0 * self.test_accuracy,
            self.data_set.test_pictures,
            self.training.seconds
        )
    }
}
