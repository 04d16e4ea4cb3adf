//! Too much, too long, too slow.

use std::time::Duration;

use blindsight_session::{MAX_FRAME_BYTES, MemberId, Notice, Refusal, Role, SessionError};
use futures_util::SinkExt;
use relay_server::{Config, Limits};
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Client, Relay, room, send_frame};

#[tokio::test]
async fn a_frame_that_is_too_long_is_refused() {
    let relay = Relay::start().await;
    let [mut owner, mut guest, _helper] = relay.three(room(1)).await;
    owner
        .socket
        .send(send_frame(guest.me(), &vec![0; MAX_FRAME_BYTES]))
        .await;
    let limit = MAX_FRAME_BYTES as u32;
    owner
        .socket
        .expect_closed(Refusal::FrameTooLarge { limit })
        .await;
    guest.expect_left(owner.me()).await;
}

#[tokio::test]
async fn a_message_far_too_long_ends_the_connection() {
    let relay = Relay::start().await;
    let [mut owner, mut guest, _helper] = relay.three(room(1)).await;
    // The relay cuts the connection while this is on its way, so sending may fail.
    let _ = owner
        .socket
        .0
        .send(Message::Binary(vec![0; 20 << 20].into()))
        .await;
    guest.expect_left(owner.me()).await;
}

#[tokio::test]
async fn a_full_relay_says_so() {
    let limits = Limits {
        connections: 2,
        rooms: 1,
        ..Limits::default()
    };
    let relay = Relay::with(
        Config {
            limits,
            ..Config::default()
        },
        None,
    )
    .await;
    let _owner = relay.join(room(1), Role::ModelOwner).await.unwrap();
    let result = relay.join(room(2), Role::ModelOwner).await;
    assert_eq!(
        result.err(),
        Some(SessionError::Refused(Refusal::RelayFull))
    );

    let relay = Relay::with(
        Config {
            limits,
            ..Config::default()
        },
        None,
    )
    .await;
    let (_first, _second) = (relay.connect().await, relay.connect().await);
    relay
        .connect()
        .await
        .expect_closed(Refusal::RelayFull)
        .await;
}

#[tokio::test]
async fn whoever_does_not_join_in_time_is_refused() {
    let join_within = Duration::from_millis(100);
    let relay = Relay::with(
        Config {
            join_within,
            ..Config::default()
        },
        None,
    )
    .await;
    relay
        .connect()
        .await
        .expect_closed(Refusal::NotJoined)
        .await;
}

#[tokio::test]
async fn whoever_answers_no_ping_counts_as_gone() {
    let config = Config {
        ping_every: Duration::from_millis(100),
        silence: Duration::from_secs(1),
        ..Config::default()
    };
    let relay = Relay::with(config, None).await;
    let mut owner = relay.join(room(1), Role::ModelOwner).await.unwrap();
    // This one's socket is never read, so it answers no ping. The owner's is, all the time.
    let silent = relay.join(room(1), Role::DataOwner).await.unwrap();
    let start = Instant::now();
    owner.expect_joined(silent.me()).await;
    owner.expect_left(silent.me()).await;
    assert!(
        start.elapsed() > Duration::from_millis(800),
        "{:?}",
        start.elapsed()
    );
    // The owner was silent for longer than that, but answered.
    let waiting = timeout(Duration::from_millis(1500), owner.socket.next()).await;
    assert!(waiting.is_err(), "{waiting:?}");
}

/// Sends to somebody who does not read until the relay takes no more. Returns how many bytes the
/// relay and the two sockets took.
async fn fill(owner: &mut Client, to: MemberId) -> usize {
    let frame = send_frame(to, &vec![7; 1 << 20]);
    for sent in 0..200 {
        let sending = owner.socket.0.send(Message::Binary(frame.clone().into()));
        if timeout(Duration::from_millis(300), sending).await.is_err() {
            return sent << 20;
        }
    }
    panic!("the relay takes messages without end");
}

#[tokio::test]
async fn a_member_who_does_not_read_slows_only_those_who_send_to_them() {
    let relay = Relay::start().await;
    let [mut owner, guest, mut helper] = relay.three(room(1)).await;
    let [mut other, mut stranger, _other_helper] = relay.three(room(2)).await;
    let taken = fill(&mut owner, guest.me()).await;
    assert!(taken < 64 << 20, "{taken} bytes are on their way");

    // Others go on, in the other room and in the same one.
    other.send(stranger.me(), b"quick").await;
    stranger.expect_message(other.me(), b"quick").await;
    helper.send(owner.me(), b"quick").await;
    owner.expect_message(helper.me(), b"quick").await;

    // When the slow one leaves, the sender goes on too.
    let guest_id = guest.me();
    drop(guest);
    owner.expect_left(guest_id).await;
    helper.expect_left(guest_id).await;
    owner.socket.0.flush().await.unwrap();
}

#[tokio::test]
async fn a_member_who_takes_too_long_over_a_frame_is_given_up() {
    let config = Config {
        stall: Duration::from_millis(500),
        ..Config::default()
    };
    let relay = Relay::with(config, None).await;
    let [mut owner, guest, _helper] = relay.three(room(1)).await;
    fill(&mut owner, guest.me()).await;
    owner.expect_left(guest.me()).await;
}

#[tokio::test]
async fn a_stopping_relay_says_so_and_stops() {
    let relay = Relay::start().await;
    let [mut owner, mut guest, mut helper] = relay.three(room(1)).await;
    let address = relay.address;
    let running = relay.stop();
    for client in [&mut owner, &mut guest, &mut helper] {
        // One may hear that another is gone first.
        loop {
            let frame = client.socket.next().await.unwrap();
            let notice = client.joined.receive(&frame).unwrap();
            if notice == Notice::Refused(Refusal::ShuttingDown) {
                break;
            }
        }
        assert_eq!(client.socket.next().await, None);
    }
    let stopped = timeout(Duration::from_secs(5), running).await;
    assert!(matches!(stopped, Ok(Ok(Ok(())))), "{stopped:?}");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_relay_stops_though_somebody_does_not_read() {
    let config = Config {
        grace: Duration::from_millis(200),
        ..Config::default()
    };
    let relay = Relay::with(config, None).await;
    let [mut owner, guest, _helper] = relay.three(room(1)).await;
    fill(&mut owner, guest.me()).await;
    let running = relay.stop();
    sleep(Duration::from_millis(1)).await;
    let stopped = timeout(Duration::from_secs(5), running).await;
    assert!(matches!(stopped, Ok(Ok(Ok(())))), "{stopped:?}");
}
