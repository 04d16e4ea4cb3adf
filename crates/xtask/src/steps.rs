//! One step of a chore: a title, a command and how long it took.

use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Runs `work` and prints one line with its title and how long it took.
///
/// # Errors
/// What `work` returns, with the title in front.
pub fn step<T>(title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("-- {title}");
    let start = Instant::now();
    let result = work().with_context(|| format!("the step `{title}` failed"))?;
    eprintln!("-- {title}: done in {}", seconds(start.elapsed()));
    Ok(result)
}

/// Runs a command to its end with this program's own input and output.
///
/// # Errors
/// If it cannot be started, or ends with anything but success. The message names the command.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("`{}` could not be started", shown(command)))?;
    if !status.success() {
        bail!(
            "`{}` ended with {status}; its own messages stand above",
            shown(command)
        );
    }
    Ok(())
}

/// A command as a person would type it, program name without its folder.
pub fn shown(command: &Command) -> String {
    let program = command.get_program();
    let name = std::path::Path::new(program)
        .file_name()
        .unwrap_or(program)
        .to_string_lossy();
    command
        .get_args()
        .fold(name.into_owned(), |mut text, argument| {
            // Writing to a String cannot fail.
            let _ = write!(text, " {}", argument.to_string_lossy());
            text
        })
}

/// A duration for people: `0.4 s`, `2 min 5 s`.
pub fn seconds(duration: Duration) -> String {
    let whole = duration.as_secs();
    if whole < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_command_is_named() {
        let error = run(Command::new("cargo").arg("no-such-chore")).unwrap_err();
        assert!(error.to_string().contains("`cargo no-such-chore` ended"));
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut Command::new("/nowhere/blindsight-no-such-program")).unwrap_err();
        assert!(error.to_string().contains("`blindsight-no-such-program`"));
    }

    #[test]
    fn a_failed_step_is_named() {
        let error = step("the title", || bail!("the cause")).map(|(): ()| ());
        let message = format!("{:#}", error.unwrap_err());
        assert!(message.contains("the title") && message.contains("the cause"));
    }

    #[test]
    fn durations_read_well() {
        assert_eq!(seconds(Duration::from_millis(420)), "0.4 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 5 s");
    }
}
