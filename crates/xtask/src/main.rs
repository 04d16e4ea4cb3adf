//! The project's own chores: `cargo xtask serve`, `site`, `test`, `bench`, `study` and
//! `data`.
//!
//! | command | what it does |
//! |---|---|
//! | `serve` | builds everything a browser needs and serves it on this machine |
//! | `site` | builds the site into a folder |
//! | `test` | every check there is, stopping at the first that fails |
//! | `bench` | counts the instructions of the kernels, or measures between browsers |
//! | `study` | measures how exact, how fast and how dear it all is, and writes pages of it |
//! | `data` | fetches the public data sets and checks them |

mod bench;
mod data;
mod plot;
mod serve;
mod site;
mod steps;
mod study;
mod test;
mod toolchain;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// The chores of Blindsight.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Build the site and the relay, and serve them on this machine
    Serve(serve::Arguments),
    /// Build the site into a folder
    Site(site::Arguments),
    /// Run every check, stopping at the first that fails
    Test(test::Arguments),
    /// Count the instructions that the kernels take, or measure classifications between browsers
    Bench(bench::Arguments),
    /// Measure how exact, how fast and how dear private classification is, and write docs/study
    Study(study::Arguments),
    /// Fetch the public data sets and check them
    Data(data::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = Workspace::find().and_then(|workspace| match arguments.chore {
        Chore::Serve(arguments) => serve::run(&workspace, &arguments),
        Chore::Site(arguments) => site::run(&workspace, &arguments),
        Chore::Test(arguments) => test::run(&workspace, &arguments),
        Chore::Bench(arguments) => bench::run(&workspace, &arguments),
        Chore::Study(arguments) => study::run(&workspace, &arguments),
        Chore::Data(arguments) => data::run(&workspace, &arguments),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
