//! The relay's end.

use std::future::ready;
use std::pin::pin;
use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use blindsight_session::{MAX_FRAME_BYTES, PublicKey};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, interval_at, timeout};

use super::{OutsideHelpers, Sent, Ticket, bridge};
use crate::hub::{Hub, Stage};
use crate::routes::App;

/// Why a program is turned away.
type Refused = (StatusCode, &'static str);

/// The helpers elsewhere, if there may be any and this is one who knows the password.
fn admitted(app: &App, headers: &HeaderMap) -> Result<OutsideHelpers, Refused> {
    let Some(helpers) = &app.config.outside_helpers else {
        let text = "This relay takes no helpers from elsewhere.\n";
        return Err((StatusCode::NOT_FOUND, text));
    };
    let shown = headers.get(header::AUTHORIZATION);
    if !helpers.password.opens(shown.map(|value| value.as_bytes())) {
        let text = "This is not the password that the relay was given.\n";
        return Err((StatusCode::UNAUTHORIZED, text));
    }
    Ok(helpers.clone())
}

/// A program with helpers dials in.
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let helpers = match admitted(&app, &headers) {
        Ok(helpers) => helpers,
        Err(refused) => return refused.into_response(),
    };
    let hub = app.hub.clone();
    upgrade
        .max_message_size(MAX_FRAME_BYTES)
        .on_upgrade(|socket| async move { offer(&hub, &helpers, socket).await })
}

/// Offers rooms to a program until it is gone.
async fn offer(hub: &Hub, helpers: &OutsideHelpers, mut socket: WebSocket) {
    let first = timeout(hub.limits.join_timeout, socket.next()).await;
    let Ok(Some(Ok(Message::Binary(key)))) = first else {
        return;
    };
    let Ok(key) = <[u8; PublicKey::BYTES]>::try_from(&key[..]) else {
        return;
    };
    let Some((number, mut tickets)) = helpers.add(PublicKey::from_bytes(key)) else {
        tracing::warn!("helpers with another key dialled in and were turned away");
        return;
    };
    hub.helpers_changed();
    tracing::info!("helpers elsewhere have dialled in");
    let mut pings = interval_at(
        Instant::now() + hub.limits.ping_interval,
        hub.limits.ping_interval,
    );
    let mut heard = Instant::now();
    while heard.elapsed() < hub.limits.idle_timeout && hub.stage() != Stage::Stopped {
        let message = tokio::select! {
            ticket = tickets.recv() => match ticket {
                Some(ticket) => Message::Binary(Bytes::copy_from_slice(&ticket)),
                None => break,
            },
            heard_of = socket.next() => match heard_of {
                Some(Ok(_)) => {
                    heard = Instant::now();
                    continue;
                }
                _ => break,
            },
            _ = pings.tick() => Message::Ping(Bytes::new()),
        };
        if !matches!(
            timeout(hub.limits.stall_timeout, socket.send(message)).await,
            Ok(Ok(()))
        ) {
            break;
        }
    }
    helpers.remove(number);
    hub.helpers_changed();
    tracing::info!("helpers elsewhere are gone");
}

/// A program with helpers opens a connection for a room.
pub(crate) async fn seat(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let helpers = match admitted(&app, &headers) {
        Ok(helpers) => helpers,
        Err(refused) => return refused.into_response(),
    };
    let hub = app.hub.clone();
    upgrade
        .max_message_size(MAX_FRAME_BYTES)
        .on_upgrade(|socket| async move { fill(&hub, &helpers, socket).await })
}

async fn fill(hub: &Hub, helpers: &OutsideHelpers, mut socket: WebSocket) {
    let first = timeout(hub.limits.join_timeout, socket.next()).await;
    let Ok(Some(Ok(Message::Binary(ticket)))) = first else {
        return;
    };
    let ticket = Ticket::try_from(&ticket[..]).ok();
    let Some(seat) = ticket.and_then(|ticket| helpers.take(&ticket)) else {
        return;
    };
    let what = [&seat.room.as_bytes()[..], seat.greeting.as_bytes()].concat();
    if socket.send(Message::Binary(what.into())).await.is_err() {
        return;
    }
    let (writer, reader) = socket.split();
    let writer = writer.with(|sent| async move {
        Ok::<_, axum::Error>(match sent {
            Sent::Frame(frame) => Message::Binary(frame.into()),
            Sent::Ping => Message::Ping(Bytes::new()),
        })
    });
    let reader = reader.scan((), |(), message| {
        ready(match message {
            Ok(Message::Binary(frame)) => Some(Some(frame.into())),
            Ok(Message::Close(_)) | Err(_) => None,
            Ok(_) => Some(None),
        })
    });
    let (writer, reader) = (pin!(writer), pin!(reader));
    bridge(&hub.limits, writer, reader, seat.to_relay, seat.from_relay).await;
}
