//! `blindsight inspect`: what a network is and costs, before it is hosted.

use std::{sync::Arc, time::Instant};

use blindsight_member::Inspection;
use blindsight_model::fixed_point::IntegerNetwork;
use blindsight_parties::Cost;
use serde::Serialize;

use crate::{bundled, precision::PrecisionOptions, rehearsal, report};

/// The round trip of the example line, in milliseconds.
const EXAMPLE_LINE_MS: f64 = 20.0;

/// Options of `blindsight inspect`.
#[derive(clap::Args)]
pub struct Options {
    /// A bundled model by its name, or an ONNX file. Without it, the bundled models are listed.
    model: Option<String>,
    #[command(flatten)]
    precision: PrecisionOptions,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

/// A bundled model in the list of them; with `--json`, the lines of a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bundled {
    name: String,
    title: String,
    architecture: String,
    parameters: usize,
    /// The share of the test pictures that the secure evaluation classifies right, from 0 to 1.
    accuracy: f64,
    round_trips: u32,
    online_bytes: u64,
    offline_bytes: u64,
    hosting_bytes: u64,
    /// How long it was trained, in the clear, and on how many cores.
    training_seconds: f64,
    training_cores: usize,
}

/// Shows a network and what it costs, or lists the bundled ones.
///
/// # Errors
///
/// When the network is refused; the message says why.
pub fn run(options: &Options) -> anyhow::Result<()> {
    match &options.model {
        Some(model) => inspect(model, options.precision, options.json),
        None => list(options.json),
    }
}

/// Lists the bundled networks.
fn list(json: bool) -> anyhow::Result<()> {
    let models = bundled::names();
    let models = models.iter().map(|name| of_bundled(name));
    let models = models.collect::<anyhow::Result<Vec<_>>>()?;
    if json {
        report::json(&models);
        return Ok(());
    }
    let width = models.iter().map(|model| model.name.len()).max();
    let width = width.unwrap_or_default();
    for model in models {
        report::line(&format!(
            "{:width$}  {}: {:.2} % right; {} round trips, {} online, {} beforehand, {} once",
            model.name,
            model.title,
            100.0 * model.accuracy,
            model.round_trips,
            report::bytes(model.online_bytes),
            report::bytes(model.offline_bytes),
            report::bytes(model.hosting_bytes),
        ));
    }
    Ok(())
}

fn of_bundled(name: &str) -> anyhow::Result<Bundled> {
    let card = bundled::card(name)?;
    let network = bundled::find(name)?.network()?;
    let cost = Cost::declared(IntegerNetwork::from_float(&network)?.plan())?;
    Ok(Bundled {
        name: card.name,
        title: card.title,
        architecture: card.architecture,
        parameters: card.parameters,
        accuracy: card.accuracy.in_integers,
        round_trips: cost.round_trips,
        online_bytes: cost.online_bytes,
        offline_bytes: cost.data_owner_offline_bytes,
        hosting_bytes: cost.hosting_bytes,
        training_seconds: card.training.seconds,
        training_cores: card.training.cores,
    })
}

fn inspect(model: &str, precision: PrecisionOptions, json: bool) -> anyhow::Result<()> {
    let network = bundled::find(model)?.network()?;
    let integers = IntegerNetwork::from_float_with(&network, precision.demands())?;
    let integers = Arc::new(integers);
    let clock = Instant::now();
    let now = || clock.elapsed().as_secs_f64() * 1e3;
    let inspection = Inspection::new(&network, &integers, rehearsal::rng()?, now)?;
    if json {
        report::json(&inspection);
    } else {
        show(&inspection);
    }
    Ok(())
}

fn show(inspection: &Inspection) {
    let Inspection {
        name,
        input,
        classes,
        parameters,
        proof,
        plan,
        online_ms,
        ..
    } = inspection;
    report::line(&format!(
        "{name}: pictures of {input}, {classes} classes, {parameters} parameters"
    ));
    for layer in &plan.layers {
        let weights = match layer.weights {
            0 => String::new(),
            weights => format!(", {weights} weights"),
        };
        let (step, row) = (layer.step, report::layer(layer));
        report::line(&format!("  step {step}: {row}{weights}"));
    }
    report::line(proof);
    let (online, offline) = (plan.online_bytes, plan.offline_bytes);
    report::line(&format!(
        "Each picture: {} round trips, {} online, {} at the data owner beforehand.",
        plan.round_trips,
        report::bytes(online),
        report::bytes(offline),
    ));
    report::line(&format!(
        "Once for each data owner: {} of masked weights.",
        report::bytes(plan.hosting_bytes)
    ));
    let trips = plan.round_trips;
    let online_ms = online_ms.unwrap_or_default();
    let whole = online_ms + f64::from(trips) * EXAMPLE_LINE_MS;
    report::line(&format!(
        "Time online: {online_ms:.1} ms of computing on this machine, all roles together, plus \
         {trips} round trips of your line: {whole:.0} ms where one takes {EXAMPLE_LINE_MS} ms."
    ));
    report::line(&format!("Fingerprint of the plan: {}", plan.hash));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundled_models_are_shown_and_listed() {
        inspect("mnist-mlp", PrecisionOptions::default(), false).unwrap();
        list(true).unwrap();
        let listed = of_bundled("mnist-mlp").unwrap();
        assert_eq!(listed.round_trips, 4);
        assert!(listed.accuracy > 0.9 && listed.hosting_bytes > listed.online_bytes);
    }

    #[test]
    fn a_refused_file_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cut.onnx");
        std::fs::write(&file, b"no network").unwrap();
        let inspect = |model: &str| inspect(model, PrecisionOptions::default(), false);
        assert!(inspect(&file.to_string_lossy()).is_err());
        let error = inspect("no-such-model").unwrap_err().to_string();
        assert!(error.contains("mnist-mlp"), "{error}");
    }
}
