//! Rooms, invitations and the frames of the relay.
//!
//! The members of a computation (a data owner, a model owner, a helper) never talk to each other
//! directly: each holds one connection to a relay, which forwards frames between the members of a
//! room. This crate is the members' half of that conversation, and the wire format both halves
//! share. It does no I/O, reads no clock and draws no randomness by itself: bytes and a generator
//! come in as arguments, bytes and notices go out.
//!
//! - [`room`]: which room, which role, which member;
//! - [`frame`]: what a member and the relay say to each other, as bytes, and [`refusal`]: why the
//!   relay says no;
//! - [`invitation`]: the link by which one person lets another in;
//! - [`connection`]: a member's connection, first [`Joining`], then [`Joined`];
//! - [`memory`]: the same, between members of one process, for tests.
//!
//! # What the relay can see
//!
//! In this version a payload crosses the relay as the member hands it over. The relay is one more
//! party that must not collude with the helper or with an owner. Two layers will sit between
//! [`connection`] and the protocol above it, without changing either: *encryption*, keyed from the
//! [`InvitationSecret`] that travels after the `#` of a link and that no relay is ever sent, and
//! *resumption*, which numbers the messages so that a broken socket can be replaced.
//!
//! # Example
//!
//! ```
//! use blindsight_session::{FromRelay, Joining, Member, MemberId, Notice, Role, RoomId};
//!
//! let room: RoomId = "aaaaaaaaaaaaaaaaaaaaaaaaae".parse()?;
//! let (joining, hello) = Joining::new(room, Role::ModelOwner);
//! // `hello` goes to the relay, which answers:
//! let me = MemberId(0);
//! let answer = FromRelay::Welcome { you: me, members: vec![] }.encode();
//! let mut joined = joining.receive(&answer)?;
//! assert_eq!(joined.me(), Member { id: me, role: Role::ModelOwner });
//!
//! // Somebody else comes in, and is sent something.
//! let guest = Member { id: MemberId(1), role: Role::DataOwner };
//! let frame = FromRelay::Joined(guest).encode();
//! assert!(matches!(joined.receive(&frame)?, Notice::MemberJoined(m) if m == guest));
//! let outgoing = joined.send(guest.id, b"the plan")?;
//! # let _ = (hello, outgoing);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod connection;
pub mod error;
pub mod frame;
pub mod invitation;
pub mod memory;
pub mod refusal;
pub mod room;

pub use connection::{Joined, Joining, Notice};
pub use error::{FrameError, InvitationError, RoomError, SessionError};
pub use frame::{
    FromRelay, MAX_FRAME_BYTES, MAX_GREETING_BYTES, MAX_MEMBERS, MAX_PAYLOAD_BYTES,
    PROTOCOL_VERSION, ToRelay,
};
pub use invitation::{Invitation, InvitationSecret, RelayOrigin};
pub use memory::{MemoryExchange, Traffic};
pub use refusal::Refusal;
pub use room::{Member, MemberId, Role, RoomId};
