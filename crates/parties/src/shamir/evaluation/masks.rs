//! What hides the numbers of one picture, made before it is there.

use blindsight_model::{
    plan::Reveal,
    shamir::{Finish, Scheme},
};
use blindsight_mpc::{
    MpcError,
    argmax::Classes,
    shamir::{
        Committee, Cost, Field, Party, Rounds,
        argmax::ArgmaxMasks,
        comparison::ComparisonMasks,
        legendre::{SignMasks, Symbols},
        mask::{self, Hiding, MaskShape},
        opening::Way,
        prss::Prss,
    },
    with_field,
};

use crate::data_owner::fitting;

/// How masks are made: nobody waits for them, so they may take a round more.
const WAY: Way = Way::Collected;

/// What some numbers of a step need.
#[derive(Clone, Copy)]
pub(in crate::shamir) enum Need {
    Compare {
        width: u32,
        hiding: Hiding,
        count: usize,
    },
    Truncate {
        shape: MaskShape,
        count: usize,
    },
    Legendre {
        symbols: Symbols,
        count: usize,
    },
    Argmax {
        width: u32,
        hiding: Hiding,
        classes: Classes,
    },
}

/// What hides some numbers.
pub(super) enum Mask<F: Field> {
    Compare(ComparisonMasks<F>),
    Truncate(mask::Masks<F>),
    Legendre(SignMasks<F>),
    Argmax(ArgmaxMasks<F>),
}

/// What hides the numbers of a step.
pub(super) struct StepMasks<F: Field> {
    /// Of its pooling, round by round.
    pub(super) pool: Vec<Mask<F>>,
    /// Of what ends it.
    pub(super) gate: Vec<Mask<F>>,
}

/// What hides all numbers of one picture. It serves once.
pub(in crate::shamir) struct Masks<F: Field> {
    steps: std::vec::IntoIter<StepMasks<F>>,
}

/// What each step needs: for the rounds of its pooling, and for what ends it.
pub(in crate::shamir) fn needs(scheme: &Scheme) -> Vec<(Vec<Need>, Vec<Need>)> {
    (0..scheme.plan().steps())
        .map(|step| (pool_needs(scheme, step), gate_needs(scheme, step)))
        .collect()
}

fn pool_needs(scheme: &Scheme, step: usize) -> Vec<Need> {
    let (Some(pooling), Some(width)) = (scheme.plan().pooling(step), scheme.pool_width(step))
    else {
        return Vec::new();
    };
    let hiding = scheme.hiding(width);
    let mut needs = Vec::new();
    let mut round = pooling.start.clone();
    for _ in 0..pooling.start.rounds() {
        let count = round.pairs();
        needs.push(Need::Compare {
            width,
            hiding,
            count,
        });
        round = round.next();
    }
    needs
}

fn gate_needs(scheme: &Scheme, step: usize) -> Vec<Need> {
    let plan = scheme.plan();
    let Some(end) = scheme.finish(step) else {
        let width = plan.output().width;
        return match plan.output().reveal {
            Reveal::Scores => Vec::new(),
            Reveal::Ranking { .. } => vec![Need::Argmax {
                width,
                hiding: scheme.hiding(width),
                classes: plan.classes(),
            }],
        };
    };
    let count = plan.values()[step + 1].shape.elements();
    let compare = |width| Need::Compare {
        width,
        hiding: scheme.hiding(width),
        count,
    };
    match end {
        Finish::Nothing => Vec::new(),
        Finish::Legendre(symbols) => vec![Need::Legendre { symbols, count }],
        Finish::Truncate { width, shift } => {
            vec![match scheme.hiding(width) {
                Hiding::Statistical { kappa } => {
                    let shape = MaskShape::truncation(width, shift, kappa);
                    Need::Truncate { shape, count }
                }
                // To drop bits one needs to know the carry, and so compares.
                Hiding::Uniform => compare(width),
            }]
        }
        Finish::Sign { width } | Finish::Rectify { width, .. } => vec![compare(width)],
        Finish::Clip { width, .. } => vec![compare(width), compare(width)],
    }
}

/// How many bundles may be kept for one data owner: as many as their masks fit at a party.
pub(in crate::shamir) fn most_bundles(scheme: &Scheme) -> usize {
    fitting(bytes(scheme))
}

/// Bytes that the masks of a picture take at a party.
fn bytes(scheme: &Scheme) -> u64 {
    let needs = needs(scheme).into_iter();
    let needs = needs.flat_map(|(pool, gate)| pool.into_iter().chain(gate));
    let (field, element) = with_field!(scheme.prime(), F => (F::BITS, F::BYTES as u64));
    needs.map(|need| element * need.elements(field)).sum()
}

impl Need {
    /// Elements that a party keeps of it, in a field of so many bits.
    fn elements(self, field: u32) -> u64 {
        let compared = |width: u32, hiding: Hiding, count: usize| {
            let mask = match hiding {
                Hiding::Statistical { .. } => width,
                Hiding::Uniform => field + 1,
            };
            // A secret sign and a factor for each.
            u64::from(mask + 2) * count as u64
        };
        match self {
            Self::Compare {
                width,
                hiding,
                count,
            } => compared(width, hiding, count),
            Self::Truncate { shape, count } => u64::from(shape.bits + 1) * count as u64,
            // A sign and its mask for each symbol, that of the sum of five and the product of three
            // included.
            Self::Legendre { symbols, count } => 2 * (symbols.count() as u64 + 1) * count as u64,
            Self::Argmax {
                width,
                hiding,
                classes,
            } => compared(width, hiding, classes.pairs()),
        }
    }

    fn prepare<F: Field>(self, prss: &mut Prss) -> Result<Rounds<F, Mask<F>>, MpcError> {
        match self {
            Self::Compare {
                width,
                hiding,
                count,
            } => ComparisonMasks::prepare(prss, width, hiding, count, WAY)?
                .map(prss, |masks| Ok(Mask::Compare(masks))),
            Self::Truncate { shape, count } => mask::Masks::prepare(prss, shape, count, WAY)?
                .map(prss, |masks| Ok(Mask::Truncate(masks))),
            Self::Legendre { symbols, count } => SignMasks::prepare(prss, symbols, count, WAY)?
                .map(prss, |masks| Ok(Mask::Legendre(masks))),
            Self::Argmax {
                width,
                hiding,
                classes,
            } => ArgmaxMasks::prepare(prss, classes, width, hiding, WAY)?
                .map(prss, |masks| Ok(Mask::Argmax(masks))),
        }
    }

    /// What making it costs a party.
    pub(in crate::shamir) fn cost<F: Field>(self, committee: Committee, party: Party) -> Cost {
        match self {
            Self::Compare {
                width,
                hiding,
                count,
            } => ComparisonMasks::<F>::cost(committee, party, width, hiding, count, WAY),
            Self::Truncate { shape, count } => {
                mask::Masks::<F>::cost(committee, party, shape, count, WAY)
            }
            Self::Legendre { symbols, count } => {
                SignMasks::<F>::cost(committee, party, symbols, count, WAY)
            }
            Self::Argmax {
                width,
                hiding,
                classes,
            } => ArgmaxMasks::<F>::cost(committee, party, classes, width, hiding, WAY),
        }
    }
}

/// Makes all masks of a picture in the same rounds.
///
/// # Errors
///
/// Of the rounds: a share that does not fit the others', a message of the wrong length.
pub(in crate::shamir) fn prepare<F: Field>(
    scheme: &Scheme,
    prss: &mut Prss,
) -> Result<Rounds<F, Masks<F>>, MpcError> {
    let needs = needs(scheme);
    let shapes: Vec<(usize, usize)> = needs
        .iter()
        .map(|(pool, gate)| (pool.len(), gate.len()))
        .collect();
    let mut all: Rounds<F, Vec<Mask<F>>> = Rounds::Done(Vec::new());
    for need in needs
        .into_iter()
        .flat_map(|(pool, gate)| pool.into_iter().chain(gate))
    {
        let one = need.prepare(prss)?;
        all = all.beside(one).map(prss, |(mut all, one)| {
            all.push(one);
            Ok(all)
        })?;
    }
    all.map(prss, move |masks| {
        let mut masks = masks.into_iter();
        let steps = shapes.into_iter().map(|(pool, gate)| StepMasks {
            pool: masks.by_ref().take(pool).collect(),
            gate: masks.by_ref().take(gate).collect(),
        });
        let steps: Vec<_> = steps.collect();
        let steps = steps.into_iter();
        Ok(Masks { steps })
    })
}

impl<F: Field> Masks<F> {
    /// Those of the next step.
    pub(super) fn next_step(&mut self) -> StepMasks<F> {
        self.steps.next().unwrap_or(StepMasks {
            pool: Vec::new(),
            gate: Vec::new(),
        })
    }
}

impl<F: Field> StepMasks<F> {
    /// Those of the last step.
    pub(super) fn argmax(mut self) -> Result<ArgmaxMasks<F>, MpcError> {
        match self.gate.pop() {
            Some(Mask::Argmax(masks)) => Ok(masks),
            _ => Err(MpcError::Exhausted),
        }
    }
}

/// The next of some masks, which must be for a comparison.
pub(super) fn comparison<F: Field>(mask: Option<Mask<F>>) -> Result<ComparisonMasks<F>, MpcError> {
    match mask {
        Some(Mask::Compare(masks)) => Ok(masks),
        _ => Err(MpcError::Exhausted),
    }
}
