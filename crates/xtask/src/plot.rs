//! Plots as SVG that can be read on light and on dark ground.

use anyhow::{Result, anyhow};
use plotters::chart::ChartContext;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, ValueFormatter};
use plotters::coord::{Shift, cartesian::Cartesian2d};
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
        let area = SVGBackend::with_string(&mut text, self.size()).into_drawing_area();
        let drawn = match self {
            Self::Lines { x, y, lines } => draw_lines(&area, *x, *y, lines),
            Self::Bars { x, rows, lines } => draw_bars(&area, *x, rows, lines),
            Self::Counts { x, y, labels, rows } => draw_counts(&area, (x, y), labels, rows),
        };
        drawn
            .and_then(|()| Ok(area.present()?))
            .map_err(|error| anyhow!("a plot could not be drawn: {error}"))?;
        drop(area);
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Ok(text)
    }

    fn size(&self) -> (u32, u32) {
        match self {
            Self::Lines { .. } => SIZE,
            Self::Bars { rows, lines, .. } => {
                let bars = rows.len() * (lines.len() + 1);
                (SIZE.0, 90 + ROW * bars as u32)
            }
            Self::Counts { rows, .. } => (SIZE.0, 110 + 38 * rows.len() as u32),
        }
    }
}

type Drawn = Result<(), Box<dyn std::error::Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// From a little below the least to a little above the most.
fn range(values: impl Iterator<Item = f64>, scale: Scale) -> Result<std::ops::Range<f64>, String> {
    let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    match scale {
        _ if low > high => Err("there is nothing to draw".into()),
        Scale::Log if low <= 0.0 => Err("only what is larger than zero has a logarithm".into()),
        Scale::Log => Ok(low / 1.3..high * 1.3),
        Scale::Linear => {
            let more = ((high - low) * 0.06).max(1e-3 * high.abs()).max(1e-9);
            // A scale that could begin at nothing does.
            let first = if low >= 0.0 && low < 0.5 * high {
                0.0
            } else {
                low - more
            };
            Ok(first..high + more)
        }
    }
}

fn draw_lines(area: &Area<'_>, x: Axis, y: Axis, lines: &[Line]) -> Drawn {
    let points = || lines.iter().flat_map(|line| &line.points);
    let xs = range(points().map(|point| point.0), x.scale)?;
    let ys = range(points().map(|point| point.1), y.scale)?;
    let mut builder = ChartBuilder::on(area);
    builder
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(76);
    match (x.scale, y.scale) {
        (Scale::Log, Scale::Log) => {
            let chart = builder.build_cartesian_2d(xs.log_scale(), ys.log_scale())?;
            draw_on(chart, x, y, lines)
        }
        (Scale::Log, Scale::Linear) => {
            draw_on(builder.build_cartesian_2d(xs.log_scale(), ys)?, x, y, lines)
        }
        (Scale::Linear, Scale::Log) => {
            draw_on(builder.build_cartesian_2d(xs, ys.log_scale())?, x, y, lines)
        }
        (Scale::Linear, Scale::Linear) => draw_on(builder.build_cartesian_2d(xs, ys)?, x, y, lines),
    }
}

fn draw_on<'a, 'b: 'a, X, Y>(
    mut chart: ChartContext<'a, SVGBackend<'b>, Cartesian2d<X, Y>>,
    x: Axis,
    y: Axis,
    lines: &[Line],
) -> Drawn
where
    X: Ranged<ValueType = f64> + ValueFormatter<f64>,
    Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    let letters = ("sans-serif", LETTERS).into_font().color(&INK);
    chart
        .configure_mesh()
        .x_desc(x.text)
        .y_desc(y.text)
        .axis_style(INK)
        .bold_line_style(INK.mix(0.25))
        .light_line_style(TRANSPARENT)
        .label_style(letters.clone())
        .axis_desc_style(letters.clone())
        .x_label_formatter(&|x| short(*x))
        .y_label_formatter(&|y| short(*y))
        .draw()?;
    for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        let points = line.points.iter().copied();
        chart
            .draw_series(LineSeries::new(points.clone(), colour.stroke_width(2)))?
            .label(&line.name)
            .legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
        chart.draw_series(points.map(|at| Circle::new(at, 3, colour.filled())))?;
    }
    if lines.len() > 1 {
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .label_font(letters)
            .draw()?;
    }
    Ok(())
}

fn draw_bars(area: &Area<'_>, x: Axis, rows: &[String], lines: &[Line]) -> Drawn {
    let lengths = || lines.iter().flat_map(|line| &line.points).map(|p| p.1);
    let (least, most) = lengths().fold((f64::MAX, 0.0_f64), |(least, most), length| {
        (least.min(length), most.max(length))
    });
    if lengths().next().is_none() {
        return Err("there is nothing to draw".into());
    }
    // Bars of no length are bars, too.
    let most = if most > 0.0 { most } else { 1.0 };
    let ys = Rows {
        count: rows.len(),
        from_top: true,
    };
    let mut builder = ChartBuilder::on(area);
    builder
        .margin(12)
        .margin_right(64)
        .x_label_area_size(44)
        .y_label_area_size(150);
    match x.scale {
        Scale::Log => {
            if least <= 0.0 {
                return Err("only what is larger than zero has a logarithm".into());
            }
            let xs = (least / 2.0..most * 1.3).log_scale();
            rows_on(
                builder.build_cartesian_2d(xs, ys)?,
                x,
                rows,
                lines,
                least / 2.0,
            )
        }
        Scale::Linear => {
            let xs = 0.0..most * 1.05;
            rows_on(builder.build_cartesian_2d(xs, ys)?, x, rows, lines, 0.0)
        }
    }
}

fn rows_on<'a, 'b: 'a, X>(
    mut chart: ChartContext<'a, SVGBackend<'b>, Cartesian2d<X, Rows>>,
    x: Axis,
    rows: &[String],
    lines: &[Line],
    left: f64,
) -> Drawn
where
    X: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    let letters = ("sans-serif", LETTERS).into_font().color(&INK);
    let name = |row: &f64| {
        let whole = row.fract() == 0.0 && *row >= 0.0;
        let name = whole.then(|| rows.get(*row as usize)).flatten();
        name.cloned().unwrap_or_default()
    };
    chart
        .configure_mesh()
        .x_desc(x.text)
        .axis_style(INK)
        .disable_y_mesh()
        .bold_line_style(INK.mix(0.25))
        .light_line_style(TRANSPARENT)
        .label_style(letters.clone())
        .axis_desc_style(letters.clone())
        .x_label_formatter(&|x| short(*x))
        .y_label_formatter(&name)
        .draw()?;
    let thick = 0.8 / lines.len() as f64;
    let behind = letters.clone().pos(Pos::new(HPos::Left, VPos::Center));
    for (place, (line, colour)) in lines.iter().zip(COLOURS.iter().cycle()).enumerate() {
        let bars = line.points.iter().map(|(row, length)| {
            let top = row - 0.4 + thick * place as f64;
            let corners = [(left, top + 0.02), (*length, top + thick - 0.02)];
            Rectangle::new(corners, colour.filled())
        });
        chart
            .draw_series(bars)?
            .label(&line.name)
            .legend(|(x, y)| Rectangle::new([(x, y - 5), (x + 18, y + 5)], colour.filled()));
        chart.draw_series(line.points.iter().map(|(row, length)| {
            let middle = row - 0.4 + thick * (place as f64 + 0.5);
            EmptyElement::at((*length, middle)) + Text::new(short(*length), (5, 0), behind.clone())
        }))?;
    }
    if lines.len() > 1 {
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::LowerRight)
            .label_font(letters)
            .draw()?;
    }
    Ok(())
}

fn draw_counts(
    area: &Area<'_>,
    (x, y): (&str, &str),
    labels: &[String],
    rows: &[Vec<f64>],
) -> Drawn {
    if labels.is_empty() || rows.is_empty() {
        return Err("there is nothing to draw".into());
    }
    let letters = ("sans-serif", LETTERS).into_font().color(&INK);
    let name = |class: &f64| labels.get(*class as usize).cloned().unwrap_or_default();
    let mut chart = ChartBuilder::on(area)
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(110)
        .build_cartesian_2d(
            Rows {
                count: labels.len(),
                from_top: false,
            },
            Rows {
                count: labels.len(),
                from_top: true,
            },
        )?;
    chart
        .configure_mesh()
        .disable_mesh()
        .x_desc(x)
        .y_desc(y)
        .axis_style(INK)
        .label_style(letters.clone())
        .axis_desc_style(letters.clone())
        .x_label_formatter(&name)
        .y_label_formatter(&name)
        .draw()?;
    let centred = letters.pos(Pos::new(HPos::Center, VPos::Center));
    for (row, counts) in rows.iter().enumerate() {
        let all: f64 = counts.iter().sum::<f64>().max(1.0);
        for (column, count) in counts.iter().enumerate() {
            let (across, down) = (column as f64, row as f64);
            let (right, share) = (row == column, count / all);
            // What is wrong is rare, and what is to be seen.
            let colour = if right { COLOURS[0] } else { COLOURS[1] };
            let strength = if right {
                0.5 * share
            } else {
                (4.0 * share).min(0.9)
            };
            let corners = [(across - 0.48, down - 0.48), (across + 0.48, down + 0.48)];
            let field = Rectangle::new(corners, colour.mix(strength).filled());
            chart.draw_series([field])?;
            if *count > 0.0 {
                let text = Text::new(format!("{count}"), (0, 0), centred.clone());
                chart.draw_series([EmptyElement::at((across, down)) + text])?;
            }
        }
    }
    Ok(())
}

/// Things with names side by side, at whole numbers.
struct Rows {
    count: usize,
    /// The first is on top, and not on the left or at the bottom.
    from_top: bool,
}

impl Ranged for Rows {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let share = (value + 0.5) / self.count.max(1) as f64;
        let share = if self.from_top { 1.0 - share } else { share };
        from + (share * f64::from(to - from)).round() as i32
    }

    fn key_points<H: KeyPointHint>(&self, _: H) -> Vec<f64> {
        (0..self.count).map(|row| row as f64).collect()
    }

    fn range(&self) -> std::ops::Range<f64> {
        -0.5..self.count as f64 - 0.5
    }
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
