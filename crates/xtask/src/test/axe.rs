//! axe-core, which looks for what keeps people from using a page: fetched, for it is under another
//! licence than this project, and used by the browser tests alone.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use data_encoding::BASE64;
use flate2::read::GzDecoder;
use sha2::{Digest, Sha512};

use crate::data::Downloader;
use crate::workspace::Workspace;

const FILE: &str = "axe-core-4.14.1.tgz";
const SERVER: &str = "https://registry.npmjs.org/axe-core/-/";
/// SHA-512 of the file, as its publisher gives it.
const SHA512: &str =
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==";
/// Many times its length, in bytes.
const LIMIT: u64 = 32 << 20;

/// The script: the one that `BLINDSIGHT_AXE` names, else one that is fetched and unpacked once.
///
/// # Errors
/// If it cannot be fetched, or is not the one that was published.
pub fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(path) = env::var_os("BLINDSIGHT_AXE") {
        return Ok(path.into());
    }
    let folder = workspace.target.join("axe");
    let script = folder.join("axe.min.js");
    let packed = folder.join(FILE);
    if !script.exists() {
        fs::create_dir_all(&folder)
            .with_context(|| format!("{} could not be made", folder.display()))?;
        Downloader::new(None)
            .fetch("axe-core", &[SERVER], FILE, &packed, LIMIT, check)
            .context("BLINDSIGHT_AXE can name an axe.min.js that is here already")?;
        unpack(&packed, &script)?;
    }
    Ok(script)
}

fn check(path: &Path) -> Result<()> {
    let found = BASE64.encode(&Sha512::digest(fs::read(path)?));
    ensure!(found == SHA512, "this is not the published {FILE}");
    Ok(())
}

/// Takes the script out of the package.
fn unpack(packed: &Path, script: &Path) -> Result<()> {
    let file = File::open(packed).with_context(|| packed.display().to_string())?;
    let mut archive = tar::Archive::new(GzDecoder::new(file));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.path()? == Path::new("package/axe.min.js") {
            entry
                .unpack(script)
                .with_context(|| format!("{} could not be written", script.display()))?;
            return Ok(());
        }
    }
    anyhow::bail!("{} holds no axe.min.js", packed.display())
}
