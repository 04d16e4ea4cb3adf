//! How much a relay takes on.

use blindsight_session::{MAX_FRAME_BYTES, MAX_MEMBERS};

/// How many of each thing a relay allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Rooms.
    pub rooms: usize,
    /// Connections, those of the relay's own helpers not counted.
    pub connections: usize,
    /// Members of one room; never more than [`MAX_MEMBERS`].
    pub members_per_room: usize,
    /// Bytes of one frame from a member; more than [`MAX_FRAME_BYTES`] is never read.
    pub frame_bytes: usize,
    /// Helpers of the relay's own at one time; 0 for a relay without.
    pub built_in_helpers: usize,
}

impl Limits {
    /// Members of one room, within what a welcome frame can name.
    pub(super) fn members(&self) -> usize {
        self.members_per_room.min(MAX_MEMBERS)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rooms: 128,
            connections: 512,
            members_per_room: 16,
            frame_bytes: MAX_FRAME_BYTES,
            built_in_helpers: 16,
        }
    }
}
