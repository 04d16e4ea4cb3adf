//! The limits and waiting times of a relay.

use std::time::Duration;

use crate::rooms::Limits;

/// What a relay allows and how long it waits. The memory that one connection can take is about
/// `queue_bytes` and three frames.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// How many rooms, connections, members and helpers there may be.
    pub limits: Limits,
    /// How many bytes of messages wait for one member; those who send more wait themselves. A
    /// longer message waits until the queue is empty.
    pub queue_bytes: u32,
    /// How many notices (joined, left, refused) wait for one member. One who falls further behind
    /// is disconnected.
    pub queue_notices: usize,
    /// How often a member is pinged.
    pub ping_every: Duration,
    /// How long a member may be silent, pongs included, before they count as gone.
    pub silence: Duration,
    /// How long a connection may take to join a room.
    pub join_within: Duration,
    /// How long a member may take to read one frame before they count as gone.
    pub stall: Duration,
    /// How long connections are given to close when the relay stops.
    pub grace: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            queue_bytes: 4 << 20,
            queue_notices: 256,
            ping_every: Duration::from_secs(20),
            silence: Duration::from_secs(60),
            join_within: Duration::from_secs(10),
            stall: Duration::from_secs(60),
            grace: Duration::from_secs(3),
        }
    }
}
