//! A member's connection to a relay: bytes in, notices and bytes out.
//!
//! A connection is first [`Joining`], until the relay answers, and then [`Joined`]. Neither trusts
//! the relay to be orderly: a frame that has no place where it comes, or that names somebody who is
//! not there, is an error, after which the connection is of no more use.
//!
//! Nothing here is encrypted: what a payload holds is the matter of [`crate::links`].

use std::fmt;

use crate::error::SessionError;
use crate::frame::{
    FromRelay, MAX_FRAME_BYTES, MAX_MEMBERS, MAX_PAYLOAD_BYTES, PROTOCOL_VERSION, ToRelay,
};
use crate::identity::PublicKey;
use crate::refusal::Refusal;
use crate::room::{Member, MemberId, PlaceKey, Role, RoomId};

/// So many bytes at the end of two payloads are sent once, and fewer are not worth the trouble. What
/// is encrypted for one alone does not end like anything else.
const WORTH_SHARING: usize = 16;

/// A member who has asked to be let into a room and waits for the answer.
#[derive(Debug)]
pub struct Joining {
    role: Role,
}

impl Joining {
    /// Asks to be let into a room. The bytes are the first frame to send to the relay.
    pub fn new(room: RoomId, role: Role, place: &PlaceKey) -> (Self, Vec<u8>) {
        let version = PROTOCOL_VERSION;
        let frame = ToRelay::Join {
            version,
            room,
            role,
            place: place.clone(),
        }
        .encode();
        (Self { role }, frame)
    }

    /// Takes the relay's answer. Who is in the room already stands in [`Joined::members`].
    ///
    /// # Errors
    ///
    /// [`SessionError::Refused`] if the relay does not let this member in; another
    /// [`SessionError`] if the answer makes no sense.
    pub fn receive(self, frame: &[u8]) -> Result<Joined, SessionError> {
        match FromRelay::decode(frame)? {
            FromRelay::Welcome {
                you,
                members,
                helper,
            } => Joined::new(you, self.role, members, helper),
            FromRelay::Refused(refusal) => Err(SessionError::Refused(refusal)),
            frame => {
                let (frame, when) = (frame.name(), "before the welcome");
                Err(SessionError::UnexpectedFrame { frame, when })
            }
        }
    }
}

/// A member who is in a room.
#[derive(Debug)]
pub struct Joined {
    me: Member,
    others: Vec<Member>,
    /// The highest member id so far; every later one is higher.
    newest: Option<MemberId>,
    /// The key of the relay's own helpers.
    helper: Option<PublicKey>,
}

/// What a frame from the relay means to a member.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Notice<'a> {
    /// Somebody came in.
    MemberJoined(Member),
    /// Somebody left, or lost their connection. They get another id if they come back.
    MemberLeft(Member),
    /// A message from another member.
    Message {
        /// Who sent it.
        from: Member,
        /// At most [`MAX_PAYLOAD_BYTES`] bytes, as they were sent.
        payload: &'a [u8],
    },
    /// The line is still there.
    Pong,
    /// The relay did not do what it was asked. It closes the connection itself if it does not go
    /// on with it.
    Refused(Refusal),
}

impl Joined {
    fn new(
        you: MemberId,
        role: Role,
        members: Vec<Member>,
        helper: Option<PublicKey>,
    ) -> Result<Self, SessionError> {
        let mut joined = Self {
            me: Member { id: you, role },
            others: Vec::with_capacity(members.len()),
            newest: None,
            helper,
        };
        for member in members {
            joined.admit(member)?;
        }
        // Those who were there before have lower ids.
        joined.check_newer(you)?;
        joined.newest = Some(you);
        Ok(joined)
    }

    /// Who I am.
    pub fn me(&self) -> Member {
        self.me
    }

    /// The others in the room, in the order in which they came.
    pub fn members(&self) -> &[Member] {
        &self.others
    }

    /// The key of the helpers that the relay runs, if it runs any.
    pub fn relay_helper(&self) -> Option<PublicKey> {
        self.helper
    }

    /// The first of the others with this role, if there is one.
    pub fn member_with(&self, role: Role) -> Option<Member> {
        self.others
            .iter()
            .copied()
            .find(|member| member.role == role)
    }

    /// Takes a frame from the relay. The payload of a message is borrowed from it.
    ///
    /// # Errors
    ///
    /// [`SessionError`] if the bytes are not a frame or the frame makes no sense.
    pub fn receive<'a>(&mut self, frame: &'a [u8]) -> Result<Notice<'a>, SessionError> {
        match FromRelay::decode(frame)? {
            FromRelay::Joined(member) => {
                self.admit(member)?;
                Ok(Notice::MemberJoined(member))
            }
            FromRelay::Left(id) => {
                let gone = self.others.iter().position(|member| member.id == id);
                let gone = gone.ok_or(SessionError::UnknownMember(id))?;
                Ok(Notice::MemberLeft(self.others.remove(gone)))
            }
            FromRelay::Deliver { from, payload } => {
                let from = self.other(from).ok_or(SessionError::UnknownSender(from))?;
                Ok(Notice::Message { from, payload })
            }
            FromRelay::Refused(refusal) => Ok(Notice::Refused(refusal)),
            FromRelay::Pong => Ok(Notice::Pong),
            frame @ FromRelay::Welcome { .. } => {
                let (frame, when) = (frame.name(), "after the welcome");
                Err(SessionError::UnexpectedFrame { frame, when })
            }
        }
    }

    /// The frame that sends a message of at most [`MAX_PAYLOAD_BYTES`] bytes to another member.
    ///
    /// # Errors
    ///
    /// [`SessionError::ToItself`], [`SessionError::UnknownRecipient`] or
    /// [`SessionError::PayloadTooLarge`].
    pub fn send(&self, to: MemberId, payload: &[u8]) -> Result<Vec<u8>, SessionError> {
        if to == self.me.id {
            return Err(SessionError::ToItself);
        }
        if self.other(to).is_none() {
            return Err(SessionError::UnknownRecipient(to));
        }
        if payload.len() > MAX_PAYLOAD_BYTES {
            return Err(SessionError::PayloadTooLarge { len: payload.len() });
        }
        Ok(ToRelay::Send { to, payload }.encode())
    }

    /// The frames that send these payloads, in this order, to those who are in the room. Two in a row
    /// that end alike go up in one frame, and what they have in common goes up once.
    pub fn send_all(&self, payloads: &[(MemberId, Vec<u8>)]) -> Vec<Vec<u8>> {
        let mut frames = Vec::with_capacity(payloads.len());
        let mut rest = payloads;
        while let [(to, payload), after @ ..] = rest {
            rest = after;
            let next = after.first().and_then(|(next, other)| {
                let both = [(*to, &payload[..]), (*next, &other[..])];
                self.send_both(both)
            });
            if let Some(frame) = next {
                rest = after.get(1..).unwrap_or_default();
                frames.push(frame);
            } else {
                frames.extend(self.send(*to, payload).ok());
            }
        }
        frames
    }

    /// The frame for two payloads that end alike; nothing if they do not, or cannot be sent.
    fn send_both(&self, both: [(MemberId, &[u8]); 2]) -> Option<Vec<u8>> {
        let [(one, payload), (two, other)] = both;
        let common = common_end(payload, other);
        let sendable = both
            .iter()
            .all(|(to, payload)| self.other(*to).is_some() && payload.len() <= MAX_PAYLOAD_BYTES);
        if common < WORTH_SHARING || !sendable {
            return None;
        }
        let (first, common) = payload.split_at(payload.len() - common);
        let (second, _) = other.split_at(other.len() - common.len());
        let to = [one, two];
        let frame = ToRelay::SendBoth {
            to,
            first,
            second,
            common,
        };
        let frame = frame.encode();
        (frame.len() <= MAX_FRAME_BYTES).then_some(frame)
    }

    /// The frame that asks the relay to let its built-in helper join. The answer is
    /// [`Notice::MemberJoined`] or [`Notice::Refused`].
    ///
    /// # Errors
    ///
    /// [`SessionError::NotModelOwner`] for anybody else; [`SessionError::HelperPresent`] if the
    /// room has its helper.
    pub fn request_helper(&self, greeting: &[u8]) -> Result<Vec<u8>, SessionError> {
        if self.me.role != Role::ModelOwner {
            return Err(SessionError::NotModelOwner);
        }
        if self.member_with(Role::Helper).is_some() {
            return Err(SessionError::HelperPresent);
        }
        Ok(ToRelay::RequestHelper { greeting }.encode())
    }

    /// The frame that asks the relay whether it is still there. The answer is [`Notice::Pong`].
    pub fn ping(&self) -> Vec<u8> {
        ToRelay::Ping.encode()
    }

    /// The frame by which a model owner has a member removed from the room.
    pub fn remove(&self, id: MemberId) -> Vec<u8> {
        ToRelay::Remove(id).encode()
    }

    fn other(&self, id: MemberId) -> Option<Member> {
        self.others.iter().copied().find(|member| member.id == id)
    }

    fn admit(&mut self, member: Member) -> Result<(), SessionError> {
        let role = member.role;
        if role.is_unique() && (self.me.role == role || self.member_with(role).is_some()) {
            return Err(SessionError::RoleTaken(role));
        }
        self.check_newer(member.id)?;
        // One place is mine.
        if self.others.len() + 1 >= MAX_MEMBERS {
            return Err(SessionError::TooManyMembers);
        }
        self.newest = Some(member.id);
        self.others.push(member);
        Ok(())
    }

    fn check_newer(&self, id: MemberId) -> Result<(), SessionError> {
        if self.newest.is_some_and(|newest| id <= newest) {
            return Err(SessionError::MemberIdReused(id));
        }
        Ok(())
    }
}

/// How many bytes at their ends are alike.
fn common_end(one: &[u8], other: &[u8]) -> usize {
    // Whole stretches first: they are compared many bytes at a time.
    const STRETCH: usize = 1024;
    let alike = one.rchunks(STRETCH).zip(other.rchunks(STRETCH));
    let alike = alike.take_while(|(a, b)| a == b);
    let whole: usize = alike.map(|(a, _)| a.len()).sum();
    let bytes = one.iter().rev().zip(other.iter().rev()).skip(whole);
    whole + bytes.take_while(|(a, b)| a == b).count()
}

impl fmt::Debug for Notice<'_> {
    /// A payload may hold shares, so only its length is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MemberJoined(member) => f.debug_tuple("MemberJoined").field(member).finish(),
            Self::MemberLeft(member) => f.debug_tuple("MemberLeft").field(member).finish(),
            Self::Message { from, payload } => f
                .debug_struct("Message")
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
