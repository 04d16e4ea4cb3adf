//! The browsers that the tests drive: found, or installed where that is possible.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::steps::{self, step};
use crate::workspace::Workspace;

/// What to do where no browser can be installed by itself.
const ADVICE: &str = "the browser tests need Chromium with its chromedriver, and Firefox; install \
    them (Debian: apt-get install chromium chromium-driver firefox-esr), or name them in \
    BLINDSIGHT_CHROMIUM, BLINDSIGHT_CHROMEDRIVER and BLINDSIGHT_FIREFOX, or leave these tests out \
    with --fast";

/// What drives Firefox. Debian has no package of it.
const GECKODRIVER: &str = "geckodriver@0.37.1";

/// A program, and the variable of the environment that names it to the tests.
type Named = (&'static str, PathBuf);

/// Finds the browsers and the programs that drive them; as root on a machine with apt, installs
/// those that are missing. Where there is no geckodriver, it is compiled.
///
/// # Errors
/// If one is missing and cannot be installed; the message says what to install.
pub fn ensure(workspace: &Workspace) -> Result<Vec<Named>> {
    if find_browsers().is_none() && is_root() && on_path("apt-get").is_some() {
        step("install Chromium and Firefox", || {
            apt_get(&["update"], ADVICE)?;
            let install = ["install", "--yes", "--no-install-recommends"];
            let packages = ["chromium", "chromium-driver", "firefox-esr"];
            apt_get(&[&install[..], &packages].concat(), ADVICE)
        })?;
    }
    let mut programs = find_browsers().context(ADVICE)?;
    programs.push(geckodriver(workspace)?);
    Ok(programs)
}

/// The browsers and chromedriver: what the environment's variables name, else what is on the path.
fn find_browsers() -> Option<Vec<Named>> {
    let chromium = ["chromium", "chromium-browser", "google-chrome"];
    Some(vec![
        find("BLINDSIGHT_CHROMIUM", &chromium)?,
        find("BLINDSIGHT_CHROMEDRIVER", &["chromedriver"])?,
        find("BLINDSIGHT_FIREFOX", &["firefox-esr", "firefox"])?,
    ])
}

/// A program that the environment's variable names, or else the first that is on the path.
pub(super) fn find(variable: &'static str, names: &[&str]) -> Option<Named> {
    let path = match env::var_os(variable) {
        Some(path) => PathBuf::from(path),
        None => names.iter().find_map(|name| on_path(name))?,
    };
    Some((variable, path))
}

fn geckodriver(workspace: &Workspace) -> Result<Named> {
    const VARIABLE: &str = "BLINDSIGHT_GECKODRIVER";
    if let Some(found) = find(VARIABLE, &["geckodriver"]) {
        return Ok(found);
    }
    let root = workspace.target.join("geckodriver");
    let program = root.join(format!("bin/geckodriver{}", env::consts::EXE_SUFFIX));
    if !program.is_file() {
        step("compile geckodriver", || {
            let mut install = workspace.cargo(["install", "--debug", "--locked", GECKODRIVER]);
            install.arg("--root").arg(&root);
            install.arg("--target-dir").arg(root.join("target"));
            install.env("CARGO_PROFILE_DEV_DEBUG", "0");
            steps::run(&mut install)
                .context("BLINDSIGHT_GECKODRIVER can name one that is here already")
        })?;
    }
    Ok((VARIABLE, program))
}

/// Runs apt-get; `advice` says what to do if it fails.
pub(super) fn apt_get(arguments: &[&str], advice: &'static str) -> Result<()> {
    let mut command = Command::new("apt-get");
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    steps::run(&mut command).context(advice)
}

/// Whether this process may install packages.
pub(super) fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// A program's path, if it lies in one of the folders of `PATH`.
pub(super) fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
        .find(|path| Path::is_file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_on_the_path_only() {
        assert!(on_path("cargo").is_some_and(|path| path.is_absolute()));
        assert!(on_path("blindsight-no-such-program").is_none());
    }
}
