//! The bundled models and the list of them that the page reads.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use blindsight_model::card::Card;
use blindsight_model::fixed_point::IntegerNetwork;
use blindsight_model::onnx;
use blindsight_parties::Cost;
use serde::Serialize;

use crate::site::folders;

/// What the page shows of one bundled model.
#[derive(Debug, PartialEq, Serialize)]
struct Entry {
    /// The short name, as the command line takes it.
    name: String,
    /// The name for people.
    title: String,
    /// The layers, for people.
    architecture: String,
    /// The file beside the list.
    file: String,
    /// The share of the test pictures that the secure evaluation classifies right, from 0 to 1.
    accuracy: f64,
    /// The classes' names, in the order of the model's outputs.
    labels: Vec<String>,
    /// Round trips for each picture.
    round_trips: u32,
    /// Bytes of messages for each picture, both ways.
    online_bytes: u64,
    /// Bytes to and from the data owner for each picture, before it.
    offline_bytes: u64,
    /// Bytes to each data owner, once.
    hosting_bytes: u64,
}

/// Copies every `NAME.onnx` with a `NAME.json` beside it to `to` and writes `index.json`.
/// Returns how many there are.
///
/// # Errors
/// If a model has no card, a card no model, or one cannot be read.
pub fn copy(from: &Path, to: &Path) -> Result<usize> {
    fs::create_dir_all(to).with_context(|| format!("{} could not be made", to.display()))?;
    let mut index = Vec::new();
    for (path, file) in folders::entries(from)? {
        if let Some(name) = file.strip_suffix(".onnx") {
            index.push(entry(from, name, &file)?);
            folders::copy_file(&path, &to.join(&file))?;
        } else if let Some(name) = file.strip_suffix(".json") {
            let model = from.join(format!("{name}.onnx"));
            ensure!(
                model.exists(),
                "{} describes a model that is not there; add {} or remove the card",
                path.display(),
                model.display()
            );
        }
    }
    let path = to.join("index.json");
    let text = serde_json::to_vec_pretty(&index).context("the list of models is not JSON")?;
    fs::write(&path, text).with_context(|| format!("{} could not be written", path.display()))?;
    Ok(index.len())
}

/// Reads one model and its card.
fn entry(folder: &Path, name: &str, file: &str) -> Result<Entry> {
    let path = folder.join(format!("{name}.json"));
    let text = fs::read(&path).with_context(|| {
        format!(
            "{file} has no readable card {}; the trainer writes one",
            path.display()
        )
    })?;
    let card = Card::parse(&text).with_context(|| path.display().to_string())?;
    let path = folder.join(file);
    let bytes = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let cost = cost(&bytes, name).with_context(|| path.display().to_string())?;
    Ok(Entry {
        name: name.to_owned(),
        title: card.title,
        architecture: card.architecture,
        file: file.to_owned(),
        accuracy: card.accuracy.in_integers,
        labels: card.labels,
        round_trips: cost.round_trips,
        online_bytes: cost.online_bytes,
        offline_bytes: cost.data_owner_offline_bytes,
        hosting_bytes: cost.hosting_bytes,
    })
}

fn cost(bytes: &[u8], name: &str) -> Result<Cost> {
    let network = onnx::import(bytes, name)?;
    let integers = IntegerNetwork::from_float(&network)?;
    Ok(Cost::declared(integers.plan())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The folder of the bundled models.
    fn bundled() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/models"))
    }

    #[test]
    fn models_are_listed_in_order_of_name() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir(&from).unwrap();
        for name in ["b", "a"] {
            for kind in ["onnx", "json"] {
                let model = bundled().join(format!("mnist-mlp.{kind}"));
                fs::copy(model, from.join(format!("{name}.{kind}"))).unwrap();
            }
        }
        fs::write(from.join("README.md"), "not listed").unwrap();
        assert_eq!(copy(&from, &to).unwrap(), 2);
        let index: serde_json::Value =
            serde_json::from_slice(&fs::read(to.join("index.json")).unwrap()).unwrap();
        assert_eq!(index[0]["name"], "a");
        assert_eq!(index[1]["file"], "b.onnx");
        assert_eq!(index[1]["round_trips"], 4);
        assert!(index[1]["accuracy"].as_f64().unwrap() > 0.9);
        assert!(index[1]["offline_bytes"].as_u64() > index[1]["online_bytes"].as_u64());
        assert!(!to.join("README.md").exists());
    }

    #[test]
    fn a_model_without_card_and_the_reverse_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("to");
        let lone = folder.path().join("lone");
        fs::create_dir(&lone).unwrap();
        fs::write(lone.join("a.onnx"), "").unwrap();
        let error = copy(&lone, &to).unwrap_err().to_string();
        assert!(error.contains("a.json"), "{error}");

        fs::write(lone.join("a.json"), "{}").unwrap();
        let error = format!("{:#}", copy(&lone, &to).unwrap_err());
        assert!(error.contains("no card"), "{error}");

        fs::copy(bundled().join("mnist-mlp.json"), lone.join("a.json")).unwrap();
        let error = format!("{:#}", copy(&lone, &to).unwrap_err());
        assert!(error.contains("a.onnx"), "{error}");

        fs::remove_file(lone.join("a.onnx")).unwrap();
        let error = copy(&lone, &to).unwrap_err().to_string();
        assert!(error.contains("a.onnx"), "{error}");
    }
}
