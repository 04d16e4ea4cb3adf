//! Which classes are taken for which.

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Section, accuracy, nothing};
use crate::plot::Plot;
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::values::{count, is, list, number, text};

pub const SECTION: Section = Section {
    name: "confusion",
    title: "Confusion matrices",
    question: "Which classes are taken for which?",
    runs: nothing,
    reads: &[accuracy::NAME],
    page,
};

/// Pairs of classes that are listed.
const LISTED: usize = 5;

/// Pictures of the class `right` that were put into the class `found`.
struct Mistake {
    right: String,
    found: String,
    pictures: f64,
    of: f64,
}

fn page(material: &Material) -> Result<Page> {
    let lines = material.lines(accuracy::NAME)?;
    let mut page = Page::default();
    let mut answers = Vec::new();
    for (model, name) in [
        ("mnist-cnn", "digits"),
        ("mnist-mlp", "digits-mlp"),
        ("fashion-cnn", "clothes"),
    ] {
        let of = |line: &&Value| is(line, "model", model) && is(line, "engine", "two parties");
        let Some(line) = lines.iter().find(of) else {
            continue;
        };
        let labels = list(line, "labels")?.iter();
        let labels: Vec<String> = labels
            .map(|label| Some(label.as_str()?.to_owned()))
            .collect::<Option<_>>()
            .context("a class without a name")?;
        let rows = list(line, "confusion")?.iter();
        let rows: Vec<Vec<f64>> = rows
            .map(|row| row.as_array()?.iter().map(Value::as_f64).collect())
            .collect::<Option<_>>()
            .context("a count that is none")?;
        let worst = mistakes(&labels, &rows);
        let pictures = count(number(line, "pictures")?);
        page.text(format!(
            "## `{}`, {pictures} pictures, classified in secret",
            text(line, "model")?
        ));
        page.plot(
            name,
            format!("how many pictures of each class {model} put into each class"),
            Plot::Counts {
                x: "found",
                y: "right",
                labels: short(&labels),
                rows,
            },
        );
        let mut table = Table::new(["pictures of", "taken for", "how many", "of"]);
        for one in worst.iter().take(LISTED) {
            table.row([
                one.right.clone(),
                one.found.clone(),
                count(one.pictures),
                count(one.of),
            ]);
        }
        page.table(table);
        if let Some(first) = worst.first() {
            answers.push(format!(
                "`{model}` takes {} of {} pictures of {} for {}",
                count(first.pictures),
                count(first.of),
                first.right,
                first.found
            ));
        }
    }
    page.answer = format!("{}.", answers.join("; "));
    (!answers.is_empty())
        .then_some(page)
        .context("nothing is measured yet")
}

/// Those that occur most come first.
fn mistakes(labels: &[String], rows: &[Vec<f64>]) -> Vec<Mistake> {
    let mut all = Vec::new();
    for (right, row) in labels.iter().zip(rows) {
        let of = row.iter().sum();
        for (found, pictures) in labels.iter().zip(row) {
            if right != found && *pictures > 0.0 {
                all.push(Mistake {
                    right: right.clone(),
                    found: found.clone(),
                    pictures: *pictures,
                    of,
                });
            }
        }
    }
    all.sort_by(|a, b| b.pictures.total_cmp(&a.pictures));
    all
}

/// Names that fit a column.
fn short(labels: &[String]) -> Vec<String> {
    let short = |label: &String| label.chars().take(7).collect();
    labels.iter().map(short).collect()
}
