//! Fixed-point precision against accuracy.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Scale, Section, accuracy, find, named};
use crate::plot::{Axis, Line, Plot};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::run::Run;
use crate::study::values::{bytes, count, is, number, percent};

pub const NAME: &str = "precision";

pub const SECTION: Section = Section {
    name: NAME,
    title: "Fractional bits against accuracy",
    question: "How many fractional bits does a network need to be as exact as in floating point?",
    runs,
    reads: &[NAME],
    page,
};

pub const NETWORKS: [&str; 4] = [
    "mnist-mlp",
    "mnist-cnn-fast",
    "fashion-mlp",
    "fashion-cnn-fast",
];

fn runs(scale: Scale) -> Vec<Run> {
    let bits: &[u8] = scale.pick(&[4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14], &[4, 10]);
    let range = scale.pick("", " --range 0..500");
    let networks = scale.pick(&NETWORKS[..], &NETWORKS[..1]);
    let mut runs = Vec::new();
    for model in networks {
        for bits in bits {
            let command = format!("evaluate {model} --clear --fractional-bits {bits}{range}");
            let run = Run::blindsight(&command).of(json!({ "bits": bits }));
            runs.push(
                run.needs(accuracy::data_set(model))
                    .about(scale.pick(4.0, 0.5)),
            );
        }
    }
    runs
}

fn page(material: &Material) -> Result<Page> {
    let lines = material.lines(NAME)?;
    let models = named(&lines)?;
    let mut page = Page::default();
    let mut table = Table::new(["network", "in floating point"]);
    let mut dealt = Table::new(["network"]);
    let first: Vec<&Value> = lines
        .iter()
        .filter(|line| is(line, "model", models[0].as_str()))
        .collect();
    for line in &first {
        let name = format!("{} bits", count(number(line, "bits")?));
        table.column(name.clone());
        dealt.column(name);
    }
    let (mut right, mut sent) = (Vec::new(), Vec::new());
    let mut enough = 0.0_f64;
    for model in &models {
        let of: Vec<&Value> = lines
            .iter()
            .filter(|line| is(line, "model", model.as_str()))
            .collect();
        let get = |path: &str| {
            of.iter()
                .map(|line| number(line, path))
                .collect::<Result<Vec<f64>>>()
        };
        let (bits, integers, before) = (
            get("bits")?,
            get("integer_accuracy")?,
            get("offline_bytes")?,
        );
        let float = number(
            find(&lines, |line| is(line, "model", model.as_str()))?,
            "float_accuracy",
        )?;
        table.row(
            [format!("`{model}`"), percent(float)]
                .into_iter()
                .chain(integers.iter().map(|share| percent(*share))),
        );
        dealt.row(
            [format!("`{model}`")]
                .into_iter()
                .chain(before.iter().map(|count| bytes(*count))),
        );
        // The fewest bits from which on no more than a tenth of a point is missing.
        let near = bits.iter().zip(&integers).rev();
        let near = near
            .take_while(|(_, share)| float - **share <= 0.001)
            .last();
        enough = enough.max(near.map_or(14.0, |(bits, _)| *bits));
        let percents = integers.iter().map(|share| 100.0 * share);
        right.push(Line::new(
            model.as_str(),
            bits.iter().copied().zip(percents),
        ));
        sent.push(Line::new(
            model.as_str(),
            bits.iter().copied().zip(before.iter().map(|n| n / 1e3)),
        ));
    }
    page.text(
        "Activations keep so many fractional bits; weights have as many as their ring holds, 16 at \
         most. Whole test sets, in the integers that the protocol computes with. By itself the \
         program takes the most of 10 to 8 with which everything fits 32 bits.",
    );
    page.plot(
        "right",
        "accuracy against fractional bits",
        Plot::Lines {
            x: Axis::linear("fractional bits of activations"),
            y: Axis::linear("% of the pictures right"),
            lines: right,
        },
    );
    page.table(table);
    page.text("What each bit costs: bytes beforehand, to and from the data owner, for a picture.");
    page.plot(
        "bytes",
        "kilobytes beforehand against fractional bits",
        Plot::Lines {
            x: Axis::linear("fractional bits of activations"),
            y: Axis::log("kB beforehand for a picture"),
            lines: sent,
        },
    );
    page.table(dealt);
    page.answer = format!(
        "{enough:.0} fractional bits are as good as floating point, to a tenth of a percentage point, \
         for all of these networks; fewer than 4 were not tried."
    );
    page.fact("enough", count(enough));
    Ok(page)
}
