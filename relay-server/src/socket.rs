//! One WebSocket.
//!
//! Reading and writing go on side by side in one task, so that a member who waits for room in
//! somebody else's outbox is still written to; two members can therefore not block each other.

use std::convert::Infallible;
use std::future::pending;
use std::pin::pin;
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
use crate::hub::{Connected, Hub, Over};
use crate::limits::Limits;
use crate::rooms::Standing;
use crate::writing::{FAREWELL, Gone, Writer, write};

/// How much may have been under way to a connection when it was closed: the socket's buffers at both
/// ends. So much is still taken, so that the member reads why it was closed.
const UNDER_WAY: usize = 8 << 20;

/// What a frame counts for in this, beside its bytes.
const EACH: usize = 512;

/// Why no more frames are taken.
enum End {
    /// The member is gone.
    Gone,
    /// The connection is closed, and the member is yet to be told.
    Closed,
}

impl From<Over> for End {
    fn from(Over: Over) -> Self {
        Self::Closed
    }
}

/// Serves one WebSocket until it ends.
pub(crate) async fn serve(hub: Arc<Hub>, cluster: Option<Arc<Cluster>>, socket: WebSocket) {
    let work = pin!(talk(&hub, cluster.as_deref(), socket));
    hub.turns.share(work).await;
}

async fn talk(hub: &Arc<Hub>, cluster: Option<&Cluster>, socket: WebSocket) {
    let (mut writer, mut reader) = socket.split();
    let mut left = UNDER_WAY;
    let reason = match hub.connect() {
        Ok((connected, mut outlet)) => {
            let reading = async {
                let Err(mut end) = read(&connected, cluster, &mut reader).await;
                if let End::Closed = end {
                    end = drain(&mut reader, &mut left).await;
                }
                if let End::Closed = end {
                    // The writer ends it.
                    pending::<()>().await;
                }
            };
            let reason = tokio::select! {
                () = reading => None,
                reason = write(&connected, &mut outlet, &mut writer) => reason,
            };
            drop(connected);
            outlet.give_up().await;
            reason
        }
        Err(refusal) => Some(refusal),
    };
    let Some(reason) = reason else { return };
    let told = timeout(FAREWELL, refuse(&mut writer, reason)).await;
    if told.is_err() {
        return;
    }
    let _ = timeout(FAREWELL, drain(&mut reader, &mut left)).await;
}

/// Takes what was under way to a connection that is closed, without looking at it: a socket that is
/// dropped with unread bytes is reset, and the reason for closing is lost.
async fn drain(reader: &mut SplitStream<WebSocket>, left: &mut usize) -> End {
    while *left > 0 {
        pay().await;
        match reader.next().await {
            Some(Ok(message)) => *left = left.saturating_sub(message.into_data().len() + EACH),
            Some(Err(_)) | None => return End::Gone,
        }
    }
    End::Closed
}

/// Takes frames until the member is gone or the connection closed.
async fn read(
    connected: &Connected,
    cluster: Option<&Cluster>,
    reader: &mut SplitStream<WebSocket>,
) -> Result<Infallible, End> {
    let limits = &connected.hub().limits;
    let deadline = Instant::now() + limits.join_timeout;
    while connected.standing() == Standing::Waiting {
        let Ok(frame) = timeout_at(deadline, next(connected, reader)).await else {
            connected.close(Refusal::NotJoined);
            return Err(End::Closed);
        };
        let frame = frame?;
        let place = match cluster {
            Some(cluster) => cluster.place(&frame).await,
            None => Ok(Place::Here(None)),
        };
        match place {
            Ok(Place::Here(_held)) => connected.receive(&frame).await?,
            Ok(Place::There(tunnel, incoming)) => {
                return read_through(connected, reader, &tunnel, incoming).await;
            }
            Err(refusal) => connected.close(refusal),
        }
    }
    loop {
        let frame = next_in_time(connected, reader).await?;
        connected.receive(&frame).await?;
    }
}

/// The same for a member whose room lives at another relay.
async fn read_through(
    connected: &Connected,
    reader: &mut SplitStream<WebSocket>,
    tunnel: &Tunnel,
    mut incoming: UnboundedReceiver<Incoming>,
) -> Result<Infallible, End> {
    connected.lives_elsewhere();
    let there = async {
        loop {
            let frame = next_in_time(connected, reader).await?;
            let hold_back = connected.pace(frame.len())?;
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
    };
    tokio::select! {
        end = there => end,
        () = back => Err(End::Closed),
    }
}

/// The next frame of somebody who is not waited for forever.
async fn next_in_time(
    connected: &Connected,
    reader: &mut SplitStream<WebSocket>,
) -> Result<Bytes, End> {
    let limit = connected.hub().limits.idle_timeout;
    loop {
        // Only the wait for a frame is timed: a member who waits for room in somebody else's
        // outbox is not silent.
        match timeout(limit, message(connected, reader)).await {
            Ok(Ok(Message::Binary(frame))) => return Ok(frame),
            Ok(Ok(_)) => {}
            Ok(Err(end)) => return Err(end),
            Err(_) => {
                connected.close(Refusal::Silent);
                return Err(End::Closed);
            }
        }
    }
}

/// The next frame.
async fn next(connected: &Connected, reader: &mut SplitStream<WebSocket>) -> Result<Bytes, End> {
    loop {
        if let Message::Binary(frame) = message(connected, reader).await? {
            return Ok(frame);
        }
    }
}

/// What a message counts for among those that are handled in one turn, where a read of a socket
/// counts for one.
const COST: usize = 4;

/// Counts a message before it is read. What was read at once may hold hundreds of them, which come
/// without waiting: others must have their turn in between.
async fn pay() {
    for _ in 0..COST {
        consume_budget().await;
    }
}

/// The next message that is a frame, or shows that the member is there.
async fn message(
    connected: &Connected,
    reader: &mut SplitStream<WebSocket>,
) -> Result<Message, End> {
    pay().await;
    match reader.next().await {
        Some(Ok(Message::Close(_))) | None => Err(End::Gone),
        Some(Ok(Message::Text(_))) => {
            connected.close(Refusal::MalformedFrame);
            Err(End::Closed)
        }
        Some(Ok(message)) => Ok(message),
        Some(Err(error)) => {
            let refusal = misuse(&error.into_inner(), &connected.hub().limits).ok_or(End::Gone)?;
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
