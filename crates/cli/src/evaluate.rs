//! `blindsight evaluate`: the secure evaluation of a whole test set, all roles in one process.

use std::{
    ops::Range,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Instant,
};

use anyhow::{Context, bail, ensure};
use blindsight_model::{
    data_set::DataSet,
    evaluate::{float, integer},
    fixed_point::IntegerNetwork,
    network::Network,
    plan::Reveal,
    shamir::{Scheme, oracle},
};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use indicatif::{ProgressBar, ProgressStyle};

mod roles;
mod summary;

use roles::Roles;
use summary::{Cost, Outcome, Summary};

use crate::{
    bundled, engine,
    pictures::{self, Source},
    report, socket,
};

/// Options of `blindsight evaluate`.
#[derive(clap::Args)]
pub struct Options {
    /// A bundled model by its name, or an ONNX file.
    model: String,
    /// The folder of the data sets, each in a folder of its own name.
    #[arg(long, value_name = "DIR", env = "BLINDSIGHT_DATA")]
    data: PathBuf,
    /// The data set, where the model's name does not begin with it.
    #[arg(long, value_parser = sets())]
    set: Option<DataSet>,
    /// Which test pictures: from A up to, but not including, B. All unless given.
    #[arg(long, value_name = "A..B", value_parser = pictures::range)]
    range: Option<Range<usize>>,
    #[command(flatten)]
    engine: engine::EngineOptions,
    /// In the clear alone: what the protocol would give, without carrying it out.
    #[arg(long)]
    clear: bool,
    /// How many pictures are evaluated at a time. As many as there are cores unless given.
    #[arg(long, value_name = "N")]
    threads: Option<std::num::NonZeroUsize>,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

/// The data sets as an option has them.
fn sets() -> impl TypedValueParser<Value = DataSet> {
    PossibleValuesParser::new(DataSet::ALL.map(DataSet::name)).try_map(|name| name.parse())
}

/// Evaluates a network on a test set.
///
/// # Errors
///
/// When the network or a file is refused, measured costs are not the declared ones, or the person
/// stops it.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let json = options.json;
    let stop = Arc::new(AtomicBool::new(false));
    let work = tokio::task::spawn_blocking({
        let stop = Arc::clone(&stop);
        move || evaluate(&options, &stop)
    });
    tokio::pin!(work);
    let summary = tokio::select! {
        summary = &mut work => summary??,
        () = socket::stopped() => {
            stop.store(true, Ordering::Relaxed);
            work.await??
        }
    };
    if json {
        report::json(&summary);
    } else {
        summary.show();
    }
    Ok(())
}

fn evaluate(options: &Options, stop: &AtomicBool) -> anyhow::Result<Summary> {
    let model = bundled::find(&options.model)?;
    let network = model.network()?;
    let (integers, scheme) = options.engine.fit(&network, Reveal::Ranking { top: 1 })?;
    let integers = Arc::new(integers);
    let set = options.set.or_else(|| DataSet::of_model(&model.name));
    let set = set.with_context(|| {
        let (name, names) = (&model.name, DataSet::ALL.map(DataSet::name).join(" or "));
        format!("the name {name} says no data set; say it with --set {names}")
    })?;
    let sources = pictures::test_set(set, &options.data, options.range.clone())?;
    check(&network, &sources)?;

    let cores = std::thread::available_parallelism();
    let threads = options.threads.or(cores.ok()).map_or(1, |n| n.get());
    let threads = threads.min(sources.len());
    let bar = ProgressBar::new(sources.len() as u64).with_style(ProgressStyle::with_template(
        "{bar:30} {pos} of {len} pictures, {eta} left",
    )?);
    let begun = Instant::now();
    let next = AtomicUsize::new(0);
    let work = Work {
        network: &network,
        integers: &integers,
        scheme: scheme.as_ref(),
        clear: options.clear,
        sources: &sources,
        next: &next,
        stop,
        bar: &bar,
    };
    let outcomes = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let done = work.run();
                    // One failure ends the others.
                    if done.is_err() {
                        stop.store(true, Ordering::Relaxed);
                    }
                    done
                })
            })
            .collect();
        let mut outcomes = Vec::with_capacity(sources.len());
        for worker in workers {
            let done = worker.join();
            outcomes.extend(done.map_err(|_| anyhow::anyhow!("a thread crashed"))??);
        }
        anyhow::Ok(outcomes)
    });
    bar.finish_and_clear();
    let outcomes = outcomes?;
    if outcomes.len() < sources.len() {
        let (done, all) = (outcomes.len(), sources.len());
        bail!("stopped after {done} of {all} pictures, with no result");
    }
    let cost = Cost::declared(&integers, scheme.as_ref())?;
    let seconds = begun.elapsed();
    let named = (model.name, network.labels);
    Ok(Summary::new(named, &outcomes, cost, threads, seconds))
}

/// Whether a network and pictures belong together.
fn check(network: &Network, sources: &[Source]) -> anyhow::Result<()> {
    let input = network.input;
    for source in sources {
        let (name, found) = (&source.name, source.pixels.len());
        ensure!(
            found == input.elements(),
            "{name} has {found} pixels, but the network takes {input}; choose another data set"
        );
        let (classes, label) = (network.labels.len(), source.label);
        ensure!(
            label.is_some_and(|label| usize::from(label) < classes),
            "{name} is of class {}, but the network has {classes} classes; choose another data set",
            label.unwrap_or_default()
        );
    }
    Ok(())
}

/// What the threads share.
struct Work<'a> {
    network: &'a Network,
    integers: &'a Arc<IntegerNetwork>,
    scheme: Option<&'a Scheme>,
    clear: bool,
    sources: &'a [Source],
    next: &'a AtomicUsize,
    stop: &'a AtomicBool,
    bar: &'a ProgressBar,
}

impl Work<'_> {
    /// Takes pictures until none is left, in a rehearsal of its own.
    fn run(&self) -> anyhow::Result<Vec<Outcome>> {
        let network = self.network;
        let mut roles = match self.clear {
            true => Roles::None,
            false => Roles::open(network, self.integers, self.scheme)?,
        };
        let mut outcomes = Vec::new();
        while !self.stop.load(Ordering::Relaxed) {
            let Some(source) = self.sources.get(self.next.fetch_add(1, Ordering::Relaxed)) else {
                break;
            };
            let pixels = &source.pixels;
            let secure = roles
                .classify(pixels)
                .with_context(|| source.name.clone())?;
            let (integer, outside) = match self.scheme {
                None => (integer::classify(self.integers, pixels)?, Vec::new()),
                Some(scheme) => (
                    oracle::classify(scheme, self.integers, pixels)?,
                    oracle::outside(scheme, self.integers, pixels)?,
                ),
            };
            outcomes.push(Outcome {
                expected: source.label.unwrap_or_default().into(),
                float: float::classify(network, pixels)?,
                integer,
                secure,
                outside,
            });
            self.bar.inc(1);
        }
        Ok(outcomes)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::File, io::Write, path::Path};

    use flate2::{Compression, write::GzEncoder};
    use rand::{Rng, SeedableRng, rngs::StdRng};

    use super::*;

    /// Six random pictures of `side` x `side` pixels, as MNIST is published.
    fn data_set(folder: &Path, side: u8) {
        let write = |name: &str, header: &[u8], body: &[u8]| {
            let file = File::create(folder.join(name)).unwrap();
            let mut packer = GzEncoder::new(file, Compression::fast());
            packer.write_all(header).unwrap();
            packer.write_all(body).unwrap();
            packer.finish().unwrap();
        };
        let mut pixels = vec![0; 6 * usize::from(side) * usize::from(side)];
        StdRng::seed_from_u64(5).fill_bytes(&mut pixels);
        let header = [0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, side, 0, 0, 0, side];
        write("t10k-images-idx3-ubyte.gz", &header, &pixels);
        let header = [0, 0, 8, 1, 0, 0, 0, 6];
        write("t10k-labels-idx1-ubyte.gz", &header, &[0, 1, 2, 3, 4, 5]);
    }

    fn options(data: &Path) -> Options {
        Options {
            model: "mnist-mlp".into(),
            data: data.into(),
            set: None,
            range: None,
            engine: engine::EngineOptions {
                engine: engine::Engine::Dealt,
                parties: None,
                signs: None,
                precision: Default::default(),
            },
            clear: false,
            threads: std::num::NonZeroUsize::new(2),
            json: false,
        }
    }

    #[test]
    fn every_picture_is_evaluated_securely() {
        let folder = tempfile::tempdir().unwrap();
        let mnist = folder.path().join("mnist");
        std::fs::create_dir(&mnist).unwrap();
        data_set(&mnist, 28);
        let stop = AtomicBool::new(false);
        let summary = evaluate(&options(folder.path()), &stop).unwrap();
        assert_eq!((summary.pictures, summary.threads), (6, 2));
        assert_eq!(summary.differ_from_integer, 0);
        let rows = summary.confusion.iter().map(|row| row.iter().sum());
        // One picture of each of the first six classes.
        assert_eq!(rows.collect::<Vec<usize>>(), [1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
        let right: usize = (0..10).map(|class| summary.confusion[class][class]).sum();
        assert_eq!(summary.secure_accuracy, Some(right as f64 / 6.0));
        assert_eq!(summary.secure_accuracy, Some(summary.integer_accuracy));
        assert!(summary.online_ms > 0.0 && summary.offline_ms > 0.0);
        assert_eq!(summary.round_trips, 4);

        let part = Options {
            range: Some(2..5),
            ..options(folder.path())
        };
        assert_eq!(evaluate(&part, &stop).unwrap().pictures, 3);

        stop.store(true, Ordering::Relaxed);
        let error = evaluate(&part, &stop).unwrap_err().to_string();
        assert!(error.contains("0 of 3"), "{error}");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let stop = AtomicBool::new(false);
        let error = evaluate(&options(folder.path()), &stop).unwrap_err();
        let text = format!("{error:#}");
        assert!(text.contains("t10k-images-idx3-ubyte.gz"), "{text}");

        let mnist = folder.path().join("mnist");
        std::fs::create_dir(&mnist).unwrap();
        data_set(&mnist, 27);
        let error = evaluate(&options(folder.path()), &stop).unwrap_err();
        let text = format!("{error:#}");
        assert!(text.contains("729 pixels"), "{text}");
    }
}
