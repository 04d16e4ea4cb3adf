//! The IDX files in which MNIST and Fashion-MNIST are published: pictures and their classes.
//!
//! An IDX file is a magic number, the dimensions and then the bytes, all numbers big-endian
//! (LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "File formats").
//! The parsers take the bytes decompressed; with the feature `gzip`, `read` takes them as they
//! are published.
//!
//! ```
//! use blindsight_model::idx::Labels;
//!
//! let labels = Labels::parse(&[0, 0, 8, 1, 0, 0, 0, 2, 7, 3])?;
//! assert_eq!(labels.classes(), [7, 3]);
//! # Ok::<(), blindsight_model::idx::IdxError>(())
//! ```

/// Why bytes are not the IDX file that was expected.
#[derive(Debug, thiserror::Error)]
pub enum IdxError {
    /// The first four bytes are not those of this kind of file.
    #[error(
        "this is no IDX file of {expected}: it starts with {found:02x?}; is it the right file, unpacked?"
    )]
    Magic {
        /// What was expected.
        expected: &'static str,
        /// The first bytes found, four at most.
        found: Vec<u8>,
    },
    /// The dimensions and the number of bytes disagree.
    #[error(
        "this IDX file is cut short or has bytes too many: its header announces {announced} bytes \
         and {found} are there; fetch it again"
    )]
    Length {
        /// Bytes after the header that the dimensions announce.
        announced: u64,
        /// Bytes after the header that are there.
        found: usize,
    },
    /// A picture without pixels.
    #[error("this IDX file announces pictures of {rows} x {columns} pixels: fetch it again")]
    Empty {
        /// Rows of each picture.
        rows: u32,
        /// Pixels in a row.
        columns: u32,
    },
    /// A file could not be read or unpacked.
    #[error("an IDX file could not be read: {0}")]
    #[cfg(feature = "gzip")]
    Read(#[from] std::io::Error),
    /// A file is larger than any that is meant to be read.
    #[error("an IDX file unpacks to more than {limit} bytes: this is none of the known data sets")]
    #[cfg(feature = "gzip")]
    TooLarge {
        /// The most that is read, in bytes.
        limit: u64,
    },
}

/// Grey pictures of one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    rows: u32,
    columns: u32,
    pixels: Vec<u8>,
}

impl Images {
    const MAGIC: [u8; 4] = [0, 0, 8, 3];

    /// Parses an IDX file of pictures: three dimensions, unsigned bytes.
    ///
    /// # Errors
    ///
    /// When the bytes are no such file, or not exactly as long as its header says.
    pub fn parse(bytes: &[u8]) -> Result<Self, IdxError> {
        let ([count, rows, columns], pixels) = header(bytes, Self::MAGIC, "pictures")?;
        if rows == 0 || columns == 0 {
            return Err(IdxError::Empty { rows, columns });
        }
        let announced = u64::from(count)
            .saturating_mul(u64::from(rows))
            .saturating_mul(u64::from(columns));
        check(announced, pixels)?;
        Ok(Self {
            rows,
            columns,
            pixels: pixels.to_vec(),
        })
    }

    /// Takes the pixels of whole pictures, picture by picture and row by row.
    ///
    /// # Errors
    ///
    /// When pictures have no pixels, or the last is not whole.
    pub fn new(rows: u32, columns: u32, pixels: Vec<u8>) -> Result<Self, IdxError> {
        let size = u64::from(rows) * u64::from(columns);
        if size == 0 {
            return Err(IdxError::Empty { rows, columns });
        }
        check((pixels.len() as u64).next_multiple_of(size), &pixels)?;
        Ok(Self {
            rows,
            columns,
            pixels,
        })
    }

    /// Rows of each picture.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Pixels in a row.
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// Pixels of one picture; never 0.
    pub fn size(&self) -> usize {
        // Saturates only for a file of no pictures: all others were compared with their length.
        (self.rows as usize).saturating_mul(self.columns as usize)
    }

    /// How many pictures there are.
    pub fn len(&self) -> usize {
        self.pixels.len() / self.size()
    }

    /// Whether there is no picture.
    pub fn is_empty(&self) -> bool {
        self.pixels.is_empty()
    }

    /// All pixels, picture by picture and row by row; 0 is the background.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The pixels of the picture at `index`, row by row, if there are so many.
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        self.iter().nth(index)
    }

    /// The pictures one after another.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.pixels.chunks_exact(self.size())
    }
}

/// The class of each picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    classes: Vec<u8>,
}

impl Labels {
    const MAGIC: [u8; 4] = [0, 0, 8, 1];

    /// Parses an IDX file of classes: one dimension, unsigned bytes.
    ///
    /// # Errors
    ///
    /// When the bytes are no such file, or not exactly as long as its header says.
    pub fn parse(bytes: &[u8]) -> Result<Self, IdxError> {
        let ([count], classes) = header(bytes, Self::MAGIC, "classes")?;
        check(u64::from(count), classes)?;
        Ok(Self {
            classes: classes.to_vec(),
        })
    }

    /// The classes in the order of the pictures.
    pub fn classes(&self) -> &[u8] {
        &self.classes
    }
}

/// The most that [`read`] unpacks, in bytes: four times the largest file of MNIST.
#[cfg(feature = "gzip")]
pub const MAX_BYTES: u64 = 200 << 20;

/// Reads a file of a data set, packed with gzip or not, for the parsers here.
///
/// # Errors
///
/// When it cannot be read or unpacked, or is larger than [`MAX_BYTES`].
#[cfg(feature = "gzip")]
pub fn read(file: impl std::io::Read) -> Result<Vec<u8>, IdxError> {
    use std::io::{BufRead, BufReader, Read};

    let mut file = BufReader::new(file);
    let packed = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let mut bytes = Vec::new();
    if packed {
        let unpacked = flate2::bufread::GzDecoder::new(file);
        unpacked.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    } else {
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > MAX_BYTES {
        return Err(IdxError::TooLarge { limit: MAX_BYTES });
    }
    Ok(bytes)
}

/// The dimensions in the header, and what follows it.
fn header<'a, const N: usize>(
    bytes: &'a [u8],
    magic: [u8; 4],
    expected: &'static str,
) -> Result<([u32; N], &'a [u8]), IdxError> {
    let found = || bytes.iter().take(4).copied().collect();
    let mut rest = bytes.strip_prefix(&magic).ok_or_else(|| IdxError::Magic {
        expected,
        found: found(),
    })?;
    let mut dimensions = [0; N];
    for dimension in &mut dimensions {
        let Some((word, after)) = rest.split_first_chunk() else {
            return Err(IdxError::Magic {
                expected,
                found: found(),
            });
        };
        *dimension = u32::from_be_bytes(*word);
        rest = after;
    }
    Ok((dimensions, rest))
}

fn check(announced: u64, bytes: &[u8]) -> Result<(), IdxError> {
    let found = bytes.len();
    if announced == found as u64 {
        Ok(())
    } else {
        Err(IdxError::Length { announced, found })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Three pictures of 2 x 3 pixels.
    fn file() -> Vec<u8> {
        let mut bytes = vec![0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 3];
        bytes.extend(0..18);
        bytes
    }

    #[test]
    fn parses_pictures() {
        let images = Images::parse(&file()).unwrap();
        assert_eq!((images.rows(), images.columns(), images.len()), (2, 3, 3));
        assert_eq!(images.get(2), Some(&[12, 13, 14, 15, 16, 17][..]));
        assert_eq!(images.get(3), None);
        assert_eq!(images.iter().len(), 3);

        let pixels = images.pixels().to_vec();
        assert_eq!(Images::new(2, 3, pixels.clone()).unwrap(), images);
        assert!(Images::new(2, 4, pixels.clone()).is_err());
        assert!(Images::new(0, 4, pixels).is_err());
    }

    #[test]
    fn every_prefix_is_refused() {
        let bytes = file();
        for end in 0..bytes.len() {
            assert!(Images::parse(&bytes[..end]).is_err(), "{end} bytes");
        }
        assert!(Images::parse(&[file(), vec![0]].concat()).is_err());
        let labels = [0, 0, 8, 1, 0, 0, 0, 2, 7, 3];
        for end in 0..labels.len() {
            assert!(Labels::parse(&labels[..end]).is_err(), "{end} bytes");
        }
    }

    #[test]
    fn dimensions_that_overflow_are_refused() {
        let mut bytes = vec![0, 0, 8, 3];
        bytes.extend([0xff; 12]);
        let error = Images::parse(&bytes).unwrap_err();
        assert!(matches!(error, IdxError::Length { .. }), "{error}");
        let empty = [0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1];
        let error = Images::parse(&empty).unwrap_err();
        assert!(matches!(error, IdxError::Empty { .. }), "{error}");
    }

    #[test]
    fn pictures_are_no_classes() {
        let error = Labels::parse(&file()).unwrap_err();
        assert!(error.to_string().contains("[00, 00, 08, 03]"), "{error}");
    }

    #[cfg(feature = "gzip")]
    #[test]
    fn reads_packed_and_plain() {
        use std::io::Write;

        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(&file()).unwrap();
        let packed = packer.finish().unwrap();
        assert_eq!(read(&packed[..]).unwrap(), file());
        assert_eq!(read(&file()[..]).unwrap(), file());
        assert!(read(&packed[..packed.len() - 9]).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(mut bytes in prop::collection::vec(any::<u8>(), 0..64), kind in 0..3) {
            if kind > 0 && bytes.len() >= 4 {
                bytes[..4].copy_from_slice(&[0, 0, 8, if kind == 1 { 1 } else { 3 }]);
            }
            let _ = Images::parse(&bytes);
            let _ = Labels::parse(&bytes);
        }
    }
}
