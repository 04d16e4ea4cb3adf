//! Rings and comparison widths against accuracy and bytes.

use anyhow::Result;
use serde_json::{Value, json};

use super::precision::NETWORKS;
use super::{Scale, Section, accuracy, find};
use crate::plot::{Axis, Line, Plot};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::run::Run;
use crate::study::values::{bytes, count, is, list, number, percent, text};

pub const NAME: &str = "width";

pub const SECTION: Section = Section {
    name: NAME,
    title: "Ring and comparison width against accuracy and bytes",
    question: "What do wider rings and wider comparisons cost, and what do they gain?",
    runs,
    reads: &[NAME],
    page,
};

/// Lines that can be told apart in one plot.
const MOST: usize = 6;

fn runs(scale: Scale) -> Vec<Run> {
    let models = scale.pick(&NETWORKS[..], &NETWORKS[..1]);
    let range = scale.pick("", " --range 0..200");
    let bits: &[u8] = scale.pick(&[4, 6, 8, 10, 12, 14], &[10]);
    let mut runs = Vec::new();
    for model in models {
        for ring in [32, 64] {
            for bits in bits {
                let options = format!("{model} --fractional-bits {bits} --ring {ring}");
                let of = json!({ "model": model, "bits": bits, "least": ring });
                runs.push(
                    Run::blindsight(&format!("inspect {options}"))
                        .of(of.clone())
                        .about(1.0),
                );
                let evaluate = Run::blindsight(&format!("evaluate {options} --clear{range}"));
                runs.push(
                    evaluate
                        .of(of)
                        .needs(accuracy::data_set(model))
                        .about(scale.pick(4.0, 0.5)),
                );
            }
        }
    }
    runs
}

fn page(material: &Material) -> Result<Page> {
    let lines = material.lines(NAME)?;
    let mut page = Page::default();
    let mut table = Table::new([
        "network",
        "fractional bits",
        "rings at least",
        "rings",
        "bits compared",
        "right",
        "online",
        "before",
    ]);
    let mut drawn: Vec<Line> = Vec::new();
    let mut ratios = Vec::new();
    for plan in lines.iter().filter(|line| line.get("plan").is_some()) {
        let model = text(plan, "model")?;
        let key = |line: &Value| (line["bits"].clone(), line["least"].clone());
        let of = |line: &Value| is(line, "model", model) && key(line) == key(plan);
        let evaluated = find(&lines, |line| line.get("plan").is_none() && of(line))?;
        let ends: Vec<&Value> = list(plan, "plan.layers")?
            .iter()
            .filter(|layer| !layer["width"].is_null())
            .collect();
        let all = |path: &str| -> Result<String> {
            let values = ends.iter().map(|layer| Ok(count(number(layer, path)?)));
            Ok(values.collect::<Result<Vec<_>>>()?.join(", "))
        };
        let (bits, least) = (number(plan, "bits")?, number(plan, "least")?);
        let before = number(plan, "plan.offlineBytes")?;
        let right = number(evaluated, "integer_accuracy")?;
        table.row([
            format!("`{model}`"),
            count(bits),
            count(least),
            all("ring")?,
            all("width")?,
            percent(right),
            bytes(number(plan, "plan.onlineBytes")?),
            bytes(before),
        ]);
        let name = format!("{model}, {least} bits");
        let point = (before / 1e3, 100.0 * right);
        if let Some(line) = drawn.iter_mut().find(|line| line.name == name) {
            line.points.push(point);
        } else if drawn.len() < MOST {
            drawn.push(Line::new(name, [point]));
        }
        if least == 64.0 && bits == 10.0 {
            let narrow = |line: &Value| {
                is(line, "model", model)
                    && is(line, "bits", 10)
                    && is(line, "least", 32)
                    && line.get("plan").is_some()
            };
            ratios.push(before / number(find(&lines, narrow)?, "plan.offlineBytes")?);
        }
    }
    page.text(
        "The rings and the bits compared are of each step in turn. A comparison sees no more bits \
         than its values can have, whatever the ring, so that wider rings pay for wider words and \
         for the more precise weights that fit them.",
    );
    page.plot(
        "bytes",
        "accuracy against kilobytes beforehand, from 4 to 14 fractional bits",
        Plot::Lines {
            x: Axis::log("kB beforehand for a picture"),
            y: Axis::linear("% of the pictures right"),
            lines: drawn,
        },
    );
    page.table(table);
    let (least, most) = ratios
        .iter()
        .fold((f64::MAX, 0.0_f64), |(least, most), ratio| {
            (least.min(*ratio), most.max(*ratio))
        });
    page.answer = if ratios.is_empty() {
        "Each bit of a comparison costs a level of its key.".to_owned()
    } else {
        format!(
            "With 10 fractional bits rings of 64 bits cost {least:.2} to {most:.2} times the bytes of \
             rings of 32 bits and no network is right more often for it by a tenth of a percentage \
             point or more: {}.",
            if gained(&lines)? {
                "but for those in the table that are"
            } else {
                "the widths are wide enough"
            }
        )
    };
    Ok(page)
}

/// Whether wider rings made a network right more often.
fn gained(lines: &[Value]) -> Result<bool> {
    let mut gained = false;
    for model in NETWORKS {
        let of = |least: u64| {
            let holds = |line: &&Value| {
                is(line, "model", model)
                    && is(line, "bits", 10)
                    && is(line, "least", least)
                    && line.get("plan").is_none()
            };
            lines
                .iter()
                .find(holds)
                .map(|line| number(line, "integer_accuracy"))
                .transpose()
        };
        if let (Some(narrow), Some(wide)) = (of(32)?, of(64)?) {
            gained |= wide - narrow >= 0.001;
        }
    }
    Ok(gained)
}
