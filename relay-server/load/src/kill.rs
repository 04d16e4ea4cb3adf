//! The real programs, each killed in turn while pictures are classified and the relay is under load.
//!
//! Whoever was killed is started again at once. A picture counts once its line was printed; what a
//! data owner's program had not printed when it ended is given to the next one. At the end every
//! picture must have its line, and the class that it has when nobody is killed.

mod cast;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use serde::Serialize;
use tokio::time::{Instant, sleep};

use crate::Common;
use crate::machine::Cores;
use crate::member::Door;
use crate::report::Report;
use crate::talk::{Pace, Talk};
use cast::{Cast, Next};

/// What is classified, and who is killed how often.
#[derive(clap::Args)]
pub struct Options {
    /// The program of the three roles.
    #[arg(long, value_name = "FILE", env = "BLINDSIGHT_BIN")]
    #[arg(default_value = "target/release/blindsight")]
    blindsight: PathBuf,

    /// The pictures, as an IDX file; it may be gzipped.
    #[arg(long, value_name = "FILE")]
    idx: PathBuf,

    /// How many of them.
    #[arg(long, default_value_t = 200)]
    pictures: usize,

    /// How often each is killed.
    #[arg(long, default_value_t = 4)]
    kills: usize,

    /// Only this one; may be given again.
    #[arg(long)]
    only: Vec<Victim>,
}

/// Who is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Victim {
    /// The relay.
    Relay,
    /// The helper.
    Helper,
    /// The data owner.
    DataOwner,
    /// The model owner.
    ModelOwner,
}

/// Frames of others that the relay forwards meanwhile.
const LOAD: Pace = Pace {
    rooms: 20,
    frames: 1000.0,
    bytes: 1000,
};

/// How long a picture may take, with everything that is started again before it.
const PATIENCE: Duration = Duration::from_secs(90);

#[derive(Serialize)]
struct Figures {
    pictures: usize,
    undisturbed_seconds: f64,
    killed: Vec<Killed>,
}

#[derive(Serialize)]
struct Killed {
    victim: Victim,
    kills: usize,
    /// Kills after which the data owner's program went on by itself.
    went_on: usize,
    /// Kills after which it had to be started again.
    started_again: usize,
    /// Pictures without a line, at the end.
    lost: usize,
    /// Pictures with another class than when nobody is killed.
    wrong: usize,
    seconds: f64,
}

/// Kills.
///
/// # Errors
/// If the programs do not work even when nobody is killed.
pub async fn run(options: &Options, common: &Common) -> Result<Report> {
    let cores = Cores::divide()?;
    let started = Instant::now();
    let mut cast = Cast::start(common, &cores, &options.blindsight, &options.idx).await?;
    let expected = pictures(&mut cast, options, None).await?;
    let undisturbed_seconds = started.elapsed().as_secs_f64();
    ensure!(
        expected.classes.len() == options.pictures,
        "some pictures have no class even when nobody is killed"
    );
    drop(cast);
    let mut killed = Vec::new();
    let all = Victim::value_variants().iter().copied();
    for victim in all.filter(|victim| options.only.is_empty() || options.only.contains(victim)) {
        let mut cast = Cast::start(common, &cores, &options.blindsight, &options.idx).await?;
        let load = tokio::spawn(load(Door::of(cast.relay_address())));
        let started = Instant::now();
        let run = pictures(&mut cast, options, Some(victim)).await;
        load.abort();
        let run = run.with_context(|| format!("{victim:?} was killed"))?;
        let classes = &run.classes;
        let wrong = classes
            .iter()
            .filter(|(at, class)| expected.classes.get(*at) != Some(*class));
        killed.push(Killed {
            victim,
            kills: run.kills,
            went_on: run.kills.saturating_sub(run.started_again),
            started_again: run.started_again,
            lost: options.pictures - classes.len(),
            wrong: wrong.count(),
            seconds: started.elapsed().as_secs_f64(),
        });
    }
    report(&Figures {
        pictures: options.pictures,
        undisturbed_seconds,
        killed,
    })
}

#[derive(Default)]
struct Run {
    /// The class of each picture.
    classes: BTreeMap<usize, u64>,
    kills: usize,
    started_again: usize,
}

/// Has all pictures classified, and kills somebody now and then.
async fn pictures(cast: &mut Cast<'_>, options: &Options, victim: Option<Victim>) -> Result<Run> {
    let mut run = Run::default();
    let every = options.pictures / (options.kills + 1);
    let deadline = |run: &Run| PATIENCE * (run.kills as u32 + 2);
    let started = Instant::now();
    while run.classes.len() < options.pictures {
        let from = run.classes.len();
        let mut guest = cast.classify(from..options.pictures)?;
        loop {
            ensure!(started.elapsed() < deadline(&run), "it takes too long");
            match guest.next(PATIENCE).await? {
                Next::Class(class) => {
                    run.classes.insert(run.classes.len(), class);
                    let due = run.classes.len() / every.max(1);
                    if let Some(victim) = victim
                        && run.kills < options.kills.min(due)
                    {
                        run.kills += 1;
                        // In the middle of a picture, not where its line was printed.
                        sleep(Duration::from_millis(3 * run.kills as u64)).await;
                        match victim {
                            Victim::DataOwner => guest.kill().await?,
                            Victim::Relay => cast.kill_relay().await?,
                            Victim::Helper => cast.kill_helper().await?,
                            Victim::ModelOwner => cast.kill_host().await?,
                        }
                    }
                }
                Next::Done => break,
                Next::Failed(why) => {
                    eprintln!("relay-load: started again after {why}");
                    run.started_again += 1;
                    cast.new_room_if_needed(victim).await?;
                    break;
                }
            }
        }
    }
    Ok(run)
}

/// Forwards frames of others, again and again, whether the relay is there or not.
async fn load(door: Door) {
    loop {
        if let Ok(talk) = Talk::start(door, LOAD, Duration::ZERO).await {
            talk.measure(Duration::from_secs(2)).await;
            // What is lost here when the relay is killed has no one to send it again.
            let _ = talk.end().await;
        }
        sleep(Duration::from_millis(100)).await;
    }
}

fn report(figures: &Figures) -> Result<Report> {
    let mut report = Report::new("kill", figures)?;
    let mut rows = Vec::new();
    for killed in &figures.killed {
        let name = killed.victim.to_possible_value();
        let name = name.context("everybody has a name")?.get_name().to_owned();
        rows.push([
            name.clone(),
            killed.kills.to_string(),
            killed.went_on.to_string(),
            killed.started_again.to_string(),
            killed.lost.to_string(),
            killed.wrong.to_string(),
            format!("{:.1} s", killed.seconds),
        ]);
        report.target(killed.lost == 0, format!("{name}: no picture is lost"));
        report.target(killed.wrong == 0, format!("{name}: no class is wrong"));
    }
    let head = [
        "killed",
        "times",
        "went on",
        "started again",
        "lost",
        "wrong",
        "time",
    ];
    report.table(head, rows);
    report.note(format!(
        "{} pictures each time; {:.1} s when nobody is killed.",
        figures.pictures, figures.undisturbed_seconds
    ));
    Ok(report)
}
