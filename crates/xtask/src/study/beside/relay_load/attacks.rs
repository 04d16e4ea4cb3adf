//! What well-behaved people feel of an attack.

use anyhow::{Context, Result};
use serde_json::Value;

use super::core;
use crate::study::marks::Facts;
use crate::study::page::Table;
use crate::study::values::{bytes, count, list, number, text, time};

/// All attacks, with the default limits.
pub fn attacks(scenario: &Value, facts: &mut Facts) -> Result<()> {
    let mut table = Table::new([
        "attack",
        "median",
        "p99",
        "from when due",
        "lost",
        "cut off",
        "new room",
        "relay's core",
        "memory",
        "left",
        "what the attacker met",
    ]);
    let figures = &scenario["figures"];
    let quiet = felt(&figures["quiet"])?;
    let bare = bytes(number(figures, "bare.resident")?);
    let nothing = || std::iter::repeat_n(String::new(), 3);
    let none = std::iter::once("none".to_owned());
    table.row(
        none.chain(quiet)
            .chain(nothing())
            .chain([bare, String::new()]),
    );
    for attack in list(figures, "attacks")? {
        // Nobody opened a room in time.
        let room = number(attack, "newcomer").map_or_else(|_| "never".to_owned(), time);
        let kind = std::iter::once(text(attack, "kind")?.to_owned());
        table.row(kind.chain(felt(&attack["talk"])?).chain([
            room,
            core(number(attack, "relay_cpu")?),
            bytes(number(attack, "resident")?),
            bytes(number(attack, "after.resident")?),
            met(attack)?,
        ]));
    }
    facts.table("attack", &table);
    Ok(())
}

/// Those with an attacker that goes before whatever else runs.
pub fn hard(scenario: &Value) -> Result<Table> {
    let mut table = Table::new(["attack", "p99", "relay's core", "what the attacker met"]);
    // A scenario as the tool saves it has its figures apart.
    let figures = scenario.get("figures").unwrap_or(scenario);
    for attack in list(figures, "attacks")? {
        table.row([
            text(attack, "kind")?.to_owned(),
            time(number(attack, "talk.forwarding.p99")?),
            core(number(attack, "relay_cpu")?),
            met(attack)?,
        ]);
    }
    Ok(table)
}

/// Ends that vanish: what the relay keeps of them.
pub fn vanished(scenario: &Value) -> Result<Table> {
    let mut table = Table::new([
        "attack",
        "p99",
        "lost",
        "cut off",
        "new room",
        "relay's core",
        "memory",
        "left",
        "most files",
        "files left",
    ]);
    let figures = &scenario["figures"];
    let [_, p99, _, lost, cut_off] = felt(&figures["quiet"])?;
    let nothing = String::new;
    table.row([
        "none".to_owned(),
        p99,
        lost,
        cut_off,
        nothing(),
        nothing(),
        nothing(),
        bytes(number(figures, "bare.resident")?),
        nothing(),
        count(number(figures, "bare.files")?),
    ]);
    for attack in list(figures, "attacks")? {
        let [_, p99, _, lost, cut_off] = felt(&attack["talk"])?;
        table.row([
            text(attack, "kind")?.to_owned(),
            p99,
            lost,
            cut_off,
            time(number(attack, "newcomer")?),
            core(number(attack, "relay_cpu")?),
            bytes(number(attack, "resident")?),
            bytes(number(attack, "after.resident")?),
            count(number(attack, "files")?),
            count(number(attack, "after.files")?),
        ]);
    }
    Ok(table)
}

/// Median and p99 from when a frame was sent, p99 from when it was due, frames that are lost or wrong,
/// and people who were cut off.
fn felt(talk: &Value) -> Result<[String; 5]> {
    let lost = number(talk, "sent")? - number(talk, "received")? + number(talk, "wrong")?;
    Ok([
        time(number(talk, "forwarding.p50")?),
        time(number(talk, "forwarding.p99")?),
        time(number(talk, "latency.p99")?),
        count(lost),
        count(list(talk, "cut_off")?.len() as f64),
    ])
}

/// What the attacker counted.
fn met(attack: &Value) -> Result<String> {
    let met = attack["met"].as_object().context("an attack met nothing")?;
    let met = met.iter().map(|(what, times)| {
        let times = times.as_f64().context("a count is no number")?;
        Ok(format!("{} {what}", count(times)))
    });
    Ok(met.collect::<Result<Vec<_>>>()?.join("; "))
}
