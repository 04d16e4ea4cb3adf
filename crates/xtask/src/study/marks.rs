//! Figures in documents: what stands between two marks follows from the study, or from what was
//! measured by itself and lies beside the document.
//!
//! ```text
//! right on <!-- study: accuracy.mnist-mlp.secure -->99.19 %<!-- /study --> of the pictures
//! ```
//!
//! A whole table stands between two marks in the same way, with an empty line before and behind.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::page::Table;

const OPEN: &str = "<!-- study: ";
const OPENED: &str = " -->";
const CLOSE: &str = "<!-- /study -->";

/// What stands where nothing is measured.
pub const OPEN_QUESTION: &str = "not measured yet";

/// Figures and tables by their names: the section's, a dot, the fact's.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    known: BTreeMap<String, String>,
    unmeasured: BTreeSet<String>,
}

impl Facts {
    /// A figure, or words around several.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.known.insert(name.into(), value.into());
    }

    /// A table.
    pub fn table(&mut self, name: impl Into<String>, table: &Table) {
        self.insert(name, format!("\n\n{}\n", table.markdown()));
    }

    /// That nothing is known of a section, or of a single name, until it is measured.
    pub fn unmeasured(&mut self, name: impl Into<String>) {
        self.unmeasured.insert(name.into());
    }

    /// All of another, too.
    pub fn extend(&mut self, other: Self) {
        self.known.extend(other.known);
        self.unmeasured.extend(other.unmeasured);
    }

    /// All of another under the name of its section.
    pub fn extend_with(&mut self, section: &str, other: Self) {
        let named = |name: String| format!("{section}.{name}");
        let known = other.known.into_iter();
        self.known
            .extend(known.map(|(name, value)| (named(name), value)));
        self.unmeasured
            .extend(other.unmeasured.into_iter().map(named));
    }

    /// What stands under a name: none where nobody knows the name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let section = section(name);
        let open = self.unmeasured.contains(section) || self.unmeasured.contains(name);
        let known = self.known.get(name).map(String::as_str);
        known.or(open.then_some(OPEN_QUESTION))
    }

    /// A figure that is measured.
    pub fn measured(&self, name: &str) -> Option<String> {
        self.known.get(name).cloned()
    }
}

fn section(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}

/// The documents that may quote the study.
///
/// # Errors
/// If the folder `docs` cannot be read.
pub fn documents(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = vec![root.join("README.md")];
    for entry in fs::read_dir(root.join("docs")).context("docs cannot be read")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The document with the figures as they are now.
///
/// # Errors
/// If a mark is broken or names no figure; the message says where.
pub fn filled(text: &str, facts: &Facts) -> Result<String> {
    let (mut done, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, behind)) = rest.split_once(OPEN) {
        let line = 1 + text[..text.len() - behind.len()].matches('\n').count();
        let ends = behind.split_once(OPENED);
        let ends = ends.and_then(|(name, behind)| Some((name, behind.split_once(CLOSE)?)));
        let Some((name, (old, behind))) = ends else {
            bail!("line {line}: a mark is not closed with {CLOSE}");
        };
        if old.contains(OPEN) {
            bail!("line {line}: the mark {name} is not closed with {CLOSE}");
        }
        let Some(value) = facts.get(name) else {
            let names = facts.known.keys();
            let names = names.filter(|known| section(known) == section(name));
            let names: Vec<&str> = names.map(String::as_str).collect();
            bail!(
                "line {line}: the study has no figure {name}; of {} it has: {}",
                section(name),
                names.join(", ")
            );
        };
        done.push_str(before);
        done.push_str(OPEN);
        done.push_str(name);
        done.push_str(OPENED);
        done.push_str(value);
        done.push_str(CLOSE);
        rest = behind;
    }
    done.push_str(rest);
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_stand_between_marks() {
        let mut facts = Facts::default();
        let mut table = Table::new(["what", "count"]);
        table.row(["all", "7"].map(str::to_owned));
        facts.table("a.table", &table);
        let new = filled("<!-- study: a.table -->old<!-- /study -->\n", &facts).unwrap();
        let lines: Vec<&str> = new.lines().collect();
        assert_eq!(
            lines[..3],
            ["<!-- study: a.table -->", "", "| what | count |"]
        );
        assert_eq!(lines[4..], ["| all | 7 |", "", "<!-- /study -->"]);
        assert_eq!(filled(&new, &facts).unwrap(), new);
    }

    #[test]
    fn what_is_not_measured_is_said_to_be() {
        let mut facts = Facts::default();
        facts.unmeasured("b");
        facts.unmeasured("a.table");
        let of = |name: &str| filled(&format!("<!-- study: {name} -->1<!-- /study -->"), &facts);
        for name in ["b.anything", "a.table"] {
            assert!(of(name).unwrap().contains("-->not measured yet<!--"));
        }
        assert!(of("a.other").is_err());
        // What is known of it later takes its place.
        facts.insert("a.table", "7");
        assert_eq!(facts.get("a.table"), Some("7"));
    }

    #[test]
    fn marks_are_filled() {
        let mut facts = Facts::default();
        facts.insert("a.b", "7 ms");
        let text = "One.\nIn <!-- study: a.b -->9 ms<!-- /study --> all is done.\n";
        let new = filled(text, &facts).unwrap();
        assert!(new.contains("-->7 ms<!--"), "{new}");
        assert_eq!(filled(&new, &facts).unwrap(), new);
        assert_eq!(filled("nothing", &facts).unwrap(), "nothing");
        for (broken, says) in [
            ("x\n<!-- study: a.c -->1<!-- /study -->", "line 2"),
            ("<!-- study: a.c -->1<!-- /study -->", "a.b"),
            ("<!-- study: a.b -->1", "not closed"),
            (
                "<!-- study: a.b -->1 <!-- study: a.b -->1<!-- /study -->",
                "not closed",
            ),
        ] {
            let error = filled(broken, &facts).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
