//! Portraits in folders `s1`, `s2` and so on, one for each person, as `1.pgm`, `2.pgm` and so on.

use std::path::Path;

use anyhow::{Context, Result};
use blindsight_model::{idx::Images, network::Shape};
use image::{GrayImage, imageops};

use super::{DataSet, Examples};

/// How many people there are, and pictures of each. Training has the first pictures.
pub struct People {
    pub count: u8,
    pub train: u32,
    pub test: u32,
}

impl People {
    /// The names of the classes: the people have none.
    pub fn labels(&self) -> Vec<String> {
        (1..=self.count)
            .map(|person| format!("person {person}"))
            .collect()
    }

    /// Reads and reduces all pictures.
    pub fn load(&self, folder: &Path, title: &str) -> Result<DataSet> {
        let pictures = self.train + self.test;
        Ok(DataSet {
            train: self.examples(folder, title, 1..=self.train)?,
            test: self.examples(folder, title, self.train + 1..=pictures)?,
        })
    }

    fn examples(
        &self,
        folder: &Path,
        title: &str,
        pictures: std::ops::RangeInclusive<u32>,
    ) -> Result<Examples> {
        let (mut pixels, mut classes) = (Vec::new(), Vec::new());
        for person in 1..=self.count {
            for picture in pictures.clone() {
                let path = folder.join(format!("s{person}/{picture}.pgm"));
                let portrait = image::open(&path).with_context(|| {
                    format!(
                        "the data set {title} is missing: {} cannot be read; see data/README.md \
                         for how to fetch it",
                        path.display()
                    )
                })?;
                pixels.extend(reduced(&portrait.into_luma8()));
                classes.push(person - 1);
            }
        }
        Examples::new(images(&pixels, classes.len())?, classes, self.count.into())
    }
}

/// A portrait of 28 x 28 pixels, each the mean of those that it stands for.
fn reduced(portrait: &GrayImage) -> Vec<u8> {
    let Shape { width, height, .. } = Shape::MNIST;
    imageops::thumbnail(portrait, width, height).into_raw()
}

/// Pictures of 28 x 28 pixels.
fn images(pixels: &[u8], count: usize) -> Result<Images> {
    let Shape { width, height, .. } = Shape::MNIST;
    let sizes = [u32::try_from(count)?, height, width];
    let mut file = vec![0, 0, 8, 3];
    file.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
    file.extend(pixels);
    Ok(Images::parse(&file)?)
}

#[cfg(test)]
mod tests {
    use std::fs;

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
        let data = people.load(folder.path(), "some faces").unwrap();
        let all = |examples: &Examples| {
            let get = |index| {
                examples
                    .get(index)
                    .map(|(pixels, class)| (pixels[0], class))
            };
            (0..examples.len()).filter_map(get).collect::<Vec<_>>()
        };
        let train = [(110, 0), (120, 0), (210, 1), (220, 1)];
        assert_eq!(all(&data.train), train);
        assert_eq!(all(&data.test), [(130, 0), (230, 1)]);
        assert_eq!(data.test.shape(), Shape::MNIST);
        assert_eq!(people.labels(), ["person 1", "person 2"]);

        fs::write(folder.path().join("s2/3.pgm"), "P5").unwrap();
        let error = format!(
            "{:#}",
            people.load(folder.path(), "some faces").err().unwrap()
        );
        assert!(error.contains("s2/3.pgm"), "{error}");
        assert!(error.contains("data/README.md"), "{error}");
    }

    #[test]
    fn a_reduced_pixel_is_a_mean() {
        let portrait = GrayImage::from_fn(56, 112, |x, y| {
            image::Luma([if x < 28 { 10 } else { 200 } + (y % 4) as u8 * 2])
        });
        let pixels = reduced(&portrait);
        assert_eq!(pixels.len(), 28 * 28);
        assert!(
            pixels.chunks(28).all(|row| row[..14] == [13; 14]),
            "{:?}",
            &pixels[..28]
        );
        assert!(
            pixels.chunks(28).all(|row| row[14..] == [203; 14]),
            "{:?}",
            &pixels[..28]
        );
    }
}
