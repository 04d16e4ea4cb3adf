//! The NATS server over which tests let relays share rooms: found, or installed where possible.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::browser::{apt_get, find, is_root, on_path};
use crate::steps::step;

/// What to do where it cannot be installed by itself.
const ADVICE: &str = "the tests of several relays need a NATS server; install one (Debian: apt-get \
    install nats-server) or name it in BLINDSIGHT_NATS_SERVER";

const VARIABLE: &str = "BLINDSIGHT_NATS_SERVER";

/// Finds the NATS server; as root on a machine with apt, installs it if it is missing.
///
/// # Errors
/// If it is missing and cannot be installed; the message says what to install.
pub fn ensure() -> Result<(&'static str, PathBuf)> {
    if find_server().is_none() && is_root() && on_path("apt-get").is_some() {
        step("install a NATS server", || {
            apt_get(&["update"], ADVICE)?;
            let install = ["install", "--yes", "--no-install-recommends", "nats-server"];
            apt_get(&install, ADVICE)
        })?;
    }
    find_server().context(ADVICE)
}

/// What the environment's variable names, else what is on the path or where Debian puts it, to
/// which only the path of root leads.
fn find_server() -> Option<(&'static str, PathBuf)> {
    let debian = Path::new("/usr/sbin/nats-server");
    find(VARIABLE, &["nats-server"]).or_else(|| {
        let there = debian.is_file();
        there.then(|| (VARIABLE, debian.to_owned()))
    })
}
