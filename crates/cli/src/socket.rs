//! The socket of a program, and its clock and generator: all that a member needs from outside.

use std::{
    pin::Pin,
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow, bail};
use blindsight_member::{Member, Output, Part};
use futures_util::{SinkExt, StreamExt, stream::SplitStream};
use rand::{SeedableRng, rngs::StdRng, rngs::SysRng};
use tokio::{
    net::TcpStream,
    sync::mpsc,
    time::{Interval, MissedTickBehavior, interval, sleep, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{self, Message, protocol::CloseFrame},
};
use tracing::{Level, Metadata};

use crate::compare::Answer;

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How long connecting to a relay may take.
const CONNECT: Duration = Duration::from_secs(15);

/// How long closing a connection in good order may take.
const CLOSE: Duration = Duration::from_secs(2);

/// A relay, reached over one connection after the other.
pub struct Socket {
    url: String,
    line: Line,
    ticks: Interval,
    started: Instant,
    rng: StdRng,
}

/// How a socket stands to its relay.
enum Line {
    Open(Connection),
    /// Being made, perhaps after a wait. It goes on while other things happen.
    Dialling(Pin<Box<dyn Future<Output = anyhow::Result<Connection>> + Send>>),
    Closed,
}

impl Line {
    /// Connects after a wait.
    fn dial(url: &str, wait: Duration) -> Self {
        let url = url.to_owned();
        Self::Dialling(Box::pin(async move {
            sleep(wait).await;
            Connection::open(&url).await
        }))
    }
}

/// What happened to a socket.
pub enum Happened {
    /// There is a connection.
    Connected,
    /// There is none any more, or it could not be made.
    Lost(anyhow::Error),
    /// The relay sent a frame.
    Frame(Vec<u8>),
    /// About a second has passed.
    Tick,
}

impl Socket {
    /// Will connect to a relay.
    ///
    /// # Errors
    ///
    /// When the system has no randomness.
    pub fn new(url: String) -> anyhow::Result<Self> {
        let mut ticks = interval(Duration::from_secs(1));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self {
            line: Line::dial(&url, Duration::ZERO),
            url,
            ticks,
            started: Instant::now(),
            rng: generator()?,
        })
    }

    /// Milliseconds since the program began to connect.
    pub fn now(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1e3
    }

    /// The generator of this program.
    pub fn rng(&mut self) -> &mut StdRng {
        &mut self.rng
    }

    /// Waits for the next thing to happen. It can be given up and called again.
    pub async fn next(&mut self) -> Happened {
        let connected = match &mut self.line {
            Line::Open(connection) => {
                let frame = tokio::select! {
                    frame = connection.receive() => frame,
                    _ = self.ticks.tick() => return Happened::Tick,
                };
                return match frame {
                    Ok(frame) => Happened::Frame(frame),
                    Err(error) => self.lost(error),
                };
            }
            Line::Dialling(connecting) => tokio::select! {
                connected = connecting => connected,
                _ = self.ticks.tick() => return Happened::Tick,
            },
            Line::Closed => Err(anyhow!("the connection to the relay was closed")),
        };
        match connected {
            Ok(connection) => {
                self.line = Line::Open(connection);
                Happened::Connected
            }
            Err(error) => self.lost(error),
        }
    }

    fn lost(&mut self, error: anyhow::Error) -> Happened {
        self.line = Line::Closed;
        Happened::Lost(error)
    }

    /// Lets a member take what happened, and sends what it says.
    ///
    /// # Errors
    ///
    /// When the connection is lost and the member does not want another.
    pub fn step<P: Part>(
        &mut self,
        member: &mut Member<P>,
        happened: Happened,
    ) -> anyhow::Result<Output> {
        let now = self.now();
        let output = match happened {
            Happened::Connected => member.connected(now),
            Happened::Frame(frame) => member.receive(now, &frame, &mut self.rng),
            Happened::Tick => member.tick(now, &mut self.rng),
            Happened::Lost(error) => {
                let output = member.disconnected(now, &mut self.rng);
                let Some(wait) = output.reconnect_in.filter(|_| !member.is_over()) else {
                    return Err(error.context("this room cannot be joined"));
                };
                tracing::info!("{error:#}; trying again in {wait:.0} ms");
                let wait = Duration::from_secs_f64(wait / 1e3);
                self.line = Line::dial(&self.url, wait);
                output
            }
        };
        Ok(self.put(output))
    }

    /// Lets a member take what the person says of safety words.
    pub fn verify<P: Part>(&mut self, member: &mut Member<P>, answer: &Answer) -> Output {
        let now = self.now();
        let Answer { peer, matches } = answer;
        let output = member.verify(now, peer, *matches, &mut self.rng);
        self.put(output)
    }

    /// Sends the frames of an output. Gives back the rest of it.
    pub fn put(&mut self, mut output: Output) -> Output {
        if let Line::Open(connection) = &self.line {
            connection.send(std::mem::take(&mut output.frames));
        }
        if output.hang_up && matches!(self.line, Line::Open(_)) {
            self.line = Line::Closed;
        }
        output
    }

    /// Sends what is queued and closes.
    pub async fn close(self) {
        if let Line::Open(connection) = self.line {
            connection.close().await;
        }
    }
}

/// Whether something may be logged: the library of the sockets logs each frame with all its bytes as a
/// trace, and the first frames to a relay hold secrets.
pub fn is_no_frame(what: &Metadata<'_>) -> bool {
    *what.level() != Level::TRACE || !what.target().starts_with("tungstenite")
}

/// One connection to a relay.
struct Connection {
    /// Frames are written by a task of their own: a member that waits for its turn to write would
    /// not read, and two such members would wait for each other.
    outgoing: mpsc::UnboundedSender<Message>,
    incoming: SplitStream<Stream>,
    writer: tokio::task::JoinHandle<()>,
}

impl Connection {
    async fn open(url: &str) -> anyhow::Result<Self> {
        // The only provider that is compiled in; a second call finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let no_delay = true;
        let connecting = connect_async_with_config(url, None, no_delay);
        let hint = || format!("no relay answers at {url}; check the address and that it runs");
        let (stream, _) = timeout(CONNECT, connecting)
            .await
            .map_err(|_| anyhow!(hint()))?
            .map_err(plainly)
            .with_context(hint)?;
        let (mut sink, incoming) = stream.split();
        let (outgoing, mut queue) = mpsc::unbounded_channel();
        let writer = tokio::spawn(async move {
            while let Some(message) = queue.recv().await {
                if sink.feed(message).await.is_err() {
                    return;
                }
                // All that is queued goes out together.
                while let Ok(message) = queue.try_recv() {
                    if sink.feed(message).await.is_err() {
                        return;
                    }
                }
                if sink.flush().await.is_err() {
                    return;
                }
            }
            let _ = sink.close().await;
        });
        Ok(Self {
            outgoing,
            incoming,
            writer,
        })
    }

    fn send(&self, frames: Vec<Vec<u8>>) {
        for frame in frames {
            // When the writer has ended, the reader is about to say why.
            let _ = self.outgoing.send(Message::Binary(frame.into()));
        }
    }

    async fn receive(&mut self) -> anyhow::Result<Vec<u8>> {
        loop {
            match self.incoming.next().await {
                Some(Ok(Message::Binary(frame))) => return Ok(frame.into()),
                Some(Ok(Message::Close(Some(CloseFrame { reason, .. })))) if !reason.is_empty() => {
                    bail!("the relay closed the connection: {}", reason.escape_debug());
                }
                Some(Ok(Message::Close(_))) | None => {
                    bail!("the relay closed the connection");
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    bail!("the connection to the relay was lost ({error})");
                }
            }
        }
    }

    /// Sends what is queued, says goodbye, and waits until the relay has said it too. A socket that
    /// is closed with frames still unread is reset by the system, and the relay may then lose the
    /// last frames that were sent to it.
    async fn close(mut self) {
        drop(self.outgoing);
        let ended = async {
            let _ = self.writer.await;
            while let Some(Ok(_)) = self.incoming.next().await {}
        };
        let _ = timeout(CLOSE, ended).await;
    }
}

/// What the system says, without what the library of the sockets says the same in.
fn plainly(error: tungstenite::Error) -> anyhow::Error {
    match error {
        tungstenite::Error::Io(error) => error.into(),
        error => error.into(),
    }
}

/// A generator seeded by the system.
///
/// # Errors
///
/// When the system has no randomness.
fn generator() -> anyhow::Result<StdRng> {
    StdRng::try_from_rng(&mut SysRng)
        .map_err(|_| anyhow!("this system has no source of randomness"))
}

/// Done when the user or the system asks the program to stop.
pub async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

#[cfg(test)]
mod tests {
    use tokio::{net::TcpListener, sync::oneshot};
    use tokio_tungstenite::accept_async;

    use super::*;

    #[tokio::test]
    async fn why_no_relay_answers_is_said_once() {
        // A port that nobody listens at any more.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let mut socket = Socket::new(format!("ws://{address}/ws")).unwrap();
        let error = loop {
            match socket.next().await {
                Happened::Lost(error) => break format!("{error:#}"),
                Happened::Tick => {}
                Happened::Connected | Happened::Frame(_) => panic!("nobody is there"),
            }
        };
        assert!(error.contains("check the address"), "{error}");
        assert_eq!(error.matches("os error").count(), 1, "{error}");
    }

    #[tokio::test]
    async fn a_relay_that_answers_slowly_is_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/ws", listener.local_addr().unwrap());
        let (answer, asked) = oneshot::channel();
        let relay = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            asked.await.unwrap();
            // Fails if this connection was given up meanwhile.
            accept_async(stream).await.unwrap()
        });
        let mut socket = Socket::new(url).unwrap();
        for _ in 0..3 {
            assert!(matches!(socket.next().await, Happened::Tick));
        }
        answer.send(()).unwrap();
        let connected = async {
            loop {
                match socket.next().await {
                    Happened::Tick => {}
                    other => return other,
                }
            }
        };
        let happened = timeout(CONNECT, connected).await.unwrap();
        assert!(matches!(happened, Happened::Connected));
        relay.await.unwrap();
    }
}
