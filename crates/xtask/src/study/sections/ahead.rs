//! Dealing ahead against dealing on demand.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Scale, Section, named};
use crate::plot::{Axis, Line, Plot};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::run::Run;
use crate::study::values::{bytes, count, figures, is, number, time};

const NAME: &str = "ahead";

pub const SECTION: Section = Section {
    name: NAME,
    title: "Dealing ahead against dealing on demand",
    question: "What does it save that random numbers are dealt before there is a picture?",
    runs,
    reads: &[NAME],
    page,
};

const MODELS: [&str; 2] = ["mnist-mlp", "mnist-cnn-fast"];
/// The line that the answer is of.
const ANSWERED: (u32, u32) = (20, 100);

fn runs(scale: Scale) -> Vec<Run> {
    let models = scale.pick(&MODELS[..], &MODELS[..1]);
    let images = scale.pick(8, 2);
    let lines = scale.pick("--rtt 0,20,40,100 --mbit 0,10,100", "--rtt 20 --mbit 100");
    let mut runs = Vec::new();
    for model in models {
        let times = format!("bench --ahead 4 --model {model} --images {images} {lines}");
        runs.push(Run::over_relay(&times).about(scale.pick(90.0, 3.0)));
        if scale == Scale::Full {
            // Many bundles that wait, to see what one of them takes.
            let wait = format!("bench --ahead 16 --model {model} --images 4 --rtt 0 --mbit 0");
            let of = json!({ "waiting": true });
            runs.push(Run::over_relay(&wait).of(of).about(10.0));
        }
    }
    runs
}

/// Both ways, as they are called, and as the lines call them.
const WAYS: [(&str, &str); 2] = [("ahead", "dealt"), ("on demand", "on_demand")];

/// `100 Mbit/s`, or that nothing narrows the line.
fn width(line: &Value) -> Result<String> {
    Ok(match number(line, "line.mbit")? {
        0.0 => "no limit".to_owned(),
        mbit => format!("{} Mbit/s", count(mbit)),
    })
}

fn page(material: &Material) -> Result<Page> {
    let all = material.lines(NAME)?;
    let lines: Vec<Value> = all
        .iter()
        .filter(|line| !is(line, "waiting", true))
        .cloned()
        .collect();
    let models = named(&lines)?;
    let mut page = Page::default();
    let mut table = Table::new([
        "network",
        "there and back",
        "width",
        "in all, dealt ahead",
        "in all, on demand",
        "online, dealt ahead",
        "online, on demand",
        "bytes of a bundle",
    ]);
    for line in &lines {
        let ms = |path: &str| Ok::<_, anyhow::Error>(time(number(line, path)?));
        table.row([
            format!("`{}`", line["model"].as_str().unwrap_or_default()),
            ms("line.rtt_ms")?,
            width(line)?,
            ms("dealt.total.median_ms")?,
            ms("on_demand.total.median_ms")?,
            ms("dealt.online.median_ms")?,
            ms("on_demand.online.median_ms")?,
            bytes(number(line, "bundle_bytes")?),
        ]);
    }
    let first = models[0].as_str();
    let mut drawn = Vec::new();
    for (name, path) in WAYS {
        for mbit in [10, 100] {
            let of = lines.iter().filter(|line| {
                is(line, "model", first)
                    && number(line, "line.mbit").is_ok_and(|it| it == f64::from(mbit))
            });
            let points = of.map(|line| {
                let total = number(line, &format!("{path}.total.median_ms"))?;
                Ok((number(line, "line.rtt_ms")?, total))
            });
            let points = points.collect::<Result<Vec<_>>>()?;
            drawn.push(Line::new(format!("{name}, {mbit} Mbit/s"), points));
        }
    }
    page.text(format!(
        "From the moment at which a picture is handed over to its class. *Dealt ahead*: its bundle was \
         there and the line idle. *On demand*: dealing begins when the picture comes. *Online* begins \
         when the evaluation does. One picture at a time. The plot shows `{first}`."
    ));
    page.plot(
        "total",
        "milliseconds from a picture to its class against the round-trip time, dealt ahead and on demand",
        Plot::Lines {
            x: Axis::linear("ms there and back"),
            y: Axis::log("ms from the picture to its class"),
            lines: drawn,
        },
    );
    page.table(table);
    let waits = waiting(&all)?;
    if let Some(waits) = &waits {
        page.text("What it costs: memory for each bundle that waits.");
        let mut table = Table::new(["network", "data owner", "model owner"]);
        for [model, data_owner, model_owner] in waits {
            table.row([
                format!("`{model}`"),
                data_owner.clone(),
                model_owner.clone(),
            ]);
        }
        page.table(table);
    }
    let (rtt, mbit) = ANSWERED;
    let answered = |line: &&Value| {
        let at = |path: &str, value: u32| number(line, path).is_ok_and(|it| it == f64::from(value));
        is(line, "model", first) && at("line.rtt_ms", rtt) && at("line.mbit", mbit)
    };
    let line = lines.iter().find(answered);
    let line = line.context("part of it is not measured yet")?;
    let total = |path: &str| number(line, &format!("{path}.total.median_ms"));
    let [dealt, on_demand] = [total("dealt")?, total("on_demand")?];
    page.answer = format!(
        "With {rtt} ms there and back and {mbit} Mbit/s a picture takes {} for `{first}` where its \
         numbers were dealt ahead and {} where dealing begins with it, {} times as long.",
        time(dealt),
        time(on_demand),
        figures(on_demand / dealt),
    );
    page.fact("dealt", time(dealt));
    page.fact("on-demand", time(on_demand));
    Ok(page)
}

/// What a bundle that waits takes at either owner, for each network; none where it is not measured.
fn waiting(lines: &[Value]) -> Result<Option<Vec<[String; 3]>>> {
    let lines: Vec<Value> = lines
        .iter()
        .filter(|line| is(line, "waiting", true))
        .cloned()
        .collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let row = |line: &Value| {
        // A system that does not tell leaves it empty.
        let of = |path: &str| match number(line, &format!("waiting_bundle.{path}")) {
            Ok(held) if held < 0.0 => "too little to be told".to_owned(),
            Ok(held) => bytes(held),
            Err(_) => String::new(),
        };
        [
            line["model"].as_str().unwrap_or_default().to_owned(),
            of("data_owner_bytes"),
            of("model_owner_bytes"),
        ]
    };
    Ok(Some(lines.iter().map(row).collect()))
}
