//! How exact the secure evaluation is.

use anyhow::Result;
use serde_json::json;

use super::{Scale, Section, named};
use crate::plot::{Axis, Line, Plot};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::run::Run;
use crate::study::values::{count, is, number, percent, text};

pub const NAME: &str = "accuracy";

pub const SECTION: Section = Section {
    name: NAME,
    title: "Accuracy in floating point, in integers and in secret",
    question: "Does a network that is evaluated in secret classify as well as it does in the clear?",
    runs,
    reads: &[NAME],
    page,
};

/// Every bundled network, its data set, about how many seconds the whole test set takes, and how many
/// pictures three equal parties classify.
const NETWORKS: [(&str, &str, f64, u32); 9] = [
    ("mnist-mlp", "mnist", 6.0, 10_000),
    ("mnist-cnn-fast", "mnist", 15.0, 2_000),
    ("mnist-cnn", "mnist", 40.0, 500),
    ("mnist-bmlp-small", "mnist", 10.0, 5_000),
    ("mnist-bmlp", "mnist", 80.0, 200),
    ("fashion-mlp", "fashion-mnist", 8.0, 10_000),
    ("fashion-cnn-fast", "fashion-mnist", 25.0, 1_000),
    ("fashion-cnn", "fashion-mnist", 100.0, 200),
    ("faces-mlp", "att-faces", 1.0, 80),
];

/// The names of all bundled networks.
pub fn models() -> impl Iterator<Item = &'static str> {
    NETWORKS.iter().map(|network| network.0)
}

/// The data set that a model is measured on, by its folder.
pub fn data_set(model: &str) -> &'static str {
    let known = NETWORKS.iter().find(|network| network.0 == model);
    known.map_or("mnist", |network| network.1)
}

fn runs(scale: Scale) -> Vec<Run> {
    let chosen = NETWORKS.iter();
    let chosen = chosen.filter(|network| scale == Scale::Full || network.0 == "mnist-mlp");
    let mut runs = Vec::new();
    for (model, set, seconds, few) in chosen {
        let range = scale.pick("", " --range 0..200");
        let dealt = Run::blindsight(&format!("evaluate {model}{range}"));
        runs.push(
            dealt
                .of(json!({ "engine": "two parties" }))
                .needs(set)
                .about(scale.pick(*seconds, 1.0)),
        );
        let few = scale.pick(*few, 20);
        let shared = format!("evaluate {model} --engine shamir --parties 3 --range 0..{few}");
        runs.push(
            Run::blindsight(&shared)
                .of(json!({ "engine": "3 equal parties" }))
                .needs(set)
                .about(scale.pick(40.0, 1.0)),
        );
    }
    runs
}

fn page(material: &Material) -> Result<Page> {
    let lines = material.lines(NAME)?;
    let mut page = Page::default();
    let mut table = Table::new([
        "network",
        "engine",
        "pictures",
        "floating point",
        "integers",
        "secret",
        "other class than the integers",
    ]);
    for line in &lines {
        table.row([
            format!("`{}`", text(line, "model")?),
            text(line, "engine")?.to_owned(),
            count(number(line, "pictures")?),
            percent(number(line, "float_accuracy")?),
            percent(number(line, "integer_accuracy")?),
            percent(number(line, "secure_accuracy")?),
            count(number(line, "differ_from_integer")?),
        ]);
    }
    let dealt: Vec<_> = lines
        .iter()
        .filter(|line| is(line, "engine", "two parties"))
        .cloned()
        .collect();
    let models = named(&dealt)?;
    let (mut loss, mut differ, mut all) = (0.0_f64, 0.0, 0.0);
    let mut bars = [Line::new("floating point", []), Line::new("in secret", [])];
    for (row, line) in dealt.iter().enumerate() {
        let [float, secure] = [
            number(line, "float_accuracy")?,
            number(line, "secure_accuracy")?,
        ];
        loss = loss.max(float - secure);
        differ += number(line, "differ_from_integer")?;
        all += number(line, "pictures")?;
        // What is wrong tells networks apart; what is right is nearly all of them.
        for (bar, right) in bars.iter_mut().zip([float, secure]) {
            bar.points.push((row as f64, 100.0 * (1.0 - right)));
        }
        let model = text(line, "model")?;
        for (name, path) in [
            ("float", "float_accuracy"),
            ("integer", "integer_accuracy"),
            ("secure", "secure_accuracy"),
        ] {
            page.fact(format!("{model}.{name}"), percent(number(line, path)?));
        }
        page.fact(
            format!("{model}.differ"),
            count(number(line, "differ_from_integer")?),
        );
        page.fact(
            format!("{model}.pictures"),
            count(number(line, "pictures")?),
        );
    }
    for model in self::models().filter(|model| models.iter().all(|known| known != model)) {
        for name in ["pictures", "float", "integer", "secure", "differ"] {
            page.facts.unmeasured(format!("{model}.{name}"));
        }
    }
    page.text(
        "Two parties with a helper classify whole test sets. Three equal parties without a helper \
         classify some of the first pictures where all would take too long. A class may differ where \
         two logits nearly tie: a truncation may be one unit larger, and equal parties drop bits at \
         random.",
    );
    page.plot(
        "wrong",
        "share of pictures in the wrong class, in floating point and in secret",
        Plot::Bars {
            x: Axis::linear("% of the pictures in a wrong class"),
            rows: models,
            lines: bars.into(),
        },
    );
    page.table(table);
    page.answer = format!(
        "Yes: of {} pictures that two parties classified, {} were put into another class than by \
         the same integers in the clear, and no network lost more than {:.2} percentage points \
         against floating point.",
        count(all),
        count(differ),
        100.0 * loss.max(0.0),
    );
    page.fact("differ", count(differ));
    page.fact("pictures", count(all));
    page.fact("loss", format!("{:.2}", 100.0 * loss.max(0.0)));
    Ok(page)
}
