//! `blindsight inspect`: what a network is and costs, before it is hosted.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use blindsight_member::Inspection;
use blindsight_model::fixed_point::IntegerNetwork;
use rand::Rng;
use serde::Serialize;

use crate::{
    bundled, report,
    room::{self, Room},
};

/// The round trip of the example line, in milliseconds.
const EXAMPLE_LINE_MS: f64 = 20.0;

/// How often a picture is evaluated to see how long it takes.
const MOST_RUNS: usize = 9;
/// No evaluation begins after this.
const LONGEST: Duration = Duration::from_secs(2);

/// Options of `blindsight inspect`.
#[derive(clap::Args)]
pub struct Options {
    /// A bundled model by its name, or an ONNX file.
    model: String,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

/// The line of `--json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    #[serde(flatten)]
    inspection: &'a Inspection,
    /// Computing of all roles together for a random picture, here and now: the median of some runs.
    online_ms: f64,
}

/// Shows a network and what it costs.
///
/// # Errors
///
/// When the network is refused; the message says why.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let network = bundled::find(&options.model)?.network()?;
    let integers = Arc::new(IntegerNetwork::from_float(&network)?);
    let inspection = Inspection::new(&network, &integers);

    let mut room = Room::open(&integers, &network.name, &network.labels)?;
    let mut pixels = vec![0; network.input.elements()];
    room::rng()?.fill_bytes(&mut pixels);
    // The median of a few, for other programs run here too: but nobody waits long.
    let begun = Instant::now();
    let mut times = vec![room.classify(&pixels)?.online];
    while times.len() < MOST_RUNS && begun.elapsed() < LONGEST {
        times.push(room.classify(&pixels)?.online);
    }
    let online_ms = report::milliseconds(report::median(times));

    if options.json {
        report::json(&Line {
            inspection: &inspection,
            online_ms,
        });
    } else {
        show(&inspection, online_ms);
    }
    Ok(())
}

fn show(inspection: &Inspection, online_ms: f64) {
    let Inspection {
        name,
        input,
        classes,
        parameters,
        proof,
        plan,
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

    fn inspect(model: &str) -> anyhow::Result<()> {
        run(&Options {
            model: model.to_owned(),
            json: false,
        })
    }

    #[test]
    fn bundled_models_are_shown() {
        inspect("mnist-mlp").unwrap();
    }

    #[test]
    fn a_refused_file_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cut.onnx");
        std::fs::write(&file, b"no network").unwrap();
        assert!(inspect(&file.to_string_lossy()).is_err());
        let error = inspect("no-such-model").unwrap_err().to_string();
        assert!(error.contains("mnist-mlp"), "{error}");
    }
}
