//! What each party needs of a machine.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Scale, Section, models, named};
use crate::plot::{Axis, Line, Plot};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::run::Run;
use crate::study::values::{bytes, count, is, list, number, text, time};

pub const NAME: &str = "memory";

pub const MEMORY: Section = Section {
    name: NAME,
    title: "Memory of each party",
    question: "How much memory does each party take, and does it grow with the pictures?",
    runs,
    reads: &[NAME],
    page: memory,
};

pub const CPU: Section = Section {
    name: "cpu",
    title: "Processor time of each party",
    question: "How long does each party keep a core busy for a picture?",
    runs: super::nothing,
    reads: &[NAME],
    page: cpu,
};

/// The parties, by the names of their fields.
const PARTIES: [(&str, &str); 3] = [
    ("data owner", "data_owner"),
    ("model owner", "model_owner"),
    ("helper", "helper"),
];
/// The network whose memory is followed.
const FOLLOWED: &str = "mnist-mlp";

fn runs(scale: Scale) -> Vec<Run> {
    let images = scale.pick(128, 16);
    let each = models(scale).iter().map(|model| {
        let command = format!("bench --model {model} --images {images} --batch 1");
        Run::over_relay(&command).about(scale.pick(6.0, 2.0))
    });
    let many = scale.pick(10_000, 200);
    let followed = format!("bench --model {FOLLOWED} --images {many} --batch 32");
    let followed = Run::over_relay(&followed).of(json!({ "followed": true }));
    each.chain([followed.about(scale.pick(120.0, 4.0))])
        .collect()
}

/// Each model, its pictures classified one by one.
pub fn each(material: &Material) -> Result<Vec<Value>> {
    let lines = material.lines(NAME)?;
    let one = |line: &Value| is(line, "batch", 1) && !is(line, "followed", true);
    Ok(lines.into_iter().filter(one).collect())
}

fn memory(material: &Material) -> Result<Page> {
    let lines = each(material)?;
    let models = named(&lines)?;
    let mut page = Page::default();
    let mut table = Table::new(["network", "data owner", "model owner", "helper"]);
    let mut bars = PARTIES.map(|(name, _)| Line::new(name, []));
    let mut most = 0.0_f64;
    for (row, line) in lines.iter().enumerate() {
        let model = text(line, "model")?;
        let mut cells = vec![format!("`{model}`")];
        for (bar, (_, party)) in bars.iter_mut().zip(PARTIES) {
            let peak = number(line, &format!("peak_memory.{party}_bytes"))?;
            most = most.max(peak);
            bar.points.push((row as f64, peak / 1e6));
            cells.push(bytes(peak));
            page.fact(format!("{model}.{}", party.replace('_', "-")), bytes(peak));
        }
        table.row(cells);
    }
    page.text(
        "Peaks of the three programs as the system counts them, the program itself included, with \
         the pictures one by one and as many prepared as `classify` keeps ready by itself.",
    );
    page.plot(
        "peak",
        "peak memory of each party, by network",
        Plot::Bars {
            x: Axis::linear("MB at the peak"),
            rows: models,
            lines: bars.into(),
        },
    );
    page.table(table);
    let all = material.lines(NAME)?;
    let followed = |line: &&Value| is(line, "followed", true) && is(line, "batch", 32);
    let mut grown = String::new();
    if let Some(line) = all.iter().find(followed) {
        let samples = list(line, "memory")?;
        let mut drawn = Vec::new();
        for (name, party) in PARTIES {
            let path = format!("{party}_bytes");
            let points = samples
                .iter()
                .map(|one| Ok((number(one, "images")?, number(one, &path)? / 1e6)));
            drawn.push(Line::new(name, points.collect::<Result<Vec<_>>>()?));
        }
        let of = |line: &Line| {
            Some((
                line.points.get(line.points.len() / 2)?.1,
                line.points.last()?.1,
            ))
        };
        let change = drawn
            .iter()
            .filter_map(of)
            .map(|(half, last)| last / half - 1.0);
        let change = change.fold(0.0_f64, |most, change| most.max(change));
        let images = number(line, "images")?;
        grown = format!(
            "; from half of {} pictures to the last no party's memory grew by more than {:.0} %",
            count(images),
            100.0 * change
        );
        page.text(format!(
            "`{FOLLOWED}`, {} pictures, 32 together: what each program holds after each tenth.",
            count(images)
        ));
        page.plot(
            "growth",
            "memory of each party against pictures",
            Plot::Lines {
                x: Axis::linear("pictures"),
                y: Axis::linear("MB in memory"),
                lines: drawn,
            },
        );
    }
    page.answer = format!(
        "No party takes more than {} for any of these networks{grown}.",
        bytes(most)
    );
    page.fact("most", bytes(most));
    Ok(page)
}

fn cpu(material: &Material) -> Result<Page> {
    let lines = each(material)?;
    let models = named(&lines)?;
    let mut page = Page::default();
    let mut table = Table::new(["network", "data owner", "model owner", "helper"]);
    let mut bars = PARTIES.map(|(name, _)| Line::new(name, []));
    let mut sums = [0.0; 3];
    for (row, line) in lines.iter().enumerate() {
        let model = text(line, "model")?;
        let mut cells = vec![format!("`{model}`")];
        for (place, (bar, (_, party))) in bars.iter_mut().zip(PARTIES).enumerate() {
            let busy = number(line, &format!("busy_ms.{party}"))?;
            sums[place] += busy;
            bar.points.push((row as f64, busy));
            cells.push(time(busy));
            page.fact(format!("{model}.{}", party.replace('_', "-")), time(busy));
        }
        table.row(cells);
    }
    page.text(
        "Time for a picture, dealing included, as the system counts it for each program: in the \
         protocol, in the encryption of its links, and in the system for its sockets. The clock of \
         the system ticks every 10 ms; what stands here is the mean of all pictures.",
    );
    page.plot(
        "busy",
        "processor time of each party for a picture, by network",
        Plot::Bars {
            x: Axis::linear("ms of a core for a picture"),
            rows: models,
            lines: bars.into(),
        },
    );
    page.table(table);
    let whole: f64 = sums.iter().sum();
    let share = |place: usize| 100.0 * sums[place] / whole.max(1e-9);
    page.answer = format!(
        "The work is shared: over these networks the data owner has {:.0} % of it, the model owner \
         {:.0} % and the helper {:.0} %.",
        share(0),
        share(1),
        share(2)
    );
    Ok(page)
}
