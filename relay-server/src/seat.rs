//! The connection of a helper in this process: like a socket, but made of channels.

use blindsight_session::{FromRelay, RoomId};
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::helper::{Greeting, HelperSeat};
use crate::hub::Connected;
use crate::outbox::{Outgoing, Outlet};

/// Makes a seat for a helper and serves it in a task of its own.
pub(crate) fn take(
    connected: Connected,
    outlet: Outlet,
    room: RoomId,
    greeting: Greeting,
) -> HelperSeat {
    // One frame each way; the rest waits in the outboxes, where it is counted.
    let (to_helper, from_relay) = mpsc::channel(1);
    let (to_relay, from_helper) = mpsc::channel(1);
    tokio::spawn(async move {
        tokio::select! {
            () = read(&connected, from_helper) => {}
            () = write(outlet, to_helper) => {}
        }
    });
    HelperSeat {
        room,
        greeting,
        to_relay,
        from_relay,
    }
}

async fn read(connected: &Connected, mut from_helper: Receiver<Vec<u8>>) {
    while let Some(frame) = from_helper.recv().await {
        // If it is closed, the writer says so and ends it.
        let _ = connected.receive(&frame).await;
    }
}

async fn write(mut outlet: Outlet, to_helper: Sender<Vec<u8>>) {
    while let Some(next) = outlet.next().await {
        let (frame, room) = match next {
            Outgoing::Frame(frame, room) => (frame.into(), Some(room)),
            Outgoing::Close(refusal) => (FromRelay::Refused(refusal).encode(), None),
        };
        let written = to_helper.send(frame).await;
        if written.is_err() || room.is_none() {
            return;
        }
    }
}
