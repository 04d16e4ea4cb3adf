//! Why the relay says no.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::room::{MemberId, Role};

/// A refusal by the relay. Its text says what happened and what to do about it.
///
/// On the wire a refusal is its position in this list followed by its fields. The first one and its
/// fields never change, so that any two versions can tell each other that they differ; new ones are
/// added at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Error)]
pub enum Refusal {
    /// The two sides speak different versions.
    #[error(
        "this member speaks version {theirs} of the relay's protocol and the relay speaks version \
         {ours}; reload the page from the relay, or run the same release on both sides"
    )]
    VersionMismatch {
        /// The version in the member's join frame.
        theirs: u16,
        /// The relay's version.
        ours: u16,
    },
    /// Nobody has opened this room, or everybody has left it.
    #[error(
        "the room does not exist on this relay; ask the model owner to keep their page open and to \
         send a new link"
    )]
    RoomNotFound,
    /// The room already has its one model owner or its one helper.
    #[error("the room already has a {0}, and a room has only one; join another room")]
    RoleTaken(Role),
    /// The room has as many members as the relay allows.
    #[error("the room is full; wait until somebody leaves, or ask for a room of your own")]
    RoomFull,
    /// The relay has as many rooms or connections as it allows.
    #[error("the relay is full; try again later, or run a relay of your own")]
    RelayFull,
    /// The relay runs no helper, or none was built into it.
    #[error(
        "this relay has no built-in helper; send somebody the helper's link, or use a relay that \
         was started with a helper"
    )]
    NoHelper,
    /// The relay already runs as many helpers as it allows.
    #[error(
        "every built-in helper of this relay is at work; try again later, or send somebody the \
         helper's link"
    )]
    HelpersBusy,
    /// Somebody other than the model owner asked for a helper.
    #[error("only the model owner may ask for the built-in helper; ask the model owner to do so")]
    NotModelOwner,
    /// The first frame was not a join frame, or none came in time.
    #[error("this connection has not joined a room; connect again and send a join frame first")]
    NotJoined,
    /// A second join frame came on the same connection.
    #[error("this connection is already in a room; open another connection to join another room")]
    AlreadyJoined,
    /// A message was for somebody who is not in the room, perhaps because they just left. It was
    /// dropped.
    #[error("{0} is not in the room, so the message was dropped; wait for them to join again")]
    UnknownRecipient(MemberId),
    /// The bytes were not a frame.
    #[error("the relay could not read a frame; reload the page from the relay and join again")]
    MalformedFrame,
    /// The frame was longer than the relay accepts.
    #[error("a frame was longer than the {limit} bytes this relay accepts; send smaller pieces")]
    FrameTooLarge {
        /// The longest frame the relay accepts, in bytes.
        limit: u32,
    },
    /// The member read too slowly for the relay to keep what it was sent.
    #[error("this connection reads too slowly; close other transfers and join again")]
    TooSlow,
    /// The relay is about to stop.
    #[error("the relay is shutting down; join again when it is back")]
    ShuttingDown,
    /// Nobody but the relay's own helper was left, so the relay closed the room.
    #[error("everybody else has left the room, so it was closed; open a new one to go on")]
    RoomClosed,
    /// A model owner's place key does not make this room's id.
    #[error("this room is somebody else's; open a room of your own")]
    NotYourRoom,
    /// The same member has joined over another connection.
    #[error("this place was taken up from another page or connection; go on there")]
    Replaced,
    /// The model owner wanted this member out of the room.
    #[error("the model owner removed you from the room; ask them for a new link")]
    Removed,
    /// The member sent more than the relay lets one member, or one room, send.
    #[error("this connection sends more than the relay allows; send less at a time and join again")]
    TooFast,
    /// The room lives at another relay, which cannot be reached or has given it up.
    #[error("the relays lost touch with each other; join again in a moment")]
    Interrupted,
    /// Nothing was heard from the member, not even the answer to a ping.
    #[error("nothing was heard from this connection for too long; join again")]
    Silent,
}

impl Refusal {
    /// One of each, in the order of the wire; what they name is the first there is.
    pub const ALL: [Self; 22] = [
        Self::VersionMismatch { theirs: 0, ours: 0 },
        Self::RoomNotFound,
        Self::RoleTaken(Role::DataOwner),
        Self::RoomFull,
        Self::RelayFull,
        Self::NoHelper,
        Self::HelpersBusy,
        Self::NotModelOwner,
        Self::NotJoined,
        Self::AlreadyJoined,
        Self::UnknownRecipient(MemberId(0)),
        Self::MalformedFrame,
        Self::FrameTooLarge { limit: 0 },
        Self::TooSlow,
        Self::ShuttingDown,
        Self::RoomClosed,
        Self::NotYourRoom,
        Self::Replaced,
        Self::Removed,
        Self::TooFast,
        Self::Interrupted,
        Self::Silent,
    ];

    /// The code of the close frame with which the relay ends a connection for this reason: 4000 and
    /// the refusal's position on the wire.
    pub const fn close_code(self) -> u16 {
        4000 + self.numbered().0
    }

    /// A short name in lower case with hyphens, for programs: the reason in the close frame.
    pub const fn name(self) -> &'static str {
        self.numbered().1
    }

    const fn numbered(self) -> (u16, &'static str) {
        match self {
            Self::VersionMismatch { .. } => (0, "version-mismatch"),
            Self::RoomNotFound => (1, "room-not-found"),
            Self::RoleTaken(_) => (2, "role-taken"),
            Self::RoomFull => (3, "room-full"),
            Self::RelayFull => (4, "relay-full"),
            Self::NoHelper => (5, "no-helper"),
            Self::HelpersBusy => (6, "helpers-busy"),
            Self::NotModelOwner => (7, "not-model-owner"),
            Self::NotJoined => (8, "not-joined"),
            Self::AlreadyJoined => (9, "already-joined"),
            Self::UnknownRecipient(_) => (10, "unknown-recipient"),
            Self::MalformedFrame => (11, "malformed-frame"),
            Self::FrameTooLarge { .. } => (12, "frame-too-large"),
            Self::TooSlow => (13, "too-slow"),
            Self::ShuttingDown => (14, "shutting-down"),
            Self::RoomClosed => (15, "room-closed"),
            Self::NotYourRoom => (16, "not-your-room"),
            Self::Replaced => (17, "replaced"),
            Self::Removed => (18, "removed"),
            Self::TooFast => (19, "too-fast"),
            Self::Interrupted => (20, "interrupted"),
            Self::Silent => (21, "silent"),
        }
    }
}
