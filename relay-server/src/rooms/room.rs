//! One room.

use blindsight_session::{MAX_MEMBERS, Member, MemberId, PlaceKey, Refusal, Role};

use super::ConnectionId;
use crate::rate::Meter;

/// The members of one room and their connections, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Room {
    seats: Vec<(ConnectionId, Member)>,
    /// What shows that a seat is somebody's own, in the order of the seats.
    places: Vec<PlaceKey>,
    /// Who left and may come back, the latest last; the longest gone are forgotten.
    left: Vec<(Role, PlaceKey)>,
    next: u32,
    /// What its members sent.
    pub(super) meter: Meter,
}

impl Room {
    pub(super) fn seats(&self) -> &[(ConnectionId, Member)] {
        &self.seats
    }

    pub(super) fn has(&self, role: Role) -> bool {
        self.seats.iter().any(|(_, member)| member.role == role)
    }

    pub(super) fn connection_of(&self, id: MemberId) -> Option<ConnectionId> {
        let seat = self.seats.iter().find(|(_, member)| member.id == id);
        seat.map(|&(connection, _)| connection)
    }

    /// The connection that holds a seat of this role with this place key.
    pub(super) fn holder(&self, role: Role, place: &PlaceKey) -> Option<ConnectionId> {
        let mut seats = self.seats.iter().zip(&self.places);
        let held = seats.find(|((_, member), key)| member.role == role && *key == place);
        held.map(|(&(connection, _), _)| connection)
    }

    /// Whether somebody holds or held a seat of this role with this place key.
    pub(super) fn knows(&self, role: Role, place: &PlaceKey) -> bool {
        let mut left = self.left.iter();
        self.holder(role, place).is_some()
            || left.any(|(theirs, key)| *theirs == role && key == place)
    }

    /// Gives a connection a seat, if there is one for its role.
    pub(super) fn enter(
        &mut self,
        connection: ConnectionId,
        role: Role,
        place: PlaceKey,
        limit: usize,
    ) -> Result<MemberId, Refusal> {
        if role.is_unique() && self.has(role) {
            return Err(Refusal::RoleTaken(role));
        }
        if self.seats.len() >= limit {
            return Err(Refusal::RoomFull);
        }
        let id = MemberId(self.next);
        // An id that cannot be followed by another is not given out.
        self.next = self.next.checked_add(1).ok_or(Refusal::RoomFull)?;
        self.left
            .retain(|(theirs, key)| *theirs != role || *key != place);
        self.seats.push((connection, Member { id, role }));
        self.places.push(place);
        Ok(id)
    }

    pub(super) fn leave(&mut self, id: MemberId) {
        if let Some(seat) = self.seats.iter().position(|(_, member)| member.id == id) {
            let (_, member) = self.seats.remove(seat);
            let place = self.places.remove(seat);
            if self.left.len() >= MAX_MEMBERS {
                self.left.remove(0);
            }
            self.left.push((member.role, place));
        }
    }
}
