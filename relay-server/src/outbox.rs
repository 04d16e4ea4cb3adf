//! What waits to be written to one connection, within bounds.
//!
//! Messages take room in bytes, for this connection and for all together, and whoever sends one
//! waits until there is room. Notices of the relay's own cannot wait, since they keep the rooms in
//! order; they take room in pieces, and a connection that lets too many pile up is given up.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use blindsight_session::Refusal;
use bytes::Bytes;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

use crate::limits::Limits;

/// What a frame counts for beside its bytes: what it takes in memory, and that there must not be so
/// many that to let go of them takes long.
const OVERHEAD: usize = 512;

/// How often somebody who waits for memory asks for some.
const RELIEVE_EVERY: Duration = Duration::from_millis(500);

/// The memory for messages to all members.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    free: Arc<Semaphore>,
    capacity: u32,
    start: Instant,
}

/// The end that frames are put in.
#[derive(Clone, Debug)]
pub(crate) struct Outbox {
    queue: UnboundedSender<Outgoing>,
    /// Free room for messages, in bytes.
    bytes: Arc<Semaphore>,
    /// Free room for notices.
    notices: Arc<Semaphore>,
    capacity: u32,
    store: Store,
    progress: Arc<Progress>,
}

/// The end that frames are taken out of.
#[derive(Debug)]
pub(crate) struct Outlet {
    queue: UnboundedReceiver<Outgoing>,
    progress: Arc<Progress>,
}

#[derive(Debug, Default)]
struct Progress {
    closing: AtomicBool,
    close: Notify,
    /// How many frames are in the queue or being written.
    waiting: AtomicUsize,
    /// When one was last written, in milliseconds since the start of the store.
    written: AtomicU64,
}

/// Something to be written.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// A frame. The room it takes becomes free when this is dropped: after writing.
    Frame(Bytes, Room),
    /// Say why and close.
    Close(Refusal),
}

/// The room that a frame takes.
#[derive(Debug)]
pub(crate) struct Room {
    _own: OwnedSemaphorePermit,
    _shared: Option<OwnedSemaphorePermit>,
    progress: Arc<Progress>,
    start: Instant,
}

impl Drop for Room {
    fn drop(&mut self) {
        self.progress.mark(self.start);
        self.progress.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The connection reads too slowly to be told what happens in its room.
#[derive(Debug)]
pub(crate) struct Full;

impl Store {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            free: Arc::new(Semaphore::new(limits.total_queue_bytes as usize)),
            capacity: limits.total_queue_bytes,
            start: Instant::now(),
        }
    }

    /// Bytes that wait to be written.
    pub(crate) fn used(&self) -> usize {
        (self.capacity as usize).saturating_sub(self.free.available_permits())
    }
}

impl Outbox {
    /// An empty outbox, and the end that frames are taken out of. What goes through the unbounded
    /// channel is bounded by the permits.
    pub(crate) fn new(limits: &Limits, store: Store) -> (Self, Outlet) {
        let (queue, receiver) = unbounded_channel();
        let progress = Arc::<Progress>::default();
        let outlet = Outlet {
            queue: receiver,
            progress: Arc::clone(&progress),
        };
        let outbox = Self {
            queue,
            bytes: Arc::new(Semaphore::new(limits.queue_bytes as usize)),
            notices: Arc::new(Semaphore::new(limits.queue_notices)),
            capacity: limits.queue_bytes,
            store,
            progress,
        };
        (outbox, outlet)
    }

    /// Puts a notice in, without waiting.
    pub(crate) fn notify(&self, frame: Bytes) -> Result<(), Full> {
        let own = self.notices.clone().try_acquire_owned().map_err(|_| Full)?;
        self.put(frame, own, None);
        Ok(())
    }

    /// Puts a message in as soon as there is room for it. Dropped if the connection closes. While
    /// the memory for everybody is used up, `relieve` is called now and then, to free some of it.
    pub(crate) async fn forward(&self, frame: Bytes, relieve: impl Fn()) {
        let bytes = u32::try_from(frame.len() + OVERHEAD).unwrap_or(u32::MAX);
        let own = bytes.min(self.capacity);
        let Ok(own) = self.bytes.clone().acquire_many_owned(own).await else {
            return;
        };
        let shared = bytes.min(self.store.capacity);
        let free = self.store.free.clone();
        let shared = match free.clone().try_acquire_many_owned(shared) {
            Ok(shared) => shared,
            Err(_) => {
                let mut freed = pin!(free.acquire_many_owned(shared));
                loop {
                    relieve();
                    tokio::select! {
                        shared = &mut freed => match shared {
                            Ok(shared) => break shared,
                            Err(_) => return,
                        },
                        () = self.queue.closed() => return,
                        () = sleep(RELIEVE_EVERY) => {}
                    }
                }
            }
        };
        self.put(frame, own, Some(shared));
    }

    fn put(&self, frame: Bytes, own: OwnedSemaphorePermit, shared: Option<OwnedSemaphorePermit>) {
        if self.progress.waiting.fetch_add(1, Ordering::Relaxed) == 0 {
            // Nothing was there to be written, so it is not late.
            self.progress.mark(self.store.start);
        }
        let room = Room {
            _own: own,
            _shared: shared,
            progress: Arc::clone(&self.progress),
            start: self.store.start,
        };
        // If nobody takes frames out any more, the connection is about to be disconnected.
        let _ = self.queue.send(Outgoing::Frame(frame, room));
    }

    /// Puts the last frame in and lets go of everybody who waits to send.
    pub(crate) fn close(&self, refusal: Refusal) {
        self.bytes.close();
        self.progress.closing.store(true, Ordering::Relaxed);
        self.progress.close.notify_one();
        let _ = self.queue.send(Outgoing::Close(refusal));
    }

    /// Lets go of everybody who waits to send: the connection has ended.
    pub(crate) fn abandon(&self) {
        self.bytes.close();
    }

    /// How long frames have waited without one being written; nothing if none waits or the
    /// connection is being closed.
    pub(crate) fn stuck_for(&self) -> Option<Duration> {
        let closing = self.progress.closing.load(Ordering::Relaxed);
        let written = Duration::from_millis(self.progress.written.load(Ordering::Relaxed));
        let now = self.store.start.elapsed();
        let waits = self.progress.waiting.load(Ordering::Relaxed) > 0;
        (waits && !closing).then(|| now.saturating_sub(written))
    }
}

impl Progress {
    fn mark(&self, start: Instant) {
        let now = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.written.store(now, Ordering::Relaxed);
    }
}

impl Outlet {
    /// The next thing to write; nothing once the connection has ended.
    pub(crate) async fn next(&mut self) -> Option<Outgoing> {
        self.queue.recv().await
    }

    /// Takes nothing more and lets go of all that waits. Gives the reason for closing if there is one.
    pub(crate) async fn give_up(&mut self) -> Option<Refusal> {
        self.queue.close();
        let mut reason = None;
        while let Some(next) = self.queue.recv().await {
            if let Outgoing::Close(refusal) = next {
                reason = reason.or(Some(refusal));
            }
        }
        reason
    }

    /// Done when the connection is to be closed, though frames may wait before the last one.
    pub(crate) fn closing(&self) -> impl Future<Output = ()> + 'static {
        let progress = Arc::clone(&self.progress);
        async move { progress.close.notified().await }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    const LIMITS: Limits = Limits {
        queue_bytes: 10 + 2 * OVERHEAD as u32,
        queue_notices: 2,
        ..Limits::DEFAULT
    };

    fn outbox() -> (Outbox, Outlet) {
        Outbox::new(&LIMITS, Store::new(&LIMITS))
    }

    /// Whether a message finds room within a moment.
    async fn fits(outbox: &Outbox, bytes: usize) -> bool {
        let frame = Bytes::from(vec![0; bytes]);
        let put = outbox.forward(frame, || panic!("there is memory for all"));
        timeout(Duration::from_millis(20), put).await.is_ok()
    }

    #[tokio::test]
    async fn a_message_waits_until_an_earlier_one_is_written() {
        let (outbox, mut taken) = outbox();
        assert!(fits(&outbox, 6).await);
        assert!(fits(&outbox, 4).await);
        assert!(!fits(&outbox, 1).await);
        let first = taken.next().await;
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
        drop(taken.next().await);
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
        drop(taken.next().await);
        drop(taken.next().await);
        assert!(outbox.notify(Bytes::new()).is_ok());
    }

    #[tokio::test]
    async fn closing_frees_those_who_wait_and_is_heard_of_at_once() {
        let (outbox, mut taken) = outbox();
        let closing = taken.closing();
        assert!(fits(&outbox, 1000).await);
        assert!(outbox.stuck_for().is_some());
        let waiting = tokio::spawn({
            let outbox = outbox.clone();
            async move { outbox.forward(Bytes::from_static(b"late"), || ()).await }
        });
        tokio::task::yield_now().await;
        outbox.close(Refusal::ShuttingDown);
        waiting.await.unwrap();
        closing.await;
        assert_eq!(outbox.stuck_for(), None);
        assert!(matches!(taken.next().await, Some(Outgoing::Frame(..))));
        assert!(matches!(
            taken.next().await,
            Some(Outgoing::Close(Refusal::ShuttingDown))
        ));
    }

    #[tokio::test]
    async fn what_is_given_up_makes_room_and_the_reason_is_kept() {
        let limits = Limits {
            queue_bytes: 1 << 20,
            ..LIMITS
        };
        let store = Store::new(&limits);
        let (outbox, mut outlet) = Outbox::new(&limits, store.clone());
        for _ in 0..500 {
            outbox.forward(Bytes::from_static(b"waits"), || ()).await;
        }
        assert_eq!(store.used(), 500 * (5 + OVERHEAD));
        outbox.close(Refusal::TooSlow);
        assert_eq!(outlet.give_up().await, Some(Refusal::TooSlow));
        assert_eq!(store.used(), 0);
        // What comes now is let go of at once.
        assert!(outbox.notify(Bytes::new()).is_ok());
        assert_eq!(outlet.give_up().await, None);
    }

    #[tokio::test]
    async fn memory_for_all_is_waited_for_too_and_somebody_is_told() {
        let limits = Limits {
            total_queue_bytes: LIMITS.queue_bytes,
            ..LIMITS
        };
        let store = Store::new(&limits);
        let (hog, mut hogs) = Outbox::new(&limits, store.clone());
        let (other, mut others) = Outbox::new(&limits, store.clone());
        hog.forward(Bytes::from(vec![0; 100]), || panic!("it fits"))
            .await;
        assert_eq!(store.used(), 100 + OVERHEAD);
        let (told, tells) = std::sync::mpsc::channel();
        let waiting = tokio::spawn(async move {
            let frame = Bytes::from(vec![0; 100]);
            other.forward(frame, || told.send(()).unwrap()).await;
        });
        while tells.try_recv().is_err() {
            tokio::task::yield_now().await;
        }
        assert!(!waiting.is_finished());
        drop(hogs.next().await);
        waiting.await.unwrap();
        assert!(matches!(others.next().await, Some(Outgoing::Frame(..))));
        assert_eq!(store.used(), 0);
    }
}
