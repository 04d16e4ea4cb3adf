//! Names the sources from which the parties are built, so that parties can tell whether they run
//! the same ones. The name is the same for a page and for a program.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The crates that decide what a party sends and accepts.
const CRATES: [&str; 5] = ["mpc", "model", "parties", "session", "member"];

fn main() -> io::Result<()> {
    let crates = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("..");
    let mut hasher = blake3::Hasher::new();
    for name in CRATES {
        let folder = crates.join(name).join("src");
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut files = Vec::new();
        collect(&folder, &mut files)?;
        files.sort();
        for file in files {
            let inside = file.strip_prefix(&crates).unwrap_or(&file);
            // The same on systems that write paths with another separator.
            for part in inside {
                hasher.update(part.as_encoded_bytes()).update(b"/");
            }
            let content = fs::read(&file)?;
            hasher.update(&(content.len() as u64).to_le_bytes());
            hasher.update(&content);
        }
    }
    let name = &hasher.finalize().to_hex()[..16];
    println!("cargo::rustc-env=BLINDSIGHT_BUILD={name}");
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}
