//! What waits to be written to one connection, within bounds.
//!
//! Messages take room in bytes, and whoever sends one waits until there is room. Notices of the
//! relay's own cannot wait, since they keep the rooms in order; they take room in pieces, and a
//! connection that lets too many pile up is given up.

use std::sync::Arc;

use blindsight_session::Refusal;
use bytes::Bytes;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Config;

/// What a frame takes in memory beside its bytes, so that many small ones are counted too.
const OVERHEAD: usize = 128;

/// The end that frames are put in.
#[derive(Clone, Debug)]
pub(crate) struct Outbox {
    queue: UnboundedSender<Outgoing>,
    /// Free room for messages, in bytes.
    bytes: Arc<Semaphore>,
    /// Free room for notices.
    notices: Arc<Semaphore>,
    capacity: u32,
}

/// Something to be written.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// A frame. The room it takes becomes free when the permit is dropped: after writing.
    Frame(Bytes, OwnedSemaphorePermit),
    /// Say why and close.
    Close(Refusal),
}

/// The connection reads too slowly to be told what happens in its room.
#[derive(Debug)]
pub(crate) struct Full;

impl Outbox {
    /// An empty outbox, and the end that frames are taken out of. What goes through the unbounded
    /// channel is bounded by the permits.
    pub(crate) fn new(config: &Config) -> (Self, UnboundedReceiver<Outgoing>) {
        let (queue, receiver) = unbounded_channel();
        let outbox = Self {
            queue,
            bytes: Arc::new(Semaphore::new(config.queue_bytes as usize)),
            notices: Arc::new(Semaphore::new(config.queue_notices)),
            capacity: config.queue_bytes,
        };
        (outbox, receiver)
    }

    /// Puts a notice in, without waiting.
    pub(crate) fn notify(&self, frame: Bytes) -> Result<(), Full> {
        let permit = self.notices.clone().try_acquire_owned().map_err(|_| Full)?;
        // If nobody takes frames out any more, the connection is about to be disconnected.
        let _ = self.queue.send(Outgoing::Frame(frame, permit));
        Ok(())
    }

    /// Puts a message in as soon as there is room for it. Dropped if the connection closes.
    pub(crate) async fn forward(&self, frame: Bytes) {
        let bytes = u32::try_from(frame.len() + OVERHEAD).unwrap_or(u32::MAX);
        let bytes = bytes.min(self.capacity);
        if let Ok(permit) = self.bytes.clone().acquire_many_owned(bytes).await {
            let _ = self.queue.send(Outgoing::Frame(frame, permit));
        }
    }

    /// Puts the last frame in and lets go of everybody who waits to send.
    pub(crate) fn close(&self, refusal: Refusal) {
        self.bytes.close();
        let _ = self.queue.send(Outgoing::Close(refusal));
    }

    /// Lets go of everybody who waits to send: the connection has ended.
    pub(crate) fn abandon(&self) {
        self.bytes.close();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    fn outbox() -> (Outbox, UnboundedReceiver<Outgoing>) {
        Outbox::new(&Config {
            queue_bytes: 10 + 2 * OVERHEAD as u32,
            queue_notices: 2,
            ..Config::default()
        })
    }

    /// Whether a message finds room within a moment.
    async fn fits(outbox: &Outbox, bytes: usize) -> bool {
        let frame = Bytes::from(vec![0; bytes]);
        timeout(Duration::from_millis(20), outbox.forward(frame))
            .await
            .is_ok()
    }

    #[tokio::test]
    async fn a_message_waits_until_an_earlier_one_is_written() {
        let (outbox, mut taken) = outbox();
        assert!(fits(&outbox, 6).await);
        assert!(fits(&outbox, 4).await);
        assert!(!fits(&outbox, 1).await);
        let first = taken.recv().await;
        // Taken out, but not yet written.
        assert!(!fits(&outbox, 1).await);
        drop(first);
        assert!(fits(&outbox, 6).await);
    }

    #[tokio::test]
    async fn a_message_longer_than_the_queue_goes_alone() {
        let (outbox, mut taken) = outbox();
        assert!(fits(&outbox, 1).await);
        assert!(!fits(&outbox, 1000).await);
        drop(taken.recv().await);
        assert!(fits(&outbox, 1000).await);
        assert!(!fits(&outbox, 0).await);
    }

    #[tokio::test]
    async fn notices_do_not_wait_and_run_out() {
        let (outbox, mut taken) = outbox();
        assert!(fits(&outbox, 1000).await);
        assert!(outbox.notify(Bytes::new()).is_ok());
        assert!(outbox.notify(Bytes::new()).is_ok());
        assert!(outbox.notify(Bytes::new()).is_err());
        drop(taken.recv().await);
        drop(taken.recv().await);
        assert!(outbox.notify(Bytes::new()).is_ok());
    }

    #[tokio::test]
    async fn closing_frees_those_who_wait() {
        let (outbox, mut taken) = outbox();
        assert!(fits(&outbox, 1000).await);
        let waiting = tokio::spawn({
            let outbox = outbox.clone();
            async move { outbox.forward(Bytes::from_static(b"late")).await }
        });
        tokio::task::yield_now().await;
        outbox.close(Refusal::ShuttingDown);
        waiting.await.unwrap();
        assert!(matches!(taken.recv().await, Some(Outgoing::Frame(..))));
        assert!(matches!(
            taken.recv().await,
            Some(Outgoing::Close(Refusal::ShuttingDown))
        ));
        assert!(taken.try_recv().is_err());
    }
}
