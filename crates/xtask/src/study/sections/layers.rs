//! What each layer sends.

use anyhow::Result;
use serde_json::Value;

use super::{Scale, Section, accuracy};
use crate::plot::{Axis, Line, Plot};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::run::Run;
use crate::study::values::{bytes, count, list, number, text};

pub const NAME: &str = "layers";

pub const SECTION: Section = Section {
    name: NAME,
    title: "Rounds and bytes of each layer",
    question: "Which layers take the round trips and the bytes?",
    runs,
    reads: &[NAME],
    page,
};

fn runs(_: Scale) -> Vec<Run> {
    let run = |model| Run::blindsight(&format!("inspect {model}")).about(1.0);
    accuracy::models().map(run).collect()
}

fn page(material: &Material) -> Result<Page> {
    let lines = material.lines(NAME)?;
    let mut page = Page::default();
    page.text(
        "A step is all that happens between two openings: linear maps, then a function. Its round \
         trips and bytes are those of one picture; *before* is what the data owner gets and sends \
         ahead for it, nearly all of it keys of comparisons.",
    );
    let (mut keys, mut all) = (0.0, 0.0);
    for line in &lines {
        let model = text(line, "name")?;
        page.text(format!("## `{model}`"));
        let mut table = Table::new([
            "step",
            "layer",
            "from",
            "to",
            "weights",
            "ring",
            "then",
            "bits compared",
            "round trips",
            "online",
            "before",
        ]);
        let (mut rows, mut online, mut before) =
            (Vec::new(), Line::new("online", []), Line::new("before", []));
        for layer in list(line, "plan.layers")? {
            let cost = layer.get("cost").filter(|cost| !cost.is_null());
            let of = |path: &str| cost.map(|cost| number(cost, path)).transpose();
            let [rounds, sent, dealt] = [of("rounds")?, of("onlineBytes")?, of("offlineBytes")?];
            let or = |value: Option<String>| value.unwrap_or_default();
            let function = layer["activation"].as_str().unwrap_or_default();
            table.row([
                count(number(layer, "step")?),
                text(layer, "kind")?.to_owned(),
                text(layer, "inputs")?.to_owned(),
                text(layer, "outputs")?.to_owned(),
                count(number(layer, "weights")?),
                count(number(layer, "ring")?),
                function.to_owned(),
                or(layer["width"].as_f64().map(count)),
                or(rounds.map(count)),
                or(sent.map(bytes)),
                or(dealt.map(bytes)),
            ]);
            if let (Some(sent), Some(dealt)) = (sent, dealt) {
                let row = rows.len() as f64;
                rows.push(format!("{}: {function}", count(number(layer, "step")?)));
                online.points.push((row, sent));
                before.points.push((row, dealt));
                all += dealt;
                if is_function(layer) {
                    keys += dealt;
                }
            }
        }
        page.table(table);
        let name = name(model);
        if let Some(name) = name {
            page.plot(
                name,
                format!("bytes of each step of {model}, online and before"),
                Plot::Bars {
                    x: Axis::log("bytes for a picture"),
                    rows,
                    lines: vec![online, before],
                },
            );
        }
        page.fact(
            format!("{model}.trips"),
            count(number(line, "plan.roundTrips")?),
        );
        page.fact(
            format!("{model}.online-bytes"),
            bytes(number(line, "plan.onlineBytes")?),
        );
        page.fact(
            format!("{model}.once-bytes"),
            bytes(number(line, "plan.hostingBytes")?),
        );
        page.fact(
            format!("{model}.before-bytes"),
            bytes(number(line, "plan.offlineBytes")?),
        );
    }
    page.answer = format!(
        "Each function takes a round trip, or with pooling two or three, and the class takes two; \
         of all bytes {:.0} % are dealt for the comparisons of functions between layers, and the \
         linear layers take no round trip of their own.",
        100.0 * keys / f64::max(all, 1.0)
    );
    Ok(page)
}

/// Whether a function is compared, and not the class.
fn is_function(layer: &Value) -> bool {
    let function = layer["activation"].as_str().unwrap_or_default();
    !function.starts_with("class") && function != "as it is"
}

/// Of the plots, where there is one.
fn name(model: &str) -> Option<&'static str> {
    let known = ["mnist-mlp", "mnist-cnn", "mnist-bmlp"];
    known.into_iter().find(|name| *name == model)
}
