//! Two parties with a helper against equal parties.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Scale, Section, accuracy, find, named};
use crate::plot::{Axis, Line, Plot};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::run::Run;
use crate::study::values::{bytes, count, is, number, percent, text, time};

pub const NAME: &str = "parties";

pub const SECTION: Section = Section {
    name: NAME,
    title: "Two parties and a helper against equal parties",
    question: "What does it cost to do without a helper?",
    runs,
    reads: &[NAME],
    page,
};

/// Networks, with how their signs may be found.
const NETWORKS: [(&str, &[&str]); 3] = [
    ("mnist-mlp", &["exact"]),
    ("mnist-bmlp-small", &["exact", "1"]),
    ("mnist-cnn-fast", &["exact"]),
];

fn runs(scale: Scale) -> Vec<Run> {
    let networks = scale.pick(&NETWORKS[..], &NETWORKS[..1]);
    let sizes: &[u8] = scale.pick(&[3, 5, 7], &[3]);
    let mut runs = Vec::new();
    for (model, signs) in networks {
        let range = format!("--range 0..{} --threads 1", scale.pick(20, 3));
        let run = |options: &str, engine: String, parties: u8| {
            let command = format!("evaluate {model} {options}{range}");
            let of = json!({ "engine": engine, "parties": parties });
            let set = accuracy::data_set(model);
            Run::blindsight(&command)
                .of(of)
                .needs(set)
                .about(scale.pick(10.0, 1.0))
        };
        runs.push(run("", "two and a helper".into(), 2));
        for parties in sizes {
            for signs in *signs {
                let options = format!("--engine shamir --parties {parties} --signs {signs} ");
                let how = match *signs {
                    "exact" => String::new(),
                    symbols => format!(", {symbols} symbol"),
                };
                runs.push(run(&options, format!("{parties} equal{how}"), *parties));
            }
        }
    }
    runs
}

fn page(material: &Material) -> Result<Page> {
    let lines = material.lines(NAME)?;
    let models = named(&lines)?;
    let mut page = Page::default();
    let mut table = Table::new([
        "network",
        "parties",
        "rounds",
        "online",
        "before",
        "computing online",
        "computing before",
        "right",
    ]);
    for line in &lines {
        table.row([
            format!("`{}`", text(line, "model")?),
            text(line, "engine")?.to_owned(),
            count(number(line, "round_trips")?),
            bytes(number(line, "online_bytes")?),
            bytes(number(line, "offline_bytes")?),
            time(number(line, "online_ms")?),
            time(number(line, "offline_ms")?),
            percent(number(line, "secure_accuracy")?),
        ]);
    }
    let drawn = |path: &str| -> Result<Vec<Line>> {
        let line = |model: &String| {
            let of = lines.iter().filter(|line| {
                is(line, "model", model.as_str())
                    && !text(line, "engine").is_ok_and(|engine| engine.contains("symbol"))
            });
            let points = of.map(|line| Ok((number(line, "parties")?, number(line, path)?)));
            Ok(Line::new(
                model.as_str(),
                points.collect::<Result<Vec<_>>>()?,
            ))
        };
        models.iter().map(line).collect()
    };
    page.text(
        "All roles in one process, one after the other on one core, so that times are those of all \
         parties together. Bytes are those between data owner and model owner, or among all equal \
         parties. The first pictures of the test set: what is right of them says little.",
    );
    page.plot(
        "bytes",
        "bytes online against parties: two are those with a helper",
        Plot::Lines {
            x: Axis::linear("parties"),
            y: Axis::log("bytes online for a picture"),
            lines: drawn("online_bytes")?,
        },
    );
    page.plot(
        "time",
        "milliseconds of computing online against parties",
        Plot::Lines {
            x: Axis::linear("parties"),
            y: Axis::log("ms of computing online, all parties"),
            lines: drawn("online_ms")?,
        },
    );
    page.table(table);
    let first = models[0].as_str();
    let of = |parties: u64| {
        find(&lines, |line: &Value| {
            is(line, "model", first) && is(line, "parties", parties)
        })
    };
    let (two, three) = (of(2)?, of(3)?);
    let ratio = |path: &str| Ok::<_, anyhow::Error>(number(three, path)? / number(two, path)?);
    page.answer = format!(
        "Three equal parties take {} rounds for `{first}` instead of {}, {:.0} times the bytes online \
         and {:.0} times the computing online.",
        count(number(three, "round_trips")?),
        count(number(two, "round_trips")?),
        ratio("online_bytes")?,
        ratio("online_ms")?,
    );
    page.fact("three.rounds", count(number(three, "round_trips")?));
    page.fact(
        "three.bytes-times",
        format!("{:.0}", ratio("online_bytes")?),
    );
    page.fact("three.time-times", format!("{:.0}", ratio("online_ms")?));
    Ok(page)
}
