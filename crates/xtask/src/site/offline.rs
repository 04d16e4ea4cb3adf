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

/// What is kept only once it was used: a model is large, few rooms have compute parties, few look at
/// the study, and nobody reads all languages.
fn is_kept_later(name: &str) -> bool {
    // English is the language of the pages themselves.
    let english = ["strings/en.js", "strings/en/"];
    let sentences = name.starts_with("strings/");
    name.ends_with(".onnx")
        || is_of_few(name)
        || sentences && !english.iter().any(|own| name.starts_with(own))
}

/// What only rooms of compute parties need, or who reads the study: their pages, the parties' module,
/// and what it takes to show them.
fn is_of_few(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    let is_of = |what| file.starts_with(what);
    name.starts_with("study/") || is_of("party") || is_of("parties") || is_of("study")
}

/// What stands in front of the service worker's program.
#[derive(Serialize)]
struct Site<'a> {
    version: &'a str,
    /// The file that lists the others; it names the version.
    list: &'a str,
    /// The folder whose name says what is in it, with a slash behind: these files never change.
    assets: &'a str,
    /// What is kept from the first visit on, with each file's hash as browsers check it.
    files: BTreeMap<&'a str, String>,
    /// What is kept once it was used.
    later: BTreeMap<&'a str, String>,
}

/// What somebody fetches who comes for the first time.
#[derive(Debug, PartialEq, Eq)]
pub struct FirstVisit {
    /// The files that everybody fetches; English is among them.
    files: Vec<String>,
    /// The sentences of each other language, by its short name.
    languages: BTreeMap<String, Vec<String>>,
}

/// Puts the list of the site's files in front of the service worker's program. Returns what a first
/// visit fetches.
///
/// # Errors
/// If the service worker cannot be read or written.
pub fn write(site: &Path, listing: &Listing, assets: &str) -> Result<FirstVisit> {
    let assets = format!("{assets}/");
    let mut list = Site {
        version: listing.version(),
        list: listing::NAME,
        assets: &assets,
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
        let kept = if is_kept_later(name.strip_prefix(&assets).unwrap_or(name)) {
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
    let mut languages: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in list.later.keys() {
        if let Some(own) = name.strip_prefix(&assets)
            && let Some(sentences) = own.strip_prefix("strings/")
            && !is_of_few(own)
        {
            let language = sentences.split(['/', '.']).next().unwrap_or_default();
            let files = languages.entry(language.to_owned()).or_default();
            files.push((*name).to_owned());
        }
    }
    let files = list.files.keys().copied().chain([NAME, listing::NAME]);
    Ok(FirstVisit {
        files: files.map(str::to_owned).collect(),
        languages,
    })
}

impl FirstVisit {
    /// How many bytes the server sends: to who reads English, and how many more to others, by
    /// language.
    ///
    /// # Errors
    /// If a file is not there.
    pub fn bytes(&self, site: &Path) -> Result<(u64, BTreeMap<&str, u64>)> {
        let languages = self.languages.iter();
        let more = languages.map(|(name, files)| Ok((name.as_str(), sent(site, files)?)));
        Ok((sent(site, &self.files)?, more.collect::<Result<_>>()?))
    }
}

/// How many bytes the server sends of these files: packed where there is a packed copy.
fn sent(site: &Path, files: &[String]) -> Result<u64> {
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
        let later = [
            "at-1/models/a.onnx",
            "party.html",
            "at-1/pkg/parties_bg.wasm",
            "at-1/strings/de.js",
            "at-1/strings/de/pages.js",
            "at-1/strings/de/parties.js",
            "at-1/strings/en/parties.js",
            "study.html",
            "at-1/study/a.svg",
        ];
        let sentences = "at-1/strings/en/a.js";
        let first = ["index.html", "sw.js", "config.json", sentences];
        for folder in ["models", "pkg", "strings/de", "strings/en", "study"] {
            fs::create_dir_all(site.path().join("at-1").join(folder)).unwrap();
        }
        for name in first.into_iter().chain(later) {
            fs::write(site.path().join(name), "abc").unwrap();
        }
        let listing = Listing::of(site.path()).unwrap();
        let visit = write(site.path(), &listing, "at-1").unwrap();
        assert_eq!(
            visit.files,
            [sentences, "index.html", "sw.js", "build.json"]
        );
        fs::write(site.path().join("build.json"), "abcd").unwrap();
        fs::write(site.path().join("sw.js.br"), "ab").unwrap();
        let (english, more) = visit.bytes(site.path()).unwrap();
        assert_eq!(english, 3 + 3 + 2 + 4);
        assert_eq!(more, BTreeMap::from([("de", 3 + 3)]));

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
            "assets": "at-1/",
            "files": { "index.html": abc, sentences: abc },
            "later": later.map(|name| (name, abc)).into_iter().collect::<BTreeMap<_, _>>(),
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
