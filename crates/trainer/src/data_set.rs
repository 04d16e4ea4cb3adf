//! Public data sets, as they lie in a folder.

use std::path::Path;

use anyhow::{Result, ensure};
use blindsight_model::{
    evaluate::{argmax, float},
    idx::Images,
    network::{Network, Shape},
};
use ndarray::Array2;

mod faces;
mod published;

/// Where a data set lies and what it shows.
pub struct Source {
    /// Its name for people.
    pub title: &'static str,
    /// Its folder in the folder of the data sets.
    folder: &'static str,
    kind: Kind,
}

/// How a data set is published.
enum Kind {
    /// As MNIST is, with labels of these names.
    Idx(&'static [&'static str]),
    /// Portraits, a folder for each person.
    Faces(faces::People),
}

impl Source {
    /// Handwritten digits (LeCun, Cortes, Burges): 60,000 and 10,000 pictures of 28 x 28 pixels.
    pub const MNIST: Self = Self {
        title: "MNIST",
        folder: "mnist",
        kind: Kind::Idx(&["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]),
    };

    /// Clothes (Xiao, Rasul, Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking
    /// machine learning algorithms", 2017): 60,000 and 10,000 pictures of 28 x 28 pixels.
    pub const FASHION_MNIST: Self = Self {
        title: "Fashion-MNIST",
        folder: "fashion-mnist",
        kind: Kind::Idx(&[
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ]),
    };

    /// The database of faces of AT&T Laboratories Cambridge, taken from 1992 to 1994 (Samaria,
    /// Harter, "Parameterisation of a stochastic model for human face identification", 1994): ten
    /// portraits of each of forty people. The first eight of each are for training and the last
    /// two for the test.
    pub const ATT_FACES: Self = Self {
        title: "AT&T faces",
        folder: "att-faces",
        kind: Kind::Faces(faces::People {
            count: 40,
            train: 8,
            test: 2,
        }),
    };

    /// The names of its classes.
    pub fn labels(&self) -> Vec<String> {
        match &self.kind {
            Kind::Idx(labels) => labels.iter().map(|label| (*label).into()).collect(),
            Kind::Faces(people) => people.labels(),
        }
    }

    /// Reads it from its folder in the folder of the data sets.
    pub fn load(&self, data_sets: &Path) -> Result<DataSet> {
        let folder = data_sets.join(self.folder);
        let data = match &self.kind {
            Kind::Idx(labels) => published::load(&folder, self.title, labels.len())?,
            Kind::Faces(people) => people.load(&folder, self.title)?,
        };
        ensure!(
            data.train.shape() == data.test.shape(),
            "the pictures for training and for the test in {} are of different sizes",
            folder.display()
        );
        Ok(data)
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
    pub fn shape(&self) -> Shape {
        Shape {
            channels: 1,
            height: self.images.rows(),
            width: self.images.columns(),
        }
    }

    /// The pixels of a picture and its class.
    pub fn get(&self, index: usize) -> Option<(&[u8], u8)> {
        Some((self.images.get(index)?, *self.classes.get(index)?))
    }

    /// The part of the pictures that a network puts into their class.
    pub fn accuracy(&self, network: &Network) -> Result<f64> {
        self.accuracy_of(|pixels| Ok(float::logits_batch(network, pixels)?))
    }

    /// The part of the pictures whose class has the largest logit; `logits` makes a row of them
    /// for each of some pictures.
    pub fn accuracy_of(&self, logits: impl Fn(&[u8]) -> Result<Array2<f32>>) -> Result<f64> {
        const PICTURES: usize = 500;
        let pixels = self.images.pixels().chunks(PICTURES * self.images.size());
        let mut correct = 0;
        for (pixels, classes) in pixels.zip(self.classes.chunks(PICTURES)) {
            let logits = logits(pixels)?;
            let answers = logits.rows().into_iter().map(|row| argmax(&row.to_owned()));
            correct += answers
                .zip(classes)
                .filter(|(a, class)| *a == usize::from(**class))
                .count();
        }
        Ok(correct as f64 / self.len() as f64)
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
