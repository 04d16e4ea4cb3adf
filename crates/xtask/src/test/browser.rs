//! The browser that the tests drive: found, or installed where that is possible.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::steps::{self, step};

/// What to do where no browser can be installed by itself.
const ADVICE: &str = "the browser tests need Chromium and its chromedriver; install them \
    (Debian: apt-get install chromium chromium-driver), or name them in BLINDSIGHT_CHROMIUM and \
    BLINDSIGHT_CHROMEDRIVER, or leave these tests out with --fast";

/// A browser and the program that drives it.
#[derive(Debug)]
pub struct Browser {
    /// The browser.
    pub chromium: PathBuf,
    /// Its WebDriver server.
    pub chromedriver: PathBuf,
}

impl Browser {
    /// Finds a browser; as root on a machine with apt, installs it if there is none.
    ///
    /// # Errors
    /// If there is none and none can be installed; the message says what to install.
    pub fn ensure() -> Result<Self> {
        if let Some(browser) = Self::find() {
            return Ok(browser);
        }
        if is_root() && on_path("apt-get").is_some() {
            step("install Chromium", || {
                apt_get(&["update"])?;
                let install = ["install", "--yes", "--no-install-recommends"];
                apt_get(&[&install[..], &["chromium", "chromium-driver"]].concat())
            })?;
        }
        Self::find().context(ADVICE)
    }

    /// Looks at the environment's variables, then on the path.
    fn find() -> Option<Self> {
        let find = |variable: &str, names: &[&str]| match env::var_os(variable) {
            Some(path) => Some(PathBuf::from(path)),
            None => names.iter().find_map(|name| on_path(name)),
        };
        Some(Self {
            chromium: find(
                "BLINDSIGHT_CHROMIUM",
                &["chromium", "chromium-browser", "google-chrome"],
            )?,
            chromedriver: find("BLINDSIGHT_CHROMEDRIVER", &["chromedriver"])?,
        })
    }
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    steps::run(&mut command).context(ADVICE)
}

/// Whether this process may install packages.
fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// A program's path, if it lies in one of the folders of `PATH`.
fn on_path(name: &str) -> Option<PathBuf> {
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
