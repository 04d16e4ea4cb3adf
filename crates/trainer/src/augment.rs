//! Pictures varied a little: people write larger, slanted, thicker or off the middle.

use chacha20::ChaCha8Rng;
use rand::RngExt;

/// How far a picture is varied; each amount is drawn evenly from its range.
pub struct Augmentation {
    /// To the side and up or down, in pixels, at most.
    pub shift: f32,
    /// Turned either way, in degrees, at most.
    pub rotation: f32,
    /// Larger or smaller, as a part of the size, at most.
    pub scale: f32,
    /// Slanted either way, in pixels sideways for each pixel of height, at most.
    pub shear: f32,
    /// Strokes thicker or thinner: 1 moves their edges by a pixel. At most.
    pub stroke: f32,
}

/// The size of a picture with one channel.
#[derive(Clone, Copy)]
pub struct Size {
    pub height: usize,
    pub width: usize,
}

impl Augmentation {
    /// Writes a variation of a picture to `out`, pixels from 0 to 1; `strokes` is working space.
    /// Both are as long as the picture.
    pub fn vary(
        &self,
        pixels: &[u8],
        size: Size,
        rng: &mut ChaCha8Rng,
        strokes: &mut Vec<f32>,
        out: &mut Vec<f32>,
    ) {
        let mut draw = |range: f32| range * rng.random_range(-1.0..=1.0_f32);
        let stroke = draw(self.stroke);
        let (sin, cos) = draw(self.rotation).to_radians().sin_cos();
        let zoom = 1.0 / (1.0 + draw(self.scale));
        let shear = draw(self.shear);
        let (down, right) = (draw(self.shift), draw(self.shift));

        thicken(pixels, size, stroke, strokes);
        let middle = |length: usize| (length as f32 - 1.0) / 2.0;
        let (middle_row, middle_column) = (middle(size.height), middle(size.width));
        // Where each pixel comes from: the map backwards.
        for row in 0..size.height {
            let y = (row as f32 - middle_row - down) * zoom;
            for column in 0..size.width {
                let x = (column as f32 - middle_column - right) * zoom + shear * y;
                let from_row = middle_row + cos * y - sin * x;
                let from_column = middle_column + sin * y + cos * x;
                out.push(sample(strokes, size, from_row, from_column));
            }
        }
    }
}

/// Blends a picture with its lightest (`amount` above 0) or darkest neighbours, pixels from 0 to 1.
fn thicken(pixels: &[u8], size: Size, amount: f32, out: &mut Vec<f32>) {
    out.clear();
    let at = |row: usize, column: usize| {
        let inside = row < size.height && column < size.width;
        let pixel = inside
            .then(|| pixels.get(row * size.width + column))
            .flatten();
        f32::from(pixel.copied().unwrap_or(0)) / 255.0
    };
    let pick = if amount > 0.0 { f32::max } else { f32::min };
    for row in 0..size.height {
        for column in 0..size.width {
            let here = at(row, column);
            // One before the first wraps to a place outside, which is dark.
            let extreme = pick(here, at(row.wrapping_sub(1), column));
            let extreme = pick(extreme, at(row + 1, column));
            let extreme = pick(extreme, at(row, column.wrapping_sub(1)));
            let extreme = pick(extreme, at(row, column + 1));
            out.push(here + amount.abs() * (extreme - here));
        }
    }
}

/// The pixel between four, dark outside of the picture.
fn sample(pixels: &[f32], size: Size, row: f32, column: f32) -> f32 {
    let (top, left) = (row.floor(), column.floor());
    let (below, beside) = (row - top, column - left);
    let at = |row: f32, column: f32| {
        // A cast of what is negative gives 0, so that is looked at first.
        let inside = row >= 0.0 && column >= 0.0 && (column as usize) < size.width;
        let pixel = inside.then(|| pixels.get(row as usize * size.width + column as usize));
        pixel.flatten().copied().unwrap_or(0.0)
    };
    let upper = at(top, left) * (1.0 - beside) + at(top, left + 1.0) * beside;
    let lower = at(top + 1.0, left) * (1.0 - beside) + at(top + 1.0, left + 1.0) * beside;
    upper * (1.0 - below) + lower * below
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    const NONE: Augmentation = Augmentation {
        shift: 0.0,
        rotation: 0.0,
        scale: 0.0,
        shear: 0.0,
        stroke: 0.0,
    };
    const SIZE: Size = Size {
        height: 9,
        width: 7,
    };

    /// A bar of three pixels in the middle.
    fn bar() -> Vec<u8> {
        let mut pixels = vec![0; 63];
        for row in 3..6 {
            pixels[row * 7 + 3] = 255;
        }
        pixels
    }

    fn varied(augmentation: &Augmentation, seed: u64) -> Vec<f32> {
        let (mut strokes, mut out) = (Vec::new(), Vec::new());
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        augmentation.vary(&bar(), SIZE, &mut rng, &mut strokes, &mut out);
        out
    }

    #[test]
    fn nothing_varied_is_the_picture() {
        let same: Vec<f32> = bar().iter().map(|p| f32::from(*p) / 255.0).collect();
        assert_eq!(varied(&NONE, 1), same);
    }

    #[test]
    fn pictures_stay_pictures_and_differ() {
        let all = Augmentation {
            shift: 2.0,
            rotation: 20.0,
            scale: 0.2,
            shear: 0.2,
            stroke: 1.0,
        };
        for seed in 0..50 {
            let picture = varied(&all, seed);
            assert_eq!(picture.len(), 63);
            assert!(
                picture.iter().all(|p| (0.0..=1.0).contains(p)),
                "{picture:?}"
            );
            assert_ne!(picture, varied(&all, seed + 1));
            assert_eq!(picture, varied(&all, seed));
        }
    }

    #[test]
    fn strokes_grow_and_shrink() {
        let sum = |amount| {
            let mut out = Vec::new();
            thicken(&bar(), SIZE, amount, &mut out);
            out.iter().sum::<f32>()
        };
        assert_eq!(sum(0.0), 3.0);
        assert_eq!(sum(1.0), 11.0, "a bar of 3 grows by 8 neighbours");
        assert_eq!(sum(-1.0), 0.0, "a thin bar vanishes");
        assert_eq!(sum(0.5), 7.0);
    }

    #[test]
    fn between_pixels_is_their_mean() {
        let pixels = [0.0, 1.0, 0.5, 0.0];
        let size = Size {
            height: 2,
            width: 2,
        };
        assert_eq!(sample(&pixels, size, 0.5, 0.5), 0.375);
        assert_eq!(sample(&pixels, size, 0.0, 1.0), 1.0);
        assert_eq!(sample(&pixels, size, -0.5, 1.0), 0.5);
        assert_eq!(sample(&pixels, size, -7.0, 1e9), 0.0);
    }
}
