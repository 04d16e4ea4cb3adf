//! A member at a socket.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};
use blindsight_session::{Joined, Joining, PlaceKey, Role, RoomId};
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use rand::SeedableRng as _;
use rand::rngs::{StdRng, SysRng};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// A WebSocket to a relay.
pub type Socket = WebSocketStream<TcpStream>;

/// How a relay is reached.
#[derive(Clone, Copy, Debug)]
pub struct Door {
    /// Where it listens.
    pub relay: SocketAddr,
    /// The address of this machine to come from.
    pub from: IpAddr,
}

impl Door {
    /// A relay, reached from the address that most do.
    pub fn of(relay: SocketAddr) -> Self {
        let from = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self { relay, from }
    }

    /// Connects, and says nothing yet.
    ///
    /// # Errors
    /// If the relay does not take the connection.
    pub async fn knock(&self) -> Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(self.from, 0))?;
        let stream = socket.connect(self.relay).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// Connects and asks for a WebSocket.
    ///
    /// # Errors
    /// If the relay does not give one.
    pub async fn connect(&self) -> Result<Socket> {
        let stream = self.knock().await?;
        let url = format!("ws://{}/ws", self.relay);
        let config = WebSocketConfig::default()
            .read_buffer_size(16 << 10)
            .write_buffer_size(0);
        let (socket, _) = client_async_with_config(url, stream, Some(config)).await?;
        Ok(socket)
    }

    /// Connects and joins a room.
    ///
    /// # Errors
    /// If the relay does not let this member in.
    pub async fn join(&self, room: RoomId, role: Role, place: &PlaceKey) -> Result<Member> {
        let mut socket = self.connect().await?;
        let (joining, frame) = Joining::new(room, role, place);
        socket.send(binary(frame)).await?;
        let answer = next_frame(&mut socket).await?;
        let answer = answer.context("the relay closed the connection")?;
        let joined = joining.receive(&answer)?;
        Ok(Member { joined, socket })
    }

    /// A model owner, a data owner and a helper in a new room, all of whom know of each other.
    ///
    /// # Errors
    /// If one of them is not let in.
    pub async fn three(&self) -> Result<[Member; 3]> {
        let mut rng = generator()?;
        let host = PlaceKey::random(&mut rng);
        let room = host.room();
        let mut owner = self.join(room, Role::ModelOwner, &host).await?;
        let place = PlaceKey::random(&mut rng);
        let mut guest = self.join(room, Role::DataOwner, &place).await?;
        let place = PlaceKey::random(&mut rng);
        let helper = self.join(room, Role::Helper, &place).await?;
        for member in [&mut owner, &mut guest] {
            while member.joined.members().len() < 2 {
                member.take_notice().await?;
            }
        }
        Ok([owner, guest, helper])
    }
}

/// A member in a room.
pub struct Member {
    /// What the member knows.
    pub joined: Joined,
    /// Its connection.
    pub socket: Socket,
}

impl Member {
    /// Takes one frame that is no message.
    async fn take_notice(&mut self) -> Result<()> {
        let frame = next_frame(&mut self.socket).await?;
        self.joined
            .receive(&frame.context("the relay closed the connection")?)?;
        Ok(())
    }
}

/// A generator of random numbers.
///
/// # Errors
/// If the system gives no seed.
pub fn generator() -> Result<StdRng> {
    StdRng::try_from_rng(&mut SysRng).context("the system's random numbers")
}

/// A frame as the socket takes it.
pub fn binary(frame: Vec<u8>) -> Message {
    Message::Binary(frame.into())
}

/// The next frame of the relay's, or nothing once it has closed the connection.
///
/// # Errors
/// If the connection breaks.
pub async fn next_frame<S>(socket: &mut S) -> Result<Option<Bytes>>
where
    S: futures_util::Stream<Item = Result<Message, tokio_tungstenite::tungstenite::Error>> + Unpin,
{
    while let Some(message) = socket.next().await {
        match message? {
            Message::Binary(frame) => return Ok(Some(frame)),
            Message::Close(_) => return Ok(None),
            _ => {}
        }
    }
    Ok(None)
}
