//! The line between the parties: how long it is, and how wide.

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Scale, Section, named};
use crate::plot::{Axis, Line, Plot};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::run::Run;
use crate::study::values::{count, figures, is, number, time};

pub const DISTANCE: Section = Section {
    name: "distance",
    title: "Round-trip time",
    question: "How long does a picture take when the parties are far from each other?",
    runs: distances,
    reads: &["distance"],
    page: distance,
};

pub const BANDWIDTH: Section = Section {
    name: WIDTH,
    title: "Bandwidth",
    question: "How many pictures a second get through a narrow line?",
    runs: |scale| {
        runs(
            scale,
            16,
            "--mbit 10,30,100,300,1000 --rtt 20",
            "--mbit 100 --rtt 20",
        )
    },
    reads: &[WIDTH],
    page: bandwidth,
};

pub const WIDTH: &str = "bandwidth";

const MODELS: [&str; 3] = ["mnist-mlp", "mnist-cnn-fast", "mnist-cnn"];

/// Without distance as many pictures as for the rates of [`super::batch`]; with it each takes long.
fn distances(scale: Scale) -> Vec<Run> {
    let near = runs(scale, super::batch::IMAGES, "--rtt 0", "--rtt 0");
    let far = runs(scale, 16, "--rtt 10,20,50,100,200", "--rtt 20");
    // What is of one model stands together.
    let pairs = near.into_iter().zip(far);
    pairs.flat_map(|(near, far)| [near, far]).collect()
}

/// How many are classified together.
const TOGETHER: u32 = 16;

fn runs(scale: Scale, images: u32, full: &str, quick: &str) -> Vec<Run> {
    let models = scale.pick(&MODELS[..], &MODELS[..1]);
    let (images, together) = scale.pick((images, TOGETHER), (2, 2));
    let lines = scale.pick(full, quick);
    let run = |model: &&str| {
        let command = format!("bench --model {model} --images {images} --batch {together} {lines}");
        Run::over_relay(&command).about(scale.pick(45.0, 3.0))
    };
    models.iter().map(run).collect()
}

/// The lines of one model, one picture at a time or as many together as were measured.
fn of<'a>(lines: &'a [Value], model: &'a str, together: bool) -> impl Iterator<Item = &'a Value> {
    let of = move |line: &&Value| is(line, "model", model) && is(line, "batch", 1) != together;
    lines.iter().filter(of)
}

/// A row of cells for each model, a column for each value of `by`.
fn table<'a>(
    lines: &'a [Value],
    models: &'a [String],
    (by, unit): (&str, &str),
    together: bool,
    cell: impl Fn(&Value) -> Result<String>,
) -> Result<Table> {
    let mut table = Table::new(["network"]);
    let first = models.first().context("no network")?;
    for line in of(lines, first, together) {
        table.column(format!("{} {unit}", count(number(line, by)?)));
    }
    for model in models {
        let cells = of(lines, model, together).map(&cell);
        let cells = cells.collect::<Result<Vec<_>>>()?;
        table.row([format!("`{model}`")].into_iter().chain(cells));
    }
    Ok(table)
}

fn drawn(
    lines: &[Value],
    models: &[String],
    together: bool,
    point: impl Fn(&Value) -> Result<(f64, f64)>,
) -> Result<Vec<Line>> {
    let line = |model: &String| {
        let points = of(lines, model, together).map(&point);
        Ok(Line::new(
            model.as_str(),
            points.collect::<Result<Vec<_>>>()?,
        ))
    };
    models.iter().map(line).collect()
}

fn distance(material: &Material) -> Result<Page> {
    let lines = material.lines("distance")?;
    let models = named(&lines)?;
    let mut page = Page::default();
    let rtt = ("line.rtt_ms", "ms");
    let online = |line: &Value| number(line, "online.median_ms");
    page.text(
        "From the picture to its class, as the data owner's program sees it, one picture at a time. \
         A proxy in front of the relay makes each party's line as long as a quarter of the way there \
         and back between two parties. The plan says how many round trips there are; the rest is \
         computing, encryption and the relay.",
    );
    page.plot(
        "online",
        "milliseconds from the picture to its class against the round-trip time",
        Plot::Lines {
            x: Axis::linear("ms there and back"),
            y: Axis::linear("ms from the picture to its class"),
            lines: drawn(&lines, &models, false, |line| {
                Ok((number(line, "line.rtt_ms")?, online(line)?))
            })?,
        },
    );
    page.table(table(&lines, &models, rtt, false, |line| {
        Ok(time(online(line)?))
    })?);
    let first = models.first().context("no network")?;
    let mut counts = of(&lines, first, false).map(|line| number(line, "images"));
    let near = counts.next().context("no line")??;
    let far = counts.last().context("no distance")??;
    page.text(match near > far {
        true => format!(
            "Pictures a second, one by one, dealing included, of {} pictures without distance and of {} \
             with it: rates of few pictures are less steady.",
            count(near),
            count(far)
        ),
        false => format!(
            "Pictures a second, one by one, dealing included, of {} pictures: rates of so few are less \
             steady than those [against the batch](batch.md).",
            count(far)
        ),
    });
    let rate = |line: &Value| Ok(figures(number(line, "images_per_second")?));
    page.table(table(&lines, &models, rtt, false, rate)?);
    page.text("The same with 16 together:");
    page.table(table(&lines, &models, rtt, true, rate)?);
    let (mut trips, mut over) = (Vec::new(), 0.0_f64);
    for model in &models {
        for line in of(&lines, model, false) {
            let rtt = number(line, "line.rtt_ms")?;
            page.fact(format!("{model}.{rtt}"), time(online(line)?));
            if rtt >= 100.0 {
                over = over.max(online(line)? / number(line, "round_trips_ms")? - 1.0);
            }
        }
        let line = of(&lines, model, false).next().context("no line")?;
        trips.push(format!(
            "{} for `{model}`",
            count(number(line, "round_trips")?)
        ));
    }
    page.answer = format!(
        "As long as its round trips ({}): from 100 ms there and back on, all the rest adds no more \
         than {:.0} %.",
        trips.join(", "),
        100.0 * over
    );
    page.fact("over", format!("{:.0} %", 100.0 * over));
    Ok(page)
}

fn bandwidth(material: &Material) -> Result<Page> {
    let lines = material.lines(WIDTH)?;
    let models = named(&lines)?;
    let mut page = Page::default();
    let mbit = ("line.mbit", "Mbit/s");
    let rate = |line: &Value| number(line, "images_per_second");
    page.text(
        "Pictures a second, dealing included, with 20 ms there and back and each party's line so \
         wide each way; 16 pictures together. What keeps a narrow line busy are the \
         bytes that are dealt beforehand.",
    );
    page.plot(
        "rate",
        "pictures a second against the width of the line",
        Plot::Lines {
            x: Axis::log("Mbit/s of each party"),
            y: Axis::log("pictures a second"),
            lines: drawn(&lines, &models, true, |line| {
                Ok((number(line, "line.mbit")?, rate(line)?))
            })?,
        },
    );
    page.table(table(&lines, &models, mbit, true, |line| {
        Ok(figures(rate(line)?))
    })?);
    page.text("One by one:");
    page.table(table(&lines, &models, mbit, false, |line| {
        Ok(figures(rate(line)?))
    })?);
    page.text(
        "From the picture to its class, while the bundles of later pictures are dealt over the same \
         line:",
    );
    let online = |line: &Value| Ok(time(number(line, "online.median_ms")?));
    page.table(table(&lines, &models, mbit, false, online)?);
    let narrowest = of(&lines, &models[0], true).next().context("no line")?;
    let (mut least, mut most) = (f64::MAX, 0.0_f64);
    for model in &models {
        let times = of(&lines, model, false).map(|line| number(line, "online.median_ms"));
        let times = times.collect::<Result<Vec<f64>>>()?;
        let longest = times.iter().copied().fold(0.0, f64::max);
        let longer = longest / times.iter().copied().fold(f64::MAX, f64::min);
        (least, most) = (least.min(longer), most.max(longer));
    }
    page.answer = format!(
        "At {} Mbit/s `{}` does {} pictures a second: the bytes beforehand decide. A picture that \
         comes while they are on their way waits {} to {} times as long for its class there as on the \
         widest line, by network.",
        count(number(narrowest, "line.mbit")?),
        models[0],
        figures(rate(narrowest)?),
        figures(least),
        figures(most),
    );
    Ok(page)
}
