//! Trains the bundled models in the clear.
//!
//! A model is made from a [`recipe`]: a public data set, an architecture, an augmentation and the
//! numbers of the training. The result is an ONNX file and a card in JSON that says how it was
//! made and how well it does on the test set, which takes no part in training.

mod augment;
mod batches;
mod card;
mod data_set;
mod mlp;
mod recipe;
mod train;

use std::{fs, path::PathBuf, time::Instant};

use anyhow::{Context, Result};
use blindsight_model::{network::Network, onnx};
use clap::{Parser, builder::PossibleValuesParser};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{card::Card, data_set::DataSet, recipe::Recipe};

/// Trains a bundled model and writes NAME.onnx and NAME.json.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The model to train.
    #[arg(value_name = "MODEL", value_parser = PossibleValuesParser::new(recipe::names()))]
    recipe: String,
    /// The folder of the data sets; it has a folder for each of them.
    #[arg(long, value_name = "DIR", env = "BLINDSIGHT_DATA")]
    data: PathBuf,
    /// What all randomness comes from: the same seed gives the same model.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Passes over the training pictures; more take longer and may do better.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    epochs: Option<u32>,
    /// The folder that the model is written to.
    #[arg(long, value_name = "DIR", default_value = "data/models")]
    out: PathBuf,
    /// Print the card of the model to standard output.
    #[arg(long)]
    json: bool,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let recipe = recipe::find(&arguments.recipe).context("there is no such recipe")?;
    let epochs = arguments.epochs.unwrap_or(recipe.training.epochs);
    let data = recipe.data_set.load(&arguments.data)?;

    let started = Instant::now();
    let network = with_progress(recipe, &data, arguments.seed, epochs)?;
    let seconds = started.elapsed().as_secs_f64();

    let correct = data.test.correct(&network)?;
    let card = Card::new(
        recipe,
        &network,
        &data,
        correct,
        arguments.seed,
        epochs,
        seconds,
    );
    let folder = &arguments.out;
    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    for (extension, bytes) in [("onnx", onnx::export(&network)), ("json", card.to_json()?)] {
        let path = folder.join(recipe.name).with_extension(extension);
        fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
        eprintln!("wrote {}", path.display());
    }
    eprintln!("{}", card.summary());
    if arguments.json {
        println!("{}", String::from_utf8(card.to_json()?)?.trim_end());
    }
    Ok(())
}

/// Trains under a progress bar.
fn with_progress(recipe: &Recipe, data: &DataSet, seed: u64, epochs: u32) -> Result<Network> {
    let style = "{prefix} {bar:30} {percent}% {msg}, {eta} left";
    let bar = ProgressBar::new(0)
        .with_style(ProgressStyle::with_template(style)?)
        .with_prefix(recipe.name);
    let network = train::train(recipe, &data.train, seed, epochs, |step| {
        bar.set_length(step.steps as u64);
        bar.set_position(step.step as u64);
        bar.set_message(format!(
            "epoch {}/{epochs}, loss {:.4}",
            step.epoch, step.loss
        ));
    })?;
    bar.finish_and_clear();
    Ok(network)
}
