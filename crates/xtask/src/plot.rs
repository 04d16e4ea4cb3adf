//! Plots as SVG files that can be read on light and on dark ground.

use std::path::Path;

use anyhow::{Result, anyhow};
use plotters::{coord::ranged1d::ValueFormatter, prelude::*};

/// Of axes and letters: a grey that is seen on white and on black.
const INK: RGBColor = RGBColor(127, 127, 127);
/// Of lines, in their order.
const COLOURS: [RGBColor; 3] = [
    RGBColor(55, 126, 220),
    RGBColor(220, 110, 30),
    RGBColor(60, 160, 90),
];
const SIZE: (u32, u32) = (640, 400);
/// Of letters, in pixels.
const LETTERS: u32 = 15;

type Chart<'a, X, Y> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<X, Y>>;
type Failure = Box<dyn std::error::Error>;

/// Points of one line and what it shows.
pub struct Line {
    pub name: String,
    pub points: Vec<(f64, f64)>,
}

/// How both axes count.
#[derive(Clone, Copy)]
pub enum Scale {
    /// In powers of ten: what grows in proportion is a line of slope one.
    Logarithmic,
    /// From zero on, in equal steps.
    Linear,
}

/// A plot.
pub struct Plot<'a> {
    pub scale: Scale,
    /// What stands on the axes, with the unit.
    pub x: &'a str,
    pub y: &'a str,
    pub lines: &'a [Line],
}

impl Plot<'_> {
    /// Draws the plot into a file.
    ///
    /// # Errors
    /// If there is nothing to draw or the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        self.draw(path)
            .map_err(|error| anyhow!("{} could not be drawn: {error}", path.display()))
    }

    fn draw(&self, path: &Path) -> Result<(), Failure> {
        let (x, y) = (self.range(|p| p.0)?, self.range(|p| p.1)?);
        let area = SVGBackend::new(path, SIZE).into_drawing_area();
        let mut builder = ChartBuilder::on(&area);
        builder
            .margin(12)
            .margin_right(24)
            .x_label_area_size(44)
            .y_label_area_size(76);
        match self.scale {
            Scale::Logarithmic => {
                self.fill(builder.build_cartesian_2d(x.log_scale(), y.log_scale())?)?;
            }
            Scale::Linear => self.fill(builder.build_cartesian_2d(x, y)?)?,
        }
        area.present()?;
        Ok(())
    }

    /// From where to where an axis goes.
    fn range(&self, pick: fn(&(f64, f64)) -> f64) -> Result<std::ops::Range<f64>, Failure> {
        let points = || self.lines.iter().flat_map(|line| &line.points).map(pick);
        let low = points().fold(f64::MAX, f64::min);
        let high = points().fold(f64::MIN_POSITIVE, f64::max);
        if low <= 0.0 || !high.is_finite() || low > high {
            return Err("only what is larger than zero can be shown".into());
        }
        Ok(match self.scale {
            Scale::Logarithmic => low / 1.3..high * 1.3,
            Scale::Linear => 0.0..high * 1.1,
        })
    }

    fn fill<X, Y>(&self, mut chart: Chart<'_, X, Y>) -> Result<(), Failure>
    where
        X: Ranged<ValueType = f64> + ValueFormatter<f64>,
        Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        let letters = ("sans-serif", LETTERS).into_font().color(&INK);
        chart
            .configure_mesh()
            .x_desc(self.x)
            .y_desc(self.y)
            .axis_style(INK)
            .bold_line_style(INK.mix(0.25))
            .light_line_style(TRANSPARENT)
            .label_style(letters.clone())
            .axis_desc_style(letters.clone())
            .x_label_formatter(&|x| short(*x))
            .y_label_formatter(&|y| short(*y))
            .draw()?;
        for (line, colour) in self.lines.iter().zip(COLOURS.iter().cycle()) {
            let points = line.points.iter().copied();
            chart
                .draw_series(LineSeries::new(points.clone(), colour.stroke_width(2)))?
                .label(&line.name)
                .legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
            chart.draw_series(points.map(|at| Circle::new(at, 3, colour.filled())))?;
        }
        if self.lines.len() > 1 {
            chart
                .configure_series_labels()
                .position(match self.scale {
                    Scale::Logarithmic => SeriesLabelPosition::UpperLeft,
                    Scale::Linear => SeriesLabelPosition::LowerLeft,
                })
                .label_font(letters)
                .draw()?;
        }
        Ok(())
    }
}

/// A number in few letters: `0.25`, `40`, `1.6k`, `22M`.
fn short(number: f64) -> String {
    let (value, unit) = match number {
        n if n >= 1e9 => (n / 1e9, "G"),
        n if n >= 1e6 => (n / 1e6, "M"),
        n if n >= 1e3 => (n / 1e3, "k"),
        n => (n, ""),
    };
    let digits = match value {
        n if n >= 10.0 => 0,
        n if n >= 1.0 => 1,
        n if n >= 0.1 => 2,
        _ => 4,
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
        let shown = [0.0, 0.001, 0.25, 1.0, 40.0, 1600.0, 22e6, 3e9].map(short);
        assert_eq!(
            shown,
            ["0", "0.001", "0.25", "1", "40", "1.6k", "22M", "3G"]
        );
    }

    #[test]
    fn a_plot_shows_its_lines_and_no_zero() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plot.svg");
        let mut lines = [Line {
            name: "online".into(),
            points: vec![(1.0, 2.0), (64.0, 128.0)],
        }];
        let draw = |lines: &[Line]| {
            let (x, y) = ("channels", "milliseconds");
            let scale = Scale::Logarithmic;
            Plot { scale, x, y, lines }.write(&path)
        };
        draw(&lines).unwrap();
        let svg = std::fs::read_to_string(&path).unwrap();
        assert!(svg.contains("<svg") && svg.contains("channels") && svg.contains("milliseconds"));
        lines[0].points[0].1 = 0.0;
        assert!(draw(&lines).is_err());
    }
}
