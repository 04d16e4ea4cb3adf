//! The bundled models and the list of them that the page reads.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::site::folders;

/// What the page shows of one bundled model.
#[derive(Debug, PartialEq, Serialize)]
struct Entry {
    /// The short name, as the command line takes it.
    name: String,
    /// The name for people.
    title: String,
    /// The file beside the list.
    file: String,
    /// The share of the test set that is classified right, from 0 to 1.
    accuracy: f64,
    /// The classes' names, in the order of the model's outputs.
    labels: Vec<String>,
}

/// The description that lies beside each bundled model; it may hold more than this.
#[derive(Deserialize)]
struct Description {
    name: Option<String>,
    title: String,
    #[serde(alias = "test_accuracy")]
    accuracy: f64,
    labels: Vec<String>,
}

/// Copies every `NAME.onnx` with a `NAME.json` beside it to `to` and writes `index.json`.
/// Returns how many there are.
///
/// # Errors
/// If a model has no description, a description no model, or one cannot be read.
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
                "{} describes a model that is not there; add {} or remove the description",
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

/// Reads the description of one model.
fn entry(folder: &Path, name: &str, file: &str) -> Result<Entry> {
    let path = folder.join(format!("{name}.json"));
    let text = fs::read(&path).with_context(|| {
        format!(
            "{file} has no readable description; write {} with title, accuracy and labels",
            path.display()
        )
    })?;
    let description: Description = serde_json::from_slice(&text)
        .with_context(|| format!("{} is not a model's description", path.display()))?;
    if !(0.0..=1.0).contains(&description.accuracy) {
        bail!(
            "{} gives an accuracy of {}; write a share from 0 to 1",
            path.display(),
            description.accuracy
        );
    }
    Ok(Entry {
        name: description.name.unwrap_or_else(|| name.to_owned()),
        title: description.title,
        file: file.to_owned(),
        accuracy: description.accuracy,
        labels: description.labels,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_listed_in_order_of_name() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir(&from).unwrap();
        for name in ["b", "a"] {
            fs::write(from.join(format!("{name}.onnx")), name).unwrap();
            let description = format!(
                r#"{{"name":"{name}","title":"T","test_accuracy":0.98,"labels":["0"],"more":1}}"#
            );
            fs::write(from.join(format!("{name}.json")), description).unwrap();
        }
        fs::write(from.join("README.md"), "not listed").unwrap();
        assert_eq!(copy(&from, &to).unwrap(), 2);
        let index: serde_json::Value =
            serde_json::from_slice(&fs::read(to.join("index.json")).unwrap()).unwrap();
        assert_eq!(index[0]["name"], "a");
        assert_eq!(index[1]["file"], "b.onnx");
        assert_eq!(index[1]["accuracy"], 0.98);
        assert!(!to.join("README.md").exists());
    }

    #[test]
    fn a_model_without_description_and_the_reverse_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("to");
        let lone = folder.path().join("lone");
        fs::create_dir(&lone).unwrap();
        fs::write(lone.join("a.onnx"), "").unwrap();
        let error = copy(&lone, &to).unwrap_err().to_string();
        assert!(error.contains("a.json"), "{error}");

        fs::write(
            lone.join("a.json"),
            r#"{"title":"T","accuracy":98,"labels":[]}"#,
        )
        .unwrap();
        let error = copy(&lone, &to).unwrap_err().to_string();
        assert!(error.contains("from 0 to 1"), "{error}");

        fs::remove_file(lone.join("a.onnx")).unwrap();
        let error = copy(&lone, &to).unwrap_err().to_string();
        assert!(error.contains("a.onnx"), "{error}");
    }
}
