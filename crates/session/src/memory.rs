//! The members of a room in one process, for tests.
//!
//! A [`MemoryExchange`] stands in for a relay and its sockets: it queues real frames for each
//! member and reads them through that member's [`Joined`], so a party under test gets the notices
//! it would get from a relay. Nothing happens by itself and nothing depends on time or chance: the
//! same calls give the same notices.
//!
//! ```
//! use blindsight_session::{MemoryExchange, Notice, Role};
//!
//! let mut exchange = MemoryExchange::new();
//! let owner = exchange.join(Role::ModelOwner)?;
//! let guest = exchange.join(Role::DataOwner)?;
//! assert!(matches!(exchange.receive(owner)?, Some(Notice::MemberJoined(m)) if m.id == guest));
//! exchange.send(guest, owner, b"hello")?;
//! assert!(matches!(exchange.receive(owner)?, Some(Notice::Message { payload: b"hello", .. })));
//! assert_eq!(exchange.receive(owner)?, None);
//! # Ok::<(), blindsight_session::SessionError>(())
//! ```

use std::collections::{BTreeMap, VecDeque};

use crate::connection::{Joined, Joining, Notice};
use crate::error::SessionError;
use crate::frame::{FromRelay, MAX_MEMBERS, ToRelay};
use crate::refusal::Refusal;
use crate::room::{Member, MemberId, Role, RoomId};

/// One room, with a queue of frames for each of its members.
#[derive(Debug, Default)]
pub struct MemoryExchange {
    seats: BTreeMap<MemberId, Seat>,
    next: u32,
    traffic: BTreeMap<(MemberId, MemberId), Traffic>,
}

/// What one member has sent to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How many messages.
    pub messages: u64,
    /// Their payloads together, in bytes.
    pub bytes: u64,
}

#[derive(Debug)]
struct Seat {
    joined: Joined,
    queue: VecDeque<Vec<u8>>,
    /// The frame that the last notice borrows from.
    current: Vec<u8>,
}

impl MemoryExchange {
    /// An empty room.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets a member in and tells the others.
    ///
    /// # Errors
    ///
    /// [`SessionError::Refused`] if the role is taken or the room is full, as by a relay.
    pub fn join(&mut self, role: Role) -> Result<MemberId, SessionError> {
        let members = self
            .seats
            .values()
            .map(|seat| seat.joined.me())
            .collect::<Vec<_>>();
        if role.is_unique() && members.iter().any(|member| member.role == role) {
            return Err(Refusal::RoleTaken(role).into());
        }
        if members.len() >= MAX_MEMBERS {
            return Err(Refusal::RoomFull.into());
        }
        let id = MemberId(self.next);
        self.next = self.next.checked_add(1).ok_or(Refusal::RoomFull)?;

        let (joining, _) = Joining::new(RoomId::from_bytes([0; RoomId::BYTES]), role);
        let joined = joining.receive(&FromRelay::Welcome { you: id, members }.encode())?;
        self.tell_all(&FromRelay::Joined(Member { id, role }));
        let seat = Seat {
            joined,
            queue: VecDeque::new(),
            current: Vec::new(),
        };
        self.seats.insert(id, seat);
        Ok(id)
    }

    /// Takes a member out and tells the others. What was queued for them is lost, as it is when a
    /// connection breaks.
    ///
    /// # Errors
    ///
    /// [`SessionError::NotInRoom`] if they are not in the room.
    pub fn leave(&mut self, member: MemberId) -> Result<(), SessionError> {
        self.seats
            .remove(&member)
            .ok_or(SessionError::NotInRoom(member))?;
        self.tell_all(&FromRelay::Left(member));
        Ok(())
    }

    /// Queues a message for another member.
    ///
    /// # Errors
    ///
    /// What [`Joined::send`] answers for the sender, who must have received the notice that the
    /// other is there; [`SessionError::NotInRoom`] if the sender has left. A message for somebody
    /// who has left is dropped and the sender notified of [`Refusal::UnknownRecipient`].
    pub fn send(
        &mut self,
        from: MemberId,
        to: MemberId,
        payload: &[u8],
    ) -> Result<(), SessionError> {
        let frame = self.joined(from)?.send(to, payload)?;
        let ToRelay::Send { to, payload } = ToRelay::decode(&frame)? else {
            return Ok(());
        };
        match self.seats.get_mut(&to) {
            Some(seat) => {
                seat.queue
                    .push_back(FromRelay::Deliver { from, payload }.encode());
                let traffic = self.traffic.entry((from, to)).or_default();
                traffic.messages += 1;
                traffic.bytes += payload.len() as u64;
            }
            None => {
                let refused = FromRelay::Refused(Refusal::UnknownRecipient(to)).encode();
                if let Some(seat) = self.seats.get_mut(&from) {
                    seat.queue.push_back(refused);
                }
            }
        }
        Ok(())
    }

    /// The next notice for a member, or nothing if none is queued.
    ///
    /// # Errors
    ///
    /// [`SessionError::NotInRoom`] if they are not in the room.
    pub fn receive(&mut self, member: MemberId) -> Result<Option<Notice<'_>>, SessionError> {
        let seat = self
            .seats
            .get_mut(&member)
            .ok_or(SessionError::NotInRoom(member))?;
        match seat.queue.pop_front() {
            Some(frame) => {
                seat.current = frame;
                seat.joined.receive(&seat.current).map(Some)
            }
            None => Ok(None),
        }
    }

    /// A member's connection: who they are and whom they know of.
    ///
    /// # Errors
    ///
    /// [`SessionError::NotInRoom`] if they are not in the room.
    pub fn joined(&self, member: MemberId) -> Result<&Joined, SessionError> {
        self.seats
            .get(&member)
            .map(|seat| &seat.joined)
            .ok_or(SessionError::NotInRoom(member))
    }

    /// The first member, in the order in which they came, for whom something is queued. Taking
    /// their turns in this order makes a run of several parties repeatable.
    pub fn waiting(&self) -> Option<MemberId> {
        let waiting = self.seats.iter().find(|(_, seat)| !seat.queue.is_empty());
        waiting.map(|(&id, _)| id)
    }

    /// What one member has sent to another so far.
    pub fn traffic(&self, from: MemberId, to: MemberId) -> Traffic {
        self.traffic.get(&(from, to)).copied().unwrap_or_default()
    }

    fn tell_all(&mut self, frame: &FromRelay<'_>) {
        let frame = frame.encode();
        for seat in self.seats.values_mut() {
            seat.queue.push_back(frame.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_parties_talk() {
        let mut exchange = MemoryExchange::new();
        let owner = exchange.join(Role::ModelOwner).unwrap();
        let guest = exchange.join(Role::DataOwner).unwrap();
        let helper = exchange.join(Role::Helper).unwrap();
        assert_eq!(exchange.waiting(), Some(owner));
        for expected in [guest, helper] {
            let notice = exchange.receive(owner).unwrap();
            assert!(matches!(notice, Some(Notice::MemberJoined(m)) if m.id == expected));
        }
        exchange.receive(guest).unwrap();
        assert_eq!(exchange.waiting(), None);

        exchange.send(helper, guest, b"keys").unwrap();
        exchange.send(helper, guest, b"more").unwrap();
        exchange.send(owner, guest, b"plan").unwrap();
        for expected in [b"keys", b"more", b"plan"] {
            let notice = exchange.receive(guest).unwrap();
            assert!(matches!(notice, Some(Notice::Message { payload, .. }) if payload == expected));
        }
        let traffic = Traffic {
            messages: 2,
            bytes: 8,
        };
        assert_eq!(exchange.traffic(helper, guest), traffic);
        assert_eq!(exchange.traffic(guest, helper), Traffic::default());

        exchange.leave(guest).unwrap();
        let notice = exchange.receive(helper).unwrap();
        assert!(matches!(notice, Some(Notice::MemberLeft(m)) if m.id == guest));
        assert_eq!(exchange.receive(guest), Err(SessionError::NotInRoom(guest)));
    }

    #[test]
    fn refusals_are_those_of_a_relay() {
        let mut exchange = MemoryExchange::new();
        let owner = exchange.join(Role::ModelOwner).unwrap();
        let again = exchange.join(Role::ModelOwner);
        assert_eq!(again, Err(Refusal::RoleTaken(Role::ModelOwner).into()));
        for _ in 1..MAX_MEMBERS {
            exchange.join(Role::DataOwner).unwrap();
        }
        assert_eq!(
            exchange.join(Role::DataOwner),
            Err(Refusal::RoomFull.into())
        );
        // The owner has not yet been told that anybody came.
        let unknown = SessionError::UnknownRecipient(MemberId(1));
        assert_eq!(exchange.send(owner, MemberId(1), b""), Err(unknown));
    }

    #[test]
    fn a_message_to_somebody_who_just_left_is_refused() {
        let mut exchange = MemoryExchange::new();
        let owner = exchange.join(Role::ModelOwner).unwrap();
        let guest = exchange.join(Role::DataOwner).unwrap();
        exchange.leave(owner).unwrap();
        exchange.send(guest, owner, b"late").unwrap();
        let notice = exchange.receive(guest).unwrap();
        assert!(matches!(notice, Some(Notice::MemberLeft(m)) if m.id == owner));
        let notice = exchange.receive(guest).unwrap();
        assert_eq!(
            notice,
            Some(Notice::Refused(Refusal::UnknownRecipient(owner)))
        );
        let back = exchange.join(Role::ModelOwner).unwrap();
        assert_ne!(back, owner);
    }
}
