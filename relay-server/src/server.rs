//! From a listener to the sockets and the site.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::{StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt;
use blindsight_session::{BUILD, MAX_FRAME_BYTES, PROTOCOL_VERSION};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use crate::config::Config;
use crate::error::RelayError;
use crate::helper::BuiltInHelper;
use crate::hub::Hub;
use crate::{site, socket};

/// The longest message that is read from a socket. It is more than any frame may have, so that a
/// frame that is a little too long is refused in words; what is longer yet ends the connection.
const READ_BYTES: usize = 2 * MAX_FRAME_BYTES;

/// Listens on an address such as `127.0.0.1:8080`; port 0 takes a free one.
///
/// # Errors
///
/// [`RelayError`], which says what to do, if the system does not allow it.
pub async fn listen(address: &str) -> Result<TcpListener, RelayError> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|cause| RelayError::listening(address, cause))
}

/// Serves `/ws`, `/health`, `/helper-key` and the site until `shutdown` is done, then closes every connection with
/// a reason and waits a moment for them to end.
///
/// Without a `helper`, a model owner who asks for one is told that there is none.
///
/// # Errors
///
/// [`RelayError::Stopped`] if the system takes the listener away.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    helper: Option<Arc<dyn BuiltInHelper>>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), RelayError> {
    let hub = Hub::new(config, helper);
    let app = Router::new()
        .route("/ws", get(upgrade))
        .route("/health", get(health))
        .route("/helper-key", get(helper_key))
        .fallback_service(get(site::serve))
        .layer(map_response(site::add_headers))
        .with_state(hub.clone());
    // Small frames are waited for on the other side: they must not wait for more to come.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection without TCP_NODELAY");
        }
    });

    let (stopping, stopped) = oneshot::channel();
    let stop = {
        let hub = hub.clone();
        async move {
            shutdown.await;
            hub.stop();
            let _ = stopping.send(());
        }
    };
    let server = axum::serve(listener, app).with_graceful_shutdown(stop);
    let too_late = async {
        match stopped.await {
            Ok(()) => sleep(config.grace).await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        served = server => served?,
        () = too_late => {}
    }
    if timeout(config.grace, hub.ended()).await.is_err() {
        tracing::warn!("some connections did not close in time");
    }
    Ok(())
}

async fn upgrade(State(hub): State<Arc<Hub>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .max_message_size(READ_BYTES)
        .max_frame_size(READ_BYTES)
        .on_upgrade(|socket| socket::serve(hub, socket))
}

/// Pages that were served from elsewhere may read these answers too.
const ANY_ORIGIN: (header::HeaderName, &str) = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");

/// The key of the helpers that this relay runs, to be compared with the one a page shows.
async fn helper_key(State(hub): State<Arc<Hub>>) -> Response {
    match hub.helper_key() {
        Some(key) => {
            let body = serde_json::json!({ "key": key.to_string() });
            let kind = (header::CONTENT_TYPE, "application/json");
            ([kind, ANY_ORIGIN], body.to_string()).into_response()
        }
        None => (
            StatusCode::NOT_FOUND,
            [ANY_ORIGIN],
            "This relay runs no helper.\n",
        )
            .into_response(),
    }
}

async fn health(State(hub): State<Arc<Hub>>) -> impl IntoResponse {
    let body = serde_json::json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "protocol": PROTOCOL_VERSION,
        "build": BUILD,
        "helper": hub.helper_key().is_some(),
    });
    (
        [(header::CONTENT_TYPE, "application/json"), ANY_ORIGIN],
        body.to_string(),
    )
}
