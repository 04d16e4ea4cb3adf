//! Pictures varied a little: people write larger, slanted, thicker or off the middle.

use chacha20::ChaCha8Rng;
use rand::RngExt;

/// How far a picture is varied; each amount is drawn evenly from its range.
#[derive(Clone, Copy)]
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
    /// Brighter or darker, and more or less contrast, as a part of white, at most.
    pub light: f32,
    /// Whether half of the pictures are seen in a mirror.
    pub mirror: bool,
    /// What is outside of the picture.
    pub outside: Outside,
}

/// What a picture shows where it has no pixels.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Outside {
    /// Black: the subject stands on black.
    Dark,
    /// The nearest pixel: photographs.
    Nearest,
}

impl Augmentation {
    /// Pictures as they are.
    #[cfg(test)]
    const NONE: Self = Self {
        shift: 0.0,
        rotation: 0.0,
        scale: 0.0,
        shear: 0.0,
        stroke: 0.0,
        light: 0.0,
        mirror: false,
        outside: Outside::Dark,
    };

    /// Draws how one picture is varied.
    pub fn draw(&self, rng: &mut ChaCha8Rng) -> Variation {
        let mut draw = |range: f32| range * rng.random_range(-1.0..=1.0_f32);
        let stroke = draw(self.stroke);
        let turn = draw(self.rotation).to_radians().sin_cos();
        let zoom = 1.0 / (1.0 + draw(self.scale));
        let shear = draw(self.shear);
        let shift = (draw(self.shift), draw(self.shift));
        // Drawn only where it is used.
        let light = (self.light > 0.0).then(|| (draw(self.light), 1.0 + draw(self.light)));
        Variation {
            stroke,
            turn,
            zoom,
            shear,
            shift,
            light,
            mirror: self.mirror && rng.random(),
            outside: self.outside,
        }
    }
}

/// How one picture is varied.
pub struct Variation {
    stroke: f32,
    /// Sine and cosine of the angle.
    turn: (f32, f32),
    zoom: f32,
    shear: f32,
    /// Down and to the right.
    shift: (f32, f32),
    /// Brightness and contrast.
    light: Option<(f32, f32)>,
    mirror: bool,
    outside: Outside,
}

/// The size of a picture with one channel.
#[derive(Clone, Copy)]
pub struct Size {
    pub height: usize,
    pub width: usize,
}

impl Variation {
    /// Writes the variation of a picture to `out`, pixels from 0 to 1; `strokes` is working space.
    /// Both are as long as the picture.
    pub fn apply(&self, pixels: &[u8], size: Size, strokes: &mut Vec<f32>, out: &mut Vec<f32>) {
        thicken(pixels, size, self.stroke, strokes);
        let middle = |length: usize| (length as f32 - 1.0) / 2.0;
        let (middle_row, middle_column) = (middle(size.height), middle(size.width));
        let ((sin, cos), (down, right)) = (self.turn, self.shift);
        // Where each pixel comes from: the map backwards.
        for row in 0..size.height {
            let y = (row as f32 - middle_row - down) * self.zoom;
            for column in 0..size.width {
                let column = if self.mirror {
                    size.width - 1 - column
                } else {
                    column
                };
                let x = (column as f32 - middle_column - right) * self.zoom + self.shear * y;
                let from_row = middle_row + cos * y - sin * x;
                let from_column = middle_column + sin * y + cos * x;
                let pixel = sample(strokes, size, from_row, from_column, self.outside);
                out.push(match self.light {
                    None => pixel,
                    Some((brighter, contrast)) => {
                        ((pixel - 0.5) * contrast + 0.5 + brighter).clamp(0.0, 1.0)
                    }
                });
            }
        }
    }
}

/// Blends a picture with its lightest (`amount` above 0) or darkest neighbours, pixels from 0 to 1.
fn thicken(pixels: &[u8], size: Size, amount: f32, out: &mut Vec<f32>) {
    out.clear();
    if amount == 0.0 {
        out.extend(pixels.iter().map(|pixel| f32::from(*pixel) / 255.0));
        return;
    }
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

/// The pixel between four.
fn sample(pixels: &[f32], size: Size, row: f32, column: f32, outside: Outside) -> f32 {
    let (row, column) = match outside {
        Outside::Dark => (row, column),
        Outside::Nearest => (
            row.clamp(0.0, size.height as f32 - 1.0),
            column.clamp(0.0, size.width as f32 - 1.0),
        ),
    };
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
        let variation = augmentation.draw(&mut rng);
        variation.apply(&bar(), SIZE, &mut strokes, &mut out);
        out
    }

    #[test]
    fn nothing_varied_is_the_picture() {
        let same: Vec<f32> = bar().iter().map(|p| f32::from(*p) / 255.0).collect();
        assert_eq!(varied(&Augmentation::NONE, 1), same);
    }

    #[test]
    fn pictures_stay_pictures_and_differ() {
        let all = Augmentation {
            shift: 2.0,
            rotation: 20.0,
            scale: 0.2,
            shear: 0.2,
            stroke: 1.0,
            light: 0.3,
            mirror: true,
            outside: Outside::Nearest,
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
    fn half_of_the_pictures_are_mirrored() {
        let mirror = Augmentation {
            mirror: true,
            ..Augmentation::NONE
        };
        let pixels: Vec<u8> = (0..63).collect();
        let mut mirrored = 0;
        for seed in 0..200 {
            let mut out = Vec::new();
            let variation = mirror.draw(&mut ChaCha8Rng::seed_from_u64(seed));
            variation.apply(&pixels, SIZE, &mut Vec::new(), &mut out);
            let first = (out[0] * 255.0).round();
            assert!(first == 0.0 || first == 6.0, "{first}");
            mirrored += usize::from(first == 6.0);
        }
        assert!((70..130).contains(&mirrored), "{mirrored} of 200");
    }

    #[test]
    fn between_pixels_is_their_mean() {
        let pixels = [0.0, 1.0, 0.5, 0.0];
        let size = Size {
            height: 2,
            width: 2,
        };
        let dark = |row, column| sample(&pixels, size, row, column, Outside::Dark);
        assert_eq!(dark(0.5, 0.5), 0.375);
        assert_eq!(dark(0.0, 1.0), 1.0);
        assert_eq!(dark(-0.5, 1.0), 0.5);
        assert_eq!(dark(-7.0, 1e9), 0.0);
        let nearest = |row, column| sample(&pixels, size, row, column, Outside::Nearest);
        assert_eq!(nearest(0.5, 0.5), 0.375);
        assert_eq!(nearest(-0.5, 1.0), 1.0);
        assert_eq!(nearest(7.0, -1e9), 0.5);
    }
}
