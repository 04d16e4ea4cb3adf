//! Data sets of gzipped IDX files.

use std::fs::{self, File};
use std::io::{BufReader, Read as _};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::bufread::MultiGzDecoder;

use crate::data::download::Downloader;
use crate::data::sets::{IdxFile, IdxSet};
use sha2::{Digest as _, Sha256};

/// Fetches the files of a set that are missing or wrong in `out/NAME/`.
///
/// # Errors
/// If a file can be had from no server, or the folder cannot be written.
pub fn fetch(downloader: &Downloader, set: &IdxSet, out: &Path) -> Result<()> {
    let folder = out.join(set.name);
    fs::create_dir_all(&folder)
        .with_context(|| format!("the folder {} could not be made", folder.display()))?;
    for file in set.files {
        let target = folder.join(file.name);
        let shown = format!("{}/{}", set.name, file.name);
        if target.exists() {
            match check(&target, file) {
                Ok(()) => {
                    println!("{shown}: right, kept");
                    continue;
                }
                Err(error) => println!("{shown}: {error:#}; fetched again"),
            }
        }
        // Packing never makes a file this much longer.
        let limit = file.bytes + file.bytes / 8 + 4096;
        downloader.fetch(set.name, set.servers, file.name, &target, limit, |path| {
            check(path, file)
        })?;
        println!("{shown}: fetched");
    }
    Ok(())
}

/// Unpacks a file in memory-sized pieces and compares it with what is pinned.
fn check(path: &Path, file: &IdxFile) -> Result<()> {
    let packed =
        File::open(path).with_context(|| format!("{} could not be read", path.display()))?;
    // A small file can unpack to a huge one: no more is unpacked than belongs there.
    let mut content = MultiGzDecoder::new(BufReader::new(packed)).take(file.bytes + 1);
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let count = content.read(&mut piece).context("it is not whole gzip")?;
        if count == 0 {
            break;
        }
        hash.update(&piece[..count]);
        bytes += count as u64;
    }
    ensure!(
        bytes == file.bytes,
        "it unpacks to {} than the pinned {} bytes",
        if bytes < file.bytes { "less" } else { "more" },
        file.bytes
    );
    let found = data_encoding::HEXLOWER.encode(&hash.finalize());
    ensure!(
        found == file.sha256,
        "its content has SHA-256 {found}, not the pinned {}",
        file.sha256
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::data::sets;
    use crate::data::test_server::{Answer, TestServer};

    /// `printf hello | sha256sum`.
    static HELLO: IdxSet = IdxSet {
        name: "hello-set",
        servers: &[],
        files: &[IdxFile {
            name: "hello.gz",
            bytes: 5,
            sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        }],
    };

    fn gzip(content: &[u8], level: u32) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn fetch_from(answer: Answer, out: &Path) -> (Result<()>, usize) {
        let server = TestServer::start([("/hello-set/hello.gz", answer)]);
        let outcome = fetch(&Downloader::new(Some(&server.url())), &HELLO, out);
        (outcome, server.requests())
    }

    #[test]
    fn a_right_file_is_fetched_once_however_it_is_packed() {
        let out = tempfile::tempdir().unwrap();
        for (level, requests) in [(9, 1), (0, 0)] {
            let (outcome, asked) = fetch_from(Answer::whole(&gzip(b"hello", level)), out.path());
            outcome.unwrap();
            assert_eq!(asked, requests, "a right file is kept");
        }
        assert!(out.path().join("hello-set/hello.gz").exists());
    }

    #[test]
    fn a_wrong_file_on_the_disk_is_fetched_again() {
        let out = tempfile::tempdir().unwrap();
        let file = out.path().join("hello-set/hello.gz");
        fs::create_dir(out.path().join("hello-set")).unwrap();
        fs::write(&file, "an aborted download").unwrap();
        let (outcome, asked) = fetch_from(Answer::whole(&gzip(b"hello", 6)), out.path());
        outcome.unwrap();
        assert_eq!(asked, 1);
        check(&file, &HELLO.files[0]).unwrap();
    }

    #[test]
    fn wrong_content_is_refused_with_its_reason() {
        let bomb = gzip(&vec![0; 1000], 9);
        let whole = gzip(b"hello", 6);
        let cases = [
            (gzip(b"jello", 6), "its content has SHA-256"),
            (gzip(b"hell", 6), "less than the pinned 5 bytes"),
            (bomb, "more than the pinned 5 bytes"),
            (whole[..whole.len() - 6].to_vec(), "not whole gzip"),
            (b"<html>sorry</html>".to_vec(), "not whole gzip"),
        ];
        for (body, reason) in cases {
            let out = tempfile::tempdir().unwrap();
            let (outcome, _) = fetch_from(Answer::whole(&body), out.path());
            let error = outcome.unwrap_err().to_string();
            assert!(error.contains(reason), "{error} lacks {reason}");
            assert!(!out.path().join("hello-set/hello.gz").exists());
        }
    }

    #[test]
    fn the_pins_have_the_shape_of_pins() {
        for set in [&sets::MNIST, &sets::FASHION_MNIST] {
            assert!(set.servers.iter().all(|server| server.ends_with('/')));
            for file in set.files {
                assert_eq!(file.sha256.len(), 64);
                let items = if file.name.starts_with("train") {
                    60_000
                } else {
                    10_000
                };
                let bytes = if file.name.contains("images") {
                    16 + 784 * items
                } else {
                    8 + items
                };
                assert_eq!(file.bytes, bytes, "{}", file.name);
            }
        }
    }

    /// Compares the pins with the real files where BLINDSIGHT_DATA names them.
    #[test]
    fn the_pins_are_those_of_the_real_files() {
        let Some(folder) = std::env::var_os("BLINDSIGHT_DATA") else {
            return;
        };
        for set in [&sets::MNIST, &sets::FASHION_MNIST] {
            for file in set.files {
                check(&Path::new(&folder).join(set.name).join(file.name), file).unwrap();
            }
        }
    }
}
