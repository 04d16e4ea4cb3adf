//! What of a picture is ink: all that stands out from the background.

use zeroize::Zeroizing;

use super::grey::Grey;

/// Less contrast than this, in levels of 256, is not ink.
const LEAST_CONTRAST: u8 = 16;

/// Ink, 0 to 255 a pixel, cut to its bounding box: its first and last row and column have some.
pub(super) struct Ink {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Zeroizing<Vec<u8>>,
}

impl Ink {
    /// Finds the ink, or `None` where nothing stands out.
    pub(super) fn of(mut grey: Grey) -> Option<Self> {
        let mut border = grey.border();
        let middle = border.len() / 2;
        let background = *border.select_nth_unstable(middle).1;

        let dark = is_dark(background, &grey.pixels);
        let depth = |value: u8| {
            if dark {
                background.saturating_sub(value)
            } else {
                value.saturating_sub(background)
            }
        };
        let noise = noise(&mut border, background);
        let peak = grey.pixels.iter().copied().map(depth).max()?;
        if peak < LEAST_CONTRAST {
            return None;
        }
        // In a picture with a strong shadow the border says more of the shadow than of the noise.
        let floor = noise.min(peak / 2);
        for value in grey.pixels.iter_mut() {
            let deep = depth(*value);
            *value = if deep > floor { deep } else { 0 };
        }
        if floor > 0 {
            // In a grainy picture a pixel that stands alone is grain, unless there is nothing else.
            let strokes = cut(&grey, |lines, row, column| {
                lines[row][column] > 0 && has_neighbour(lines, row, column)
            });
            if strokes.is_some() {
                return strokes;
            }
        }
        cut(&grey, |lines, row, column| lines[row][column] > 0)
    }
}

/// Whether the ink is darker than the background: the side that strays further has it. Squares,
/// so that strokes count for more than a wide soft shadow.
fn is_dark(background: u8, pixels: &[u8]) -> bool {
    let (mut below, mut above) = (0_u64, 0_u64);
    for &value in pixels {
        let square = u64::from(value.abs_diff(background)).pow(2);
        if value < background {
            below += square;
        } else {
            above += square;
        }
    }
    below > above
}

/// Up to how much a pixel of the background strays from it: four times what three quarters of the
/// border keep within, which is 4.6 standard deviations of normal noise. A stroke that runs over
/// a part of the border does not move it.
fn noise(border: &mut [u8], background: u8) -> u8 {
    for value in border.iter_mut() {
        *value = value.abs_diff(background);
    }
    let quarter = border.len() * 3 / 4;
    border.select_nth_unstable(quarter).1.saturating_mul(4)
}

/// Cuts the picture to the box around all pixels that `counts` (lines, row, column) accepts.
fn cut(grey: &Grey, counts: impl Fn(&[&[u8]], usize, usize) -> bool) -> Option<Ink> {
    let width = grey.width;
    let lines: Vec<&[u8]> = grey.pixels.chunks_exact(width).collect();
    let (mut top, mut bottom, mut left, mut right) = (usize::MAX, 0, usize::MAX, 0);
    for row in 0..lines.len() {
        for column in 0..width {
            if counts(&lines, row, column) {
                (top, bottom) = (top.min(row), bottom.max(row));
                (left, right) = (left.min(column), right.max(column));
            }
        }
    }
    let lines = lines.get(top..=bottom)?;
    let cut = lines.iter().flat_map(|line| &line[left..=right]).copied();
    Some(Ink {
        width: right - left + 1,
        height: bottom - top + 1,
        pixels: Zeroizing::new(cut.collect()),
    })
}

/// Whether one of the eight pixels around has ink too.
fn has_neighbour(lines: &[&[u8]], row: usize, column: usize) -> bool {
    let rows = row.saturating_sub(1)..(row + 2).min(lines.len());
    let columns = column.saturating_sub(1)..(column + 2).min(lines[row].len());
    let count = lines[rows]
        .iter()
        .flat_map(|line| &line[columns.clone()])
        .filter(|value| **value > 0)
        .count();
    count > 1
}
