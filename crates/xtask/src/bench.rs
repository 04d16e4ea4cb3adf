//! `cargo xtask bench`: how many instructions the kernels take, compared with what they took; or how
//! long classifications take between browsers.
//!
//! Times depend on the machine and on what else runs; counts of instructions hardly do. They are
//! counted by valgrind, and kept in a file in the repository. A processor without AVX2 or another
//! compiler gives other counts.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};

use crate::site;
use crate::steps::{self, step};
use crate::test::browser;
use crate::toolchain;
use crate::workspace::Workspace;

/// The file of counts.
const FILE: &str = "crates/mpc/benches/instructions.json";
/// By what share a count may grow before it is a fault.
const TOLERANCE: f64 = 0.03;
/// The kernel that is what comes before each of the others.
const NOTHING: &str = "nothing";

/// Arguments of `cargo xtask bench`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Fail when a kernel takes over 3 % more instructions than the repository says; without it,
    /// the counts are written there
    #[arg(long)]
    check: bool,
    /// Measure classifications between three browsers instead, and print a line of JSON for each
    /// model
    #[arg(long, conflicts_with = "check")]
    browser: bool,
    /// With --browser: which models, with commas between
    #[arg(long, requires = "browser")]
    models: Option<String>,
    /// With --browser: among so many compute parties, each in a browser, and no helper
    #[arg(long, requires = "browser", value_parser = clap::builder::PossibleValuesParser::new(["3", "5", "7"]))]
    parties: Option<String>,
    /// With --browser: classify so many pictures of the model's test set instead, chosen as files, and
    /// count those that are right; `BLINDSIGHT_DATA` names the folder of the data sets
    #[arg(long, requires = "browser", value_name = "N")]
    pictures: Option<u32>,
}

type Counts = BTreeMap<String, u64>;

/// Counts, and compares or writes.
///
/// # Errors
/// If there is no valgrind, or a kernel takes more instructions than before.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    if arguments.browser {
        return between_browsers(workspace, arguments);
    }
    let version = Command::new("valgrind").arg("--version").output();
    ensure!(
        version.is_ok_and(|output| output.status.success()),
        "valgrind is missing; install it from your system's packages"
    );
    let program = step("compile the kernels", || compile(workspace))?;
    let counts = step("count instructions", || count(&program))?;
    let file = workspace.root.join(FILE);
    if arguments.check {
        let text = fs::read_to_string(&file).with_context(|| format!("{FILE} cannot be read"))?;
        let before: Counts = serde_json::from_str(&text).with_context(|| FILE.to_owned())?;
        compare(&before, &counts)
    } else {
        let mut text = serde_json::to_string_pretty(&counts)?;
        text.push('\n');
        fs::write(&file, text).with_context(|| format!("{FILE} cannot be written"))?;
        counts
            .iter()
            .for_each(|(name, count)| println!("{name}: {count}"));
        Ok(())
    }
}

/// What a person waits for, with the site and the relay as they are released.
fn between_browsers(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    toolchain::ensure_wasm_target(workspace)?;
    let browsers = browser::ensure(workspace)?;
    site::build(workspace, &workspace.site())?;
    step("compile the relay", || {
        steps::run(&mut workspace.cargo(["build", "--release", "--package", "relay-server"]))
    })?;
    let mut tests = workspace.cargo(["test", "--workspace", "--test=browser", "--"]);
    tests
        .args(["--ignored", "--exact", "speed::speed", "--nocapture"])
        .envs(browsers)
        .envs(
            arguments
                .models
                .iter()
                .map(|it| ("BLINDSIGHT_BENCH_MODELS", it)),
        )
        .envs(
            arguments
                .parties
                .iter()
                .map(|it| ("BLINDSIGHT_BENCH_PARTIES", it)),
        )
        .envs(
            arguments
                .pictures
                .map(|it| ("BLINDSIGHT_BENCH_PICTURES", it.to_string())),
        )
        .env(
            "BLINDSIGHT_RELAY_BIN",
            workspace.program("release", "blindsight-relay"),
        );
    step("classify between browsers", || steps::run(&mut tests))
}

/// Compiles the kernels as they are released. Gives the program.
fn compile(workspace: &Workspace) -> Result<PathBuf> {
    let output = workspace
        .cargo(["bench", "--package=blindsight-mpc", "--bench=instructions"])
        .args(["--no-run", "--message-format=json-render-diagnostics"])
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("cargo could not be started")?;
    ensure!(
        output.status.success(),
        "the kernels do not compile; see above"
    );
    let lines = String::from_utf8_lossy(&output.stdout);
    let mut programs = lines.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let program = message.get("executable")?.as_str()?;
        Some(PathBuf::from(program))
    });
    programs.next_back().context("cargo named no program")
}

/// Counts the instructions of every kernel, without what comes before it.
fn count(program: &Path) -> Result<Counts> {
    let names = Command::new(program).output();
    let names = names.context("the kernels could not be listed")?.stdout;
    let names = String::from_utf8_lossy(&names).into_owned();
    let before = count_one(program, NOTHING)?;
    let kernels = names.lines().filter(|name| *name != NOTHING);
    kernels
        .map(|name| {
            let all = count_one(program, name)?;
            Ok((name.to_owned(), all.saturating_sub(before)))
        })
        .collect()
}

fn count_one(program: &Path, kernel: &str) -> Result<u64> {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .arg(kernel);
    let output = command.output().context("valgrind could not be started")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "`{}` failed:\n{said}",
        steps::shown(&command)
    );
    parse(&said).with_context(|| format!("valgrind gave no count for {kernel}:\n{said}"))
}

/// The count in what callgrind says at its end: `==1== Collected : 123456`.
fn parse(said: &str) -> Option<u64> {
    let line = said
        .lines()
        .find_map(|line| line.split_once("Collected :"))?;
    line.1.trim().parse().ok()
}

fn compare(before: &Counts, now: &Counts) -> Result<()> {
    let mut slower = Vec::new();
    for (name, now) in now {
        let before = before.get(name).with_context(|| {
            format!("{FILE} does not know `{name}`; run `cargo xtask bench` to write it")
        })?;
        let change = *now as f64 / *before as f64 - 1.0;
        println!("{name}: {now} ({:+.1} %)", 100.0 * change);
        if change > TOLERANCE {
            slower.push(name.as_str());
        }
    }
    if slower.is_empty() {
        return Ok(());
    }
    bail!(
        "these take more instructions than before: {}; where that is meant, run \
         `cargo xtask bench` and commit {FILE}",
        slower.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_and_compared() {
        let said = "==7== Events    : Ir\n==7== Collected : 123456\n==7==\n";
        assert_eq!(parse(said), Some(123_456));
        assert_eq!(parse("valgrind: no such program"), None);

        let counts = |count| Counts::from([("a".to_owned(), count), ("b".to_owned(), 50)]);
        assert!(compare(&counts(1000), &counts(1020)).is_ok());
        assert!(compare(&counts(1000), &counts(10)).is_ok());
        let error = compare(&counts(1000), &counts(1050))
            .unwrap_err()
            .to_string();
        assert!(error.contains("than before: a;"), "{error}");
        assert!(compare(&Counts::new(), &counts(1)).is_err());
    }

    #[test]
    fn the_counts_in_the_repository_are_counts() {
        let root = Workspace::find().unwrap().root;
        let text = fs::read_to_string(root.join(FILE)).unwrap();
        let counts: Counts = serde_json::from_str(&text).unwrap();
        assert!(!counts.is_empty() && counts.values().all(|count| *count > 1000));
        assert!(!counts.contains_key(NOTHING));
    }
}
