//! Sign against ReLU at the same width.

use anyhow::Result;
use blindsight_model::network::Activation;
use serde_json::{Value, json};

use super::{Scale, Section, accuracy, find};
use crate::plot::{Axis, Line, Plot};
use crate::study::networks::{WIDTHS, wide};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::run::Run;
use crate::study::values::{bytes, count, is, number, percent, time};

const NAME: &str = "signs";

pub const SECTION: Section = Section {
    name: NAME,
    title: "Sign against ReLU",
    question: "What does a network with signs save against one with ReLU of the same width?",
    runs,
    reads: &[NAME, accuracy::NAME],
    page,
};

const FUNCTIONS: [(&str, Activation); 2] = [("ReLU", Activation::Relu), ("sign", Activation::Sign)];

fn runs(scale: Scale) -> Vec<Run> {
    let widths = scale.pick(&WIDTHS[..], &WIDTHS[1..2]);
    let images = scale.pick(96, 8);
    let mut runs = Vec::new();
    for width in widths {
        for (name, function) in FUNCTIONS {
            let file = wide(function, *width);
            let command = format!("bench --model {file} --images {images} --batch 8");
            let of = json!({ "function": name, "width": width });
            runs.push(Run::blindsight(&command).of(of).about(scale.pick(2.0, 0.5)));
        }
    }
    runs
}

fn page(material: &Material) -> Result<Page> {
    let lines = material.lines(NAME)?;
    let mut page = Page::default();
    let mut table = Table::new([
        "width",
        "function",
        "online",
        "before",
        "in the clear",
        "sent online",
        "sent before",
        "pictures a second",
    ]);
    let mut drawn = Vec::new();
    for (name, _) in FUNCTIONS {
        let of: Vec<&Value> = lines
            .iter()
            .filter(|line| is(line, "function", name))
            .collect();
        let points = |path: &str| {
            of.iter()
                .map(|line| Ok((number(line, "width")?, number(line, path)?)))
                .collect::<Result<Vec<_>>>()
        };
        drawn.push(Line::new(
            format!("{name}, online"),
            points("online.all.median_ms")?,
        ));
        drawn.push(Line::new(
            format!("{name}, before"),
            points("offline.all.median_ms")?,
        ));
    }
    for line in &lines {
        let ms = |path: &str| Ok::<_, anyhow::Error>(time(number(line, path)?));
        table.row([
            count(number(line, "width")?),
            line["function"].as_str().unwrap_or_default().to_owned(),
            ms("online.all.median_ms")?,
            ms("offline.all.median_ms")?,
            ms("clear.median_ms")?,
            bytes(number(line, "online_bytes")?),
            bytes(number(line, "data_owner_offline_bytes")?),
            count(number(line, "images_per_second")?),
        ]);
    }
    page.text(
        "Networks 784-W-W-10, with weights of +1 and -1 where signs are between and small numbers \
         where ReLU is. Nobody trained them: that changes no time and no byte.",
    );
    page.plot(
        "time",
        "milliseconds for a picture against width, with signs and with ReLU",
        Plot::Lines {
            x: Axis::log("width of the hidden layers"),
            y: Axis::log("ms for a picture"),
            lines: drawn,
        },
    );
    page.table(table);
    if let Ok(trained) = material.lines(accuracy::NAME) {
        let mut table = Table::new(["trained network", "hidden layers", "right in secret"]);
        for (model, layers) in [
            ("mnist-mlp", "2 x 128, ReLU"),
            ("mnist-bmlp-small", "3 x 512, sign"),
            ("mnist-bmlp", "3 x 4,096, sign"),
            ("mnist-cnn", "convolutions, ReLU"),
        ] {
            let of = |line: &&Value| is(line, "model", model) && is(line, "engine", "two parties");
            if let Some(line) = trained.iter().find(of) {
                table.row([
                    format!("`{model}`"),
                    layers.to_owned(),
                    percent(number(line, "secure_accuracy")?),
                ]);
            }
        }
        page.text("How exact they get when they are trained:");
        page.table(table);
    }
    let at = |function: &str| {
        find(&lines, |line| {
            is(line, "width", 128) && is(line, "function", function)
        })
    };
    let (relu, sign) = (at("ReLU")?, at("sign")?);
    let ratio = |path: &str| Ok::<_, anyhow::Error>(number(relu, path)? / number(sign, path)?);
    page.answer = format!(
        "At a width of 128 signs take {} beforehand instead of {}, {:.1} times less, and {} \
         online instead of {}.",
        bytes(number(sign, "data_owner_offline_bytes")?),
        bytes(number(relu, "data_owner_offline_bytes")?),
        ratio("data_owner_offline_bytes")?,
        time(number(sign, "online.all.median_ms")?),
        time(number(relu, "online.all.median_ms")?),
    );
    page.fact(
        "bytes-times",
        format!("{:.1}", ratio("data_owner_offline_bytes")?),
    );
    Ok(page)
}
