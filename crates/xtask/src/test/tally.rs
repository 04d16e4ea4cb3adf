//! The sum of the summaries that cargo's test programs print.

use std::fmt;
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::steps;

/// How many tests passed, failed and were ignored.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    passed: usize,
    failed: usize,
    ignored: usize,
}

impl Tally {
    /// Runs a test command, shows what it prints and counts its summaries.
    ///
    /// # Errors
    /// If it cannot be started or a test fails.
    pub fn run(&mut self, command: &mut Command) -> Result<()> {
        let name = steps::shown(command);
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("`{name}` could not be started"))?;
        if let Some(stdout) = child.stdout.take() {
            self.copy(stdout, io::stdout().lock())
                .with_context(|| format!("the output of `{name}` broke off"))?;
        }
        let status = child.wait().with_context(|| format!("`{name}` was lost"))?;
        if !status.success() {
            bail!("`{name}` ended with {status}; what failed stands above");
        }
        Ok(())
    }

    /// Copies lines and counts the summaries among them.
    fn copy(&mut self, from: impl Read, mut to: impl Write) -> io::Result<()> {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        // By bytes: a test may print what is not Unicode.
        while from.read_until(b'\n', &mut line)? > 0 {
            self.add(&String::from_utf8_lossy(&line));
            to.write_all(&line)?;
            line.clear();
        }
        to.flush()
    }

    /// Adds a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; ...`.
    fn add(&mut self, line: &str) {
        let Some(summary) = line.strip_prefix("test result: ") else {
            return;
        };
        let words: Vec<&str> = summary.split([' ', ';', '.', '\n']).collect();
        for pair in words.windows(2) {
            let Ok(count) = pair[0].parse::<usize>() else {
                continue;
            };
            match pair[1] {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.ignored += count,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)?;
        if self.ignored > 0 {
            write!(out, ", {} ignored", self.ignored)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_summed_and_nothing_else_is() {
        let mut tally = Tally::default();
        let output = "running 3 tests\n\
            test a ... 7 passed; 9 failed\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 5 measured; 0 filtered out; \
            finished in 0.01s\n\
            test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n\
            \u{fffd}\n";
        let mut copy = Vec::new();
        tally.copy(output.as_bytes(), &mut copy).unwrap();
        assert_eq!(copy, output.as_bytes());
        assert_eq!(tally.to_string(), "13 passed, 2 failed, 1 ignored");
    }

    #[test]
    fn a_clean_tally_is_short() {
        let mut tally = Tally::default();
        tally.add("test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured");
        assert_eq!(tally.to_string(), "4 passed, 0 failed");
    }

    #[test]
    fn a_failing_command_is_an_error() {
        let error = Tally::default()
            .run(Command::new("cargo").arg("no-such-chore"))
            .unwrap_err();
        assert!(error.to_string().contains("cargo no-such-chore"));
    }
}
