//! Plots as SVG that can be read on light and on dark ground.

mod bars;
mod counts;
mod lines;
mod rows;

use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Of axes and letters: a grey that is seen on white and on black.
const INK: RGBColor = RGBColor(127, 127, 127);
/// Of lines, in their order.
const COLOURS: [RGBColor; 6] = [
    RGBColor(55, 126, 220),
    RGBColor(220, 110, 30),
    RGBColor(60, 160, 90),
    RGBColor(190, 70, 160),
    RGBColor(150, 130, 40),
    RGBColor(40, 160, 170),
];
const SIZE: (u32, u32) = (640, 400);
/// Of letters, in pixels.
const LETTERS: u32 = 15;
/// Of one row of bars.
const ROW: u32 = 22;
/// Names of lines beside each other.
const NAMES_IN_A_ROW: usize = 2;

/// Points of one line and what it shows.
#[derive(Debug)]
pub struct Line {
    pub name: String,
    pub points: Vec<(f64, f64)>,
}

impl Line {
    pub fn new(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self {
            name: name.into(),
            points: points.into_iter().collect(),
        }
    }
}

/// How an axis grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// By the same sum.
    Linear,
    /// By the same factor: what grows in proportion is a line of slope one.
    Log,
}

/// An axis: what stands on it, with the unit.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    pub text: &'static str,
    pub scale: Scale,
}

impl Axis {
    pub const fn linear(text: &'static str) -> Self {
        let scale = Scale::Linear;
        Self { text, scale }
    }

    pub const fn log(text: &'static str) -> Self {
        let scale = Scale::Log;
        Self { text, scale }
    }
}

/// Something to draw.
#[derive(Debug)]
pub enum Plot {
    /// Lines with points.
    Lines { x: Axis, y: Axis, lines: Vec<Line> },
    /// Rows of bars from the left; each line has one bar in each row, and its points are rows and
    /// lengths.
    Bars {
        x: Axis,
        rows: Vec<String>,
        lines: Vec<Line>,
    },
    /// A table of counts, the darker the more of its row.
    Counts {
        x: &'static str,
        y: &'static str,
        labels: Vec<String>,
        rows: Vec<Vec<f64>>,
    },
}

impl Plot {
    /// The plot as an SVG document.
    ///
    /// # Errors
    /// If there is nothing to draw, or what cannot be drawn on its axes.
    pub fn svg(&self) -> Result<String> {
        let mut text = String::new();
        let whole = SVGBackend::with_string(&mut text, self.size()).into_drawing_area();
        self.draw(&whole)
            .and_then(|()| Ok(whole.present()?))
            .map_err(|error| anyhow!("a plot could not be drawn: {error}"))?;
        drop(whole);
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Ok(text)
    }

    fn draw(&self, whole: &Area<'_>) -> Drawn {
        let (names, area) = whole.split_vertically(self.names_height());
        draw_names(&names, self.lines())?;
        match self {
            Self::Lines { x, y, lines } => lines::draw_lines(&area, *x, *y, lines),
            Self::Bars { x, rows, lines } => bars::draw_bars(&area, *x, rows, lines),
            Self::Counts { x, y, labels, rows } => counts::draw_counts(&area, (x, y), labels, rows),
        }
    }

    fn lines(&self) -> &[Line] {
        match self {
            Self::Lines { lines, .. } | Self::Bars { lines, .. } => lines,
            Self::Counts { .. } => &[],
        }
    }

    /// Of the strip on top in which the lines are named, if there are several.
    fn names_height(&self) -> u32 {
        match self.lines().len() {
            0 | 1 => 0,
            lines => 10 + ROW * lines.div_ceil(NAMES_IN_A_ROW) as u32,
        }
    }

    fn size(&self) -> (u32, u32) {
        let height = match self {
            Self::Lines { .. } => SIZE.1,
            Self::Bars { rows, lines, .. } => {
                let bars = rows.len() * (lines.len() + 1);
                90 + ROW * bars as u32
            }
            Self::Counts { rows, .. } => 110 + 38 * rows.len() as u32,
        };
        (SIZE.0, height + self.names_height())
    }
}

type Drawn = Result<(), Box<dyn std::error::Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// What the colours mean, above the plot, where they hide nothing.
fn draw_names(strip: &Area<'_>, lines: &[Line]) -> Drawn {
    if lines.len() < 2 {
        return Ok(());
    }
    let letters = ("sans-serif", LETTERS).into_font().color(&INK);
    let letters = letters.pos(Pos::new(HPos::Left, VPos::Center));
    for (place, (line, colour)) in lines.iter().zip(COLOURS.iter().cycle()).enumerate() {
        let (row, column) = (place / NAMES_IN_A_ROW, place % NAMES_IN_A_ROW);
        let x = 84 + 280 * column as i32;
        let y = 18 + (ROW * row as u32) as i32;
        strip.draw(&Rectangle::new(
            [(x, y - 5), (x + 18, y + 5)],
            colour.filled(),
        ))?;
        strip.draw(&Text::new(line.name.as_str(), (x + 26, y), letters.clone()))?;
    }
    Ok(())
}

/// A number in few letters: `0.25`, `40`, `1.6k`, `22M`.
pub fn short(number: f64) -> String {
    let (value, unit) = match number.abs() {
        n if n >= 1e9 => (number / 1e9, "G"),
        n if n >= 1e6 => (number / 1e6, "M"),
        n if n >= 1e3 => (number / 1e3, "k"),
        _ => (number, ""),
    };
    // Two figures that say something.
    let digits = match value.abs() {
        0.0 => 0,
        n if n >= 99.5 => usize::from(n.fract() > 0.01 && unit.is_empty() && n < 100.0),
        n if n >= 10.0 => usize::from(n >= 90.0),
        n if n >= 1.0 => 1,
        n => (1.0 - n.log10().floor()) as usize,
    };
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{text}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let shown = [
            0.0, 0.0123, 0.25, 1.0, 40.0, 99.41, 100.0, 1600.0, 22e6, 3e9,
        ]
        .map(short);
        let expected = [
            "0", "0.012", "0.25", "1", "40", "99.4", "100", "1.6k", "22M", "3G",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_plot_shows_its_lines_and_no_logarithm_of_zero() {
        let draw = |y, low: f64| {
            let lines = vec![Line::new("online", [(1.0, low), (64.0, 128.0)])];
            let x = Axis::log("channels");
            Plot::Lines { x, y, lines }.svg()
        };
        let svg = draw(Axis::log("milliseconds"), 2.0).unwrap();
        assert!(svg.contains("<svg") && svg.contains("channels") && svg.contains("milliseconds"));
        assert!(draw(Axis::log("milliseconds"), 0.0).is_err());
        assert!(draw(Axis::linear("milliseconds"), 0.0).is_ok());
    }

    #[test]
    fn bars_and_counts_show_their_names() {
        let (names, x) = (["one", "two"].map(str::to_owned), Axis::linear("pictures"));
        let lines = vec![Line::new("fast", [(0.0, 3.0), (1.0, 5.0)])];
        let rows = names.to_vec();
        let svg = Plot::Bars { x, rows, lines }.svg().unwrap();
        assert!(svg.contains("one") && svg.contains("two") && svg.contains("pictures"));
        let counts = Plot::Counts {
            x: "found",
            y: "right",
            labels: names.to_vec(),
            rows: vec![vec![9.0, 1.0], vec![0.0, 77.0]],
        };
        let svg = counts.svg().unwrap();
        assert!(svg.contains("77") && svg.contains("found"));
        let none = Plot::Bars {
            x,
            rows: Vec::new(),
            lines: Vec::new(),
        };
        assert!(none.svg().is_err());
    }
}
