//! Where the checkout lies and where cargo puts what it builds.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// The folders every chore needs.
#[derive(Debug)]
pub struct Workspace {
    /// The checkout: the folder with the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder, which `CARGO_TARGET_DIR` may have moved.
    pub target: PathBuf,
    /// The integration tests of all packages.
    pub tests: Vec<IntegrationTest>,
}

/// A file of integration tests.
#[derive(Debug, PartialEq, Eq)]
pub struct IntegrationTest {
    /// The package that it belongs to.
    pub package: String,
    /// Its name, for `cargo test --test`.
    pub name: String,
}

/// What `cargo metadata` tells of a workspace.
#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Metadata {
    fn tests(&self) -> Vec<IntegrationTest> {
        let of = |package: &Package| {
            let tests = package.targets.iter();
            let tests = tests.filter(|target| target.kind.iter().any(|kind| kind == "test"));
            tests
                .map(|target| IntegrationTest {
                    package: package.name.clone(),
                    name: target.name.clone(),
                })
                .collect::<Vec<_>>()
        };
        self.packages.iter().flat_map(of).collect()
    }
}

impl Workspace {
    /// Asks cargo where its target folder is.
    ///
    /// # Errors
    /// If cargo cannot be started or refuses the workspace.
    pub fn find() -> Result<Self> {
        let mut command = Command::new(cargo_program());
        command
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .arg("--manifest-path")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
        let output = command
            .output()
            .context("cargo could not be started; install it from https://rustup.rs")?;
        if !output.status.success() {
            bail!(
                "cargo refuses this workspace: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        let metadata: Metadata = serde_json::from_slice(&output.stdout)
            .context("cargo metadata printed what this program does not understand")?;
        Ok(Self {
            tests: metadata.tests(),
            root: metadata.workspace_root,
            target: metadata.target_directory,
        })
    }

    /// The folder the relay embeds its site from. It does not move with `CARGO_TARGET_DIR`.
    pub fn site(&self) -> PathBuf {
        self.root.join("target").join("site")
    }

    /// The path of a program that cargo built under `profile`.
    pub fn program(&self, profile: &str, name: &str) -> PathBuf {
        let folder = if profile == "dev" { "debug" } else { profile };
        self.target
            .join(folder)
            .join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// `cargo` with these arguments, to be run in the checkout.
    pub fn cargo<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = Command::new(cargo_program());
        command.current_dir(&self.root).args(arguments);
        command
    }
}

/// The cargo that runs this chore, so that no other version takes over half-way.
fn cargo_program() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_the_one_this_crate_belongs_to() {
        let workspace = Workspace::find().unwrap();
        assert!(workspace.root.join("crates/xtask/Cargo.toml").is_file());
        assert_eq!(workspace.site(), workspace.root.join("target/site"));
    }

    #[test]
    fn programs_lie_where_cargo_puts_them() {
        let workspace = Workspace {
            root: "/a".into(),
            target: "/b".into(),
            tests: Vec::new(),
        };
        let suffix = env::consts::EXE_SUFFIX;
        for (profile, folder) in [("dev", "debug"), ("release", "release")] {
            assert_eq!(
                workspace.program(profile, "x"),
                Path::new("/b").join(folder).join(format!("x{suffix}"))
            );
        }
    }

    #[test]
    fn integration_tests_are_found_in_all_packages() {
        let tests = Workspace::find().unwrap().tests;
        for (package, name) in [
            ("blindsight-parties", "parties"),
            ("blindsight-tests", "browser"),
        ] {
            let test = IntegrationTest {
                package: package.into(),
                name: name.into(),
            };
            assert!(tests.contains(&test), "{name} of {package}");
        }
        assert!(tests.iter().all(|test| test.name != "xtask"));
    }
}
