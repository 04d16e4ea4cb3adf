//! The socket of a program, and its clock and generator: all that a member needs from outside.

use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use futures_util::{SinkExt, StreamExt, stream::SplitStream};
use rand::{SeedableRng, rngs::StdRng, rngs::SysRng};
use tokio::{net::TcpStream, sync::mpsc, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Message, protocol::CloseFrame},
};

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How long connecting to a relay may take.
const CONNECT: Duration = Duration::from_secs(15);

/// A connection to a relay.
pub struct Socket {
    /// Frames are written by a task of their own: a member that waits for its turn to write would
    /// not read, and two such members would wait for each other.
    outgoing: mpsc::UnboundedSender<Message>,
    incoming: SplitStream<Stream>,
    writer: tokio::task::JoinHandle<()>,
    started: Instant,
}

impl Socket {
    /// Connects to a relay.
    ///
    /// # Errors
    ///
    /// When nobody answers there.
    pub async fn connect(url: &str) -> anyhow::Result<Self> {
        // The only provider that is compiled in; a second call finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let no_delay = true;
        let connecting = connect_async_with_config(url, None, no_delay);
        let hint = || format!("no relay answers at {url}; check the address and that it runs");
        let (stream, _) = timeout(CONNECT, connecting)
            .await
            .map_err(|_| anyhow!(hint()))?
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
            started: Instant::now(),
        })
    }

    /// Milliseconds since the connection was made.
    pub fn now(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1e3
    }

    /// Puts frames in the queue to the relay.
    pub fn send(&self, frames: Vec<Vec<u8>>) {
        for frame in frames {
            // When the writer has ended, the reader is about to say why.
            let _ = self.outgoing.send(Message::Binary(frame.into()));
        }
    }

    /// The next frame of the relay.
    ///
    /// # Errors
    ///
    /// When the connection ended.
    pub async fn receive(&mut self) -> anyhow::Result<Vec<u8>> {
        loop {
            match self.incoming.next().await {
                Some(Ok(Message::Binary(frame))) => return Ok(frame.into()),
                Some(Ok(Message::Close(Some(CloseFrame { reason, .. })))) if !reason.is_empty() => {
                    bail!("the relay closed the connection: {}", reason.escape_debug());
                }
                Some(Ok(Message::Close(_))) | None => {
                    bail!("the relay closed the connection; start again when it is back");
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    bail!("the connection to the relay was lost ({error}); start again");
                }
            }
        }
    }

    /// Sends what is queued and closes.
    pub async fn close(self) {
        drop(self.outgoing);
        let _ = timeout(Duration::from_secs(2), self.writer).await;
    }
}

/// A generator seeded by the system.
///
/// # Errors
///
/// When the system has no randomness.
pub fn generator() -> anyhow::Result<StdRng> {
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
