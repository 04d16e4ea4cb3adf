//! Scaling by averaging areas: every new pixel is the mean of what it covers.

use zeroize::Zeroizing;

/// Scales `pixels`, `width` x `height` row by row, to `new_width` x `new_height`.
///
/// Each of the four sides is at least 1, and `pixels` has `width * height` entries.
pub(super) fn average(
    pixels: &[u8],
    width: usize,
    height: usize,
    new_width: usize,
    new_height: usize,
) -> Zeroizing<Vec<f64>> {
    let mut scaled = Zeroizing::new(vec![0.0; new_width * new_height]);
    let mut line = Zeroizing::new(vec![0.0; new_width]);
    for (row, source) in pixels.chunks_exact(width).enumerate() {
        line.fill(0.0);
        for (column, &value) in source.iter().enumerate() {
            if value != 0 {
                for (cell, part) in covered(column, width, new_width) {
                    line[cell] += part * f64::from(value);
                }
            }
        }
        for (cell, part) in covered(row, height, new_height) {
            let target = &mut scaled[cell * new_width..][..new_width];
            for (sum, value) in target.iter_mut().zip(line.iter()) {
                *sum += part * value;
            }
        }
    }
    scaled
}

/// The new cells that an old cell reaches, each with the share of the new cell that it covers.
fn covered(index: usize, old: usize, new: usize) -> impl Iterator<Item = (usize, f64)> {
    // From the product, so that whole ratios give whole ends.
    let start = (index * new) as f64 / old as f64;
    let end = ((index + 1) * new) as f64 / old as f64;
    let last = (end.ceil() as usize).min(new);
    (start as usize..last).map(move |cell| {
        let part = end.min((cell + 1) as f64) - start.max(cell as f64);
        (cell, part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_size_changes_nothing() {
        let pixels = [0, 50, 255, 7, 8, 9];
        let scaled = average(&pixels, 3, 2, 3, 2);
        assert_eq!(*scaled, pixels.map(f64::from));
    }

    #[test]
    fn whole_ratios_give_exact_means() {
        let scaled = average(&[0, 100, 20, 40, 200, 100, 60, 80], 4, 2, 2, 1);
        assert_eq!(*scaled, [100.0, 50.0]);
    }

    #[test]
    fn broken_ratios_share_a_pixel() {
        let scaled = average(&[90, 0, 30], 3, 1, 2, 1);
        assert!((scaled[0] - 60.0).abs() < 1e-9 && (scaled[1] - 20.0).abs() < 1e-9);
    }

    #[test]
    fn the_mean_survives_any_ratio() {
        let pixels: Vec<u8> = (0..35).map(|index| (index * 37 % 256) as u8).collect();
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let before = mean(&pixels.iter().copied().map(f64::from).collect::<Vec<_>>());
        for (width, height) in [(1, 1), (3, 2), (7, 5), (20, 13), (28, 28)] {
            let after = average(&pixels, 7, 5, width, height);
            assert!((mean(&after) - before).abs() < 1e-9, "{width} x {height}");
        }
    }
}
