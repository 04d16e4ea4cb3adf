//! Picture files.

use std::io::{self, BufRead, Seek};

use image::{ImageError, ImageReader, Limits};

use zeroize::Zeroizing;

use super::{MAX_PIXELS, Picture, PictureError, Rgba, digit};

/// Why a file gives no picture.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// None of the known formats.
    #[error(
        "the file is no image that this program knows; use a PNG, JPEG, WebP, GIF, BMP or PNM image"
    )]
    Format,
    /// It cannot be read.
    #[error("the file cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It starts like an image, and does not go on like one.
    #[error("the image is damaged ({0}); use a PNG, JPEG, WebP, GIF, BMP or PNM image")]
    Damaged(ImageError),
    /// It is an image that cannot be used.
    #[error(transparent)]
    Picture(#[from] PictureError),
}

/// Decodes a picture file and prepares it as MNIST was prepared. See [`digit`].
///
/// The size is checked before any memory is taken for it.
///
/// # Errors
///
/// [`FileError`] if the bytes are no whole image, or one of another size or without a digit.
pub fn decode(mut file: impl BufRead + Seek) -> Result<Picture, FileError> {
    let reader = ImageReader::new(&mut file).with_guessed_format()?;
    let format = reader.format().ok_or(FileError::Format)?;
    let (width, height) = reader.into_dimensions().map_err(FileError::Damaged)?;
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PictureError::TooLarge { width, height }.into());
    }
    file.rewind()?;
    let mut reader = ImageReader::with_format(file, format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(16 * MAX_PIXELS);
    reader.limits(limits);
    let image = reader.decode().map_err(FileError::Damaged)?.into_rgba8();
    let pixels = Zeroizing::new(image.into_raw());
    Ok(digit(Rgba::new(width, height, &pixels)?)?)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A bar on paper, 9 x 9 pixels, in the plainest format there is.
    fn pgm() -> Vec<u8> {
        let mut file = b"P5 9 9 255 ".to_vec();
        file.extend((0..81).map(|at| if at % 9 == 4 && at > 9 { 0 } else { 255 }));
        file
    }

    #[test]
    fn a_file_is_decoded_and_every_prefix_refused() {
        let file = pgm();
        assert!(decode(Cursor::new(&file)).is_ok());
        for end in 0..file.len() {
            assert!(decode(Cursor::new(&file[..end])).is_err(), "{end} bytes");
        }
    }

    #[test]
    fn a_size_that_is_announced_is_not_believed() {
        let huge = b"P5 60000 60000 255 ";
        let error = decode(Cursor::new(huge)).err().unwrap();
        assert!(
            matches!(error, FileError::Picture(PictureError::TooLarge { .. })),
            "{error}"
        );
        let error = decode(Cursor::new(b"a text")).err().unwrap();
        assert!(matches!(error, FileError::Format), "{error}");
    }
}
