//! Who is let in at all: addresses, handshakes, proxies. `docs/relay-protocol.md`, "Limits".

use std::time::Duration;

use blindsight_session::{Refusal, Role};
use relay_server::{Config, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, http::StatusCode};

use crate::client::{Relay, room};

const PATIENCE: Duration = Duration::from_secs(10);

/// Tries to open a WebSocket as somebody behind a proxy. Gives the answer's status if it is refused.
async fn knock(relay: &Relay, forwarded_for: Option<&str>) -> Result<impl Sized, StatusCode> {
    let url = format!("ws://{}/ws", relay.address);
    let mut request = url.into_client_request().unwrap();
    if let Some(address) = forwarded_for {
        let address = address.parse().unwrap();
        request.headers_mut().insert("x-forwarded-for", address);
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(answer)) => {
            let body = answer.body().as_deref().unwrap_or_default();
            assert!(String::from_utf8_lossy(body).contains("later"), "{body:?}");
            assert!(answer.headers().contains_key("retry-after"));
            Err(answer.status())
        }
        Err(error) => panic!("{error}"),
    }
}

/// Everything the relay says until it closes.
async fn until_closed(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    read.expect("the relay closes in time").unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn one_address_cannot_take_every_place() {
    let relay = Relay::limited(Limits {
        connections_per_address: 2,
        ..Limits::DEFAULT
    })
    .await;
    let first = knock(&relay, None).await.unwrap();
    let _second = knock(&relay, None).await.unwrap();
    // Nobody is believed who names another address.
    for forwarded in [None, Some("192.0.2.7")] {
        let refused = knock(&relay, forwarded).await.err();
        assert_eq!(refused, Some(StatusCode::TOO_MANY_REQUESTS));
    }
    drop(first);
    let again = async {
        while knock(&relay, None).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, again)
        .await
        .expect("a place that is free again");
}

#[tokio::test]
async fn members_behind_a_proxy_count_by_the_address_it_names() {
    let config = Config {
        limits: Limits {
            connections_per_address: 1,
            ..Limits::DEFAULT
        },
        trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()],
        ..Config::default()
    };
    let relay = Relay::with(config, None).await;
    let _first = knock(&relay, Some("192.0.2.1")).await.unwrap();
    let _second = knock(&relay, Some("192.0.2.2")).await.unwrap();
    let refused = knock(&relay, Some("192.0.2.3, 192.0.2.1")).await.err();
    assert_eq!(refused, Some(StatusCode::TOO_MANY_REQUESTS));
}

#[tokio::test]
async fn whoever_says_nothing_or_only_half_is_not_waited_for() {
    let relay = Relay::limited(Limits {
        handshake_timeout: Duration::from_millis(300),
        ..Limits::DEFAULT
    })
    .await;
    for half in [
        "",
        "P",
        "PRI * HTTP/2.0\r\n\r\nS",
        "GET /ws HTTP/1.1\r\nhost: relay\r\nx-slow: ",
    ] {
        let mut stream = TcpStream::connect(relay.address).await.unwrap();
        stream.write_all(half.as_bytes()).await.unwrap();
        let answer = until_closed(&mut stream).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
            "{half}: {answer}"
        );
    }
    // One that was answered is not waited for forever either.
    let mut stream = TcpStream::connect(relay.address).await.unwrap();
    let request = "GET /health HTTP/1.1\r\nhost: relay\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = until_closed(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // Those who are members are.
    let mut owner = relay.join(room(1), Role::ModelOwner).await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let guest = relay.join(room(1), Role::DataOwner).await.unwrap();
    owner.expect_joined(guest.me()).await;
}

#[tokio::test]
async fn a_relay_with_no_place_left_says_so_to_whoever_asks_for_a_page() {
    let relay = Relay::limited(Limits {
        connections_per_address: 1,
        ..Limits::DEFAULT
    })
    .await;
    let mut first = TcpStream::connect(relay.address).await.unwrap();
    let request = "GET /version HTTP/1.1\r\nhost: relay\r\n\r\n";
    first.write_all(request.as_bytes()).await.unwrap();
    let mut byte = [0];
    first.read_exact(&mut byte).await.unwrap();
    let mut second = TcpStream::connect(relay.address).await.unwrap();
    second.write_all(request.as_bytes()).await.unwrap();
    let answer = until_closed(&mut second).await.to_ascii_lowercase();
    assert!(answer.starts_with("http/1.1 429"), "{answer}");
    assert!(answer.contains("retry-after: 10"), "{answer}");
    assert!(
        answer.contains("too many connections come from this address"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_socket_that_answers_nothing_is_told_that_it_is_silent() {
    let relay = Relay::limited(Limits {
        idle_timeout: Duration::from_millis(400),
        ping_interval: Duration::from_secs(600),
        ..Limits::DEFAULT
    })
    .await;
    let mut owner = relay.join(room(1), Role::ModelOwner).await.unwrap();
    owner.socket.expect_closed(Refusal::Silent).await;
}
