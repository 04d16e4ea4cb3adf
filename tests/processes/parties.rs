//! A room without a helper: three compute parties, a model owner and a data owner, each a program.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use blindsight_tests::programs::Program;
use blindsight_tests::roles::{Relay, SharedHost, classify, start_classify, start_party};

use super::{REFUSAL, drawn};

const MODEL: &str = "mnist-bmlp-small";

fn parties(invite: &str, count: usize) -> Result<Vec<Program>> {
    (0..count).map(|_| start_party(invite)).collect()
}

/// Waits for a line of a kind.
fn wait_for(program: &mut Program, what: impl Fn(&serde_json::Value) -> bool) -> Result<()> {
    loop {
        if what(&program.json(Duration::from_secs(60))?) {
            return Ok(());
        }
    }
}

#[test]
fn three_programs_classify_drawn_digits_without_a_helper() -> Result<()> {
    let relay = Relay::start()?;
    let host = SharedHost::start(&relay, MODEL, 3, &[])?;
    let mut parties = parties(&host.party_invite, 3)?;
    let (_folder, pictures) = drawn(4)?;
    let classified = classify(&host.data_owner_invite, &pictures)?;
    ensure!(classified.images.len() == 4, "{:?}", classified.summary);
    let right = classified.images.iter().enumerate();
    let right = right.filter(|(digit, image)| *digit == image.class).count();
    ensure!(right >= 3, "{right} of 4: {:?}", classified.images);
    // What it costs is what the host said it would.
    let declared = |name: &str| host.plan[name].as_u64().context("declared");
    for image in &classified.images {
        ensure!(image.online_bytes == declared("onlineBytes")?, "{image:?}");
        ensure!(
            image.offline_bytes == declared("offlineBytes")?,
            "{image:?}"
        );
        ensure!(image.round_trips == declared("roundTrips")?, "{image:?}");
    }
    for party in &mut parties {
        wait_for(party, |note| {
            note["kind"] == "computed" && note["pictures"] == 4
        })?;
    }
    Ok(())
}

/// A party dies, and another takes its place when the relay has given it up; who waits goes on.
#[test]
fn a_party_that_stops_is_replaced() -> Result<()> {
    let relay = Relay::start()?;
    let more = ["--reusable", "--budget", "100"];
    let host = SharedHost::start(&relay, MODEL, 3, &more)?;
    let mut programs = parties(&host.party_invite, 3)?;
    let (_folder, pictures) = drawn(1)?;
    classify(&host.data_owner_invite, &pictures)?;
    // In good order, as with ctrl-c: the place is free at once.
    programs.remove(1).interrupt(REFUSAL)?;
    let data_owner = start_classify(&host.data_owner_invite, &pictures)?;
    let _fourth = start_party(&host.party_invite)?;
    let lines = data_owner.end(Duration::from_secs(60))?.json()?;
    ensure!(lines.len() == 2, "one picture and the summary: {lines:?}");
    Ok(())
}

/// A party leaves while a data owner's pictures are classified one by one: a picture under way begins
/// anew, and the rest are classified with the party that comes in its place.
#[test]
fn a_party_is_replaced_between_pictures() -> Result<()> {
    let relay = Relay::start()?;
    let host = SharedHost::start(&relay, MODEL, 3, &["--budget", "100"])?;
    let mut programs = parties(&host.party_invite, 3)?;
    let (_folder, mut arguments) = drawn(10)?;
    arguments.extend(["--batch", "1", "--pool", "1"].map(str::to_owned));
    let mut data_owner = start_classify(&host.data_owner_invite, &arguments)?;
    let first = data_owner.json(Duration::from_secs(60))?;
    ensure!(first["class"] == 0, "the first picture: {first}");
    programs.remove(2).interrupt(REFUSAL)?;
    let mut fourth = start_party(&host.party_invite)?;
    let lines = data_owner.end(Duration::from_secs(120))?.json()?;
    let classes: Vec<_> = lines
        .iter()
        .filter_map(|line| line["class"].as_u64())
        .collect();
    let expected = (1..10)
        .zip(&classes)
        .filter(|(digit, class)| digit == *class);
    ensure!(classes.len() == 9 && expected.count() >= 7, "{lines:?}");
    wait_for(&mut fourth, |note| {
        note["kind"] == "computed" && note["pictures"].as_u64() >= Some(1)
    })
}

/// The seat that a party was given.
fn seat(party: &mut Program) -> Result<u64> {
    loop {
        let note = party.json(Duration::from_secs(60))?;
        if note["kind"] == "seated" {
            return note["index"].as_u64().context("no index");
        }
    }
}

/// The model owner frees a seat, and says of the next one in it that the words differ. Each time its
/// program is told and ends, and another one takes the seat.
#[test]
fn a_seat_is_freed_at_a_word() -> Result<()> {
    let relay = Relay::start()?;
    let more = ["--reusable", "--compare"];
    let mut host = SharedHost::start(&relay, MODEL, 3, &more)?;
    let mut programs = parties(&host.party_invite, 3)?;
    let (_folder, pictures) = drawn(1)?;
    classify(&host.data_owner_invite, &pictures)?;
    let seats: Result<Vec<u64>> = programs.iter_mut().map(seat).collect();
    let second = seats?.iter().position(|seat| *seat == 2);
    let second = second.context("nobody has the second seat")?;
    for (line, told) in [
        ("free 2", "removed you from the room"),
        (
            "compute-party-2 no",
            "the safety words with the model owner differ",
        ),
    ] {
        host.say(line)?;
        let ended = programs.remove(second).end(REFUSAL)?;
        ended.check_refusal()?;
        let errors = ended.errors.to_lowercase();
        ensure!(errors.contains(told), "{line}: {errors}");
        let mut next = start_party(&host.party_invite)?;
        ensure!(seat(&mut next)? == 2);
        programs.insert(second, next);
        let classified = classify(&host.data_owner_invite, &pictures)?;
        ensure!(classified.images.len() == 1);
    }
    Ok(())
}

#[test]
fn invitations_of_other_roles_are_refused() -> Result<()> {
    let relay = Relay::start()?;
    let host = SharedHost::start(&relay, MODEL, 3, &[])?;
    let ended = start_party(&host.data_owner_invite)?.end(REFUSAL)?;
    ended.check_refusal()?;
    let (_folder, pictures) = drawn(1)?;
    let ended = start_classify(&host.party_invite, &pictures)?.end(REFUSAL)?;
    ended.check_refusal()
}
