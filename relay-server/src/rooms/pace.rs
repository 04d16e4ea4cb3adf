//! Who has to slow down.

use std::time::Duration;

use blindsight_session::Refusal;

use super::{ConnectionId, Place, Rooms};
use crate::limits::Limits;
use crate::rate::Rate;

impl Rooms {
    /// A frame of so many bytes has come at this time, counted from some beginning. Returns how
    /// long the sender is to be held back before its next frame is read. What the relay's own
    /// helpers send is not counted.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooFast`] if it was, or would be, held back for too long without a break.
    pub fn pace(
        &mut self,
        now: Duration,
        from: ConnectionId,
        bytes: usize,
    ) -> Result<Duration, Refusal> {
        let limits = &self.limits;
        let Some(entry) = self.connections.get_mut(&from) else {
            return Ok(Duration::ZERO);
        };
        if matches!(entry.place, Place::Closed) || entry.built_in.is_some() {
            return Ok(Duration::ZERO);
        }
        let mut wait = entry.meter.charge(now, bytes, limits.sender());
        if let Place::Room(id, _) = entry.place
            && let Some(room) = self.rooms.get_mut(&id)
        {
            wait = wait.max(room.meter.charge(now, bytes, limits.room()));
        }
        if wait.is_zero() {
            entry.held_since = None;
            return Ok(wait);
        }
        let since = *entry.held_since.get_or_insert(now);
        let until = now.saturating_add(wait);
        if until.saturating_sub(since) > limits.too_fast_after {
            return Err(Refusal::TooFast);
        }
        Ok(wait)
    }
}

impl Limits {
    fn sender(&self) -> [Rate; 2] {
        self.rates(self.frames_per_second, self.bytes_per_second)
    }

    fn room(&self) -> [Rate; 2] {
        self.rates(self.room_frames_per_second, self.room_bytes_per_second)
    }

    fn rates(&self, frames: u32, bytes: u64) -> [Rate; 2] {
        let burst = self.burst;
        [f64::from(frames), bytes as f64].map(|per_second| Rate { per_second, burst })
    }
}
