//! Attacks with bytes that nobody should send.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use blindsight_session::{PlaceKey, Role};
use futures_util::SinkExt as _;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::io::AsyncWriteExt as _;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use super::attacker::Log;
use crate::member::{Door, Socket, binary, generator};
use crate::raw;

/// How long the relay may take to close a connection.
const PATIENCE: Duration = Duration::from_millis(500);

/// Bytes that are no WebSocket frames, and what is wrong with them.
const MALFORMED: [(&str, &[u8]); 16] = [
    ("unmasked", &[0x82, 0x03, 1, 2, 3]),
    ("reserved bit 1", &[0xc2, 0x81, 0, 0, 0, 0, 1]),
    ("reserved bit 2", &[0xa2, 0x81, 0, 0, 0, 0, 1]),
    ("reserved bit 3", &[0x92, 0x81, 0, 0, 0, 0, 1]),
    ("opcode 3", &[0x83, 0x81, 0, 0, 0, 0, 1]),
    ("opcode 11", &[0x8b, 0x81, 0, 0, 0, 0, 1]),
    ("opcode 15", &[0x8f, 0x80, 0, 0, 0, 0]),
    ("a ping in pieces", &[0x09, 0x80, 0, 0, 0, 0]),
    ("a ping of 126 bytes", &PING_OF_126),
    ("a piece of nothing", &[0x80, 0x81, 0, 0, 0, 0, 1]),
    (
        "a message within a message",
        &[0x02, 0x81, 0, 0, 0, 0, 1, 0x82, 0x81, 0, 0, 0, 0, 1],
    ),
    (
        "a length of 2^63",
        &[0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ),
    (
        "a length of 2^40",
        &[0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ),
    (
        "text that is no UTF-8",
        &[0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28],
    ),
    ("a close of one byte", &[0x88, 0x81, 0, 0, 0, 0, 1]),
    ("a close for no reason", &[0x88, 0x82, 0, 0, 0, 0, 0, 1]),
];

const PING_OF_126: [u8; 134] = {
    let mut ping = [0; 134];
    ping[0] = 0x89;
    ping[1] = 0xfe;
    ping[3] = 126;
    ping
};

/// Sends one piece of nonsense on each connection, again and again.
pub async fn malformed(door: Door, log: &Log) -> Result<()> {
    for (name, nonsense) in MALFORMED.iter().cycle() {
        let Some(socket) = log.outcome("tried", door.connect().await) else {
            continue;
        };
        let socket = write_raw(socket, nonsense).await;
        let ended = tokio::time::timeout(PATIENCE, end_of(socket)).await;
        if ended.is_err() {
            log.add(format!("left open after {name}"));
        }
    }
    Ok(())
}

/// Sends messages that are too long, say that they will be, or never end.
pub async fn oversized(door: Door, log: &Log) -> Result<()> {
    let mut rng = generator()?;
    let long = raw::masked(vec![2; 4 << 20])?;
    let little_too_long = raw::masked(vec![2; (1 << 20) + 2000])?;
    // A piece of 64 KiB that is not the last; the first of a message and those that follow.
    let mut first = raw::masked(vec![2; 64 << 10])?;
    first[0] = 0x02;
    let mut next = first.clone();
    next[0] = 0x00;
    let endless = [first, next.repeat(63)].concat();
    for number in 0_usize.. {
        let place = PlaceKey::random(&mut rng);
        let joined = door.join(place.room(), Role::ModelOwner, &place).await;
        let Some(member) = log.outcome("tried", joined) else {
            continue;
        };
        let kind = [&long, &little_too_long, &endless][number % 3];
        let mut socket = member.socket;
        // The relay may close before it has read all of it.
        let _ = socket.get_mut().write_all(kind).await;
        log.farewell(&mut socket, PATIENCE).await;
    }
    Ok(())
}

/// Sends 10,000 frames that resemble real ones, from 16 at once, and waits each time until the relay
/// has read the frame.
pub async fn corpus(door: Door, log: &Log) -> Result<()> {
    let seeds = Arc::new(seeds()?);
    let mut all = JoinSet::new();
    for number in 0..16 {
        let (seeds, log) = (seeds.clone(), log.clone());
        // The same ones each time.
        let rng = StdRng::seed_from_u64(number);
        all.spawn(async move { send_changed(door, &log, &seeds, rng, 10_000 / 16).await });
    }
    while let Some(done) = all.join_next().await {
        done??;
    }
    Ok(())
}

async fn send_changed(
    door: Door,
    log: &Log,
    seeds: &[Vec<u8>],
    mut rng: StdRng,
    frames: usize,
) -> Result<()> {
    let mut places = generator()?;
    let mut socket: Option<Socket> = None;
    for number in 0..frames {
        let mut open = match socket.take() {
            Some(open) => open,
            None => {
                let place = PlaceKey::random(&mut places);
                let opened = if number % 2 == 0 {
                    door.connect().await
                } else {
                    let joined = door.join(place.room(), Role::ModelOwner, &place).await;
                    joined.map(|member| member.socket)
                };
                match log.outcome("sockets", opened) {
                    Some(open) => open,
                    None => continue,
                }
            }
        };
        let frame = changed(&mut rng, seeds);
        log.add("frames");
        if open.send(binary(frame)).await.is_ok()
            && open.send(Message::Ping("read?".into())).await.is_ok()
            && log.pong_or_farewell(&mut open, PATIENCE).await
        {
            socket = Some(open);
        }
    }
    Ok(())
}

/// The files that the fuzzing targets of what a relay reads start from.
fn seeds() -> Result<Vec<Vec<u8>>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/corpus");
    let mut seeds = Vec::new();
    for target in ["frames", "relay", "rooms", "members", "noise"] {
        let folder = corpus.join(target);
        let files = std::fs::read_dir(&folder);
        for file in files.with_context(|| format!("no folder {}", folder.display()))? {
            seeds.push(std::fs::read(file?.path())?);
        }
    }
    ensure!(!seeds.is_empty(), "the corpus is empty");
    Ok(seeds)
}

/// One of the seeds, mostly with a change or two.
fn changed(rng: &mut StdRng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut frame = seeds[rng.random_range(0..seeds.len())].clone();
    for _ in 0..rng.random_range(0..4) {
        let at = rng.random_range(0..=frame.len());
        match rng.random_range(0..4) {
            0 => frame.truncate(at),
            1 => frame.insert(at, rng.random()),
            2 => frame.extend_from_slice(&seeds[rng.random_range(0..seeds.len())]),
            _ => {
                if let Some(byte) = frame.get_mut(at) {
                    *byte ^= 1 << rng.random_range(0..8);
                }
            }
        }
    }
    frame.truncate(1 << 20);
    frame
}

async fn write_raw(mut socket: Socket, nonsense: &[u8]) -> Socket {
    // The relay may have closed already.
    let _ = socket.get_mut().write_all(nonsense).await;
    socket
}

async fn end_of(mut socket: Socket) {
    use tokio::io::AsyncReadExt as _;
    let mut piece = [0; 1024];
    while matches!(socket.get_mut().read(&mut piece).await, Ok(1..)) {}
}
