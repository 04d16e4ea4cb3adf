//! From any picture of a digit to the 28 x 28 grey picture that a network for MNIST takes.
//!
//! This is the preparation that the MNIST data set itself went through: the ink is cut out, scaled
//! with anti-aliasing to fit into 20 x 20 pixels, and placed so that its centre of mass is the
//! centre of a field of 28 x 28 (LeCun, Cortes, Burges, "The MNIST database of handwritten
//! digits"). An image of MNIST passes through unchanged. Pixels come in as bytes; with the feature
//! `files`, the module `file` decodes picture files.
//!
//! ```
//! use blindsight_model::picture::{Rgba, digit};
//!
//! // A black bar on white paper, 60 x 60 pixels.
//! let mut bytes = vec![255; 60 * 60 * 4];
//! for row in 10..40 {
//!     for column in 20..24 {
//!         let at = (row * 60 + column) * 4;
//!         bytes[at..at + 3].fill(0);
//!     }
//! }
//! let picture = digit(Rgba::new(60, 60, &bytes)?)?;
//! assert_eq!(picture.pixels()[14 * 28 + 14], 255, "bright on black, and in the middle");
//! # Ok::<(), blindsight_model::picture::PictureError>(())
//! ```

mod area;
#[cfg(feature = "files")]
pub mod file;
mod grey;
mod ink;

use zeroize::{Zeroize, ZeroizeOnDrop};

use self::grey::Grey;
use self::ink::Ink;

pub use self::grey::{Luma, MAX_PIXELS, Rgba};

/// Pixels in a row, and rows, of a [`Picture`].
pub const SIDE: usize = 28;

/// The longer side of the digit in a [`Picture`], in pixels.
const DIGIT_SIDE: usize = 20;

/// A digit whose brightest pixel is darker than this is brightened until it is as bright. Ink of
/// thin or pale strokes is faint once it is scaled down, and MNIST has no faint digits: the
/// brightest pixel of each is 254 or 255.
const BRIGHT: f64 = 240.0;

/// A grey picture of 28 x 28 pixels, bright strokes on black, row by row from the top left.
///
/// It is a secret: it cannot be printed, and it is erased when it is dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Picture {
    pixels: [u8; SIDE * SIDE],
}

impl Picture {
    /// Takes 784 pixels as they are, for instance those of an MNIST image.
    ///
    /// # Errors
    ///
    /// [`PictureError::Length`] where there are not exactly 784 bytes.
    pub fn exact(bytes: &[u8]) -> Result<Self, PictureError> {
        let pixels = bytes.try_into().map_err(|_| PictureError::Length {
            width: SIDE as u32,
            height: SIDE as u32,
            expected: (SIDE * SIDE) as u64,
            got: bytes.len() as u64,
        })?;
        Ok(Self { pixels })
    }

    /// The 784 pixels, 0 to 255, row by row.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }
}

/// Prepares a picture in colour, with or without transparency, as MNIST was prepared.
///
/// What stands out from the border of the picture is taken for ink, whether darker or brighter.
///
/// # Errors
///
/// [`PictureError::Blank`] where nothing stands out.
pub fn digit(picture: Rgba<'_>) -> Result<Picture, PictureError> {
    centred(Grey::from(picture))
}

/// Prepares a grey picture as MNIST was prepared. See [`digit`].
///
/// # Errors
///
/// [`PictureError::Blank`] where nothing stands out.
pub fn digit_of_luma(picture: Luma<'_>) -> Result<Picture, PictureError> {
    centred(Grey::from(picture))
}

/// Why a picture cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// Nothing stands out from the background.
    #[error("The picture is blank. Draw a digit first, then classify.")]
    Blank,
    /// A side is zero.
    #[error("The picture has no pixels ({width} x {height}). Choose another picture.")]
    Empty {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// More pixels than [`MAX_PIXELS`].
    #[error(
        "The picture has {width} x {height} pixels, and {} megapixels are the most that is taken. \
         Scale it down first.",
        MAX_PIXELS / 1_000_000
    )]
    TooLarge {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// The bytes do not fit the size.
    #[error(
        "A picture of {width} x {height} pixels takes {expected} bytes here and {got} came. \
         Pass exactly one picture's bytes."
    )]
    Length {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// Bytes that such a picture has.
        expected: u64,
        /// Bytes that came.
        got: u64,
    },
}

/// Cuts the ink out, scales it into the box and puts its centre of mass in the centre.
fn centred(grey: Grey) -> Result<Picture, PictureError> {
    let ink = Ink::of(grey.reduced()).ok_or(PictureError::Blank)?;
    let longer = ink.width.max(ink.height);
    let side = |length: usize| ((2 * length * DIGIT_SIDE + longer) / (2 * longer)).max(1);
    let (width, height) = (side(ink.width), side(ink.height));
    let mut scaled = area::average(&ink.pixels, ink.width, ink.height, width, height);
    brighten(&mut scaled);

    let left = offset(moment(&scaled, |index| index % width), width);
    let top = offset(moment(&scaled, |index| index / width), height);
    let mut picture = Picture {
        pixels: [0; SIDE * SIDE],
    };
    for (row, line) in scaled.chunks_exact(width).enumerate() {
        for (column, value) in line.iter().enumerate() {
            picture.pixels[(top + row) * SIDE + left + column] = value.round() as u8;
        }
    }
    Ok(picture)
}

/// Scales faint ink up, so that its brightest pixel has [`BRIGHT`].
fn brighten(scaled: &mut [f64]) {
    let peak = scaled.iter().copied().fold(0.0, f64::max);
    if peak > 0.0 && peak < BRIGHT {
        for value in scaled {
            *value *= BRIGHT / peak;
        }
    }
}

/// The mean of `coordinate` over all pixels, weighted with their ink.
fn moment(scaled: &[f64], coordinate: impl Fn(usize) -> usize) -> f64 {
    let (mut weighted, mut total) = (0.0, 0.0);
    for (index, value) in scaled.iter().enumerate() {
        weighted += value * coordinate(index) as f64;
        total += value;
    }
    weighted / total.max(f64::MIN_POSITIVE)
}

/// Where a line of `length` pixels with its centre of mass at pixel `centre` begins in the field.
///
/// MNIST places the centre of mass at pixel 14, counted from 0, to the nearest whole pixel: in its
/// images it lies from 13.5 to 14.5. The ink is never pushed over the edge.
fn offset(centre: f64, length: usize) -> usize {
    let shift = (SIDE as f64 / 2.0 - centre).round().max(0.0) as usize;
    shift.min(SIDE - length)
}

#[cfg(test)]
mod tests;
