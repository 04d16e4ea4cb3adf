//! Who is in which room, and what each frame leads to.
//!
//! A pure state machine: what happens goes in ([`Rooms::connect`], [`Rooms::receive`],
//! [`Rooms::close`], [`Rooms::disconnect`]) and what is to be done comes out, as [`Action`]s in the
//! order in which to do them. There are no sockets, clocks or queues here.
//!
//! The rules, which `docs/relay-protocol.md` has in full:
//! - A room is opened by a model owner whose place key makes its id, and is gone when nobody is left
//!   in it, or nobody but helpers of the relay's own.
//! - Who joins again with the place key of somebody inside takes up that place, and the older
//!   connection is closed.
//! - A model owner may have others removed from its room.
//! - A room has at most one model owner and one helper. Another one is refused, and those inside
//!   hear nothing of it.
//! - A frame is forwarded to the member it names, or to the two, in the sender's room, and to nobody
//!   else.
//! - A relay that is about to stop lets in nobody but who held a seat in a room that goes on.
//! - Member ids rise from 0 in each room and none is given out twice.

use std::collections::BTreeMap;
use std::time::Duration;

use blindsight_session::{
    FromRelay, Member, MemberId, PROTOCOL_VERSION, PlaceKey, PublicKey, Refusal, Role, RoomId,
    ToRelay,
};
use bytes::Bytes;

use crate::helper::Greeting;
use crate::limits::Limits;
use crate::rate::Meter;

mod helpers;
mod pace;
mod room;

use room::Room;

/// Names a connection to the relay; none is named twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(u64);

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send a short frame of the relay's own. It must keep its place among the actions.
    Notify {
        /// To whom.
        to: ConnectionId,
        /// The frame.
        frame: Bytes,
    },
    /// Send a member's message on; the sender may be made to wait.
    Forward {
        /// To whom.
        to: ConnectionId,
        /// The frame.
        frame: Bytes,
    },
    /// Send this refusal and then close the connection. It is in no room any more.
    Close {
        /// Which connection.
        connection: ConnectionId,
        /// Why.
        refusal: Refusal,
    },
    /// Start a helper on a new connection. If it cannot be started, disconnect that connection.
    StartHelper {
        /// The room it is to join.
        room: RoomId,
        /// Its connection, already counted as connected.
        connection: ConnectionId,
        /// What the model owner wants it to be given.
        greeting: Greeting,
    },
}

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It has not joined a room yet.
    Waiting,
    /// It is in a room.
    Joined,
    /// It is being closed or has ended.
    Closed,
}

/// Every room and every connection of a relay.
#[derive(Debug)]
pub struct Rooms {
    limits: Limits,
    connections: BTreeMap<ConnectionId, Connection>,
    rooms: BTreeMap<RoomId, Room>,
    next: u64,
    /// How many connections are those of helpers that this relay started.
    built_in: usize,
    /// The key of the helpers that this relay runs.
    helper: Option<PublicKey>,
    /// Whether nobody new is let in any more.
    stopping: bool,
}

#[derive(Clone, Copy, Debug)]
struct Connection {
    place: Place,
    /// The room a helper of the relay's own was started for.
    built_in: Option<RoomId>,
    meter: Meter,
    /// Since when it has been held back for sending too fast, without a break.
    held_since: Option<Duration>,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    /// Has not joined yet.
    Lobby,
    /// Is in a room.
    Room(RoomId, Member),
    /// Is in a room of another relay.
    Elsewhere,
    /// Is being closed; what it still sends is not looked at.
    Closed,
}

impl Rooms {
    /// No rooms and no connections. Members are told the key of the helpers that the relay runs.
    pub fn new(limits: Limits, helper: Option<PublicKey>) -> Self {
        Self {
            limits,
            connections: BTreeMap::new(),
            rooms: BTreeMap::new(),
            next: 0,
            built_in: 0,
            helper,
            stopping: false,
        }
    }

    /// From now on only those join who held a seat in a room that there still is, and helpers that were
    /// started for one.
    pub fn let_in_nobody_new(&mut self) {
        self.stopping = true;
    }

    /// How many rooms there are.
    pub fn rooms(&self) -> usize {
        self.rooms.len()
    }

    /// Every connection, in the order in which they came.
    pub fn connections(&self) -> impl Iterator<Item = ConnectionId> + '_ {
        self.connections.keys().copied()
    }

    /// The room that a connection is in, if it is in one here.
    pub fn room_of(&self, connection: ConnectionId) -> Option<RoomId> {
        match self.connections.get(&connection)?.place {
            Place::Room(room, _) => Some(room),
            Place::Lobby | Place::Elsewhere | Place::Closed => None,
        }
    }

    /// How far a connection has come.
    pub fn standing(&self, connection: ConnectionId) -> Standing {
        match self
            .connections
            .get(&connection)
            .map(|connection| connection.place)
        {
            Some(Place::Lobby) => Standing::Waiting,
            Some(Place::Room(..) | Place::Elsewhere) => Standing::Joined,
            Some(Place::Closed) | None => Standing::Closed,
        }
    }

    /// Somebody has connected.
    ///
    /// # Errors
    ///
    /// [`Refusal::RelayFull`] if there are as many connections as the relay allows.
    pub fn connect(&mut self) -> Result<ConnectionId, Refusal> {
        if self.connections.len() - self.built_in >= self.limits.connections {
            return Err(Refusal::RelayFull);
        }
        Ok(self.add(None))
    }

    /// A connection has sent a frame. At most two of the actions are an [`Action::Forward`].
    pub fn receive(&mut self, from: ConnectionId, frame: &[u8]) -> Vec<Action> {
        let Some(&Connection { place, .. }) = self.connections.get(&from) else {
            return Vec::new();
        };
        if matches!(place, Place::Closed) {
            return Vec::new();
        }
        let limit = self.limits.frame_bytes;
        if frame.len() > limit {
            let limit = u32::try_from(limit).unwrap_or(u32::MAX);
            return self.close(from, Refusal::FrameTooLarge { limit });
        }
        match (ToRelay::decode(frame), place) {
            (Ok(ToRelay::Join { version, .. }), _) if version != PROTOCOL_VERSION => {
                self.close(from, mismatch(version))
            }
            (
                Ok(ToRelay::Join {
                    room, role, place, ..
                }),
                Place::Lobby,
            ) => self.join(from, room, role, place),
            (Ok(ToRelay::Join { .. }), _) => self.close(from, Refusal::AlreadyJoined),
            (Ok(ToRelay::RequestHelper { greeting }), Place::Room(room, me)) => {
                self.request_helper(from, room, me, greeting)
            }
            (Ok(ToRelay::Send { to, payload }), Place::Room(room, me)) => {
                vec![self.forward(from, room, me, to, payload)]
            }
            (
                Ok(ToRelay::SendBoth {
                    to: [one, other],
                    first,
                    second,
                    common,
                }),
                Place::Room(room, me),
            ) => [(one, first), (other, second)]
                .map(|(to, part)| self.forward(from, room, me, to, &[part, common].concat()))
                .into(),
            (Ok(ToRelay::Remove(member)), Place::Room(room, me)) => {
                self.remove(from, room, me, member)
            }
            (Ok(ToRelay::Ping), Place::Room(..)) => vec![notify(from, &FromRelay::Pong)],
            (Ok(_), _) => self.close(from, Refusal::NotJoined),
            (Err(_), _) => self.close(
                from,
                match ToRelay::join_version(frame) {
                    Some(version) if version != PROTOCOL_VERSION => mismatch(version),
                    _ => Refusal::MalformedFrame,
                },
            ),
        }
    }

    /// A connection that has not joined yet is in a room of another relay from now on: here it only
    /// counts, and is told when it is closed.
    pub fn lives_elsewhere(&mut self, connection: ConnectionId) {
        if let Some(entry) = self.connections.get_mut(&connection)
            && matches!(entry.place, Place::Lobby)
        {
            entry.place = Place::Elsewhere;
        }
    }

    /// Everybody in a room is to be closed, for a reason that lies outside of these rules.
    pub fn close_room(&mut self, room: RoomId, refusal: Refusal) -> Vec<Action> {
        let mut actions = Vec::new();
        while let Some(&(connection, _)) =
            self.rooms.get(&room).and_then(|room| room.seats().first())
        {
            actions.extend(self.close(connection, refusal));
        }
        actions
    }

    /// Whether somebody is in a room.
    pub fn has(&self, room: &RoomId) -> bool {
        self.rooms.contains_key(room)
    }

    /// A connection is to be closed for a reason that lies outside of these rules, such as reading
    /// too slowly. It is taken out of its room at once.
    pub fn close(&mut self, connection: ConnectionId, refusal: Refusal) -> Vec<Action> {
        let Some(entry) = self.connections.get_mut(&connection) else {
            return Vec::new();
        };
        let place = std::mem::replace(&mut entry.place, Place::Closed);
        if matches!(place, Place::Closed) {
            return Vec::new();
        }
        let mut actions = vec![Action::Close {
            connection,
            refusal,
        }];
        self.vacate(place, &mut actions);
        actions
    }

    /// A connection has ended. Nothing may be sent to it any more.
    pub fn disconnect(&mut self, connection: ConnectionId) -> Vec<Action> {
        let mut actions = Vec::new();
        if let Some(entry) = self.connections.remove(&connection) {
            self.built_in -= usize::from(entry.built_in.is_some());
            self.vacate(entry.place, &mut actions);
        }
        actions
    }

    fn add(&mut self, built_in: Option<RoomId>) -> ConnectionId {
        let id = ConnectionId(self.next);
        // 2^64 connections take longer than any relay runs.
        self.next = self.next.wrapping_add(1);
        self.built_in += usize::from(built_in.is_some());
        self.connections.insert(
            id,
            Connection {
                place: Place::Lobby,
                built_in,
                meter: Meter::default(),
                held_since: None,
            },
        );
        id
    }

    fn join(&mut self, from: ConnectionId, id: RoomId, role: Role, place: PlaceKey) -> Vec<Action> {
        if role == Role::ModelOwner && place.room() != id {
            return self.close(from, Refusal::NotYourRoom);
        }
        if self.stopping && !self.is_known(from, id, role, &place) {
            return self.close(from, Refusal::ShuttingDown);
        }
        let older = self
            .rooms
            .get(&id)
            .and_then(|room| room.holder(role, &place));
        let mut actions = match older {
            Some(older) => self.close(older, Refusal::Replaced),
            None => Vec::new(),
        };
        let (you, others) = match self.enter(from, id, role, place) {
            Ok(entered) => entered,
            Err(refusal) => {
                actions.extend(self.close(from, refusal));
                return actions;
            }
        };
        let member = Member { id: you, role };
        if let Some(entry) = self.connections.get_mut(&from) {
            entry.place = Place::Room(id, member);
        }
        let members = others.iter().map(|&(_, member)| member).collect();
        let helper = self.helper;
        let welcome = FromRelay::Welcome {
            you,
            members,
            helper,
        };
        actions.push(notify(from, &welcome));
        let joined = FromRelay::Joined(member);
        actions.extend(others.iter().map(|&(to, _)| notify(to, &joined)));
        actions
    }

    /// Whether somebody who joins held a seat in that room before, or was started for it.
    fn is_known(&self, from: ConnectionId, id: RoomId, role: Role, place: &PlaceKey) -> bool {
        let room = self.rooms.get(&id);
        let connection = self.connections.get(&from);
        room.is_some_and(|room| room.knows(role, place))
            || connection.is_some_and(|connection| connection.built_in == Some(id))
    }

    /// Puts a connection into a room. Returns its member id and those who were there before.
    fn enter(
        &mut self,
        from: ConnectionId,
        id: RoomId,
        role: Role,
        place: PlaceKey,
    ) -> Result<(MemberId, Vec<(ConnectionId, Member)>), Refusal> {
        if !self.rooms.contains_key(&id) {
            if role != Role::ModelOwner {
                return Err(Refusal::RoomNotFound);
            }
            if self.rooms.len() >= self.limits.rooms {
                return Err(Refusal::RelayFull);
            }
        }
        let room = self.rooms.entry(id).or_default();
        let others = room.seats().to_vec();
        let entered = room.enter(from, role, place, self.limits.members());
        if room.seats().is_empty() {
            // Only if the limits let nobody in.
            self.rooms.remove(&id);
        }
        Ok((entered?, others))
    }

    /// A model owner wants somebody out of its room.
    fn remove(
        &mut self,
        from: ConnectionId,
        room: RoomId,
        me: Member,
        member: MemberId,
    ) -> Vec<Action> {
        if me.role != Role::ModelOwner {
            return vec![notify(from, &FromRelay::Refused(Refusal::NotModelOwner))];
        }
        let connection = self
            .rooms
            .get(&room)
            .and_then(|room| room.connection_of(member));
        match connection {
            Some(connection) if connection != from => self.close(connection, Refusal::Removed),
            // It has left by itself.
            _ => Vec::new(),
        }
    }

    fn forward(
        &self,
        from: ConnectionId,
        room: RoomId,
        me: Member,
        to: MemberId,
        payload: &[u8],
    ) -> Action {
        let recipient = self
            .rooms
            .get(&room)
            .and_then(|room| room.connection_of(to));
        match recipient {
            Some(to) => {
                let frame = FromRelay::Deliver {
                    from: me.id,
                    payload,
                }
                .encode();
                Action::Forward {
                    to,
                    frame: frame.into(),
                }
            }
            None => notify(from, &FromRelay::Refused(Refusal::UnknownRecipient(to))),
        }
    }

    /// Takes somebody out of the room they were in and tells the others.
    fn vacate(&mut self, place: Place, actions: &mut Vec<Action>) {
        let Place::Room(id, member) = place else {
            return;
        };
        let Some(room) = self.rooms.get_mut(&id) else {
            return;
        };
        room.leave(member.id);
        let left = FromRelay::Left(member.id);
        actions.extend(room.seats().iter().map(|&(to, _)| notify(to, &left)));

        let built_in = |&(connection, _): &(ConnectionId, Member)| {
            self.connections
                .get(&connection)
                .is_some_and(|c| c.built_in.is_some())
        };
        if !room.seats().iter().all(built_in) {
            return;
        }
        let Some(room) = self.rooms.remove(&id) else {
            return;
        };
        for &(connection, _) in room.seats() {
            if let Some(entry) = self.connections.get_mut(&connection) {
                entry.place = Place::Closed;
            }
            actions.push(Action::Close {
                connection,
                refusal: Refusal::RoomClosed,
            });
        }
    }
}

fn mismatch(theirs: u16) -> Refusal {
    Refusal::VersionMismatch {
        theirs,
        ours: PROTOCOL_VERSION,
    }
}

fn notify(to: ConnectionId, frame: &FromRelay<'_>) -> Action {
    Action::Notify {
        to,
        frame: frame.encode().into(),
    }
}

#[cfg(test)]
mod tests;
