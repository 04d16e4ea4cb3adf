//! Rows of bars.

use plotters::chart::ChartContext;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::ranged1d::ValueFormatter;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::rows::Rows;
use super::{Area, Axis, COLOURS, Drawn, INK, LETTERS, Line, Scale, short};

pub fn draw_bars(area: &Area<'_>, x: Axis, rows: &[String], lines: &[Line]) -> Drawn {
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
    let names = rows.iter().map(|row| row.chars().count()).max();
    let names = 20 + LETTERS * names.unwrap_or_default() as u32 / 2;
    let mut builder = ChartBuilder::on(area);
    builder
        .margin(12)
        .margin_right(64)
        .x_label_area_size(44)
        .y_label_area_size(names.clamp(100, 260));
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

fn rows_on<X>(
    mut chart: ChartContext<'_, SVGBackend<'_>, Cartesian2d<X, Rows>>,
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
        chart.draw_series(bars)?;
        chart.draw_series(line.points.iter().map(|(row, length)| {
            let middle = row - 0.4 + thick * (place as f64 + 0.5);
            EmptyElement::at((*length, middle)) + Text::new(short(*length), (5, 0), behind.clone())
        }))?;
    }
    Ok(())
}
