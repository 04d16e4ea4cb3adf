//! Programs that run beside a test: their lines, their errors, their end.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// A running program. It is killed when this is dropped.
pub struct Program {
    name: String,
    child: Child,
    lines: Receiver<String>,
    errors: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

/// A program that ended by itself.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub status: ExitStatus,
    /// The lines of its standard output that were not read before.
    pub lines: Vec<String>,
    /// All of its standard error.
    pub errors: String,
}

impl Program {
    /// Starts a program; [`Program::say`] writes to its standard input.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start<A: AsRef<OsStr>>(
        path: &Path,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Self> {
        Self::spawn(Command::new(path).args(arguments), path)
    }

    /// The same with everything logged that can be.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start_logged<A: AsRef<OsStr>>(
        path: &Path,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Self> {
        let mut command = Command::new(path);
        Self::spawn(command.args(arguments).env("RUST_LOG", "trace"), path)
    }

    fn spawn(command: &mut Command, path: &Path) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} could not be started", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let stdout = child.stdout.take().context("no standard output")?;
        let stderr = child.stderr.take().context("no standard error")?;
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let errors = Arc::<Mutex<String>>::default();
        let reader = thread::spawn({
            let errors = Arc::clone(&errors);
            move || collect(stderr, &errors)
        });
        Ok(Self {
            name: name.into_owned(),
            child,
            lines,
            errors,
            reader: Some(reader),
        })
    }

    /// Types a line.
    ///
    /// # Errors
    /// If the program does not read it.
    pub fn say(&mut self, line: &str) -> Result<()> {
        let input = self.child.stdin.as_mut().context("no standard input")?;
        writeln!(input, "{line}").with_context(|| format!("{} does not listen", self.name))
    }

    /// The next line of its standard output, as JSON.
    ///
    /// # Errors
    /// As [`Program::line`], or if the line is not JSON.
    pub fn json(&mut self, limit: Duration) -> Result<Value> {
        let line = self.line(limit)?;
        serde_json::from_str(&line)
            .with_context(|| format!("{} printed a line that is not JSON: {line}", self.name))
    }

    /// The next line of its standard output.
    ///
    /// # Errors
    /// If none comes within `limit` or the program ends. The message shows what the program
    /// wrote to its standard error.
    pub fn line(&mut self, limit: Duration) -> Result<String> {
        let reason = match self.lines.recv_timeout(limit) {
            Ok(line) => return Ok(line),
            Err(RecvTimeoutError::Timeout) => format!("printed nothing within {limit:?}"),
            Err(RecvTimeoutError::Disconnected) => "ended without the expected line".to_owned(),
        };
        bail!("{} {reason}; its errors: {}", self.name, self.errors())
    }

    /// Waits for the program's end and kills it after `limit`.
    ///
    /// # Errors
    /// If it still runs after `limit`.
    pub fn end(mut self, limit: Duration) -> Result<Ended> {
        let deadline = Instant::now() + limit;
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            ensure!(
                Instant::now() < deadline,
                "{} still runs after {limit:?}; its errors: {}",
                self.name,
                self.errors()
            );
            thread::sleep(Duration::from_millis(10));
        };
        if let Some(reader) = self.reader.take() {
            // A panic of that thread loses lines of an error message and nothing else.
            let _ = reader.join();
        }
        Ok(Ended {
            status,
            lines: self.lines.iter().collect(),
            errors: self.errors(),
        })
    }

    /// Asks it to end, as ctrl-c does, and waits until it has.
    ///
    /// # Errors
    /// If it still runs after `limit`.
    pub fn interrupt(self, limit: Duration) -> Result<Ended> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-INT", &id]).status()?;
        self.end(limit)
    }

    /// What it has written to its standard error so far.
    pub fn errors(&self) -> String {
        let errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        errors.clone()
    }

    /// Asks the programs that it started to end.
    ///
    /// # Errors
    /// If there is no program to tell them.
    pub fn end_children(&self) -> Result<()> {
        let parent = self.child.id().to_string();
        // None may be left.
        Command::new("pkill").args(["-P", &parent]).status()?;
        Ok(())
    }

    /// Ends it at once, as a crash would.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.kill();
    }
}

impl Ended {
    /// The lines of its standard output, as JSON.
    ///
    /// # Errors
    /// If it failed or a line is not JSON. The message shows its standard error.
    pub fn json(&self) -> Result<Vec<Value>> {
        ensure!(
            self.status.success(),
            "the program ended with {}; its errors: {}",
            self.status,
            self.errors
        );
        let parse = |line: &String| {
            serde_json::from_str(line).with_context(|| format!("this line is not JSON: {line}"))
        };
        self.lines.iter().map(parse).collect()
    }

    /// Checks that the program refused as a program should: a failing status, a sentence on
    /// the standard error, no panic.
    ///
    /// # Errors
    /// If it did anything else.
    pub fn check_refusal(&self) -> Result<()> {
        let shown = format!("{}, its errors: {}", self.status, self.errors);
        ensure!(!self.status.success(), "it should have failed: {shown}");
        ensure!(self.status.code().is_some(), "it was killed: {shown}");
        ensure!(!self.errors.contains("panicked"), "it panicked: {shown}");
        ensure!(
            self.errors.split_whitespace().count() >= 3,
            "it says nothing that helps: {shown}"
        );
        Ok(())
    }
}

/// Appends what a program writes, as it comes.
fn collect(mut from: impl Read, to: &Mutex<String>) {
    let mut piece = [0; 4096];
    while let Ok(count) = from.read(&mut piece)
        && count > 0
    {
        let text = String::from_utf8_lossy(&piece[..count]);
        to.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_str(&text);
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    fn shell(script: &str) -> Program {
        Program::start(Path::new("/bin/sh"), ["-c", script]).unwrap()
    }

    #[test]
    fn what_is_said_is_heard() {
        let mut program = shell("read line; echo \"$line, too\"");
        program.say("this").unwrap();
        assert_eq!(program.line(LIMIT).unwrap(), "this, too");
    }

    #[test]
    fn lines_and_the_end_are_seen() {
        let mut program = shell(r#"echo '{"a":1}'; echo '[2]'; echo note >&2"#);
        assert_eq!(program.json(LIMIT).unwrap()["a"], 1);
        let ended = program.end(LIMIT).unwrap();
        assert_eq!(ended.json().unwrap(), [serde_json::json!([2])]);
        assert_eq!(ended.errors, "note\n");
    }

    #[test]
    fn a_failure_shows_the_errors() {
        let mut program = shell("echo the cause >&2; exit 3");
        let error = program.json(LIMIT).unwrap_err().to_string();
        assert!(error.contains("ended without"), "{error}");
        let ended = program.end(LIMIT).unwrap();
        assert!(ended.json().unwrap_err().to_string().contains("the cause"));
    }

    #[test]
    fn a_program_that_hangs_is_given_up() {
        let start = Instant::now();
        let limit = Duration::from_millis(100);
        let error = shell("exec sleep 60").end(limit).unwrap_err().to_string();
        assert!(error.contains("still runs"), "{error}");
        let mut silent = shell("exec sleep 60");
        assert!(
            silent
                .json(limit)
                .unwrap_err()
                .to_string()
                .contains("nothing within")
        );
        drop(silent);
        assert!(start.elapsed() < LIMIT);
    }

    #[test]
    fn only_a_sentence_and_a_failing_status_are_a_refusal() {
        let cases = [
            ("echo the file is not an image >&2; exit 1", true),
            ("echo the file is not an image >&2", false),
            ("exit 1", false),
            ("echo thread main panicked at here >&2; exit 101", false),
            ("echo the file is not an image >&2; kill -9 $$", false),
        ];
        for (script, refusal) in cases {
            let ended = shell(script).end(LIMIT).unwrap();
            assert_eq!(ended.check_refusal().is_ok(), refusal, "{script}");
        }
    }
}
