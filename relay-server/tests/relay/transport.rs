//! TLS and HTTP/2.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use blindsight_session::{FromRelay, MemberId, PROTOCOL_VERSION, PlaceKey, Role, ToRelay};
use futures_util::{SinkExt, StreamExt};
use hyper::ext::Protocol;
use hyper::{Method, Request, StatusCode, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use relay_server::{Config, Limits, Tls};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role as Side;

use crate::client::Relay;

/// Makes a certificate for `localhost` and writes it and its key into a folder.
pub fn certify(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().clone()
}

fn load(folder: &Path) -> Tls {
    Tls::load(folder.join("cert.pem"), folder.join("key.pem")).unwrap()
}

async fn relay(tls: &Tls) -> Relay {
    let config = Config {
        tls: Some(tls.clone()),
        ..Config::default()
    };
    Relay::with(config, None).await
}

/// Connects and trusts one certificate only.
pub async fn connect(
    relay: &Relay,
    trusted: &CertificateDer<'static>,
    protocols: &[&[u8]],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let stream = TcpStream::connect(relay.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

#[tokio::test]
async fn pages_come_over_tls_and_a_new_certificate_is_taken_up() {
    let folder = tempfile::tempdir().unwrap();
    let first = certify(folder.path());
    let tls = load(folder.path());
    let relay = relay(&tls).await;
    let mut stream = connect(&relay, &first, &[b"http/1.1"]).await.unwrap();
    let request = b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    let second = certify(folder.path());
    assert!(connect(&relay, &second, &[]).await.is_err());
    tls.reload().unwrap();
    assert!(connect(&relay, &second, &[]).await.is_ok());
    assert!(connect(&relay, &first, &[]).await.is_err());

    // What is wrong later does not end what goes well now.
    std::fs::write(folder.path().join("cert.pem"), "nonsense").unwrap();
    let error = tls.reload().unwrap_err().to_string();
    assert!(
        error.contains("cert.pem") && error.contains("--tls-cert"),
        "{error}"
    );
    assert!(connect(&relay, &second, &[]).await.is_ok());
}

#[tokio::test]
async fn a_certificate_and_a_key_that_do_not_belong_together_are_refused() {
    let [folder, other] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    certify(folder.path());
    certify(other.path());
    let [certificate, key] = [folder.path().join("cert.pem"), other.path().join("key.pem")];
    assert!(Tls::load(certificate.clone(), key).is_err());
    let missing = folder.path().join("missing.pem");
    let error = Tls::load(certificate, missing).unwrap_err().to_string();
    assert!(error.contains("missing.pem"), "{error}");
}

#[tokio::test]
async fn a_tls_handshake_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    certify(folder.path());
    let config = Config {
        tls: Some(load(folder.path())),
        limits: Limits {
            handshake_timeout: Duration::from_millis(200),
            ..Limits::DEFAULT
        },
        ..Config::default()
    };
    let relay = Relay::with(config, None).await;
    let mut stream = TcpStream::connect(relay.address).await.unwrap();
    let mut answer = Vec::new();
    let read = timeout(Duration::from_secs(10), stream.read_to_end(&mut answer));
    assert_eq!(read.await.unwrap().unwrap(), 0);
}

/// RFC 8441: a WebSocket is one stream of an HTTP/2 connection, opened with CONNECT.
#[tokio::test]
async fn two_members_share_one_http2_connection_with_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = certify(folder.path());
    let relay = relay(&load(folder.path())).await;
    let stream = connect(&relay, &certificate, &[b"h2"]).await.unwrap();
    let client = http2::Builder::new(TokioExecutor::new());
    let (mut requests, connection) = client.handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);

    let page = Request::get("https://localhost/version")
        .body(Body::empty())
        .unwrap();
    let page = requests.send_request(page).await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);

    let mut sockets = Vec::new();
    for _ in 0..2 {
        let open = Request::builder()
            .method(Method::CONNECT)
            .uri("https://localhost/ws")
            .header("sec-websocket-version", "13")
            .extension(Protocol::from_static("websocket"))
            .body(Body::empty())
            .unwrap();
        let answer = requests.send_request(open).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let stream = TokioIo::new(hyper::upgrade::on(answer).await.unwrap());
        sockets.push(WebSocketStream::from_raw_socket(stream, Side::Client, None).await);
    }
    let place = PlaceKey::from_bytes([1; 16]);
    for (socket, role) in sockets.iter_mut().zip([Role::ModelOwner, Role::DataOwner]) {
        let join = ToRelay::Join {
            version: PROTOCOL_VERSION,
            room: place.room(),
            role,
            place: place.clone(),
        };
        socket
            .send(Message::Binary(join.encode().into()))
            .await
            .unwrap();
        let welcome = socket.next().await.unwrap().unwrap().into_data();
        assert!(matches!(
            FromRelay::decode(&welcome),
            Ok(FromRelay::Welcome { .. })
        ));
    }
    let payload = vec![5; 100_000];
    let send = ToRelay::Send {
        to: MemberId(0),
        payload: &payload,
    };
    sockets[1]
        .send(Message::Binary(send.encode().into()))
        .await
        .unwrap();
    let _joined = sockets[0].next().await.unwrap().unwrap();
    let got = sockets[0].next().await.unwrap().unwrap().into_data();
    let deliver = FromRelay::Deliver {
        from: MemberId(1),
        payload: &payload,
    };
    assert_eq!(FromRelay::decode(&got), Ok(deliver));
}
