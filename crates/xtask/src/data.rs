//! `cargo xtask data`: fetches the public data sets that models are trained and measured on.
//!
//! What is pinned is the content, by SHA-256: the IDX file inside each `.gz`, the pictures inside
//! the archive of faces. So a copy that was packed anew is as good as the original, and a
//! server need not be trusted.

mod download;
mod faces;
mod idx;
mod sets;
#[cfg(test)]
mod test_server;

use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;

pub use crate::data::download::Downloader;
use crate::workspace::Workspace;

/// Arguments of `cargo xtask data`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Which data set to fetch
    #[arg(value_enum, default_value_t = Choice::All)]
    set: Choice,
    /// The folder to put the data sets into [default: data/sets, which git ignores]
    #[arg(long)]
    out: Option<PathBuf>,
    /// Fetch from URL/SET/FILE instead of the publishers' servers
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

/// The data sets by name.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Choice {
    /// Handwritten digits, 12 MB
    Mnist,
    /// Pictures of clothes, 31 MB
    FashionMnist,
    /// 400 pictures of 40 faces, 4 MB
    AttFaces,
    /// All of them
    All,
}

/// The folder of data sets: `BLINDSIGHT_DATA`, else where [`run`] puts them.
pub fn folder(workspace: &Workspace) -> PathBuf {
    std::env::var_os("BLINDSIGHT_DATA").map_or(workspace.root.join(SETS), PathBuf::from)
}

/// Where the data sets are put, seen from the checkout; git ignores it.
const SETS: &str = "data/sets";

/// Fetches what is missing or wrong in the wanted data sets.
///
/// # Errors
/// If a file can be had from no server, or what comes is not what is pinned.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let out = arguments
        .out
        .clone()
        .unwrap_or_else(|| workspace.root.join(SETS));
    let downloader = Downloader::new(arguments.base_url.as_deref());
    let wanted = |choice| arguments.set == choice || arguments.set == Choice::All;
    if wanted(Choice::Mnist) {
        idx::fetch(&downloader, &sets::MNIST, &out)?;
    }
    if wanted(Choice::FashionMnist) {
        idx::fetch(&downloader, &sets::FASHION_MNIST, &out)?;
    }
    if wanted(Choice::AttFaces) {
        faces::fetch(&downloader, &sets::ATT_FACES, &out)?;
    }
    println!(
        "The data sets are in {}; tests use them with BLINDSIGHT_DATA={}",
        out.display(),
        out.display()
    );
    Ok(())
}
