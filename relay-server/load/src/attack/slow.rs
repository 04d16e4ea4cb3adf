//! Attacks by those who take their time.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use blindsight_session::ToRelay;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::attacker::Log;
use super::cable::Cable;
use crate::member::Door;
use crate::raw;

/// Sends requests a byte at a time.
pub async fn slowloris(door: Door, log: &Log) -> Result<()> {
    let mut all = JoinSet::new();
    for _ in 0..2000 {
        let Some(mut stream) = log.outcome("connections", door.knock().await) else {
            continue;
        };
        let log = log.clone();
        all.spawn(async move {
            let request = format!(
                "GET /ws HTTP/1.1\r\nHost: relay\r\nX-Slow: {}",
                "a".repeat(9999)
            );
            for byte in request.bytes() {
                if stream.write_all(&[byte]).await.is_err() {
                    log.add("reset");
                    return;
                }
                // What the relay says before it closes is read too.
                let mut piece = [0; 256];
                match timeout(Duration::from_millis(250), stream.read(&mut piece)).await {
                    Ok(Ok(0) | Err(_)) => {
                        log.add("ended by the relay");
                        return;
                    }
                    Ok(Ok(_)) => log.add("answers"),
                    Err(_) => {}
                }
            }
        });
    }
    while all.join_next().await.is_some() {}
    Ok(())
}

/// Connects and says nothing, or asks for a socket and then says nothing.
pub async fn half_open(door: Door, log: &Log) -> Result<()> {
    let (mut streams, mut sockets) = (Vec::new(), Vec::new());
    for _ in 0..1000 {
        streams.extend(log.outcome("connections", door.knock().await));
    }
    for _ in 0..500 {
        let opened = timeout(Duration::from_secs(1), door.connect()).await;
        match opened {
            Ok(opened) => sockets.extend(log.outcome("sockets", opened)),
            Err(_) => log.add("no answer"),
        }
    }
    std::future::pending().await
}

/// Vanishes from one moment to the next, without a word of TCP: members of rooms, sockets that have
/// joined none, and connections that have not asked for anything.
pub async fn vanish(relay: SocketAddr, log: &Log) -> Result<()> {
    let (mut rooms, mut sockets, mut streams) = (Vec::new(), Vec::new(), Vec::new());
    let doors = || Cable::strangers().map(|from| Door { relay, from });
    // Those first whom the relay waits for the longest.
    for door in doors() {
        for _ in 0..34 {
            rooms.extend(log.outcome("rooms of three", door.three().await));
        }
    }
    for door in doors() {
        for _ in 0..50 {
            sockets.extend(log.outcome("sockets", door.connect().await));
        }
    }
    for door in doors() {
        for _ in 0..48 {
            streams.extend(log.outcome("connections", door.knock().await));
        }
    }
    Cable::cut()?;
    std::future::pending().await
}

/// Sends long frames to members who never read.
pub async fn never_reads(door: Door, log: &Log) -> Result<()> {
    let mut all = JoinSet::new();
    for _ in 0..100 {
        let Some([owner, guest, helper]) = log.outcome("rooms", door.three().await) else {
            continue;
        };
        let to = guest.joined.me().id;
        let payload = vec![3; 1 << 20];
        let frame = raw::masked(
            ToRelay::Send {
                to,
                payload: &payload,
            }
            .encode(),
        )?;
        let log = log.clone();
        all.spawn(async move {
            let (mut reader, mut writer) = owner.socket.into_inner().into_split();
            let sending = async {
                while writer.write_all(&frame).await.is_ok() {
                    log.add("frames taken");
                }
            };
            let mut piece = [0; 4096];
            let reading = async { while matches!(reader.read(&mut piece).await, Ok(1..)) {} };
            tokio::select! {
                () = sending => log.add("senders cut off"),
                () = reading => log.add("senders closed"),
            }
            drop((guest, helper));
        });
    }
    while all.join_next().await.is_some() {}
    sleep(Duration::from_secs(60)).await;
    Ok(())
}
