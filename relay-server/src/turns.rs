//! Who makes much work lets the others go first.
//!
//! The runtime gives each task that is ready a turn, one after the other. A hundred connections that
//! send as much as they can would each have theirs before a member who sends one small frame now and
//! then. So the time that a connection takes is counted. One that takes more than its share waits in
//! line with those like it, and of the line only as many run as there are processors, each for one
//! turn and when nobody else is ready. On a relay with nothing else to do this costs nothing that
//! matters; nobody is refused.

use std::future::poll_fn;
use std::mem;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::yield_now;

use crate::rate::{Bucket, Rate};

/// The share of one processor that a connection may take and still go before those that take more:
/// a hundredth, and a fifth of a millisecond at once.
const SHARE: Rate = Rate {
    per_second: 0.01,
    burst: Duration::from_millis(20),
};

/// The line in which those wait who make much work.
#[derive(Debug)]
pub(crate) struct Turns {
    places: Semaphore,
    start: Instant,
}

/// One turn; over when it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    _place: Option<SemaphorePermit<'a>>,
}

impl Turns {
    pub(crate) fn new() -> Self {
        let processors = available_parallelism().map_or(1, usize::from);
        Self {
            places: Semaphore::new(processors),
            start: Instant::now(),
        }
    }

    /// Waits in line.
    pub(crate) async fn turn(&self) -> Turn<'_> {
        // It is never closed.
        let place = self.places.acquire().await.ok();
        // Comes back when nobody else is ready.
        yield_now().await;
        Turn { _place: place }
    }

    /// Does the work of one connection, which waits in line once it takes more than its share.
    pub(crate) async fn share<T>(&self, work: Pin<&mut impl Future<Output = T>>) -> T {
        self.in_turns(work, || false).await
    }

    /// The same, but it waits in line in any case until it is known.
    pub(crate) async fn share_once_known<T>(
        &self,
        work: Pin<&mut impl Future<Output = T>>,
        known: &AtomicBool,
    ) -> T {
        self.in_turns(work, || !known.load(Ordering::Relaxed)).await
    }

    /// Does work, in turns of one poll each.
    async fn in_turns<T>(
        &self,
        mut work: Pin<&mut impl Future<Output = T>>,
        always: impl Fn() -> bool,
    ) -> T {
        let mut taken = Bucket::default();
        loop {
            let too_much = always() || !taken.charge(self.start.elapsed(), 0.0, SHARE).is_zero();
            let turn = match too_much {
                true => Some(self.turn().await),
                false => None,
            };
            let begun = Instant::now();
            let polled = poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await;
            if let Poll::Ready(done) = polled {
                return done;
            }
            drop(turn);
            let time = begun.elapsed().as_secs_f64();
            taken.charge(self.start.elapsed(), time, SHARE);
            woken().await;
        }
    }
}

/// Waits until the task is woken, by whatever its work waits for.
async fn woken() {
    let mut waiting = true;
    poll_fn(|_| match mem::take(&mut waiting) {
        true => Poll::Pending,
        false => Poll::Ready(()),
    })
    .await;
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    use tokio::time::{sleep, timeout};

    use super::*;

    /// Uses up the processor for a while, again and again, and counts how often.
    async fn toil(rounds: &AtomicUsize) {
        loop {
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_millis(3) {}
            rounds.fetch_add(1, Ordering::Relaxed);
            yield_now().await;
        }
    }

    /// Starts so many who toil on the one thread of the test.
    fn many_toil(turns: &Arc<Turns>, count: usize) -> Arc<AtomicUsize> {
        let rounds = Arc::<AtomicUsize>::default();
        for _ in 0..count {
            let (turns, rounds) = (turns.clone(), rounds.clone());
            tokio::spawn(async move { turns.share(pin!(toil(&rounds))).await });
        }
        rounds
    }

    fn one_place() -> Arc<Turns> {
        Arc::new(Turns {
            places: Semaphore::new(1),
            start: Instant::now(),
        })
    }

    #[tokio::test]
    async fn between_two_turns_of_those_who_toil_everybody_else_has_one() {
        let turns = one_place();
        let rounds = many_toil(&turns, 20);
        // Each has had one, and all have taken too much by it.
        while rounds.load(Ordering::Relaxed) < 20 {
            yield_now().await;
        }
        let mut light = pin!(async {
            for _ in 0..5 {
                let before = rounds.load(Ordering::Relaxed);
                sleep(Duration::from_millis(1)).await;
                let meanwhile = rounds.load(Ordering::Relaxed) - before;
                assert!(meanwhile <= 3, "{meanwhile} turns of others came first");
            }
        });
        turns.share(light.as_mut()).await;
    }

    #[tokio::test]
    async fn those_who_toil_all_go_on() {
        let turns = one_place();
        let all: Vec<_> = (0..4).map(|_| many_toil(&turns, 1)).collect();
        let going_on = async {
            while all.iter().any(|rounds| rounds.load(Ordering::Relaxed) < 10) {
                sleep(Duration::from_millis(1)).await;
            }
        };
        assert!(timeout(Duration::from_secs(10), going_on).await.is_ok());
    }

    #[tokio::test]
    async fn whoever_is_not_known_is_woken_like_anybody() {
        let turns = one_place();
        let _toiling = many_toil(&turns, 3);
        let work = async {
            sleep(Duration::from_millis(5)).await;
            yield_now().await;
            7
        };
        let known = AtomicBool::new(false);
        assert_eq!(turns.share_once_known(pin!(work), &known).await, 7);
    }
}
