//! A compute party, with peers that say anything at any time.
//!
//! An honest run of three parties and their clients is recorded once. An input replays what the second
//! party saw of it, altered as its steps say, and puts messages of its own in between.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use blindsight_model::{
    fixed_point::Demands,
    plan::Reveal,
    shamir::{Scheme, Signs},
};
use blindsight_mpc::shamir::Committee;
use blindsight_parties::{
    Event, Hosting, Peer, Step,
    shamir::{ComputeParty, DataOwner, ModelOwner},
};
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::files::network;
use crate::input::{Input, alter, piece};

const GUEST: Peer = Peer::DataOwner(5);
const PIXELS: [u8; 4] = [0, 200, 30, 255];
const PARTIES: u8 = 3;
/// Whose place an input takes.
const ME: u8 = 2;
/// Who may speak to it.
const PEERS: [Peer; 4] = [
    GUEST,
    Peer::ModelOwner,
    Peer::ComputeParty(1),
    Peer::ComputeParty(3),
];

/// A party that has links with everybody, and its generator.
fn start(index: u8) -> (ComputeParty, ChaCha20Rng) {
    let mut party = ComputeParty::new();
    let others = (1..=PARTIES).filter(|other| *other != index);
    let others = others.map(Peer::ComputeParty);
    for peer in others.chain([Peer::ModelOwner, GUEST]) {
        party.peer_joined(peer);
    }
    (party, ChaCha20Rng::seed_from_u64(index.into()))
}

/// What the second party is sent in an honest run with two pictures.
fn honest() -> &'static [(Peer, Vec<u8>)] {
    static HONEST: OnceLock<Vec<(Peer, Vec<u8>)>> = OnceLock::new();
    HONEST.get_or_init(|| {
        let network = network();
        let committee = Committee::new(PARTIES).expect("three");
        let reveal = Reveal::Ranking { top: 1 };
        let (signs, demands) = (Signs::Exact, Demands::default());
        let fitted = Scheme::of_network(&network, reveal, committee, signs, demands);
        let (integers, scheme) = fitted.expect("fits");
        let hosting = Hosting::new(Arc::new(integers), &network.name, &network.labels);
        let mut model_owner = ModelOwner::new(hosting.expect("named"), scheme);
        let mut data_owner = DataOwner::new(1, PARTIES);
        let mut parties: Vec<_> = (1..=PARTIES).map(start).collect();
        let mut rng = ChaCha20Rng::seed_from_u64(0);
        let mut queue: VecDeque<(Peer, Peer, Vec<u8>)> = VecDeque::new();
        let (mut seen, mut classified) = (Vec::new(), 0);
        let mut take = |from: Peer, step: Step, queue: &mut VecDeque<_>| {
            for outgoing in step.outgoing {
                queue.push_back((from, outgoing.to, outgoing.message));
            }
            let events = step.events.iter();
            classified += events.filter(|e| matches!(e, Event::Classified(_))).count();
        };
        for index in 1..=PARTIES {
            data_owner.peer_joined(Peer::ComputeParty(index));
            let step = model_owner.party_joined(index, &mut rng);
            take(Peer::ModelOwner, step, &mut queue);
        }
        let step = model_owner.guest_joined(5, 100);
        take(Peer::ModelOwner, step, &mut queue);
        for picture in 0..3 {
            while let Some((from, to, bytes)) = queue.pop_front() {
                let step = match to {
                    Peer::DataOwner(_) => data_owner.receive(from, &bytes),
                    Peer::ModelOwner => model_owner.receive(from, &bytes, &mut rng),
                    Peer::ComputeParty(index) => {
                        let (party, rng) = &mut parties[usize::from(index) - 1];
                        party.receive(from, &bytes, rng)
                    }
                    Peer::Helper => unreachable!("there is none"),
                };
                if to == Peer::ComputeParty(ME) {
                    seen.push((from, bytes));
                }
                take(to, step, &mut queue);
            }
            if picture < 2 {
                let step = data_owner.classify(&PIXELS, &mut rng);
                take(GUEST, step.expect("ready"), &mut queue);
            }
        }
        assert_eq!(classified, 2, "each picture has a class");
        seen
    })
}

/// Steps: 0 lets so much of the honest run happen; 1 to 3 alter the next message of it; 4 drops it,
/// 5 repeats the last, 6 swaps the next two; 7 lets a peer leave; anything else is a message from one
/// of the others.
pub(crate) fn compute_party(bytes: &[u8]) -> bool {
    let (mut party, mut rng) = start(ME);
    let mut rest: VecDeque<(Peer, Vec<u8>)> = honest().iter().cloned().collect();
    let mut last: Option<(Peer, Vec<u8>)> = None;
    let mut input = Input(bytes);
    let (mut stopped, mut took) = (false, false);
    let mut next = || -> Option<()> {
        let step = input.byte()?;
        let mut give = |(from, bytes): (Peer, Vec<u8>)| {
            took = true;
            // A link cuts off what is longer.
            if bytes.len() <= party.longest_message(from) {
                let step = party.receive(from, &bytes, &mut rng);
                let stops = |event: &Event| matches!(event, Event::Aborted { .. });
                stopped |= step.events.iter().any(stops);
            }
            last = Some((from, bytes));
        };
        match step {
            0 => {
                for _ in 0..input.byte()? {
                    give(rest.pop_front()?);
                }
            }
            1..=3 => {
                let (from, mut bytes) = rest.pop_front()?;
                alter(step, &mut input, &mut bytes)?;
                give((from, bytes));
            }
            4 => drop(rest.pop_front()),
            5 => {
                let again = last.clone()?;
                let step = party.receive(again.0, &again.1, &mut rng);
                stopped |= !step.events.is_empty();
            }
            6 if rest.len() > 1 => rest.swap(0, 1),
            7 => {
                party.peer_left(PEERS[usize::from(input.byte()?) % PEERS.len()]);
            }
            from => {
                let from = PEERS[usize::from(from) % PEERS.len()];
                give((from, input.piece()?.to_vec()));
            }
        }
        Some(())
    };
    while next().is_some() {}
    took && !stopped
}

/// The whole honest run, and parts of it.
pub(crate) fn seeds() -> Vec<(String, Vec<u8>)> {
    let length = honest().len();
    let whole = vec![0; length.div_ceil(255)];
    let whole = whole.into_iter().flat_map(|step: u8| [step, 255]).collect();
    let mut seeds = vec![("honest".to_owned(), whole)];
    for (index, (_, bytes)) in honest().iter().enumerate().step_by(5) {
        let before = u8::try_from(index).unwrap_or(255);
        let seed = [
            &[0, before, 4, 8][..],
            &piece(&bytes[..bytes.len().min(200)]),
        ]
        .concat();
        if compute_party(&seed) {
            seeds.push((format!("after-{index}"), seed));
        }
    }
    seeds
}
