//! The parts of the Rust toolchain that a fresh machine may lack.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::steps;
use crate::workspace::Workspace;

/// What the browser's half of the project is compiled for.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Installs the wasm target where rustup can.
///
/// `rust-toolchain.toml` names it, yet rustup does not fetch it where automatic installation
/// is switched off or where the toolchain was there before.
///
/// # Errors
/// If it is missing and rustup is missing or fails; the message says what to install.
pub fn ensure_wasm_target(workspace: &Workspace) -> Result<()> {
    if has_wasm_target(workspace)? {
        return Ok(());
    }
    steps::step("add the compiler's wasm target", || {
        let mut rustup = Command::new("rustup");
        rustup
            .current_dir(&workspace.root)
            .args(["target", "add", WASM]);
        steps::run(&mut rustup).with_context(|| {
            format!(
                "the compiler has no {WASM} target; install it with \
                 `rustup target add {WASM}`, or from your system's packages"
            )
        })
    })?;
    if !has_wasm_target(workspace)? {
        bail!(
            "rustup added {WASM} to another toolchain than the one cargo uses; \
             run cargo through rustup, from https://rustup.rs"
        );
    }
    Ok(())
}

/// Whether the compiler finds a standard library for the wasm target; works without rustup.
fn has_wasm_target(workspace: &Workspace) -> Result<bool> {
    let output = Command::new("rustc")
        .current_dir(&workspace.root)
        .args(["--print", "target-libdir", "--target", WASM])
        .output()
        .context("rustc could not be started; install it from https://rustup.rs")?;
    if !output.status.success() {
        bail!(
            "rustc does not know {WASM}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let folder = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    Ok(folder.is_dir())
}
