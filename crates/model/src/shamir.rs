//! The plan of a network among compute parties: the same steps, in a prime field.
//!
//! A [`Scheme`] says what a [`Plan`] leaves open where there is no helper: how many parties there
//! are, in which field they compute, how signs are found and how well openings are masked. All of it
//! is public, and all members compare the scheme's hash before any share leaves.

use blindsight_mpc::{
    shamir::{Committee, Prime, legendre::Symbols, mask::Hiding},
    with_field,
};
use serde::{Deserialize, Serialize};

use crate::{
    fixed_point::{Demands, FixedPointError, IntegerNetwork},
    network::Network,
    plan::{Function, Gate, Operand, Plan, PlanError, PlanHash, Reveal},
};

pub mod oracle;

/// `2^-kappa` is how well an opening hides a number at least, unless the field has no room for that.
pub const KAPPA: u32 = 40;
/// The least `kappa` that is accepted: for Legendre symbols, whose fields have no uniform masks.
pub const MIN_KAPPA: u32 = 30;
/// The most bits that a difference of two logits may have where they are revealed, in two's
/// complement: in every field, it and a logit add up to less than 2^63.
const SCORE_WIDTH: u32 = 60;
/// No number that is compared has so many bits.
const MAX_WIDTH: u32 = 64;

/// How the sign of a number is found where an activation is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Signs {
    /// By a comparison as wide as the plan proves: always right.
    #[default]
    Exact,
    /// By Legendre symbols where a step takes no pixels and drops no bits: in a round, but right only
    /// for numbers in [`Symbols::range`]. Sums of pixels are far larger than that.
    Legendre(Symbols),
}

/// Why a text names no way to find signs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("signs are found by `exact` comparisons or by 1, 3 or 5 Legendre symbols")]
pub struct NotSigns;

impl std::str::FromStr for Signs {
    type Err = NotSigns;

    fn from_str(text: &str) -> Result<Self, NotSigns> {
        match text {
            "exact" => Ok(Self::Exact),
            "1" => Ok(Self::Legendre(Symbols::One)),
            "3" => Ok(Self::Legendre(Symbols::Three)),
            "5" => Ok(Self::Legendre(Symbols::Five)),
            _ => Err(NotSigns),
        }
    }
}

/// The public description of a network's evaluation among compute parties. Always one that can be
/// carried out: there is no other way to make one than [`Scheme::new`], also when it is deserialised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawScheme", into = "RawScheme")]
pub struct Scheme {
    plan: Plan,
    committee: Committee,
    signs: Signs,
    prime: Prime,
    /// The least that any of its masks has.
    kappa: u32,
}

#[derive(Serialize, Deserialize)]
struct RawScheme {
    plan: Plan,
    committee: Committee,
    signs: Signs,
}

impl TryFrom<RawScheme> for Scheme {
    type Error = SchemeError;

    fn try_from(raw: RawScheme) -> Result<Self, SchemeError> {
        Self::new(raw.plan, raw.committee, raw.signs)
    }
}

impl From<Scheme> for RawScheme {
    fn from(scheme: Scheme) -> Self {
        Self {
            plan: scheme.plan,
            committee: scheme.committee,
            signs: scheme.signs,
        }
    }
}

/// Why a plan cannot be carried out among compute parties.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemeError {
    /// A comparison is too wide for the field.
    #[error(
        "step {step} compares numbers of {width} bits; among {parties} parties the field leaves no \
         room to hide them. Use fewer parties, or a helper"
    )]
    Width {
        /// The step, from 0.
        step: usize,
        /// Bits that are compared.
        width: u32,
        /// How many parties there are.
        parties: usize,
    },
    /// The sums of a network are too wide for the field, however coarsely it is rounded.
    #[error(
        "among {parties} compute parties there is no room in the field to hide the sums of this \
         network; use fewer parties, or a helper"
    )]
    Room {
        /// How many parties there are.
        parties: usize,
    },
    /// The distances of the logits do not fit the field.
    #[error(
        "the scores of this network do not fit the field of compute parties; host with a helper"
    )]
    Scores,
    /// The network cannot be evaluated in integers.
    #[error(transparent)]
    Network(#[from] FixedPointError),
    /// The plan cannot reveal that.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

/// What is done with the result of an affine map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// +1 where it is at least 0, -1 elsewhere: by a comparison of so many bits.
    Sign {
        /// Bits in two's complement.
        width: u32,
    },
    /// The same by Legendre symbols.
    Legendre(Symbols),
    /// Nothing but bringing it back to degree `t`.
    Nothing,
    /// Bits are dropped.
    Truncate {
        /// Bits in two's complement.
        width: u32,
        /// How many are dropped.
        shift: u32,
    },
    /// A function that compares once: a ReLU, leaky or not, of what is left when bits are dropped.
    Rectify {
        /// Bits in two's complement.
        width: u32,
        /// How many are dropped.
        shift: u32,
        /// The slope for negative values, in units of `2^-bits`, and `bits`; of a ReLU 0 and 0.
        slope: (u32, u32),
    },
    /// A ReLU that is cut off at `high`, after bits are dropped: it compares twice.
    Clip {
        /// Bits in two's complement.
        width: u32,
        /// How many are dropped.
        shift: u32,
        /// The largest result.
        high: u64,
    },
}

impl Scheme {
    /// Checks that a plan can be carried out, and chooses the field.
    ///
    /// # Errors
    ///
    /// What does not fit.
    pub fn new(plan: Plan, committee: Committee, signs: Signs) -> Result<Self, SchemeError> {
        let scores = plan.output().reveal == Reveal::Scores;
        let compared: Vec<(usize, u32)> = (0..plan.steps())
            .flat_map(|step| widths(&plan, step, signs).map(move |width| (step, width)))
            .collect();
        let prime = match signs {
            Signs::Legendre(symbols) => of_symbols(symbols),
            // The quickest arithmetic, unless the larger field alone can do with the shorter masks.
            Signs::Exact => {
                let short = |prime: &Prime| {
                    let mut widths = compared.iter().map(|(_, width)| *width);
                    widths.all(|width| is_statistical(hiding(*prime, committee, width)))
                };
                let primes = [Prime::Mersenne61, Prime::FiveSymbols];
                primes.into_iter().find(short).unwrap_or(Prime::Mersenne61)
            }
        };
        let mut least = Vec::with_capacity(compared.len());
        for &(step, width) in &compared {
            let hiding = hiding(prime, committee, width).ok_or(SchemeError::Width {
                step,
                width,
                parties: committee.size(),
            })?;
            least.push(with_field!(prime, F => hiding.kappa::<F>()));
        }
        let kappa = least.into_iter().min().unwrap_or(KAPPA);
        // The logits themselves may wrap around: whoever reconstructs them goes by their distances.
        if scores && plan.output().width > SCORE_WIDTH {
            return Err(SchemeError::Scores);
        }
        Ok(Self {
            plan,
            committee,
            signs,
            prime,
            kappa,
        })
    }

    /// A network in integers for so many parties, as precise as the field and the demands allow, and
    /// its scheme.
    ///
    /// # Errors
    ///
    /// When the network cannot be evaluated in integers, or these do not fit the field.
    pub fn of_network(
        network: &Network,
        reveal: Reveal,
        committee: Committee,
        signs: Signs,
        demands: Demands,
    ) -> Result<(IntegerNetwork, Self), SchemeError> {
        let attempt = |(prime, kappa): (Prime, u32)| {
            // The widest comparison that is hidden so well.
            let hidden = |width: &u32| {
                let hiding = with_field!(prime, F => Hiding::choose::<F>(committee, *width, kappa));
                hiding.is_some()
            };
            let widest = (2..MAX_WIDTH).rev().find(hidden);
            let demands = Demands {
                compared: demands.compared.min(widest.unwrap_or(2)),
                ..demands
            };
            let integers = IntegerNetwork::from_float_with(network, demands)?;
            let integers = integers.revealing(reveal)?;
            let scheme = Self::new(integers.plan().clone(), committee, signs)?;
            Ok((integers, scheme))
        };
        let precise = match signs {
            // Short masks, if the network leaves room for them; then such as need none.
            Signs::Exact => attempt((Prime::FiveSymbols, KAPPA))
                .or_else(|_: SchemeError| attempt((Prime::Mersenne61, KAPPA))),
            Signs::Legendre(symbols) => {
                let prime = of_symbols(symbols);
                attempt((prime, KAPPA))
                    .or_else(|_: SchemeError| attempt((prime, (KAPPA + MIN_KAPPA) / 2)))
                    .or_else(|_| attempt((prime, MIN_KAPPA)))
            }
        };
        // Where a ring would do, it is the field that is too small.
        precise.map_err(
            |error| match IntegerNetwork::from_float_with(network, demands) {
                Ok(_) if matches!(error, SchemeError::Network(_)) => SchemeError::Room {
                    parties: committee.size(),
                },
                _ => error,
            },
        )
    }

    /// The steps.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The parties.
    pub fn committee(&self) -> Committee {
        self.committee
    }

    /// How signs are found.
    pub fn signs(&self) -> Signs {
        self.signs
    }

    /// The field.
    pub fn prime(&self) -> Prime {
        self.prime
    }

    /// How well its masks hide: an opening tells two numbers apart with a chance of `2^-kappa` at
    /// most.
    pub fn kappa(&self) -> u32 {
        self.kappa
    }

    /// What hides numbers of `width` bits.
    pub fn hiding(&self, width: u32) -> Hiding {
        // What the plan compares was seen to fit.
        hiding(self.prime, self.committee, width).unwrap_or(Hiding::Statistical { kappa: KAPPA })
    }

    /// Bits of the differences that the pooling of a step compares; none where it does not pool.
    pub fn pool_width(&self, step: usize) -> Option<u32> {
        let hidden = self.plan.hidden().get(step)?;
        hidden.activation.pool.map(|pool| pool.width + pool.shift)
    }

    /// What ends a step that has an activation.
    pub fn finish(&self, step: usize) -> Option<Finish> {
        finish(&self.plan, step, self.signs)
    }

    /// What all members compare before they start.
    pub fn hash(&self) -> PlanHash {
        PlanHash::of("blindsight 2026 scheme of compute parties v1", self)
    }
}

/// The field in which so many symbols are right.
fn of_symbols(symbols: Symbols) -> Prime {
    match symbols {
        Symbols::One => Prime::OneSymbol,
        Symbols::Three => Prime::ThreeSymbols,
        Symbols::Five => Prime::FiveSymbols,
    }
}

/// What hides numbers of `width` bits: at the least cost, to `2^-KAPPA` or as well as the field allows.
/// `None` when that is too little.
fn hiding(prime: Prime, committee: Committee, width: u32) -> Option<Hiding> {
    with_field!(prime, F => {
        let hiding = |kappa| Hiding::choose::<F>(committee, width, kappa);
        (MIN_KAPPA..=KAPPA).rev().find_map(hiding)
    })
}

/// Whether masks are short.
fn is_statistical(hiding: Option<Hiding>) -> bool {
    matches!(hiding, Some(Hiding::Statistical { kappa: KAPPA }))
}

/// What ends a step; nothing where that gives the logits.
fn finish(plan: &Plan, step: usize, signs: Signs) -> Option<Finish> {
    let activation = plan.hidden().get(step)?.activation;
    let shift = activation.shift;
    let width = activation.width + shift;
    let mut operations = plan.affine(step).operations.iter();
    let pixels = operations.any(|one| one.operands().contains(&Operand::Value(0)));
    let small = shift == 0 && !pixels;
    Some(match (activation.gate, signs) {
        (Gate::Sign, Signs::Legendre(symbols)) if small => Finish::Legendre(symbols),
        (Gate::Sign, _) => Finish::Sign { width },
        (Gate::Function(function), _) => match function {
            Function::Identity if shift == 0 => Finish::Nothing,
            Function::Identity => Finish::Truncate { width, shift },
            Function::Relu => Finish::Rectify {
                width,
                shift,
                slope: (0, 0),
            },
            Function::LeakyRelu { slope, bits } => Finish::Rectify {
                width,
                shift,
                slope: (slope, bits),
            },
            Function::Clip { high } => Finish::Clip { width, shift, high },
        },
    })
}

/// Bits of what a step compares or opens behind masks.
fn widths(plan: &Plan, step: usize, signs: Signs) -> impl Iterator<Item = u32> + use<> {
    let (pool, last) = match plan.hidden().get(step) {
        Some(hidden) => {
            let pool = hidden.activation.pool.map(|pool| pool.width + pool.shift);
            let last = match finish(plan, step, signs) {
                None | Some(Finish::Legendre(_) | Finish::Nothing) => None,
                Some(
                    Finish::Sign { width }
                    | Finish::Truncate { width, .. }
                    | Finish::Rectify { width, .. }
                    | Finish::Clip { width, .. },
                ) => Some(width),
            };
            (pool, last)
        }
        None => {
            let ranking = plan.output().reveal != Reveal::Scores;
            (None, ranking.then_some(plan.output().width))
        }
    };
    pool.into_iter().chain(last)
}
