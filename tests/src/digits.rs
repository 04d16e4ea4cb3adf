//! The ten digits as strokes of a pen: drawn onto a picture here, drawn by the mouse in a
//! browser. No data set is needed.

use std::f64::consts::TAU;
use std::path::Path;

use anyhow::{Context, Result};
use image::{GrayImage, Luma};

/// A point of a stroke: x to the right and y down, both from 0 to 1 on a square sheet.
pub type Point = (f64, f64);

/// A line the pen draws without leaving the sheet.
pub type Stroke = Vec<Point>;

/// How thick the pen is, as a share of the sheet's side.
pub const PEN: f64 = 0.09;

/// The strokes of a digit from 0 to 9; of a greater one those of its last place.
pub fn strokes(digit: usize) -> Vec<Stroke> {
    match digit % 10 {
        0 => vec![arc((0.50, 0.50), (0.17, 0.28), -0.25, 1.0)],
        1 => vec![vec![(0.54, 0.20), (0.48, 0.80)]],
        2 => {
            let mut stroke = arc((0.49, 0.36), (0.17, 0.16), 0.55, 0.52);
            stroke.extend([(0.32, 0.78), (0.70, 0.78)]);
            vec![stroke]
        }
        3 => vec![
            arc((0.48, 0.35), (0.16, 0.15), 0.60, 0.62),
            arc((0.48, 0.65), (0.19, 0.16), -0.22, 0.66),
        ],
        4 => vec![
            vec![(0.38, 0.22), (0.33, 0.54), (0.66, 0.54)],
            vec![(0.64, 0.22), (0.58, 0.82)],
        ],
        5 => {
            let mut stroke = vec![(0.68, 0.22), (0.40, 0.22), (0.37, 0.46)];
            stroke.extend(arc((0.48, 0.62), (0.19, 0.18), -0.33, 0.70));
            vec![stroke]
        }
        6 => {
            let mut stroke = vec![(0.58, 0.20), (0.42, 0.40), (0.35, 0.60)];
            stroke.extend(arc((0.50, 0.66), (0.15, 0.14), 0.50, 1.0));
            vec![stroke]
        }
        7 => vec![vec![(0.32, 0.24), (0.68, 0.24), (0.48, 0.80)]],
        8 => vec![
            arc((0.50, 0.35), (0.13, 0.14), 0.25, 1.0),
            arc((0.50, 0.65), (0.16, 0.16), -0.25, 1.0),
        ],
        _ => {
            let mut stroke = arc((0.49, 0.37), (0.15, 0.15), 0.0, -1.0);
            stroke.extend([(0.63, 0.50), (0.57, 0.80)]);
            vec![stroke]
        }
    }
}

/// How somebody writes.
#[derive(Clone, Copy, Debug)]
pub struct Hand {
    /// For messages.
    pub name: &'static str,
    /// How thick the pen is, as a share of the sheet's side.
    pub pen: f64,
    /// How far the top leans to the right, for each unit of height.
    pub slant: f64,
    /// Turned clockwise, in whole turns.
    pub turn: f64,
    /// Width and height against those of [`strokes`].
    pub size: (f64, f64),
    /// Off the middle of the sheet.
    pub shift: Point,
    /// How far the hand trembles off its line.
    pub tremble: f64,
    /// Whether 1 has a flag and a foot, 4 is closed and 7 is crossed.
    pub school: bool,
}

impl Hand {
    /// The strokes as they are.
    pub const PLAIN: Self = Self {
        name: "plain",
        pen: PEN,
        slant: 0.0,
        turn: 0.0,
        size: (1.0, 1.0),
        shift: (0.0, 0.0),
        tremble: 0.0,
        school: false,
    };

    /// Ten that differ.
    pub const VARIED: [Self; 10] = [
        Self::PLAIN,
        Self {
            name: "thin",
            pen: 0.03,
            ..Self::PLAIN
        },
        Self {
            name: "thick",
            pen: 0.13,
            ..Self::PLAIN
        },
        Self {
            name: "leaning to the right",
            slant: 0.4,
            ..Self::PLAIN
        },
        Self {
            name: "leaning to the left",
            slant: -0.25,
            pen: 0.06,
            ..Self::PLAIN
        },
        Self {
            name: "small, in a corner",
            size: (0.4, 0.4),
            shift: (0.25, -0.25),
            pen: 0.04,
            ..Self::PLAIN
        },
        Self {
            name: "large",
            size: (1.4, 1.4),
            shift: (-0.05, 0.02),
            ..Self::PLAIN
        },
        Self {
            name: "narrow and turned",
            size: (0.75, 1.1),
            turn: 0.03,
            ..Self::PLAIN
        },
        Self {
            name: "wide and trembling",
            size: (1.25, 0.9),
            tremble: 0.012,
            pen: 0.07,
            ..Self::PLAIN
        },
        Self {
            name: "as in school",
            slant: 0.15,
            pen: 0.07,
            school: true,
            ..Self::PLAIN
        },
    ];

    /// The strokes of a digit as this hand writes it.
    pub fn strokes(&self, digit: usize) -> Vec<Stroke> {
        let strokes = match digit % 10 {
            1 if self.school => vec![
                vec![(0.36, 0.36), (0.52, 0.20), (0.52, 0.80)],
                vec![(0.38, 0.80), (0.66, 0.80)],
            ],
            4 if self.school => vec![vec![(0.58, 0.82), (0.58, 0.20), (0.32, 0.60), (0.70, 0.60)]],
            7 if self.school => vec![
                vec![(0.32, 0.24), (0.68, 0.24), (0.48, 0.80)],
                vec![(0.42, 0.52), (0.68, 0.52)],
            ],
            digit => strokes(digit),
        };
        let (sin, cos) = (TAU * self.turn).sin_cos();
        let written = |(x, y): Point| {
            let (x, y) = (x - 0.5, y - 0.5);
            // A line that is not straight, and the same each time.
            let x = x + self.tremble * (40.0 * y).sin();
            let y = y + self.tremble * (47.0 * x).sin();
            let (x, y) = (self.size.0 * x - self.slant * y, self.size.1 * y);
            let (x, y) = (cos * x - sin * y, sin * x + cos * y);
            (0.5 + self.shift.0 + x, 0.5 + self.shift.1 + y)
        };
        let strokes = strokes.iter();
        strokes
            .map(|stroke| fine(stroke).into_iter().map(written).collect())
            .collect()
    }

    /// Draws a digit with dark ink on a white sheet of `side` by `side` pixels.
    pub fn picture(&self, digit: usize, side: u32) -> GrayImage {
        drawn(&self.strokes(digit), self.pen, side)
    }
}

/// Draws a digit with dark ink on a white sheet of `side` by `side` pixels.
pub fn picture(digit: usize, side: u32) -> GrayImage {
    drawn(&strokes(digit), PEN, side)
}

fn drawn(strokes: &[Stroke], pen: f64, side: u32) -> GrayImage {
    let scale = f64::from(side);
    GrayImage::from_fn(side, side, |x, y| {
        let pixel = (f64::from(x) + 0.5, f64::from(y) + 0.5);
        let point = (pixel.0 / scale, pixel.1 / scale);
        let far = strokes
            .iter()
            .flat_map(|stroke| stroke.windows(2))
            .map(|line| distance(point, line[0], line[1]))
            .fold(f64::INFINITY, f64::min);
        // The edge of the ink is one pixel wide.
        let ink = ((pen / 2.0 - far) * scale + 0.5).clamp(0.0, 1.0);
        // A share of 255 fits in a byte.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Luma([(255.0 * (1.0 - ink)).round() as u8])
    })
}

/// Draws a digit into a PNG file of 280 by 280 pixels.
///
/// # Errors
/// If the file cannot be written.
pub fn write_png(digit: usize, path: &Path) -> Result<()> {
    picture(digit, 280)
        .save(path)
        .with_context(|| format!("{} could not be written", path.display()))
}

/// A part of an ellipse around `centre`. Turns are counted from the right and go down first, as
/// the y axis does; `start` and `turns` are in whole turns.
fn arc(centre: Point, radius: Point, start: f64, turns: f64) -> Stroke {
    const PIECES: u32 = 24;
    (0..=PIECES)
        .map(|piece| {
            let angle = TAU * (start + turns * f64::from(piece) / f64::from(PIECES));
            (
                centre.0 + radius.0 * angle.cos(),
                centre.1 + radius.1 * angle.sin(),
            )
        })
        .collect()
}

/// A stroke with points in between, so that straight lines can tremble.
fn fine(stroke: &[Point]) -> Stroke {
    const PIECES: u32 = 12;
    let lines = stroke.windows(2);
    let mut points: Stroke = lines
        .flat_map(|line| {
            let (from, to) = (line[0], line[1]);
            (0..PIECES).map(move |piece| {
                let share = f64::from(piece) / f64::from(PIECES);
                let between = |from: f64, to: f64| from + share * (to - from);
                (between(from.0, to.0), between(from.1, to.1))
            })
        })
        .collect();
    points.extend(stroke.last());
    points
}

/// How far a point is from the line between two others.
fn distance(point: Point, from: Point, to: Point) -> f64 {
    let (along, away) = (
        (to.0 - from.0, to.1 - from.1),
        (point.0 - from.0, point.1 - from.1),
    );
    let length = along.0 * along.0 + along.1 * along.1;
    let share = if length > 0.0 {
        ((away.0 * along.0 + away.1 * along.1) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (away.0 - share * along.0).hypot(away.1 - share * along.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_stays_on_the_sheet_and_is_drawn() {
        for digit in 0..10 {
            for (x, y) in strokes(digit).concat() {
                assert!(
                    (0.1..0.9).contains(&x) && (0.1..0.9).contains(&y),
                    "{digit}"
                );
            }
            let picture = picture(digit, 56);
            let dark = picture.pixels().filter(|pixel| pixel.0[0] < 128).count();
            assert!((100..1000).contains(&dark), "{digit}: {dark} dark pixels");
        }
    }

    #[test]
    fn every_hand_stays_on_the_sheet() {
        for hand in Hand::VARIED {
            for digit in 0..10 {
                for (x, y) in hand.strokes(digit).concat() {
                    let on = 0.02..0.98;
                    let name = hand.name;
                    assert!(
                        on.contains(&x) && on.contains(&y),
                        "{digit}, {name}: {x} {y}"
                    );
                }
            }
        }
        assert_eq!(Hand::PLAIN.picture(3, 56), picture(3, 56));
    }

    #[test]
    fn no_two_digits_look_alike() {
        let pictures: Vec<_> = (0..10).map(|digit| picture(digit, 28)).collect();
        for (one, left) in pictures.iter().enumerate() {
            for (other, right) in pictures.iter().enumerate().skip(one + 1) {
                let differing = left
                    .pixels()
                    .zip(right.pixels())
                    .filter(|(left, right)| left.0[0].abs_diff(right.0[0]) > 128)
                    .count();
                assert!(differing >= 10, "{one} and {other}");
            }
        }
    }

    #[test]
    fn distances_are_to_the_line_and_not_beyond_its_ends() {
        assert_eq!(distance((0.0, 1.0), (-1.0, 0.0), (1.0, 0.0)), 1.0);
        assert_eq!(distance((4.0, 0.0), (-1.0, 0.0), (1.0, 0.0)), 3.0);
        assert_eq!(distance((3.0, 4.0), (0.0, 0.0), (0.0, 0.0)), 5.0);
    }
}
