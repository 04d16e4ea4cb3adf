//! `cargo xtask test`: every check there is, the quick ones first.

mod axe;
pub mod browser;
mod nats;
mod tally;

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::data;
use crate::site;
use crate::steps::{self, seconds, step};
use crate::study;
use crate::test::tally::Tally;
use crate::toolchain::{self, WASM};
use crate::workspace::Workspace;

/// The crates that run in a browser tab.
const WASM_CRATES: [&str; 6] = [
    "blindsight-mpc",
    "blindsight-model",
    "blindsight-parties",
    "blindsight-session",
    "blindsight-member",
    "blindsight-wasm",
];

/// The package of the tests with several processes and browsers.
const END_TO_END: &str = "blindsight-tests";

/// Arguments of `cargo xtask test`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Leave out the tests in real browsers
    #[arg(long)]
    fast: bool,
}

/// Runs every check and prints the sum of what passed as the last line.
///
/// # Errors
/// At the first check that fails; the message names it.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let start = Instant::now();
    let mut tally = Tally::default();
    let outcome = run_all(workspace, arguments.fast, &mut tally);
    eprintln!("-- {} in all", seconds(start.elapsed()));
    outcome.with_context(|| format!("the first failure ended the checks, after {tally}"))?;
    println!("{tally}");
    Ok(())
}

fn run_all(workspace: &Workspace, fast: bool, tally: &mut Tally) -> Result<()> {
    // What may be missing on this machine is found out before anything is compiled.
    toolchain::ensure_wasm_target(workspace)?;
    let browsers = (!fast).then(|| browser::ensure(workspace)).transpose()?;
    let axe = (!fast).then(|| axe::ensure(workspace)).transpose()?;
    let nats = nats::ensure()?;
    let data = data_sets(workspace);
    // The relay does not compile without the folder that it embeds.
    fs::create_dir_all(workspace.site()).context("the folder target/site could not be made")?;

    step("cargo fmt --check", || {
        steps::run(&mut workspace.cargo(["fmt", "--all", "--check"]))
            .context("run `cargo fmt --all`")
    })?;
    step("cargo clippy", || {
        let mut clippy = workspace.cargo(["clippy", "--workspace", "--all-targets"]);
        steps::run(clippy.args(["--", "-D", "warnings"]))
    })?;
    step("cargo clippy for wasm", || {
        let mut clippy = workspace.cargo(["clippy", "--target", WASM]);
        clippy.args(WASM_CRATES.map(|name| format!("--package={name}")));
        steps::run(clippy.args(["--", "-D", "warnings"]))?;
        let mut clippy = workspace.cargo(["clippy", "--target", WASM]);
        clippy.arg("--package=blindsight-wasm-parties");
        steps::run(clippy.args(["--", "-D", "warnings"]))
    })?;
    step("compile programs and tests", || {
        steps::run(&mut workspace.cargo(["build", "--workspace", "--bins", "--tests"]))
    })?;
    // Every command names the whole workspace: of a part of it, cargo would compile the same
    // libraries again with fewer of their features.
    let tests = |targets: &[String]| {
        let mut tests = workspace.cargo(["test", "--workspace"]);
        tests
            .args(targets)
            .env(
                "BLINDSIGHT_RELAY_BIN",
                workspace.program("dev", "blindsight-relay"),
            )
            .env("BLINDSIGHT_BIN", workspace.program("dev", "blindsight"))
            .env(nats.0, &nats.1)
            .envs(data.iter().map(|folder| ("BLINDSIGHT_DATA", folder)));
        tests
    };
    let end_to_end = |name: &str| tests(&[format!("--test={name}")]);
    // Compiling for the browser ends on one core; the native tests have the other.
    thread::scope(|scope| {
        let module = scope.spawn(|| site::compile_modules(workspace));
        step("unit tests", || {
            tally.run(&mut tests(&["--lib".into(), "--bins".into()]))
        })?;
        step("examples in the documentation", || {
            tally.run(&mut tests(&["--doc".into()]))
        })?;
        step("tests of each crate", || {
            let names = workspace.tests.iter();
            let of_crates = names.filter(|test| test.package != END_TO_END);
            let targets: Vec<_> = of_crates
                .map(|test| format!("--test={}", test.name))
                .collect();
            tally.run(&mut tests(&targets))
        })?;
        step("cargo doc", || {
            let mut doc = workspace.cargo(["doc", "--workspace", "--no-deps"]);
            steps::run(doc.env("RUSTDOCFLAGS", "-D warnings"))
        })?;
        let compiled = module.join();
        compiled.unwrap_or_else(|_| bail!("compiling for the browser panicked; see above"))
    })?;
    site::build(workspace, &workspace.site())?;
    step("tests of all roles in one process", || {
        // What it prints is the claim that matters: secure against clear over the whole test set.
        let mut tests = end_to_end("in_process");
        tally.run(tests.args(["--", "--nocapture"]))
    })?;
    step("what was ever sent under a mask", || {
        tally.run(&mut end_to_end("spending"))
    })?;
    step("what was ever logged", || {
        tally.run(&mut end_to_end("secrets"))
    })?;
    step("tests with processes", || {
        tally.run(&mut end_to_end("processes"))
    })?;
    step("a quick study", || study::quick(workspace, "dev"))?;
    if let (Some(browsers), Some(axe)) = (browsers, axe) {
        step("tests with browsers", || {
            let mut tests = end_to_end("browser");
            tests.envs(browsers).env("BLINDSIGHT_AXE", &axe);
            // Three browsers at a time are enough for two cores; what they print is wanted.
            tally.run(tests.args(["--", "--test-threads=1", "--nocapture"]))
        })?;
    } else {
        eprintln!("-- tests with browsers left out, as --fast asks");
    }
    Ok(())
}

/// The folder of data sets: `BLINDSIGHT_DATA`, else what `cargo xtask data` fetched.
fn data_sets(workspace: &Workspace) -> Option<PathBuf> {
    let folder = data::folder(workspace);
    // Tests run in the folders of their packages, so a relative path would mislead them.
    let found = folder.canonicalize().ok().filter(|path| path.is_dir());
    if found.is_none() {
        eprintln!(
            "-- tests with the real data sets are skipped: there is no folder {}; \
             `cargo xtask data` fetches them",
            folder.display()
        );
    }
    found
}
