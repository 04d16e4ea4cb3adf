//! Lines with points.

use plotters::chart::ChartContext;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::ranged1d::ValueFormatter;
use plotters::prelude::*;

use super::{Area, Axis, COLOURS, Drawn, INK, LETTERS, Line, Scale, short};

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

pub fn draw_lines(area: &Area<'_>, x: Axis, y: Axis, lines: &[Line]) -> Drawn {
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

fn draw_on<X, Y>(
    mut chart: ChartContext<'_, SVGBackend<'_>, Cartesian2d<X, Y>>,
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
        chart.draw_series(LineSeries::new(points.clone(), colour.stroke_width(2)))?;
        chart.draw_series(points.map(|at| Circle::new(at, 3, colour.filled())))?;
    }
    Ok(())
}
