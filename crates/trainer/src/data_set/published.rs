//! Data sets of the four files in which MNIST and its relatives are published.

use std::{fs::File, path::Path};

use anyhow::{Context, Result};
use blindsight_model::idx::{self, Images, Labels};

use super::{DataSet, Examples};

/// Reads the four files of a folder.
pub fn load(folder: &Path, title: &str, classes: usize) -> Result<DataSet> {
    Ok(DataSet {
        train: examples(folder, title, "train", classes)?,
        test: examples(folder, title, "t10k", classes)?,
    })
}

fn examples(folder: &Path, title: &str, split: &str, count: usize) -> Result<Examples> {
    let read = |kind: &str| -> Result<Vec<u8>> {
        let path = folder.join(format!("{split}-{kind}-ubyte.gz"));
        let file = File::open(&path).with_context(|| {
            format!(
                "the data set {title} is missing: {} cannot be opened; see data/README.md for how \
                 to fetch it",
                path.display()
            )
        })?;
        idx::read(file).with_context(|| format!("reading {}", path.display()))
    };
    let images = Images::parse(&read("images-idx3")?)
        .with_context(|| format!("the {split} pictures of {title}"))?;
    let classes = Labels::parse(&read("labels-idx1")?)
        .with_context(|| format!("the {split} labels of {title}"))?;
    Examples::new(images, classes.classes().to_vec(), count)
        .with_context(|| format!("the {split} files of {title}"))
}
