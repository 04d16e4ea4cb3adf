//! Joining, forwarding, leaving.

use blindsight_session::{MAX_PAYLOAD_BYTES, MemberId, Refusal, Role, SessionError, ToRelay};
use futures_util::SinkExt;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Relay, place, room, send_frame};

#[tokio::test]
async fn three_members_send_to_each_other() {
    let relay = Relay::start().await;
    let [mut owner, mut guest, mut helper] = relay.three(room(1)).await;
    helper.send(guest.me(), b"keys").await;
    guest.expect_message(helper.me(), b"keys").await;
    guest.send(owner.me(), b"masked").await;
    owner.expect_message(guest.me(), b"masked").await;
    owner.send(guest.me(), b"").await;
    guest.expect_message(owner.me(), b"").await;
}

#[tokio::test]
async fn messages_keep_their_order_and_may_be_as_long_as_a_frame() {
    let relay = Relay::start().await;
    let [mut owner, mut guest, _helper] = relay.three(room(1)).await;
    let (from, to) = (owner.me(), guest.me());
    let message = |n: u8| {
        vec![
            n;
            if n.is_multiple_of(2) {
                3
            } else {
                MAX_PAYLOAD_BYTES
            }
        ]
    };
    let sending = tokio::spawn(async move {
        for n in 0..20 {
            owner.send(to, &message(n)).await;
        }
        owner
    });
    for n in 0..20 {
        guest.expect_message(from, &message(n)).await;
    }
    sending.await.unwrap();
}

#[tokio::test]
async fn nobody_joins_a_room_that_is_not_open() {
    let relay = Relay::start().await;
    let result = relay.join(room(1), Role::DataOwner).await;
    assert_eq!(
        result.err(),
        Some(SessionError::Refused(Refusal::RoomNotFound))
    );
}

#[tokio::test]
async fn a_second_helper_is_refused_and_nobody_is_disturbed() {
    let relay = Relay::start().await;
    let [mut owner, mut guest, helper] = relay.three(room(1)).await;
    let result = relay.join(room(1), Role::Helper).await;
    let taken = Refusal::RoleTaken(Role::Helper);
    assert_eq!(result.err(), Some(SessionError::Refused(taken)));
    // The next thing that anybody hears is the message.
    owner.send(guest.me(), b"go on").await;
    guest.expect_message(owner.me(), b"go on").await;
    drop(helper);
}

#[tokio::test]
async fn those_who_stay_are_told_who_left() {
    let relay = Relay::start().await;
    let [mut owner, mut guest, mut helper] = relay.three(room(1)).await;
    let (owner_id, helper_id) = (owner.me(), helper.me());
    // One closes the page in good order, the other loses the connection.
    owner.socket.0.close(None).await.unwrap();
    guest.expect_left(owner_id).await;
    helper.expect_left(owner_id).await;
    drop(helper);
    guest.expect_left(helper_id).await;

    // A member who comes back is somebody new.
    let back = relay.join(room(1), Role::ModelOwner).await.unwrap();
    assert_eq!(back.me(), MemberId(3));
    guest.expect_joined(MemberId(3)).await;
}

#[tokio::test]
async fn a_message_to_somebody_who_is_not_there_is_refused() {
    let relay = Relay::start().await;
    let [mut owner, _guest, _helper] = relay.three(room(1)).await;
    owner.socket.send(send_frame(MemberId(5), b"x")).await;
    owner
        .expect_refused(Refusal::UnknownRecipient(MemberId(5)))
        .await;
}

/// `docs/relay-protocol.md`, "Messages to others": one frame for two.
#[tokio::test]
async fn one_frame_brings_two_members_a_message_each_in_its_place() {
    let relay = Relay::start().await;
    let [mut owner, mut guest, mut helper] = relay.three(room(1)).await;
    let (to, from) = ([guest.me(), owner.me()], helper.me());
    let common = vec![7; 100_000];
    for number in 0..10_u8 {
        helper.send(to[0], &[number]).await;
        helper.send_both(to, [&[number], &[100]], &common).await;
        helper.send(to[1], &[number]).await;
    }
    for number in 0..10_u8 {
        guest.expect_message(from, &[number]).await;
        let payload = [&[number], &common[..]].concat();
        guest.expect_message(from, &payload).await;
        let payload = [&[100], &common[..]].concat();
        owner.expect_message(from, &payload).await;
        owner.expect_message(from, &[number]).await;
    }
}

#[tokio::test]
async fn when_one_of_two_is_gone_the_other_gets_its_message() {
    let relay = Relay::start().await;
    let [mut owner, guest, mut helper] = relay.three(room(1)).await;
    let to = [guest.me(), owner.me()];
    drop(guest);
    helper.expect_left(to[0]).await;
    owner.expect_left(to[0]).await;
    helper
        .send_both(to, [b"guest ", b"owner "], b"and both")
        .await;
    owner.expect_message(helper.me(), b"owner and both").await;
    let unknown = Refusal::UnknownRecipient(to[0]);
    helper.expect_refused(unknown).await;
    // It may be either of them.
    let to = [to[1], to[0]];
    helper
        .send_both(to, [b"owner ", b"guest "], b"and both")
        .await;
    owner.expect_message(helper.me(), b"owner and both").await;
    helper.expect_refused(unknown).await;
}

#[tokio::test]
async fn rooms_are_apart() {
    let relay = Relay::start().await;
    let [mut owner, mut guest, _helper] = relay.three(room(1)).await;
    let [mut other, mut stranger, _other_helper] = relay.three(room(2)).await;
    assert_eq!(guest.me(), stranger.me());
    owner.send(guest.me(), b"ours").await;
    other.send(stranger.me(), b"theirs").await;
    guest.expect_message(owner.me(), b"ours").await;
    stranger.expect_message(other.me(), b"theirs").await;
}

#[tokio::test]
async fn what_is_not_a_frame_is_refused_and_ends_the_connection() {
    let relay = Relay::start().await;
    let mut socket = relay.connect().await;
    socket.send(vec![42; 9]).await;
    socket.expect_closed(Refusal::MalformedFrame).await;

    let mut socket = relay.connect().await;
    socket.0.send(Message::text("hello")).await.unwrap();
    socket.expect_closed(Refusal::MalformedFrame).await;

    let [mut owner, mut guest, _helper] = relay.three(room(1)).await;
    guest.socket.send(vec![]).await;
    guest.socket.expect_closed(Refusal::MalformedFrame).await;
    owner.expect_left(guest.me()).await;
}

#[tokio::test]
async fn another_version_is_refused() {
    let relay = Relay::start().await;
    let mut socket = relay.connect().await;
    let frame = ToRelay::Join {
        version: 7,
        room: room(1),
        role: Role::ModelOwner,
        place: place(room(1), Role::ModelOwner),
    }
    .encode();
    socket.send(frame).await;
    socket
        .expect_closed(Refusal::VersionMismatch { theirs: 7, ours: 3 })
        .await;
}

/// The model owner's connection breaks without the relay seeing it: the model owner takes up its
/// place, and can have somebody removed from it.
#[tokio::test]
async fn a_model_owner_takes_up_its_place_and_removes_a_guest() {
    let relay = Relay::start().await;
    let [mut owner, mut guest, _helper] = relay.three(room(1)).await;
    let again = relay.join(room(1), Role::ModelOwner).await.unwrap();
    owner.socket.expect_closed(Refusal::Replaced).await;
    guest.expect_left(owner.me()).await;
    guest.expect_joined(again.me()).await;
    let mut owner = again;
    let frame = owner.joined.remove(guest.me());
    owner.socket.send(frame).await;
    guest.socket.expect_closed(Refusal::Removed).await;
    owner.expect_left(guest.me()).await;
}
