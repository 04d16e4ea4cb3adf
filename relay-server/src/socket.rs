//! One WebSocket.
//!
//! Reading and writing go on side by side in one task, so that a member who waits for room in
//! somebody else's outbox is still written to; two members can therefore not block each other.

use std::future::pending;
use std::sync::Arc;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use blindsight_session::{FromRelay, Refusal};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::coop::consume_budget;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_tungstenite::tungstenite::{Error, error::ProtocolError};

use crate::cluster::{Cluster, Incoming, Place, Tunnel};
use crate::hub::{Connected, Hub};
use crate::limits::Limits;
use crate::rooms::Standing;
use crate::writing::{FAREWELL, Gone, Writer, write};

/// Serves one WebSocket until it ends.
pub(crate) async fn serve(hub: Arc<Hub>, cluster: Option<Arc<Cluster>>, socket: WebSocket) {
    let (mut writer, mut reader) = socket.split();
    let reason = match hub.connect() {
        Ok((connected, mut outlet)) => {
            tokio::select! {
                () = read(&connected, cluster.as_deref(), &mut reader) => return,
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
async fn read(
    connected: &Connected,
    cluster: Option<&Cluster>,
    reader: &mut SplitStream<WebSocket>,
) {
    let limits = &connected.hub().limits;
    let deadline = Instant::now() + limits.join_timeout;
    while connected.standing() == Standing::Waiting {
        let frame = match timeout_at(deadline, next(connected, reader)).await {
            Ok(Some(frame)) => frame,
            Ok(None) => return,
            Err(_) => {
                connected.close(Refusal::NotJoined);
                break;
            }
        };
        let place = match cluster {
            Some(cluster) => cluster.place(&frame).await,
            None => Ok(Place::Here(None)),
        };
        match place {
            Ok(Place::Here(_held)) => connected.receive(&frame).await,
            Ok(Place::There(tunnel, incoming)) => {
                return read_through(connected, reader, &tunnel, incoming).await;
            }
            Err(refusal) => connected.close(refusal),
        }
    }
    while let Some(frame) = next_in_time(connected, reader).await {
        connected.receive(&frame).await;
    }
}

/// The same for a member whose room lives at another relay.
async fn read_through(
    connected: &Connected,
    reader: &mut SplitStream<WebSocket>,
    tunnel: &Tunnel,
    mut incoming: UnboundedReceiver<Incoming>,
) {
    connected.lives_elsewhere();
    let there = async {
        while let Some(frame) = next_in_time(connected, reader).await {
            let Some(hold_back) = connected.pace(frame.len()) else {
                continue;
            };
            // If it is lost, the other half hears of it too.
            let _ = tunnel.send(&frame).await;
            sleep(hold_back).await;
        }
    };
    let back = async {
        let reason = loop {
            match incoming.recv().await {
                Some(Incoming::Frame(frame)) => {
                    let bytes = frame.len();
                    connected.deliver(frame.into()).await;
                    if tunnel.taken(bytes).await.is_err() {
                        break Refusal::Interrupted;
                    }
                }
                Some(Incoming::Close(refusal)) => break refusal,
                None => break Refusal::Interrupted,
            }
        };
        connected.close(reason);
        // The writer ends it.
        pending::<()>().await;
    };
    tokio::select! {
        () = there => {}
        () = back => {}
    }
}

/// The next frame of somebody who is not waited for forever.
async fn next_in_time(connected: &Connected, reader: &mut SplitStream<WebSocket>) -> Option<Bytes> {
    let limit = connected.hub().limits.idle_timeout;
    let mut deadline = Instant::now() + limit;
    loop {
        // Only the wait for a frame is timed: a member who waits for room in somebody else's
        // outbox is not silent.
        match timeout_at(deadline, message(connected, reader)).await {
            Ok(Some(Message::Binary(frame))) => return Some(frame),
            Ok(Some(_)) => {}
            Ok(None) => return None,
            Err(_) => connected.close(Refusal::Silent),
        }
        deadline = Instant::now() + limit;
    }
}

/// The next frame.
async fn next(connected: &Connected, reader: &mut SplitStream<WebSocket>) -> Option<Bytes> {
    loop {
        if let Message::Binary(frame) = message(connected, reader).await? {
            return Some(frame);
        }
    }
}

/// The next message, or nothing if the member is gone.
async fn message(connected: &Connected, reader: &mut SplitStream<WebSocket>) -> Option<Message> {
    // What was read at once may hold hundreds of messages, which come without waiting: others must
    // have their turn in between.
    consume_budget().await;
    match reader.next().await {
        Some(Ok(Message::Close(_))) | None => None,
        Some(Ok(message)) => {
            if matches!(message, Message::Text(_)) {
                connected.close(Refusal::MalformedFrame);
            }
            Some(message)
        }
        Some(Err(error)) => {
            let refusal = misuse(&error.into_inner(), &connected.hub().limits)?;
            connected.close(refusal);
            // Nothing can be read any more; the writer ends it.
            pending().await
        }
    }
}

/// What a member did wrong, if it is the member's doing that its socket cannot be read.
fn misuse(error: &axum::BoxError, limits: &Limits) -> Option<Refusal> {
    match error.downcast_ref()? {
        Error::Capacity(_) => {
            let limit = u32::try_from(limits.frame_bytes).unwrap_or(u32::MAX);
            Some(Refusal::FrameTooLarge { limit })
        }
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        Error::Protocol(_) | Error::Utf8(_) => Some(Refusal::MalformedFrame),
        _ => None,
    }
}

impl Writer for SplitSink<WebSocket, Message> {
    async fn frame(&mut self, frame: Bytes) -> Result<(), Gone> {
        self.send(Message::Binary(frame)).await.map_err(|_| Gone)
    }

    async fn ping(&mut self) -> Result<(), Gone> {
        let ping = Message::Ping(Bytes::new());
        self.send(ping).await.map_err(|_| Gone)
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
