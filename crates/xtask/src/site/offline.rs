//! The list that the service worker `sw.js` works from: what to keep, and what each file must hold.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use data_encoding::{BASE64, HEXLOWER};
use serde::Serialize;

use crate::site::listing::{self, Listing};

/// The service worker's file.
const NAME: &str = "sw.js";

/// What a browser never keeps: it says where the relay is, and may change while the site does not.
const NOT_KEPT: [&str; 1] = ["config.json"];

/// What is kept only once it was used: a model is large, and nobody reads all languages.
fn is_kept_later(name: &str) -> bool {
    // English is the language of the pages themselves.
    let english = ["strings/en.js", "strings/en/"];
    let sentences = name.starts_with("strings/");
    name.ends_with(".onnx") || sentences && !english.iter().any(|own| name.starts_with(own))
}

/// What stands in front of the service worker's program.
#[derive(Serialize)]
struct Site<'a> {
    version: &'a str,
    /// The file that lists the others; it names the version.
    list: &'a str,
    /// What is kept from the first visit on, with each file's hash as browsers check it.
    files: BTreeMap<&'a str, String>,
    /// What is kept once it was used.
    later: BTreeMap<&'a str, String>,
}

/// Puts the list of the site's files in front of the service worker's program. Returns the names of
/// those that a first visit fetches.
///
/// # Errors
/// If the service worker cannot be read or written.
pub fn write(site: &Path, listing: &Listing) -> Result<Vec<String>> {
    let mut list = Site {
        version: listing.version(),
        list: listing::NAME,
        files: BTreeMap::new(),
        later: BTreeMap::new(),
    };
    for (name, hash) in listing.files() {
        if name == NAME || NOT_KEPT.contains(&name.as_str()) {
            continue;
        }
        let hash = HEXLOWER
            .decode(hash.as_bytes())
            .context("a hash is not hexadecimal")?;
        let kept = if is_kept_later(name) {
            &mut list.later
        } else {
            &mut list.files
        };
        kept.insert(name, format!("sha256-{}", BASE64.encode(&hash)));
    }
    let path = site.join(NAME);
    let program = fs::read_to_string(&path)
        .with_context(|| format!("{} could not be read", path.display()))?;
    let text = serde_json::to_string(&list).context("the list of files is not JSON")?;
    fs::write(&path, format!("self.SITE = {text};\n{program}"))
        .with_context(|| format!("{} could not be written", path.display()))?;
    let own = [NAME, listing::NAME];
    Ok(list
        .files
        .into_keys()
        .chain(own)
        .map(str::to_owned)
        .collect())
}

/// How many bytes the server sends to somebody who comes for the first time: every file of the list,
/// packed where there is a packed copy.
///
/// # Errors
/// If a file is not there.
pub fn first_visit(site: &Path, files: &[String]) -> Result<u64> {
    let mut sum = 0;
    for name in files {
        let packed = fs::metadata(site.join(format!("{name}.br")));
        let sent = packed.or_else(|_| fs::metadata(site.join(name)));
        sum += sent.with_context(|| format!("{name} is not there"))?.len();
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_list_stands_in_front_of_the_program() {
        let site = tempfile::tempdir().unwrap();
        let later = ["models/a.onnx", "strings/de.js", "strings/de/pages.js"];
        let first = ["index.html", "sw.js", "config.json", "strings/en/a.js"];
        for folder in ["models", "strings/de", "strings/en"] {
            fs::create_dir_all(site.path().join(folder)).unwrap();
        }
        for name in first.into_iter().chain(later) {
            fs::write(site.path().join(name), "abc").unwrap();
        }
        let listing = Listing::of(site.path()).unwrap();
        let files = write(site.path(), &listing).unwrap();
        assert_eq!(
            files,
            ["index.html", "strings/en/a.js", "sw.js", "build.json"]
        );
        fs::write(site.path().join("build.json"), "abcd").unwrap();
        fs::write(site.path().join("sw.js.br"), "ab").unwrap();
        assert_eq!(first_visit(site.path(), &files).unwrap(), 3 + 3 + 2 + 4);

        let written = fs::read_to_string(site.path().join(NAME)).unwrap();
        let (list, program) = written.split_once('\n').unwrap();
        assert_eq!(program, "abc");
        let list = list.strip_prefix("self.SITE = ").unwrap();
        let list: Value = serde_json::from_str(list.strip_suffix(';').unwrap()).unwrap();
        // The test value of the standard for SHA-256, in the other alphabet.
        let abc = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
        let expected = serde_json::json!({
            "version": listing.version(),
            "list": "build.json",
            "files": { "index.html": abc, "strings/en/a.js": abc },
            "later": { "models/a.onnx": abc, "strings/de.js": abc, "strings/de/pages.js": abc },
        });
        assert_eq!(list, expected);
    }

    #[test]
    fn another_program_is_another_version() {
        let site = tempfile::tempdir().unwrap();
        fs::write(site.path().join(NAME), "one").unwrap();
        let first = Listing::of(site.path()).unwrap();
        fs::write(site.path().join(NAME), "two").unwrap();
        let second = Listing::of(site.path()).unwrap();
        assert_ne!(first.version(), second.version());
    }
}
