//! `docs/relay-load.md` from what the tool of the same name saved.

mod attacks;

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::json;
use crate::study::marks::Facts;
use crate::study::page::Table;
use crate::study::values::{bytes, count, list, number, text, time};

const FOLDER: &str = "relay-load";

/// Its tables, and figures in its words.
///
/// # Errors
/// If a file cannot be read, or lacks a figure.
pub fn facts(docs: &Path) -> Result<Facts> {
    let read = |name: &str| json(&docs.join(FOLDER).join(format!("{name}.json")));
    let mut facts = Facts::default();
    rooms(&read("rooms")?, &mut facts)?;
    throughput(&read("throughput")?, &mut facts)?;
    facts.table("compare", &compare(&read("compare")?)?);
    attacks::attacks(&read("attack")?, &mut facts)?;
    facts.table("attack-hard", &attacks::hard(&read("attack-hard")?)?);
    let vanished = read("attack-vanish")?;
    facts.table("attack-vanish", &attacks::vanished(&vanished)?);
    autobahn(&read("autobahn")?, &mut facts)?;
    day(&read("day")?, &mut facts)?;
    facts.table("kill", &kill(&read("kill")?)?);
    for name in ["rooms", "throughput", "attack", "day", "kill"] {
        facts.insert(format!("{name}.targets"), targets(&read(name)?)?);
    }
    Ok(facts)
}

/// Whether what was aimed at was met.
fn targets(scenario: &Value) -> Result<String> {
    let missed = list(scenario, "missed")?.iter().filter_map(Value::as_str);
    let missed: Vec<&str> = missed.collect();
    Ok(match missed.is_empty() {
        true => "every target is met".to_owned(),
        false => format!("missed: {}", missed.join("; ")),
    })
}

/// `35 %` of a processor.
fn core(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

fn rooms(scenario: &Value, facts: &mut Facts) -> Result<()> {
    let of = |path: &str| number(scenario, &format!("figures.{path}"));
    let ms = |path: &str| Ok::<_, anyhow::Error>(time(of(path)?));
    let frames = format!(
        "{}/s of {}",
        count(of("talk.frames_per_second")?),
        bytes(of("pace.bytes")?)
    );
    let lost = of("talk.sent")? - of("talk.received")?;
    let rows = [
        ("idle connections", count(of("idle_connections")?)),
        (
            "memory of one, just joined",
            bytes(of("idle_bytes_joined")?),
        ),
        (
            "memory of one, once pinged",
            bytes(of("idle_bytes_pinged")?),
        ),
        ("active rooms", count(of("pace.rooms")?)),
        ("frames", frames),
        ("latency, median", ms("talk.latency.p50")?),
        ("latency, p99", ms("talk.latency.p99")?),
        ("latency, p99.9", ms("talk.latency.p999")?),
        ("latency, longest", ms("talk.latency.max")?),
        ("from when it was sent, median", ms("talk.forwarding.p50")?),
        ("from when it was sent, p99", ms("talk.forwarding.p99")?),
        ("lost", count(lost)),
        ("wrong", count(of("talk.wrong")?)),
        ("the relay's core", core(of("relay_cpu")?)),
        ("the relay's memory", bytes(of("loaded.resident")?)),
        ("the relay's files", count(of("loaded.files")?)),
    ];
    let mut table = Table::new(["what", "measured"]);
    for (what, measured) in rows {
        table.row([what.to_owned(), measured]);
    }
    facts.table("rooms", &table);
    facts.insert("rooms.forwarding", ms("talk.forwarding.p99")?);
    Ok(())
}

fn throughput(scenario: &Value, facts: &mut Facts) -> Result<()> {
    let frame = number(scenario, "figures.bytes")?;
    let mut table = Table::new(["server", "payload a second", "frames/s", "each turn, MB/s"]);
    for (name, path) in [("bare TCP echo", "echo"), ("relay", "relay")] {
        let turns = list(scenario, &format!("figures.{path}"))?.iter();
        let turns = turns.map(|rate| rate.as_f64().context("a rate is no number"));
        let turns = turns.collect::<Result<Vec<f64>>>()?;
        let mean = turns.iter().sum::<f64>() / turns.len().max(1) as f64;
        let turns: Vec<String> = turns.iter().map(|rate| count(rate / 1e6)).collect();
        table.row([
            name.to_owned(),
            bytes(mean),
            count(mean / frame),
            turns.join(" and "),
        ]);
    }
    facts.table("throughput", &table);
    facts.insert("throughput.share", core(number(scenario, "figures.share")?));
    Ok(())
}

fn compare(scenario: &Value) -> Result<Table> {
    let mut table = Table::new([
        "through",
        "frames/s",
        "median",
        "p99",
        "longest",
        "lost",
        "core",
        "memory",
        "long frames, a second",
    ]);
    for one in list(scenario, "figures.contenders")? {
        let name = text(one, "name")?.to_owned();
        if let Ok(why) = text(one, "missing") {
            table.row([name, why.to_owned()]);
            continue;
        }
        let of = |path: &str| number(one, &format!("measured.{path}"));
        table.row([
            name,
            count(of("talk.frames_per_second")?),
            time(of("talk.forwarding.p50")?),
            time(of("talk.forwarding.p99")?),
            time(of("talk.forwarding.max")?),
            count(of("talk.sent")? - of("talk.received")?),
            core(of("cpu")?),
            bytes(of("resident")?),
            bytes(of("throughput")?),
        ]);
    }
    Ok(table)
}

/// What became of each case of the suite.
fn autobahn(summary: &Value, facts: &mut Facts) -> Result<()> {
    let chapters = summary["chapters"].as_object().context("no chapters")?;
    let mut kinds = [0_u64; 4];
    for (became, cases) in chapters.values().filter_map(Value::as_object).flatten() {
        let kind = match became.as_str() {
            "ok" | "informational" => 0,
            "unimplemented" => 2,
            said if said.starts_with("refused: ") || said.starts_with("closed: ") => 1,
            _ => 3,
        };
        kinds[kind] += cases.as_u64().context("a count is no number")?;
    }
    let words = [
        "as the suite expects, or as it leaves open",
        "refused in words, and closed with a code of the relay's and its name",
        "of compression, which the relay does not offer",
        "anything else",
    ];
    let mut table = Table::new(["what became of a case", "cases"]);
    for (what, cases) in words.iter().zip(kinds) {
        table.row([(*what).to_owned(), count(cases as f64)]);
    }
    facts.table("autobahn", &table);
    facts.insert("autobahn.cases", count(kinds.iter().sum::<u64>() as f64));
    Ok(())
}

fn day(scenario: &Value, facts: &mut Facts) -> Result<()> {
    let mut table = Table::new([
        "once all have gone",
        "memory",
        "files",
        "threads",
        "rooms",
        "connections",
        "most files",
        "most memory",
    ]);
    let left = |process: &Value| {
        Ok::<_, anyhow::Error>([
            bytes(number(process, "resident")?),
            count(number(process, "files")?),
            count(number(process, "threads")?),
        ])
    };
    let bare = left(&scenario["figures"]["bare"])?;
    let nothing = || std::iter::repeat_n(String::new(), 4);
    let before = std::iter::once("before".to_owned());
    table.row(before.chain(bare).chain(nothing()));
    let mut most = 0.0_f64;
    for (quarter, at) in list(scenario, "figures.quarters")?.iter().zip(1..) {
        let [memory, files, threads] = left(&quarter["left"])?;
        most = most.max(number(quarter, "most_files")?);
        table.row([
            format!("quarter {at}"),
            memory,
            files,
            threads,
            count(number(quarter, "rooms")?),
            count(number(quarter, "connections")?),
            count(number(quarter, "most_files")?),
            bytes(number(quarter, "most_resident")?),
        ]);
    }
    facts.table("day", &table);
    facts.insert("day.most-files", count(most));
    let counts = scenario["figures"]["counts"].as_object();
    for (name, value) in counts.context("no counts")? {
        let value = value.as_f64().context("a count is no number")?;
        facts.insert(format!("day.{name}"), count(value));
    }
    Ok(())
}

fn kill(scenario: &Value) -> Result<Table> {
    let mut table = Table::new([
        "killed",
        "times",
        "went on",
        "started again",
        "lost",
        "wrong",
        "time",
    ]);
    for victim in list(scenario, "figures.killed")? {
        let of = |path: &str| Ok::<_, anyhow::Error>(count(number(victim, path)?));
        table.row([
            text(victim, "victim")?.to_owned(),
            of("kills")?,
            of("went_on")?,
            of("started_again")?,
            of("lost")?,
            of("wrong")?,
            time(1e3 * number(victim, "seconds")?),
        ]);
    }
    Ok(table)
}
