//! A model owner at a terminal is asked before each picture.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use blindsight_tests::programs::Program;
use blindsight_tests::roles::{Relay, start_classify, start_host_with};

const LIMIT: Duration = Duration::from_secs(60);

/// A data owner with a picture, once the model owner is asked.
fn asked(host: &mut Program, invite: &str, id: u64) -> Result<Program> {
    let (folder, arguments) = super::drawn(1)?;
    let guest = start_classify(invite, &arguments)?;
    let question = host.json(LIMIT)?;
    ensure!(
        question["state"] == "asking" && question["id"] == id,
        "{question}"
    );
    // The picture was read before the program connected.
    drop(folder);
    Ok(guest)
}

#[test]
fn pictures_wait_until_they_are_allowed() -> Result<()> {
    let relay = Relay::start()?;
    let mut host = start_host_with(&relay, &["--ask", "--invite-uses", "2"])?;
    let started = host.json(LIMIT)?;
    let invite = started["data_owner_invite"].as_str();
    let invite = invite.context("no invitation")?;

    let mut guest = asked(&mut host, invite, 1)?;
    host.say("data-owner-2 allow")?;
    host.say("allow")?;
    ensure!(guest.json(LIMIT)?["class"].is_u64(), "the picture's class");
    ensure!(guest.end(LIMIT)?.status.success());

    let guest = asked(&mut host, invite, 2)?;
    host.say("data-owner-2 deny")?;
    let ended = guest.end(LIMIT)?;
    ended.check_refusal()?;
    ensure!(ended.errors.contains("did not allow"), "{}", ended.errors);
    ensure!(host.errors().contains("No picture of data-owner-2 waits"));
    Ok(())
}
