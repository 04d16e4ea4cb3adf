//! What a member and the relay say to each other, as bytes.
//!
//! A frame is one message of the socket, in [postcard](https://postcard.jamesmunns.com/wire-format)
//! form: a byte for the kind of frame, then its fields in order. A [`ToRelay::Send`] comes out at
//! the other member as a [`FromRelay::Deliver`] with the same payload; a [`ToRelay::SendBoth`] is two
//! of them in one frame.
//!
//! Encryption and resumption live inside the payload; see [`crate::links`].

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::FrameError;
use crate::identity::PublicKey;
use crate::refusal::Refusal;
use crate::room::{Member, MemberId, PlaceKey, Role, RoomId};

mod bounded;

/// The version of the relay's protocol, sent in every join frame.
pub const PROTOCOL_VERSION: u16 = 3;

/// The longest payload of one frame, in bytes. Senders cut longer messages into pieces.
pub const MAX_PAYLOAD_BYTES: usize = 1 << 20;

/// The longest frame, in bytes: the longest payload and what stands around it.
pub const MAX_FRAME_BYTES: usize = MAX_PAYLOAD_BYTES + 1024;

/// The longest greeting of a built-in helper, in bytes.
pub const MAX_GREETING_BYTES: usize = 128;

/// The most members a room may have. A relay may allow fewer.
pub const MAX_MEMBERS: usize = 64;

/// A frame from a member to the relay.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToRelay<'a> {
    /// Asks to be let into a room; the first frame of every connection. A model owner opens the
    /// room if it does not exist. Answered by [`FromRelay::Welcome`] or [`FromRelay::Refused`].
    Join {
        /// [`PROTOCOL_VERSION`]. In every version this comes first, so that it can be read even
        /// where the rest cannot; see [`ToRelay::join_version`].
        version: u16,
        /// Which room.
        room: RoomId,
        /// What the member will do there.
        role: Role,
        /// Shows that the place is the member's own, or will.
        place: PlaceKey,
    },
    /// The model owner asks the relay to let its built-in helper join. Answered by
    /// [`FromRelay::Joined`] or [`FromRelay::Refused`].
    RequestHelper {
        /// What the relay hands on to the helper, so that it can show the model owner that it is
        /// the one asked for; at most [`MAX_GREETING_BYTES`]. A secret.
        #[serde(borrow, with = "serde_bytes")]
        greeting: &'a [u8],
    },
    /// A message for another member of the room. Not answered unless it fails.
    Send {
        /// Who is to have it.
        to: MemberId,
        /// At most [`MAX_PAYLOAD_BYTES`] bytes, which the relay does not look at.
        #[serde(borrow, with = "serde_bytes")]
        payload: &'a [u8],
    },
    /// The model owner wants a member out of the room.
    Remove(MemberId),
    /// Asks for a [`FromRelay::Pong`]: is the line still there?
    Ping,
    /// Two messages that end alike: the same as a [`ToRelay::Send`] to each of the two, the first one
    /// first, whose payload is the part for that member and then what they have in common. Each
    /// payload has at most [`MAX_PAYLOAD_BYTES`] bytes.
    SendBoth {
        /// Who is to have them.
        to: [MemberId; 2],
        /// What is for the first alone.
        #[serde(borrow, with = "serde_bytes")]
        first: &'a [u8],
        /// What is for the second alone.
        #[serde(borrow, with = "serde_bytes")]
        second: &'a [u8],
        /// How both payloads end.
        #[serde(borrow, with = "serde_bytes")]
        common: &'a [u8],
    },
}

/// A frame from the relay to a member.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FromRelay<'a> {
    /// The member is in the room; the first frame of every connection that is not refused.
    Welcome {
        /// The member id given to the one who joined.
        you: MemberId,
        /// The others in the room, in the order in which they came; at most [`MAX_MEMBERS`].
        #[serde(deserialize_with = "bounded::members")]
        members: Vec<Member>,
        /// The key of the helpers that this relay runs, if it runs any.
        helper: Option<PublicKey>,
    },
    /// Somebody came in.
    Joined(Member),
    /// Somebody left, or lost their connection.
    Left(MemberId),
    /// A message from another member of the room.
    Deliver {
        /// Who sent it.
        from: MemberId,
        /// At most [`MAX_PAYLOAD_BYTES`] bytes, as they were sent.
        #[serde(borrow, with = "serde_bytes")]
        payload: &'a [u8],
    },
    /// The relay did not do what it was asked. This stays the fifth frame in every version.
    Refused(Refusal),
    /// The answer to a ping.
    Pong,
}

impl<'a> ToRelay<'a> {
    /// The frame as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let payload = match self {
            Self::Send { payload, .. } => payload.len(),
            Self::SendBoth {
                first,
                second,
                common,
                ..
            } => first.len() + second.len() + common.len(),
            _ => 0,
        };
        encode(self, payload)
    }

    /// Reads a frame; the payload is borrowed from `bytes`.
    ///
    /// # Errors
    ///
    /// [`FrameError`] if the bytes are not exactly one frame within the bounds.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, FrameError> {
        let frame = decode(bytes)?;
        let longest = match frame {
            Self::Send { payload, .. } => payload.len(),
            // All three lie in `bytes`, so the sum does not overflow.
            Self::SendBoth {
                first,
                second,
                common,
                ..
            } => first.len().max(second.len()) + common.len(),
            _ => 0,
        };
        if longest > MAX_PAYLOAD_BYTES {
            return Err(FrameError::TooLarge { len: bytes.len() });
        }
        Ok(frame)
    }

    /// The version that a join frame of any version declares, or nothing if the bytes do not start
    /// like one. So a relay can name the difference to a member whose join frame it cannot read.
    pub fn join_version(bytes: &[u8]) -> Option<u16> {
        let (&kind, rest) = bytes.split_first()?;
        let (version, _) = postcard::take_from_bytes(rest).ok()?;
        (kind == JOIN).then_some(version)
    }
}

/// The byte that a join frame starts with.
const JOIN: u8 = 0;

impl<'a> FromRelay<'a> {
    /// The frame as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let payload = match self {
            Self::Deliver { payload, .. } => payload.len(),
            _ => 0,
        };
        encode(self, payload)
    }

    /// Reads a frame; the payload is borrowed from `bytes`.
    ///
    /// # Errors
    ///
    /// [`FrameError`] if the bytes are not exactly one frame within the bounds.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, FrameError> {
        let frame = decode(bytes)?;
        match frame {
            Self::Deliver { payload, .. } if payload.len() > MAX_PAYLOAD_BYTES => {
                Err(FrameError::TooLarge { len: bytes.len() })
            }
            _ => Ok(frame),
        }
    }

    /// A short name for an error message; never the content.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Welcome { .. } => "welcome",
            Self::Joined(_) => "joined",
            Self::Left(_) => "left",
            Self::Deliver { .. } => "deliver",
            Self::Refused(_) => "refused",
            Self::Pong => "pong",
        }
    }
}

/// Room for everything but the payloads in a frame that has some.
const AROUND_A_PAYLOAD: usize = 24;

#[expect(
    clippy::expect_used,
    reason = "a growing vector never runs out, and no field of a frame refuses to be written"
)]
fn encode(frame: &impl Serialize, payload: usize) -> Vec<u8> {
    let bytes = Vec::with_capacity(payload + AROUND_A_PAYLOAD);
    postcard::to_extend(frame, bytes).expect("writing a frame to memory")
}

fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, FrameError> {
    if bytes.len() > MAX_FRAME_BYTES {
        return Err(FrameError::TooLarge { len: bytes.len() });
    }
    match postcard::take_from_bytes(bytes) {
        Ok((frame, [])) => Ok(frame),
        Ok((_, rest)) => Err(FrameError::TrailingBytes { len: rest.len() }),
        Err(_) => Err(FrameError::Malformed),
    }
}

// A payload may hold shares, so the frames show its length and nothing else.

impl fmt::Debug for ToRelay<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Join {
                version,
                room,
                role,
                place: _,
            } => f
                .debug_struct("Join")
                .field("version", version)
                .field("room", room)
                .field("role", role)
                .finish(),
            Self::RequestHelper { .. } => f.write_str("RequestHelper"),
            Self::Send { to, payload } => f
                .debug_struct("Send")
                .field("to", to)
                .field("payload_bytes", &payload.len())
                .finish(),
            Self::Remove(id) => f.debug_tuple("Remove").field(id).finish(),
            Self::Ping => f.write_str("Ping"),
            Self::SendBoth {
                to,
                first,
                second,
                common,
            } => f
                .debug_struct("SendBoth")
                .field("to", to)
                .field("first_bytes", &first.len())
                .field("second_bytes", &second.len())
                .field("common_bytes", &common.len())
                .finish(),
        }
    }
}

impl fmt::Debug for FromRelay<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Welcome {
                you,
                members,
                helper,
            } => f
                .debug_struct("Welcome")
                .field("you", you)
                .field("members", members)
                .field("helper", helper)
                .finish(),
            Self::Joined(member) => f.debug_tuple("Joined").field(member).finish(),
            Self::Left(id) => f.debug_tuple("Left").field(id).finish(),
            Self::Deliver { from, payload } => f
                .debug_struct("Deliver")
                .field("from", from)
                .field("payload_bytes", &payload.len())
                .finish(),
            Self::Refused(refusal) => f.debug_tuple("Refused").field(refusal).finish(),
            Self::Pong => f.write_str("Pong"),
        }
    }
}

#[cfg(test)]
mod tests;
