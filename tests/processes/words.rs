//! Two people compare their safety words at two terminals.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use blindsight_tests::programs::Program;
use blindsight_tests::roles::{Relay, start_classify, start_host_with};
use serde_json::Value;

const LIMIT: Duration = Duration::from_secs(60);

/// A model owner and a data owner who compare; and the words that the model owner reads.
fn met(relay: &Relay) -> Result<(Program, Program, String)> {
    let mut host = start_host_with(relay, &["--compare"])?;
    let started = host.json(LIMIT)?;
    let invite = started["data_owner_invite"].as_str();
    let (folder, mut arguments) = super::drawn(1)?;
    arguments.push("--compare".into());
    let guest = start_classify(invite.context("no invitation")?, &arguments)?;
    let link = link(&mut host, "data-owner-1")?;
    let words = link["words"].as_array().context("no words")?;
    let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
    // The picture was read before the program connected.
    drop(folder);
    Ok((host, guest, words.join(" ")))
}

/// The next line about a link with somebody.
fn link(program: &mut Program, peer: &str) -> Result<Value> {
    loop {
        let line = program.json(LIMIT)?;
        ensure!(line["kind"] == "link", "something else: {line}");
        if line["peer"] == peer {
            return Ok(line);
        }
    }
}

#[test]
fn a_picture_waits_for_the_words_to_be_compared() -> Result<()> {
    let relay = Relay::start()?;
    let (mut host, mut guest, words) = met(&relay)?;
    ensure!(words.split(' ').count() == 4, "{words}");
    ensure!(link(&mut guest, "model-owner")?["trust"] == "unverified");
    ensure!(link(&mut guest, "helper")?["trust"] == "site");
    // What is no answer is explained, and changes nothing.
    guest.say("perhaps")?;
    guest.say(&format!("model-owner {words}"))?;
    ensure!(link(&mut guest, "model-owner")?["trust"] == "verified");
    host.say("yes")?;
    while link(&mut host, "data-owner-1")?["trust"] != "verified" {}
    ensure!(guest.json(LIMIT)?["class"].is_u64(), "the picture's class");
    let ended = guest.end(LIMIT)?;
    ensure!(ended.status.success(), "{}", ended.errors);
    ensure!(
        ended.errors.contains("Type: model-owner yes"),
        "{}",
        ended.errors
    );
    Ok(())
}

#[test]
fn words_that_differ_end_it_at_both_ends() -> Result<()> {
    let relay = Relay::start()?;
    let (host, mut guest, _) = met(&relay)?;
    link(&mut guest, "model-owner")?;
    guest.say("model-owner abandon abandon abandon abandon")?;
    let ended = guest.end(LIMIT)?;
    ended.check_refusal()?;
    ensure!(ended.errors.contains("safety words"), "{}", ended.errors);
    let told = || {
        host.errors()
            .contains("safety words with data owner 1 differ")
    };
    for _ in 0..100 {
        if told() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    anyhow::bail!("the model owner is not told: {}", host.errors())
}
