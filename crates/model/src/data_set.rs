//! The public data sets, as they lie in a folder, one folder for each. Native programs only.

use std::{
    io,
    path::{Path, PathBuf},
    str::FromStr,
};

use crate::{
    idx::{IdxError, Images},
    network::Shape,
};

mod faces;
mod published;

use faces::People;

const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

const CLOTHES: [&str; 10] = [
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
];

/// A public data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataSet {
    /// Handwritten digits (LeCun, Cortes, Burges): 60,000 and 10,000 pictures of 28 x 28 pixels.
    Mnist,
    /// Clothes (Xiao, Rasul, Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking
    /// machine learning algorithms", 2017): 60,000 and 10,000 pictures of 28 x 28 pixels.
    FashionMnist,
    /// The database of faces of AT&T Laboratories Cambridge, taken from 1992 to 1994 (Samaria,
    /// Harter, "Parameterisation of a stochastic model for human face identification", 1994): ten
    /// portraits of each of forty people, reduced to 28 x 28 pixels. The first eight of each are
    /// for training and the last two for the test.
    AttFaces,
}

/// Which part of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// What networks learn from.
    Train,
    /// What they are measured on.
    Test,
}

/// Why a data set cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum DataSetError {
    /// A file is not there, or cannot be read.
    #[error(
        "the data set {title} is missing: {} cannot be read ({source}); see data/README.md for \
         how to fetch it", path.display()
    )]
    Missing {
        /// The data set, for people.
        title: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file of pictures or classes is not what it should be.
    #[error("{}: {source}", path.display())]
    Idx {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: IdxError,
    },
    /// A portrait is damaged.
    #[error(
        "{} is no picture that can be read ({source}); see data/README.md for how to fetch it",
        path.display()
    )]
    Portrait {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: image::ImageError,
    },
    /// Pictures and classes do not belong together.
    #[error(transparent)]
    Examples(#[from] ExamplesError),
}

/// Why pictures and classes do not belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExamplesError {
    /// There is nothing.
    #[error("there are no pictures")]
    None,
    /// There are more of the one than of the other.
    #[error("there are {images} pictures and {labels} labels; give files that belong together")]
    Count {
        /// Pictures.
        images: usize,
        /// Labels.
        labels: usize,
    },
    /// A class that does not exist.
    #[error("a label is none of the {classes} classes")]
    Class {
        /// How many there are.
        classes: usize,
    },
}

/// No data set has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no data set {0}; there are mnist, fashion-mnist and att-faces")]
pub struct UnknownDataSet(String);

impl DataSet {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Mnist, Self::FashionMnist, Self::AttFaces];

    /// Its name in options, and its folder.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::FashionMnist => "fashion-mnist",
            Self::AttFaces => "att-faces",
        }
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST",
            Self::FashionMnist => "Fashion-MNIST",
            Self::AttFaces => "AT&T faces",
        }
    }

    /// What the names of its bundled models begin with.
    fn prefix(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::FashionMnist => "fashion",
            Self::AttFaces => "faces",
        }
    }

    /// The data set of a model by the model's name, `mnist-cnn` for instance.
    pub fn of_model(name: &str) -> Option<Self> {
        let begins = |with| {
            let rest = name.strip_prefix(with);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        let mut all = Self::ALL.into_iter();
        all.find(|set| begins(set.prefix()) || begins(set.name()))
    }

    /// The names of its classes.
    pub fn labels(self) -> Vec<String> {
        let named = |names: &[&str]| names.iter().map(|name| (*name).into()).collect();
        match self {
            Self::Mnist => named(&DIGITS),
            Self::FashionMnist => named(&CLOTHES),
            Self::AttFaces => People::ATT.labels(),
        }
    }

    /// Reads a part of it from its folder in the folder of the data sets.
    ///
    /// # Errors
    ///
    /// When a file is missing or damaged, or files do not belong together.
    pub fn load(self, data_sets: &Path, split: Split) -> Result<Examples, DataSetError> {
        let folder = data_sets.join(self.name());
        match self {
            Self::Mnist => published::load(&folder, self.title(), split, DIGITS.len()),
            Self::FashionMnist => published::load(&folder, self.title(), split, CLOTHES.len()),
            Self::AttFaces => People::ATT.load(&folder, self.title(), split),
        }
    }
}

impl FromStr for DataSet {
    type Err = UnknownDataSet;

    fn from_str(name: &str) -> Result<Self, UnknownDataSet> {
        let mut all = Self::ALL.into_iter();
        all.find(|set| set.name() == name)
            .ok_or_else(|| UnknownDataSet(name.into()))
    }
}

/// Pictures and their classes: at least one, and as many of the one as of the other.
#[derive(Clone, Debug)]
pub struct Examples {
    images: Images,
    classes: Vec<u8>,
}

impl Examples {
    /// Puts pictures and their classes together; there are `count` classes.
    ///
    /// # Errors
    ///
    /// When there are none, or not as many of the one as of the other, or a class is not below
    /// `count`.
    pub fn new(images: Images, classes: Vec<u8>, count: usize) -> Result<Self, ExamplesError> {
        if images.is_empty() {
            return Err(ExamplesError::None);
        }
        if images.len() != classes.len() {
            return Err(ExamplesError::Count {
                images: images.len(),
                labels: classes.len(),
            });
        }
        if classes.iter().any(|class| usize::from(*class) >= count) {
            return Err(ExamplesError::Class { classes: count });
        }
        Ok(Self { images, classes })
    }

    /// How many there are.
    #[expect(clippy::len_without_is_empty, reason = "there is always one")]
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

    /// The pixels of all pictures, one behind another.
    pub fn pixels(&self) -> &[u8] {
        self.images.pixels()
    }

    /// The classes of all pictures.
    pub fn classes(&self) -> &[u8] {
        &self.classes
    }

    /// The pixels of a picture and its class.
    pub fn get(&self, index: usize) -> Option<(&[u8], u8)> {
        Some((self.images.get(index)?, *self.classes.get(index)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(count: u32) -> Images {
        Images::new(1, 1, vec![9; count as usize]).unwrap()
    }

    #[test]
    fn pictures_and_labels_must_agree() {
        assert!(Examples::new(images(2), vec![0, 1], 2).is_ok());
        let class = ExamplesError::Class { classes: 2 };
        assert_eq!(Examples::new(images(2), vec![0, 2], 2).err(), Some(class));
        let count = ExamplesError::Count {
            images: 2,
            labels: 1,
        };
        assert_eq!(Examples::new(images(2), vec![0], 2).err(), Some(count));
        let none = Examples::new(images(0), vec![], 2).err();
        assert_eq!(none, Some(ExamplesError::None));
    }

    #[test]
    fn a_missing_file_is_named() {
        let folder = std::env::temp_dir().join("there-are-no-data-sets-here");
        let error = DataSet::Mnist.load(&folder, Split::Train).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("train-images-idx3-ubyte.gz"), "{text}");
        assert!(text.contains("data/README.md"), "{text}");
    }

    #[test]
    fn models_name_their_data_set() {
        let of = DataSet::of_model;
        assert_eq!(of("mnist-mlp"), Some(DataSet::Mnist));
        assert_eq!(of("fashion-cnn-fast"), Some(DataSet::FashionMnist));
        assert_eq!(of("fashion-mnist"), Some(DataSet::FashionMnist));
        assert_eq!(of("faces-mlp"), Some(DataSet::AttFaces));
        assert_eq!(of("mnistlike"), None);
        for set in DataSet::ALL {
            assert_eq!(set.name().parse(), Ok(set));
        }
        assert!("faces".parse::<DataSet>().is_err());
    }
}
