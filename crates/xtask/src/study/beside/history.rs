//! What cannot be measured again, for the programs of then are gone: `docs/speed/history.json`.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::json;
use crate::study::marks::Facts;
use crate::study::page::Table;
use crate::study::values::{count, list, number, text};

const FILE: &str = "speed/history.json";

/// Its figures, and the tables of `docs/speed.md`.
///
/// # Errors
/// If a figure is missing, or lacks its command.
pub fn facts(docs: &Path) -> Result<Facts> {
    let history = json(&docs.join(FILE))?;
    let mut facts = Facts::default();
    for figure in list(&history, "figures")? {
        let name = text(figure, "name")?;
        // A figure without its source is none.
        source(figure).with_context(|| name.to_owned())?;
        facts.insert(name, values(figure).with_context(|| name.to_owned())?);
    }
    facts.table("trees", &trees(&history["trees"])?);
    facts.insert("trees.source", source(&history["trees"])?);
    facts.table("changes", &changes(list(&history, "changes")?)?);
    Ok(facts)
}

/// The command and the sources.
fn source(record: &Value) -> Result<String> {
    let (command, commit) = (text(record, "command")?, text(record, "commit")?);
    Ok(format!(
        "`{command}`, {commit} of {}",
        text(record, "date")?
    ))
}

/// A value with its unit, and no more digits than were noted.
fn with_unit(value: f64, unit: &str) -> Result<String> {
    Ok(match unit {
        "ms" => format!("{value} ms"),
        "bytes" if value >= 1e6 => format!("{} MB", value / 1e6),
        "bytes" => format!("{} kB", value / 1e3),
        "count" => count(value),
        other => bail!("nobody knows the unit {other}"),
    })
}

/// `7 ms`, `7 ms to 9 ms`, `7 ms, 8 ms and 9 ms`.
fn values(figure: &Value) -> Result<String> {
    let unit = text(figure, "unit")?;
    let all = list(figure, "values")?.iter().map(|value| {
        let value = value.as_f64().context("a value is no number")?;
        with_unit(value, unit)
    });
    let all = all.collect::<Result<Vec<String>>>()?;
    let last = if figure["range"] == true { "to" } else { "and" };
    Ok(match all.as_slice() {
        [] => bail!("there are no values"),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    })
}

/// Before and after, of each network.
fn trees(record: &Value) -> Result<Table> {
    let mut table = Table::new(["network", "bytes", "dealing", "online", "pictures a second"]);
    for row in list(record, "rows")? {
        let pair = |path: &str, unit: &str| {
            let of = |at: usize| number(row, &format!("{path}.{at}"));
            let [before, after] = [with_unit(of(0)?, unit)?, with_unit(of(1)?, unit)?];
            Ok::<_, anyhow::Error>(format!("{before} to {after}"))
        };
        table.row([
            format!("`{}`", text(row, "model")?),
            pair("bytes", "bytes")?,
            pair("dealing_ms", "ms")?,
            pair("online_ms", "ms")?,
            pair("images_per_second", "count")?,
        ]);
    }
    Ok(table)
}

/// What changed, and what came of it.
fn changes(records: &[Value]) -> Result<Table> {
    let mut table = Table::new(["change", "effect", "measured with"]);
    for record in records {
        let effects = list(record, "effects")?.iter().map(effect);
        let effects = effects.collect::<Result<Vec<String>>>()?;
        table.row([
            text(record, "change")?.to_owned(),
            effects.join("; "),
            source(record)?,
        ]);
    }
    Ok(table)
}

fn effect(effect: &Value) -> Result<String> {
    let of = text(effect, "of")?;
    if let Ok(less) = number(effect, "less") {
        return Ok(format!("{of} {} % less", count(less)));
    }
    let unit = text(effect, "unit")?;
    if let Ok(more) = number(effect, "more") {
        return Ok(format!("{of} {} more", with_unit(more, unit)?));
    }
    let before = with_unit(number(effect, "before")?, unit)?;
    let after = with_unit(number(effect, "after")?, unit)?;
    Ok(format!("{of} {before} to {after}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_read_as_people_say_them() {
        let shown = |list: Value, range: bool, unit: &str| {
            values(&json!({ "values": list, "unit": unit, "range": range })).ok()
        };
        assert_eq!(shown(json!([7]), false, "ms").unwrap(), "7 ms");
        assert_eq!(shown(json!([7, 9]), true, "ms").unwrap(), "7 ms to 9 ms");
        let three = shown(json!([1, 2.5, 3]), false, "ms").unwrap();
        assert_eq!(three, "1 ms, 2.5 ms and 3 ms");
        assert_eq!(
            shown(json!([137_000, 14e6]), false, "bytes").unwrap(),
            "137 kB and 14 MB"
        );
        assert_eq!(shown(json!([]), false, "ms"), None);
        assert_eq!(shown(json!([1]), false, "miles"), None);
    }
}
