//! Rooms in which people send to each other at a set pace, and what becomes of what they send.
//!
//! In each room the three members send in turn, each to the next. Every frame bears its number and
//! the time at which it was due: one that is sent late, because the one before it did not go out,
//! counts from when it should have been sent.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use blindsight_session::{Joined, MemberId, Notice, ToRelay};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Serialize;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::latency::{Summary, Times};
use crate::member::{Door, Member, Socket, binary, next_frame};

/// How much is sent.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Pace {
    /// In how many rooms.
    pub rooms: usize,
    /// Frames each second, in all rooms together.
    pub frames: f64,
    /// Bytes of a frame's payload.
    pub bytes: usize,
}

/// What became of it.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Frames that were sent.
    pub sent: u64,
    /// Frames that arrived, in order.
    pub received: u64,
    /// Frames that arrived out of order, twice or changed.
    pub wrong: u64,
    /// Members whose connection ended before the end, and why.
    pub cut_off: Vec<String>,
    /// Frames each second that arrived while it was measured.
    pub frames_per_second: f64,
    /// Milliseconds from when a frame was due to when its recipient had it.
    pub latency: Summary,
    /// Of that, milliseconds from when its sender came to send it.
    pub forwarding: Summary,
    /// And milliseconds from when it was due until then: what is this program's own, whose timers
    /// count whole milliseconds, and no fault of the relay's.
    pub late: Summary,
}

impl Outcome {
    /// Frames that never arrived.
    pub fn lost(&self) -> u64 {
        self.sent.saturating_sub(self.received + self.wrong)
    }
}

/// What the tasks of a conversation write down.
struct Notes {
    started: Instant,
    /// Times count from here.
    measure_from: Instant,
    sent: u64,
    received: u64,
    wrong: u64,
    measured: u64,
    cut_off: Vec<String>,
    latency: Times,
    forwarding: Times,
    late: Times,
    over: bool,
}

type Shared = Arc<Mutex<Notes>>;

fn with<T>(notes: &Shared, act: impl FnOnce(&mut Notes) -> T) -> T {
    act(&mut notes.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Rooms whose members send.
pub struct Talk {
    notes: Shared,
    members: Vec<JoinHandle<()>>,
    senders: JoinSet<()>,
}

/// What a frame bears at its start: its number among those of its sender, when it was due, and when
/// it was sent.
const STAMP: usize = 24;

/// What the rest of a frame is filled with.
const FILL: u8 = 0x5a;

/// How long what was sent may be on its way once nothing more is sent.
const LAST: Duration = Duration::from_secs(5);

impl Talk {
    /// Opens the rooms and starts to send.
    ///
    /// # Errors
    /// If a member is not let in.
    pub async fn start(door: Door, pace: Pace, warm_up: Duration) -> Result<Self> {
        ensure!(pace.bytes >= STAMP, "a frame has at least {STAMP} bytes");
        let mut rooms = Vec::new();
        for _ in 0..pace.rooms {
            rooms.push(door.three().await.context("an active room")?);
        }
        let started = Instant::now();
        let notes = Arc::new(Mutex::new(Notes {
            started,
            measure_from: started + warm_up,
            sent: 0,
            received: 0,
            wrong: 0,
            measured: 0,
            cut_off: Vec::new(),
            latency: Times::new()?,
            forwarding: Times::new()?,
            late: Times::new()?,
            over: false,
        }));
        let (mut members, mut senders) = (Vec::new(), JoinSet::new());
        for (number, room) in rooms.into_iter().enumerate() {
            let ids = room.each_ref().map(|member| member.joined.me().id);
            let [a, b, c] = room.map(|Member { joined, socket }| {
                let (sink, stream) = socket.split();
                members.push(tokio::spawn(listen(joined, stream, notes.clone())));
                sink
            });
            let gap = Duration::from_secs_f64(pace.rooms as f64 / pace.frames);
            let first = started + gap.mul_f64(number as f64 / pace.rooms as f64);
            senders.spawn(speak([a, b, c], ids, first, gap, pace.bytes, notes.clone()));
        }
        Ok(Self {
            notes,
            members,
            senders,
        })
    }

    /// Waits for the time to measure and then until `length` has passed.
    pub async fn measure(&self, length: Duration) {
        let from = with(&self.notes, |notes| notes.measure_from);
        sleep_until(from + length).await;
    }

    /// Stops sending, waits for what is on its way, and says what became of all.
    ///
    /// # Errors
    /// If a task of this program's failed.
    pub async fn end(mut self) -> Result<Outcome> {
        let length = with(&self.notes, |notes| {
            notes.over = true;
            notes.measure_from.elapsed()
        });
        // Those who wait to send wait no longer than this.
        let all = async { while self.senders.join_next().await.is_some() {} };
        let stuck = timeout(LAST, all).await.is_err();
        let until = Instant::now() + LAST;
        while with(&self.notes, |n| n.received + n.wrong < n.sent) && Instant::now() < until {
            sleep(Duration::from_millis(10)).await;
        }
        for member in &self.members {
            member.abort();
        }
        Ok(with(&self.notes, |notes| {
            if stuck {
                notes.cut_off.push("a sender waited to the end".to_owned());
            }
            Outcome {
                sent: notes.sent,
                received: notes.received,
                wrong: notes.wrong,
                cut_off: std::mem::take(&mut notes.cut_off),
                frames_per_second: notes.measured as f64 / length.as_secs_f64(),
                latency: notes.latency.summary(),
                forwarding: notes.forwarding.summary(),
                late: notes.late.summary(),
            }
        }))
    }
}

/// Sends in turn from each member to the next.
async fn speak(
    mut sinks: [SplitSink<Socket, Message>; 3],
    ids: [MemberId; 3],
    first: Instant,
    gap: Duration,
    bytes: usize,
    notes: Shared,
) {
    let mut payload = vec![FILL; bytes];
    let mut due = first;
    for number in 0_u64.. {
        sleep_until(due).await;
        let now = Instant::now();
        let started = with(&notes, |notes| {
            if now >= notes.measure_from {
                notes.late.add(now - due);
            }
            (!notes.over).then_some(notes.started)
        });
        let Some(started) = started else { return };
        let sender = (number % 3) as usize;
        let nanos = |time: Instant| (time - started).as_nanos() as u64;
        payload[..8].copy_from_slice(&(number / 3).to_le_bytes());
        payload[8..16].copy_from_slice(&nanos(due).to_le_bytes());
        payload[16..STAMP].copy_from_slice(&nanos(now).to_le_bytes());
        let to = ids[(sender + 1) % 3];
        let frame = ToRelay::Send {
            to,
            payload: &payload,
        };
        with(&notes, |notes| notes.sent += 1);
        if sinks[sender].send(binary(frame.encode())).await.is_err() {
            // The listener of this connection says why.
            return;
        }
        due += gap;
    }
}

/// Takes what comes for one member.
async fn listen(mut joined: Joined, mut stream: SplitStream<Socket>, notes: Shared) {
    let mut expected = 0;
    let mut refused = None;
    let why = loop {
        let frame = match next_frame(&mut stream).await {
            Ok(Some(frame)) => frame,
            Ok(None) => break refused.unwrap_or_else(|| "closed without a word".to_owned()),
            Err(error) => break refused.unwrap_or_else(|| error.to_string()),
        };
        match joined.receive(&frame) {
            Ok(Notice::Message { payload, .. }) => {
                let now = Instant::now();
                with(&notes, |notes| notes.take(payload, &mut expected, now));
            }
            Ok(Notice::Refused(refusal)) => refused = Some(refusal.to_string()),
            Ok(_) => {}
            Err(error) => break error.to_string(),
        }
    };
    with(&notes, |notes| notes.cut_off.push(why));
}

impl Notes {
    fn take(&mut self, payload: &[u8], expected: &mut u64, now: Instant) {
        let Some((number, due, sent)) = stamp(payload) else {
            self.wrong += 1;
            return;
        };
        if number != *expected {
            self.wrong += 1;
            *expected = number + 1;
            return;
        }
        *expected += 1;
        self.received += 1;
        let due = self.started + Duration::from_nanos(due);
        if due >= self.measure_from {
            self.measured += 1;
            self.latency.add(now - due);
            let sent = self.started + Duration::from_nanos(sent);
            self.forwarding.add(now - sent);
        }
    }
}

fn stamp(payload: &[u8]) -> Option<(u64, u64, u64)> {
    let (number, rest) = payload.split_first_chunk()?;
    let (due, rest) = rest.split_first_chunk()?;
    let (sent, rest) = rest.split_first_chunk()?;
    let [number, due, sent] = [number, due, sent].map(|bytes| u64::from_le_bytes(*bytes));
    let whole = rest.iter().all(|&byte| byte == FILL);
    whole.then_some((number, due, sent))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(number: u64) -> Vec<u8> {
        let mut payload = vec![FILL; 40];
        payload[..STAMP].fill(0);
        payload[..8].copy_from_slice(&number.to_le_bytes());
        payload
    }

    fn notes() -> Notes {
        Notes {
            started: Instant::now(),
            measure_from: Instant::now(),
            sent: 3,
            received: 0,
            wrong: 0,
            measured: 0,
            cut_off: Vec::new(),
            latency: Times::new().unwrap(),
            forwarding: Times::new().unwrap(),
            late: Times::new().unwrap(),
            over: false,
        }
    }

    #[test]
    fn a_frame_that_is_missing_twice_or_changed_is_noticed() {
        let now = Instant::now();
        let (mut notes, mut expected) = (notes(), 0);
        notes.take(&payload(0), &mut expected, now);
        assert_eq!((notes.received, notes.wrong), (1, 0));
        notes.take(&payload(2), &mut expected, now);
        assert_eq!((notes.received, notes.wrong), (1, 1));
        notes.take(&payload(2), &mut expected, now);
        assert_eq!((notes.received, notes.wrong), (1, 2));
        let mut changed = payload(3);
        changed[39] ^= 1;
        notes.take(&changed, &mut expected, now);
        notes.take(&[1; 3], &mut expected, now);
        assert_eq!((notes.received, notes.wrong), (1, 4));
        notes.take(&payload(3), &mut expected, now);
        assert_eq!((notes.received, notes.wrong), (2, 4));
    }
}
