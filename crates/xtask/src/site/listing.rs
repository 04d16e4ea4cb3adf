//! `build.json`: which build a site is, and what is in it, so that people can compare two sites.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::site::folders;

/// The file's name. It cannot list itself.
pub const NAME: &str = "build.json";

/// The files of a site.
#[derive(Serialize)]
pub struct Listing {
    /// The name of the sources that the parties were built from: 16 hexadecimal characters.
    build: &'static str,
    /// The name of this very site, in which a page may differ while the build is the same.
    version: String,
    /// The SHA-256 of every file, by its path within the site.
    files: BTreeMap<String, String>,
}

impl Listing {
    /// Lists a site that is complete but for its service worker's list and for `build.json`.
    ///
    /// # Errors
    /// If a file cannot be read; the message names it.
    pub fn of(site: &Path) -> Result<Self> {
        let build = blindsight_session::BUILD;
        let files = hashes(site)?;
        Ok(Self {
            build,
            version: format!("{build}-{}", name(&files)?),
            files,
        })
    }

    /// The name of this very site: the build, a hyphen, and 16 characters of its files' hash.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The SHA-256 of every file in hexadecimal, by its path within the site.
    pub fn files(&self) -> &BTreeMap<String, String> {
        &self.files
    }

    /// Writes `build.json` into the site, whose service worker has its list by now.
    ///
    /// # Errors
    /// If a file cannot be read or written; the message names it.
    pub fn write(mut self, site: &Path) -> Result<()> {
        self.files = hashes(site)?;
        let path = site.join(NAME);
        let text = serde_json::to_vec_pretty(&self).context("the list of files is not JSON")?;
        fs::write(&path, text).with_context(|| format!("{} could not be written", path.display()))
    }
}

/// The SHA-256 of every file of a folder in hexadecimal, by its path within it.
///
/// # Errors
/// If a file cannot be read; the message names it.
pub fn hashes(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    collect(folder, "", &mut files)?;
    Ok(files)
}

/// A name of these very files: 16 hexadecimal characters of the hash of all their names and hashes.
///
/// # Errors
/// None that can be thought of: the list is always JSON.
pub fn name(files: &BTreeMap<String, String>) -> Result<String> {
    let named = serde_json::to_vec(files).context("the list of files is not JSON")?;
    let mut hash = HEXLOWER.encode(&Sha256::digest(named));
    hash.truncate(16);
    Ok(hash)
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> Result<()> {
    for (path, name) in folders::entries(folder)? {
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files)?;
        } else {
            let bytes =
                fs::read(&path).with_context(|| format!("{} could not be read", path.display()))?;
            files.insert(name, HEXLOWER.encode(&Sha256::digest(bytes)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_file_is_listed_with_its_hash() {
        let site = tempfile::tempdir().unwrap();
        fs::create_dir(site.path().join("pkg")).unwrap();
        fs::write(site.path().join("index.html"), "abc").unwrap();
        fs::write(site.path().join("pkg/a.wasm"), "").unwrap();
        Listing::of(site.path())
            .unwrap()
            .write(site.path())
            .unwrap();

        let text = fs::read(site.path().join(NAME)).unwrap();
        let listing: Value = serde_json::from_slice(&text).unwrap();
        // The test values of the standard for SHA-256.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let files = serde_json::json!({ "index.html": abc, "pkg/a.wasm": empty });
        assert_eq!(listing["files"], files);
        let build = listing["build"].as_str().unwrap();
        assert_eq!(build.len(), 16, "{build}");
        assert!(
            build.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{build}"
        );
    }

    #[test]
    fn the_version_names_build_and_files() {
        let site = tempfile::tempdir().unwrap();
        let version = || Listing::of(site.path()).unwrap().version().to_owned();
        fs::write(site.path().join("a"), "1").unwrap();
        let first = version();
        assert!(first.starts_with(&format!("{}-", blindsight_session::BUILD)));
        assert_eq!(first.len(), 16 + 1 + 16);
        fs::write(site.path().join("a"), "2").unwrap();
        assert_ne!(version(), first);
        fs::write(site.path().join("a"), "1").unwrap();
        assert_eq!(version(), first);
        fs::rename(site.path().join("a"), site.path().join("b")).unwrap();
        assert_ne!(version(), first);
    }

    #[test]
    fn the_listing_is_the_same_for_the_same_site() {
        let site = tempfile::tempdir().unwrap();
        for name in ["b", "a", "c"] {
            fs::write(site.path().join(name), name).unwrap();
        }
        Listing::of(site.path())
            .unwrap()
            .write(site.path())
            .unwrap();
        let first = fs::read(site.path().join(NAME)).unwrap();
        fs::remove_file(site.path().join(NAME)).unwrap();
        Listing::of(site.path())
            .unwrap()
            .write(site.path())
            .unwrap();
        assert_eq!(fs::read(site.path().join(NAME)).unwrap(), first);
    }
}
