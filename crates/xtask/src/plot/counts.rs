//! Tables of counts.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::rows::Rows;
use super::{Area, COLOURS, Drawn, INK, LETTERS};

pub fn draw_counts(
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
