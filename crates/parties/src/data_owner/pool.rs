//! The data owner's bundles on their way: asked for, completed, ready at both ends.

use std::collections::VecDeque;

use blindsight_mpc::{bundle::BundleNumber, ring::SecretBytes};

use crate::{
    abort::Reason,
    bundle::data_owner::DataOwnerBundle,
    message::Header,
    model_owner::MAX_POOL,
    party::{Event, Peer, Step},
};

/// A bundle and what it has cost so far.
pub(super) struct Pooled {
    pub(super) bundle: DataOwnerBundle,
    pub(super) offline_bytes: u64,
}

/// A bundle of which the corrections have come and the keys have not.
pub(super) struct Arriving {
    pub(super) number: BundleNumber,
    pub(super) corrections: SecretBytes,
    /// What it has cost so far.
    pub(super) offline_bytes: u64,
}

/// Bundles in the order of their numbers: each list's numbers follow the next one's.
pub(super) struct Pool {
    /// How many are kept ready whatever comes, if they fit.
    target: usize,
    /// How many pictures are known to come.
    expected: usize,
    /// How many fit.
    most: usize,
    next: Option<BundleNumber>,
    /// Asked for: number and bytes of the request.
    asked: VecDeque<(BundleNumber, u64)>,
    /// Its first part was dealt; there is at most one.
    arriving: Option<Arriving>,
    /// Completed here; the model owner has not confirmed yet.
    completed: VecDeque<Pooled>,
    ready: VecDeque<Pooled>,
}

/// How much memory the bundles for pictures to come may take, in bytes.
const MAX_BYTES: u64 = 32 << 20;

/// While one serves, another is made, however large they are.
const LEAST: usize = 2;

/// How many bundles of so many bytes fit, at least [`LEAST`] and at most [`MAX_POOL`].
pub(crate) fn fitting(bundle_bytes: u64) -> usize {
    let fitting = usize::try_from(MAX_BYTES / bundle_bytes.max(1));
    fitting.unwrap_or(MAX_POOL).clamp(LEAST, MAX_POOL)
}

impl Pool {
    /// A pool of `target` bundles, and more for pictures that wait, as far as they fit: each takes so
    /// many bytes.
    pub(super) fn new(target: usize, bundle_bytes: u64) -> Self {
        Self {
            target,
            expected: 0,
            most: fitting(bundle_bytes),
            next: Some(BundleNumber::FIRST),
            asked: VecDeque::new(),
            arriving: None,
            completed: VecDeque::new(),
            ready: VecDeque::new(),
        }
    }

    pub(super) fn ready(&self) -> usize {
        self.ready.len()
    }

    pub(super) fn on_the_way(&self) -> bool {
        !self.asked.is_empty() || self.arriving.is_some() || !self.completed.is_empty()
    }

    /// So many pictures will come.
    pub(super) fn expect(&mut self, pictures: usize) {
        self.expected = pictures;
    }

    /// Asks the helper for as many bundles as are missing, but for no more than may be used.
    pub(super) fn top_up(&mut self, left: u32, step: &mut Step) {
        let target = self.target.max(self.expected).min(self.most);
        let target = target.min(left as usize);
        while self.count() < target {
            let Some(number) = self.next else { return };
            self.next = number.next();
            let number_word = number.get();
            let message = Header::Deal {
                number: number_word,
            }
            .alone();
            self.asked.push_back((number, message.len() as u64));
            step.send(Peer::Helper, message);
            step.tell(Event::BundleAsked {
                number: number_word,
            });
        }
    }

    /// Bundles that are asked for or further on.
    fn count(&self) -> usize {
        let arriving = usize::from(self.arriving.is_some());
        self.asked.len() + arriving + self.completed.len() + self.ready.len()
    }

    /// What was asked of a helper that left will not come.
    pub(super) fn forget_asked(&mut self) {
        self.asked.clear();
        self.arriving = None;
    }

    /// The helper dealt `number`, the next one that was asked for: the first part of it is here.
    pub(super) fn dealt(
        &mut self,
        number: u64,
        corrections: SecretBytes,
        bytes: u64,
    ) -> Result<(), Reason> {
        if self.arriving.is_some() {
            return Err(Reason::OutOfOrder);
        }
        match self.asked.pop_front() {
            Some((asked, asked_bytes)) if asked.get() == number => {
                self.arriving = Some(Arriving {
                    number: asked,
                    corrections,
                    offline_bytes: asked_bytes + bytes,
                });
                Ok(())
            }
            _ => Err(Reason::BundleSpent),
        }
    }

    /// The rest of `number` is here.
    pub(super) fn arriving(&mut self, number: u64) -> Result<Arriving, Reason> {
        match self.arriving.take() {
            Some(arriving) if arriving.number.get() == number => Ok(arriving),
            _ => Err(Reason::OutOfOrder),
        }
    }

    pub(super) fn completed(&mut self, bundle: DataOwnerBundle, offline_bytes: u64) {
        self.completed.push_back(Pooled {
            bundle,
            offline_bytes,
        });
    }

    /// The model owner has its part of `number` too.
    pub(super) fn confirm(&mut self, number: u64, bytes: u64) -> Result<(), Reason> {
        match self.completed.pop_front() {
            Some(mut pooled) if pooled.bundle.number.get() == number => {
                pooled.offline_bytes += bytes;
                self.ready.push_back(pooled);
                Ok(())
            }
            _ => Err(Reason::BundleSpent),
        }
    }

    /// The ready bundle with the lowest number, for good.
    pub(super) fn spend(&mut self) -> Option<Pooled> {
        self.ready.pop_front()
    }
}
