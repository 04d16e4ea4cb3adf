//! A helper in the relay's process.

use std::sync::Arc;

use blindsight_session::{Joining, MemberId, Notice, PlaceKey, PublicKey, Refusal, Role, ToRelay};
use relay_server::{BuiltInHelper, Config, HelperSeat};

use crate::client::{Relay, room};

/// Sends every message back, and leaves when told to.
struct Echo;

impl BuiltInHelper for Echo {
    fn start(&self, seat: HelperSeat) {
        tokio::spawn(echo(seat));
    }

    fn key(&self) -> PublicKey {
        PublicKey::from_bytes([5; 32])
    }
}

async fn echo(mut seat: HelperSeat) -> Option<()> {
    let (joining, frame) = Joining::new(seat.room, Role::Helper, &PlaceKey::from_bytes([9; 16]));
    seat.to_relay.send(frame).await.ok()?;
    let mut joined = joining.receive(&seat.from_relay.recv().await?).ok()?;
    while let Some(frame) = seat.from_relay.recv().await {
        if let Notice::Message { from, payload } = joined.receive(&frame).ok()? {
            if payload == b"leave" {
                return None;
            }
            let frame = joined.send(from.id, payload).ok()?;
            seat.to_relay.send(frame).await.ok()?;
        }
    }
    None
}

#[tokio::test]
async fn the_model_owner_asks_and_a_helper_joins() {
    let relay = Relay::with(Config::default(), Some(Arc::new(Echo))).await;
    let mut owner = relay.join(room(1), Role::ModelOwner).await.unwrap();
    let mut guest = relay.join(room(1), Role::DataOwner).await.unwrap();
    owner.expect_joined(guest.me()).await;

    let request = owner.joined.request_helper(b"hi").unwrap();
    owner.socket.send(request.clone()).await;
    assert_eq!(owner.joined.relay_helper(), Some(Echo.key()));
    let helper = MemberId(2);
    owner.expect_joined(helper).await;
    guest.expect_joined(helper).await;
    guest.send(helper, b"are you there?").await;
    guest.expect_message(helper, b"are you there?").await;

    // It is a member like others: there is no second one, and it can leave and be replaced.
    owner.socket.send(request.clone()).await;
    owner.expect_refused(Refusal::RoleTaken(Role::Helper)).await;
    guest.send(helper, b"leave").await;
    owner.expect_left(helper).await;
    owner.socket.send(request).await;
    owner.expect_joined(MemberId(3)).await;
}

#[tokio::test]
async fn many_long_messages_go_to_a_helper_and_back() {
    let relay = Relay::with(Config::default(), Some(Arc::new(Echo))).await;
    let mut owner = relay.join(room(1), Role::ModelOwner).await.unwrap();
    owner
        .socket
        .send(owner.joined.request_helper(b"hi").unwrap())
        .await;
    let helper = MemberId(1);
    owner.expect_joined(helper).await;
    let message = vec![9; 1 << 20];
    // Few enough for the queues on the way there and back to hold them.
    for _ in 0..6 {
        owner.send(helper, &message).await;
    }
    for _ in 0..6 {
        owner.expect_message(helper, &message).await;
    }
}

#[tokio::test]
async fn only_the_model_owner_may_ask() {
    let relay = Relay::with(Config::default(), Some(Arc::new(Echo))).await;
    let _owner = relay.join(room(1), Role::ModelOwner).await.unwrap();
    let mut guest = relay.join(room(1), Role::DataOwner).await.unwrap();
    guest
        .socket
        .send(ToRelay::RequestHelper { greeting: b"hi" }.encode())
        .await;
    guest.expect_refused(Refusal::NotModelOwner).await;
}

#[tokio::test]
async fn a_relay_without_helper_says_so() {
    let relay = Relay::start().await;
    let mut owner = relay.join(room(1), Role::ModelOwner).await.unwrap();
    owner
        .socket
        .send(owner.joined.request_helper(b"hi").unwrap())
        .await;
    owner.expect_refused(Refusal::NoHelper).await;
    // The room stays open.
    relay.join(room(1), Role::DataOwner).await.unwrap();
}
