//! Public data sets, as they lie in a folder.

use std::{fs::File, path::Path};

use anyhow::{Context, Result, ensure};
use blindsight_model::{
    evaluate::{argmax, float},
    idx::{self, Images, Labels},
    network::{InputShape, Network},
};

/// Where a data set lies and what it shows.
pub struct Source {
    /// Its name for people.
    pub title: &'static str,
    /// Its folder in the folder of the data sets.
    folder: &'static str,
    /// The names of its classes.
    pub labels: &'static [&'static str],
}

impl Source {
    /// Handwritten digits (LeCun, Cortes, Burges): 60,000 and 10,000 pictures of 28 x 28 pixels.
    pub const MNIST: Self = Self {
        title: "MNIST",
        folder: "mnist",
        labels: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    };

    /// Reads the four files in which MNIST and its relatives are published.
    pub fn load(&self, data_sets: &Path) -> Result<DataSet> {
        let folder = data_sets.join(self.folder);
        let (train, test) = (
            self.examples(&folder, "train")?,
            self.examples(&folder, "t10k")?,
        );
        ensure!(
            train.shape() == test.shape(),
            "the pictures for training and for the test in {} are of different sizes",
            folder.display()
        );
        Ok(DataSet { train, test })
    }

    fn examples(&self, folder: &Path, split: &str) -> Result<Examples> {
        let read = |kind: &str| -> Result<Vec<u8>> {
            let path = folder.join(format!("{split}-{kind}-ubyte.gz"));
            let file = File::open(&path).with_context(|| {
                format!(
                    "the data set {} is missing: {} cannot be opened; see data/README.md for how \
                     to fetch it",
                    self.title,
                    path.display()
                )
            })?;
            idx::read(file).with_context(|| format!("reading {}", path.display()))
        };
        let images = Images::parse(&read("images-idx3")?)
            .with_context(|| format!("the {split} pictures of {}", self.title))?;
        let classes = Labels::parse(&read("labels-idx1")?)
            .with_context(|| format!("the {split} labels of {}", self.title))?;
        Examples::new(images, classes.classes().to_vec(), self.labels.len())
            .with_context(|| format!("the {split} files of {}", self.title))
    }
}

/// Pictures to learn from, and pictures to test with.
pub struct DataSet {
    pub train: Examples,
    pub test: Examples,
}

/// Pictures and their classes: at least one, and as many of the one as of the other.
pub struct Examples {
    images: Images,
    classes: Vec<u8>,
}

impl Examples {
    /// Puts pictures and their classes together.
    pub fn new(images: Images, classes: Vec<u8>, count: usize) -> Result<Self> {
        ensure!(!images.is_empty(), "there are no pictures");
        ensure!(
            images.len() == classes.len(),
            "there are {} pictures and {} labels",
            images.len(),
            classes.len()
        );
        ensure!(
            classes.iter().all(|class| usize::from(*class) < count),
            "a label is none of the {count} classes"
        );
        Ok(Self { images, classes })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// The size of a picture.
    pub fn shape(&self) -> InputShape {
        InputShape {
            channels: 1,
            height: self.images.rows(),
            width: self.images.columns(),
        }
    }

    /// The pixels of a picture and its class.
    pub fn get(&self, index: usize) -> Option<(&[u8], u8)> {
        Some((self.images.get(index)?, *self.classes.get(index)?))
    }

    /// How many pictures a network puts into their class.
    pub fn correct(&self, network: &Network) -> Result<usize> {
        const PICTURES: usize = 500;
        let pixels = self.images.pixels().chunks(PICTURES * self.images.size());
        let mut correct = 0;
        for (pixels, classes) in pixels.zip(self.classes.chunks(PICTURES)) {
            let logits = float::logits_batch(network, pixels)?;
            let answers = logits.rows().into_iter().map(|row| argmax(&row.to_owned()));
            correct += answers
                .zip(classes)
                .filter(|(a, class)| *a == usize::from(**class))
                .count();
        }
        Ok(correct)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(count: u8) -> Images {
        let header = [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 1, 0, 0, 0, 1];
        Images::parse(&[&header[..], &vec![9; count.into()]].concat()).unwrap()
    }

    #[test]
    fn pictures_and_labels_must_agree() {
        assert!(Examples::new(images(2), vec![0, 1], 2).is_ok());
        assert!(Examples::new(images(2), vec![0, 2], 2).is_err());
        assert!(Examples::new(images(2), vec![0], 2).is_err());
        assert!(Examples::new(images(0), vec![], 2).is_err());
    }

    #[test]
    fn a_missing_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = Source::MNIST.load(folder.path()).err().unwrap();
        let text = format!("{error:#}");
        assert!(text.contains("train-images-idx3-ubyte.gz"), "{text}");
        assert!(text.contains("data/README.md"), "{text}");
    }
}
