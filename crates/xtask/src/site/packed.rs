//! Packed copies beside the files of a site, for servers that send them as they are.
//!
//! The relay does, and others can be told to. The module is most of what a tab downloads, and
//! packing it this hard takes seconds: too long to do it for each visitor.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::site::folders;

/// What is packed. The models' weights are as good as random: no packing makes them much smaller.
const KINDS: [&str; 8] = [
    "css",
    "html",
    "js",
    "json",
    "mjs",
    "svg",
    "wasm",
    "webmanifest",
];

/// A file of fewer bytes fits in one packet as it is.
const LEAST: usize = 1000;

/// Writes `FILE.br` and `FILE.gz` beside each file of a site that becomes smaller by it.
///
/// # Errors
/// If a file cannot be read or written; the message names it.
pub fn write(folder: &Path) -> Result<()> {
    for (path, name) in folders::entries(folder)? {
        if path.is_dir() {
            write(&path)?;
            continue;
        }
        let kind = name.rsplit('.').next().unwrap_or_default();
        if !KINDS.contains(&kind) {
            continue;
        }
        let bytes = read(&path)?;
        if bytes.len() < LEAST {
            continue;
        }
        let unpackable = || format!("{} could not be packed", path.display());
        for (ending, packed) in [
            ("br", brotli(&bytes).with_context(unpackable)?),
            ("gz", gzip(&bytes).with_context(unpackable)?),
        ] {
            if packed.len() < bytes.len() {
                let path = folder.join(format!("{name}.{ending}"));
                fs::write(&path, packed)
                    .with_context(|| format!("{} could not be written", path.display()))?;
            }
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("{} could not be read", path.display()))
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let params = BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &params)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn packed_copies_hold_the_same() {
        let site = tempfile::tempdir().unwrap();
        let text = "Text that says the same again and again. ".repeat(100);
        fs::create_dir(site.path().join("pkg")).unwrap();
        for name in ["pkg/a.js", "model.onnx"] {
            fs::write(site.path().join(name), &text).unwrap();
        }
        fs::write(site.path().join("small.json"), "{}").unwrap();
        write(site.path()).unwrap();

        let read = |name: &str| fs::read(site.path().join(name)).unwrap();
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &read("pkg/a.js.br")[..], &mut unpacked).unwrap();
        assert_eq!(unpacked, text.as_bytes());
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(&read("pkg/a.js.gz")[..])
            .read_to_string(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, text);
        for name in ["model.onnx.br", "model.onnx.gz", "small.json.br"] {
            assert!(!site.path().join(name).exists(), "{name}");
        }
    }
}
