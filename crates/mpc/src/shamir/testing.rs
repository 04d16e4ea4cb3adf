//! What the tests of this engine have in common: all parties in one room, in step.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;

use super::{
    committee::{Committee, Party},
    cost::Cost,
    field::Field,
    polynomial::{coefficients, evaluate},
    prss::{Place, Prss, SeedDealing, Seeds, Source, Subset},
    rounds::Rounds,
    shares::Shares,
    sharing::{self, Degree, reconstruct},
};
use crate::{MpcError, bundle::BundleNumber};

/// A field in which all there is can be tried.
pub(super) type Tiny = super::field::Montgomery<7>;

pub(super) fn committee(parties: u8) -> Committee {
    Committee::new(parties).unwrap()
}

pub(super) fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

/// By the party's index, the seeds that all agree on.
pub(super) fn seeds(committee: Committee, seed: u8) -> Vec<Seeds> {
    let mut rng = rng(seed);
    let deal = |party| SeedDealing::new(committee, party, &mut rng);
    let dealings: Vec<SeedDealing> = committee.parties().map(deal).collect();
    let messages: Vec<Vec<Vec<u8>>> = committee
        .parties()
        .map(|receiver| {
            let sent = dealings.iter().zip(committee.parties());
            let message = |(dealing, sender): (&SeedDealing, Party)| {
                if sender == receiver {
                    Vec::new()
                } else {
                    dealing.outgoing(receiver).to_vec()
                }
            };
            sent.map(message).collect()
        })
        .collect();
    let received = dealings.into_iter().zip(&messages);
    received
        .map(|(dealing, messages)| {
            let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
            dealing.finish(&messages).unwrap()
        })
        .collect()
}

/// All parties.
pub(super) struct Room {
    pub(super) committee: Committee,
    pub(super) prss: Vec<Prss>,
    /// What each party was sent so far, in the order of rounds and senders.
    pub(super) received: Vec<Vec<u64>>,
    /// What was opened so far with [`Way::Direct`].
    ///
    /// [`Way::Direct`]: super::opening::Way::Direct
    pub(super) opened: Vec<u64>,
}

impl Room {
    pub(super) fn new(parties: u8) -> Self {
        Self::with(committee(parties), seeds(committee(parties), parties))
    }

    fn with(committee: Committee, seeds: Vec<Seeds>) -> Self {
        let begin = |mut seeds: Seeds| seeds.begin(BundleNumber::FIRST).unwrap();
        Self {
            committee,
            prss: seeds.into_iter().map(begin).collect(),
            received: vec![Vec::new(); committee.size()],
            opened: Vec::new(),
        }
    }

    /// Runs a gate to its end. `inputs` are by the party's index.
    pub(super) fn run<F: Field, I, O: 'static>(
        &mut self,
        inputs: Vec<I>,
        start: impl Fn(&mut Prss, I) -> Result<Rounds<F, O>, MpcError>,
    ) -> Result<Run<O>, MpcError> {
        self.run_disturbed(inputs, start, |_, _, _, _| {})
    }

    /// The same, but a message from one party to another can be changed: round, sender, receiver.
    pub(super) fn run_disturbed<F: Field, I, O: 'static>(
        &mut self,
        inputs: Vec<I>,
        start: impl Fn(&mut Prss, I) -> Result<Rounds<F, O>, MpcError>,
        disturb: impl Fn(u32, Party, Party, &mut Vec<F>),
    ) -> Result<Run<O>, MpcError> {
        assert_eq!(inputs.len(), self.committee.size());
        let begun = self.prss.iter_mut().zip(inputs);
        let states: Result<Vec<_>, _> = begun.map(|(prss, input)| start(prss, input)).collect();
        let mut states = states?;
        let mut costs = vec![Cost::default(); self.committee.size()];
        loop {
            let mut done = Vec::new();
            let mut waiting = Vec::new();
            for state in states {
                match state {
                    Rounds::Done(output) => done.push(output),
                    Rounds::Waiting(state) => waiting.push(state),
                }
            }
            if waiting.is_empty() {
                return Ok(Run {
                    outputs: done,
                    costs,
                });
            }
            assert!(done.is_empty(), "all parties finish in the same round");
            let round = costs[0].rounds;
            let mut messages = Vec::new();
            for receiver in self.committee.parties() {
                let mut received = Vec::new();
                for (sender, state) in self.committee.parties().zip(&waiting) {
                    let mut message = state.outgoing(receiver).to_vec();
                    disturb(round, sender, receiver, &mut message);
                    assert!(sender != receiver || message.is_empty());
                    costs[sender.index()].sent += message.len() as u64;
                    costs[receiver.index()].received += message.len() as u64;
                    let words = message.iter().map(|element| element.to_u64());
                    self.received[receiver.index()].extend(words);
                    received.push(message);
                }
                messages.push(received);
            }
            for cost in &mut costs {
                cost.rounds += 1;
            }
            self.opened.extend(opened_in(self.committee, &messages));
            let all = waiting.into_iter().zip(&mut self.prss).zip(messages);
            let next: Result<Vec<_>, _> = all
                .map(|((state, prss), received)| {
                    let received = received.into_iter().map(Shares::new);
                    state.receive(prss, received.collect())
                })
                .collect();
            states = next?;
        }
    }

    /// Shares of numbers, by the party's index.
    pub(super) fn share<F: Field>(&self, values: &[i64]) -> Vec<Shares<F>> {
        let values: Vec<F> = values.iter().map(|value| F::from_i64(*value)).collect();
        let messages = sharing::share(self.committee, &values, &mut rng(77));
        let count = values.len();
        let shares = messages.into_iter().map(|message| message.shares(count));
        shares.collect::<Result<_, _>>().unwrap()
    }

    /// The numbers of which these are shares of degree `t`.
    pub(super) fn secrets<F: Field>(&self, shares: &[impl AsRef<[F]>]) -> Vec<i64> {
        let secrets = reconstruct(self.committee, "a test", Degree::Shares, shares).unwrap();
        secrets.iter().map(|secret| secret.to_i64()).collect()
    }

    /// That every party's cost was as declared.
    pub(super) fn check_costs<O>(&self, run: &Run<O>, declared: impl Fn(Party) -> Cost) {
        for (party, cost) in self.committee.parties().zip(&run.costs) {
            assert_eq!(*cost, declared(party), "the cost of {party:?}");
        }
    }
}

/// What a round opens in which every party sends every other the same, in the degree of products.
fn opened_in<F: Field>(committee: Committee, messages: &[Vec<Vec<F>>]) -> Vec<u64> {
    let sent = |sender: usize| {
        let to = |receiver: usize| &messages[receiver][sender];
        let mut receivers = (0..committee.size()).filter(|receiver| *receiver != sender);
        let first = receivers.next().map(to)?;
        (!first.is_empty() && receivers.all(|receiver| to(receiver) == first)).then_some(first)
    };
    let shares: Option<Vec<&Vec<F>>> = (0..committee.size()).map(sent).collect();
    let opened = |shares: Vec<&Vec<F>>| {
        let opened = reconstruct(committee, "a test", Degree::Products, &shares);
        opened.map_or(Vec::new(), |opened| {
            opened.iter().map(|value| value.to_u64()).collect()
        })
    };
    shares.map_or(Vec::new(), opened)
}

/// What came of a gate, by the party's index.
pub(super) struct Run<O> {
    pub(super) outputs: Vec<O>,
    pub(super) costs: Vec<Cost>,
}

/// Randomness that a test dictates: what the parties that conspire know is fixed, and everything
/// that they do not know takes all its values in turn.
pub(in crate::shamir) struct Script {
    conspirators: Vec<Party>,
    fixed: u64,
    state: Mutex<Choices>,
}

#[derive(Default)]
struct Choices {
    /// The choices of this run and how many there are of each.
    path: Vec<(u64, u64)>,
    known: HashMap<(u8, Subset, u32, usize), u64>,
    made: usize,
}

impl Script {
    pub(in crate::shamir) fn elements<F: Field>(&self, place: Place, count: usize) -> Shares<F> {
        self.choose(place, count, F::MODULUS)
    }

    pub(in crate::shamir) fn integers<F: Field>(
        &self,
        bits: u32,
        place: Place,
        count: usize,
    ) -> Shares<F> {
        self.choose(place, count, 1 << bits)
    }

    fn choose<F: Field>(&self, place: Place, count: usize, options: u64) -> Shares<F> {
        let one = |index| F::from_u64(self.choice(place, index, options));
        (0..count).map(one).collect()
    }

    fn choice(&self, (purpose, set, step): Place, index: usize, options: u64) -> u64 {
        if self.conspirators.iter().any(|party| set.contains(*party)) {
            let place = [purpose as u64, set.bits().into(), step.into(), index as u64];
            let mix = |mix: u64, word: &u64| {
                let mix = (mix ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                mix ^ mix >> 29
            };
            return place.iter().fold(self.fixed, mix) % options;
        }
        let choices = &mut *self.state.lock().unwrap();
        let key = (purpose as u8, set, step, index);
        *choices.known.entry(key).or_insert_with(|| {
            if choices.made == choices.path.len() {
                choices.path.push((0, options));
            }
            choices.made += 1;
            choices.path[choices.made - 1].0
        })
    }

    /// Goes on to the next run; false after the last.
    fn advance(&self) -> bool {
        let choices = &mut *self.state.lock().unwrap();
        choices.known.clear();
        choices.made = 0;
        while let Some((choice, options)) = choices.path.pop() {
            if choice + 1 < options {
                choices.path.push((choice + 1, options));
                return true;
            }
        }
        false
    }
}

/// How often the conspirators see what, over everything that they do not know: all that they are
/// sent, in order. `run` uses [`scripted_shares`] for its inputs. Runs that end with
/// [`MpcError::Unlucky`] do not count.
pub(super) fn views(
    parties: u8,
    conspirators: &[u8],
    fixed: u64,
    run: impl Fn(&mut Room) -> Result<(), MpcError>,
) -> BTreeMap<Vec<u64>, u64> {
    let mut views = views_by_secret(parties, conspirators, fixed, run);
    views.remove(&()).unwrap()
}

/// The same for each secret that comes of the runs.
pub(super) fn views_by_secret<S: Ord>(
    parties: u8,
    conspirators: &[u8],
    fixed: u64,
    run: impl Fn(&mut Room) -> Result<S, MpcError>,
) -> BTreeMap<S, BTreeMap<Vec<u64>, u64>> {
    let committee = committee(parties);
    let conspirators: Vec<Party> = conspirators
        .iter()
        .map(|number| committee.party(*number).unwrap())
        .collect();
    let script = Arc::new(Script {
        conspirators: conspirators.clone(),
        fixed,
        state: Mutex::default(),
    });
    let mut views: BTreeMap<S, BTreeMap<Vec<u64>, u64>> = BTreeMap::new();
    loop {
        let seeds = committee.parties().map(|party| {
            let source = Source::Script(Arc::clone(&script));
            Seeds::new(committee, party, source)
        });
        let mut room = Room::with(committee, seeds.collect());
        match run(&mut room) {
            Ok(secret) => {
                let seen = conspirators
                    .iter()
                    .map(|party| &room.received[party.index()]);
                let view = seen.flatten().copied().collect();
                let views = views.entry(secret).or_default();
                *views.entry(view).or_default() += 1;
            }
            Err(MpcError::Unlucky) => {}
            Err(error) => panic!("{error}"),
        }
        if !script.advance() {
            return views;
        }
    }
}

/// Shares of a number of which `t` conspirators' are given: by the party's index.
pub(super) fn scripted_shares<F: Field>(
    committee: Committee,
    conspirators: &[u8],
    given: &[u64],
    secret: i64,
) -> Vec<Shares<F>> {
    assert_eq!(conspirators.len(), committee.threshold());
    let mut points = vec![0];
    points.extend(conspirators);
    let mut values = vec![Shares::new(vec![F::from_i64(secret)])];
    values.extend(
        given
            .iter()
            .map(|share| Shares::new(vec![F::from_u64(*share)])),
    );
    let share = |party: Party| evaluate(&values, &coefficients(&points, party.number()));
    committee.parties().map(share).collect()
}

/// The chi-square statistic of two samples in the same classes, and its degrees of freedom.
pub(super) fn two_samples(a: &[u64], b: &[u64]) -> (f64, usize) {
    let sizes = [a, b].map(|sample| sample.iter().sum::<u64>() as f64);
    let ratio = (sizes[0] / sizes[1]).sqrt();
    let seen = a.iter().zip(b).filter(|(a, b)| **a + **b > 0);
    let terms = seen.map(|(a, b)| {
        let (a, b) = (*a as f64, *b as f64);
        (a / ratio - b * ratio).powi(2) / (a + b)
    });
    let terms: Vec<f64> = terms.collect();
    (terms.iter().sum(), terms.len().saturating_sub(1))
}

/// That two samples are of the same distribution: beyond what is taken here one statistic in more
/// than a thousand million is.
pub(super) fn assert_same_distribution(what: &str, a: &[u64], b: &[u64]) {
    let (statistic, freedom) = two_samples(a, b);
    let freedom = freedom as f64;
    // Laurent and Massart, "Adaptive Estimation of a Quadratic Functional", 2000, lemma 1: beyond
    // this with a chance of exp(-21).
    let limit = freedom + 2.0 * (freedom * 21.0).sqrt() + 42.0;
    assert!(statistic < limit, "{what}: {statistic} of {freedom}");
}
