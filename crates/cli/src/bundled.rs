//! The networks that come with the program.

use anyhow::{Context, bail};
use rust_embed::RustEmbed;

/// `data/models`, inside the program.
#[derive(RustEmbed)]
#[folder = "../../data/models"]
struct Models;

/// A network's ONNX file and what to call it.
pub struct Model {
    /// Its name: of the bundled network, or of the file without its ending.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The names of the bundled networks.
pub fn names() -> Vec<String> {
    let files = Models::iter();
    let mut names: Vec<String> = files
        .filter_map(|file| Some(file.strip_suffix(".onnx")?.to_owned()))
        .collect();
    names.sort();
    names
}

/// Finds a network: a bundled one by its name, or a file.
///
/// # Errors
///
/// When it is neither, or the file cannot be read.
pub fn find(name: &str) -> anyhow::Result<Model> {
    if let Some(file) = Models::get(&format!("{name}.onnx")) {
        return Ok(Model {
            name: name.to_owned(),
            bytes: file.data.into_owned(),
        });
    }
    let path = std::path::Path::new(name);
    if !path.exists() {
        let names = names().join(", ");
        bail!("there is no bundled model and no file called {name}; bundled are: {names}");
    }
    let bytes = std::fs::read(path)
        .with_context(|| format!("{name} cannot be read; check the path and its permissions"))?;
    let stem = path.file_stem().map(|stem| stem.to_string_lossy());
    Ok(Model {
        name: stem.map_or_else(|| name.to_owned(), |stem| stem.into_owned()),
        bytes,
    })
}
