//! The size of a network against time and bytes.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Scale, Section};
use crate::plot::{Axis, Line, Plot};
use crate::study::networks::{CHANNELS, growing};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::run::Run;
use crate::study::values::{bytes, count, number, time};

const NAME: &str = "size";

pub const SECTION: Section = Section {
    name: NAME,
    title: "Size of the network against time",
    question: "How do time and bytes grow with the network?",
    runs,
    reads: &[NAME],
    page,
};

fn runs(scale: Scale) -> Vec<Run> {
    let images = scale.pick(64, 4);
    let run = |channels: &u32| {
        let command = format!(
            "bench --model {} --images {images} --batch 4",
            growing(*channels)
        );
        let about = f64::from(*channels) * scale.pick(0.5, 0.05);
        Run::blindsight(&command)
            .of(json!({ "channels": channels }))
            .about(about)
    };
    let channels = scale.pick(&CHANNELS[..], &CHANNELS[..3]);
    channels.iter().map(run).collect()
}

fn page(material: &Material) -> Result<Page> {
    let lines = material.lines(NAME)?;
    let mut page = Page::default();
    let points = |path: &str| {
        let points = lines
            .iter()
            .map(|line| Ok((number(line, "channels")?, number(line, path)?)));
        points.collect::<Result<Vec<_>>>()
    };
    let mut table = Table::new([
        "channels",
        "comparisons",
        "in the clear",
        "online",
        "before",
        "sent online",
        "sent before",
    ]);
    for line in &lines {
        let channels = number(line, "channels")?;
        let ms = |path: &str| Ok::<_, anyhow::Error>(time(number(line, path)?));
        table.row([
            count(channels),
            count(channels * 784.0),
            ms("clear.median_ms")?,
            ms("online.all.median_ms")?,
            ms("offline.all.median_ms")?,
            bytes(number(line, "online_bytes")?),
            bytes(number(line, "data_owner_offline_bytes")?),
        ]);
    }
    page.text(
        "Networks of one convolution of 3 x 3 over 28 x 28 pixels, a ReLU behind every element, and \
         the means of all channels: each does so many times the work of the first.",
    );
    page.plot(
        "time",
        "milliseconds for a picture against channels",
        Plot::Lines {
            x: Axis::log("channels"),
            y: Axis::log("ms for a picture"),
            lines: vec![
                Line::new("online", points("online.all.median_ms")?),
                Line::new("before, dealing included", points("offline.all.median_ms")?),
                Line::new("in the clear", points("clear.median_ms")?),
            ],
        },
    );
    page.plot(
        "bytes",
        "bytes for a picture against channels",
        Plot::Lines {
            x: Axis::log("channels"),
            y: Axis::log("bytes for a picture"),
            lines: vec![
                Line::new("online", points("online_bytes")?),
                Line::new(
                    "before, to the data owner",
                    points("data_owner_offline_bytes")?,
                ),
            ],
        },
    );
    page.table(table);
    let grown = |path: &str| -> Result<f64> {
        let points = points(path)?;
        let (first, last) = (points.first(), points.last());
        let (first, last) = (first.context("none")?, last.context("none")?);
        // The exponent of the power that fits both ends.
        Ok((last.1 / first.1).log2() / (last.0 / first.0).log2())
    };
    let most = |lines: &[Value]| {
        lines
            .iter()
            .filter_map(|line| line["channels"].as_f64())
            .fold(0.0, f64::max)
    };
    page.answer = format!(
        "In proportion: up to {} channels the time online grows with the power {:.2} of the channels, \
         that before with {:.2}, the bytes beforehand with {:.2}.",
        count(most(&lines)),
        grown("online.all.median_ms")?,
        grown("offline.all.median_ms")?,
        grown("data_owner_offline_bytes")?,
    );
    Ok(page)
}
