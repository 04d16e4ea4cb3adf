//! A helper in the relay's process.

use std::sync::Arc;

use blindsight_session::{
    Joining, MemberId, Notice, PlaceKey, PublicKey, Refusal, RelayOrigin, Role, ToRelay,
};
use relay_server::outside::{OutsideHelpers, Password, help_elsewhere};
use relay_server::{BuiltInHelper, Config, HelperSeat, Limits, RelayError};
use tokio::task::JoinHandle;

use crate::client::{Relay, room};

/// Sends every message back, and leaves when told to.
struct Echo;

impl BuiltInHelper for Echo {
    fn start(&self, seat: HelperSeat) {
        tokio::spawn(echo(seat));
    }

    fn key(&self) -> Option<PublicKey> {
        Some(PublicKey::from_bytes([5; 32]))
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
    assert_eq!(owner.joined.relay_helper(), Echo.key());
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

/// A password that the relay and helpers elsewhere share.
fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

/// A relay that takes helpers from elsewhere and has none yet.
async fn relay_for_outside() -> Relay {
    let limits = Limits::DEFAULT;
    let config = Config {
        limits,
        outside_helpers: Some(OutsideHelpers::new(password("open-sesame-12345"), &limits)),
        ..Config::default()
    };
    Relay::with(config, None).await
}

/// Helps the relay from elsewhere.
fn help(relay: &Relay, text: &str) -> JoinHandle<Result<(), RelayError>> {
    let origin = RelayOrigin::parse(&format!("http://{}", relay.address)).unwrap();
    let helper = Arc::new(Echo);
    tokio::spawn(help_elsewhere(
        origin,
        password(text),
        helper,
        Limits::DEFAULT,
    ))
}

#[tokio::test]
async fn a_helper_elsewhere_dials_in_and_helps() {
    let relay = relay_for_outside().await;
    let mut owner = relay.join(room(1), Role::ModelOwner).await.unwrap();
    let request = owner.joined.request_helper(b"greeting").unwrap();
    owner.socket.send(request.clone()).await;
    owner.expect_refused(Refusal::NoHelper).await;

    let helping = help(&relay, "open-sesame-12345");
    // Until it has dialled in there is none.
    let helper = loop {
        owner.socket.send(request.clone()).await;
        let frame = owner.socket.next().await.unwrap();
        match owner.joined.receive(&frame).unwrap() {
            Notice::Refused(Refusal::NoHelper) => tokio::task::yield_now().await,
            Notice::MemberJoined(member) => break member,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(helper.role, Role::Helper);
    for size in [0, 1, 1000, 1 << 20] {
        let payload = vec![3; size];
        owner.send(helper.id, &payload).await;
        owner.expect_message(helper.id, &payload).await;
    }
    // It goes with the others, and when its program goes, it has left.
    let mut guest = relay.join(room(1), Role::DataOwner).await.unwrap();
    owner.expect_joined(guest.me()).await;
    helping.abort();
    drop(helping);
    drop(owner);
    guest.expect_left(MemberId(0)).await;
}

#[tokio::test]
async fn whoever_does_not_know_the_password_is_turned_away() {
    let relay = relay_for_outside().await;
    let refused = help(&relay, "open-sesame-54321").await.unwrap();
    assert!(
        matches!(refused, Err(RelayError::NotAdmitted { status: 401 })),
        "{refused:?}"
    );
    let relay = Relay::start().await;
    let refused = help(&relay, "open-sesame-12345").await.unwrap();
    assert!(
        matches!(refused, Err(RelayError::NotAdmitted { status: 404 })),
        "{refused:?}"
    );
}
