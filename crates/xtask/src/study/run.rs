//! The commands that measure.

use std::cell::OnceCell;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::steps;
use crate::workspace::Workspace;

/// Where a relay listens for whoever repeats a command by hand.
const RELAY: &str = "ws://127.0.0.1:8080";

/// A command that prints lines of JSON.
pub struct Run {
    program: Program,
    arguments: Vec<String>,
    /// What it is asked for and does not print itself.
    pub of: Value,
    /// The data set that it needs, by the name of its folder.
    pub data: Option<&'static str>,
    /// How many seconds it takes, where it was never measured.
    pub about: f64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Program {
    /// `blindsight`, which prints JSON.
    Blindsight,
    /// The same with a relay beside it.
    OverRelay,
    /// `cargo xtask`.
    Xtask,
    /// A script of `tests/peers`.
    Script,
    /// Looks how large what a party installs is.
    Sizes,
}

impl Run {
    fn new(program: Program, command: &str) -> Self {
        Self {
            program,
            arguments: command.split(' ').map(str::to_owned).collect(),
            of: Value::Null,
            data: None,
            about: 5.0,
        }
    }

    /// `blindsight`, with arguments that have no spaces in them.
    pub fn blindsight(command: &str) -> Self {
        Self::new(Program::Blindsight, command)
    }

    /// The same for a command that needs a relay.
    pub fn over_relay(command: &str) -> Self {
        Self::new(Program::OverRelay, command)
    }

    /// `cargo xtask`.
    pub fn xtask(command: &str) -> Self {
        Self::new(Program::Xtask, command)
    }

    /// A program in the checkout.
    pub fn script(command: &str) -> Self {
        Self::new(Program::Script, command)
    }

    /// The sizes of the programs and of the site.
    pub fn sizes() -> Self {
        Self::new(Program::Sizes, "")
    }

    pub fn of(self, of: Value) -> Self {
        Self { of, ..self }
    }

    pub fn needs(self, set: &'static str) -> Self {
        let data = Some(set);
        Self { data, ..self }
    }

    pub fn about(self, seconds: f64) -> Self {
        let about = seconds;
        Self { about, ..self }
    }

    /// The command as one types it.
    pub fn shown(&self) -> String {
        let arguments = self.arguments.join(" ");
        match self.program {
            Program::Blindsight => format!("blindsight {arguments} --json"),
            Program::OverRelay => format!("blindsight {arguments} --relay {RELAY} --json"),
            Program::Xtask => format!("cargo xtask {arguments}"),
            Program::Script => arguments,
            Program::Sizes => {
                "ls -l target/release/blindsight target/release/blindsight-relay".to_owned()
            }
        }
    }
}

/// Runs commands.
pub struct Runner<'a> {
    workspace: &'a Workspace,
    profile: &'a str,
    data: PathBuf,
    relay: OnceCell<Relay>,
}

impl<'a> Runner<'a> {
    /// With programs that were compiled under a profile, and a folder of data sets.
    pub fn new(workspace: &'a Workspace, profile: &'a str, data: PathBuf) -> Self {
        Self {
            workspace,
            profile,
            data,
            relay: OnceCell::new(),
        }
    }

    /// The lines that a command prints, and how long it took.
    ///
    /// # Errors
    /// If it fails, or prints what is not JSON.
    pub fn run(&self, run: &Run) -> Result<(Vec<Value>, Duration)> {
        let begun = Instant::now();
        let lines = match run.program {
            Program::Sizes => self.sizes()?,
            _ => self.printed(run)?,
        };
        Ok((lines, begun.elapsed()))
    }

    fn printed(&self, run: &Run) -> Result<Vec<Value>> {
        let blindsight = || {
            let mut command = Command::new(self.workspace.program(self.profile, "blindsight"));
            command.args(&run.arguments).arg("--json");
            command
        };
        let mut command = match run.program {
            Program::OverRelay => {
                let mut command = blindsight();
                command.args(["--relay", &format!("ws://{}", self.relay()?.address)]);
                command
            }
            Program::Xtask => {
                let mut command = self.workspace.cargo(["xtask"]);
                command.args(&run.arguments);
                command
            }
            Program::Script => {
                let (program, arguments) = run.arguments.split_first().context("no script")?;
                let script = arguments.first().context("no script")?;
                ensure!(
                    self.workspace.root.join(script).is_file(),
                    "there is no script {script}"
                );
                let mut command = Command::new(program);
                command.args(arguments);
                command
            }
            _ => blindsight(),
        };
        command
            .current_dir(&self.workspace.root)
            .env("BLINDSIGHT_DATA", &self.data)
            // What runs beside would be measured, too.
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        let shown = steps::shown(&command);
        let output = command
            .output()
            .with_context(|| format!("`{shown}` could not be started"))?;
        if run.program == Program::Script && !output.status.success() {
            // What cannot be installed here leaves its column empty, and the page says why.
            let said = String::from_utf8_lossy(&output.stderr);
            let why = said.lines().rev().find(|line| !line.trim().is_empty());
            let why = why.unwrap_or("it said nothing");
            return Ok(vec![json!({ "command": shown, "failed": why })]);
        }
        ensure!(
            output.status.success(),
            "`{shown}` failed:\n{}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
        let text = String::from_utf8_lossy(&output.stdout);
        let lines = json_lines(&text);
        ensure!(!lines.is_empty(), "`{shown}` printed no JSON:\n{text}");
        Ok(lines)
    }

    fn relay(&self) -> Result<&Relay> {
        if let Some(relay) = self.relay.get() {
            return Ok(relay);
        }
        let program = self.workspace.program(self.profile, "blindsight-relay");
        let relay = Relay::start(&program)?;
        Ok(self.relay.get_or_init(|| relay))
    }

    /// What somebody has to install for each way to take part, in bytes.
    fn sizes(&self) -> Result<Vec<Value>> {
        let size = |path: &Path| -> Result<u64> {
            let data = fs::metadata(path);
            Ok(data
                .with_context(|| format!("{} is missing", path.display()))?
                .len())
        };
        let program = |name| size(&self.workspace.program(self.profile, name));
        Ok(vec![json!({
            "program_bytes": program("blindsight")?,
            "relay_bytes": program("blindsight-relay")?,
        })])
    }
}

/// The lines that are JSON objects: `cargo` and tests print others around them.
fn json_lines(text: &str) -> Vec<Value> {
    let lines = text.lines().filter(|line| line.starts_with('{'));
    lines
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

/// A relay that ends with its owner.
struct Relay {
    child: Child,
    address: String,
}

impl Relay {
    fn start(program: &Path) -> Result<Self> {
        let mut child = Command::new(program)
            .args(["--listen", "127.0.0.1:0", "--no-helper", "--json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("the relay could not be started")?;
        let mut line = String::new();
        let output = child.stdout.take().context("a relay without output")?;
        BufReader::new(output).read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line).context("the relay's first line")?;
        let address = said["address"].as_str().context("no address")?.to_owned();
        Ok(Self { child, address })
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_shown_as_they_are_typed() {
        let run = Run::over_relay("bench --model mnist-mlp").about(3.0);
        assert_eq!(
            run.shown(),
            "blindsight bench --model mnist-mlp --relay ws://127.0.0.1:8080 --json"
        );
        assert_eq!(
            Run::xtask("bench --browser").shown(),
            "cargo xtask bench --browser"
        );
    }

    #[test]
    fn json_is_found_among_other_lines() {
        let lines = json_lines("-- a step\n{\"a\":1}\nok\n{broken\n{\"b\":2}\n");
        assert_eq!(lines, [json!({"a": 1}), json!({"b": 2})]);
    }
}
