//! Data sets of the four files in which MNIST and its relatives are published.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use super::{DataSetError, Examples, Split};
use crate::idx::{self, IdxError, Images, Labels};

/// Reads the two files of a part.
pub fn load(
    folder: &Path,
    title: &'static str,
    split: Split,
    classes: usize,
) -> Result<Examples, DataSetError> {
    let split = match split {
        Split::Train => "train",
        Split::Test => "t10k",
    };
    let read = |kind: &str| {
        let path = folder.join(format!("{split}-{kind}-ubyte.gz"));
        match File::open(&path) {
            Ok(file) => match idx::read(file) {
                Ok(bytes) => Ok((path, bytes)),
                Err(source) => Err(DataSetError::Idx { path, source }),
            },
            Err(source) => Err(DataSetError::Missing {
                title,
                path,
                source,
            }),
        }
    };
    let wrong = |path: PathBuf| |source: IdxError| DataSetError::Idx { path, source };
    let (path, bytes) = read("images-idx3")?;
    let images = Images::parse(&bytes).map_err(wrong(path))?;
    let (path, bytes) = read("labels-idx1")?;
    let labels = Labels::parse(&bytes).map_err(wrong(path))?;
    Ok(Examples::new(images, labels.classes().to_vec(), classes)?)
}
