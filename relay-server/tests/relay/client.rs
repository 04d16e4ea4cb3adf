//! A relay to test, and a member at a socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use blindsight_session::{
    FromRelay, Joined, Joining, MemberId, Notice, PlaceKey, Refusal, Role, RoomId, SessionError,
    ToRelay,
};
use futures_util::{SinkExt, StreamExt};
use relay_server::{BuiltInHelper, Config, Limits, RelayError, listen, serve};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// The key of the model owner of a room in these tests.
fn host_place(number: u8) -> PlaceKey {
    PlaceKey::from_bytes([number; 16])
}

/// A room in these tests.
pub fn room(number: u8) -> RoomId {
    host_place(number).room()
}

/// A place key for somebody in a room: the model owner's own, or one that nobody else has.
pub fn place(id: RoomId, role: Role) -> PlaceKey {
    static NEXT: AtomicU64 = AtomicU64::new(1 << 32);
    let own = (1..9).find(|&number| room(number) == id).map(host_place);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let new = PlaceKey::from_bytes(u128::from(number).to_le_bytes());
    own.filter(|_| role == Role::ModelOwner).unwrap_or(new)
}

/// Longer than anything here takes; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Done when a relay has stopped.
type Running = JoinHandle<Result<(), RelayError>>;

/// A running relay.
pub struct Relay {
    pub address: SocketAddr,
    /// How to stop it, and what is done when it has; nothing for one in another process.
    running: Option<(oneshot::Sender<()>, Running)>,
}

impl Relay {
    pub async fn start() -> Self {
        Self::with(Config::default(), None).await
    }

    pub async fn limited(limits: Limits) -> Self {
        let config = Config {
            limits,
            ..Config::default()
        };
        Self::with(config, None).await
    }

    /// Like [`Relay::join`], but comes again while relays cannot reach each other.
    pub async fn join_patiently(&self, room: RoomId, role: Role) -> Client {
        let place = place(room, role);
        self.join_patiently_at(room, role, &place).await
    }

    /// The same with a place key of one's own.
    pub async fn join_patiently_at(&self, room: RoomId, role: Role, place: &PlaceKey) -> Client {
        let trying = async {
            loop {
                match self.join_at(room, role, place).await {
                    Ok(client) => return client,
                    Err(SessionError::Refused(Refusal::Interrupted | Refusal::RoomNotFound)) => {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    Err(error) => panic!("{error}"),
                }
            }
        };
        timeout(PATIENCE, trying).await.expect("a way in")
    }

    pub async fn with(config: Config, helper: Option<Arc<dyn BuiltInHelper>>) -> Self {
        let listener = listen("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { drop(stopped.await) };
        let running = tokio::spawn(serve(listener, config, helper, shutdown));
        Self {
            address,
            running: Some((stop, running)),
        }
    }

    /// One in another process.
    pub fn at(address: SocketAddr) -> Self {
        Self {
            address,
            running: None,
        }
    }

    /// Asks the relay to stop. The handle is done when it has.
    pub fn stop(self) -> Running {
        let (stop, running) = self.running.unwrap();
        stop.send(()).unwrap();
        running
    }

    pub async fn connect(&self) -> Socket {
        let url = format!("ws://{}/ws", self.address);
        Socket(connect_async(url).await.unwrap().0)
    }

    pub async fn join(&self, room: RoomId, role: Role) -> Result<Client, SessionError> {
        self.join_at(room, role, &place(room, role)).await
    }

    /// The same with a place key of one's own.
    pub async fn join_at(
        &self,
        room: RoomId,
        role: Role,
        place: &PlaceKey,
    ) -> Result<Client, SessionError> {
        let mut socket = self.connect().await;
        let (joining, frame) = Joining::new(room, role, place);
        socket.send(frame).await;
        let answer = socket.next().await.unwrap();
        Ok(Client {
            socket,
            joined: joining.receive(&answer)?,
        })
    }

    /// A model owner, a data owner and a helper in a room, all of whom know of each other.
    pub async fn three(&self, room: RoomId) -> [Client; 3] {
        let mut owner = self.join(room, Role::ModelOwner).await.unwrap();
        let mut guest = self.join(room, Role::DataOwner).await.unwrap();
        let helper = self.join(room, Role::Helper).await.unwrap();
        owner.expect_joined(guest.me()).await;
        owner.expect_joined(helper.me()).await;
        guest.expect_joined(helper.me()).await;
        [owner, guest, helper]
    }
}

/// A socket that speaks frames.
pub struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub async fn send(&mut self, frame: Vec<u8>) {
        self.0.send(Message::Binary(frame.into())).await.unwrap();
    }

    /// Writes bytes past the WebSocket.
    pub async fn raw(&mut self, bytes: &[u8]) {
        let MaybeTlsStream::Plain(stream) = self.0.get_mut() else {
            panic!("these sockets are plain");
        };
        stream.write_all(bytes).await.unwrap();
    }

    /// The next frame, or nothing once the relay has closed the connection.
    pub async fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            match timeout(PATIENCE, self.0.next())
                .await
                .expect("an answer in time")
            {
                Some(Ok(Message::Binary(frame))) => return Some(frame.to_vec()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(other)) => panic!("{other:?}"),
            }
        }
    }

    /// Expects the relay to refuse and then to close the connection, for the same reason.
    /// `docs/relay-protocol.md`, "Close codes and reasons".
    pub async fn expect_closed(&mut self, refusal: Refusal) {
        let frame = self.next().await.expect("a refusal before the end");
        assert_eq!(FromRelay::decode(&frame), Ok(FromRelay::Refused(refusal)));
        self.expect_close_frame(refusal).await;
    }

    pub async fn expect_close_frame(&mut self, refusal: Refusal) {
        let close = loop {
            let next = timeout(PATIENCE, self.0.next()).await;
            match next.expect("an end in time") {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(Some(close)))) => break close,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(u16::from(close.code), refusal.close_code());
        assert_eq!(close.reason.as_str(), refusal.name());
    }
}

/// A member in a room.
pub struct Client {
    pub socket: Socket,
    pub joined: Joined,
}

impl Client {
    pub fn me(&self) -> MemberId {
        self.joined.me().id
    }

    pub async fn send(&mut self, to: MemberId, payload: &[u8]) {
        let frame = self.joined.send(to, payload).unwrap();
        self.socket.send(frame).await;
    }

    /// Sends two payloads that end alike in one frame.
    pub async fn send_both(&mut self, to: [MemberId; 2], parts: [&[u8]; 2], common: &[u8]) {
        let [first, second] = parts;
        let frame = ToRelay::SendBoth {
            to,
            first,
            second,
            common,
        };
        self.socket.send(frame.encode()).await;
    }

    /// The same to somebody who is not known to be in the room.
    pub async fn send_unchecked(&mut self, to: MemberId, payload: &[u8]) {
        self.socket.send(send_frame(to, payload)).await;
    }

    pub async fn expect_joined(&mut self, id: MemberId) {
        let frame = self.socket.next().await.unwrap();
        let notice = self.joined.receive(&frame).unwrap();
        assert!(
            matches!(notice, Notice::MemberJoined(member) if member.id == id),
            "{notice:?}"
        );
    }

    pub async fn expect_left(&mut self, id: MemberId) {
        let frame = self.socket.next().await.unwrap();
        let notice = self.joined.receive(&frame).unwrap();
        assert!(
            matches!(notice, Notice::MemberLeft(member) if member.id == id),
            "{notice:?}"
        );
    }

    pub async fn expect_message(&mut self, sender: MemberId, expected: &[u8]) {
        let frame = self.socket.next().await.unwrap();
        match self.joined.receive(&frame).unwrap() {
            Notice::Message { from, payload } => {
                assert_eq!(from.id, sender);
                assert!(payload == expected, "another message than expected");
            }
            other => panic!("{other:?}"),
        }
    }

    /// Expects the relay to stop. That others are gone may be heard first.
    pub async fn expect_shutdown(&mut self) {
        loop {
            let frame = self.socket.next().await.unwrap();
            let notice = self.joined.receive(&frame).unwrap();
            if notice == Notice::Refused(Refusal::ShuttingDown) {
                break;
            }
        }
        assert_eq!(self.socket.next().await, None);
    }

    pub async fn expect_refused(&mut self, refusal: Refusal) {
        let frame = self.socket.next().await.unwrap();
        assert_eq!(self.joined.receive(&frame), Ok(Notice::Refused(refusal)));
    }
}

/// A send frame without a member to check it.
pub fn send_frame(to: MemberId, payload: &[u8]) -> Vec<u8> {
    ToRelay::Send { to, payload }.encode()
}

/// Sends to somebody who does not read until the relay takes no more. Returns how many bytes the
/// relay and the two sockets took.
pub async fn fill(owner: &mut Client, to: MemberId) -> usize {
    let frame = send_frame(to, &vec![7; 1 << 20]);
    for sent in 0..200 {
        let sending = owner.socket.0.send(Message::Binary(frame.clone().into()));
        if timeout(Duration::from_millis(300), sending).await.is_err() {
            return sent << 20;
        }
    }
    panic!("the relay takes messages without end");
}
