//! Rooms, invitations and the frames of the relay.
//!
//! The members of a computation (a data owner, a model owner, a helper or compute parties) never talk
//! to each other directly: each holds one connection to a relay, which forwards frames between the
//! members of a room. This crate is the members' half of that conversation, and the wire format both
//! halves share. It does no I/O, reads no clock and draws no randomness by itself: bytes and a
//! generator come in as arguments, bytes and notices go out.
//!
//! Towards the relay:
//!
//! - [`room`]: which room, which role, which member;
//! - [`frame`]: what a member and the relay say to each other, as bytes, and [`refusal`]: why the
//!   relay says no;
//! - [`connection`]: a member's connection, first [`Joining`], then [`Joined`], and [`retry`]: when
//!   to connect again.
//!
//! Towards the others, over the relay and hidden from it:
//!
//! - [`invitation`]: the link by which a model owner lets somebody in, and [`doors`]: who took it up;
//! - [`identity`]: the key pair of a party;
//! - [`links`]: an encrypted link with each other party, which goes on when a connection broke;
//! - [`words`]: what two people compare to be sure that nobody sits between them.
//!
//! # What the relay can see
//!
//! Who is in a room in which role, from which address, when they send how many bytes to whom; and
//! the safety words' and keys' ciphertext only. It cannot read or alter a message without being
//! noticed, since both ends of a link know a secret that it was never sent.
//!
//! # Example
//!
//! ```
//! use blindsight_session::{FromRelay, Joining, Member, MemberId, Notice, PlaceKey, Role};
//! # use rand_core::SeedableRng;
//! # let mut rng = chacha20::ChaCha20Rng::seed_from_u64(1);
//!
//! let place = PlaceKey::random(&mut rng);
//! let (joining, hello) = Joining::new(place.room(), Role::ModelOwner, &place);
//! // `hello` goes to the relay, which answers:
//! let me = MemberId(0);
//! let answer = FromRelay::Welcome { you: me, members: vec![], helper: None }.encode();
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
pub mod doors;
pub mod error;
pub mod frame;
pub mod identity;
pub mod invitation;
pub mod links;
pub mod refusal;
pub mod retry;
pub mod room;
pub mod words;

mod delivery;
mod link;
mod noise;
mod pace;
mod packet;
mod sealed;

pub use connection::{Joined, Joining, Notice};
pub use delivery::MAX_UNREPORTED_BYTES;
pub use doors::Doors;
pub use error::{FrameError, InvitationError, LinkError, RoomError, SessionError};
pub use frame::{
    FromRelay, MAX_FRAME_BYTES, MAX_GREETING_BYTES, MAX_MEMBERS, MAX_PAYLOAD_BYTES,
    PROTOCOL_VERSION, ToRelay,
};
pub use identity::{Identity, PublicKey};
pub use invitation::{HelperRequest, Invitation, InvitationSecret, PARTIES, RelayOrigin, Site};
pub use link::{BESIDE_OVERHEAD_BYTES, OVERHEAD_BYTES, PIECE_BYTES};
pub use links::{GIVE_UP_AFTER, LinkEvent, Links, Peer, Turn};
pub use packet::{BUILD, LinkRefusal, SEALED_OVERHEAD_BYTES, SESSION_VERSION};
pub use refusal::Refusal;
pub use retry::Retry;
pub use room::{Member, MemberId, PlaceKey, Role, RoomId};
pub use words::SafetyWords;
