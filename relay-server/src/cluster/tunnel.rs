//! A member's connection that goes through NATS to the relay where the room lives.
//!
//! NATS hands on without promising anything. So everything in a tunnel is numbered, and when a
//! number is missing the tunnel is broken: the member is closed and comes back. And NATS waits for
//! nobody: each direction may have so many bytes under way, and whoever sends more waits until the
//! other end says that some were taken.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use blindsight_session::{MAX_FRAME_BYTES, Refusal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex as AsyncMutex, Semaphore};

use super::inflow::{Inflow, pieces};
use super::letter::{Body, Epoch, Letter, RelayId, TunnelId, encode, relay_subject};

/// How many bytes of frames may be under way in one direction. A longer frame goes alone.
const WINDOW: usize = 2 << 20;

/// The longest piece of a frame, in bytes, where the NATS server does not allow less.
const PIECE: usize = 256 << 10;

/// Room for what stands around a piece.
const AROUND: usize = 256;

/// All tunnels of a relay.
#[derive(Debug, Default)]
pub(crate) struct Tunnels(Mutex<HashMap<TunnelId, End>>);

/// What there is to know of a tunnel at this end.
#[derive(Debug)]
struct End {
    fellow: RelayId,
    /// Of the fellow when the tunnel was opened; unknown until it has answered.
    epoch: Option<Epoch>,
    inflow: Inflow,
    incoming: UnboundedSender<Incoming>,
    /// Bytes that may be sent.
    credit: Arc<Semaphore>,
}

/// What comes out of a tunnel. When nothing comes any more, it is broken or the other end is gone.
#[derive(Debug)]
pub(crate) enum Incoming {
    Frame(Vec<u8>),
    Close(Refusal),
}

/// The end that frames go in; dropping it closes the tunnel.
#[derive(Debug)]
pub(crate) struct Tunnel {
    id: TunnelId,
    me: RelayId,
    fellow: RelayId,
    client: async_nats::Client,
    tunnels: Arc<Tunnels>,
    credit: Arc<Semaphore>,
    /// The number of what is sent next. Held while sending, so that what is sent is in order.
    number: AsyncMutex<u64>,
    /// Takes what is to be sent when nobody can wait for it.
    farewells: UnboundedSender<(RelayId, TunnelId)>,
}

/// The tunnel is broken or closed.
#[derive(Debug)]
pub(crate) struct Lost;

/// What a tunnel is made with.
pub(crate) struct Tools {
    pub(crate) me: RelayId,
    pub(crate) client: async_nats::Client,
    pub(crate) tunnels: Arc<Tunnels>,
    pub(crate) farewells: UnboundedSender<(RelayId, TunnelId)>,
}

impl Tools {
    /// Makes this end of a tunnel. What comes from the fellow is taken from now on.
    pub(crate) fn tunnel(
        &self,
        id: TunnelId,
        fellow: RelayId,
        epoch: Option<Epoch>,
    ) -> (Tunnel, UnboundedReceiver<Incoming>) {
        let (incoming, received) = unbounded_channel();
        let credit = Arc::new(Semaphore::new(WINDOW));
        let end = End {
            fellow,
            epoch,
            inflow: Inflow::new(2 * MAX_FRAME_BYTES),
            incoming,
            credit: credit.clone(),
        };
        self.tunnels.lock().insert(id, end);
        let tunnel = Tunnel {
            id,
            me: self.me,
            fellow,
            client: self.client.clone(),
            tunnels: self.tunnels.clone(),
            credit,
            number: AsyncMutex::new(0),
            farewells: self.farewells.clone(),
        };
        (tunnel, received)
    }
}

impl Tunnels {
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    /// The fellow has answered, and this is its epoch.
    pub(crate) fn opened(&self, id: TunnelId, epoch: Epoch) {
        if let Some(end) = self.lock().get_mut(&id) {
            end.epoch = Some(epoch);
        }
    }

    /// Every relay at the other end of a tunnel.
    pub(crate) fn fellows(&self) -> Vec<RelayId> {
        let mut fellows: Vec<_> = self.lock().values().map(|end| end.fellow).collect();
        fellows.sort_unstable();
        fellows.dedup();
        fellows
    }

    /// Something has come through a tunnel. An error says that it must be told there is no such
    /// tunnel, and whether there was one until now.
    pub(crate) fn take(
        &self,
        id: TunnelId,
        from: RelayId,
        number: u64,
        body: &Body<'_>,
    ) -> Result<(), bool> {
        if matches!(body, Body::Gone) {
            self.lose(|other, end| other == id && end.fellow == from);
            return Ok(());
        }
        let mut ends = self.lock();
        let end = ends.get_mut(&id).filter(|end| end.fellow == from);
        let end = end.ok_or(false)?;
        // If nobody takes what comes any more, the tunnel is about to be closed.
        match (end.inflow.take(number, body), body) {
            (Ok(Some(frame)), _) => drop(end.incoming.send(Incoming::Frame(frame))),
            (Ok(None), Body::Taken(bytes)) => {
                let missing = WINDOW.saturating_sub(end.credit.available_permits());
                end.credit.add_permits(missing.min(*bytes as usize));
            }
            (Ok(None), Body::Close(refusal)) => {
                drop(end.incoming.send(Incoming::Close(*refusal)));
                end.credit.close();
                ends.remove(&id);
            }
            (Ok(None), _) => {}
            (Err(_), _) => {
                end.credit.close();
                ends.remove(&id);
                return Err(true);
            }
        }
        Ok(())
    }

    /// A relay cannot be reached, or has been out of reach if it has another epoch now. Returns
    /// how many tunnels are broken.
    pub(crate) fn break_with(&self, fellow: RelayId, epoch: Option<Epoch>) -> usize {
        self.lose(|_, end| {
            let same = epoch.is_some() && end.epoch.is_none_or(|then| Some(then) == epoch);
            end.fellow == fellow && !same
        })
    }

    /// This relay has been out of reach. Returns how many tunnels are broken.
    pub(crate) fn break_all(&self) -> usize {
        self.lose(|_, _| true)
    }

    fn lose(&self, which: impl Fn(TunnelId, &End) -> bool) -> usize {
        let mut ends = self.lock();
        let before = ends.len();
        ends.retain(|id, end| {
            let lost = which(*id, end);
            if lost {
                end.credit.close();
            }
            !lost
        });
        before - ends.len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TunnelId, End>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tunnel {
    /// Sends a frame. Waits while too much is under way.
    ///
    /// # Errors
    ///
    /// [`Lost`] if the tunnel is broken or closed.
    pub(crate) async fn send(&self, frame: &[u8]) -> Result<(), Lost> {
        let window = u32::try_from(frame.len().min(WINDOW)).unwrap_or(u32::MAX);
        let credit = self.credit.acquire_many(window).await.map_err(|_| Lost)?;
        credit.forget();
        let longest = self.client.max_payload().saturating_sub(AROUND);
        for piece in pieces(frame, longest.min(PIECE)) {
            self.post(piece).await?;
        }
        Ok(())
    }

    /// A frame of so many bytes that came out was handed on.
    ///
    /// # Errors
    ///
    /// [`Lost`] if NATS takes nothing any more.
    pub(crate) async fn taken(&self, bytes: usize) -> Result<(), Lost> {
        let bytes = u32::try_from(bytes.min(WINDOW)).unwrap_or(u32::MAX);
        self.post(Body::Taken(bytes)).await
    }

    /// The member is to be closed for this reason.
    ///
    /// # Errors
    ///
    /// [`Lost`] if NATS takes nothing any more.
    pub(crate) async fn close(&self, refusal: Refusal) -> Result<(), Lost> {
        self.post(Body::Close(refusal)).await
    }

    async fn post(&self, body: Body<'_>) -> Result<(), Lost> {
        let mut next = self.number.lock().await;
        let (tunnel, from, number) = (self.id, self.me, *next);
        // Before sending: if that is cut short, a number is missing and the tunnel breaks.
        *next += 1;
        let letter = encode(&Letter::Through {
            tunnel,
            from,
            number,
            body,
        });
        let sent = self
            .client
            .publish(relay_subject(self.fellow), letter)
            .await;
        sent.map_err(|_| Lost)
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        // Whoever lost it already needs no farewell.
        if self.tunnels.lock().remove(&self.id).is_some() {
            let _ = self.farewells.send((self.fellow, self.id));
        }
    }
}
