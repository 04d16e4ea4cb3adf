//! What a gate costs a party, said before it is run.

use std::ops::Add;

use serde::{Deserialize, Serialize};

/// Rounds of messages, and the field elements that one party sends and receives in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Rounds in which every party waits for the others.
    pub rounds: u32,
    /// Elements that the party sends, to all others together.
    pub sent: u64,
    /// Elements that it receives.
    pub received: u64,
}

impl Cost {
    /// Bytes sent: see [`super::Field::BYTES`].
    pub const fn sent_bytes(self) -> u64 {
        8 * self.sent
    }

    /// Bytes received.
    pub const fn received_bytes(self) -> u64 {
        8 * self.received
    }

    /// The cost of two gates that run in the same rounds.
    pub fn beside(self, other: Self) -> Self {
        Self {
            rounds: self.rounds.max(other.rounds),
            ..self + other
        }
    }
}

impl Add for Cost {
    type Output = Self;

    /// The cost of one gate after another.
    fn add(self, other: Self) -> Self {
        Self {
            rounds: self.rounds + other.rounds,
            sent: self.sent + other.sent,
            received: self.received + other.received,
        }
    }
}
