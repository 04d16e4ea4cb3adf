//! Long frames, as many as go, beside a bare echo over TCP.
//!
//! The members here write bytes that were made before and count the bytes that come, at the relay
//! as at the echo: what is compared is the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use blindsight_session::{FromRelay, MemberId, ToRelay};
use serde::Serialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::Common;
use crate::machine::Cores;
use crate::member::{Door, Member};
use crate::raw;
use crate::report::{Report, percent};
use crate::server::{Server, WITHOUT_LIMITS};

/// What is measured, and for how long.
#[derive(clap::Args)]
pub struct Options {
    /// Bytes of a frame's payload.
    #[arg(long, default_value_t = 64_000)]
    bytes: usize,

    /// Pairs of one who sends and one who receives.
    #[arg(long, default_value_t = 8)]
    pairs: usize,

    /// Seconds of each measuring; there are five, in turn.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
}

/// What of the echo's throughput the relay should have.
const SHARE: f64 = 0.6;

#[derive(Serialize)]
struct Figures {
    bytes: usize,
    pairs: usize,
    /// Payload bytes each second, in each turn.
    echo: Vec<f64>,
    relay: Vec<f64>,
    share: f64,
}

/// Measures.
///
/// # Errors
/// If one of the servers does not start.
pub async fn run(options: &Options, common: &Common) -> Result<Report> {
    let cores = Cores::divide()?;
    let relay = Server::relay(common, &cores, &WITHOUT_LIMITS).await?;
    let echo = Server::announced(&std::env::current_exe()?, ["pipe"], &cores).await?;
    let time = Duration::from_secs(options.seconds);
    let (mut through_echo, mut through_relay) = (Vec::new(), Vec::new());
    // In turn, so that what the machine does meanwhile meets both.
    for turn in 0..5 {
        let (door, rates) = if turn % 2 == 0 {
            (Door::of(echo.address), &mut through_echo)
        } else {
            (Door::of(relay.address), &mut through_relay)
        };
        let lines = if turn % 2 == 0 {
            echo_lines(door, options).await?
        } else {
            relay_lines(door, options).await?
        };
        rates.push(rate(lines, time).await);
    }
    let mean = |rates: &[f64]| rates.iter().sum::<f64>() / rates.len() as f64;
    let figures = Figures {
        bytes: options.bytes,
        pairs: options.pairs,
        share: mean(&through_relay) / mean(&through_echo),
        echo: through_echo,
        relay: through_relay,
    };
    let mut report = Report::new("throughput", &figures)?;
    let row = |name: &str, rates: &[f64]| {
        let each: Vec<_> = rates.iter().map(|r| format!("{:.0}", r / 1e6)).collect();
        let mean = mean(rates);
        [
            name.to_owned(),
            format!("{:.0} MB/s", mean / 1e6),
            format!("{:.0}", mean / options.bytes as f64),
            each.join(", "),
        ]
    };
    let rows = vec![
        row("bare TCP echo", &figures.echo),
        row("relay", &figures.relay),
    ];
    report.table(["server", "payload", "frames/s", "each turn, MB/s"], rows);
    report.note(format!(
        "The relay has {} of the echo.",
        percent(figures.share)
    ));
    report.target(
        figures.share >= SHARE,
        format!("{} of the echo's throughput", percent(SHARE)),
    );
    Ok(report)
}

/// One who sends the same bytes again and again, and one who counts what comes.
pub struct Line {
    writer: OwnedWriteHalf,
    sent: Vec<u8>,
    reader: OwnedReadHalf,
    /// What part of the bytes that come is payload.
    payload: f64,
    /// Kept open.
    _others: Vec<OwnedWriteHalf>,
}

async fn echo_lines(door: Door, options: &Options) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for _ in 0..options.pairs {
        let (reader, writer) = door.knock().await?.into_split();
        lines.push(Line {
            reader,
            writer,
            sent: vec![7; options.bytes],
            payload: 1.0,
            _others: Vec::new(),
        });
    }
    Ok(lines)
}

/// Lines through a relay: from the model owner of each room to its data owner.
///
/// # Errors
/// If the relay does not let them in.
pub async fn lines_of(door: Door, pairs: usize, bytes: usize) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for _ in 0..pairs {
        let [owner, guest, _helper] = door.three().await?;
        let (to, from) = (guest.joined.me().id, owner.joined.me().id);
        let payload = vec![7; bytes];
        let frame = ToRelay::Send {
            to,
            payload: &payload,
        };
        let [(unread, writer), (reader, unused)] = [owner, guest].map(halves);
        drop(unread);
        lines.push(Line {
            reader,
            writer,
            sent: raw::masked(frame.encode())?,
            payload: bytes as f64 / arriving(from, &payload) as f64,
            _others: vec![unused],
        });
    }
    Ok(lines)
}

async fn relay_lines(door: Door, options: &Options) -> Result<Vec<Line>> {
    lines_of(door, options.pairs, options.bytes).await
}

fn halves(member: Member) -> (OwnedReadHalf, OwnedWriteHalf) {
    member.socket.into_inner().into_split()
}

/// Bytes of a message as they come to its recipient.
fn arriving(from: MemberId, payload: &[u8]) -> usize {
    raw::server_length(FromRelay::Deliver { from, payload }.encode().len())
}

/// Payload bytes each second through all lines together, once they have started to flow.
pub async fn rate(lines: Vec<Line>, time: Duration) -> f64 {
    let arrived = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    let payload = lines.first().map_or(0.0, |line| line.payload);
    let mut kept = Vec::new();
    for line in lines {
        let Line {
            mut writer,
            sent,
            mut reader,
            _others,
            ..
        } = line;
        kept.extend(_others);
        tasks.spawn(async move { while writer.write_all(&sent).await.is_ok() {} });
        let arrived = arrived.clone();
        tasks.spawn(async move {
            let mut piece = vec![0; 256 << 10];
            while let Ok(count) = reader.read(&mut piece).await
                && count > 0
            {
                arrived.fetch_add(count as u64, Ordering::Relaxed);
            }
        });
    }
    sleep(Duration::from_millis(500)).await;
    let (before, since) = (arrived.load(Ordering::Relaxed), Instant::now());
    sleep(time).await;
    let bytes = arrived.load(Ordering::Relaxed) - before;
    payload * bytes as f64 / since.elapsed().as_secs_f64()
}
