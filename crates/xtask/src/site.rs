//! `cargo xtask site`: compiles the browser's half and lays the site out in a folder.
//!
//! Everything is laid out in a fresh folder beside the wanted one and renamed at the end, so
//! that an aborted build never leaves half a site.

mod apart;
mod assets;
mod folders;
mod listing;
mod models;
mod offline;
mod packed;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use blindsight_session::RelayOrigin;
use wasm_bindgen_cli_support::Bindgen;

use crate::site::listing::Listing;
use crate::steps::{self, step};
use crate::toolchain::{self, WASM};
use crate::workspace::Workspace;

/// The modules of the browser's half: each one's name in `pkg/`, and its package. The second is larger,
/// and is loaded only where a room has compute parties.
const MODULES: [(&str, &str); 2] = [
    ("blindsight", "blindsight-wasm"),
    ("parties", "blindsight-wasm-parties"),
];

/// Arguments of `cargo xtask site`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The folder to put the site into [default: target/site, or target/site-apart with --apart]
    #[arg(long)]
    out: Option<PathBuf>,
    /// Build a site for another web server, which uses the relay at this address
    #[arg(long, value_name = "RELAY_URL", value_parser = apart::relay)]
    apart: Option<RelayOrigin>,
}

/// Runs `cargo xtask site`.
///
/// # Errors
/// As [`build`], or if the wasm target cannot be installed.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    toolchain::ensure_wasm_target(workspace)?;
    let relay = arguments.apart.as_ref();
    let out = arguments.out.clone().unwrap_or_else(|| match relay {
        Some(_) => workspace.site().with_file_name("site-apart"),
        None => workspace.site(),
    });
    lay_out(workspace, &out, relay)
}

/// Builds the site that a relay serves into `out`: the pages of `web/`; in a folder named by its
/// content what they load, among it `pkg/` with the compiled modules, `models/` with the bundled models
/// and their `index.json`, and `study/` with the plots of the study; `config.json`, the list in `sw.js`,
/// `build.json`, and packed copies of what becomes smaller by it.
///
/// A folder that already holds the very same site is left as it is, so that the relay, which
/// embeds it, is not compiled again.
///
/// # Errors
/// If the code does not compile, a model's description is unusable, or `out` holds something
/// that is not a site and would be lost.
pub fn build(workspace: &Workspace, out: &Path) -> Result<()> {
    lay_out(workspace, out, None)
}

/// Compiles the modules of the site ahead of [`build`], which then finds them compiled.
///
/// # Errors
/// If the code does not compile.
pub fn compile_modules(workspace: &Workspace) -> Result<()> {
    step("compile the browser's half to wasm", || {
        // Compiled together, they would have the same features.
        for (_, package) in MODULES {
            steps::run(&mut compile(workspace, package)?)?;
        }
        Ok(())
    })
}

/// Builds the site into `out`, for the web server of `relay` itself or, with one, for another.
fn lay_out(workspace: &Workspace, out: &Path, relay: Option<&RelayOrigin>) -> Result<()> {
    folders::check_replaceable(out)?;
    compile_modules(workspace)?;
    step(&format!("lay out the site in {}", out.display()), || {
        let parent = out.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent)
            .with_context(|| format!("the folder {} could not be made", parent.display()))?;
        let workshop = tempfile::Builder::new()
            .prefix(".site-")
            .tempdir_in(parent)
            .with_context(|| format!("no folder could be made in {}", parent.display()))?;
        let fresh = workshop.path().join("site");
        folders::copy_pages(&workspace.root.join("web"), &fresh)?;
        let models = models::copy(&workspace.root.join("data/models"), &fresh.join("models"))?;
        copy_plots(&workspace.root.join("docs/study"), &fresh.join("study"))?;
        let compiled = workspace.target.join(WASM).join("wasm");
        for (name, package) in MODULES {
            let module = format!("{}.wasm", package.replace('-', "_"));
            bind(&compiled.join(module), name, &fresh.join("pkg"))?;
        }
        let assets = assets::gather(&fresh, &apart::headers(relay))?;
        apart::write_config(&fresh, relay)?;
        let listing = Listing::of(&fresh)?;
        let visit = offline::write(&fresh, &listing, &assets)?;
        listing.write(&fresh)?;
        packed::write(&fresh)?;
        let (english, more) = visit.bytes(&fresh)?;
        if let Some(relay) = relay {
            apart::write_headers(&fresh, relay, &assets)?;
        }
        folders::replace(out, &fresh, &workshop.path().join("old"))?;
        eprintln!(
            "   {models} bundled models; a first visit takes {} kB",
            english.div_ceil(1000)
        );
        for (language, more) in more {
            eprintln!("   in {language} {} kB", (english + more).div_ceil(1000));
        }
        Ok(())
    })
}

/// Copies the plots of the study, which `study.html` shows.
fn copy_plots(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("{} could not be made", to.display()))?;
    for (path, name) in folders::entries(from)? {
        if name.ends_with(".svg") {
            folders::copy_file(&path, &to.join(&name))?;
        }
    }
    Ok(())
}

/// The command that compiles a module.
///
/// Panics name source files, so where the sources lie would be part of the module. The folders are
/// given names that are the same on every machine: then the same sources make the same module, and
/// people can compare what they built with what a site serves.
fn compile(workspace: &Workspace, package: &str) -> Result<Command> {
    let mut cargo = workspace.cargo(["build", "--package", package]);
    cargo.args(["--target", WASM, "--profile", "wasm"]);
    // These would replace the flags of .cargo/config.toml, among them SIMD.
    cargo.env_remove("RUSTFLAGS");
    cargo.env_remove("CARGO_ENCODED_RUSTFLAGS");
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let named = [
        (Some(workspace.root.clone()), "/blindsight"),
        (home, "/cargo"),
    ];
    let flags: Vec<String> = named
        .into_iter()
        .filter_map(|(folder, name)| Some((folder?, name)))
        .map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display()))
        .collect();
    // An array of JSON strings is one of TOML too. Cargo adds it to the flags of its file.
    let flags = serde_json::to_string(&flags).context("a folder's name is not Unicode")?;
    cargo.arg("--config");
    cargo.arg(format!("target.{WASM}.rustflags={flags}"));
    Ok(cargo)
}

/// Writes a compiled module, and the JavaScript around it, under a name.
fn bind(module: &Path, name: &str, out: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(module)
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .out_name(name)
                .typescript(false)
                .omit_default_module_path(false)
                .remove_name_section(true)
                .remove_producers_section(true)
                .generate(out)
        })
        .with_context(|| {
            format!(
                "wasm-bindgen refuses {}; the crate wasm-bindgen must have the same version as \
                 wasm-bindgen-cli-support in the workspace's Cargo.toml",
                module.display()
            )
        })
}
