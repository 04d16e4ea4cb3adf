//! The roles, each with peers that say anything at any time.
//!
//! An honest run of all three is recorded once. An input replays what one role saw of it, altered as
//! its steps say, and puts messages of its own in between.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use blindsight_model::fixed_point::IntegerNetwork;
use blindsight_parties::{DataOwner, Event, Helper, Hosting, ModelOwner, Peer, Step};
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::files::network;
use crate::input::{Input, alter, piece};

const GUEST: Peer = Peer::DataOwner(5);
const PIXELS: [u8; 4] = [0, 200, 30, 255];

/// Who takes part.
const DATA_OWNER: usize = 0;
const MODEL_OWNER: usize = 1;
const HELPER: usize = 2;
const PEERS: [Peer; 3] = [GUEST, Peer::ModelOwner, Peer::Helper];

/// One of the three.
enum Role {
    DataOwner(DataOwner),
    ModelOwner(Box<ModelOwner>),
    Helper(Helper),
}

/// Something that happens to a role.
#[derive(Clone)]
enum Happens {
    Message(Peer, Vec<u8>),
    /// Data owner: as many pictures as there is room for are to be classified.
    Classify,
}

fn rng(role: usize) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(role as u64)
}

/// A role that has just come in, and what it says first.
fn start(role: usize, rng: &mut ChaCha20Rng) -> (Role, Vec<Step>) {
    match role {
        DATA_OWNER => {
            let mut data_owner = DataOwner::new(2);
            let joined = [Peer::Helper, Peer::ModelOwner].map(|peer| data_owner.peer_joined(peer));
            (Role::DataOwner(data_owner), joined.into())
        }
        MODEL_OWNER => {
            static INTEGERS: OnceLock<Arc<IntegerNetwork>> = OnceLock::new();
            let network = network();
            let integers = INTEGERS
                .get_or_init(|| Arc::new(IntegerNetwork::from_float(&network).expect("fits")));
            let hosting = Hosting::new(Arc::clone(integers), &network.name, &network.labels);
            let mut model_owner = ModelOwner::new(hosting.expect("named"));
            let steps = vec![
                model_owner.helper_joined(rng),
                model_owner.guest_joined(5, 100, rng),
            ];
            (Role::ModelOwner(Box::new(model_owner)), steps)
        }
        _ => (Role::Helper(Helper::new()), Vec::new()),
    }
}

impl Role {
    fn happens(&mut self, happens: &Happens, rng: &mut ChaCha20Rng) -> Vec<Step> {
        match (self, happens) {
            (Self::DataOwner(role), Happens::Message(from, bytes)) => {
                vec![role.receive(*from, bytes, rng)]
            }
            (Self::DataOwner(role), Happens::Classify) => {
                let pictures = vec![&PIXELS[..]; role.room().max(1)];
                role.classify(&pictures).into_iter().collect()
            }
            (Self::ModelOwner(role), Happens::Message(from, bytes)) => {
                vec![role.receive(*from, bytes), role.prepare()]
            }
            (Self::Helper(role), Happens::Message(from, bytes)) => {
                vec![role.receive(*from, bytes, rng)]
            }
            (_, Happens::Classify) => Vec::new(),
        }
    }
}

/// What each role sees in an honest run with two batches of two pictures.
fn honest() -> &'static [Vec<Happens>; 3] {
    static HONEST: OnceLock<[Vec<Happens>; 3]> = OnceLock::new();
    HONEST.get_or_init(|| {
        let mut rngs = [0, 1, 2].map(rng);
        let mut seen = [Vec::new(), Vec::new(), Vec::new()];
        let mut queue: VecDeque<(usize, Happens)> = VecDeque::new();
        let mut roles = Vec::new();
        let mut classified = 0;
        let mut take = |who: usize, steps: Vec<Step>, queue: &mut VecDeque<_>| {
            for step in steps {
                for outgoing in step.outgoing {
                    for to in outgoing.receivers() {
                        let to = PEERS.iter().position(|peer| *peer == to).unwrap();
                        let message = outgoing.message.clone();
                        queue.push_back((to, Happens::Message(PEERS[who], message)));
                    }
                }
                let events = step.events.iter();
                classified += events.filter(|e| matches!(e, Event::Classified(_))).count();
            }
        };
        for (who, rng) in rngs.iter_mut().enumerate() {
            let (role, steps) = start(who, rng);
            roles.push(role);
            take(who, steps, &mut queue);
        }
        for _ in 0..2 {
            while let Some((to, happens)) = queue.pop_front() {
                let steps = roles[to].happens(&happens, &mut rngs[to]);
                take(to, steps, &mut queue);
                seen[to].push(happens);
            }
            queue.push_back((DATA_OWNER, Happens::Classify));
        }
        while let Some((to, happens)) = queue.pop_front() {
            let steps = roles[to].happens(&happens, &mut rngs[to]);
            take(to, steps, &mut queue);
            seen[to].push(happens);
        }
        assert_eq!(classified, 4, "each picture has a class");
        seen
    })
}

/// Steps: 0 lets so much of the honest run happen; 1 to 3 alter the next message of it; 4 drops it,
/// 5 repeats the last, 6 swaps the next two; anything else is a message from one of the others.
fn run(who: usize, bytes: &[u8]) -> bool {
    let mut rng = rng(who);
    let (mut role, _) = start(who, &mut rng);
    let mut rest: VecDeque<Happens> = honest()[who].iter().cloned().collect();
    let mut last = None;
    let mut input = Input(bytes);
    let (mut stopped, mut took) = (false, false);
    let mut give = |happens: Happens| {
        for step in role.happens(&happens, &mut rng) {
            took = true;
            check(who, &step, &mut stopped);
        }
        last = Some(happens);
        last.clone()
    };
    let mut again: Option<Happens> = None;
    let mut next = || -> Option<()> {
        let step = input.byte()?;
        match step {
            0 => {
                for _ in 0..input.byte()? {
                    again = give(rest.pop_front()?);
                }
            }
            1..=3 => match rest.pop_front()? {
                Happens::Message(from, mut bytes) => {
                    alter(step, &mut input, &mut bytes)?;
                    again = give(Happens::Message(from, bytes));
                }
                Happens::Classify => {}
            },
            4 => drop(rest.pop_front()),
            5 => {
                give(again.clone()?);
            }
            6 if rest.len() > 1 => rest.swap(0, 1),
            from => {
                let from = PEERS[usize::from(from) % 3];
                give(Happens::Message(from, input.piece()?.to_vec()));
            }
        }
        Some(())
    };
    while next().is_some() {}
    took && !stopped
}

/// Who has stopped says nothing more that tells anything: an abort, and to the helper that a guest
/// was sent away.
fn check(who: usize, step: &Step, stopped: &mut bool) {
    const ABORT_BYTES: usize = 16;
    let stops = |event: &Event| matches!(event, Event::Aborted { by_peer: false, .. });
    let now = step.events.iter().any(stops);
    if now || (*stopped && who == DATA_OWNER) {
        for outgoing in &step.outgoing {
            assert!(outgoing.message.len() < ABORT_BYTES, "more than an abort");
        }
    }
    *stopped |= now;
}

pub(crate) fn data_owner(bytes: &[u8]) -> bool {
    run(DATA_OWNER, bytes)
}

pub(crate) fn model_owner(bytes: &[u8]) -> bool {
    run(MODEL_OWNER, bytes)
}

pub(crate) fn helper(bytes: &[u8]) -> bool {
    run(HELPER, bytes)
}

/// The whole honest run, and each kind of its messages as it stands, at its place.
fn seeds(who: usize) -> Vec<(String, Vec<u8>)> {
    const LONGEST: usize = 1500;
    let mut seeds = vec![("honest".to_owned(), vec![0, 255])];
    let mut kinds = Vec::new();
    for (index, happens) in honest()[who].iter().enumerate() {
        let Happens::Message(from, bytes) = happens else {
            continue;
        };
        if kinds.contains(&bytes[0]) || bytes.len() > LONGEST {
            continue;
        }
        kinds.push(bytes[0]);
        let from = PEERS.iter().position(|peer| peer == from).unwrap();
        let before = u8::try_from(index).expect("a short run");
        // 9 + from: a message of the input's own, from that peer.
        let from = 9 + u8::try_from(from).expect("one of three");
        let seed = [&[0, before, from][..], &piece(bytes), &[4, 0, 255]].concat();
        seeds.push((format!("kind-{}", bytes[0]), seed));
    }
    seeds
}

pub(crate) fn data_owner_seeds() -> Vec<(String, Vec<u8>)> {
    seeds(DATA_OWNER)
}

pub(crate) fn model_owner_seeds() -> Vec<(String, Vec<u8>)> {
    seeds(MODEL_OWNER)
}

pub(crate) fn helper_seeds() -> Vec<(String, Vec<u8>)> {
    seeds(HELPER)
}
