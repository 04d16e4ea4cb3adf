//! All three roles in one process: the real messages, passed by hand.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use blindsight_model::fixed_point::IntegerNetwork;
use blindsight_parties::{
    Classification, Cost, DataOwner, Event, Helper, Hosting, ModelOwner, Peer, Step,
};
use rand::{
    SeedableRng,
    rngs::{StdRng, SysRng},
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

/// A room with all three parties.
pub struct Room {
    data_owner: DataOwner,
    model_owner: ModelOwner,
    helper: Helper,
    queue: VecDeque<Sent>,
    events: Vec<Event>,
    declared: Cost,
    rng: StdRng,
}

/// A picture that was classified.
pub struct Answer {
    /// The index of its class.
    pub class: usize,
    /// Computing of all roles together before the picture: dealing a bundle and taking it up.
    pub offline: Duration,
    /// Computing of all roles together from the picture to its class.
    pub online: Duration,
}

/// A generator with a seed of the system.
///
/// # Errors
///
/// When the system has no randomness.
pub fn rng() -> anyhow::Result<StdRng> {
    StdRng::try_from_rng(&mut SysRng).context("the system has no randomness")
}

impl Room {
    /// All three join and agree; the masked weights are passed on.
    ///
    /// # Errors
    ///
    /// When the network cannot be hosted, or the system has no randomness.
    pub fn open(
        network: &Arc<IntegerNetwork>,
        name: &str,
        labels: &[String],
    ) -> anyhow::Result<Self> {
        let hosting = Hosting::new(Arc::clone(network), name, labels)?;
        let declared = Cost::declared(network.plan())?;
        let mut room = Self {
            data_owner: DataOwner::new(1),
            model_owner: ModelOwner::new(hosting),
            helper: Helper::new(),
            queue: VecDeque::new(),
            events: Vec::new(),
            declared,
            rng: rng()?,
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
        // Everything but the first bundle, whose dealing is measured like that of the others.
        while room.data_owner.left().is_none() {
            room.deliver_next()?;
        }
        Ok(room)
    }

    /// Classifies one picture, a bundle dealt before.
    ///
    /// # Errors
    ///
    /// When a party aborts, the picture has another size than the network takes, or the measured
    /// bytes and round trips are not those that the plan declares.
    pub fn classify(&mut self, pixels: &[u8]) -> anyhow::Result<Answer> {
        let begun = Instant::now();
        while !self.queue.is_empty() {
            self.deliver_next()?;
        }
        let offline = begun.elapsed();
        self.events.clear();
        let begun = Instant::now();
        let step = self.data_owner.classify(pixels)?;
        self.take(GUEST, step);
        let classified = loop {
            let classified = self.events.drain(..).find_map(|event| match event {
                Event::Classified(classification) => Some(classification),
                _ => None,
            });
            if let Some(classification) = classified {
                break classification;
            }
            self.deliver_next()?;
        };
        let online = begun.elapsed();
        self.check(&classified)?;
        Ok(Answer {
            class: classified.class,
            offline,
            online,
        })
    }

    fn check(&self, measured: &Classification) -> anyhow::Result<()> {
        let Classification {
            online_bytes,
            offline_bytes,
            round_trips,
            ..
        } = *measured;
        let Cost {
            online_bytes: online,
            data_owner_offline_bytes: offline,
            round_trips: trips,
            ..
        } = self.declared;
        if (online_bytes, offline_bytes, round_trips) != (online, offline, trips) {
            bail!(
                "measured were {online_bytes} bytes online, {offline_bytes} bytes offline and \
                 {round_trips} round trips, but the plan declares {online}, {offline} and {trips}; \
                 this is an error of the program"
            );
        }
        Ok(())
    }

    /// Hands the oldest message to whom it is for.
    fn deliver_next(&mut self) -> anyhow::Result<()> {
        let Some(Sent { from, to, message }) = self.queue.pop_front() else {
            bail!("the parties wait for each other; this is an error of the program");
        };
        let step = match to {
            Peer::DataOwner(_) => self.data_owner.receive(from, &message, &mut self.rng),
            Peer::ModelOwner => self.model_owner.receive(from, &message),
            Peer::Helper => self.helper.receive(from, &message, &mut self.rng),
        };
        self.take(to, step);
        let step = self.model_owner.prepare();
        self.take(Peer::ModelOwner, step);
        let aborted = self.events.iter().find_map(|event| match event {
            Event::Aborted { peer, abort, .. } => Some((peer, abort)),
            _ => None,
        });
        if let Some((peer, abort)) = aborted {
            let (phase, reason) = (abort.phase, &abort.reason);
            bail!("work with {peer} ended, {phase}: {reason}");
        }
        Ok(())
    }

    fn take(&mut self, from: Peer, step: Step) {
        let sent = step.outgoing.into_iter().map(|outgoing| Sent {
            from,
            to: outgoing.to,
            message: outgoing.message,
        });
        self.queue.extend(sent);
        self.events.extend(step.events);
    }
}
