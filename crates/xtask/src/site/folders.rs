//! Copying, comparing and replacing the site's folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// What a folder must hold, all of it, to be taken for a site and replaced.
const SIGNS_OF_A_SITE: [&str; 3] = ["sw.js", "build.json", "config.json"];

/// Makes sure that replacing `out` loses nothing but an older site.
///
/// # Errors
/// If `out` is a file, or a folder that holds something else.
pub fn check_replaceable(out: &Path) -> Result<()> {
    if !out.exists() {
        return Ok(());
    }
    let empty = fs::read_dir(out)
        .with_context(|| format!("{} is not a folder; choose another --out", out.display()))?
        .next()
        .is_none();
    if empty || SIGNS_OF_A_SITE.iter().all(|sign| out.join(sign).exists()) {
        return Ok(());
    }
    bail!(
        "{} holds something that is not a site and would be lost; \
         choose another --out or empty that folder",
        out.display()
    );
}

/// Copies `web/` with its folders to `to`, without hidden files and without `pkg`, which is
/// made here.
///
/// # Errors
/// If a file cannot be read or written; the message names it.
pub fn copy_pages(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("{} could not be made", to.display()))?;
    for (path, name) in entries(from)? {
        if name.starts_with('.') || name == "pkg" {
            continue;
        }
        let target = to.join(&name);
        if path.is_dir() {
            copy_pages(&path, &target)?;
        } else {
            copy_file(&path, &target)?;
        }
    }
    Ok(())
}

/// Copies one file.
///
/// # Errors
/// If it cannot be read or written; the message names both ends.
pub fn copy_file(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to)
        .with_context(|| format!("{} could not be copied to {}", from.display(), to.display()))?;
    Ok(())
}

/// Puts `fresh` in the place of `out`, by way of `old`, unless both hold the same.
///
/// # Errors
/// If a folder cannot be renamed.
pub fn replace(out: &Path, fresh: &Path, old: &Path) -> Result<()> {
    let renamed = |from: &Path, to: &Path| {
        fs::rename(from, to).with_context(|| {
            format!(
                "{} could not be renamed to {}; close what uses it and try again",
                from.display(),
                to.display()
            )
        })
    };
    if out.is_dir() {
        if same(out, fresh).unwrap_or(false) {
            return Ok(());
        }
        renamed(out, old)?;
    }
    renamed(fresh, out)
}

/// The entries of a folder with their names, in order of name.
///
/// # Errors
/// If the folder cannot be read or a name is not Unicode.
pub fn entries(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let unreadable = || format!("the folder {} could not be read", folder.display());
    let mut found = fs::read_dir(folder)
        .with_context(unreadable)?
        .map(|entry| {
            let entry = entry.with_context(unreadable)?;
            let Ok(name) = entry.file_name().into_string() else {
                bail!(
                    "{} has a name that is not Unicode; rename it",
                    entry.path().display()
                );
            };
            Ok((entry.path(), name))
        })
        .collect::<Result<Vec<_>>>()?;
    found.sort();
    Ok(found)
}

/// Whether two folders hold the same names with the same bytes.
fn same(left: &Path, right: &Path) -> Result<bool> {
    let (lefts, rights) = (entries(left)?, entries(right)?);
    if lefts.len() != rights.len() {
        return Ok(false);
    }
    for ((left, left_name), (right, right_name)) in lefts.iter().zip(&rights) {
        let alike = left_name == right_name
            && left.is_dir() == right.is_dir()
            && if left.is_dir() {
                same(left, right)?
            } else {
                same_file(left, right)?
            };
        if !alike {
            return Ok(false);
        }
    }
    Ok(true)
}

fn same_file(left: &Path, right: &Path) -> io::Result<bool> {
    Ok(fs::metadata(left)?.len() == fs::metadata(right)?.len()
        && fs::read(left)? == fs::read(right)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: PathBuf, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn pages_are_copied_without_pkg_and_hidden_files() {
        let folder = tempfile::tempdir().unwrap();
        let (web, site) = (folder.path().join("web"), folder.path().join("site"));
        write(web.join("index.html"), "page");
        write(web.join("js/worker.js"), "worker");
        write(web.join("pkg/old.js"), "old");
        write(web.join(".hidden"), "secret");
        copy_pages(&web, &site).unwrap();
        assert_eq!(fs::read(site.join("js/worker.js")).unwrap(), b"worker");
        assert!(site.join("index.html").exists());
        assert!(!site.join("pkg").exists());
        assert!(!site.join(".hidden").exists());
    }

    #[test]
    fn a_folder_of_something_else_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        check_replaceable(&out).unwrap();
        fs::create_dir(&out).unwrap();
        check_replaceable(&out).unwrap();
        write(out.join("letter.txt"), "dear");
        let error = check_replaceable(&out).unwrap_err().to_string();
        assert!(error.contains("would be lost"), "{error}");
        for sign in SIGNS_OF_A_SITE {
            check_replaceable(&out).unwrap_err();
            write(out.join(sign), "");
        }
        check_replaceable(&out).unwrap();
        assert!(check_replaceable(&out.join("letter.txt")).is_err());
    }

    #[test]
    fn a_new_site_takes_the_place_whole_and_the_same_site_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let [out, fresh, old] = ["out", "fresh", "old"].map(|name| folder.path().join(name));
        write(out.join("gone.html"), "1");
        write(fresh.join("a/b.html"), "2");
        replace(&out, &fresh, &old).unwrap();
        assert!(!out.join("gone.html").exists() && out.join("a/b.html").exists());
        assert!(!fresh.exists() && old.join("gone.html").exists());

        write(fresh.join("a/b.html"), "2");
        let before = fs::metadata(out.join("a/b.html"))
            .unwrap()
            .modified()
            .unwrap();
        replace(&out, &fresh, &folder.path().join("old2")).unwrap();
        let after = fs::metadata(out.join("a/b.html"))
            .unwrap()
            .modified()
            .unwrap();
        assert!(fresh.exists() && before == after);

        write(fresh.join("a/b.html"), "3");
        replace(&out, &fresh, &folder.path().join("old3")).unwrap();
        assert_eq!(fs::read(out.join("a/b.html")).unwrap(), b"3");
    }
}
