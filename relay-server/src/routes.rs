//! What can be asked of a relay.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use blindsight_session::{BUILD, PROTOCOL_VERSION};

use crate::addresses::Addresses;
use crate::cluster::Cluster;
use crate::config::Config;
use crate::forwarded;
use crate::hub::{Hub, Stage};
use crate::{outside, site, socket};

/// How much longer than allowed a frame may be for the relay still to read it, and to refuse it in
/// a frame of its own.
const READ_BEYOND: usize = 64 << 10;

/// How much is read from a socket at once. Each connection keeps so much.
const READ_AT_ONCE: usize = 8 << 10;

/// Everything that answers need.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) hub: Arc<Hub>,
    pub(crate) cluster: Option<Arc<Cluster>>,
    /// Members by the address that they come from, proxies looked through.
    members: Addresses,
}

/// The address at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl App {
    pub(crate) const TOO_MANY_FROM_ADDRESS: &str =
        "Too many connections come from this address; close some of them, or try again later.\n";
    pub(crate) const TOO_MANY: &str =
        "This relay has as many connections as it takes; try again later.\n";
    const STOPPING: &str = "This relay is about to stop; try again in a moment.\n";

    pub(crate) fn new(config: Config, hub: Arc<Hub>, cluster: Option<Arc<Cluster>>) -> Self {
        Self {
            members: Addresses::new(config.limits.connections_per_address),
            config,
            hub,
            cluster,
        }
    }
}

/// The routes; what is none of them is a file of the site.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        // HTTP/2 opens a WebSocket with CONNECT, HTTP/1.1 with GET.
        .route("/ws", any(upgrade))
        .route("/health", get(health))
        .route("/version", get(version))
        .route("/metrics", get(metrics))
        .route("/helper-key", get(helper_key))
        .route(outside::DIAL, any(outside::list))
        .route(outside::SEAT, any(outside::seat))
        .fallback_service(get(site::serve))
        .layer(map_response(site::add_headers))
        .with_state(app)
}

async fn upgrade(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let metrics = &app.hub.metrics;
    let retry = |status: StatusCode, text: &'static str| {
        (status, [(header::RETRY_AFTER, "10")], text).into_response()
    };
    if app.hub.stage() == Stage::Stopped {
        metrics.rejected_stopping.add(1);
        return retry(StatusCode::SERVICE_UNAVAILABLE, App::STOPPING);
    }
    let address = forwarded::client(peer, &headers, &app.config.trusted_proxies);
    let Some(inside) = app.members.enter(address) else {
        metrics.rejected_address.add(1);
        return retry(StatusCode::TOO_MANY_REQUESTS, App::TOO_MANY_FROM_ADDRESS);
    };
    if app.config.log_addresses {
        tracing::info!(%address, "a member connects");
    }
    let longest = app.config.limits.frame_bytes.saturating_add(READ_BEYOND);
    let (hub, cluster) = (app.hub.clone(), app.cluster.clone());
    upgrade
        .max_message_size(longest)
        .max_frame_size(longest)
        .read_buffer_size(READ_AT_ONCE)
        .on_upgrade(|socket| async move {
            socket::serve(hub, cluster, socket).await;
            drop(inside);
        })
}

/// Pages that were served from elsewhere may read these answers too.
const ANY_ORIGIN: (HeaderName, &str) = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");

const JSON: (HeaderName, &str) = (header::CONTENT_TYPE, "application/json");

/// The key of the helpers that this relay runs, to be compared with the one a page shows.
async fn helper_key(State(app): State<Arc<App>>) -> Response {
    match app.hub.helper_key() {
        Some(key) => {
            let body = serde_json::json!({ "key": key.to_string() });
            ([JSON, ANY_ORIGIN], body.to_string()).into_response()
        }
        None => {
            let none = "This relay runs no helper.\n";
            (StatusCode::NOT_FOUND, [ANY_ORIGIN], none).into_response()
        }
    }
}

/// Whether the relay takes members. A load balancer sends nobody to one that does not.
async fn health(State(app): State<Arc<App>>) -> impl IntoResponse {
    let apart = app.cluster.as_ref().is_some_and(|c| !c.is_connected());
    let (status, word) = match (app.hub.is_stopping(), apart) {
        (true, _) => (StatusCode::SERVICE_UNAVAILABLE, "stopping"),
        // New members would find no room that is not here.
        (false, true) => (StatusCode::SERVICE_UNAVAILABLE, "apart"),
        (false, false) => (StatusCode::OK, "ok"),
    };
    let body = serde_json::json!({
        "status": word,
        "version": env!("CARGO_PKG_VERSION"),
        "protocol": PROTOCOL_VERSION,
        "build": BUILD,
        "helper": app.hub.helper_key().is_some(),
    });
    (status, [JSON, ANY_ORIGIN], body.to_string())
}

async fn version() -> impl IntoResponse {
    let body = serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "protocol": PROTOCOL_VERSION,
        "build": BUILD,
    });
    ([JSON, ANY_ORIGIN], body.to_string())
}

async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let mut present = app.hub.present();
    present.tunnels = app.cluster.as_ref().map_or(0, |cluster| cluster.tunnels());
    let text = app.hub.metrics.text(present, app.config.exact_metrics);
    ([(header::CONTENT_TYPE, kind)], text)
}
