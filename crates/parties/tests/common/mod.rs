//! Three parties in one process, with every message on record.

// Each test binary uses a part of this.
#![allow(dead_code, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

pub mod committee;
pub mod graphs;

use std::{collections::VecDeque, sync::Arc};

use blindsight_model::{
    fixed_point::IntegerNetwork,
    network::{Activation, FullyConnected, Layer, Network, Shape},
};
use blindsight_parties::{
    Abort, Classification, DataOwner, Event, Helper, Hosting, ModelOwner, Peer, Step,
};
use chacha20::ChaCha20Rng;
use ndarray::{Array1, Array2};
use rand_core::{Rng, SeedableRng};

/// The one data owner's number in these tests.
pub const GUEST: u32 = 5;

/// One of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    DataOwner,
    ModelOwner,
    Helper,
}

impl Who {
    pub fn peer(self) -> Peer {
        match self {
            Who::DataOwner => Peer::DataOwner(GUEST),
            Who::ModelOwner => Peer::ModelOwner,
            Who::Helper => Peer::Helper,
        }
    }

    fn of(peer: Peer) -> Self {
        match peer {
            Peer::DataOwner(_) => Who::DataOwner,
            Peer::ModelOwner => Who::ModelOwner,
            Peer::Helper => Who::Helper,
            Peer::ComputeParty(index) => panic!("there is no compute party {index} here"),
        }
    }
}

/// A message on its way.
#[derive(Clone, PartialEq, Eq)]
pub struct Sent {
    pub from: Who,
    pub to: Who,
    /// It went up with the message before it, which is the same for somebody else.
    pub again: bool,
    pub bytes: Vec<u8>,
}

/// A room with all three parties; messages are delivered in the order in which they were sent.
pub struct Room {
    pub data_owner: DataOwner,
    pub model_owner: ModelOwner,
    pub helper: Helper,
    pub queue: VecDeque<Sent>,
    pub record: Vec<Sent>,
    pub events: Vec<(Who, Event)>,
    rng: ChaCha20Rng,
}

impl Room {
    /// All three have joined; nothing is delivered yet.
    pub fn new(network: &Arc<IntegerNetwork>, labels: &[String], seed: u64, pool: usize) -> Self {
        Self::with_budget(network, labels, seed, (pool, u32::MAX))
    }

    /// The same, with a model owner that allows so many images.
    pub fn with_budget(
        network: &Arc<IntegerNetwork>,
        labels: &[String],
        seed: u64,
        (pool, left): (usize, u32),
    ) -> Self {
        let hosting = Hosting::new(Arc::clone(network), "test", labels).expect("named");
        let mut room = Self {
            data_owner: DataOwner::new(pool),
            model_owner: ModelOwner::new(hosting),
            helper: Helper::new(),
            queue: VecDeque::new(),
            record: Vec::new(),
            events: Vec::new(),
            rng: ChaCha20Rng::seed_from_u64(seed),
        };
        room.helper_joins();
        let step = room.data_owner.peer_joined(Peer::Helper);
        room.take(Who::DataOwner, step);
        let step = room.data_owner.peer_joined(Peer::ModelOwner);
        room.take(Who::DataOwner, step);
        let step = room.model_owner.guest_joined(GUEST, left, &mut room.rng);
        room.take(Who::ModelOwner, step);
        room
    }

    /// The model owner lets the helper in.
    pub fn helper_joins(&mut self) {
        let step = self.model_owner.helper_joined(&mut self.rng);
        self.take(Who::ModelOwner, step);
    }

    pub fn take(&mut self, who: Who, step: Step) {
        for outgoing in step.outgoing {
            for (place, to) in outgoing.receivers().enumerate() {
                let sent = Sent {
                    from: who,
                    to: Who::of(to),
                    again: place > 0,
                    bytes: outgoing.message.clone(),
                };
                self.record.push(sent.clone());
                self.queue.push_back(sent);
            }
        }
        self.events
            .extend(step.events.into_iter().map(|event| (who, event)));
    }

    /// Hands a message to whom it is for.
    pub fn deliver(&mut self, sent: &Sent) {
        let (from, bytes) = (sent.from.peer(), &sent.bytes);
        let step = match sent.to {
            Who::DataOwner => self.data_owner.receive(from, bytes, &mut self.rng),
            Who::ModelOwner => self.model_owner.receive(from, bytes),
            Who::Helper => self.helper.receive(from, bytes, &mut self.rng),
        };
        self.take(sent.to, step);
        let step = self.model_owner.prepare();
        self.take(Who::ModelOwner, step);
    }

    /// Delivers until nobody has anything to say.
    pub fn run(&mut self) {
        while let Some(sent) = self.queue.pop_front() {
            self.deliver(&sent);
        }
    }

    /// Classifies one picture.
    pub fn classify(&mut self, pixels: &[u8]) -> Option<Classification> {
        self.classify_all(&[pixels])?.pop()
    }

    /// Classifies pictures together.
    pub fn classify_all(&mut self, pictures: &[&[u8]]) -> Option<Vec<Classification>> {
        self.events.clear();
        let step = self.data_owner.classify(pictures).ok()?;
        self.take(Who::DataOwner, step);
        self.run();
        let classified = self.events.iter().filter_map(|(_, event)| match event {
            Event::Classified(classification) => Some(classification.clone()),
            _ => None,
        });
        Some(classified.collect())
    }

    /// The aborts that one party reported.
    pub fn aborts(&self, who: Who) -> Vec<Abort> {
        let own = self.events.iter().filter(|(reporter, _)| *reporter == who);
        own.filter_map(|(_, event)| match event {
            Event::Aborted { abort, .. } => Some(abort.clone()),
            _ => None,
        })
        .collect()
    }
}

/// A random network of `side` x `side` pixels with the given numbers of hidden values and classes.
pub fn network(side: u32, widths: &[usize], seed: u64) -> Network {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut inputs = (side * side) as usize;
    let mut layers = Vec::new();
    for &outputs in widths {
        if !layers.is_empty() {
            layers.push(Layer::Activation(Activation::Relu));
        }
        let scale = if layers.is_empty() { 0.004 } else { 0.5 };
        let mut next = || (rng.next_u32() as f32 / u32::MAX as f32 - 0.5) * scale;
        layers.push(Layer::FullyConnected(FullyConnected {
            weights: Array2::from_shape_simple_fn((outputs, inputs), &mut next),
            bias: Array1::from_shape_simple_fn(outputs, &mut next),
        }));
        inputs = outputs;
    }
    let input = Shape {
        channels: 1,
        height: side,
        width: side,
    };
    Network::chain("test", input, labels(inputs), layers)
}

pub fn labels(classes: usize) -> Vec<String> {
    (0..classes).map(|class| format!("class {class}")).collect()
}

pub fn integers(network: &Network) -> Arc<IntegerNetwork> {
    match IntegerNetwork::from_float(network) {
        Ok(integers) => Arc::new(integers),
        Err(error) => panic!("{error}"),
    }
}

pub fn pixels(count: usize, seed: u64) -> Vec<u8> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut pixels = vec![0; count];
    rng.fill_bytes(&mut pixels);
    pixels
}
