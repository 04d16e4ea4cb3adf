//! Many idle members and many active rooms.

use std::time::Duration;

use anyhow::{Context as _, Result};
use futures_util::StreamExt as _;
use futures_util::stream;
use serde::Serialize;
use tokio::time::{Instant, sleep_until};

use crate::Common;
use crate::machine::Cores;
use crate::member::{Door, Member};
use crate::process::Usage;
use crate::report::{Report, bytes, ms, percent};
use crate::server::Server;
use crate::talk::{Outcome, Pace, Talk};

/// What is measured, and for how long.
#[derive(clap::Args)]
pub struct Options {
    /// Rooms whose three members are idle.
    #[arg(long, default_value_t = 2000)]
    idle_rooms: usize,

    /// Rooms whose three members send.
    #[arg(long, default_value_t = 300)]
    active_rooms: usize,

    /// Frames each second, in all active rooms together.
    #[arg(long, default_value_t = 20_000.0)]
    frames: f64,

    /// Bytes of a frame's payload.
    #[arg(long, default_value_t = 1000)]
    bytes: usize,

    /// Seconds of measuring.
    #[arg(long, default_value_t = 12)]
    seconds: u64,
}

/// What a member who is idle may take, in bytes.
const IDLE_BYTES: f64 = 25_000.0;

/// What all but one frame in a hundred may take, in milliseconds.
const P99: f64 = 5.0;

/// By then every idle member was pinged once.
const PINGED: Duration = Duration::from_secs(24);

/// Idle members who join at the same time.
const AT_ONCE: usize = 32;

/// All members come from one address of one machine.
const ROOM_FOR_ALL: [&str; 6] = [
    "--max-rooms",
    "4000",
    "--max-connections",
    "12000",
    "--max-connections-per-address",
    "0",
];

#[derive(Serialize)]
struct Figures {
    idle_connections: usize,
    /// Of the relay without members.
    bare: Usage,
    /// With the idle ones, just joined.
    joined: Usage,
    /// With the idle ones, each of whom was pinged.
    pinged: Usage,
    idle_bytes_joined: f64,
    idle_bytes_pinged: f64,
    pace: Pace,
    talk: Outcome,
    relay_cpu: f64,
    loaded: Usage,
}

/// Measures.
///
/// # Errors
/// If the relay does not take this many members.
pub async fn run(options: &Options, common: &Common) -> Result<Report> {
    let cores = Cores::divide()?;
    let server = Server::relay(common, &cores, &ROOM_FOR_ALL).await?;
    let door = Door::of(server.address);
    // What the first connection costs is no matter of each.
    drop(door.three().await?);
    let bare = server.usage()?;

    let opening = Instant::now();
    let idle = idle_rooms(door, options.idle_rooms).await?;
    let joined = server.usage()?;
    let idle_connections = 3 * options.idle_rooms;
    let each = |usage: &Usage| {
        (usage.resident as f64 - bare.resident as f64) / idle_connections.max(1) as f64
    };
    let keeping = idle
        .into_iter()
        .flatten()
        .map(|member| tokio::spawn(keep(member)));
    let keeping: Vec<_> = keeping.collect();
    if options.idle_rooms > 0 {
        sleep_until(opening + PINGED).await;
    }
    let pinged = server.usage()?;

    let pace = Pace {
        rooms: options.active_rooms,
        frames: options.frames,
        bytes: options.bytes,
    };
    let warm_up = Duration::from_secs(3);
    let talk = Talk::start(door, pace, warm_up).await?;
    talk.measure(Duration::ZERO).await;
    let (before, since) = (server.usage()?, Instant::now());
    talk.measure(Duration::from_secs(options.seconds)).await;
    let loaded = server.usage()?;
    let relay_cpu = loaded.share_since(&before, since.elapsed());
    let talk = talk.end().await?;
    let gone = keeping.iter().filter(|task| task.is_finished()).count();

    let figures = Figures {
        idle_connections,
        idle_bytes_joined: each(&joined),
        idle_bytes_pinged: each(&pinged),
        bare,
        joined,
        pinged,
        pace,
        talk,
        relay_cpu,
        loaded,
    };
    report(&figures, gone)
}

fn report(figures: &Figures, gone: usize) -> Result<Report> {
    let Figures { pace, talk, .. } = figures;
    let mut report = Report::new("rooms", figures)?;
    let frames = format!(
        "{:.0}/s of {}",
        talk.frames_per_second,
        bytes(pace.bytes as f64)
    );
    let rows = [
        ("idle connections", figures.idle_connections.to_string()),
        (
            "memory of one, just joined",
            bytes(figures.idle_bytes_joined),
        ),
        (
            "memory of one, once pinged",
            bytes(figures.idle_bytes_pinged),
        ),
        ("active rooms", pace.rooms.to_string()),
        ("frames", frames),
        ("latency, median", ms(talk.latency.p50)),
        ("latency, p99", ms(talk.latency.p99)),
        ("latency, p99.9", ms(talk.latency.p999)),
        ("latency, longest", ms(talk.latency.max)),
        ("from when it was sent, median", ms(talk.forwarding.p50)),
        ("from when it was sent, p99", ms(talk.forwarding.p99)),
        ("lost", talk.lost().to_string()),
        ("wrong", talk.wrong.to_string()),
        ("the relay's core", percent(figures.relay_cpu)),
        ("the relay's memory", bytes(figures.loaded.resident as f64)),
        ("the relay's files", figures.loaded.files.to_string()),
    ];
    let rows = rows.map(|(what, value)| [what.to_owned(), value]);
    report.table(["what", "measured"], rows.into());
    for why in &talk.cut_off {
        report.note(format!("A member was cut off: {why}"));
    }
    report.target(
        figures.idle_bytes_pinged <= IDLE_BYTES,
        format!("at most {} for one who is idle", bytes(IDLE_BYTES)),
    );
    report.target(talk.latency.p99 <= P99, format!("p99 at most {P99} ms"));
    report.target(
        talk.frames_per_second >= 0.98 * pace.frames,
        format!("{} frames each second", pace.frames),
    );
    report.target(talk.lost() + talk.wrong == 0, "every frame arrives");
    report.target(talk.cut_off.is_empty() && gone == 0, "nobody is cut off");
    Ok(report)
}

/// Opens rooms whose members say nothing.
async fn idle_rooms(door: Door, rooms: usize) -> Result<Vec<[Member; 3]>> {
    let opening = (0..rooms).map(|_| async move { door.three().await.context("an idle room") });
    let opened: Vec<_> = stream::iter(opening)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    opened.into_iter().collect()
}

/// Reads, and so answers pings, until the connection ends.
async fn keep(mut member: Member) {
    while let Some(Ok(_)) = member.socket.next().await {}
}
