//! Figures in documents: what stands between two marks follows from the study.
//!
//! ```text
//! right on <!-- study: accuracy.mnist-mlp.secure -->99.19 %<!-- /study --> of the pictures
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

const OPEN: &str = "<!-- study: ";
const OPENED: &str = " -->";
const CLOSE: &str = "<!-- /study -->";

/// Figures by their names: the section's, a dot, the fact's.
pub type Facts = BTreeMap<String, String>;

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
            let section = name.split('.').next().unwrap_or_default();
            let names = facts.keys().filter(|key| key.starts_with(section));
            let names: Vec<&str> = names.map(String::as_str).collect();
            bail!(
                "line {line}: the study has no figure {name}; of {section} it has: {}",
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
    fn marks_are_filled() {
        let facts = Facts::from([("a.b".to_owned(), "7 ms".to_owned())]);
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
