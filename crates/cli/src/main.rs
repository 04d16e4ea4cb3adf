//! The program `blindsight`: any role of a private classification, from a terminal.

mod asking;
mod bench;
mod bundled;
mod classify;
mod compare;
mod engine;
mod evaluate;
mod freeing;
mod helper;
mod host;
mod inspect;
mod party;
mod pictures;
mod precision;
mod rehearsal;
mod report;
mod serving;
mod socket;
mod typed;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::{
    filter::{EnvFilter, filter_fn},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// A bundle takes megabytes, for less than a millisecond each. The allocator of glibc gives them back
/// to the system every time, and to fetch them again takes longer than to deal them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Classify an image that nobody else sees, with a model that nobody else sees.
///
/// Exits with 0 when all went well, 1 when it did not, 2 when an option is wrong. Logs go to
/// standard error; RUST_LOG says how much.
#[derive(Parser)]
#[command(name = "blindsight", version)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Host a private network: print invitations, then serve until stopped.
    Host(host::Options),
    /// Help: deal correlated randomness for a room until it closes.
    Helper(helper::Options),
    /// Compute: be one of the equal parties of a room that has no helper.
    Party(party::Options),
    /// Classify pictures with the network behind an invitation.
    Classify(classify::Options),
    /// Show what a network is and costs, before it is hosted.
    Inspect(inspect::Options),
    /// Classify a whole test set securely, with all three roles in this process.
    Evaluate(evaluate::Options),
    /// Measure how long private classifications take on this machine.
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let options = Options::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::registry()
        .with(filter)
        .with(filter_fn(socket::is_no_frame))
        .with(fmt::layer().with_writer(std::io::stderr))
        .init();
    match run(options.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("blindsight: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Host(options) => host::run(options).await,
        Command::Helper(options) => helper::run(options).await,
        Command::Party(options) => party::run(options).await,
        Command::Classify(options) => classify::run(options).await,
        Command::Inspect(options) => inspect::run(&options),
        Command::Evaluate(options) => evaluate::run(options).await,
        Command::Bench(options) => bench::run(options).await,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_options_of_all_commands_fit_together() {
        Options::command().debug_assert();
    }
}
