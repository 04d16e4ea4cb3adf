//! Helpers of the relay's own: how many there may be, and who may ask for one.

use blindsight_session::{FromRelay, MAX_GREETING_BYTES, Member, PublicKey, Refusal, Role, RoomId};

use super::{Action, Connection, ConnectionId, Place, Rooms, notify};
use crate::helper::Greeting;

impl Rooms {
    /// There may be so many helpers of the relay's own from now on, with this key.
    pub fn set_helpers(&mut self, most: usize, key: Option<PublicKey>) {
        self.limits.built_in_helpers = most;
        self.helper = key;
    }

    /// How many helpers of the relay's own there are.
    pub fn helpers(&self) -> usize {
        self.built_in
    }

    /// A model owner wants a helper of the relay's own.
    pub(super) fn request_helper(
        &mut self,
        from: ConnectionId,
        id: RoomId,
        me: Member,
        greeting: &[u8],
    ) -> Vec<Action> {
        if greeting.len() > MAX_GREETING_BYTES {
            return self.close(from, Refusal::MalformedFrame);
        }
        let starting = |c: &Connection| c.built_in == Some(id) && matches!(c.place, Place::Lobby);
        let has_helper = self
            .rooms
            .get(&id)
            .is_some_and(|room| room.has(Role::Helper));
        let refusal = if me.role != Role::ModelOwner {
            Refusal::NotModelOwner
        } else if self.limits.built_in_helpers == 0 {
            Refusal::NoHelper
        } else if has_helper || self.connections.values().any(starting) {
            Refusal::RoleTaken(Role::Helper)
        } else if self.built_in >= self.limits.built_in_helpers {
            Refusal::HelpersBusy
        } else {
            let connection = self.add(Some(id));
            return vec![Action::StartHelper {
                room: id,
                connection,
                greeting: Greeting::new(greeting),
            }];
        };
        vec![notify(from, &FromRelay::Refused(refusal))]
    }
}
