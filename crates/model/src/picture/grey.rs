//! Pixels as they come, checked, and turned to grey.

use zeroize::Zeroizing;

use super::{PictureError, area};

/// The most pixels that a picture may have: 64 megapixels.
pub const MAX_PIXELS: u64 = 64_000_000;

/// A picture with a side longer than this is scaled down before its ink is looked for. That takes
/// the grain out of photographs; a digit loses nothing that would be seen in 20 pixels.
const REDUCE_ABOVE: usize = 1120;

/// The longer side of a picture that was scaled down.
const REDUCED_SIDE: usize = 560;

/// A picture in colour: red, green, blue and opacity, one byte each, row by row.
#[derive(Clone, Copy)]
pub struct Rgba<'a> {
    width: usize,
    bytes: &'a [u8],
}

impl<'a> Rgba<'a> {
    /// Takes `width * height * 4` bytes.
    ///
    /// # Errors
    ///
    /// [`PictureError::Empty`], [`PictureError::TooLarge`] or [`PictureError::Length`].
    pub fn new(width: u32, height: u32, bytes: &'a [u8]) -> Result<Self, PictureError> {
        check(width, height, 4, bytes)?;
        let width = width as usize;
        Ok(Self { width, bytes })
    }
}

/// A grey picture: one byte of brightness a pixel, row by row.
#[derive(Clone, Copy)]
pub struct Luma<'a> {
    width: usize,
    bytes: &'a [u8],
}

impl<'a> Luma<'a> {
    /// Takes `width * height` bytes.
    ///
    /// # Errors
    ///
    /// [`PictureError::Empty`], [`PictureError::TooLarge`] or [`PictureError::Length`].
    pub fn new(width: u32, height: u32, bytes: &'a [u8]) -> Result<Self, PictureError> {
        check(width, height, 1, bytes)?;
        let width = width as usize;
        Ok(Self { width, bytes })
    }
}

/// A grey picture of its own, of at least one pixel.
pub(super) struct Grey {
    pub(super) width: usize,
    pub(super) pixels: Zeroizing<Vec<u8>>,
}

impl Grey {
    /// The pixels of the outermost rows and columns.
    pub(super) fn border(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(border(self.width, &self.pixels).copied().collect())
    }

    /// This picture, scaled down where it is large.
    pub(super) fn reduced(self) -> Self {
        let height = self.pixels.len() / self.width;
        let longer = self.width.max(height);
        if longer <= REDUCE_ABOVE {
            return self;
        }
        let side = |length: usize| (length * REDUCED_SIDE / longer).max(1);
        let (width, new_height) = (side(self.width), side(height));
        let scaled = area::average(&self.pixels, self.width, height, width, new_height);
        Self {
            width,
            pixels: Zeroizing::new(scaled.iter().map(|value| value.round() as u8).collect()),
        }
    }
}

impl From<Luma<'_>> for Grey {
    fn from(picture: Luma<'_>) -> Self {
        Self {
            width: picture.width,
            pixels: Zeroizing::new(picture.bytes.to_vec()),
        }
    }
}

impl From<Rgba<'_>> for Grey {
    fn from(picture: Rgba<'_>) -> Self {
        let (pixels, _) = picture.bytes.as_chunks::<4>();
        let backdrop = u32::from(backdrop(picture.width, pixels));
        let over = |pixel: &[u8; 4]| {
            let opacity = u32::from(pixel[3]);
            let mixed = u32::from(luma(pixel)) * opacity + backdrop * (255 - opacity);
            ((mixed + 127) / 255) as u8
        };
        Self {
            width: picture.width,
            pixels: Zeroizing::new(pixels.iter().map(over).collect()),
        }
    }
}

/// Refuses what is empty, too large, or not as long as its size says.
fn check(width: u32, height: u32, channels: u64, bytes: &[u8]) -> Result<(), PictureError> {
    if width == 0 || height == 0 {
        return Err(PictureError::Empty { width, height });
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS {
        return Err(PictureError::TooLarge { width, height });
    }
    let (expected, got) = (pixels * channels, bytes.len() as u64);
    if got != expected {
        return Err(PictureError::Length {
            width,
            height,
            expected,
            got,
        });
    }
    Ok(())
}

/// Brightness of a colour, with the weights of ITU-R BT.601. Grey stays as it is.
fn luma(pixel: &[u8; 4]) -> u8 {
    let [red, green, blue, _] = pixel.map(u32::from);
    ((red * 77 + green * 150 + blue * 29 + 128) >> 8) as u8
}

/// The grey that shows through where a picture is transparent.
///
/// A picture with a border that is mostly opaque has a background of its own: that. Else what was
/// drawn on nothing gets the background that it stands out from.
fn backdrop(width: usize, pixels: &[[u8; 4]]) -> u8 {
    let mut opaque: Vec<u8> = Vec::new();
    let mut clear = 0;
    for pixel in border(width, pixels) {
        if pixel[3] >= 128 {
            opaque.push(luma(pixel));
        } else {
            clear += 1;
        }
    }
    if opaque.len() > clear {
        let middle = opaque.len() / 2;
        return *opaque.select_nth_unstable(middle).1;
    }
    let (mut brightness, mut opacity) = (0_u64, 0_u64);
    for pixel in pixels {
        brightness += u64::from(luma(pixel)) * u64::from(pixel[3]);
        opacity += u64::from(pixel[3]);
    }
    if brightness < opacity * 128 { 255 } else { 0 }
}

/// Every pixel of the outermost rows and columns, once each.
fn border<T>(width: usize, pixels: &[T]) -> impl Iterator<Item = &T> {
    let rows = pixels.len() / width;
    pixels
        .chunks_exact(width)
        .enumerate()
        .flat_map(move |(row, line)| {
            // A row between the first and the last gives its two ends only.
            let whole = row == 0 || row + 1 == rows;
            let step = if whole { 1 } else { (width - 1).max(1) };
            line.iter().step_by(step)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_border_counts_each_pixel_once() {
        let numbers: Vec<u8> = (0..12).collect();
        let of = |width| border(width, &numbers).copied().collect::<Vec<_>>();
        assert_eq!(of(4), [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]);
        assert_eq!(of(1).len(), 12);
        assert_eq!(of(12).len(), 12);
        assert_eq!(of(2).len(), 12);
    }

    #[test]
    fn sizes_are_checked_before_anything_else() {
        let new = |width, height, bytes: &[u8]| Rgba::new(width, height, bytes).err();
        assert_eq!(new(1, 1, &[0; 4]), None);
        assert!(matches!(new(0, 1, &[]), Some(PictureError::Empty { .. })));
        assert!(matches!(new(1, 0, &[]), Some(PictureError::Empty { .. })));
        assert!(matches!(
            new(u32::MAX, u32::MAX, &[]),
            Some(PictureError::TooLarge { .. })
        ));
        assert!(matches!(
            new(8001, 8000, &[]),
            Some(PictureError::TooLarge { .. })
        ));
        for wrong in [0, 3, 5, 8] {
            let error = new(1, 1, &vec![0; wrong]);
            assert!(
                matches!(error, Some(PictureError::Length { .. })),
                "{wrong}"
            );
        }
        assert!(Luma::new(2, 2, &[0; 4]).is_ok());
        assert!(Luma::new(2, 2, &[0; 16]).is_err());
    }

    #[test]
    fn colours_turn_to_their_brightness() {
        let bytes = [
            255, 255, 255, 255, 255, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9, 255,
        ];
        let grey = Grey::from(Rgba::new(4, 1, &bytes).unwrap());
        assert_eq!(*grey.pixels, [255, 77, 0, 9]);
    }
}
