//! How long a picture takes each role.

use anyhow::Result;
use serde_json::Value;

use super::{Scale, Section, models, named};
use crate::plot::{Axis, Line, Plot};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::run::Run;
use crate::study::values::{bytes, count, number, text, time};

pub const NAME: &str = "roles";

pub const SECTION: Section = Section {
    name: NAME,
    title: "Time for a picture, by role",
    question: "How long does each role compute for a picture, before it is there and afterwards, and \
         how long does the same network take in the clear?",
    runs,
    reads: &[NAME],
    page,
};

fn runs(scale: Scale) -> Vec<Run> {
    let more = ["fashion-mlp", "fashion-cnn-fast", "fashion-cnn"];
    let more: &[&str] = scale.pick(&more, &[]);
    let images = scale.pick(192, 8);
    let models = models(scale).iter().chain(more);
    let run = |model: &&str| {
        let command = format!(
            "bench --model {model} --images {images} --batch {}",
            images / 8
        );
        Run::blindsight(&command).about(scale.pick(8.0, 0.5))
    };
    models.map(run).collect()
}

/// Columns: who, and where it stands in a line.
const PARTS: [(&str, &str); 8] = [
    ("in floating point", "float"),
    ("integers in the clear", "clear"),
    ("data owner online", "online.data_owner"),
    ("model owner online", "online.model_owner"),
    ("all online", "online.all"),
    ("helper before", "offline.helper"),
    ("data owner before", "offline.data_owner"),
    ("model owner before", "offline.model_owner"),
];

fn page(material: &Material) -> Result<Page> {
    let lines = material.lines(NAME)?;
    let models = named(&lines)?;
    let median = |line: &Value, part: &str| number(line, &format!("{part}.median_ms"));
    let mut page = Page::default();
    let mut table = Table::new(["network"]);
    for (name, _) in PARTS {
        table.column(name);
    }
    table.column("pictures a second");
    let mut bytes_of = Table::new([
        "network",
        "round trips",
        "online, both ways",
        "before, data owner",
        "before, model owner",
        "before, the helper sends",
        "once",
    ]);
    let mut bars = ["online", "before", "in the clear"].map(|name| Line::new(name, []));
    let (mut least, mut most) = (f64::MAX, 0.0_f64);
    for (row, line) in lines.iter().enumerate() {
        let model = text(line, "model")?;
        let mut cells = vec![format!("`{model}`")];
        for (_, part) in PARTS {
            cells.push(time(median(line, part)?));
        }
        let rate = number(line, "images_per_second")?;
        cells.push(count(rate));
        table.row(cells);
        bytes_of.row([
            format!("`{model}`"),
            count(number(line, "round_trips")?),
            bytes(number(line, "online_bytes")?),
            bytes(number(line, "data_owner_offline_bytes")?),
            bytes(number(line, "model_owner_offline_bytes")?),
            bytes(number(line, "helper_upload_bytes")?),
            bytes(number(line, "hosting_bytes")?),
        ]);
        let [online, before, clear] = [
            median(line, "online.all")?,
            median(line, "offline.all")?,
            median(line, "clear")?,
        ];
        for (bar, ms) in bars.iter_mut().zip([online, before, clear]) {
            bar.points.push((row as f64, ms));
        }
        let ratio = online / clear;
        (least, most) = (least.min(ratio), most.max(ratio));
        let of = |part: &str| Ok::<_, anyhow::Error>(time(median(line, part)?));
        for (name, value) in [
            ("online", of("online.all")?),
            ("online.data-owner", of("online.data_owner")?),
            ("online.model-owner", of("online.model_owner")?),
            ("before", of("offline.all")?),
            ("dealing", of("offline.helper")?),
            ("clear", of("clear")?),
            ("float", of("float")?),
            ("rate", count(rate)),
            (
                "together",
                count(number(line, "batches.0.images_per_second")?),
            ),
            ("trips", count(number(line, "round_trips")?)),
            ("online-bytes", bytes(number(line, "online_bytes")?)),
            (
                "before-bytes",
                bytes(number(line, "data_owner_offline_bytes")?),
            ),
            ("once-bytes", bytes(number(line, "hosting_bytes")?)),
        ] {
            page.fact(format!("{model}.{name}"), value);
        }
    }
    page.text(
        "All roles take turns on one core and nothing is sent, so this is what the protocol costs \
         in computing. *Online* is from the picture to its class; *before* is what is dealt and \
         taken up without a picture. The rate has all of it. Times are medians.",
    );
    page.plot(
        "time",
        "milliseconds for a picture: online, before, and in the clear",
        Plot::Bars {
            x: Axis::log("ms for a picture, all roles together"),
            rows: models,
            lines: bars.into(),
        },
    );
    page.table(table);
    page.text("What is sent, as it follows from the plan; every run checks that it is so:");
    page.table(bytes_of);
    page.answer = format!(
        "All roles together compute {:.0} to {:.0} times as long online as the same integers take in \
         the clear, and about as long again before there is a picture.",
        least, most
    );
    Ok(page)
}
