//! The networks that come with the program.

use std::path::Path;

use anyhow::{Context, bail};
use blindsight_model::{
    card::Card,
    network::Network,
    onnx::{self, DataFile},
};
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
    /// The files beside it in which its weights are, by their names; mostly none.
    pub data: Vec<(String, Vec<u8>)>,
}

impl Model {
    /// Reads the network.
    ///
    /// # Errors
    ///
    /// When the file is refused; the message says why.
    pub fn network(&self) -> anyhow::Result<Network> {
        let files = self.data.iter();
        let files: Vec<_> = files
            .map(|(name, bytes)| DataFile { name, bytes })
            .collect();
        Ok(onnx::import_with(&self.bytes, &self.name, &files)?)
    }
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

/// The card of a bundled network.
///
/// # Errors
///
/// When there is none of that name.
pub fn card(name: &str) -> anyhow::Result<Card> {
    let file = Models::get(&format!("{name}.json"));
    let file = file.with_context(|| format!("{name} has no card"))?;
    Card::parse(&file.data).with_context(|| name.to_owned())
}

/// Finds a network: a bundled one by its name, or a file with those beside it that it names.
///
/// # Errors
///
/// When it is neither, or a file cannot be read.
pub fn find(name: &str) -> anyhow::Result<Model> {
    if let Some(file) = Models::get(&format!("{name}.onnx")) {
        return Ok(Model {
            name: name.to_owned(),
            bytes: file.data.into_owned(),
            data: Vec::new(),
        });
    }
    let path = Path::new(name);
    if !path.exists() {
        let names = names().join(", ");
        bail!("there is no bundled model and no file called {name}; bundled are: {names}");
    }
    let bytes = std::fs::read(path)
        .with_context(|| format!("{name} cannot be read; check the path and its permissions"))?;
    let mut data = Vec::new();
    for file in onnx::data_files(&bytes)? {
        let beside = path.with_file_name(&file);
        let bytes = std::fs::read(&beside).with_context(|| {
            let beside = beside.display();
            format!("{name} has its weights in {beside}, which cannot be read; put it there")
        })?;
        data.push((file, bytes));
    }
    let stem = path.file_stem().map(|stem| stem.to_string_lossy());
    Ok(Model {
        name: stem.map_or_else(|| name.to_owned(), |stem| stem.into_owned()),
        bytes,
        data,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_beside_the_file_are_found() {
        let written = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/onnx");
        let name = "torch-external-data.onnx";
        let from = Path::new(written).join(name);
        let model = find(&from.to_string_lossy()).unwrap();
        assert_eq!(model.name, "torch-external-data");
        assert_eq!(model.data.len(), 1);
        assert_eq!(model.network().unwrap().labels.len(), 10);

        let folder = tempfile::tempdir().unwrap();
        let lone = folder.path().join(name);
        std::fs::copy(from, &lone).unwrap();
        let error = find(&lone.to_string_lossy()).err().unwrap().to_string();
        assert!(error.contains("torch-external-data.onnx.data"), "{error}");
    }

    #[test]
    fn bundled_models_are_networks() {
        assert!(!names().is_empty());
        for name in names() {
            let network = find(&name).unwrap().network().unwrap();
            let card = card(&name).unwrap();
            assert_eq!((card.name, card.input), (name, network.input));
            assert_eq!(card.labels, network.labels);
            assert_eq!(card.parameters, network.parameters());
        }
    }
}
