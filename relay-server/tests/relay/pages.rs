//! What a browser gets.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use std::sync::Arc;

use blindsight_session::{Identity, Role};
use rand::{SeedableRng, rngs::StdRng};
use relay_server::{Config, ThreadedHelper};

use crate::client::{Relay, room};

/// One request without a client library; returns the head in lower case, and the body.
async fn get(relay: &Relay, method: &str, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(relay.address).await.unwrap();
    let request = format!("{method} {path} HTTP/1.1\r\nhost: relay\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_ascii_lowercase(), body.to_owned())
}

#[tokio::test]
async fn health_is_json() {
    let relay = Relay::start().await;
    let (head, body) = get(&relay, "GET", "/health").await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(head.contains("content-type: application/json"), "{head}");
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["status"], "ok");
    assert_eq!(body["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(body["build"], blindsight_session::BUILD);
    assert_eq!(body["helper"], false);
}

#[tokio::test]
async fn the_build_and_the_numbers_can_be_asked_for() {
    let relay = Relay::start().await;
    let (_, body) = get(&relay, "GET", "/version").await;
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["build"], blindsight_session::BUILD);

    let _owner = relay.join(room(1), Role::ModelOwner).await.unwrap();
    let (head, body) = get(&relay, "GET", "/metrics").await;
    assert!(
        head.contains("content-type: application/openmetrics-text"),
        "{head}"
    );
    // One is rounded up to ten.
    for line in [
        "blindsight_relay_connections 10",
        "blindsight_relay_rooms 10",
        "blindsight_relay_rooms_total 10",
        "blindsight_relay_frames_total 0",
    ] {
        assert!(
            body.lines().any(|there| there == line),
            "{line} is not in\n{body}"
        );
    }
}

#[tokio::test]
async fn the_helpers_key_is_published() {
    let relay = Relay::start().await;
    let (head, _) = get(&relay, "GET", "/helper-key").await;
    assert!(head.starts_with("http/1.1 404"), "{head}");

    let mut rng = StdRng::seed_from_u64(1);
    let identity = Identity::random(&mut rng);
    let key = identity.public().to_string();
    let helper = Arc::new(ThreadedHelper::new(identity));
    let relay = Relay::with(Config::default(), Some(helper)).await;
    let (head, body) = get(&relay, "GET", "/helper-key").await;
    assert!(head.contains("access-control-allow-origin: *"), "{head}");
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["key"], key);
}

#[tokio::test]
async fn the_first_page_is_the_site_or_says_how_to_build_it() {
    let relay = Relay::start().await;
    let (head, body) = get(&relay, "GET", "/").await;
    if head.starts_with("http/1.1 503") {
        assert!(body.contains("cargo xtask site"), "{body}");
    } else {
        assert!(head.starts_with("http/1.1 200"), "{head}");
        assert!(head.contains("content-type: text/html"), "{head}");
        assert!(head.contains("etag: \""), "{head}");
    }
}

#[tokio::test]
async fn every_answer_guards_the_browser() {
    let relay = Relay::start().await;
    for path in ["/", "/health", "/ws", "/not-there"] {
        let (head, _) = get(&relay, "GET", path).await;
        for expected in [
            "content-security-policy: default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
             connect-src 'self' ws: wss:; img-src 'self' blob: data:; object-src 'none'; \
             base-uri 'none'; frame-ancestors 'none'\r\n",
            "x-frame-options: deny",
            "referrer-policy: no-referrer",
            "x-content-type-options: nosniff",
            "cross-origin-opener-policy: same-origin",
            "cross-origin-embedder-policy: require-corp",
            "cross-origin-resource-policy: same-origin",
            "permissions-policy: camera=(self), clipboard-write=(self), \
             accelerometer=(),",
            "cache-control: no-cache",
        ] {
            assert!(head.contains(&format!("\r\n{expected}")), "{path}: {head}");
        }
    }
}

#[tokio::test]
async fn other_requests_are_turned_down() {
    let relay = Relay::start().await;
    let (head, body) = get(&relay, "GET", "/not-there").await;
    assert!(
        head.starts_with("http/1.1 404") && !body.is_empty(),
        "{head}"
    );
    let (head, _) = get(&relay, "POST", "/").await;
    assert!(head.starts_with("http/1.1 405"), "{head}");
    let (head, body) = get(&relay, "HEAD", "/health").await;
    assert!(
        head.starts_with("http/1.1 200") && body.is_empty(),
        "{head}"
    );
    let (head, _) = get(&relay, "GET", "/ws").await;
    assert!(head.starts_with("http/1.1 4"), "{head}");
}
