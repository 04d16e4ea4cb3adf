//! All three roles in one place: the real messages, passed by hand. For measuring what a network
//! costs before it is hosted, and for evaluating whole test sets.

use std::{collections::VecDeque, sync::Arc};

use blindsight_model::fixed_point::IntegerNetwork;
use blindsight_mpc::MpcError;
use rand_core::CryptoRng;

use crate::{
    Abort, Cost, DataOwner, Event, Helper, Hosting, HostingError, Misuse, ModelOwner, Peer, Step,
};

/// The data owner's number.
const NUMBER: u32 = 1;
const GUEST: Peer = Peer::DataOwner(NUMBER);

/// A message on its way.
struct Sent {
    from: Peer,
    to: Peer,
    message: Vec<u8>,
}

/// All three roles with a network.
pub struct Rehearsal<R> {
    data_owner: DataOwner,
    model_owner: ModelOwner,
    helper: Helper,
    queue: VecDeque<Sent>,
    /// What is for the helper while pictures are classified: it is measured apart.
    later: Option<VecDeque<Sent>>,
    events: Vec<Event>,
    declared: Cost,
    rng: R,
}

/// A batch of pictures that was classified.
pub struct Rehearsed {
    /// The index of the class of each.
    pub classes: Vec<usize>,
    /// Computing of all roles together before the pictures, in milliseconds: dealing bundles and
    /// taking them up.
    pub offline_ms: f64,
    /// Computing of all roles together from the pictures to their classes, in milliseconds.
    pub online_ms: f64,
    /// Each role's part of `offline_ms`.
    pub offline: RoleTimes,
    /// Each role's part of `online_ms`.
    pub online: RoleTimes,
}

/// Each role's computing, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct RoleTimes {
    /// The data owner's.
    pub data_owner_ms: f64,
    /// The model owner's.
    pub model_owner_ms: f64,
    /// The helper's.
    pub helper_ms: f64,
}

impl RoleTimes {
    fn add(&mut self, role: Peer, ms: f64) {
        *match role {
            Peer::DataOwner(_) => &mut self.data_owner_ms,
            Peer::ModelOwner => &mut self.model_owner_ms,
            Peer::Helper => &mut self.helper_ms,
            // There are none beside a helper.
            Peer::ComputeParty(_) => return,
        } += ms;
    }
}

/// Why a rehearsal fails.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// The network cannot be hosted.
    #[error(transparent)]
    Hosting(#[from] HostingError),
    /// The plan does not fit.
    #[error(transparent)]
    Mpc(#[from] MpcError),
    /// The pictures cannot be classified.
    #[error(transparent)]
    Misuse(#[from] Misuse),
    /// A party ended the work.
    #[error("work with {peer} ended, {}: {}", abort.phase, abort.reason)]
    Aborted {
        /// With whom.
        peer: Peer,
        /// Why.
        abort: Abort,
    },
    /// All parties wait.
    #[error("the parties wait for each other; this is an error of the program")]
    Stuck,
    /// What was sent is not what the plan says.
    #[error(
        "measured were {} bytes online, {} bytes offline and {} round trips, but the plan declares \
         {}, {} and {}; this is an error of the program",
        measured.online_bytes, measured.offline_bytes, measured.round_trips,
        declared.batch_bytes(*images),
        u64::from(*images) * declared.data_owner_offline_bytes,
        declared.round_trips
    )]
    Cost {
        /// As it was.
        measured: Box<Measured>,
        /// Of how many pictures.
        images: u32,
        /// As it should be.
        declared: Box<Cost>,
    },
}

/// What a batch took.
#[derive(Debug, Default)]
pub struct Measured {
    /// Bytes online, both ways.
    pub online_bytes: u64,
    /// Bytes that the data owner got or sent beforehand.
    pub offline_bytes: u64,
    /// How often the data owner waited for an answer.
    pub round_trips: u32,
}

impl<R: CryptoRng> Rehearsal<R> {
    /// All three join and agree; the masked weights are passed on. Up to `batch` pictures can be
    /// classified together.
    ///
    /// # Errors
    ///
    /// When the network cannot be hosted.
    pub fn open(
        network: &Arc<IntegerNetwork>,
        name: &str,
        labels: &[String],
        batch: usize,
        rng: R,
    ) -> Result<Self, RehearsalError> {
        let hosting = Hosting::new(Arc::clone(network), name, labels)?;
        let declared = Cost::declared(network.plan())?;
        let mut room = Self {
            data_owner: DataOwner::new(batch),
            model_owner: ModelOwner::new(hosting),
            helper: Helper::new(),
            queue: VecDeque::new(),
            later: None,
            events: Vec::new(),
            declared,
            rng,
        };
        let step = room.model_owner.helper_joined(&mut room.rng);
        room.take(Peer::ModelOwner, step);
        for peer in [Peer::Helper, Peer::ModelOwner] {
            let step = room.data_owner.peer_joined(peer);
            room.take(GUEST, step);
        }
        let step = room
            .model_owner
            .guest_joined(NUMBER, u32::MAX, &mut room.rng);
        room.take(Peer::ModelOwner, step);
        // Everything but the first bundles, whose dealing is measured like that of the others.
        while room.data_owner.left().is_none() {
            room.deliver_next(&mut RoleTimes::default(), &|| 0.0)?;
        }
        Ok(room)
    }

    /// Classifies pictures together, with bundles that are dealt before. `now` tells the time in
    /// milliseconds.
    ///
    /// # Errors
    ///
    /// When a party aborts, there are more pictures than the batch that was opened, one has another
    /// size than the network takes, or the measured bytes and round trips are not those that the plan
    /// declares.
    pub fn classify(
        &mut self,
        pictures: &[&[u8]],
        now: impl Fn() -> f64,
    ) -> Result<Rehearsed, RehearsalError> {
        let (mut offline, mut online) = (RoleTimes::default(), RoleTimes::default());
        let begun = now();
        while !self.queue.is_empty() {
            self.deliver_next(&mut offline, &now)?;
        }
        let dealt = now();
        self.events.clear();
        self.later = Some(VecDeque::new());
        let step = self.data_owner.classify(pictures)?;
        online.add(GUEST, now() - dealt);
        self.take(GUEST, step);
        let mut measured = Measured::default();
        let mut classes = Vec::with_capacity(pictures.len());
        while classes.len() < pictures.len() {
            self.deliver_next(&mut online, &now)?;
            for event in self.events.drain(..) {
                if let Event::Classified(one) = event {
                    measured.online_bytes += one.online_bytes;
                    measured.offline_bytes += one.offline_bytes;
                    measured.round_trips = one.round_trips;
                    classes.push(one.class);
                }
            }
        }
        let online_ms = now() - dealt;
        self.queue.extend(self.later.take().into_iter().flatten());
        self.check(measured, pictures.len())?;
        Ok(Rehearsed {
            classes,
            offline_ms: dealt - begun,
            online_ms,
            offline,
            online,
        })
    }

    /// How long computing takes online, all roles together, in milliseconds: the median of a few
    /// random pictures, for other programs run here, too. Takes two seconds and a picture at most.
    ///
    /// # Errors
    ///
    /// As [`Self::classify`].
    pub fn online_ms(&mut self, now: impl Fn() -> f64) -> Result<f64, RehearsalError> {
        const MOST: usize = 9;
        const LONGEST_MS: f64 = 2000.0;
        let mut pixels = vec![0; self.model_owner.plan().input().elements()];
        self.rng.fill_bytes(&mut pixels);
        let begun = now();
        let mut times = vec![self.classify(&[&pixels], &now)?.online_ms];
        while times.len() < MOST && now() - begun < LONGEST_MS {
            times.push(self.classify(&[&pixels], &now)?.online_ms);
        }
        times.sort_unstable_by(f64::total_cmp);
        Ok(times[times.len() / 2])
    }

    fn check(&self, measured: Measured, images: usize) -> Result<(), RehearsalError> {
        let declared = self.declared;
        // A batch is small.
        let images = images as u32;
        let equal = measured.online_bytes == declared.batch_bytes(images)
            && measured.offline_bytes == u64::from(images) * declared.data_owner_offline_bytes
            && measured.round_trips == declared.round_trips;
        if equal {
            Ok(())
        } else {
            Err(RehearsalError::Cost {
                measured: Box::new(measured),
                images,
                declared: Box::new(declared),
            })
        }
    }

    /// Hands the oldest message to whom it is for, and adds what that took to `times`.
    fn deliver_next(
        &mut self,
        times: &mut RoleTimes,
        now: &impl Fn() -> f64,
    ) -> Result<(), RehearsalError> {
        let sent = self.queue.pop_front().ok_or(RehearsalError::Stuck)?;
        let Sent { from, to, message } = sent;
        let begun = now();
        let step = match to {
            Peer::DataOwner(_) => self.data_owner.receive(from, &message, &mut self.rng),
            Peer::ModelOwner => self.model_owner.receive(from, &message),
            Peer::Helper => self.helper.receive(from, &message, &mut self.rng),
            Peer::ComputeParty(_) => Step::default(),
        };
        self.take(to, step);
        let received = now();
        times.add(to, received - begun);
        let step = self.model_owner.prepare();
        times.add(Peer::ModelOwner, now() - received);
        self.take(Peer::ModelOwner, step);
        let aborted = self.events.iter().find_map(|event| match event {
            Event::Aborted { peer, abort, .. } => Some((*peer, abort.clone())),
            _ => None,
        });
        match aborted {
            Some((peer, abort)) => Err(RehearsalError::Aborted { peer, abort }),
            None => Ok(()),
        }
    }

    fn take(&mut self, from: Peer, step: Step) {
        for outgoing in step.outgoing {
            for to in outgoing.receivers() {
                let queue = match &mut self.later {
                    Some(later) if to == Peer::Helper => later,
                    _ => &mut self.queue,
                };
                let message = outgoing.message.clone();
                queue.push_back(Sent { from, to, message });
            }
        }
        self.events.extend(step.events);
    }
}
