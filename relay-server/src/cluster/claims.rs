//! Which rooms live at this relay.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use blindsight_session::RoomId;
use tokio::sync::oneshot;

use super::letter::Claim;

/// The rooms that live here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Claims(Arc<Mutex<HashMap<RoomId, Claimed>>>);

#[derive(Debug)]
struct Claimed {
    claim: Claim,
    /// How many are about to join; meanwhile the room is not given up.
    held: usize,
    /// Dropped when the room is given up, which ends the one who answers for it.
    _answering: oneshot::Sender<()>,
}

/// Somebody is about to join a room here.
#[derive(Debug)]
pub(crate) struct Held {
    claims: Claims,
    room: RoomId,
}

impl Claims {
    /// The room lives here from now on, unless it does already. Gives what ends when it is given up.
    pub(crate) fn add(&self, room: RoomId, claim: Claim) -> Option<oneshot::Receiver<()>> {
        let mut rooms = self.lock();
        if rooms.contains_key(&room) {
            return None;
        }
        let (answering, given_up) = oneshot::channel();
        let claimed = Claimed {
            claim,
            held: 0,
            _answering: answering,
        };
        rooms.insert(room, claimed);
        Some(given_up)
    }

    /// If the room lives here, it does so until the result is dropped.
    pub(crate) fn hold(&self, room: RoomId) -> Option<Held> {
        self.lock().get_mut(&room)?.held += 1;
        let claims = self.clone();
        Some(Held { claims, room })
    }

    /// What this relay says of a room.
    pub(crate) fn of(&self, room: &RoomId) -> Option<Claim> {
        self.lock().get(room).map(|claimed| claimed.claim)
    }

    /// Everything that this relay says.
    pub(crate) fn all(&self) -> Vec<(RoomId, Claim)> {
        let rooms = self.lock();
        rooms.iter().map(|(room, c)| (*room, c.claim)).collect()
    }

    /// The room lives elsewhere.
    pub(crate) fn give_up(&self, room: &RoomId) {
        self.lock().remove(room);
    }

    /// Gives up the rooms in which nobody is, and which nobody is about to join.
    pub(crate) fn give_up_empty(&self, has: impl Fn(&RoomId) -> bool) {
        self.lock()
            .retain(|room, claimed| claimed.held > 0 || has(room));
    }

    /// Gives up every room.
    pub(crate) fn give_up_all(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RoomId, Claimed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(claimed) = self.claims.lock().get_mut(&self.room) {
            claimed.held = claimed.held.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::letter::RelayId;
    use super::*;

    #[test]
    fn a_room_that_somebody_is_about_to_join_is_not_given_up() {
        let claims = Claims::default();
        let room = RoomId::from_bytes([1; 16]);
        let claim = Claim {
            since: 1,
            relay: RelayId(2),
        };
        assert!(claims.hold(room).is_none());
        let mut answering = claims.add(room, claim).unwrap();
        assert!(claims.add(room, claim).is_none(), "it lives here already");
        let held = claims.hold(room).unwrap();
        claims.give_up_empty(|_| false);
        assert_eq!(claims.of(&room), Some(claim));
        drop(held);
        claims.give_up_empty(|_| true);
        assert_eq!(claims.all(), [(room, claim)]);
        claims.give_up_empty(|_| false);
        assert!(answering.try_recv().is_err());
        assert_eq!(claims.of(&room), None);
    }
}
