//! What is measured on, and with what.

use std::fs;
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use time::OffsetDateTime;

use crate::workspace::Workspace;

/// The machine and the versions of today.
pub struct Machine {
    /// What may not change within a section.
    pub kind: Kind,
    /// Today, in the time of Greenwich.
    pub date: String,
    /// The sources by their name in git, with a plus where there are changes beside.
    pub commit: String,
}

/// A machine and the programs on it.
#[derive(Serialize)]
pub struct Kind {
    processor: String,
    cores: usize,
    memory_gb: Option<u64>,
    system: String,
    rustc: String,
    profile: String,
}

impl Machine {
    /// Looks at the machine.
    ///
    /// # Errors
    /// If git or rustc cannot be asked.
    pub fn find(workspace: &Workspace, profile: &str) -> Result<Self> {
        let git = |arguments: &[&str]| {
            let mut git = Command::new("git");
            said(git.current_dir(&workspace.root).args(arguments))
        };
        let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
        let changed = !git(&["status", "--porcelain", "--", "crates", "relay-server"])?.is_empty();
        let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
        let field = |text: &str, name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            Some(line.trim_start_matches([' ', '\t', ':']).to_owned())
        };
        let memory = field(&read("/proc/meminfo"), "MemTotal");
        let memory = memory.and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
        let processor = field(&read("/proc/cpuinfo"), "model name");
        let kernel = read("/proc/sys/kernel/osrelease");
        let kind = Kind {
            processor: processor.unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            cores: thread::available_parallelism().map_or(1, usize::from),
            memory_gb: memory.map(|kib| (kib * 1024).div_ceil(1_000_000_000)),
            system: format!("{} {}", std::env::consts::OS, kernel.trim())
                .trim()
                .to_owned(),
            rustc: said(Command::new("rustc").arg("--version"))?,
            profile: profile.to_owned(),
        };
        Ok(Self {
            kind,
            date: OffsetDateTime::now_utc().date().to_string(),
            commit: format!("{commit}{}", if changed { "+" } else { "" }),
        })
    }
}

/// What a program prints.
fn said(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output();
    let output = output.with_context(|| format!("{name} could not be started"))?;
    ensure!(
        output.status.success(),
        "{name} failed: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
