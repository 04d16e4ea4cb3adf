//! Native programs against browsers.

use anyhow::Result;
use serde_json::Value;

use super::{MODELS, Scale, Section, find, named, resources};
use crate::plot::{Axis, Line, Plot};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::run::Run;
use crate::study::values::{figures, is, number, text, time};

const NAME: &str = "browser";

pub const SECTION: Section = Section {
    name: NAME,
    title: "Native programs against browsers",
    question: "How much slower is it between tabs than between native programs?",
    runs,
    reads: &[NAME, resources::NAME],
    page,
};

fn runs(scale: Scale) -> Vec<Run> {
    // Browsers are tested elsewhere, and take too long for a quick look.
    if scale == Scale::Quick {
        return Vec::new();
    }
    let run = |model: &&str| Run::xtask(&format!("bench --browser --models {model}")).about(90.0);
    MODELS.iter().map(run).collect()
}

fn page(material: &Material) -> Result<Page> {
    let lines = material.lines(NAME)?;
    let native = resources::each(material)?;
    let models = named(&lines)?;
    let mut page = Page::default();
    let mut table = Table::new([
        "network",
        "online, programs",
        "online, tabs",
        "tabs, with pauses",
        "pictures a second, programs",
        "tabs, shown one by one",
        "tabs, files together",
    ]);
    let mut bars = ["programs", "tabs"].map(|name| Line::new(name, []));
    let (mut least, mut most) = (f64::MAX, 0.0_f64);
    for (row, line) in lines.iter().enumerate() {
        let model = text(line, "model")?;
        let other = find(&native, |other: &Value| is(other, "model", model))?;
        let [here, there] = [
            number(other, "online.median_ms")?,
            number(line, "online.median_ms")?,
        ];
        let alone = number(line, "online_with_pauses.median_ms")?;
        (least, most) = (least.min(there / here), most.max(there / here));
        for (bar, ms) in bars.iter_mut().zip([here, there]) {
            bar.points.push((row as f64, ms));
        }
        table.row([
            format!("`{model}`"),
            time(here),
            time(there),
            time(alone),
            figures(number(other, "images_per_second")?),
            figures(number(line, "images_per_second")?),
            figures(number(line, "files_per_second")?),
        ]);
        page.fact(format!("{model}.online"), time(there));
        page.fact(format!("{model}.alone"), time(alone));
        page.fact(
            format!("{model}.rate"),
            figures(number(line, "images_per_second")?),
        );
        page.fact(
            format!("{model}.files"),
            figures(number(line, "files_per_second")?),
        );
        page.fact(format!("{model}.native"), time(here));
        page.fact(
            format!("{model}.native-rate"),
            figures(number(other, "images_per_second")?),
        );
    }
    page.text(
        "Three browsers without a window, each with a page of the site, and three native programs, \
         both over a relay on the same machine, one picture right after the other; with pauses, a picture \
         comes 150 ms after the one before was shown, when nothing else is left to do.",
    );
    page.plot(
        "online",
        "milliseconds from the picture to its class, between programs and between tabs",
        Plot::Bars {
            x: Axis::linear("ms from the picture to its class"),
            rows: models,
            lines: bars.into(),
        },
    );
    page.facts.table("table", &table);
    page.table(table);
    page.answer = format!(
        "Between tabs a picture takes {least:.1} to {most:.1} times as long as between programs."
    );
    Ok(page)
}
