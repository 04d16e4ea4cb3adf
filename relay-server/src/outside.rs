//! Helpers that run elsewhere: at somebody else's, on a machine with more cores.
//!
//! A program with helpers dials the relay, shows a password that both were given, and says what key
//! its helpers have. Over that connection it hears of each room that wants one, as a ticket. With
//! the ticket it opens a connection for that room, over which go the frames that a helper in the
//! relay's own process would exchange with it ([`HelperSeat`]).

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use blindsight_session::PublicKey;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use rand::{TryRng, rngs::SysRng};
use subtle::ConstantTimeEq;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{Instant, interval_at, sleep, timeout};
use zeroize::Zeroizing;

use crate::helper::{BuiltInHelper, HelperSeat};
use crate::limits::Limits;

mod answering;
mod dialling;

pub(crate) use answering::{list, seat};
pub use dialling::help_elsewhere;

/// Where programs with helpers dial in.
pub(crate) const DIAL: &str = "/helpers";

/// Where they open a connection for one room.
pub(crate) const SEAT: &str = "/helpers/seat";

/// The shortest password.
const SHORTEST: usize = 16;

/// How many rooms may wait for a connection to one program.
const WAITING: usize = 64;

/// A password that a relay and the helpers elsewhere share.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// The password in this text, without white space around it; nothing if it is shorter than 16
    /// characters or cannot stand in a header.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = text.len() >= SHORTEST && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// What stands in the header `Authorization`.
    fn header(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("Bearer {}", self.0.as_str()))
    }

    /// Whether this is the right header.
    fn opens(&self, header: Option<&[u8]>) -> bool {
        let right = self.header();
        header.is_some_and(|header| header.ct_eq(right.as_bytes()).into())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// Names a room that wants a helper, once. Whoever has it and the password may take the seat.
type Ticket = [u8; 16];

/// The helpers elsewhere that have dialled in.
#[derive(Clone)]
pub struct OutsideHelpers {
    password: Password,
    patience: std::time::Duration,
    state: Arc<Mutex<State>>,
}

impl fmt::Debug for OutsideHelpers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OutsideHelpers(..)")
    }
}

#[derive(Default)]
struct State {
    programs: Vec<Program>,
    /// Seats that were offered and not yet taken.
    offered: HashMap<Ticket, HelperSeat>,
    next: u64,
}

/// A program that has dialled in.
struct Program {
    number: u64,
    key: PublicKey,
    tickets: Sender<Ticket>,
}

impl OutsideHelpers {
    /// None yet; those who know the password may dial in.
    pub fn new(password: Password, limits: &Limits) -> Self {
        Self {
            password,
            patience: limits.handshake_timeout,
            state: Arc::default(),
        }
    }

    /// A program has dialled in. Gives its number and the tickets for it; nothing if another is
    /// there whose helpers have another key.
    fn add(&self, key: PublicKey) -> Option<(u64, Receiver<Ticket>)> {
        let mut state = self.lock();
        if state.programs.iter().any(|program| program.key != key) {
            return None;
        }
        let (tickets, received) = channel(WAITING);
        state.next += 1;
        let number = state.next;
        state.programs.push(Program {
            number,
            key,
            tickets,
        });
        Some((number, received))
    }

    fn remove(&self, number: u64) {
        self.lock()
            .programs
            .retain(|program| program.number != number);
    }

    fn take(&self, ticket: &Ticket) -> Option<HelperSeat> {
        self.lock().offered.remove(ticket)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BuiltInHelper for OutsideHelpers {
    fn start(&self, seat: HelperSeat) {
        let mut ticket = Ticket::default();
        if SysRng.try_fill_bytes(&mut ticket).is_err() {
            tracing::error!("the system has no randomness; a helper cannot be asked for without");
            return;
        }
        let mut state = self.lock();
        // In turn; one that does not take its tickets is passed over.
        let count = state.programs.len().max(1);
        state.programs.rotate_left(1 % count);
        let sent = state
            .programs
            .iter()
            .any(|p| p.tickets.try_send(ticket).is_ok());
        if !sent {
            // The seat is dropped: the room can ask again.
            tracing::warn!("no helper elsewhere takes more rooms");
            return;
        }
        state.offered.insert(ticket, seat);
        drop(state);
        let helpers = self.clone();
        tokio::spawn(async move {
            sleep(helpers.patience).await;
            helpers.take(&ticket);
        });
    }

    fn key(&self) -> Option<PublicKey> {
        self.lock().programs.first().map(|program| program.key)
    }
}

/// What goes over a WebSocket of either library.
enum Sent {
    Frame(Vec<u8>),
    Ping,
}

/// Hands frames on between a WebSocket and a seat, until either ends.
async fn bridge(
    limits: &Limits,
    mut writer: impl Sink<Sent> + Unpin,
    mut reader: impl Stream<Item = Option<Vec<u8>>> + Unpin,
    to_seat: Sender<Vec<u8>>,
    mut from_seat: Receiver<Vec<u8>>,
) {
    let reading = async {
        while let Ok(Some(message)) = timeout(limits.idle_timeout, reader.next()).await {
            // What is not a frame only shows that the other end is there.
            if let Some(frame) = message
                && to_seat.send(frame).await.is_err()
            {
                return;
            }
        }
    };
    let every = limits.ping_interval;
    let writing = async {
        let mut pings = interval_at(Instant::now() + every, every);
        loop {
            let next = tokio::select! {
                frame = from_seat.recv() => match frame {
                    Some(frame) => Sent::Frame(frame),
                    None => break,
                },
                _ = pings.tick() => Sent::Ping,
            };
            if !matches!(
                timeout(limits.stall_timeout, writer.send(next)).await,
                Ok(Ok(()))
            ) {
                return;
            }
        }
        let _ = timeout(limits.stall_timeout, writer.close()).await;
    };
    tokio::select! {
        () = reading => {}
        () = writing => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_shown_to_nobody() {
        for wrong in ["", "short", "sixteen letters but", "sixteen-letters\u{e9}"] {
            assert!(Password::parse(wrong).is_none(), "{wrong}");
        }
        let password = Password::parse(" sixteen-letters!\n").unwrap();
        assert_eq!(format!("{password:?}"), "Password(..)");
        assert!(password.opens(Some(b"Bearer sixteen-letters!")));
        for header in [
            None,
            Some(&b"sixteen-letters!"[..]),
            Some(b"Bearer sixteen-letters?"),
        ] {
            assert!(!password.opens(header));
        }
    }
}
