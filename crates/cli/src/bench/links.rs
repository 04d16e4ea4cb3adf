//! What a link costs: a message is cut, encrypted, decrypted and put together again, between a
//! model owner's links and a data owner's in this process. Reports travel back as they fall due.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use blindsight_session::{
    Doors, Identity, LinkEvent, Links, Member, MemberId, Peer, PlaceKey, Role, Turn,
};
use rand::rngs::StdRng;
use serde::Serialize;

use crate::{rehearsal, report};

/// The longest message that either takes.
const LONGEST: usize = 1 << 24;
/// The lengths that are measured.
const LENGTHS: [usize; 5] = [100, 1_000, 10_000, 100_000, 1_000_000];
/// How long each is repeated.
const LONG: Duration = Duration::from_millis(300);

/// Which of the two, as the relay knows them.
const MEMBERS: [Member; 2] = [
    Member {
        id: MemberId(0),
        role: Role::ModelOwner,
    },
    Member {
        id: MemberId(1),
        role: Role::DataOwner,
    },
];

/// What was measured: the line of `--json`. Times are medians, of both ends together on one core.
#[derive(Serialize)]
pub struct Measured {
    /// Two keys are agreed on.
    handshake_ms: f64,
    messages: Vec<Message>,
}

#[derive(Serialize)]
struct Message {
    bytes: usize,
    /// What the relay is given to forward for it, reports of what came included.
    forwarded_bytes: usize,
    ms: f64,
}

/// A model owner and a data owner; the relay between them is a loop.
struct Pair {
    links: [Links; 2],
    rng: StdRng,
    forwarded: usize,
}

impl Pair {
    fn new() -> anyhow::Result<Self> {
        let mut rng = rehearsal::rng()?;
        let doors = Doors::new(Some(1), Some(1), &mut rng);
        let secret = doors.secret(Role::DataOwner);
        let secret = secret.context("nobody may come in")?.clone();
        let room = PlaceKey::random(&mut rng).room();
        let (own, plan) = (Identity::random(&mut rng), [4; 32]);
        let host = (own.public(), secret);
        let model_owner = Links::model_owner(own, room, plan, doors, &mut rng);
        let own = Identity::random(&mut rng);
        let data_owner = Links::guest(own, Role::DataOwner, room, plan, host, &mut rng);
        let mut pair = Self {
            links: [model_owner, data_owner],
            rng,
            forwarded: 0,
        };
        for (who, other) in [(0, 1), (1, 0)] {
            let turn = pair.links[who].member_joined(0.0, MEMBERS[other], &mut pair.rng);
            pair.carry(who, turn);
        }
        Ok(pair)
    }

    /// Delivers payloads until there are none. Gives the bytes of the messages that came.
    fn carry(&mut self, from: usize, turn: Turn) -> usize {
        let to = 1 - from;
        let mut bytes = 0;
        for (_, payload) in turn.payloads {
            self.forwarded += payload.len();
            let links = &mut self.links[to];
            let turn = links.receive(0.0, MEMBERS[from], &payload, |_| LONGEST, &mut self.rng);
            for event in &turn.events {
                if let LinkEvent::Message { message, .. } = event {
                    bytes += black_box(message).len();
                }
            }
            bytes += self.carry(to, turn);
        }
        bytes
    }

    /// One message from the model owner to the data owner.
    fn send(&mut self, message: &[u8]) -> anyhow::Result<()> {
        let turn = self.links[0].send(Peer::DataOwner(1), message);
        let came = self.carry(0, turn);
        ensure!(came == message.len(), "of a message {came} bytes came");
        Ok(())
    }
}

/// Measures handshakes and messages of several lengths.
///
/// # Errors
///
/// When the system has no randomness, or a message does not come as it was sent.
pub fn measure() -> anyhow::Result<Measured> {
    let handshake_ms = median(|| Pair::new().map(drop))?.0;
    let mut pair = Pair::new()?;
    let messages = LENGTHS.map(|bytes| {
        let message = vec![7; bytes];
        let before = pair.forwarded;
        let (ms, times) = median(|| pair.send(&message))?;
        Ok(Message {
            bytes,
            forwarded_bytes: (pair.forwarded - before) / times,
            ms,
        })
    });
    let messages = messages.into_iter().collect::<anyhow::Result<_>>()?;
    Ok(Measured {
        handshake_ms,
        messages,
    })
}

/// Repeats; gives the median in milliseconds and how often it was done.
fn median(mut once: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<(f64, usize)> {
    let begun = Instant::now();
    let mut times = Vec::new();
    while begun.elapsed() < LONG {
        let begun = Instant::now();
        once()?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    let count = times.len();
    Ok((report::median(times), count))
}

impl Measured {
    /// Prints it for a person.
    pub fn show(&self) {
        report::line(&format!("handshake: {:.2} ms", self.handshake_ms));
        for message in &self.messages {
            let Message {
                bytes,
                forwarded_bytes,
                ms,
            } = message;
            let [bytes, forwarded] = [*bytes, *forwarded_bytes].map(|n| report::bytes(n as u64));
            report::line(&format!(
                "a message of {bytes}: {ms:.3} ms at both ends, {forwarded} forwarded"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_comes_and_takes_more_bytes_than_it_has() {
        let measured = measure().unwrap();
        measured.show();
        assert!(measured.handshake_ms > 0.0);
        let more = measured.messages.iter();
        let more = more.map(|message| message.forwarded_bytes.saturating_sub(message.bytes));
        assert!(more.clone().all(|more| (16..100_000).contains(&more)));
    }
}
