//! Too much, too long, too slow.

use std::time::Duration;

use blindsight_session::{MAX_FRAME_BYTES, MemberId, Notice, Refusal, Role, SessionError};
use futures_util::SinkExt;
use relay_server::Limits;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Relay, fill, place, room, send_frame};

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
async fn a_message_far_too_long_is_refused_before_it_is_read() {
    let relay = Relay::start().await;
    let [mut owner, mut guest, _helper] = relay.three(room(1)).await;
    // Only the beginning of 20 MiB: the length stands in front.
    let mut head = vec![0x82, 0xff];
    head.extend((20_u64 << 20).to_be_bytes());
    head.extend([0; 20]);
    owner.socket.raw(&head).await;
    let limit = MAX_FRAME_BYTES as u32;
    let refusal = Refusal::FrameTooLarge { limit };
    owner.socket.expect_closed(refusal).await;
    guest.expect_left(owner.me()).await;
}

#[tokio::test]
async fn bytes_that_are_no_websocket_are_refused() {
    // Reserved bits; a frame without a mask; a kind that there is not; a ping that is too long; text.
    for bytes in [
        vec![0xf2, 0x80, 0, 0, 0, 0],
        vec![0x82, 0x01, 7],
        vec![0x8b, 0x80, 0, 0, 0, 0],
        [&[0x89, 0xfe, 0, 126, 0, 0, 0, 0][..], &[0; 126]].concat(),
        vec![0x81, 0x81, 0, 0, 0, 0, b'x'],
    ] {
        let relay = Relay::start().await;
        let [mut owner, mut guest, _helper] = relay.three(room(1)).await;
        owner.socket.raw(&bytes).await;
        owner.socket.expect_closed(Refusal::MalformedFrame).await;
        guest.expect_left(owner.me()).await;
    }
}

#[tokio::test]
async fn a_full_relay_says_so() {
    let limits = Limits {
        connections: 2,
        rooms: 1,
        ..Limits::DEFAULT
    };
    let relay = Relay::limited(limits).await;
    let _owner = relay.join(room(1), Role::ModelOwner).await.unwrap();
    let result = relay.join(room(2), Role::ModelOwner).await;
    assert_eq!(
        result.err(),
        Some(SessionError::Refused(Refusal::RelayFull))
    );

    let relay = Relay::limited(limits).await;
    let (_first, _second) = (relay.connect().await, relay.connect().await);
    relay
        .connect()
        .await
        .expect_closed(Refusal::RelayFull)
        .await;
}

#[tokio::test]
async fn whoever_does_not_join_in_time_is_refused() {
    let join_timeout = Duration::from_millis(100);
    let relay = Relay::limited(Limits {
        join_timeout,
        ..Limits::DEFAULT
    })
    .await;
    relay
        .connect()
        .await
        .expect_closed(Refusal::NotJoined)
        .await;
}

#[tokio::test]
async fn whoever_answers_no_ping_counts_as_gone() {
    let limits = Limits {
        ping_interval: Duration::from_millis(100),
        idle_timeout: Duration::from_secs(1),
        ..Limits::DEFAULT
    };
    let relay = Relay::limited(limits).await;
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

/// Of two to whom a frame goes one does not read: the other gets its message, and the sender waits.
#[tokio::test]
async fn of_two_who_are_sent_a_frame_neither_waits_for_the_other() {
    for sleeper_first in [true, false] {
        let relay = Relay::start().await;
        let [mut owner, mut guest, mut helper] = relay.three(room(1)).await;
        let sleeper = relay.join(room(1), Role::DataOwner).await.unwrap();
        let sleeper_id = sleeper.me();
        for client in [&mut owner, &mut guest, &mut helper] {
            client.expect_joined(sleeper_id).await;
        }
        fill(&mut owner, sleeper_id).await;
        let mut to = [guest.me(), sleeper_id];
        if sleeper_first {
            to.reverse();
        }
        let payload = vec![1; 1 << 20];
        helper.send_both(to, [b"", b""], &payload).await;
        guest.expect_message(helper.me(), &payload).await;
        // The sender waits for the one who does not read, as after a message to that one alone.
        helper.send(guest.me(), b"next").await;
        let waiting = timeout(Duration::from_millis(300), guest.socket.next()).await;
        assert!(waiting.is_err(), "{waiting:?}");
        drop(sleeper);
        helper.expect_left(sleeper_id).await;
        guest.expect_left(sleeper_id).await;
        guest.expect_message(helper.me(), b"next").await;
    }
}

#[tokio::test]
async fn a_frame_for_two_whose_payloads_are_too_long_is_refused() {
    let relay = Relay::start().await;
    let [owner, guest, mut helper] = relay.three(room(1)).await;
    let to = [owner.me(), guest.me()];
    let common = vec![0; 1 << 20];
    helper.send_both(to, [b"", b"1"], &common).await;
    helper.socket.expect_closed(Refusal::MalformedFrame).await;
}

#[tokio::test]
async fn a_member_who_takes_too_long_over_a_frame_is_given_up() {
    let limits = Limits {
        stall_timeout: Duration::from_millis(500),
        ..Limits::DEFAULT
    };
    let relay = Relay::limited(limits).await;
    let [mut owner, guest, _helper] = relay.three(room(1)).await;
    fill(&mut owner, guest.me()).await;
    owner.expect_left(guest.me()).await;
}

/// `docs/relay-protocol.md`, "Limits": what a connection that is closed is given.
#[tokio::test]
async fn whoever_is_closed_with_much_under_way_reads_why() {
    let relay = Relay::start().await;
    let [mut owner, guest, _helper] = relay.three(room(1)).await;
    let frame = send_frame(guest.me(), &vec![1; 1 << 20]);
    owner
        .socket
        .0
        .feed(Message::Text("text".into()))
        .await
        .unwrap();
    for _ in 0..3 {
        let frame = Message::Binary(frame.clone().into());
        owner.socket.0.feed(frame).await.unwrap();
    }
    owner.socket.0.flush().await.unwrap();
    owner.socket.expect_closed(Refusal::MalformedFrame).await;
}

#[tokio::test]
async fn whoever_is_closed_and_sends_on_is_not_listened_to_for_long() {
    let limits = Limits {
        queue_notices: 4,
        ..Limits::DEFAULT
    };
    let relay = Relay::limited(limits).await;
    let [mut owner, mut guest, helper] = relay.three(room(1)).await;
    // To nobody, and without reading what the relay says of it.
    let frame = send_frame(MemberId(77), b"");
    let masked = [&[0x82, 0x80 | frame.len() as u8, 0, 0, 0, 0], &frame[..]].concat();
    let batch = masked.repeat(10_000);
    let mut taken = 0;
    let sending = async {
        while owner.socket.0.get_mut().write_all(&batch).await.is_ok() {
            taken += batch.len();
        }
    };
    let ended = timeout(Duration::from_secs(30), sending).await;
    assert!(ended.is_ok(), "it takes frames without end");
    // What the buffers of the two sockets hold is among it.
    assert!(taken < 24 << 20, "{taken} bytes were taken");
    guest.expect_left(owner.me()).await;
    guest.send(helper.me(), b"going on").await;
}

#[tokio::test]
async fn a_stopping_relay_says_so_and_stops() {
    let relay = Relay::start().await;
    let [mut owner, mut guest, mut helper] = relay.three(room(1)).await;
    let address = relay.address;
    let running = relay.stop();
    for client in [&mut owner, &mut guest, &mut helper] {
        client.expect_shutdown().await;
    }
    let stopped = timeout(Duration::from_secs(5), running).await;
    assert!(matches!(stopped, Ok(Ok(Ok(())))), "{stopped:?}");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

/// `docs/self-hosting.md`, `--drain`.
#[tokio::test]
async fn a_relay_that_is_to_stop_slowly_closes_a_room_after_the_other() {
    let limits = Limits {
        drain: Duration::from_secs(6),
        ..Limits::DEFAULT
    };
    let relay = Relay::limited(limits).await;
    let [mut owner, mut guest, mut helper] = relay.three(room(1)).await;
    let (place, role) = (place(room(2), Role::DataOwner), Role::DataOwner);
    let mut other = relay.join(room(2), Role::ModelOwner).await.unwrap();
    let stranger = relay.join_at(room(2), role, &place).await.unwrap();
    other.expect_joined(stranger.me()).await;
    let stopping = Relay::at(relay.address);
    let running = relay.stop();
    for client in [&mut owner, &mut guest, &mut helper] {
        client.expect_shutdown().await;
    }
    // Who loses the connection comes back to the room that goes on; nobody else comes in.
    let gone = stranger.me();
    drop(stranger);
    other.expect_left(gone).await;
    let mut stranger = stopping.join_at(room(2), role, &place).await.unwrap();
    other.expect_joined(stranger.me()).await;
    let new = stopping.join(room(3), Role::ModelOwner).await;
    let refused = SessionError::Refused(Refusal::ShuttingDown);
    assert!(new.is_err_and(|error| error == refused));
    other.send(stranger.me(), b"still here").await;
    stranger.expect_message(other.me(), b"still here").await;
    for client in [&mut other, &mut stranger] {
        client.expect_shutdown().await;
    }
    let stopped = timeout(Duration::from_secs(10), running).await;
    assert!(matches!(stopped, Ok(Ok(Ok(())))), "{stopped:?}");
}

#[tokio::test]
async fn a_relay_stops_though_somebody_does_not_read() {
    let limits = Limits {
        close_timeout: Duration::from_millis(200),
        ..Limits::DEFAULT
    };
    let relay = Relay::limited(limits).await;
    let [mut owner, guest, _helper] = relay.three(room(1)).await;
    fill(&mut owner, guest.me()).await;
    let running = relay.stop();
    sleep(Duration::from_millis(1)).await;
    let stopped = timeout(Duration::from_secs(5), running).await;
    assert!(matches!(stopped, Ok(Ok(Ok(())))), "{stopped:?}");
}

/// `docs/relay-protocol.md`, "Limits": frames and bytes a second.
#[tokio::test]
async fn whoever_sends_too_fast_is_held_back_and_then_closed() {
    let limits = Limits {
        frames_per_second: 20,
        burst: Duration::from_secs(1),
        too_fast_after: Duration::from_millis(300),
        ..Limits::DEFAULT
    };
    let relay = Relay::limited(limits).await;
    let [mut owner, mut guest, mut helper] = relay.three(room(1)).await;
    for number in 0..100_u8 {
        let frame = send_frame(guest.me(), &[number]);
        if owner
            .socket
            .0
            .send(Message::Binary(frame.into()))
            .await
            .is_err()
        {
            break;
        }
    }
    // What was taken before was handed on, in order.
    for number in 0..19_u8 {
        guest.expect_message(owner.me(), &[number]).await;
    }
    owner.socket.expect_closed(Refusal::TooFast).await;
    helper.expect_left(owner.me()).await;
}

/// A frame for two counts once for its sender.
#[tokio::test]
async fn a_frame_for_two_counts_once_for_its_sender() {
    let limits = Limits {
        bytes_per_second: 1000,
        burst: Duration::from_secs(12),
        too_fast_after: Duration::from_secs(600),
        ..Limits::DEFAULT
    };
    let relay = Relay::limited(limits).await;
    let [mut owner, mut guest, mut helper] = relay.three(room(1)).await;
    let (to, from) = ([owner.me(), guest.me()], helper.me());
    // Joining took a few. Twice these bytes would be too many, and the second would be held back.
    for _ in 0..2 {
        helper.send_both(to, [b"", b""], &[1; 5900]).await;
        owner.expect_message(from, &[1; 5900]).await;
        guest.expect_message(from, &[1; 5900]).await;
    }
    // That was all that goes at once: the next is read, and what follows it is not.
    helper.send_both(to, [b"", b""], &[1; 5900]).await;
    guest.expect_message(from, &[1; 5900]).await;
    helper.send(guest.me(), b"late").await;
    let waiting = timeout(Duration::from_millis(300), guest.socket.next()).await;
    assert!(waiting.is_err(), "{waiting:?}");
}

#[tokio::test]
async fn a_room_that_sends_too_fast_is_held_back_and_another_is_not() {
    let limits = Limits {
        room_bytes_per_second: 100_000,
        burst: Duration::from_secs(1),
        too_fast_after: Duration::from_secs(600),
        ..Limits::DEFAULT
    };
    let relay = Relay::limited(limits).await;
    let [mut owner, mut guest, mut helper] = relay.three(room(1)).await;
    let [mut other, mut stranger, _other_helper] = relay.three(room(2)).await;
    // The owner alone is far over for a minute; then neither may send in this room, though the
    // frame that each had under way is still handed on.
    owner.send(guest.me(), &vec![1; 1 << 20]).await;
    guest.expect_message(owner.me(), &vec![1; 1 << 20]).await;
    helper.send(guest.me(), b"one").await;
    guest.expect_message(helper.me(), b"one").await;
    helper.send(guest.me(), b"two").await;
    let waiting = timeout(Duration::from_millis(300), guest.socket.next()).await;
    assert!(waiting.is_err(), "{waiting:?}");
    for _ in 0..50 {
        other.send(stranger.me(), b"quick").await;
        stranger.expect_message(other.me(), b"quick").await;
    }
}

/// `docs/relay-protocol.md`, "Limits": memory of all queues.
#[tokio::test]
async fn those_who_never_read_cannot_use_up_the_memory_of_all() {
    let limits = Limits {
        total_queue_bytes: 3 << 20,
        queue_bytes: 4 << 20,
        ..Limits::DEFAULT
    };
    let relay = Relay::limited(limits).await;
    let [mut owner, sleeper, mut helper] = relay.three(room(1)).await;
    let [mut other, mut stranger, mut other_helper] = relay.three(room(2)).await;
    fill(&mut owner, sleeper.me()).await;
    // Another one reads on and on, which takes more memory than is left.
    let payload = vec![7; 1 << 20];
    for _ in 0..5 {
        other.send(stranger.me(), &payload).await;
        other_helper.send(stranger.me(), &payload).await;
    }
    for _ in 0..10 {
        let frame = stranger.socket.next().await.unwrap();
        let notice = stranger.joined.receive(&frame).unwrap();
        assert!(matches!(notice, Notice::Message { .. }), "{notice:?}");
    }
    helper.expect_left(sleeper.me()).await;
}
