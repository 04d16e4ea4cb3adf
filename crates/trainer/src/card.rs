//! What a model is and how it was made, for the file beside it.

use blindsight_model::{
    card::{Accuracy, Card, Origin, Training},
    network::{Layer, Network},
};

use crate::{checkpoint::Progress, recipe::Recipe};

/// The card of a network that was trained from a recipe, on so many pictures, and measured on so
/// many.
pub fn card(
    recipe: &Recipe,
    network: &Network,
    [train_pictures, test_pictures]: [usize; 2],
    accuracy: Accuracy,
    progress: &Progress,
) -> Card {
    let name = recipe.name;
    let (seed, epochs) = (progress.plan.seed, progress.plan.epochs);
    Card {
        name: name.into(),
        title: recipe.title.into(),
        labels: network.labels.clone(),
        input: network.input,
        architecture: architecture(network),
        parameters: network.parameters(),
        accuracy,
        data_set: Origin {
            name: recipe.data_set.title().into(),
            train_pictures,
            test_pictures,
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

/// The result in a line.
pub fn summary(card: &Card) -> String {
    let percent = |share: f64| format!("{:.2} %", 100.0 * share);
    let accuracy = card.accuracy;
    format!(
        "{}: {} parameters, {} of {} test pictures right ({} in integers, {} as it was trained), \
         trained in {:.0} s",
        card.name,
        card.parameters,
        percent(accuracy.finished),
        card.data_set.test_pictures,
        percent(accuracy.in_integers),
        percent(accuracy.in_training),
        card.training.seconds
    )
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
