//! The process of an attack.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use blindsight_session::FromRelay;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{Kind, bytes, floods, slow};
use crate::member::{Door, Socket, next_frame};

/// What an attacker is told.
#[derive(clap::Args)]
pub struct Orders {
    /// What to do.
    kind: Kind,

    /// To whom.
    #[arg(long)]
    relay_address: SocketAddr,

    /// For how long.
    #[arg(long)]
    seconds: u64,
}

/// What an attacker met, and how often.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Met(BTreeMap<String, u64>);

impl fmt::Display for Met {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each: Vec<_> = self
            .0
            .iter()
            .map(|(what, n)| format!("{n} {what}"))
            .collect();
        f.write_str(&each.join("; "))
    }
}

/// What the tasks of an attack write down.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Met>>);

impl Log {
    /// Once more.
    pub fn add(&self, what: impl Into<String>) {
        self.count(what, 1);
    }

    /// So many times more.
    pub fn count(&self, what: impl Into<String>, times: u64) {
        let mut met = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *met.0.entry(what.into()).or_default() += times;
    }

    /// How something that was tried ended.
    pub fn outcome<T>(&self, what: &str, outcome: Result<T>) -> Option<T> {
        match outcome {
            Ok(value) => {
                self.add(what);
                Some(value)
            }
            Err(error) => {
                self.add(reason(&error));
                None
            }
        }
    }

    /// Reads until a pong comes, or the relay closes the connection: whether it goes on.
    pub async fn pong_or_farewell(&self, socket: &mut Socket, patience: Duration) -> bool {
        let mut why = None;
        let ended = timeout(patience, async {
            loop {
                match socket.next().await {
                    Some(Ok(Message::Pong(_))) => return true,
                    Some(Ok(Message::Binary(frame))) => {
                        if let Ok(FromRelay::Refused(refusal)) = FromRelay::decode(&frame) {
                            why = Some(short(&format!("{refusal:?}")));
                        }
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return false,
                }
            }
        });
        let goes_on = ended.await;
        match (why, &goes_on) {
            (Some(why), _) => self.add(why),
            (None, Ok(false)) => self.add("closed"),
            (None, Err(_)) => self.add("no pong"),
            (None, Ok(true)) => {}
        }
        goes_on == Ok(true)
    }

    /// Reads until the relay closes the connection, and writes down why it says it does.
    pub async fn farewell(&self, socket: &mut Socket, patience: Duration) {
        let ended = timeout(patience, async {
            let mut why = None;
            loop {
                match next_frame(socket).await {
                    Ok(Some(frame)) => {
                        if let Ok(FromRelay::Refused(refusal)) = FromRelay::decode(&frame) {
                            why = Some(format!("{refusal:?}"));
                        }
                    }
                    Ok(None) => return why.unwrap_or_else(|| "closed".to_owned()),
                    Err(error) => return why.unwrap_or_else(|| reason(&error)),
                }
            }
        });
        match ended.await {
            Ok(why) => self.add(short(&why)),
            Err(_) => self.add("left open"),
        }
    }
}

/// The same for all that differ in a number only.
fn short(why: &str) -> String {
    why.split(['(', '{'])
        .next()
        .unwrap_or(why)
        .trim()
        .to_owned()
}

/// Why the relay did not go on, in few words.
fn reason(error: &anyhow::Error) -> String {
    match error.downcast_ref::<Error>() {
        Some(Error::Http(response)) => format!("HTTP {}", response.status().as_u16()),
        Some(Error::Io(_) | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => {
            "reset".to_owned()
        }
        Some(Error::ConnectionClosed | Error::AlreadyClosed) => "closed".to_owned(),
        Some(other) => short(&other.to_string()),
        None => match error.downcast_ref::<std::io::Error>() {
            Some(_) => "no connection".to_owned(),
            None => short(&error.to_string()),
        },
    }
}

/// An address of this machine that is not the one of the well-behaved.
pub fn stranger(relay: SocketAddr, number: u8) -> Door {
    let from = IpAddr::V4(Ipv4Addr::new(127, 0, 1, number));
    Door { relay, from }
}

/// Attacks until the time is over, and says what it met.
///
/// # Errors
/// If the system does not let it be as it should be.
pub async fn attack(orders: &Orders) -> Result<Met> {
    // The well-behaved come first.
    rustix::process::nice(19).context("giving way to others")?;
    let log = Log::default();
    let door = stranger(orders.relay_address, 1);
    let attack = async {
        match orders.kind {
            Kind::Slowloris => slow::slowloris(door, &log).await,
            Kind::HalfOpen => slow::half_open(door, &log).await,
            Kind::Vanish => slow::vanish(orders.relay_address, &log).await,
            Kind::NeverReads => slow::never_reads(door, &log).await,
            Kind::Connects => floods::connects(door, &log).await,
            Kind::Rooms => floods::rooms(door, &log).await,
            Kind::Frames => floods::frames(door, &log).await,
            Kind::ToNobody => floods::to_nobody(door, &log).await,
            Kind::Oversized => bytes::oversized(door, &log).await,
            Kind::Malformed => bytes::malformed(door, &log).await,
            Kind::Corpus => bytes::corpus(door, &log).await,
        }
    };
    let time = Duration::from_secs(orders.seconds);
    tokio::select! {
        result = attack => {
            result?;
            sleep(Duration::from_millis(200)).await;
        }
        () = sleep(time) => {}
    }
    let met = log.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(met)
}
