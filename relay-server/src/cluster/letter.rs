//! What relays write to each other, as bytes in postcard form.
//!
//! Each relay has a subject of its own, to which the others write [`Letter`]s. Each room has one,
//! which is heard by the relay where the room lives; [`Query`]s go there.

use blindsight_session::{Refusal, RoomId};
use serde::{Deserialize, Serialize};

/// In front of every subject. The number is that of this format.
const PREFIX: &str = "blindsight.relays.1";

/// Names a relay from its start to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct RelayId(pub(crate) u64);

/// Names a tunnel: the relay that opened it, and a number that it gives out once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct TunnelId {
    pub(crate) opener: RelayId,
    pub(crate) number: u64,
}

/// How often a relay has lost touch with NATS. What was sent before the last time may be lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Epoch(pub(crate) u64);

/// That a room lives at a relay. Of two claims to one room the lesser one holds: the older.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Claim {
    /// Milliseconds since 1970 by the clock of the relay.
    pub(crate) since: u64,
    pub(crate) relay: RelayId,
}

/// To the relay where a room lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Query {
    /// Who are you? Answered by a [`RelayId`].
    Find,
    /// The room lives at this relay. Not answered, but by a claim that is lesser.
    Claim(Claim),
}

/// To one relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Letter<'a> {
    /// Are you there? Answered by an [`Epoch`].
    Ping,
    /// A member wants to join a room of yours. Answered by an [`Answer`].
    Open {
        tunnel: TunnelId,
        epoch: Epoch,
        room: RoomId,
        /// The member's join frame.
        #[serde(borrow, with = "serde_bytes")]
        join: &'a [u8],
    },
    /// Through a tunnel.
    Through {
        tunnel: TunnelId,
        from: RelayId,
        /// Counts from 0 in each direction, so that a loss is noticed.
        number: u64,
        #[serde(borrow)]
        body: Body<'a>,
    },
}

/// Whether a tunnel was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Answer {
    Opened(Epoch),
    /// The room does not live here.
    NotHere,
    Refused(Refusal),
}

/// What comes through a tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Body<'a> {
    /// A part of a frame, perhaps all of it.
    Piece {
        last: bool,
        #[serde(borrow, with = "serde_bytes")]
        bytes: &'a [u8],
    },
    /// So many bytes of frames were handed on and no longer wait here.
    Taken(u32),
    /// The member is to be closed for this reason.
    Close(Refusal),
    /// There is no such tunnel here (any more).
    Gone,
}

/// The subject of a relay.
pub(crate) fn relay_subject(relay: RelayId) -> String {
    format!("{PREFIX}.relay.{:016x}", relay.0)
}

/// The subject of a room.
pub(crate) fn room_subject(room: &RoomId) -> String {
    format!("{PREFIX}.room.{room}")
}

/// Anything of the above as bytes.
#[expect(
    clippy::expect_used,
    reason = "a growing vector never runs out, and no field here refuses to be written"
)]
pub(crate) fn encode(what: &impl Serialize) -> bytes::Bytes {
    postcard::to_allocvec(what)
        .expect("writing to memory")
        .into()
}

/// Reads any of the above; nothing if the bytes are something else.
pub(crate) fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    match postcard::take_from_bytes(bytes) {
        Ok((what, [])) => Some(what),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const TUNNEL: TunnelId = TunnelId {
        opener: RelayId(1),
        number: 2,
    };

    proptest! {
        #[test]
        fn letters_read_back(bytes in vec(any::<u8>(), 0..300), number: u64, last: bool) {
            let room = RoomId::from_bytes([3; 16]);
            let epoch = Epoch(number);
            let through = |body| Letter::Through { tunnel: TUNNEL, from: RelayId(4), number, body };
            for letter in [
                Letter::Ping,
                Letter::Open { tunnel: TUNNEL, epoch, room, join: &bytes },
                through(Body::Piece { last, bytes: &bytes }),
                through(Body::Taken(7)),
                through(Body::Close(Refusal::TooSlow)),
                through(Body::Gone),
            ] {
                let written = encode(&letter);
                prop_assert_eq!(decode(&written), Some(letter));
                for len in 0..written.len() {
                    prop_assert_eq!(decode::<Letter<'_>>(&written[..len]), None);
                }
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..100)) {
            let _ = decode::<Letter<'_>>(&bytes);
            let _ = decode::<Query>(&bytes);
            let _ = decode::<Answer>(&bytes);
        }
    }

    #[test]
    fn the_older_claim_holds_and_of_two_as_old_one() {
        let claim = |since, relay| Claim {
            since,
            relay: RelayId(relay),
        };
        assert!(claim(1, 9) < claim(2, 3));
        assert!(claim(1, 2) < claim(1, 3));
    }
}
