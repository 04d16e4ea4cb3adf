//! Taking frames out of an outbox and writing them, whatever the connection is made of.

use std::time::Duration;

use blindsight_session::Refusal;
use bytes::Bytes;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};

use crate::hub::Connected;
use crate::limits::Limits;
use crate::outbox::{Outgoing, Outlet};

/// How long a closed connection is given to take what waits for it, to take the reason, and to
/// close in turn: so long for each.
pub(crate) const FAREWELL: Duration = Duration::from_secs(2);

/// Where frames are written to.
pub(crate) trait Writer {
    /// Writes a frame; done when there is room for another.
    async fn frame(&mut self, frame: Bytes) -> Result<(), Gone>;

    /// Sees to it that the other end is heard from, if it is there.
    async fn ping(&mut self) -> Result<(), Gone>;
}

/// There is nobody to write to any more.
#[derive(Debug)]
pub(crate) struct Gone;

/// Writes frames until the connection is to be closed, for the reason that is returned, or the
/// member is gone.
pub(crate) async fn write(
    connected: &Connected,
    outlet: &mut Outlet,
    writer: &mut impl Writer,
) -> Option<Refusal> {
    let closing = outlet.closing();
    let late = async {
        closing.await;
        sleep(FAREWELL).await;
    };
    tokio::select! {
        end = write_all(&connected.hub().limits, outlet, writer) => match end {
            End::Closed(refusal) => Some(refusal),
            End::Gone => None,
            End::Stalled => {
                connected.close(Refusal::TooSlow);
                outlet.give_up().await
            }
        },
        () = late => outlet.give_up().await,
    }
}

/// Why nothing is written any more.
enum End {
    /// All is written but the reason for closing.
    Closed(Refusal),
    /// The member does not read.
    Stalled,
    /// There is nobody to write to.
    Gone,
}

async fn write_all(limits: &Limits, outlet: &mut Outlet, writer: &mut impl Writer) -> End {
    let every = limits.ping_interval;
    let mut pings = interval_at(Instant::now() + every, every);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let written = tokio::select! {
            next = outlet.next() => match next {
                Some(Outgoing::Frame(frame, room)) => {
                    let written = timeout(limits.stall_timeout, writer.frame(frame)).await;
                    drop(room);
                    written
                }
                Some(Outgoing::Close(refusal)) => return End::Closed(refusal),
                None => return End::Gone,
            },
            _ = pings.tick() => timeout(limits.stall_timeout, writer.ping()).await,
        };
        match written {
            Ok(Ok(())) => {}
            Ok(Err(Gone)) => return End::Gone,
            Err(_) => return End::Stalled,
        }
    }
}
