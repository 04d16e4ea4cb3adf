//! A member's line to the others: the connection to the relay, and messages cut into frames.

use std::collections::BTreeMap;

use blindsight_parties::{Outgoing, Peer, Reason};
use blindsight_session::{
    Joined, Joining, Member, MemberId, Notice, Refusal, Role, RoomId, SessionError,
};

use crate::{
    fragments::{Reassembly, Unacceptable, split},
    note::Output,
};

/// One member's line.
pub(crate) struct Line {
    state: State,
    inbox: BTreeMap<MemberId, Reassembly>,
}

enum State {
    Joining(Option<Joining>),
    Joined(Joined),
}

/// What a frame turned out to be.
pub(crate) enum Incoming {
    /// The relay let us in; these were here before.
    Welcome(Vec<Peer>),
    Joined(Peer),
    Left(Peer),
    Message {
        from: Peer,
        message: Vec<u8>,
    },
    /// A piece of a message; so many bytes of it have come.
    Piece {
        from: Peer,
        bytes: usize,
    },
    /// What a peer sent is no piece of a message that would be acceptable now.
    Unacceptable {
        from: Peer,
        reason: Reason,
    },
    Refused(Refusal),
    /// Of no interest: from somebody who has just left.
    Nothing,
}

impl Line {
    /// Asks to be let into a room. The second result is the first frame.
    pub(crate) fn join(room: RoomId, role: Role) -> (Self, Vec<u8>) {
        let (joining, frame) = Joining::new(room, role);
        let line = Self {
            state: State::Joining(Some(joining)),
            inbox: BTreeMap::new(),
        };
        (line, frame)
    }

    /// Takes a frame of the relay. `longest` gives the longest message that would be acceptable
    /// from a peer now.
    ///
    /// # Errors
    ///
    /// When the relay refuses to let us in, or breaks its protocol.
    pub(crate) fn receive(
        &mut self,
        frame: &[u8],
        longest: impl Fn(Peer) -> usize,
    ) -> Result<Incoming, SessionError> {
        let joined = match &mut self.state {
            State::Joining(joining) => {
                let Some(joining) = joining.take() else {
                    return Err(SessionError::Refused(Refusal::NotJoined));
                };
                let joined = joining.receive(frame)?;
                let others = joined
                    .members()
                    .iter()
                    .map(|member| peer(*member))
                    .collect();
                self.state = State::Joined(joined);
                return Ok(Incoming::Welcome(others));
            }
            State::Joined(joined) => joined,
        };
        let notice = match joined.receive(frame) {
            Ok(notice) => notice,
            // A message may be overtaken by the news that its sender has left.
            Err(SessionError::UnknownSender(_)) => return Ok(Incoming::Nothing),
            Err(error) => return Err(error),
        };
        Ok(match notice {
            Notice::MemberJoined(member) => Incoming::Joined(peer(member)),
            Notice::MemberLeft(member) => {
                self.inbox.remove(&member.id);
                Incoming::Left(peer(member))
            }
            Notice::Refused(refusal) => Incoming::Refused(refusal),
            Notice::Message { from, payload } => {
                let id = from.id;
                let reassembly = self.inbox.entry(id).or_default();
                let from = peer(from);
                match reassembly.take(payload, longest(from)) {
                    Ok(Some(message)) => Incoming::Message { from, message },
                    Ok(None) => Incoming::Piece {
                        from,
                        bytes: reassembly.bytes(),
                    },
                    Err(unacceptable) => {
                        self.inbox.remove(&id);
                        let reason = match unacceptable {
                            Unacceptable::Malformed => Reason::Malformed,
                            Unacceptable::TooLong => Reason::WrongLength,
                        };
                        Incoming::Unacceptable { from, reason }
                    }
                }
            }
        })
    }

    /// Frames for messages to peers. What is for somebody who has just left is dropped.
    pub(crate) fn send(&self, outgoing: Vec<Outgoing>, output: &mut Output) {
        let State::Joined(joined) = &self.state else {
            return;
        };
        for Outgoing { to, message } in outgoing {
            let members = joined.members().iter();
            let Some(member) = members.copied().find(|member| peer(*member) == to) else {
                continue;
            };
            let frames =
                split(&message).filter_map(|payload| joined.send(member.id, &payload).ok());
            output.frames.extend(frames);
        }
    }

    /// The frame that asks the relay for its own helper; `None` when there is one already.
    pub(crate) fn request_helper(&self, greeting: &[u8]) -> Option<Vec<u8>> {
        match &self.state {
            State::Joined(joined) => joined.request_helper(greeting).ok(),
            State::Joining(_) => None,
        }
    }

    /// Whether a member of a role is in the room.
    pub(crate) fn has(&self, role: Role) -> bool {
        match &self.state {
            State::Joined(joined) => joined.member_with(role).is_some(),
            State::Joining(_) => false,
        }
    }
}

fn peer(member: Member) -> Peer {
    match member.role {
        Role::DataOwner => Peer::DataOwner(member.id.0),
        Role::ModelOwner => Peer::ModelOwner,
        Role::Helper => Peer::Helper,
    }
}

/// What a person is told of an abort.
pub(crate) fn abort_text(peer: Peer, by_peer: bool, abort: &blindsight_parties::Abort) -> String {
    let (phase, reason) = (abort.phase, &abort.reason);
    if by_peer && *reason == Reason::Stopped {
        let who = capital(&peer.to_string());
        format!("{who} stopped. Ask the model owner for a new invitation to go on.")
    } else if by_peer {
        format!("{} stopped {phase}: {reason}.", capital(&peer.to_string()))
    } else {
        format!("Stopped {phase} with {peer}: {reason}.")
    }
}

/// With a capital first letter.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
