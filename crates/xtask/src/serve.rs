//! `cargo xtask serve`: from a fresh clone to a page in the browser.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::steps::{self, seconds, step};
use crate::workspace::Workspace;
use crate::{site, toolchain};

/// Arguments of `cargo xtask serve`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The address and port to serve on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: std::net::SocketAddr,
}

/// Builds the site and the relay, then becomes the relay. Ctrl-C ends it.
///
/// # Errors
/// If a build fails or the relay ends by itself.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let start = Instant::now();
    toolchain::ensure_wasm_target(workspace)?;
    site::build(workspace, &workspace.site())?;
    step("compile the relay", || {
        steps::run(&mut workspace.cargo(["build", "--release", "--package", "relay-server"]))
    })?;
    eprintln!("-- ready after {}", seconds(start.elapsed()));

    let mut relay = Command::new(workspace.program("release", "blindsight-relay"));
    relay
        .current_dir(&workspace.root)
        .arg("--listen")
        .arg(arguments.listen.to_string());
    become_program(&mut relay)
}

/// Replaces this process by the program, so that signals reach it and nothing is left behind.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec()).with_context(|| format!("`{}` could not be started", steps::shown(command)))
}

/// Where processes cannot be replaced, waits for the program.
#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<()> {
    steps::run(command)
}
