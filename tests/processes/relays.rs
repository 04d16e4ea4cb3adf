//! Several relays behind a load balancer, which die in turn.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use blindsight_tests::balancer::Balancer;
use blindsight_tests::nats::Nats;
use blindsight_tests::roles::{Helping, Host, Relay, classify, start_classify, start_helper};

use crate::drawn;

/// How long a relay may take to find the others.
const FINDING: Duration = Duration::from_secs(30);

/// Each relay is killed and started again, and so is the NATS server between them, in the middle of
/// a hundred classifications: all hundred are as without that.
#[test]
fn a_hundred_classifications_survive_the_death_of_each_relay_and_of_nats() -> Result<()> {
    let mut nats = Nats::start()?;
    let url = nats.url();
    let arguments = ["--nats", &url, "--exact-metrics"];
    let mut relays = [
        Relay::start_with(&arguments)?,
        Relay::start_with(&arguments)?,
    ];
    for relay in &relays {
        wait_until(relay, "/health", |answer| {
            answer.starts_with("HTTP/1.1 200")
        })?;
    }
    let servers = relays.iter().map(|relay| relay.address.clone()).collect();
    let balancer = Balancer::start(servers)?;
    let host = Host::start_at(&balancer.socket(), Helping::BuiltIn)?;
    let (_folder, ten) = drawn(10)?;
    let hundred: Vec<String> = ten.iter().cycle().take(100).cloned().collect();
    let expected = classify(&host.data_owner_invite, &ten)?;
    let expected: Vec<usize> = expected.images.iter().map(|image| image.class).collect();

    let mut data_owner = start_classify(&host.data_owner_invite, &hundred)?;
    let mut classes = Vec::new();
    for line in 0..100 {
        match line {
            20 | 60 => relays[0].restart()?,
            40 => relays[1].restart()?,
            80 => nats.restart()?,
            _ => {}
        }
        let image = data_owner.json(Duration::from_secs(60))?;
        classes.push(image["class"].as_u64().context("no class")?);
    }
    let summary = data_owner.json(Duration::from_secs(10))?;
    ensure!(summary["images"] == 100, "{summary}");
    for (index, class) in classes.into_iter().enumerate() {
        ensure!(
            usize::try_from(class)? == expected[index % 10],
            "picture {index}"
        );
    }
    Ok(())
}

/// Model owner and helper are at one relay, the data owner at another.
#[test]
fn owners_at_different_relays_meet() -> Result<()> {
    let nats = Nats::start()?;
    let url = nats.url();
    let arguments = ["--nats", &url, "--exact-metrics"];
    let relays = [
        Relay::start_with(&arguments)?,
        Relay::start_with(&arguments)?,
    ];
    for relay in &relays {
        wait_until(relay, "/health", |answer| {
            answer.starts_with("HTTP/1.1 200")
        })?;
    }
    let [near, far] = &relays;
    let host = Host::start(near, Helping::Invited)?;
    let invite = host.data_owner_invite.replace(&near.address, &far.address);
    ensure!(invite != host.data_owner_invite, "{invite}");
    let (_folder, pictures) = drawn(3)?;
    let data_owner = start_classify(&invite, &pictures)?;
    // It waits for a helper, and is carried from one relay to the other.
    for relay in &relays {
        wait_until(relay, "/metrics", |answer| {
            answer.contains("\nblindsight_relay_tunnels 1\n")
        })?;
    }
    let _helper = start_helper(&host.helper_invite)?;
    let lines = data_owner.end(Duration::from_secs(60))?.json()?;
    ensure!(
        lines.len() == 4,
        "three pictures and the summary: {lines:?}"
    );
    Ok(())
}

/// Asks a relay until it answers as expected.
fn wait_until(relay: &Relay, path: &str, expected: impl Fn(&str) -> bool) -> Result<()> {
    let started = Instant::now();
    loop {
        let mut stream = TcpStream::connect(&relay.address)?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: relay\r\nconnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        if expected(&answer) {
            return Ok(());
        }
        ensure!(started.elapsed() < FINDING, "{path} answers {answer}");
        thread::sleep(Duration::from_millis(20));
    }
}
