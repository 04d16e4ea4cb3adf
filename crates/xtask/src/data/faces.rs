//! The data set of faces: pictures in a zip archive.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest as _, Sha256};
use zip::ZipArchive;

use crate::data::download::Downloader;
use crate::data::sets::FaceSet;

/// Fetches and unpacks the pictures to `out/NAME/s1/1.pgm` and so on, unless they are there.
///
/// # Errors
/// If the archive can be had from no server, or holds other pictures than those pinned.
pub fn fetch(downloader: &Downloader, set: &FaceSet, out: &Path) -> Result<()> {
    let folder = out.join(set.name);
    if check_folder(&folder, set).is_ok() {
        println!("{}: right, kept", set.name);
        return Ok(());
    }
    fs::create_dir_all(out)
        .with_context(|| format!("the folder {} could not be made", out.display()))?;
    let archive = out.join(set.archive);
    // Beside the pictures an archive holds names and headers, some hundred bytes each.
    let limit = (set.people * set.pictures) as u64 * (set.bytes + 1024);
    downloader.fetch(
        set.name,
        set.servers,
        set.archive,
        &archive,
        limit,
        |path| unpack(path, set, &out.join(format!("{}.part", set.name))),
    )?;
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("{} is not right; remove it", folder.display()))?;
    }
    fs::rename(out.join(format!("{}.part", set.name)), &folder)
        .with_context(|| format!("{} could not be written", folder.display()))?;
    fs::remove_file(&archive)
        .with_context(|| format!("{} could not be removed", archive.display()))?;
    println!("{}: fetched", set.name);
    Ok(())
}

/// Unpacks the pictures of an archive into a folder and compares them with what is pinned.
fn unpack(archive: &Path, set: &FaceSet, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to).with_context(|| format!("{} is in the way", to.display()))?;
    }
    let mut archive =
        ZipArchive::new(File::open(archive)?).context("it is not a whole zip archive")?;
    for index in 0..archive.len() {
        let mut entry = archive
            .by_index(index)
            .context("it is not a whole zip archive")?;
        // Only names made here are written: an archive's own names may lead anywhere.
        let Some(name) = entry.name().ok().and_then(|name| picture_name(&name, set)) else {
            continue;
        };
        let bytes = picture(&mut entry, set).with_context(|| name.display().to_string())?;
        let path = to.join(name);
        fs::create_dir_all(path.parent().unwrap_or(to))?;
        fs::write(&path, bytes)
            .with_context(|| format!("{} could not be written", path.display()))?;
    }
    check_folder(to, set)
}

/// Compares the pictures of a folder with what is pinned.
fn check_folder(folder: &Path, set: &FaceSet) -> Result<()> {
    let mut hash = Sha256::new();
    for name in names(set) {
        let path = folder.join(name);
        let mut file =
            File::open(&path).with_context(|| format!("{} is missing", path.display()))?;
        hash.update(picture(&mut file, set).with_context(|| path.display().to_string())?);
    }
    let found = data_encoding::HEXLOWER.encode(&hash.finalize());
    ensure!(
        found == set.sha256,
        "its pictures together have SHA-256 {found}, not the pinned {}",
        set.sha256
    );
    Ok(())
}

/// Reads one picture, which has exactly the pinned length.
fn picture(from: &mut impl Read, set: &FaceSet) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(set.bytes + 1).read_to_end(&mut bytes)?;
    ensure!(
        bytes.len() as u64 == set.bytes,
        "a picture has another length than {} bytes",
        set.bytes
    );
    Ok(bytes)
}

/// The names of all pictures, in the order of their numbers.
fn names(set: &FaceSet) -> impl Iterator<Item = PathBuf> {
    let pictures = set.pictures;
    (1..=set.people).flat_map(move |person| {
        (1..=pictures)
            .map(move |picture| Path::new(&format!("s{person}")).join(format!("{picture}.pgm")))
    })
}

/// The picture that an archive's entry is, whatever folder the archive puts in front.
fn picture_name(entry: &str, set: &FaceSet) -> Option<PathBuf> {
    names(set).find(|name| Path::new(entry).ends_with(name))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::data::sets;
    use crate::data::test_server::{Answer, TestServer};

    /// Two people with one picture each: `printf 'abcxyz' | sha256sum`.
    static SMALL: FaceSet = FaceSet {
        name: "faces",
        servers: &[],
        archive: "faces.zip",
        people: 2,
        pictures: 1,
        bytes: 3,
        sha256: "f312795e322c87461a6f3c49e09897c59ca0d5a36245d2a00f08cbc66eee976d",
    };

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn fetch_from(body: &[u8], out: &Path) -> (Result<()>, usize) {
        let server = TestServer::start([("/faces/faces.zip", Answer::whole(body))]);
        let outcome = fetch(&Downloader::new(Some(&server.url())), &SMALL, out);
        (outcome, server.requests())
    }

    #[test]
    fn pictures_are_unpacked_once_and_nothing_else_is() {
        let out = tempfile::tempdir().unwrap();
        let body = archive(&[
            ("att/README", b"read me"),
            ("att/s2/1.pgm", b"xyz"),
            ("../../att/s1/1.pgm", b"abc"),
            ("../evil.pgm", b"evil"),
        ]);
        for requests in [1, 0] {
            let (outcome, asked) = fetch_from(&body, out.path());
            outcome.unwrap();
            assert_eq!(asked, requests);
        }
        assert_eq!(fs::read(out.path().join("faces/s1/1.pgm")).unwrap(), b"abc");
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1);
        assert_eq!(fs::read_dir(out.path().join("faces")).unwrap().count(), 2);
    }

    #[test]
    fn other_archives_are_refused_with_the_reason() {
        let cases: [(Vec<u8>, &str); 4] = [
            (
                archive(&[("s1/1.pgm", b"abc"), ("s2/1.pgm", b"xyy")]),
                "together have SHA-256",
            ),
            (archive(&[("s1/1.pgm", b"abc")]), "is missing"),
            (archive(&[("s1/1.pgm", b"abcd")]), "another length"),
            (b"not a zip".to_vec(), "not a whole zip archive"),
        ];
        for (body, reason) in cases {
            let out = tempfile::tempdir().unwrap();
            let (outcome, _) = fetch_from(&body, out.path());
            let error = outcome.unwrap_err().to_string();
            assert!(error.contains(reason), "{error} lacks {reason}");
            assert!(!out.path().join("faces").exists());
        }
    }

    #[test]
    fn the_pin_is_that_of_the_real_pictures() {
        let Some(folder) = std::env::var_os("BLINDSIGHT_DATA") else {
            return;
        };
        check_folder(&Path::new(&folder).join("att-faces"), &sets::ATT_FACES).unwrap();
    }
}
