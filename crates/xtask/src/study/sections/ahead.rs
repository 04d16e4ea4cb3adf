//! Dealing ahead against dealing on demand.

use anyhow::Result;

use super::{Section, distance, named, nothing};
use crate::plot::{Axis, Line, Plot};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::values::{count, figures, is, number, time};

pub const SECTION: Section = Section {
    name: "ahead",
    title: "Dealing ahead against dealing on demand",
    question: "What does a person save who waits for a picture, when everything was dealt before?",
    runs: nothing,
    reads: &[distance::WIDTH],
    page,
};

fn page(material: &Material) -> Result<Page> {
    let lines = material.lines(distance::WIDTH)?;
    let models = named(&lines)?;
    let mut page = Page::default();
    let mut table = Table::new([
        "network",
        "Mbit/s",
        "dealt ahead",
        "dealt on demand",
        "times as long",
    ]);
    let mut drawn = Vec::new();
    let (mut least, mut most) = (f64::MAX, 0.0_f64);
    for model in &models {
        let (mut ahead, mut demand) = (Vec::new(), Vec::new());
        for line in lines
            .iter()
            .filter(|line| is(line, "model", model.as_str()) && is(line, "batch", 1))
        {
            let mbit = number(line, "line.mbit")?;
            let online = number(line, "online.median_ms")?;
            let each = 1e3 / number(line, "images_per_second")?;
            (least, most) = (least.min(each / online), most.max(each / online));
            ahead.push((mbit, online));
            demand.push((mbit, each));
            table.row([
                format!("`{model}`"),
                count(mbit),
                time(online),
                time(each),
                figures(each / online),
            ]);
        }
        drawn.push(Line::new(format!("{model}, ahead"), ahead));
        drawn.push(Line::new(format!("{model}, on demand"), demand));
    }
    page.text(
        "One picture at a time with 20 ms there and back. *Ahead* is what a person waits for whose \
         bundle is ready: from the picture to its class. *On demand* is the time for a picture when \
         one follows the other and no bundle can be ready before: dealing, sending and taking it up \
         are then part of every picture.",
    );
    page.plot(
        "wait",
        "milliseconds for a picture, dealt ahead and on demand, against the width of the line",
        Plot::Lines {
            x: Axis::log("Mbit/s of each party"),
            y: Axis::log("ms for a picture"),
            lines: drawn,
        },
    );
    page.table(table);
    page.answer = format!(
        "On demand a picture takes {} to {} times as long as when its bundle was dealt ahead, the \
         most on narrow lines.",
        figures(least),
        figures(most)
    );
    Ok(page)
}
