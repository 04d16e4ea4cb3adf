//! One WebSocket.
//!
//! Reading and writing go on side by side in one task, so that a member who waits for room in
//! somebody else's outbox is still written to; two members can therefore not block each other.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use blindsight_session::{FromRelay, Refusal};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout, timeout_at};
use tokio_tungstenite::tungstenite;

use crate::hub::{Connected, Hub};
use crate::limits::Limits;
use crate::outbox::{Outgoing, Outlet};
use crate::rooms::Standing;

/// How long a closed connection is given to take what waits for it, to take the reason, and to
/// close in turn: so long for each.
const FAREWELL: Duration = Duration::from_secs(2);

/// Serves one WebSocket until it ends.
pub(crate) async fn serve(hub: Arc<Hub>, socket: WebSocket) {
    let (mut writer, mut reader) = socket.split();
    let reason = match hub.connect() {
        Ok((connected, mut outlet)) => {
            tokio::select! {
                () = read(&connected, &mut reader) => return,
                reason = write(&connected, &mut outlet, &mut writer) => reason,
            }
        }
        Err(refusal) => Some(refusal),
    };
    let Some(reason) = reason else { return };
    let told = timeout(FAREWELL, refuse(&mut writer, reason)).await;
    if told.is_err() {
        return;
    }
    // A socket that is dropped with unread bytes is reset, and the reason for closing is lost.
    let _ = timeout(FAREWELL, async {
        while let Some(Ok(_)) = reader.next().await {}
    })
    .await;
}

/// Takes frames until the member is gone. Once the connection is being closed, frames are still
/// taken but not looked at, until the writer has said why.
async fn read(connected: &Connected, reader: &mut SplitStream<WebSocket>) {
    let limits = &connected.hub().limits;
    let deadline = Instant::now() + limits.join_timeout;
    let mut waiting = true;
    loop {
        waiting = waiting && connected.standing() == Standing::Waiting;
        // Only the wait for a frame is timed: a member who waits for room in somebody else's
        // outbox is not silent.
        let until = if waiting {
            deadline
        } else {
            Instant::now() + limits.idle_timeout
        };
        match timeout_at(until, reader.next()).await {
            Ok(Some(Ok(Message::Binary(frame)))) => connected.receive(&frame).await,
            Ok(Some(Ok(Message::Text(_)))) => connected.close(Refusal::MalformedFrame),
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
            Ok(Some(Ok(Message::Close(_))) | None) => return,
            Ok(Some(Err(error))) => {
                let Some(refusal) = misuse(&error.into_inner(), limits) else {
                    return;
                };
                connected.close(refusal);
                // Nothing can be read any more; the writer ends it.
                return pending().await;
            }
            Err(_) if waiting => {
                connected.close(Refusal::NotJoined);
                waiting = false;
            }
            Err(_) => connected.close(Refusal::Silent),
        }
    }
}

/// What a member did wrong, if it is the member's doing that its socket cannot be read.
fn misuse(error: &axum::BoxError, limits: &Limits) -> Option<Refusal> {
    match error.downcast_ref()? {
        tungstenite::Error::Capacity(_) => {
            let limit = u32::try_from(limits.frame_bytes).unwrap_or(u32::MAX);
            Some(Refusal::FrameTooLarge { limit })
        }
        tungstenite::Error::Protocol(
            tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
        ) => None,
        tungstenite::Error::Protocol(_) | tungstenite::Error::Utf8(_) => {
            Some(Refusal::MalformedFrame)
        }
        _ => None,
    }
}

/// Writes frames until the connection is to be closed, for the reason that is returned, or the
/// member is gone.
async fn write(
    connected: &Connected,
    outlet: &mut Outlet,
    writer: &mut SplitSink<WebSocket, Message>,
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
                outlet.give_up()
            }
        },
        () = late => outlet.give_up(),
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

async fn write_all(
    limits: &Limits,
    outlet: &mut Outlet,
    writer: &mut SplitSink<WebSocket, Message>,
) -> End {
    let every = limits.ping_interval;
    let mut pings = interval_at(Instant::now() + every, every);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let (message, room) = tokio::select! {
            next = outlet.next() => match next {
                Some(Outgoing::Frame(frame, room)) => (Message::Binary(frame), Some(room)),
                Some(Outgoing::Close(refusal)) => return End::Closed(refusal),
                None => return End::Gone,
            },
            _ = pings.tick() => (Message::Ping(Bytes::new()), None),
        };
        let written = timeout(limits.stall_timeout, writer.send(message)).await;
        drop(room);
        match written {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return End::Gone,
            Err(_) => return End::Stalled,
        }
    }
}

/// Says why the connection is closed, and closes it.
async fn refuse(writer: &mut SplitSink<WebSocket, Message>, refusal: Refusal) {
    let frame = FromRelay::Refused(refusal).encode();
    // If the member is gone already there is nobody to tell.
    if writer.send(Message::Binary(frame.into())).await.is_ok() {
        let close = CloseFrame {
            code: refusal.close_code(),
            reason: refusal.name().into(),
        };
        let _ = writer.send(Message::Close(Some(close))).await;
    }
}
