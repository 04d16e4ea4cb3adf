//! Sign against ReLU at the same width.

use anyhow::{Context, Result};
use blindsight_model::network::Activation;
use serde_json::{Value, json};

use super::{Scale, Section, accuracy};
use crate::plot::{Axis, Line, Plot};
use crate::study::networks::{WIDTHS, wide};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::run::Run;
use crate::study::values::{bytes, count, is, number, percent, text, time};

const NAME: &str = "signs";

pub const SECTION: Section = Section {
    name: NAME,
    title: "Sign against ReLU",
    question: "What does a network with signs save against one with ReLU of the same width, and how exact \
         are they?",
    runs,
    reads: &[NAME, accuracy::NAME],
    page,
};

const FUNCTIONS: [(&str, Activation); 2] = [("ReLU", Activation::Relu), ("sign", Activation::Sign)];

/// Where networks of both kinds lie that were trained alike, and how wide they are.
const TRAINED: &str = "data/study-networks";
const TRAINED_WIDTHS: [u32; 2] = [64, 128];
/// The width that the answer is of.
const ANSWERED: u32 = 128;

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
    let (widths, range) = scale.pick(
        (&TRAINED_WIDTHS[..], ""),
        (&TRAINED_WIDTHS[1..], " --range 0..100"),
    );
    for width in widths {
        for (name, _) in FUNCTIONS {
            let file = format!("{TRAINED}/mnist-{}-{width}.onnx", name.to_lowercase());
            let of = json!({ "function": name, "width": width });
            let run = Run::blindsight(&format!("evaluate {file}{range}"));
            runs.push(run.of(of).needs("mnist").about(scale.pick(8.0, 0.5)));
        }
    }
    runs
}

/// How exact networks of both kinds and the same width get.
fn exactness(trained: &[&Value]) -> Result<Table> {
    let mut table = Table::new([
        "width",
        "function",
        "pictures",
        "right in floating point",
        "in integers",
        "in secret",
        "other class than the integers",
        "sent before",
        "round trips",
    ]);
    for line in trained {
        table.row([
            count(number(line, "width")?),
            text(line, "function")?.to_owned(),
            count(number(line, "pictures")?),
            percent(number(line, "float_accuracy")?),
            percent(number(line, "integer_accuracy")?),
            percent(number(line, "secure_accuracy")?),
            count(number(line, "differ_from_integer")?),
            bytes(number(line, "offline_bytes")?),
            count(number(line, "round_trips")?),
        ]);
    }
    Ok(table)
}

fn page(material: &Material) -> Result<Page> {
    let all = material.lines(NAME)?;
    let is_trained = |line: &&Value| line.get("secure_accuracy").is_some();
    let trained: Vec<&Value> = all.iter().filter(is_trained).collect();
    let lines: Vec<&Value> = all.iter().filter(|line| !is_trained(line)).collect();
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
        let of = lines.iter().filter(|line| is(line, "function", name));
        let of: Vec<&Value> = of.copied().collect();
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
    if !trained.is_empty() {
        page.text(format!(
            "How exact they get: networks 784-W-W-10 that learned from the same pictures, varied alike, as \
             often and as many at a time. `cargo run --release -p blindsight-trainer -- mnist-relu-128 \
             --data DIR --out {TRAINED}` makes one of them again, and so with the other names; \
             the file beside each says with which seed.",
        ));
        page.table(exactness(&trained)?);
    }
    if let Ok(bundled) = material.lines(accuracy::NAME) {
        let mut table = Table::new(["trained network", "hidden layers", "right in secret"]);
        for (model, layers) in [
            ("mnist-mlp", "2 x 128, ReLU"),
            ("mnist-bmlp-small", "3 x 512, sign"),
            ("mnist-bmlp", "3 x 4,096, sign"),
            ("mnist-cnn", "convolutions, ReLU"),
        ] {
            let of = |line: &&Value| is(line, "model", model) && is(line, "engine", "two parties");
            if let Some(line) = bundled.iter().find(of) {
                table.row([
                    format!("`{model}`"),
                    layers.to_owned(),
                    percent(number(line, "secure_accuracy")?),
                ]);
            }
        }
        page.text("The bundled networks, which are not of the same width and learned for different times:");
        page.table(table);
    }
    let at = |lines: &[&'_ Value], function: &str| {
        let of = |line: &&&Value| is(line, "width", ANSWERED) && is(line, "function", function);
        let found = lines.iter().find(of).copied().cloned();
        found.context("part of it is not measured yet")
    };
    let (relu, sign) = (&at(&lines, "ReLU")?, &at(&lines, "sign")?);
    let ratio = |path: &str| Ok::<_, anyhow::Error>(number(relu, path)? / number(sign, path)?);
    let right = |function: &str| {
        let line = at(&trained, function)?;
        Ok::<_, anyhow::Error>(percent(number(&line, "secure_accuracy")?))
    };
    let exact = match (right("sign"), right("ReLU")) {
        (Ok(sign), Ok(relu)) => {
            page.fact("sign.right", sign.clone());
            page.fact("relu.right", relu.clone());
            format!(
                "; trained alike, {sign} of the test pictures are right in secret instead of {relu}"
            )
        }
        _ => String::new(),
    };
    page.answer = format!(
        "At a width of {ANSWERED} signs take {} beforehand instead of {}, {:.1} times less, and {} \
         online instead of {}{}.",
        bytes(number(sign, "data_owner_offline_bytes")?),
        bytes(number(relu, "data_owner_offline_bytes")?),
        ratio("data_owner_offline_bytes")?,
        time(number(sign, "online.all.median_ms")?),
        time(number(relu, "online.all.median_ms")?),
        exact,
    );
    page.fact(
        "bytes-times",
        format!("{:.1}", ratio("data_owner_offline_bytes")?),
    );
    Ok(page)
}
