//! One connection: a WebSocket, or a seat for a helper in this process.
//!
//! Reading and writing go on side by side in one task, so that a member who waits for room in
//! somebody else's outbox is still written to; two members can therefore not block each other.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use blindsight_session::{FromRelay, Refusal, RoomId};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc::{self, Receiver, Sender, UnboundedReceiver};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout, timeout_at};

use crate::config::Config;
use crate::helper::{Greeting, HelperSeat};
use crate::hub::{Connected, Hub};
use crate::outbox::Outgoing;
use crate::rooms::Standing;

/// How long a closed connection is given to take the reason and close in turn.
const FAREWELL: Duration = Duration::from_secs(2);

/// Serves one WebSocket until it ends.
pub(crate) async fn serve(hub: Arc<Hub>, socket: WebSocket) {
    let (mut writer, mut reader) = socket.split();
    match hub.connect() {
        Ok((connected, outgoing)) => {
            tokio::select! {
                () = read(&connected, &mut reader) => return,
                closed = write(&hub.config, outgoing, &mut writer) => if closed.is_err() { return },
            }
        }
        Err(refusal) => {
            if timeout(FAREWELL, refuse(&mut writer, refusal))
                .await
                .is_err()
            {
                return;
            }
        }
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
    let config = connected.hub().config;
    let deadline = Instant::now() + config.join_within;
    loop {
        let waiting = connected.standing() == Standing::Waiting;
        // Only the wait for a frame is timed: a member who waits for room in somebody else's
        // outbox is not silent.
        let until = if waiting {
            deadline
        } else {
            Instant::now() + config.silence
        };
        match timeout_at(until, reader.next()).await {
            Ok(Some(Ok(Message::Binary(frame)))) => connected.receive(&frame).await,
            Ok(Some(Ok(Message::Text(_)))) => connected.close(Refusal::MalformedFrame),
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
            Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) => return,
            Err(_) if waiting => connected.close(Refusal::NotJoined),
            Err(_) => return,
        }
    }
}

/// The member does not take what is written.
struct Gone;

/// Writes frames until the last one is written.
async fn write(
    config: &Config,
    mut outgoing: UnboundedReceiver<Outgoing>,
    writer: &mut SplitSink<WebSocket, Message>,
) -> Result<(), Gone> {
    let mut pings = interval_at(Instant::now() + config.ping_every, config.ping_every);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let (message, permit) = tokio::select! {
            next = outgoing.recv() => match next {
                Some(Outgoing::Frame(frame, permit)) => (Message::Binary(frame), Some(permit)),
                Some(Outgoing::Close(refusal)) => {
                    let refused = timeout(FAREWELL, refuse(writer, refusal)).await;
                    return refused.map_err(|_| Gone);
                }
                None => return Ok(()),
            },
            _ = pings.tick() => (Message::Ping(Bytes::new()), None),
        };
        let written = timeout(config.stall, writer.send(message)).await;
        drop(permit);
        if !matches!(written, Ok(Ok(()))) {
            return Err(Gone);
        }
    }
}

/// Says why the connection is closed, and closes it.
async fn refuse(writer: &mut SplitSink<WebSocket, Message>, refusal: Refusal) {
    let frame = FromRelay::Refused(refusal).encode();
    // If the member is gone already there is nobody to tell.
    if writer.send(Message::Binary(frame.into())).await.is_ok() {
        let _ = writer.send(Message::Close(None)).await;
    }
}

/// Makes a seat for a helper in this process and serves it in a task of its own.
pub(crate) fn seat(
    connected: Connected,
    outgoing: UnboundedReceiver<Outgoing>,
    room: RoomId,
    greeting: Greeting,
) -> HelperSeat {
    // One frame each way; the rest waits in the outboxes, where it is counted.
    let (to_helper, from_relay) = mpsc::channel(1);
    let (to_relay, from_helper) = mpsc::channel(1);
    tokio::spawn(async move {
        tokio::select! {
            () = read_seat(&connected, from_helper) => {}
            () = write_seat(outgoing, to_helper) => {}
        }
    });
    HelperSeat {
        room,
        greeting,
        to_relay,
        from_relay,
    }
}

async fn read_seat(connected: &Connected, mut from_helper: Receiver<Vec<u8>>) {
    while let Some(frame) = from_helper.recv().await {
        connected.receive(&frame).await;
    }
}

async fn write_seat(mut outgoing: UnboundedReceiver<Outgoing>, to_helper: Sender<Vec<u8>>) {
    while let Some(next) = outgoing.recv().await {
        let (frame, permit) = match next {
            Outgoing::Frame(frame, permit) => (frame.into(), Some(permit)),
            Outgoing::Close(refusal) => (FromRelay::Refused(refusal).encode(), None),
        };
        let written = to_helper.send(frame).await;
        if written.is_err() || permit.is_none() {
            return;
        }
    }
}
