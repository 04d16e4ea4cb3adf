//! Pictures a second against how many are classified together.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Scale, Section, find, named};
use crate::plot::{Axis, Line, Plot};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::run::Run;
use crate::study::values::{figures, is, number, text};

pub const NAME: &str = "batch";

pub const SECTION: Section = Section {
    name: NAME,
    title: "Pictures a second against the batch",
    question: "How many pictures a second are classified when several are classified together?",
    runs,
    reads: &[NAME],
    page,
};

/// In one process, over a relay without distance, and with a distance.
const PLACES: [(&str, &str); 3] = [
    ("process", "one process"),
    ("programs", "three programs"),
    ("far", "three programs, 40 ms there and back"),
];

/// How many pictures are classified where there is no distance.
pub const IMAGES: u32 = 256;
/// The same with a distance, where each takes long.
const FAR_IMAGES: u32 = 64;

fn runs(scale: Scale) -> Vec<Run> {
    let (images, batches) = scale.pick((IMAGES, "2,4,8,16,32"), (8, "4"));
    let models: &[&str] = scale.pick(&["mnist-mlp", "mnist-cnn-fast"], &["mnist-mlp"]);
    let mut runs = Vec::new();
    for model in models {
        let command = format!("bench --model {model} --images {images} --batch {batches}");
        let in_process = Run::blindsight(&command).of(json!({ "place": PLACES[0].0 }));
        runs.push(in_process.about(scale.pick(10.0, 0.5)));
        let relayed = Run::over_relay(&command).of(json!({ "place": PLACES[1].0 }));
        runs.push(relayed.about(scale.pick(20.0, 2.0)));
        if scale == Scale::Full {
            let far =
                format!("bench --model {model} --images {FAR_IMAGES} --batch {batches} --rtt 40");
            runs.push(
                Run::over_relay(&far)
                    .of(json!({ "place": PLACES[2].0 }))
                    .about(60.0),
            );
        }
    }
    runs
}

/// The points of a model at a place: how many together, and pictures a second.
fn points(lines: &[Value], model: &str, place: &str) -> Result<Vec<(f64, f64)>> {
    let mut points = Vec::new();
    let here = |line: &&Value| is(line, "model", model) && is(line, "place", place);
    for line in lines.iter().filter(here) {
        // In one process all batches stand in one line.
        match line["batches"].as_array() {
            Some(batches) => {
                points.push((1.0, number(line, "images_per_second")?));
                for batch in batches {
                    points.push((number(batch, "batch")?, number(batch, "images_per_second")?));
                }
            }
            None => points.push((number(line, "batch")?, number(line, "images_per_second")?)),
        }
    }
    Ok(points)
}

fn page(material: &Material) -> Result<Page> {
    let lines = material.lines(NAME)?;
    let models = named(&lines)?;
    let mut page = Page::default();
    let mut drawn = Vec::new();
    let mut table = Table::new(["network", "where"]);
    let first = points(&lines, &models[0], PLACES[0].0)?;
    for (batch, _) in &first {
        table.column(format!("{batch} together"));
    }
    for model in &models {
        for (key, place) in PLACES {
            let points = points(&lines, model, key)?;
            if points.is_empty() {
                continue;
            }
            let rates = points.iter().map(|(_, rate)| figures(*rate));
            table.row(
                [format!("`{model}`"), place.to_owned()]
                    .into_iter()
                    .chain(rates),
            );
            for (batch, rate) in &points {
                page.fact(format!("{model}.{key}.{batch}"), figures(*rate));
            }
            if *model == models[0] {
                drawn.push(Line::new(place, points));
            }
        }
    }
    page.text(format!(
        "Pictures a second, dealing included, of {IMAGES} pictures, or of {FAR_IMAGES} with a distance. The plot shows `{}`. In one process nobody waits for \
         a line, so that nothing is gained.",
        models[0]
    ));
    page.plot(
        "rate",
        "pictures a second against how many are classified together",
        Plot::Lines {
            x: Axis::log("pictures classified together"),
            y: Axis::log("pictures a second"),
            lines: drawn,
        },
    );
    page.table(table);
    let over = points(&lines, &models[0], PLACES[1].0)?;
    let far = points(&lines, &models[0], PLACES[2].0)?;
    let gain = |points: &[(f64, f64)]| Some(points.last()?.1 / points.first()?.1);
    let rate = |points: &[(f64, f64)]| points.last().map(|(_, rate)| figures(*rate));
    // That it is measured.
    find(&lines, |line| is(line, "place", PLACES[1].0))?;
    page.answer = format!(
        "Over a relay `{}` does {} pictures a second with {:.0} together, {:.1} times as many as one \
         by one{}.",
        text(&lines[0], "model")?,
        rate(&over).unwrap_or_default(),
        over.last().map_or(0.0, |point| point.0),
        gain(&over).unwrap_or(1.0),
        match (rate(&far), gain(&far)) {
            (Some(rate), Some(gain)) =>
                format!("; with 40 ms there and back {rate}, {gain:.0} times as many"),
            _ => String::new(),
        }
    );
    Ok(page)
}
