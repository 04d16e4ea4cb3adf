//! The folder of what the pages load, which is named by what is in it.
//!
//! A browser may keep such a file for good: another content has another name. Scripts find each other
//! relative to themselves, so one folder holds them all, and within it nothing is renamed; only the
//! pages, and the manifest beside them, name it. A page and what it loads are therefore of one version,
//! even while a site is replaced. A browser keeps the headers with the file, and a worker heeds those of
//! its own script: they are part of the name, too.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::site::{folders, listing};

/// What the folder's name begins with; a relay knows it by that.
const PREFIX: &str = "at-";

/// The manifest of the site as an app.
const MANIFEST: &str = "manifest.webmanifest";

/// What has a place of its own, beside the pages: it is found without a page that would name the folder.
const BESIDE: [&str; 2] = [MANIFEST, "sw.js"];

/// What is written beside the pages later.
const LATER: [&str; 2] = [listing::NAME, "config.json"];

/// The attributes by which a page names a file.
const ATTRIBUTES: [&str; 2] = [" src=\"", " href=\""];

/// Puts all that the pages of a site load into one folder, and tells the pages. Returns the folder's
/// name: `at-` and 16 hexadecimal characters, of the files and the headers that they are sent with.
///
/// # Errors
/// If a file cannot be read or written, or a page names a file that the site does not have.
pub fn gather(site: &Path, headers: &str) -> Result<String> {
    let folder = site.join(PREFIX);
    fs::create_dir(&folder)
        .with_context(|| format!("the folder {} could not be made", folder.display()))?;
    let mut pages = Vec::new();
    for (path, name) in folders::entries(site)? {
        if path == folder {
            continue;
        }
        if name.ends_with(".html") {
            pages.push(name);
        } else if !BESIDE.contains(&name.as_str()) {
            fs::rename(&path, folder.join(&name))
                .with_context(|| format!("{} could not be moved", path.display()))?;
        }
    }
    let loaded = listing::hashes(&folder)?;
    let mut told = loaded.clone();
    // No file has this name.
    told.insert(String::new(), headers.to_owned());
    let assets = format!("{PREFIX}{}", listing::name(&told)?);
    let named = site.join(&assets);
    fs::rename(&folder, &named)
        .with_context(|| format!("{} could not be renamed", folder.display()))?;

    for page in &pages {
        rewrite(&site.join(page), |html| {
            retold(html, &assets, &loaded, &pages)
        })?;
    }
    rewrite(&site.join(MANIFEST), |text| {
        manifest(text, &assets, &loaded)
    })?;
    Ok(assets)
}

fn rewrite(path: &Path, change: impl Fn(&str) -> Result<String>) -> Result<()> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("{} could not be read", path.display()))?;
    let text = change(&text).with_context(|| path.display().to_string())?;
    fs::write(path, text).with_context(|| format!("{} could not be written", path.display()))
}

/// A page that names the folder in front of each file in it.
fn retold(
    html: &str,
    assets: &str,
    loaded: &BTreeMap<String, String>,
    pages: &[String],
) -> Result<String> {
    let mut html = html.to_owned();
    for attribute in ATTRIBUTES {
        let mut parts = html.split(attribute);
        let mut retold = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let target = part.split('"').next().unwrap_or_default();
            retold += attribute;
            if loaded.contains_key(target) {
                retold += assets;
                retold.push('/');
            } else {
                ensure!(
                    is_beside(target, pages),
                    "it names {target}, and the site has no such file"
                );
            }
            retold += part;
        }
        html = retold;
    }
    Ok(html)
}

/// Whether what a page names is no file of the folder: a place on a page, a page or what lies beside
/// it, or somewhere else.
fn is_beside(target: &str, pages: &[String]) -> bool {
    let file = target.split('#').next().unwrap_or_default();
    file.is_empty()
        || file.contains(':')
        || pages.iter().any(|page| page == file)
        || BESIDE.iter().chain(&LATER).any(|name| *name == file)
}

/// The manifest, whose pictures lie in the folder.
fn manifest(text: &str, assets: &str, loaded: &BTreeMap<String, String>) -> Result<String> {
    let mut manifest: Value = serde_json::from_str(text).context("it is not JSON")?;
    let icons = manifest.get_mut("icons").and_then(Value::as_array_mut);
    for icon in icons.context("it has no icons")? {
        let name = icon.get("src").and_then(Value::as_str);
        let name = name.context("an icon has no src")?;
        ensure!(
            loaded.contains_key(name),
            "it names {name}, and the site has no such file"
        );
        let moved = format!("{assets}/{name}");
        if let Some(source) = icon.get_mut("src") {
            *source = moved.into();
        }
    }
    serde_json::to_string_pretty(&manifest).context("it is not JSON any more")
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    /// The relay knows the folder by its name.
    const RELAY_SOURCE: &str = include_str!("../../../../relay-server/src/site.rs");

    const PAGE: &str = "<script src=\"a.js\"></script><a href=\"#a.js\">here</a>\n\
         <a href=\"index.html#x\">a.js</a> <a href=\"https://a.js/\">there</a>\n\
         <link href=\"style/a.css\"><a href=\"build.json\">list</a>";

    fn site(page: &str, script: &str) -> TempDir {
        let site = tempfile::tempdir().unwrap();
        fs::create_dir(site.path().join("style")).unwrap();
        for (name, text) in [
            ("index.html", page),
            ("a.js", script),
            ("icon.svg", "icon"),
            ("style/a.css", "style"),
            ("sw.js", "worker"),
            (MANIFEST, r#"{"id":"./","icons":[{"src":"icon.svg"}]}"#),
        ] {
            fs::write(site.path().join(name), text).unwrap();
        }
        site
    }

    fn read(site: &TempDir, name: &str) -> String {
        fs::read_to_string(site.path().join(name)).unwrap()
    }

    #[test]
    fn what_pages_load_moves_into_a_folder_that_they_name() {
        let site = site(PAGE, "script");
        let assets = gather(site.path(), "").unwrap();
        let mut beside: Vec<_> = fs::read_dir(site.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        beside.sort();
        assert_eq!(beside, [&assets, "index.html", MANIFEST, "sw.js"]);
        assert_eq!(read(&site, &format!("{assets}/a.js")), "script");
        assert_eq!(read(&site, &format!("{assets}/style/a.css")), "style");
        let expected = PAGE
            .replace("src=\"a.js", &format!("src=\"{assets}/a.js"))
            .replace("style/", &format!("{assets}/style/"));
        assert_eq!(read(&site, "index.html"), expected);
        let manifest: Value = serde_json::from_str(&read(&site, MANIFEST)).unwrap();
        let icons = serde_json::json!([{ "src": format!("{assets}/icon.svg") }]);
        assert_eq!(manifest, serde_json::json!({ "id": "./", "icons": icons }));

        let hash = assets.strip_prefix(PREFIX).unwrap();
        assert_eq!(hash.len(), 16);
        assert!(RELAY_SOURCE.contains(&format!("strip_prefix({PREFIX:?})")));
        assert!(RELAY_SOURCE.contains(&format!("len() == {}", hash.len())));
    }

    #[test]
    fn the_name_changes_with_what_is_in_the_folder_and_how_it_is_sent_and_only_then() {
        let name = |page: &str, script: &str, headers: &str| {
            gather(site(page, script).path(), headers).unwrap()
        };
        let first = name(PAGE, "script", "headers");
        assert_eq!(name(PAGE, "script", "headers"), first);
        assert_eq!(name("another page", "script", "headers"), first);
        assert_ne!(name(PAGE, "another script", "headers"), first);
        assert_ne!(name(PAGE, "script", "other headers"), first);
    }

    #[test]
    fn a_page_that_names_what_is_not_there_is_refused() {
        for page in [
            "<script src=\"b.js\"></script>",
            "<a href=\"none.html\"></a>",
            "<img src=\"style\">",
        ] {
            let error = gather(site(page, "").path(), "").unwrap_err();
            let error = format!("{error:#}");
            assert!(error.contains("index.html: it names"), "{error}");
        }
    }
}
