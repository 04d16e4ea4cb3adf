//! Pictures to classify: image files, or images of a data set.

use std::{fmt::Display, fs::File, io::BufReader, ops::Range, path::Path};

use anyhow::{Context, bail};
use blindsight_model::{
    data_set::{DataSet, Split},
    idx::{self, Images, Labels},
    picture::file,
};
use zeroize::Zeroizing;

/// A picture as it is classified.
pub struct Source {
    /// Its file, or its place in the data set.
    pub name: String,
    /// 8-bit pixels.
    pub pixels: Zeroizing<Vec<u8>>,
    /// The right class, where it is known.
    pub label: Option<u8>,
}

/// An image file, reduced to 28 x 28 grey pixels as digits are in MNIST.
///
/// # Errors
///
/// What is wrong with the file, and what to do.
pub fn of_file(path: &Path) -> anyhow::Result<Source> {
    let name = path.display().to_string();
    let pixels = decode(path).with_context(|| name.clone())?;
    Ok(Source {
        name,
        pixels,
        label: None,
    })
}

fn decode(path: &Path) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path).context("the file cannot be opened; check the path")?;
    let picture = file::decode(BufReader::new(file))?;
    Ok(Zeroizing::new(picture.pixels().to_vec()))
}

/// A range as options give it: two numbers with two dots between.
///
/// # Errors
///
/// What to give instead.
pub fn range(text: &str) -> Result<Range<usize>, String> {
    let parse = |part: &str| part.parse().ok();
    let range = text
        .split_once("..")
        .and_then(|(a, b)| Some(parse(a)?..parse(b)?));
    range.ok_or_else(|| "give two numbers, for example 0..100".into())
}

/// Images of an IDX file, gzipped or not, with their labels where there is a file of them: those
/// of a range, or all.
///
/// # Errors
///
/// When a file cannot be read, or the range is not in it.
pub fn data_set(
    images: &Path,
    labels: Option<&Path>,
    range: Option<Range<usize>>,
) -> anyhow::Result<Vec<Source>> {
    let name = images.display();
    let read = |path: &Path| {
        let open = || format!("{} cannot be opened; check the path", path.display());
        idx::read(File::open(path).with_context(open)?).with_context(|| path.display().to_string())
    };
    let all = Images::parse(&read(images)?).with_context(|| name.to_string())?;
    let labels = match labels {
        Some(path) => {
            let labels = Labels::parse(&read(path)?).with_context(|| path.display().to_string())?;
            if labels.classes().len() != all.len() {
                let (labels, images) = (labels.classes().len(), all.len());
                bail!(
                    "there are {labels} labels for {images} images; give the files that belong together"
                );
            }
            Some(labels)
        }
        None => None,
    };
    let labels = labels.as_ref().map(Labels::classes);
    within(range, all.len(), &name)?
        .map(|index| {
            let pixels = all.get(index).context("an image is missing")?;
            let label = labels.and_then(|labels| labels.get(index).copied());
            Ok(one_of(&name, index, pixels, label))
        })
        .collect()
}

/// The test pictures of a data set that lies in the folder of data sets: those of a range, or all.
///
/// # Errors
///
/// When a file cannot be read, or the range is not in it.
pub fn test_set(
    set: DataSet,
    data: &Path,
    range: Option<Range<usize>>,
) -> anyhow::Result<Vec<Source>> {
    let all = set.load(data, Split::Test)?;
    let name = set.name();
    within(range, all.len(), &name)?
        .map(|index| {
            let (pixels, class) = all.get(index).context("an image is missing")?;
            Ok(one_of(&name, index, pixels, Some(class)))
        })
        .collect()
}

/// The wanted ones of so many images, or all.
fn within(
    range: Option<Range<usize>>,
    count: usize,
    name: &impl Display,
) -> anyhow::Result<Range<usize>> {
    let range = range.unwrap_or(0..count);
    if range.is_empty() || range.end > count {
        let (start, end) = (range.start, range.end);
        bail!("{name} has images 0..{count}; there is no range {start}..{end} in it");
    }
    Ok(range)
}

fn one_of(name: &impl Display, index: usize, pixels: &[u8], label: Option<u8>) -> Source {
    Source {
        name: format!("{name}#{index}"),
        pixels: Zeroizing::new(pixels.to_vec()),
        label,
    }
}
