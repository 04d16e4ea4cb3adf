//! Comparison behind uniform masks, in a field of `p = 2^b - 1` elements.
//!
//! `b` random bits are a random element `r`: uniform but for `2^-b`, because 0 and `p` are the same.
//! So `c = 2 a + r` tells any two numbers apart with that advantage at most, however wide they are.
//! As integers, with `2 a mod p`, `c` below `p` and `r` at most `p`,
//!
//! ```text
//! (2 a mod p) = c - r + w p        where w = [c < r]
//! ```
//!
//! and `p` is odd: the lowest bit of the left side is `c_0 xor r_0 xor w`. It is 1 exactly where `a` is
//! negative (Nishide, Ohta, "Multiparty Computation for Interval, Equality, and Comparison without
//! Bit-Decomposition Protocol", PKC 2007). Then `2 a = c - r + (w - [a < 0]) p`, from which low bits
//! are dropped without another message. That also holds for `r = p`.

use super::below::{Below, Turned};
use crate::{
    MpcError,
    shamir::{
        committee::{Committee, Party},
        cost::Cost,
        field::Field,
        mask::power,
        multiplication::multiply,
        opening::{Way, open},
        prss::Prss,
        reduction,
        rounds::Rounds,
        shares::{Shares, Sharing},
        signs::{self, random_bits, random_signs},
    },
};

/// Masks for some numbers: they serve once.
pub(super) struct UniformMasks<F: Field> {
    pub(super) width: u32,
    /// All bits of the masks, list by list from the lowest one.
    pub(super) bits: Vec<Shares<F>>,
    /// Of the secret signs that turn the comparisons around, the products with `1 - 2 r_0`.
    pub(super) parities: Shares<F>,
}

/// Masks for some numbers, and the randomness of their comparison.
type Prepared<F> = (UniformMasks<F>, Below<F>);

/// Makes the masks for `count` numbers, and the randomness of their comparison.
///
/// # Errors
///
/// [`MpcError::MaskWidth`] when the numbers or the field do not allow it.
pub(super) fn prepare<F: Field>(
    prss: &mut Prss,
    width: u32,
    count: usize,
    way: Way,
) -> Result<Rounds<F, Prepared<F>>, MpcError> {
    if !fits::<F>(width) {
        return Err(MpcError::MaskWidth {
            width,
            kappa: F::BITS,
            field: F::BITS,
        });
    }
    let bits = random_bits::<F>(prss, F::BITS as usize * count, way)?;
    let signs = random_signs::<F>(prss, count, way)?;
    let factors = prss.elements(count)?;
    bits.beside(signs)
        .and_then(prss, move |prss, (bits, signs)| {
            let bits: Vec<Shares<F>> = bits.lists(F::BITS as usize, count).collect();
            let lowest = bits.first().map(|bits| bits.map(|bit| F::ONE - bit - bit));
            let parities = multiply(prss, &signs, &lowest.unwrap_or_default())?;
            parities.map(prss, move |parities| {
                let masks = UniformMasks {
                    width,
                    bits,
                    parities,
                };
                Ok((masks, Below { signs, factors }))
            })
        })
}

/// Whether the field is one of `2^b - 1` elements, and twice a number of `width` bits is below it.
pub(in crate::shamir) const fn fits<F: Field>(width: u32) -> bool {
    F::MERSENNE && 0 < width && width < F::BITS
}

/// The cost of [`prepare`].
pub(super) fn cost<F: Field>(committee: Committee, party: Party, count: usize, way: Way) -> Cost {
    let bits = signs::cost(committee, party, F::BITS as usize * count, way);
    bits.beside(signs::cost(committee, party, count, way))
        + reduction::cost(committee, party, count)
}

/// Numbers that were compared.
pub(super) struct UniformMasked<F: Field> {
    width: u32,
    bits: Vec<Shares<F>>,
    /// `2 a + r`.
    opened: Vec<u64>,
    /// Shares of `w - [a < 0]`.
    carries: Shares<F>,
}

/// Shares of `[a >= 0]`, and the numbers as they are open.
type Compared<F> = (Shares<F>, UniformMasked<F>);

/// Compares numbers with zero.
///
/// # Errors
///
/// When there are not as many masks as numbers.
pub(super) fn compare<F: Field>(
    prss: &mut Prss,
    values: Sharing<F>,
    masks: UniformMasks<F>,
    below: Below<F>,
) -> Result<Rounds<F, Compared<F>>, MpcError> {
    let UniformMasks {
        width,
        bits,
        parities,
    } = masks;
    let hidden = values.map(|a| a + a).add(&shifted(&bits, 0))?;
    let opened = open(prss, "masked numbers", hidden, Way::Direct)?;
    opened.and_then(prss, move |prss, opened| {
        let opened: Vec<u64> = opened.iter().map(|element| element.to_u64()).collect();
        let turned = below.compare(prss, &bits, opened.iter().copied())?;
        turned.map(prss, move |turned| {
            let at_least_zero = not_negative(&opened, &parities, &turned)?;
            let carries = turned.below()?.zip(&at_least_zero, |wraps, bit| {
                // One less where it is negative.
                wraps + bit - F::ONE
            })?;
            let masked = UniformMasked {
                width,
                bits,
                opened,
                carries,
            };
            Ok((at_least_zero, masked))
        })
    })
}

/// `1 - (c_0 xor r_0 xor w)`.
fn not_negative<F: Field>(
    opened: &[u64],
    parities: &Shares<F>,
    turned: &Turned<F>,
) -> Result<Shares<F>, MpcError> {
    let half = F::from_u64(2).inverse();
    let public =
        opened.iter().zip(&turned.public).map(
            |(opened, turned)| {
                if opened & 1 == 1 { -*turned } else { *turned }
            },
        );
    let public: Vec<F> = public.collect();
    parities.zip(&public, |parity, public| (F::ONE + parity * public) * half)
}

impl<F: Field> UniformMasked<F> {
    /// Shares of the numbers.
    pub(super) fn values(&self) -> Shares<F> {
        let half = F::from_u64(2).inverse();
        let masks = shifted(&self.bits, 0);
        let pairs = self.opened.iter().zip(masks.iter());
        pairs
            .map(|(opened, mask)| (F::from_u64(*opened) - *mask) * half)
            .collect()
    }

    /// Shares of `a / 2^shift`, rounded down or up. A multiple of `2^shift` is exact but for a chance
    /// of `|a| / 2^(b + shift - 1)`; with it the result is one off.
    pub(super) fn truncated(&self, shift: u32) -> Result<Shares<F>, MpcError> {
        if shift >= self.width {
            return Err(MpcError::Width {
                width: shift,
                ring: self.width - 1,
            });
        }
        if shift == 0 {
            return Ok(self.values());
        }
        // 2 a, and so one bit more. p / 2^(shift + 1), rounded up.
        let wrap = power::<F>(F::BITS - 1 - shift);
        let masks = shifted(&self.bits, shift + 1);
        let numbers = self.opened.iter().zip(masks.iter());
        let numbers = numbers.zip(self.carries.iter());
        Ok(numbers
            .map(|((opened, mask), carry)| {
                F::from_u64(opened >> (shift + 1)) - *mask + *carry * wrap
            })
            .collect())
    }
}

/// `r / 2^shift`, rounded down.
fn shifted<F: Field>(bits: &[Shares<F>], shift: u32) -> Shares<F> {
    let count = bits.first().map_or(0, |bits| bits.len());
    let mut sum = Shares::new(vec![F::ZERO; count]);
    for (bits, exponent) in bits.iter().skip(shift as usize).zip(0..) {
        let worth = power::<F>(exponent);
        for (sum, bit) in sum.iter_mut().zip(bits.iter()) {
            *sum += *bit * worth;
        }
    }
    sum
}
