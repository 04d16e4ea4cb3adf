//! What it takes to share a tensor.

use anyhow::Result;
use serde_json::Value;

use super::{Scale, Section, find};
use crate::plot::{Axis, Line, Plot};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::run::Run;
use crate::study::values::{bytes, count, is, number, text, time};

const NAME: &str = "tensors";

pub const SECTION: Section = Section {
    name: NAME,
    title: "A tensor, plain and shared",
    question: "How many bytes does a tensor take when it is shared, and how long does it take to \
         share it, to load the shares and to open them?",
    runs,
    reads: &[NAME],
    page,
};

fn runs(scale: Scale) -> Vec<Run> {
    let sizes = scale.pick("100,1000,10000,100000,1000000,10000000", "100,10000");
    let run = Run::blindsight(&format!("bench --tensors {sizes}"));
    vec![run.about(scale.pick(60.0, 5.0))]
}

/// How a sharing is called, with its parties.
const KINDS: [(&str, u32, &str); 4] = [
    ("plain", 1, "plain"),
    ("additive", 2, "additive, 2 parties"),
    ("shamir", 3, "Shamir, 3 parties"),
    ("shamir", 5, "Shamir, 5 parties"),
];

fn page(material: &Material) -> Result<Page> {
    let lines = material.lines(NAME)?;
    let mut page = Page::default();
    let mut table = Table::new([
        "elements",
        "sharing",
        "one party holds",
        "all hold",
        "sent",
        "shared in",
        "loaded in",
        "opened in",
    ]);
    for line in &lines {
        let name = KINDS.iter().find(|kind| of(line, kind));
        let name = name.map_or(text(line, "sharing")?, |kind| kind.2);
        let size = |path: &str| Ok::<_, anyhow::Error>(bytes(number(line, path)?));
        let took = |path: &str| Ok::<_, anyhow::Error>(time(number(line, path)?));
        table.row([
            count(number(line, "elements")?),
            name.to_owned(),
            size("party_bytes")?,
            size("all_bytes")?,
            size("sent_bytes")?,
            took("share_ms")?,
            took("load_ms")?,
            took("open_ms")?,
        ]);
    }
    // Older lines do not say how often.
    let repeats = lines.iter().filter_map(|line| number(line, "repeats").ok());
    let repeats = match repeats.reduce(f64::min) {
        Some(least) => format!("medians of {} or more", count(least)),
        None => "medians".to_owned(),
    };
    page.text(format!(
        "Times are of one core, {repeats}. A plain tensor is written and read again. Numbers have 32 \
         bits, elements of Shamir's field 61 in eight bytes. Of the parties some are sent a seed of \
         32 bytes that their shares come from.",
    ));
    page.plot(
        "bytes",
        "bytes that all parties hold, against elements",
        plot(&lines, "bytes of all parties", "all_bytes")?,
    );
    page.plot(
        "time",
        "time to load the shares, against elements",
        plot(&lines, "ms to load", "load_ms")?,
    );
    page.table(table);
    let largest = lines.iter().map(|line| number(line, "elements"));
    let largest = largest.collect::<Result<Vec<f64>>>()?;
    let largest = largest.into_iter().fold(0.0, f64::max);
    let one = |kind: usize| {
        find(&lines, |line| {
            of(line, &KINDS[kind]) && number(line, "elements").is_ok_and(|n| n == largest)
        })
    };
    let (plain, two, five) = (one(0)?, one(1)?, one(3)?);
    let times = |line: &Value| {
        Ok::<_, anyhow::Error>(number(line, "all_bytes")? / number(plain, "all_bytes")?)
    };
    page.answer = format!(
        "A tensor of {} numbers takes {} plain, {:.0} times that in two additive shares and {:.0} \
         times that among five parties of Shamir's; to share it takes {} and {}, to load it {} and {}.",
        count(largest),
        bytes(number(plain, "all_bytes")?),
        times(two)?,
        times(five)?,
        time(number(two, "share_ms")?),
        time(number(five, "share_ms")?),
        time(number(two, "load_ms")?),
        time(number(five, "load_ms")?),
    );
    page.fact("additive.times", format!("{:.0}", times(two)?));
    page.fact("shamir-5.times", format!("{:.0}", times(five)?));
    Ok(page)
}

fn of(line: &Value, kind: &(&str, u32, &str)) -> bool {
    is(line, "sharing", kind.0) && is(line, "parties", kind.1)
}

fn plot(lines: &[Value], y: &'static str, path: &str) -> Result<Plot> {
    let mut drawn = Vec::new();
    for kind in &KINDS {
        let of = lines.iter().filter(|line| of(line, kind));
        let points = of.map(|line| Ok((number(line, "elements")?, number(line, path)?)));
        drawn.push(Line::new(kind.2, points.collect::<Result<Vec<_>>>()?));
    }
    Ok(Plot::Lines {
        x: Axis::log("elements"),
        y: Axis::log(y),
        lines: drawn,
    })
}
