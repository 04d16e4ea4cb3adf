//! Portraits in folders `s1`, `s2` and so on, one for each person, as `1.pgm`, `2.pgm` and so on.

use std::{fs, ops::RangeInclusive, path::Path};

use image::{GrayImage, imageops};

use super::{DataSetError, Examples, Split};
use crate::{idx::Images, network::Shape};

/// How many people there are, and pictures of each. Training has the first pictures.
pub struct People {
    count: u8,
    train: u32,
    test: u32,
}

impl People {
    /// Those of the database of AT&T Laboratories Cambridge.
    pub const ATT: Self = Self {
        count: 40,
        train: 8,
        test: 2,
    };

    /// The names of the classes: the people have none.
    pub fn labels(&self) -> Vec<String> {
        let numbers = 1..=self.count;
        numbers.map(|number| format!("person {number}")).collect()
    }

    /// Reads and reduces the pictures of a part.
    pub fn load(
        &self,
        folder: &Path,
        title: &'static str,
        split: Split,
    ) -> Result<Examples, DataSetError> {
        let (mut pixels, mut classes) = (Vec::new(), Vec::new());
        for person in 1..=self.count {
            for picture in self.pictures(split) {
                let path = folder.join(format!("s{person}/{picture}.pgm"));
                pixels.extend(portrait(&path, title)?);
                classes.push(person - 1);
            }
        }
        let Shape { width, height, .. } = Shape::MNIST;
        let images = Images::new(height, width, pixels).map_err(|source| DataSetError::Idx {
            path: folder.into(),
            source,
        })?;
        Ok(Examples::new(images, classes, self.count.into())?)
    }

    fn pictures(&self, split: Split) -> RangeInclusive<u32> {
        match split {
            Split::Train => 1..=self.train,
            Split::Test => self.train + 1..=self.train + self.test,
        }
    }
}

/// The pixels of a reduced portrait.
fn portrait(path: &Path, title: &'static str) -> Result<Vec<u8>, DataSetError> {
    let bytes = fs::read(path).map_err(|source| DataSetError::Missing {
        title,
        path: path.into(),
        source,
    })?;
    let portrait = image::load_from_memory(&bytes).map_err(|source| DataSetError::Portrait {
        path: path.into(),
        source,
    })?;
    Ok(reduced(&portrait.into_luma8()))
}

/// A portrait of 28 x 28 pixels, each the mean of those that it stands for.
fn reduced(portrait: &GrayImage) -> Vec<u8> {
    let Shape { width, height, .. } = Shape::MNIST;
    imageops::thumbnail(portrait, width, height).into_raw()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_pictures_of_each_are_for_training() {
        let folder = tempfile::tempdir().unwrap();
        for person in 1..=2_u8 {
            let of = folder.path().join(format!("s{person}"));
            fs::create_dir(&of).unwrap();
            for picture in 1..=3_u8 {
                let mut portrait = GrayImage::new(56, 84);
                portrait.fill(100 * person + 10 * picture);
                portrait.save(of.join(format!("{picture}.pgm"))).unwrap();
            }
        }
        let people = People {
            count: 2,
            train: 2,
            test: 1,
        };
        let load = |split| people.load(folder.path(), "some faces", split);
        let all = |split| {
            let examples = load(split).unwrap();
            assert_eq!(examples.shape(), Shape::MNIST);
            let get = |index| {
                examples
                    .get(index)
                    .map(|(pixels, class)| (pixels[0], class))
            };
            (0..examples.len()).filter_map(get).collect::<Vec<_>>()
        };
        assert_eq!(all(Split::Train), [(110, 0), (120, 0), (210, 1), (220, 1)]);
        assert_eq!(all(Split::Test), [(130, 0), (230, 1)]);
        assert_eq!(people.labels(), ["person 1", "person 2"]);

        let last = folder.path().join("s2/3.pgm");
        fs::write(&last, "P5").unwrap();
        let error = load(Split::Test).unwrap_err().to_string();
        assert!(error.contains("s2/3.pgm"), "{error}");
        assert!(error.contains("data/README.md"), "{error}");
        fs::remove_file(&last).unwrap();
        let error = load(Split::Test).unwrap_err().to_string();
        assert!(error.contains("some faces is missing"), "{error}");
    }

    #[test]
    fn a_reduced_pixel_is_a_mean() {
        let portrait = GrayImage::from_fn(56, 112, |x, y| {
            image::Luma([if x < 28 { 10 } else { 200 } + (y % 4) as u8 * 2])
        });
        let pixels = reduced(&portrait);
        assert_eq!(pixels.len(), 28 * 28);
        let row = [[13; 14], [203; 14]].concat();
        assert!(
            pixels.chunks(28).all(|pixels| pixels == row),
            "{:?}",
            &pixels[..28]
        );
    }
}
