//! Runs every committed input of the fuzz targets through the same functions.
//!
//! `BLINDSIGHT_WRITE_CORPUS=1 cargo test -p blindsight-decoders --test replay` writes the seeds anew.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use blindsight_decoders::{TARGETS, Target, fuzz_folder, run};

/// The files of a folder, in order; none where there is no folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn folder(kind: &str, target: &Target) -> PathBuf {
    fuzz_folder().join(kind).join(target.name)
}

/// No input of the corpora, and none that once found something, finds anything.
#[test]
fn corpora_and_regressions_find_nothing() {
    for target in &TARGETS {
        let corpus = files(&folder("corpus", target));
        assert!(!corpus.is_empty(), "{} has no corpus", target.name);
        for path in corpus
            .into_iter()
            .chain(files(&folder("regressions", target)))
        {
            println!("{}", path.display());
            run(target.name, &fs::read(&path).unwrap());
        }
    }
}

/// What the program's own code writes is accepted, so the targets look behind the first check.
#[test]
fn seeds_are_accepted() {
    for target in &TARGETS {
        for (name, bytes) in (target.seeds)() {
            assert!((target.run)(&bytes), "{}: {name}", target.name);
        }
    }
}

/// The committed seeds are those that the code writes today, where it was asked to write them.
#[test]
fn seeds_are_written_when_asked_for() {
    if std::env::var_os("BLINDSIGHT_WRITE_CORPUS").is_none() {
        return;
    }
    for target in &TARGETS {
        let folder = folder("corpus", target);
        fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in (target.seeds)() {
            fs::write(folder.join(format!("seed-{name}")), bytes).unwrap();
        }
    }
}

/// Seeds that are cut, made longer or changed are refused or accepted, and nothing else.
#[test]
fn altered_seeds_find_nothing() {
    for target in &TARGETS {
        for (_, bytes) in (target.seeds)() {
            for at in (0..bytes.len()).step_by(bytes.len() / 40 + 1) {
                (target.run)(&bytes[..at]);
                let mut altered = bytes.clone();
                altered[at] ^= 1 << (at % 8);
                (target.run)(&altered);
                altered.insert(at, 0xff);
                (target.run)(&altered);
            }
        }
    }
}
