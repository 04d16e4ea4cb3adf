//! `docs/equal-parties.md` from the lines in the folder of the same name.

mod rows;

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use self::rows::{Row, rows};
use super::lines;
use crate::study::marks::Facts;
use crate::study::page::Table;
use crate::study::values::{bytes, count, is, list, number, percent, text, time};

const FOLDER: &str = "equal-parties";

/// Its tables, and figures in its words.
///
/// # Errors
/// If a line lacks a figure.
pub fn facts(docs: &Path) -> Result<Facts> {
    let read = |name: &str| lines(&docs.join(FOLDER).join(format!("{name}.jsonl")));
    let (processes, browsers) = (read("processes")?, read("browsers")?);
    let mut facts = Facts::default();
    facts.table("class", &class(&read("accuracy")?)?);
    processes_table(&processes, &mut facts)?;
    if browsers.is_empty() {
        facts.unmeasured("browsers");
    } else {
        facts.table("browsers", &browsers_table(&browsers)?);
    }
    facts.table("peers", &peers(&read("peers")?, &processes)?);
    symbols(&read("symbols")?, &mut facts)?;
    layers(&read("layers")?, &mut facts)?;
    Ok(facts)
}

/// The class, in one process.
fn class(lines: &[Value]) -> Result<Table> {
    let mut table = Table::new([
        "network",
        "who",
        "pictures",
        "right",
        "in integers",
        "differ",
        "rounds",
    ]);
    for row in rows(lines)? {
        let line = row.newest()?;
        let who = match (row.parties, row.signs.as_str()) {
            (2, _) => "two and a helper".to_owned(),
            (parties, "exact") => format!("{parties} parties"),
            (parties, "1") => format!("{parties} parties, 1 symbol"),
            (parties, signs) => format!("{parties} parties, {signs} symbols"),
        };
        table.row([
            format!("`{}`", row.model),
            who,
            count(row.pictures()),
            percent(row.share("secure_accuracy")?),
            percent(row.share("integer_accuracy")?),
            count(row.sum("differ_from_integer")?),
            count(number(line, "round_trips")?),
        ]);
    }
    Ok(table)
}

/// How well an opening hides a number.
fn hidden(line: &Value) -> Result<String> {
    Ok(format!("2^-{}", count(number(line, "kappa")?)))
}

/// Milliseconds from seconds.
fn seconds(line: &Value, path: &str) -> Result<String> {
    Ok(time(1e3 * number(line, path)?))
}

/// Each role a process.
fn processes_table(lines: &[Value], facts: &mut Facts) -> Result<()> {
    let mut table = Table::new([
        "network",
        "parties",
        "signs",
        "pictures",
        "right",
        "a picture",
        "online",
        "bytes online",
        "before",
        "rounds",
        "hidden",
    ]);
    for row in rows(lines)? {
        let (line, timed) = (row.newest()?, row.timed()?);
        let each = seconds(timed, "seconds_per_image")?;
        let name = format!("{}.{}.{}", row.model, row.parties, row.signs);
        facts.insert(format!("processes.{name}.picture"), each.clone());
        table.row([
            format!("`{}`", row.model),
            row.parties.to_string(),
            row.signs.clone(),
            count(row.pictures()),
            count(row.sum("right")?),
            each,
            seconds(timed, "online_seconds")?,
            bytes(number(line, "online_bytes")?),
            bytes(number(line, "masks_bytes")?),
            count(number(line, "rounds")?),
            hidden(line)?,
        ]);
    }
    facts.table("processes", &table);
    Ok(())
}

/// Each compute party a tab.
fn browsers_table(lines: &[Value]) -> Result<Table> {
    let mut table = Table::new([
        "network",
        "tabs",
        "signs",
        "browser",
        "pictures",
        "right",
        "a picture",
        "online",
    ]);
    for row in rows(lines)? {
        let (line, timed) = (row.newest()?, row.timed()?);
        let each = seconds(timed, "seconds_per_image").unwrap_or_default();
        let online = number(timed, "online_ms").map(time).unwrap_or_default();
        table.row([
            format!("`{}`", row.model),
            row.parties.to_string(),
            row.signs.clone(),
            text(line, "browser").unwrap_or_default().to_owned(),
            count(row.pictures()),
            count(row.sum("right")?),
            each,
            online,
        ]);
    }
    Ok(table)
}

/// Other programs, and this one beside them.
fn peers(lines: &[Value], own: &[Value]) -> Result<Table> {
    let mut table = Table::new([
        "network",
        "program",
        "signs",
        "pictures",
        "right",
        "a picture",
        "bytes",
        "equal parties here",
    ]);
    let own = rows(own)?;
    for line in lines {
        let model = text(line, "model")?;
        // A network without signs compares exactly.
        let signs = text(line, "signs").unwrap_or("exact");
        let program = match text(line, "peer")? {
            "mpyc" => format!("MPyC 0.11, {} parties", count(number(line, "parties")?)),
            _ => format!(
                "CrypTen 0.4.1, {} parties and a third that deals",
                count(number(line, "parties")?)
            ),
        };
        let same = |row: &&Row<'_>| row.model == model && row.parties == 3 && row.signs == signs;
        let here = match own.iter().find(same) {
            Some(row) => format!(
                "{}, {}",
                seconds(row.timed()?, "seconds_per_image")?,
                bytes(number(row.newest()?, "bytes_per_image")?)
            ),
            None => String::new(),
        };
        table.row([
            format!("`{model}`"),
            program,
            text(line, "signs").unwrap_or_default().to_owned(),
            count(number(line, "images")?),
            count(number(line, "right")?),
            seconds(line, "seconds_per_image")?,
            bytes(number(line, "bytes_per_image")?),
            here,
        ]);
    }
    Ok(table)
}

/// What one, three and five symbols tell right: sums from -134 to 134 and so on.
const RANGES: [(&str, &str); 4] = [("exact", ""), ("1", "134"), ("3", "383"), ("5", "594")];

/// What lies outside the ranges of the symbols.
fn symbols(lines: &[Value], facts: &mut Facts) -> Result<()> {
    let mut table = Table::new([
        "network",
        "symbols",
        "right up to",
        "outside, layer 2",
        "layer 3",
        "accuracy",
    ]);
    for line in lines {
        let model = text(line, "model")?;
        for (symbols, range) in RANGES {
            let of = |path: &str| format!("symbols.{symbols}.{path}");
            let outside = list(line, &of("outside"))?;
            let share = |layer: usize| {
                let share = outside.get(layer).and_then(Value::as_f64);
                let share = share.with_context(|| format!("{model} has no layer {layer}"))?;
                Ok::<_, anyhow::Error>(format!("{:.3} %", 100.0 * share))
            };
            let right = number(line, &of("accuracy"))?;
            let outside = match symbols {
                "exact" => [String::new(), String::new()],
                _ => [share(0)?, share(1)?],
            };
            facts.insert(format!("symbols.{model}.{symbols}.right"), percent(right));
            facts.insert(
                format!("symbols.{model}.{symbols}.outside"),
                outside[0].clone(),
            );
            let [second, third] = outside;
            table.row([
                format!("`{model}`"),
                symbols.to_owned(),
                range.to_owned(),
                second,
                third,
                percent(right),
            ]);
        }
    }
    facts.table("symbols", &table);
    Ok(())
}

/// Rounds and bytes of each layer.
fn layers(lines: &[Value], facts: &mut Facts) -> Result<()> {
    let mut table = Table::new([
        "parties",
        "signs",
        "field",
        "layer 1",
        "layer 2",
        "layer 3",
        "output",
        "online",
        "masks, before",
    ]);
    let both = |rounds: f64, size: f64| format!("{}, {}", count(rounds), bytes(size));
    for line in lines {
        let step = |step: &Value| Ok(both(number(step, "rounds")?, number(step, "bytes")?));
        let steps = list(line, "parties.steps")?.iter().map(step);
        let steps = steps.collect::<Result<Vec<String>>>()?;
        let online = both(number(line, "round_trips")?, number(line, "online_bytes")?);
        let before = both(
            number(line, "parties.masks.rounds")?,
            number(line, "parties.masks.bytes")?,
        );
        let first = [
            count(number(line, "parties.count")?),
            text(line, "signs")?.to_owned(),
            count(number(line, "parties.field_bits")?),
        ];
        table.row(first.into_iter().chain(steps).chain([online, before]));
    }
    facts.table("layers", &table);
    let all = |signs: &str| {
        let of = |line: &&Value| is(line, "parties.count", 3) && is(line, "signs", signs);
        let line = lines.iter().find(of).context("three parties are missing")?;
        Ok::<_, anyhow::Error>(number(line, "online_bytes")? + number(line, "offline_bytes")?)
    };
    facts.insert(
        "layers.exact-times",
        format!("{:.1}", all("exact")? / all("3")?),
    );
    Ok(())
}
