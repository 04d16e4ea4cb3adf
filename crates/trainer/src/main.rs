//! Trains the bundled models in the clear.
//!
//! A model is made from a [`recipe`]: a public data set, an architecture, an augmentation and the
//! numbers of the training. The result is an ONNX file and a card in JSON that says how it was
//! made and how well it does on the test set, which takes no part in training.

mod accuracy;
mod architecture;
mod augment;
mod batches;
mod block;
mod card;
mod checkpoint;
mod recipe;
mod train;
mod trainee;

use std::{
    fs,
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::{Context, Result, ensure};
use blindsight_model::{
    card::Accuracy,
    data_set::{Examples, Split},
    fixed_point::IntegerNetwork,
    network::Network,
    onnx,
};
use burn::module::Module;
use clap::{Parser, builder::PossibleValuesParser};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    checkpoint::Checkpoints,
    recipe::Recipe,
    train::{Keep, Trained},
    trainee::Trainee,
};

/// Trains a bundled model and writes NAME.onnx and NAME.json.
///
/// Models end in what they are: `mlp` fully connected, `cnn` convolutions and max pooling,
/// `cnn-fast` convolutions with strides, `bmlp` weights and activations of +1 and -1; `relu-W` and
/// `sign-W` are fully connected, W wide, and what the study compares. They begin with what they
/// learn from: `mnist`, `fashion` (Fashion-MNIST) or `faces` (AT&T faces).
/// `cargo xtask data all` fetches the data sets.
///
/// Interrupted (Ctrl-C), a training leaves a checkpoint where --checkpoint says, and the same
/// command with --resume goes on to the same model. For a training that is done, --resume only
/// writes the files again.
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
    /// A folder for the newest state of this training, written after an epoch, at the end and
    /// when interrupted.
    #[arg(long, value_name = "DIR")]
    checkpoint: Option<PathBuf>,
    /// Go on from the checkpoint.
    #[arg(long, requires = "checkpoint")]
    resume: bool,
    /// Print the card of the model to standard output.
    #[arg(long)]
    json: bool,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let recipe = recipe::find(&arguments.recipe).context("there is no such recipe")?;
    let load = |split| recipe.data_set.load(&arguments.data, split);
    let (train, test) = (load(Split::Train)?, load(Split::Test)?);
    ensure!(
        train.shape() == test.shape(),
        "the pictures for training and for the test of {} are of different sizes",
        recipe.data_set.title()
    );
    let trained = with_progress(recipe, &train, &arguments)?;
    if !trained.finished() {
        eprintln!("{}", stopped(&trained, arguments.checkpoint.is_some()));
        // As a shell says it of what an interrupt ended.
        return Ok(ExitCode::from(130));
    }

    let labels = recipe.data_set.labels();
    let network = trained.trainee.network(recipe.name, test.shape(), labels)?;
    let accuracy = measured(&trained.trainee.valid(), &network, &test)?;
    let pictures = [train.len(), test.len()];
    let card = card::card(recipe, &network, pictures, accuracy, &trained.progress);
    let folder = &arguments.out;
    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    for (extension, bytes) in [("onnx", onnx::export(&network)), ("json", card.to_json()?)] {
        let path = folder.join(format!("{}.{extension}", recipe.name));
        fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
        eprintln!("wrote {}", path.display());
    }
    eprintln!("{}", card::summary(&card));
    if arguments.json {
        println!("{}", String::from_utf8(card.to_json()?)?.trim_end());
    }
    Ok(ExitCode::SUCCESS)
}

/// How a network does on the test pictures.
fn measured(trainee: &Trainee, network: &Network, test: &Examples) -> Result<Accuracy> {
    let integers = IntegerNetwork::from_float(network)?;
    let style = "{prefix} {bar:30} {pos} of {len} pictures in integers, {eta} left";
    let bar = ProgressBar::new(test.len() as u64)
        .with_style(ProgressStyle::with_template(style)?)
        .with_prefix(network.name.clone());
    let in_integers = accuracy::of_integers(&integers, test, |done| bar.inc(done as u64))?;
    bar.finish_and_clear();
    let picture = test.shape();
    Ok(Accuracy {
        finished: accuracy::of_float(network, test)?,
        in_integers,
        in_training: accuracy::of_logits(test, |pixels| trainee.logits(pixels, picture))?,
    })
}

fn stopped(trained: &Trained, kept: bool) -> String {
    let (step, steps) = (trained.progress.step, trained.progress.plan.steps());
    let next = if kept {
        "the same command with --resume goes on"
    } else {
        "nothing was kept; --checkpoint DIR keeps it"
    };
    format!("stopped after {step} of {steps} steps: {next}")
}

/// Trains under a progress bar, or with a line for each epoch where there is no terminal.
fn with_progress(recipe: &Recipe, train: &Examples, arguments: &Arguments) -> Result<Trained> {
    let checkpoints = arguments.checkpoint.as_deref().map(Checkpoints::new);
    if let Some(checkpoints) = checkpoints.as_ref().filter(|_| !arguments.resume) {
        ensure!(
            !checkpoints.any()?,
            "the checkpoint folder holds a training already: add --resume to go on with it, or \
             name another folder"
        );
    }
    let keep = checkpoints.as_ref().map(|checkpoints| Keep {
        checkpoints,
        resume: arguments.resume,
    });
    let stop = stop_on_interrupt()?;
    let epochs = arguments.epochs.unwrap_or(recipe.training.epochs);

    let style = "{prefix} {bar:30} {percent}% {msg}, {eta} left";
    let bar = ProgressBar::new(0)
        .with_style(ProgressStyle::with_template(style)?)
        .with_prefix(recipe.name);
    let mut begun = false;
    let seed = arguments.seed;
    let trained = train::train(recipe, train, seed, epochs, keep.as_ref(), &stop, |step| {
        let (epoch, loss) = (step.epoch, step.loss);
        if !begun {
            begun = true;
            bar.set_length(step.steps as u64);
            bar.set_position(step.step as u64 - 1);
            // What an earlier run did says nothing of the pace of this one.
            bar.reset_eta();
        }
        bar.set_position(step.step as u64);
        bar.set_message(format!("epoch {epoch}/{epochs}, loss {loss:.4}"));
        if step.epoch_over && bar.is_hidden() {
            let (name, left) = (recipe.name, bar.eta().as_secs());
            eprintln!("{name}: epoch {epoch}/{epochs}, loss {loss:.4}, {left} s left");
        }
    })?;
    bar.finish_and_clear();
    Ok(trained)
}

/// What becomes true when the program is interrupted or asked to end; a second time ends it.
fn stop_on_interrupt() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if set.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })
    .context("interrupts cannot be caught")?;
    Ok(stop)
}
