//! What can go wrong, by whose fault it is.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::frame::{MAX_FRAME_BYTES, MAX_MEMBERS, MAX_PAYLOAD_BYTES};
use crate::invitation::MAX_LINK_BYTES;
use crate::refusal::Refusal;
use crate::room::{MemberId, Role};

/// The text is not a room id or not a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RoomError {
    /// Not the 26 characters of a room id.
    #[error("a room is 26 letters and digits from a to z and 2 to 7; copy it again in full")]
    Room,
    /// Not the name of a role.
    #[error("a role is data-owner, model-owner or helper; choose one of these")]
    Role,
}

/// The bytes are not a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// The frame is longer than any frame may be.
    #[error("a frame of {len} bytes is longer than {MAX_FRAME_BYTES}; send smaller pieces")]
    TooLarge {
        /// The length of the frame, in bytes.
        len: usize,
    },
    /// The bytes end early, or name no known frame, or break a bound.
    #[error("the bytes are not a frame; run the same release on both sides")]
    Malformed,
    /// Bytes are left over behind the frame.
    #[error("{len} bytes are left over behind a frame; run the same release on both sides")]
    TrailingBytes {
        /// How many bytes are left over.
        len: usize,
    },
}

/// The text is not an invitation, or not the address of a relay. One way of being wrong each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvitationError {
    /// Longer than any link this program makes.
    #[error("the link is longer than {MAX_LINK_BYTES} characters; copy only the link")]
    TooLong,
    /// Not a URL at all.
    #[error("this is not a link; copy the whole link, from http to its last character")]
    NotALink,
    /// A URL, but not of the web.
    #[error("a link starts with http://, https://, ws:// or wss://; copy the whole link")]
    Scheme,
    /// No host between `//` and the path, or something else that is not `HOST` or `HOST:PORT`.
    #[error("the link does not name a relay; write it as http://HOST:PORT")]
    Host,
    /// The address of a relay has a path, a query or a fragment.
    #[error("the address of a relay ends after the port; write it as http://HOST:PORT")]
    NotAnOrigin,
    /// A link to some other page, or to the page of another role.
    #[error("the link does not open the page of its role; copy the link shown under “invite”")]
    Page,
    /// No `room=`.
    #[error("the link does not say which room; copy the whole link")]
    NoRoom,
    /// A `room=` that is no room id.
    #[error("the room in the link is damaged; copy the whole link again")]
    Room,
    /// The number of compute parties is missing, wrong, or stands in a helper's link.
    #[error(
        "the link does not say how many compute parties there are; copy the whole link, up to the \
         last character"
    )]
    Parties,
    /// A part stands in the link twice.
    #[error("a part of the link stands there twice; copy the link again")]
    Repeated,
    /// The model owner opens the room and invites the others.
    #[error("a model owner is not invited but opens a room; invite a data owner or a helper")]
    NotInvited,
    /// Nothing behind `#`.
    #[error("the part after # is missing; copy the whole link")]
    NoSecret,
    /// The part behind `#` is incomplete or damaged.
    #[error("the part after # is damaged; copy the whole link again")]
    Secret,
}

/// A link with a peer broke, because of what somebody on the way or the peer itself did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
pub enum LinkError {
    /// What came is not what was sent.
    #[error("something was altered on its way; the relay is faulty or hostile, use another one")]
    Altered,
    /// Something is missing, or came out of order.
    #[error(
        "something was lost or came out of order; the relay is faulty or hostile, use another one"
    )]
    Gap,
    /// It was sent so, and is no record, parcel or word between sessions.
    #[error("something unreadable was sent; check that all parties run the same release")]
    Malformed,
    /// A message is longer than any that is expected now.
    #[error("a message was longer than it may be; check that all parties run the same release")]
    TooLong,
    /// The peer reports what was never sent.
    #[error("a report named what was never sent; check that all parties run the same release")]
    FalseReport,
    /// More waits to be reported than is kept.
    #[error(
        "more than {} MiB wait for the other side to take them; it is too slow or was away too \
         long",
        crate::delivery::MAX_UNREPORTED_BYTES >> 20
    )]
    TooMuchUnreported,
}

/// A member's connection cannot go on, or the caller asked for something it cannot do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SessionError {
    /// The relay refused to let this member in.
    #[error("the relay refused: {0}")]
    Refused(#[from] Refusal),
    /// The relay sent bytes that are not a frame.
    #[error("the relay sent something unreadable: {0}")]
    Frame(#[from] FrameError),
    /// The relay sent a frame that has no place here, such as a second welcome.
    #[error("the relay sent a {frame} frame {when}; the relay is faulty, use another one")]
    UnexpectedFrame {
        /// Which frame.
        frame: &'static str,
        /// When it came.
        when: &'static str,
    },
    /// The relay named somebody who is not in the room.
    #[error("the relay spoke of {0}, who is not in the room; the relay is faulty, use another one")]
    UnknownMember(MemberId),
    /// The relay forwarded a message from somebody who is not in the room.
    #[error(
        "the relay forwarded a message from {0}, who is not in the room; the relay is faulty, use \
         another one"
    )]
    UnknownSender(MemberId),
    /// The relay gave out a member id again, or out of order.
    #[error("the relay gave out {0} twice or out of order; the relay is faulty, use another one")]
    MemberIdReused(MemberId),
    /// The relay let in a second member of a role that a room has once.
    #[error("the relay let in a second {0}; the relay is faulty, use another one")]
    RoleTaken(Role),
    /// The relay let in more members than a room may have.
    #[error(
        "the relay let in more than {MAX_MEMBERS} members; the relay is faulty, use another one"
    )]
    TooManyMembers,
    /// The caller's message is for somebody who is not in the room.
    #[error("{0} is not in the room, so nothing can be sent to them; wait for them to join again")]
    UnknownRecipient(MemberId),
    /// The caller's message is for the caller.
    #[error("a member cannot send to itself; send to another member of the room")]
    ToItself,
    /// The caller's message does not fit into one frame.
    #[error("a message of {len} bytes is longer than {MAX_PAYLOAD_BYTES}; send it in pieces")]
    PayloadTooLarge {
        /// The length of the message, in bytes.
        len: usize,
    },
    /// Only the model owner may ask for the built-in helper.
    #[error("only the model owner may ask for the built-in helper; ask the model owner to do so")]
    NotModelOwner,
    /// The room has its one helper already.
    #[error("the room already has a helper; go on with that one")]
    HelperPresent,
    /// The caller speaks for a member who is not in the room, or left it.
    #[error("{0} is not in the room and cannot send or receive; join again first")]
    NotInRoom(MemberId),
}
