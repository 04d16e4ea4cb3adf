//! Several relays that share their rooms over a NATS server of the test's own.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_nats::Subscriber;
use blindsight_session::{MAX_PAYLOAD_BYTES, MemberId, Notice, Refusal, Role, SessionError};
use futures_util::{SinkExt, StreamExt};
use relay_server::{Config, Limits, nats_servers};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Client, Relay, fill, place, room};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// What to do where there is no NATS server.
const ADVICE: &str = "these tests need a NATS server: install one (Debian: apt-get install \
    nats-server) or name it in BLINDSIGHT_NATS_SERVER";

/// A NATS server. It is killed when this is dropped.
struct Nats {
    port: u16,
    child: Child,
}

impl Nats {
    async fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        Self::at(port).await
    }

    async fn at(port: u16) -> Self {
        let named = std::env::var_os("BLINDSIGHT_NATS_SERVER").map(PathBuf::from);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
        let found = folders.map(|folder| folder.join("nats-server"));
        let program = named.or_else(|| found.into_iter().find(|file| file.is_file()));
        let child = Command::new(program.expect(ADVICE))
            .args(["--addr", "127.0.0.1", "--port", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect(ADVICE);
        let nats = Self { port, child };
        let there = async {
            while tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .is_err()
            {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, there)
            .await
            .expect("a NATS server that listens");
        nats
    }

    fn kill(mut self) -> u16 {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.port
    }

    fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    async fn relay(&self) -> Relay {
        self.relay_with(Limits::DEFAULT).await
    }

    async fn relay_with(&self, limits: Limits) -> Relay {
        let config = Config {
            limits,
            nats: nats_servers(&self.url()).unwrap(),
            ..Config::default()
        };
        Relay::with(config, None).await
    }

    /// A relay in a process of its own, which can be killed.
    fn relay_process(&self) -> (SocketAddr, Process) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_blindsight-relay"))
            .args(["--listen", "127.0.0.1:0", "--json", "--nats", &self.url()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut out, &mut line).unwrap();
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        let address = line["address"].as_str().unwrap().parse().unwrap();
        (address, Process(child))
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program that is killed, not asked to stop, when this is dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Client {
    /// The refusal with which the relay ends this connection, whatever comes before.
    async fn end(&mut self) -> Refusal {
        loop {
            let frame = self.socket.next().await.expect("a reason before the end");
            if let Ok(Notice::Refused(refusal)) = self.joined.receive(&frame) {
                self.socket.expect_close_frame(refusal).await;
                return refusal;
            }
        }
    }
}

#[tokio::test]
async fn members_of_one_room_are_at_different_relays() {
    let nats = Nats::start().await;
    let [first, second, third] = [nats.relay().await, nats.relay().await, nats.relay().await];
    let mut owner = first.join_patiently(room(1), Role::ModelOwner).await;
    let mut guest = second.join_patiently(room(1), Role::DataOwner).await;
    let mut helper = third.join_patiently(room(1), Role::Helper).await;
    owner.expect_joined(guest.me()).await;
    owner.expect_joined(helper.me()).await;
    guest.expect_joined(helper.me()).await;
    let ids = [owner.me(), guest.me(), helper.me()];
    assert_eq!(ids, [0, 1, 2].map(MemberId));

    // The longest frames there are, and short ones, in order.
    let long = vec![7; MAX_PAYLOAD_BYTES];
    for number in 0..5_u8 {
        for (payload, last) in [(&long[..], false), (&[number][..], true)] {
            guest.send(helper.me(), payload).await;
            owner.send(guest.me(), payload).await;
            helper.send(owner.me(), payload).await;
            helper.expect_message(guest.me(), payload).await;
            guest.expect_message(owner.me(), payload).await;
            owner.expect_message(helper.me(), payload).await;
            assert!(last || payload.len() == MAX_PAYLOAD_BYTES);
        }
    }

    // One frame for two, from one relay to two others.
    let to = [guest.me(), owner.me()];
    for number in 0..5_u8 {
        let own: [&[u8]; 2] = [&[number], &[number, 1]];
        let common = &long[2..];
        helper.send_both(to, own, common).await;
        let from = helper.me();
        guest.expect_message(from, &[own[0], common].concat()).await;
        owner.expect_message(from, &[own[1], common].concat()).await;
    }

    // Rooms do not meet.
    let mut other = second.join_patiently(room(2), Role::ModelOwner).await;
    let unknown = Refusal::UnknownRecipient(MemberId(1));
    other.send_unchecked(MemberId(1), b"x").await;
    other.expect_refused(unknown).await;

    // What the rules refuse is refused here too, and who is removed is told.
    let refused = third.join(room(1), Role::Helper).await.err();
    let taken = SessionError::Refused(Refusal::RoleTaken(Role::Helper));
    assert_eq!(refused, Some(taken));
    let refused = third.join(room(3), Role::DataOwner).await.err();
    assert_eq!(refused, Some(SessionError::Refused(Refusal::RoomNotFound)));
    let remove = owner.joined.remove(guest.me());
    owner.socket.send(remove).await;
    guest.socket.expect_closed(Refusal::Removed).await;
    helper.expect_left(guest.me()).await;

    // Who leaves has left everywhere.
    let id = helper.me();
    drop(helper);
    owner.expect_left(MemberId(1)).await;
    owner.expect_left(id).await;
}

#[tokio::test]
async fn a_member_elsewhere_who_does_not_read_is_waited_for_within_bounds() {
    let nats = Nats::start().await;
    let [first, second] = [nats.relay().await, nats.relay().await];
    let mut owner = first.join_patiently(room(1), Role::ModelOwner).await;
    let mut guest = second.join_patiently(room(1), Role::DataOwner).await;
    owner.expect_joined(guest.me()).await;
    let taken = fill(&mut owner, guest.me()).await;
    assert!(taken < 80 << 20, "{taken} bytes are on their way");
    // Another room at the same two relays goes on.
    let mut other = first.join_patiently(room(2), Role::ModelOwner).await;
    let mut stranger = second.join_patiently(room(2), Role::DataOwner).await;
    other.expect_joined(stranger.me()).await;
    stranger.send(other.me(), b"quick").await;
    other.expect_message(stranger.me(), b"quick").await;
    // Nothing is lost when the slow one reads at last.
    for _ in 0..taken >> 20 {
        guest.expect_message(owner.me(), &vec![7; 1 << 20]).await;
    }
}

#[tokio::test]
async fn one_who_never_reads_is_closed_at_both_relays() {
    let nats = Nats::start().await;
    let limits = Limits {
        stall_timeout: Duration::from_millis(500),
        ..Limits::DEFAULT
    };
    let [first, second] = [nats.relay_with(limits).await, nats.relay_with(limits).await];
    let mut owner = first.join_patiently(room(1), Role::ModelOwner).await;
    let guest = second.join_patiently(room(1), Role::DataOwner).await;
    owner.expect_joined(guest.me()).await;
    fill(&mut owner, guest.me()).await;
    owner.expect_left(guest.me()).await;
}

#[tokio::test]
async fn when_the_nats_server_dies_members_elsewhere_come_back_and_the_room_stays() {
    let nats = Nats::start().await;
    let [first, second] = [nats.relay().await, nats.relay().await];
    let mut owner = first.join_patiently(room(1), Role::ModelOwner).await;
    let mut near = first.join_patiently(room(1), Role::Helper).await;
    let mut far = second.join_patiently(room(1), Role::DataOwner).await;
    owner.expect_joined(near.me()).await;
    owner.expect_joined(far.me()).await;

    let port = nats.kill();
    far.socket.expect_closed(Refusal::Interrupted).await;
    owner.expect_left(far.me()).await;
    near.send(owner.me(), b"still here").await;
    owner.expect_message(near.me(), b"still here").await;
    let refused = second.join(room(1), Role::DataOwner).await.err();
    assert_eq!(refused, Some(SessionError::Refused(Refusal::Interrupted)));

    let _nats = Nats::at(port).await;
    let mut back = second.join_patiently(room(1), Role::DataOwner).await;
    owner.expect_joined(back.me()).await;
    back.send(owner.me(), b"back again").await;
    owner.expect_message(back.me(), b"back again").await;
}

#[tokio::test]
async fn when_the_relay_of_a_room_is_killed_the_room_opens_at_another() {
    let nats = Nats::start().await;
    let (address, dying) = nats.relay_process();
    let staying = nats.relay().await;
    let elsewhere = Relay::at(address);
    let _owner = elsewhere.join_patiently(room(1), Role::ModelOwner).await;
    let mut guest = staying.join_patiently(room(1), Role::DataOwner).await;
    drop(dying);
    assert_eq!(guest.end().await, Refusal::Interrupted);
    let mut owner = staying.join_patiently(room(1), Role::ModelOwner).await;
    let guest = staying.join_patiently(room(1), Role::DataOwner).await;
    owner.expect_joined(guest.me()).await;
}

#[tokio::test]
async fn when_the_relay_of_a_member_is_killed_the_others_are_told() {
    let nats = Nats::start().await;
    let (address, dying) = nats.relay_process();
    let staying = nats.relay().await;
    let mut owner = staying.join_patiently(room(1), Role::ModelOwner).await;
    let elsewhere = Relay::at(address);
    let guest = elsewhere.join_patiently(room(1), Role::DataOwner).await;
    owner.expect_joined(guest.me()).await;
    drop(dying);
    owner.expect_left(guest.me()).await;
}

#[tokio::test]
async fn a_relay_that_stops_hands_its_rooms_on() {
    let nats = Nats::start().await;
    let [first, second] = [nats.relay().await, nats.relay().await];
    let mut owner = first.join_patiently(room(1), Role::ModelOwner).await;
    let mut guest = second.join_patiently(room(1), Role::DataOwner).await;
    let stopping = first.stop();
    assert_eq!(owner.end().await, Refusal::ShuttingDown);
    assert_eq!(guest.end().await, Refusal::ShuttingDown);
    let mut owner = second.join_patiently(room(1), Role::ModelOwner).await;
    let guest = second.join_patiently(room(1), Role::DataOwner).await;
    owner.expect_joined(guest.me()).await;
    timeout(PATIENCE, stopping).await.unwrap().unwrap().unwrap();
}

/// `docs/relay-protocol.md`, "Stopping".
#[tokio::test]
async fn whoever_loses_the_line_comes_back_to_a_room_of_a_relay_that_stops() {
    let nats = Nats::start().await;
    let slow = Limits {
        drain: Duration::from_secs(9),
        ..Limits::DEFAULT
    };
    let [first, second] = [nats.relay_with(slow).await, nats.relay().await];
    let mut other = first.join_patiently(room(2), Role::ModelOwner).await;
    let mut owner = first.join_patiently(room(1), Role::ModelOwner).await;
    let (place, role) = (place(room(1), Role::DataOwner), Role::DataOwner);
    let guest = second.join_patiently_at(room(1), role, &place).await;
    owner.expect_joined(guest.me()).await;
    let stopping = first.stop();
    assert_eq!(other.end().await, Refusal::ShuttingDown);

    let gone = guest.me();
    drop(guest);
    owner.expect_left(gone).await;
    let mut guest = second.join_patiently_at(room(1), role, &place).await;
    owner.expect_joined(guest.me()).await;
    owner.send(guest.me(), b"going on").await;
    guest.expect_message(owner.me(), b"going on").await;
    let new = second.join(room(1), Role::Helper).await;
    let refused = SessionError::Refused(Refusal::ShuttingDown);
    assert!(new.is_err_and(|error| error == refused));

    assert_eq!(owner.end().await, Refusal::ShuttingDown);
    assert_eq!(guest.end().await, Refusal::ShuttingDown);
    timeout(PATIENCE, stopping).await.unwrap().unwrap().unwrap();
}

/// A claim by hand: the second kind of query, milliseconds, and the number of a relay.
fn claim(since: u8, relay: u8) -> bytes::Bytes {
    vec![1, since, relay].into()
}

async fn overheard(subscriber: &mut Subscriber) -> bytes::Bytes {
    let message = timeout(PATIENCE, subscriber.next()).await;
    message.expect("a word in time").unwrap().payload
}

#[tokio::test]
async fn of_two_relays_that_claim_a_room_the_later_one_gives_it_up() {
    let nats = Nats::start().await;
    let relay = nats.relay().await;
    let mut owner = relay.join_patiently(room(1), Role::ModelOwner).await;
    let mut guest = relay.join_patiently(room(1), Role::DataOwner).await;
    let other = async_nats::connect(nats.url()).await.unwrap();
    let subject = format!("blindsight.relays.1.room.{}", room(1));
    let mut overhearing = other.subscribe(subject.clone()).await.unwrap();

    // Somebody who claims it from the far future is told that it is taken.
    let later = [&[1][..], &[0xff; 9], &[1, 7]].concat();
    other
        .publish(subject.clone(), later.clone().into())
        .await
        .unwrap();
    assert_eq!(overheard(&mut overhearing).await, later);
    let answer = overheard(&mut overhearing).await;
    assert!(answer[0] == 1 && answer != later, "{answer:?}");

    // Somebody who has had it since 1970 gets it.
    other.publish(subject, claim(3, 7)).await.unwrap();
    assert_eq!(owner.end().await, Refusal::Interrupted);
    assert_eq!(guest.end().await, Refusal::Interrupted);
}

/// What nobody of ours would send: it is passed over.
#[tokio::test]
async fn nonsense_over_nats_disturbs_nobody() {
    let nats = Nats::start().await;
    let [first, second] = [nats.relay().await, nats.relay().await];
    let mut owner = first.join_patiently(room(1), Role::ModelOwner).await;
    let other = async_nats::connect(nats.url()).await.unwrap();
    let mut all = other.subscribe("blindsight.>").await.unwrap();
    let mut guest = second.join_patiently(room(1), Role::DataOwner).await;
    owner.expect_joined(guest.me()).await;
    let mut subjects = vec![
        overheard_subject(&mut all).await,
        overheard_subject(&mut all).await,
    ];
    subjects.push(format!("blindsight.relays.1.room.{}", room(1)));
    for subject in subjects {
        for bytes in [&b""[..], &[0xff; 100], &[2, 1, 1, 9, 0, 3, 0], &[1]] {
            other
                .publish(subject.clone(), bytes.to_vec().into())
                .await
                .unwrap();
        }
    }
    other.flush().await.unwrap();
    guest.send(owner.me(), b"undisturbed").await;
    owner.expect_message(guest.me(), b"undisturbed").await;
    let sent = owner
        .socket
        .0
        .send(Message::Ping(bytes::Bytes::new()))
        .await;
    assert!(sent.is_ok());
}

async fn overheard_subject(subscriber: &mut Subscriber) -> String {
    let message = timeout(PATIENCE, subscriber.next()).await;
    message
        .expect("a word in time")
        .unwrap()
        .subject
        .to_string()
}
