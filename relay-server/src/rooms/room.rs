//! One room.

use blindsight_session::{Member, MemberId, Refusal, Role};

use super::ConnectionId;

/// The members of one room and their connections, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Room {
    seats: Vec<(ConnectionId, Member)>,
    next: u32,
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

    /// Gives a connection a seat, if there is one for its role.
    pub(super) fn enter(
        &mut self,
        connection: ConnectionId,
        role: Role,
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
        self.seats.push((connection, Member { id, role }));
        Ok(id)
    }

    pub(super) fn leave(&mut self, id: MemberId) {
        self.seats.retain(|(_, member)| member.id != id);
    }
}
