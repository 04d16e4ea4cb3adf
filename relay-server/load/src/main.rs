//! Puts a relay under load with real members, and measures what comes of it.
//!
//! The relay is a process of its own, the release build, on a core of its own; the members are in
//! this process, on the other cores, and speak the protocol that the browsers and the programs speak.

mod attack;
mod compare;
mod day;
mod kill;
mod latency;
mod machine;
mod member;
mod metrics;
mod pipe;
mod process;
mod raw;
mod report;
mod rooms;
mod server;
mod talk;
mod throughput;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::report::Report;

/// Puts a relay under load with real members, and measures what comes of it.
///
/// Exits with 0 when every target was met, 1 when one was missed or nothing could be measured, 2
/// when an option is wrong.
#[derive(Parser)]
#[command(name = "relay-load", version)]
struct Options {
    #[command(subcommand)]
    scenario: Scenario,

    #[command(flatten)]
    common: Common,
}

/// What every scenario takes.
#[derive(clap::Args)]
pub struct Common {
    /// The relay's program.
    #[arg(long, global = true, value_name = "FILE", env = "BLINDSIGHT_RELAY_BIN")]
    #[arg(default_value = "target/release/blindsight-relay")]
    relay: PathBuf,

    /// A further argument for the relay's program; may be given again.
    #[arg(long = "relay-arg", global = true, value_name = "ARGUMENT")]
    #[arg(allow_hyphen_values = true)]
    relay_args: Vec<String>,

    /// Print the figures as JSON instead of as tables.
    #[arg(long, global = true)]
    json: bool,

    /// Write the figures as JSON into this folder, too.
    #[arg(long, global = true, value_name = "FOLDER")]
    save: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Scenario {
    /// Many idle members, many active rooms: how long a frame takes, what a member costs.
    Rooms(rooms::Options),
    /// Long frames, as many as go, beside a bare echo over TCP.
    Throughput(throughput::Options),
    /// The same load through other relays, and through proxies in front of this one.
    Compare(compare::Options),
    /// Attacks: what those feel of them who do nothing wrong.
    Attack(attack::Options),
    /// A day's traffic in a few minutes: what is left in the relay each time that all have gone.
    Day(day::Options),
    /// Kills the relay and each of the programs while pictures are classified.
    Kill(kill::Options),
    /// One attack, as a process of its own.
    #[command(hide = true)]
    Attacker(attack::Orders),
    /// The bare echo, as a process of its own.
    #[command(hide = true)]
    Pipe,
}

fn main() -> ExitCode {
    let Options { scenario, common } = Options::parse();
    match run(&scenario, &common) {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some(report)) => {
            let text = if common.json {
                report.json()
            } else {
                report.text()
            };
            let saved = common.save.as_deref().map_or(Ok(()), |to| report.save(to));
            let written = saved.and_then(|()| writeln!(io::stdout(), "{text}"));
            if let Err(error) = &written {
                let _ = writeln!(io::stderr(), "relay-load: the figures are lost: {error}");
            }
            if written.is_ok() && report.missed().is_empty() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            // Standard error may be closed; the exit code still tells.
            let _ = writeln!(io::stderr(), "relay-load: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// One thread, so that every member is on the one core that is not the relay's.
#[tokio::main(flavor = "current_thread")]
async fn run(scenario: &Scenario, common: &Common) -> Result<Option<Report>> {
    machine::allow_many_files()?;
    Ok(Some(match scenario {
        Scenario::Rooms(options) => rooms::run(options, common).await?,
        Scenario::Throughput(options) => throughput::run(options, common).await?,
        Scenario::Compare(options) => compare::run(options, common).await?,
        Scenario::Attack(options) => attack::run(options, common).await?,
        Scenario::Day(options) => day::run(options, common).await?,
        Scenario::Kill(options) => kill::run(options, common).await?,
        Scenario::Attacker(orders) => {
            let met = attack::attack(orders).await?;
            writeln!(io::stdout(), "{}", serde_json::to_string(&met)?)?;
            return Ok(None);
        }
        Scenario::Pipe => {
            pipe::serve().await?;
            return Ok(None);
        }
    }))
}
