//! Fields, products and gates of the engine of equal parties.
//!
//! `cargo bench -p blindsight-mpc --bench shamir`

use std::hint::black_box;

use blindsight_mpc::{
    MpcError,
    bundle::BundleNumber,
    linear::LinearMap,
    shamir::{
        Committee, Field, Party, Rounds, Shares,
        comparison::{ComparisonMasks, compare},
        field::{FiveSymbols, Mersenne61, OneSymbol, ThreeSymbols, invert_all},
        legendre::{SignMasks, Symbols, legendre_symbol, sign},
        mask::Hiding,
        opening::Way,
        product::{apply_all, dot},
        prss::{Prss, SeedDealing, Seeds},
        reduction::reduce,
        sharing,
        signs::random_signs,
    },
};
use chacha20::ChaCha20Rng;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ndarray::Array2;
use rand_core::{Rng, SeedableRng};

/// Values in one batch.
const COUNT: usize = 4096;
/// What hides them while they are compared.
const HIDING: Hiding = Hiding::Statistical { kappa: 30 };

fn elements<F: Field>(count: usize) -> Vec<F> {
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    (0..count).map(|_| F::from_u64(rng.next_u64())).collect()
}

/// All parties, in step: what they do takes the time of all of them.
struct Room {
    committee: Committee,
    seeds: Vec<Seeds>,
    number: BundleNumber,
}

impl Room {
    fn new(parties: u8) -> Result<Self, MpcError> {
        let committee = Committee::new(parties)?;
        let mut rng = ChaCha20Rng::from_seed([2; 32]);
        let deal = |party| SeedDealing::new(committee, party, &mut rng);
        let dealings: Vec<SeedDealing> = committee.parties().map(deal).collect();
        let message = |sender: &SeedDealing, from: Party, to: Party| {
            if from == to {
                Vec::new()
            } else {
                sender.outgoing(to).to_vec()
            }
        };
        let messages: Vec<Vec<Vec<u8>>> = committee
            .parties()
            .map(|to| {
                let senders = dealings.iter().zip(committee.parties());
                senders
                    .map(|(dealing, from)| message(dealing, from, to))
                    .collect()
            })
            .collect();
        let seeds: Result<Vec<Seeds>, MpcError> = dealings
            .into_iter()
            .zip(&messages)
            .map(|(dealing, received)| {
                let received: Vec<&[u8]> = received.iter().map(Vec::as_slice).collect();
                dealing.finish(&received)
            })
            .collect();
        Ok(Self {
            committee,
            seeds: seeds?,
            number: BundleNumber::FIRST,
        })
    }

    fn begin(&mut self) -> Result<Vec<Prss>, MpcError> {
        let number = self.number;
        self.number = number.next().ok_or(MpcError::Exhausted)?;
        self.seeds
            .iter_mut()
            .map(|seeds| seeds.begin(number))
            .collect()
    }

    fn share<F: Field>(&self, values: &[i64]) -> Result<Vec<Shares<F>>, MpcError> {
        let values: Vec<F> = values.iter().map(|value| F::from_i64(*value)).collect();
        let mut rng = ChaCha20Rng::from_seed([3; 32]);
        let messages = sharing::share(self.committee, &values, &mut rng);
        messages
            .into_iter()
            .map(|message| message.shares(values.len()))
            .collect()
    }
}

fn run<F: Field, I, O: 'static>(
    committee: Committee,
    prss: &mut [Prss],
    inputs: Vec<I>,
    start: impl Fn(&mut Prss, I) -> Result<Rounds<F, O>, MpcError>,
) -> Result<Vec<O>, MpcError> {
    let begun = prss.iter_mut().zip(inputs);
    let mut states: Vec<_> = begun
        .map(|(prss, input)| start(prss, input))
        .collect::<Result<_, _>>()?;
    loop {
        let (mut done, mut waiting) = (Vec::new(), Vec::new());
        for state in states {
            match state {
                Rounds::Done(output) => done.push(output),
                Rounds::Waiting(state) => waiting.push(state),
            }
        }
        if waiting.is_empty() {
            return Ok(done);
        }
        let messages = committee.parties().map(|to| {
            let sent = waiting
                .iter()
                .map(|state| Shares::new(state.outgoing(to).to_vec()));
            sent.collect::<Vec<_>>()
        });
        let messages: Vec<_> = messages.collect();
        let next = waiting.into_iter().zip(prss.iter_mut()).zip(messages);
        let next = next.map(|((state, prss), received)| state.receive(prss, received));
        states = next.collect::<Result<_, _>>()?;
    }
}

fn arithmetic(criterion: &mut Criterion) {
    fn of<F: Field>(criterion: &mut Criterion, name: &str) {
        let mut group = criterion.benchmark_group("field");
        let (a, b) = (elements::<F>(COUNT), elements::<F>(COUNT));
        group.throughput(Throughput::Elements(COUNT as u64));
        group.bench_function(BenchmarkId::new("products", name), |bench| {
            bench.iter(|| a.iter().zip(&b).map(|(a, b)| *a * *b).collect::<Vec<F>>());
        });
        group.bench_function(BenchmarkId::new("inverses", name), |bench| {
            bench.iter_batched_ref(|| a.clone(), |a| invert_all(a), BatchSize::SmallInput);
        });
        group.bench_function(BenchmarkId::new("symbols", name), |bench| {
            let symbols = || a.iter().map(|a| legendre_symbol(a.to_u64(), F::MODULUS));
            bench.iter(|| symbols().map(i64::from).sum::<i64>());
        });
        group.bench_function(BenchmarkId::new("dot product", name), |bench| {
            bench.iter(|| dot(black_box(&a), black_box(&b)));
        });
        let map = LinearMap::FullyConnected {
            inputs: COUNT as u32,
            outputs: 2048,
        };
        if let Ok(w) = Array2::from_shape_vec(map.weights(), elements::<F>(2048 * COUNT)) {
            group.throughput(Throughput::Elements(2048 * COUNT as u64));
            group.bench_function(BenchmarkId::new("matvec 2048x4096", name), |bench| {
                bench.iter(|| apply_all(&map, black_box(w.view()), &[&a]));
            });
        }
        group.finish();
    }
    of::<Mersenne61>(criterion, "2^61 - 1");
    of::<OneSymbol>(criterion, "one symbol");
    of::<ThreeSymbols>(criterion, "three symbols");
    of::<FiveSymbols>(criterion, "five symbols");
}

/// The time of all parties together.
fn gates<F: Field>(
    criterion: &mut Criterion,
    parties: u8,
    symbols: Symbols,
) -> Result<(), MpcError> {
    let mut room = Room::new(parties)?;
    let committee = room.committee;
    let mut group = criterion.benchmark_group(format!("{parties} parties"));
    group.throughput(Throughput::Elements(COUNT as u64));
    group.sample_size(10);
    let nothing = || vec![(); committee.size()];
    let numbers: Vec<i64> = (0..COUNT as i64).map(|i| i % 200 - 100).collect();
    let shared = room.share::<F>(&numbers)?;
    let copies = || shared.iter().map(Shares::duplicate).collect::<Vec<_>>();

    let mut prss = room.begin()?;
    group.bench_function("random elements", |bench| {
        bench.iter(|| {
            let all = prss.iter_mut().map(|prss| prss.elements::<F>(COUNT));
            all.collect::<Result<Vec<_>, _>>()
        });
    });
    group.bench_function("resharing", |bench| {
        bench.iter(|| {
            run(committee, &mut prss, copies(), |prss, own: Shares<F>| {
                reduce(prss, &own.mul(&own)?)
            })
        });
    });
    group.bench_function("random signs", |bench| {
        bench.iter(|| {
            run(committee, &mut prss, nothing(), |prss, ()| {
                random_signs::<F>(prss, COUNT, Way::Collected)
            })
        });
    });
    group.bench_function("masks of signs", |bench| {
        bench.iter(|| {
            run(committee, &mut prss, nothing(), |prss, ()| {
                SignMasks::<F>::prepare(prss, symbols, COUNT, Way::Collected)
            })
        });
    });
    let mut other = room.begin()?;
    group.bench_function("signs", |bench| {
        let masks = || {
            let masks = run(committee, &mut prss, nothing(), |prss, ()| {
                SignMasks::<F>::prepare(prss, symbols, COUNT, Way::Collected)
            });
            copies()
                .into_iter()
                .zip(masks.unwrap_or_default())
                .collect::<Vec<_>>()
        };
        let signs = |inputs| {
            run(committee, &mut other, inputs, |prss, (a, masks)| {
                sign(prss, &a, masks)
            })
        };
        bench.iter_batched(masks, signs, BatchSize::LargeInput);
    });
    group.bench_function("masks of comparisons of 19 bits", |bench| {
        bench.iter(|| {
            run(committee, &mut prss, nothing(), |prss, ()| {
                ComparisonMasks::<F>::prepare(prss, 19, HIDING, COUNT, Way::Collected)
            })
        });
    });
    let mut other = room.begin()?;
    group.bench_function("comparisons of 19 bits", |bench| {
        let masks = || {
            let masks = run(committee, &mut prss, nothing(), |prss, ()| {
                ComparisonMasks::<F>::prepare(prss, 19, HIDING, COUNT, Way::Collected)
            });
            copies()
                .into_iter()
                .zip(masks.unwrap_or_default())
                .collect::<Vec<_>>()
        };
        let compare = |inputs| {
            run(
                committee,
                &mut other,
                inputs,
                |prss, (a, masks): (Shares<F>, _)| compare(prss, a, masks),
            )
        };
        bench.iter_batched(masks, compare, BatchSize::LargeInput);
    });
    group.finish();
    Ok(())
}

fn three_parties(criterion: &mut Criterion) {
    let _ = gates::<OneSymbol>(criterion, 3, Symbols::One).map_err(|error| eprintln!("{error}"));
}

fn seven_parties(criterion: &mut Criterion) {
    let _ = gates::<OneSymbol>(criterion, 7, Symbols::One).map_err(|error| eprintln!("{error}"));
}

criterion_group!(benches, arithmetic, three_parties, seven_parties);
criterion_main!(benches);
