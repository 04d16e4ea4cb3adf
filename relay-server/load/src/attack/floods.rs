//! Attacks by many of what one of is harmless.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use blindsight_session::{MemberId, PlaceKey, Role, ToRelay};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::attacker::{Log, stranger};
use crate::member::{Door, generator};
use crate::raw;

/// Connects, and breaks each connection off at once; from 250 addresses.
pub async fn connects(door: Door, log: &Log) -> Result<()> {
    let mut all = JoinSet::new();
    for number in 1..=250 {
        let (door, log) = (stranger(door.relay, number), log.clone());
        all.spawn(async move {
            loop {
                let opened = timeout(Duration::from_secs(2), door.connect()).await;
                match opened {
                    Ok(opened) => {
                        if let Some(socket) = log.outcome("sockets", opened) {
                            // Without waiting for the other side, so that no port is kept.
                            let _ = socket.into_inner().set_zero_linger();
                        } else {
                            sleep(Duration::from_millis(20)).await;
                        }
                    }
                    Err(_) => log.add("no answer"),
                }
            }
        });
    }
    while all.join_next().await.is_some() {}
    Ok(())
}

/// Opens rooms and keeps them.
pub async fn rooms(door: Door, log: &Log) -> Result<()> {
    let mut all = JoinSet::new();
    for _ in 0..16 {
        let log = log.clone();
        all.spawn(async move {
            let mut kept = Vec::new();
            let Ok(mut rng) = generator() else { return };
            loop {
                let place = PlaceKey::random(&mut rng);
                let joining = door.join(place.room(), Role::ModelOwner, &place);
                match timeout(Duration::from_secs(2), joining).await {
                    Ok(joined) => match log.outcome("rooms", joined) {
                        Some(member) => kept.push(member),
                        None => sleep(Duration::from_millis(20)).await,
                    },
                    Err(_) => log.add("no answer"),
                }
                if kept.len() >= 1000 {
                    sleep(Duration::from_secs(60)).await;
                }
            }
        });
    }
    while all.join_next().await.is_some() {}
    Ok(())
}

/// Sends small frames to somebody who reads them.
pub async fn frames(door: Door, log: &Log) -> Result<()> {
    let mut all = JoinSet::new();
    for _ in 0..8 {
        let [owner, guest, helper] = door.three().await?;
        let to = guest.joined.me().id;
        let frame = ToRelay::Send {
            to,
            payload: b"as many as go",
        };
        let batch = raw::masked(frame.encode())?.repeat(100);
        send_all_the_time(owner.socket.into_inner(), batch, 100, true, log, &mut all);
        let (mut reader, writer) = guest.socket.into_inner().into_split();
        all.spawn(async move {
            let mut piece = vec![0; 64 << 10];
            while matches!(reader.read(&mut piece).await, Ok(1..)) {}
            drop((writer, helper));
        });
    }
    while all.join_next().await.is_some() {}
    Ok(())
}

/// Sends frames to nobody, and does not read that there is nobody.
pub async fn to_nobody(door: Door, log: &Log) -> Result<()> {
    let mut all = JoinSet::new();
    let mut rng = generator()?;
    while all.len() < 8 {
        let place = PlaceKey::random(&mut rng);
        let owner = door.join(place.room(), Role::ModelOwner, &place).await?;
        let to = MemberId(77);
        let batch = raw::masked(ToRelay::Send { to, payload: b"" }.encode())?.repeat(100);
        send_all_the_time(owner.socket.into_inner(), batch, 100, false, log, &mut all);
    }
    while all.join_next().await.is_some() {}
    Ok(())
}

fn send_all_the_time(
    stream: tokio::net::TcpStream,
    batch: Vec<u8>,
    frames: u64,
    reads: bool,
    log: &Log,
    all: &mut JoinSet<()>,
) {
    let (mut reader, mut writer) = stream.into_split();
    let log = log.clone();
    let reader_log = Arc::new(log.clone());
    all.spawn(async move {
        while writer.write_all(&batch).await.is_ok() {
            log.count("frames", frames);
        }
        log.add("senders cut off");
    });
    all.spawn(async move {
        let mut piece = vec![0; 4096];
        if reads {
            while matches!(reader.read(&mut piece).await, Ok(1..)) {}
            reader_log.add("senders closed");
        } else {
            sleep(Duration::from_secs(3600)).await;
            drop(reader);
        }
    });
}
