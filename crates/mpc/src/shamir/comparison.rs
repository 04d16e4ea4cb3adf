//! Comparison of numbers of any width with 0, and what is made of it.
//!
//! A number is opened behind a mask whose bits are shared one by one. What is open is compared with
//! the mask (`below`): that tells whether the sum carried, and so the sign. Masks that are much
//! larger than the number leave less to compare than uniform ones (`uniform`), but these hide
//! numbers as wide as the field.

use super::{
    committee::{Committee, Party},
    cost::Cost,
    field::Field,
    mask::{Hiding, MaskShape, Masked, Masks, open_masked},
    multiplication::multiply,
    opening::{self, Way},
    prss::Prss,
    reduction,
    rounds::Rounds,
    shares::{Shares, Sharing},
    signs::{self, random_signs},
};
use crate::MpcError;

mod below;
pub(super) mod uniform;

use below::Below;
use uniform::{UniformMasked, UniformMasks};

/// What hides some numbers while they are compared with 0: made before these are known, it serves
/// once.
pub struct ComparisonMasks<F: Field> {
    masks: Kind<F>,
    below: Below<F>,
}

enum Kind<F: Field> {
    Statistical(Masks<F>),
    Uniform(UniformMasks<F>),
}

impl<F: Field> ComparisonMasks<F> {
    /// Makes those for `count` numbers of `width` bits in two's complement.
    ///
    /// # Errors
    ///
    /// [`MpcError::MaskWidth`] when they do not fit the field.
    pub fn prepare(
        prss: &mut Prss,
        width: u32,
        hiding: Hiding,
        count: usize,
        way: Way,
    ) -> Result<Rounds<F, Self>, MpcError> {
        match hiding {
            Hiding::Statistical { kappa } => {
                let shape = MaskShape::comparison(width, kappa);
                let masks = Masks::prepare(prss, shape, count, way)?;
                let signs = random_signs(prss, count, way)?;
                let factors = prss.elements(count)?;
                masks.beside(signs).map(prss, |(masks, signs)| {
                    Ok(Self {
                        masks: Kind::Statistical(masks),
                        below: Below { signs, factors },
                    })
                })
            }
            Hiding::Uniform => {
                let prepared = uniform::prepare(prss, width, count, way)?;
                prepared.map(prss, |(masks, below)| {
                    Ok(Self {
                        masks: Kind::Uniform(masks),
                        below,
                    })
                })
            }
        }
    }

    /// The cost of [`ComparisonMasks::prepare`].
    pub fn cost(
        committee: Committee,
        party: Party,
        width: u32,
        hiding: Hiding,
        count: usize,
        way: Way,
    ) -> Cost {
        match hiding {
            Hiding::Statistical { kappa } => {
                let shape = MaskShape::comparison(width, kappa);
                let masks = Masks::<F>::cost(committee, party, shape, count, way);
                masks.beside(signs::cost(committee, party, count, way))
            }
            Hiding::Uniform => uniform::cost::<F>(committee, party, count, way),
        }
    }
}

/// Numbers that were compared with 0.
pub struct Compared<F: Field> {
    /// Shares of `[a >= 0]`.
    pub at_least_zero: Shares<F>,
    masked: Opened<F>,
}

enum Opened<F: Field> {
    Statistical(Masked<F>),
    Uniform(UniformMasked<F>),
}

impl<F: Field> Compared<F> {
    /// Shares of the numbers, of degree `t`: no message.
    pub fn values(&self) -> Shares<F> {
        match &self.masked {
            Opened::Statistical(masked) => masked.values(),
            Opened::Uniform(masked) => masked.values(),
        }
    }

    /// Shares of `a / 2^shift`, rounded down or up, right on average: no message.
    ///
    /// # Errors
    ///
    /// [`MpcError::Width`] when `shift` is not below the width.
    pub fn truncated(&self, shift: u32) -> Result<Shares<F>, MpcError> {
        match &self.masked {
            Opened::Statistical(masked) => masked.truncated(shift),
            Opened::Uniform(masked) => masked.truncated(shift),
        }
    }
}

/// Compares numbers, of degree `t` or `2 t`, with 0.
///
/// # Errors
///
/// When there are not as many masks as numbers.
pub fn compare<F: Field>(
    prss: &mut Prss,
    values: impl Into<Sharing<F>>,
    masks: ComparisonMasks<F>,
) -> Result<Rounds<F, Compared<F>>, MpcError> {
    let ComparisonMasks { masks, below } = masks;
    match masks {
        Kind::Statistical(masks) => {
            let masked = open_masked(prss, values, masks)?;
            masked.and_then(prss, |prss, masked| {
                let carried = below.compare(prss, masked.masks().bits(), masked.low())?;
                carried.map(prss, move |carried| {
                    let at_least_zero = masked.high().sub(&carried.below()?)?;
                    Ok(Compared {
                        at_least_zero,
                        masked: Opened::Statistical(masked),
                    })
                })
            })
        }
        Kind::Uniform(masks) => {
            let masked = uniform::compare(prss, values.into(), masks, below)?;
            masked.map(prss, |(at_least_zero, masked)| {
                Ok(Compared {
                    at_least_zero,
                    masked: Opened::Uniform(masked),
                })
            })
        }
    }
}

/// The cost of [`compare`] and [`sign`].
pub fn cost<F: Field>(
    committee: Committee,
    party: Party,
    width: u32,
    hiding: Hiding,
    count: usize,
) -> Cost {
    let bits = match hiding {
        Hiding::Statistical { kappa } => MaskShape::comparison(width, kappa).bits,
        Hiding::Uniform => F::BITS,
    };
    let opened = opening::cost(committee, party, count, Way::Direct);
    opened + below::cost(committee, party, bits, count)
}

/// Shares of `+1` where `a >= 0` and `-1` elsewhere.
///
/// # Errors
///
/// As [`compare`].
pub fn sign<F: Field>(
    prss: &mut Prss,
    values: impl Into<Sharing<F>>,
    masks: ComparisonMasks<F>,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    compare(prss, values, masks)?.map(prss, |compared| {
        let bits = &compared.at_least_zero;
        Ok(bits.map(|bit| bit + bit - F::ONE))
    })
}

/// Shares of `max(a, 0) / 2^shift`, rounded down or up, right on average.
///
/// # Errors
///
/// As [`compare`], and [`MpcError::Width`] when `shift` is not below the width.
pub fn relu<F: Field>(
    prss: &mut Prss,
    values: impl Into<Sharing<F>>,
    masks: ComparisonMasks<F>,
    shift: u32,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    compare(prss, values, masks)?.and_then(prss, move |prss, compared| {
        let truncated = compared.truncated(shift)?;
        multiply(prss, &truncated, &compared.at_least_zero)
    })
}

/// The cost of [`relu`].
pub fn relu_cost<F: Field>(
    committee: Committee,
    party: Party,
    width: u32,
    hiding: Hiding,
    count: usize,
) -> Cost {
    cost::<F>(committee, party, width, hiding, count) + reduction::cost(committee, party, count)
}

#[cfg(test)]
mod tests;
