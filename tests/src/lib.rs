//! What the end-to-end tests share: programs, browsers and drawn digits.
//!
//! The tests start the programs that `cargo xtask test` built and named in these variables; one
//! that is missing fails the test that needs it:
//!
//! | variable | program |
//! |---|---|
//! | `BLINDSIGHT_RELAY_BIN` | the relay |
//! | `BLINDSIGHT_BIN` | the command line |
//! | `BLINDSIGHT_CHROMEDRIVER` | Chromium's WebDriver server |
//! | `BLINDSIGHT_CHROMIUM` | Chromium |
//! | `BLINDSIGHT_NATS_SERVER` | a NATS server, if none is on the path |
//! | `BLINDSIGHT_AXE` | the script of axe-core |
//!
//! `BLINDSIGHT_DATA` names the folder of data sets; the one test that needs it says so and does
//! nothing where it is not set.

pub mod accessibility;
pub mod balancer;
pub mod browser;
pub mod devtools;
pub mod digits;
pub mod glass;
pub mod house;
pub mod nats;
pub mod pages;
pub mod programs;
pub mod recorder;
pub mod roles;
pub mod secrets;
pub mod sentences;

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The path in an environment variable that names a program.
///
/// # Errors
/// If the variable is not set; the message says which command sets it.
pub fn required(variable: &str) -> Result<PathBuf> {
    let path = env::var_os(variable).with_context(|| {
        format!("{variable} names no program; run these tests with `cargo xtask test`")
    })?;
    Ok(path.into())
}

/// A path inside the checkout.
pub fn in_checkout(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
