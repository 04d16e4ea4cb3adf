//! `blindsight bench`: how long private classifications take on this machine, and what they cost.

mod ahead;
mod in_process;
mod links;
mod process;
mod programs;
mod shaped;
mod spread;
mod tensors;

use std::sync::Arc;

use anyhow::ensure;
use blindsight_model::{fixed_point::IntegerNetwork, network::Network};
use blindsight_parties::{MAX_BATCH, MAX_POOL};

use self::shaped::Line;
use crate::{bundled, precision::PrecisionOptions, report, socket};

/// Options of `blindsight bench`.
#[derive(clap::Args)]
pub struct Options {
    /// A bundled model by its name, an ONNX file, or `all` for every bundled model.
    #[arg(long, default_value = "all")]
    model: String,
    /// How many random pictures are classified, after two that are not counted.
    #[arg(long, default_value_t = 32, value_name = "N")]
    images: usize,
    /// How many pictures are classified together: what is measured one by one is measured again for
    /// each of these. Several with commas between.
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "32")]
    batch: Vec<usize>,
    /// Measure the three roles as programs of their own, over this relay: ws://HOST:PORT, on this
    /// machine. Without it all roles run in this process.
    #[arg(long, value_name = "URL")]
    relay: Option<String>,
    /// How long the line between two parties is there and back, in milliseconds; several with commas
    /// between.
    #[arg(
        long,
        value_name = "MS",
        value_delimiter = ',',
        default_value = "0",
        requires = "relay"
    )]
    rtt: Vec<f64>,
    /// How wide each party's line is, in megabits per second; 0 is without limit. Several with
    /// commas between.
    #[arg(
        long,
        value_name = "MBIT",
        value_delimiter = ',',
        default_value = "0",
        requires = "relay"
    )]
    mbit: Vec<f64>,
    /// Measure instead what it is worth to deal ahead: pictures one at a time with so many bundles
    /// kept ready, against pictures whose bundles are dealt when they come.
    #[arg(
        long,
        value_name = "N",
        num_args = 0..=1,
        default_missing_value = "8",
        requires = "relay",
        conflicts_with = "batch"
    )]
    ahead: Option<usize>,
    #[command(flatten)]
    precision: PrecisionOptions,
    /// Measure instead what it takes to share tensors of so many elements: plain, in two additive
    /// shares, in the shares of 3 and of 5 parties. Several with commas between.
    #[arg(
        long,
        value_name = "N",
        value_delimiter = ',',
        num_args = 0..=1,
        default_missing_value = "100,1000,10000,100000,1000000,10000000",
        conflicts_with_all = ["model", "relay", "links"]
    )]
    tensors: Vec<usize>,
    /// Measure instead what the encryption between two parties costs.
    #[arg(long, conflicts_with_all = ["model", "relay"])]
    links: bool,
    /// Print a line of JSON for each measurement.
    #[arg(long)]
    json: bool,
}

/// Measures and prints.
///
/// # Errors
///
/// When a network is refused, measured costs are not the declared ones, or the person stops it.
pub async fn run(options: Options) -> anyhow::Result<()> {
    ensure!(options.images > 0, "--images must be at least 1");
    ensure!(
        options
            .batch
            .iter()
            .all(|batch| (1..=MAX_BATCH).contains(batch)),
        "--batch takes numbers from 1 to {MAX_BATCH}"
    );
    ensure!(
        options
            .ahead
            .is_none_or(|ahead| (1..=MAX_POOL).contains(&ahead)),
        "--ahead takes numbers from 1 to {MAX_POOL}"
    );
    let sound = |number: &f64| number.is_finite() && (0.0..=1e5).contains(number);
    ensure!(
        options.rtt.iter().chain(&options.mbit).all(sound),
        "--rtt and --mbit take numbers from 0 to 100000"
    );
    tokio::select! {
        done = measure(&options) => done,
        // What is measured is of no use to anybody then, and computing cannot be interrupted.
        () = socket::stopped() => std::process::exit(130),
    }
}

async fn measure(options: &Options) -> anyhow::Result<()> {
    let json = options.json;
    if options.links {
        let measured = tokio::task::spawn_blocking(links::measure).await??;
        print(&measured, links::Measured::show, json);
        return Ok(());
    }
    if !options.tensors.is_empty() {
        for elements in options.tensors.clone() {
            ensure!(
                (1..=MAX_ELEMENTS).contains(&elements),
                "--tensors takes numbers from 1 to {MAX_ELEMENTS}"
            );
            let work = move || tensors::measure(elements);
            for measured in tokio::task::spawn_blocking(work).await?? {
                print(&measured, tensors::Measured::show, json);
            }
        }
        return Ok(());
    }
    classifications(options).await
}

/// The most elements of a tensor: five parties' shares of it take four gigabytes.
const MAX_ELEMENTS: usize = 100_000_000;

fn print<M: serde::Serialize>(measured: &M, show: impl Fn(&M), json: bool) {
    if json {
        report::json(measured);
    } else {
        show(measured);
    }
}

async fn classifications(options: &Options) -> anyhow::Result<()> {
    let names = match options.model.as_str() {
        "all" => bundled::names(),
        name => vec![name.to_owned()],
    };
    for name in names {
        let network = bundled::find(&name)?.network()?;
        match &options.relay {
            Some(relay) => over_relay(&name, &network, relay, options).await?,
            None => {
                let (images, batches) = (options.images, options.batch.clone());
                let demands = options.precision.demands();
                let work = move || {
                    let integers = IntegerNetwork::from_float_with(&network, demands)?;
                    let integers = Arc::new(integers);
                    in_process::measure(&network, &integers, images, &batches)
                };
                let measured = tokio::task::spawn_blocking(work).await??;
                print(&measured, in_process::Measured::show, options.json);
            }
        }
    }
    Ok(())
}

/// One measurement for each line.
async fn over_relay(
    name: &str,
    network: &Network,
    relay: &str,
    options: &Options,
) -> anyhow::Result<()> {
    let relay = programs::relay_address(relay)?;
    for rtt_ms in &options.rtt {
        for mbit in &options.mbit {
            let line = Line {
                rtt_ms: *rtt_ms,
                mbit: *mbit,
            };
            let run = |batch| programs::Run {
                relay,
                line,
                images: options.images,
                batch,
                precision: options.precision,
            };
            if let Some(ahead) = options.ahead {
                let measured = ahead::measure(name, network, run(1), ahead).await?;
                print(&measured, ahead::Measured::show, options.json);
                continue;
            }
            let mut batches = vec![1];
            batches.extend(options.batch.iter().filter(|batch| **batch > 1));
            for batch in batches {
                let measured = programs::measure(name, network, run(batch)).await?;
                print(&measured, programs::Measured::show, options.json);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_measured() {
        let network = bundled::find("faces-mlp").unwrap().network().unwrap();
        let integers = Arc::new(IntegerNetwork::from_float(&network).unwrap());
        let measured = in_process::measure(&network, &integers, 3, &[2]).unwrap();
        let line = serde_json::to_value(&measured).unwrap();
        assert_eq!(
            (&line["images"], &line["round_trips"]),
            (&3.into(), &3.into())
        );
        let roles = &line["online"];
        let role = |name: &str| roles[name]["median_ms"].as_f64().unwrap();
        assert!(role("data_owner") > 0.0 && role("model_owner") > 0.0 && role("helper") == 0.0);
        assert!(role("all") >= role("data_owner"));
        let batch = &line["batches"][0];
        assert_eq!(batch["batch"], 2);
        assert!(batch["images_per_second"].as_f64().unwrap() > 0.0);
        measured.show();
    }

    #[tokio::test]
    async fn unknown_models_are_refused() {
        let options = Options {
            model: "no-such-model".into(),
            images: 1,
            batch: vec![2],
            relay: None,
            rtt: vec![0.0],
            mbit: vec![0.0],
            ahead: None,
            precision: PrecisionOptions::default(),
            tensors: Vec::new(),
            links: false,
            json: true,
        };
        assert!(measure(&options).await.is_err());
    }
}
