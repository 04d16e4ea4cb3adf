//! How much a relay takes on, and how long it waits.

use std::time::Duration;

use blindsight_session::{MAX_FRAME_BYTES, MAX_MEMBERS};
use clap::Args;

/// How many of each thing a relay allows, and how long. Each is an option of the program.
///
/// The memory that one connection can take is about `queue_bytes` and three frames; all that waits
/// to be sent takes at most `total_queue_bytes` and the notices.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// Rooms at once.
    #[arg(
        long = "max-rooms",
        value_name = "N",
        env = "BLINDSIGHT_MAX_ROOMS",
        default_value = "2048"
    )]
    pub rooms: usize,
    /// Members' connections at once, those of the relay's own helpers not counted.
    #[arg(
        long = "max-connections",
        value_name = "N",
        env = "BLINDSIGHT_MAX_CONNECTIONS",
        default_value = "8192"
    )]
    pub connections: usize,
    /// Connections at once from one address; of IPv6, from one network of 64 bits. 0: no limit.
    #[arg(
        long = "max-connections-per-address",
        value_name = "N",
        env = "BLINDSIGHT_MAX_CONNECTIONS_PER_ADDRESS",
        default_value = "256"
    )]
    pub connections_per_address: usize,
    /// Members of one room, at most 64.
    #[arg(
        long = "max-members-per-room",
        value_name = "N",
        env = "BLINDSIGHT_MAX_MEMBERS_PER_ROOM",
        default_value = "16"
    )]
    pub members_per_room: usize,
    /// Helpers of the relay's own at once.
    #[arg(
        long = "max-helpers",
        value_name = "N",
        env = "BLINDSIGHT_MAX_HELPERS",
        default_value = "16"
    )]
    pub built_in_helpers: usize,
    /// Bytes of one frame from a member, at most 1049600.
    #[arg(long = "max-frame-bytes", value_name = "BYTES", env = "BLINDSIGHT_MAX_FRAME_BYTES", default_value_t = MAX_FRAME_BYTES)]
    pub frame_bytes: usize,
    /// Frames a second from one connection. 0: no limit.
    #[arg(
        long = "max-frames-per-second",
        value_name = "N",
        env = "BLINDSIGHT_MAX_FRAMES_PER_SECOND",
        default_value = "5000"
    )]
    pub frames_per_second: u32,
    /// Bytes of frames a second from one connection. 0: no limit.
    #[arg(
        long = "max-bytes-per-second",
        value_name = "BYTES",
        env = "BLINDSIGHT_MAX_BYTES_PER_SECOND",
        default_value = "67108864"
    )]
    pub bytes_per_second: u64,
    /// Frames a second within one room. 0: no limit.
    #[arg(
        long = "max-room-frames-per-second",
        value_name = "N",
        env = "BLINDSIGHT_MAX_ROOM_FRAMES_PER_SECOND",
        default_value = "10000"
    )]
    pub room_frames_per_second: u32,
    /// Bytes of frames a second within one room. 0: no limit.
    #[arg(
        long = "max-room-bytes-per-second",
        value_name = "BYTES",
        env = "BLINDSIGHT_MAX_ROOM_BYTES_PER_SECOND",
        default_value = "134217728"
    )]
    pub room_bytes_per_second: u64,
    /// How many seconds' worth of frames and bytes may come at once.
    #[arg(long = "burst", value_name = "SECONDS", env = "BLINDSIGHT_BURST", default_value = "4", value_parser = seconds)]
    pub burst: Duration,
    /// How long a connection that sends too fast is held back before it is closed.
    #[arg(long = "too-fast-after", value_name = "SECONDS", env = "BLINDSIGHT_TOO_FAST_AFTER", default_value = "60", value_parser = seconds)]
    pub too_fast_after: Duration,
    /// Bytes of messages that wait for one member; those who send more wait themselves. A longer
    /// message waits until the queue is empty.
    #[arg(
        long = "queue-bytes",
        value_name = "BYTES",
        env = "BLINDSIGHT_QUEUE_BYTES",
        default_value = "4194304"
    )]
    pub queue_bytes: u32,
    /// Notices (joined, left, refused) that wait for one member. One who falls further behind is
    /// closed.
    #[arg(
        long = "queue-notices",
        value_name = "N",
        env = "BLINDSIGHT_QUEUE_NOTICES",
        default_value = "256"
    )]
    pub queue_notices: usize,
    /// Bytes of messages that wait for all members together. Beyond it those who read slowest are
    /// closed.
    #[arg(
        long = "total-queue-bytes",
        value_name = "BYTES",
        env = "BLINDSIGHT_TOTAL_QUEUE_BYTES",
        default_value = "536870912"
    )]
    pub total_queue_bytes: u32,
    /// How long TLS, and the head of a request, may take.
    #[arg(long = "handshake-timeout", value_name = "SECONDS", env = "BLINDSIGHT_HANDSHAKE_TIMEOUT", default_value = "10", value_parser = seconds)]
    pub handshake_timeout: Duration,
    /// How long a connection may take to join a room.
    #[arg(long = "join-timeout", value_name = "SECONDS", env = "BLINDSIGHT_JOIN_TIMEOUT", default_value = "10", value_parser = seconds)]
    pub join_timeout: Duration,
    /// How often a member is pinged.
    #[arg(long = "ping-interval", value_name = "SECONDS", env = "BLINDSIGHT_PING_INTERVAL", default_value = "20", value_parser = seconds)]
    pub ping_interval: Duration,
    /// How long a member may be silent, answers to pings included, before it is closed.
    #[arg(long = "idle-timeout", value_name = "SECONDS", env = "BLINDSIGHT_IDLE_TIMEOUT", default_value = "60", value_parser = seconds)]
    pub idle_timeout: Duration,
    /// How long a member may take to read one frame before it is closed.
    #[arg(long = "stall-timeout", value_name = "SECONDS", env = "BLINDSIGHT_STALL_TIMEOUT", default_value = "60", value_parser = seconds)]
    pub stall_timeout: Duration,
    /// Over how long members are told to come back when the relay stops, a room after the other;
    /// for where other relays take them in.
    #[arg(long = "drain", value_name = "SECONDS", env = "BLINDSIGHT_DRAIN", default_value = "0", value_parser = seconds)]
    pub drain: Duration,
    /// How long connections are given to close when the relay stops.
    #[arg(long = "close-timeout", value_name = "SECONDS", env = "BLINDSIGHT_CLOSE_TIMEOUT", default_value = "3", value_parser = seconds)]
    pub close_timeout: Duration,
}

impl Limits {
    /// What a relay allows unless told otherwise.
    pub const DEFAULT: Self = Self {
        rooms: 2048,
        connections: 8192,
        connections_per_address: 256,
        members_per_room: 16,
        built_in_helpers: 16,
        frame_bytes: MAX_FRAME_BYTES,
        frames_per_second: 5_000,
        bytes_per_second: 64 << 20,
        room_frames_per_second: 10_000,
        room_bytes_per_second: 128 << 20,
        burst: secs(4),
        too_fast_after: secs(60),
        queue_bytes: 4 << 20,
        queue_notices: 256,
        total_queue_bytes: 512 << 20,
        handshake_timeout: secs(10),
        join_timeout: secs(10),
        ping_interval: secs(20),
        idle_timeout: secs(60),
        stall_timeout: secs(60),
        drain: secs(0),
        close_timeout: secs(3),
    };

    /// Members of one room, within what a welcome frame can name.
    pub(crate) fn members(&self) -> usize {
        self.members_per_room.min(MAX_MEMBERS)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Reads a time such as `10` or `0.5`.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok();
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.ok_or_else(|| "give a number of seconds, such as 10 or 0.5".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        limits: Limits,
    }

    #[test]
    fn the_program_s_defaults_are_the_library_s() {
        let program = Program::try_parse_from(["relay"]).unwrap();
        assert_eq!(program.limits, Limits::DEFAULT);
    }

    #[test]
    fn times_are_seconds_or_refused() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for wrong in ["", "-1", "ten", "1s", "inf", "1e300"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
