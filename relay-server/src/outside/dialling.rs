//! The end of the program with helpers.

use std::future::ready;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use blindsight_session::{RelayOrigin, Retry, RoomId};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use rand::{SeedableRng, rngs::StdRng, rngs::SysRng};
use tokio::net::TcpStream;
use tokio::sync::mpsc::channel;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::{DIAL, Password, SEAT, Sent, bridge};
use crate::error::RelayError;
use crate::helper::{BuiltInHelper, Greeting, HelperSeat};
use crate::limits::Limits;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How long dialling may take.
const DIAL_WITHIN: Duration = Duration::from_secs(15);

/// Lets a relay elsewhere have these helpers, until the future is dropped. If the relay is not
/// there, or goes away, it dials again.
///
/// # Errors
///
/// [`RelayError`] if the relay does not know the password or takes no helpers, or the system has
/// no randomness.
pub async fn help_elsewhere(
    relay: RelayOrigin,
    password: Password,
    helper: Arc<dyn BuiltInHelper>,
    limits: Limits,
) -> Result<(), RelayError> {
    let mut rng = StdRng::try_from_rng(&mut SysRng).map_err(std::io::Error::other)?;
    let mut retry = Retry::default();
    loop {
        match dial(&relay, DIAL, &password).await {
            Ok(socket) => {
                tracing::info!("helpers are ready at the relay");
                let served = serve(socket, &relay, &password, &helper, &limits).await;
                if served {
                    retry.succeeded();
                }
                tracing::warn!(
                    "the relay is gone, or has helpers with another key; dialling again"
                );
            }
            Err(tungstenite::Error::Http(answer)) if answer.status().is_client_error() => {
                return Err(RelayError::NotAdmitted {
                    status: answer.status().as_u16(),
                });
            }
            Err(error) => tracing::warn!(%error, "the relay is not there; dialling again"),
        }
        let wait = Duration::try_from_secs_f64(retry.next(&mut rng) / 1e3);
        sleep(wait.unwrap_or(DIAL_WITHIN)).await;
    }
}

async fn dial(
    relay: &RelayOrigin,
    path: &str,
    password: &Password,
) -> Result<Socket, tungstenite::Error> {
    let url = relay.socket_url();
    let url = url.strip_suffix("/ws").unwrap_or(&url);
    let mut request = format!("{url}{path}").into_client_request()?;
    let mut shown = header::HeaderValue::from_str(&password.header())?;
    shown.set_sensitive(true);
    request.headers_mut().insert(header::AUTHORIZATION, shown);
    match timeout(DIAL_WITHIN, connect_async(request)).await {
        Ok(dialled) => Ok(dialled?.0),
        Err(_) => Err(tungstenite::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

/// Takes tickets until the relay is gone. Says whether the relay was heard from.
async fn serve(
    mut socket: Socket,
    relay: &RelayOrigin,
    password: &Password,
    helper: &Arc<dyn BuiltInHelper>,
    limits: &Limits,
) -> bool {
    let Some(key) = helper.key() else {
        return false;
    };
    let key = Bytes::copy_from_slice(key.as_bytes());
    if socket.send(Message::Binary(key)).await.is_err() {
        return false;
    }
    let mut heard = false;
    while let Ok(Some(Ok(message))) = timeout(limits.idle_timeout, socket.next()).await {
        match message {
            Message::Binary(ticket) => {
                let work = work(
                    relay.clone(),
                    password.clone(),
                    helper.clone(),
                    *limits,
                    ticket,
                );
                tokio::spawn(work);
            }
            Message::Close(_) => break,
            _ => {}
        }
        heard = true;
    }
    heard
}

/// Helps one room until it is over.
async fn work(
    relay: RelayOrigin,
    password: Password,
    helper: Arc<dyn BuiltInHelper>,
    limits: Limits,
    ticket: Bytes,
) {
    let Ok(mut socket) = dial(&relay, SEAT, &password).await else {
        tracing::warn!("no connection for a room that wants a helper");
        return;
    };
    if socket.send(Message::Binary(ticket)).await.is_err() {
        return;
    }
    let first = timeout(DIAL_WITHIN, socket.next()).await;
    let Ok(Some(Ok(Message::Binary(what)))) = first else {
        return;
    };
    let Some((room, greeting)) = what.split_first_chunk() else {
        return;
    };
    let (to_relay, from_helper) = channel(1);
    let (to_helper, from_relay) = channel(1);
    helper.start(HelperSeat {
        room: RoomId::from_bytes(*room),
        greeting: Greeting::new(greeting),
        to_relay,
        from_relay,
    });
    let (writer, reader) = socket.split();
    let writer = writer.with(|sent| async move {
        Ok::<_, tungstenite::Error>(match sent {
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
    bridge(&limits, writer, reader, to_helper, from_helper).await;
}
