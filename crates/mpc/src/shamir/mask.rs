//! Masked opening of numbers: `a + r` becomes public, `r` stays secret, in parts. [`Hiding`] says which
//! masks there are; those here are the statistical ones.
//!
//! `r` is a random number whose low bits are shared one by one and whose high part is larger than
//! the value by a factor of `2^kappa`, so that any two values give distributions of `a + r` that differ
//! by at most `2^-kappa` (Catrina, de Hoogh, "Improved Primitives for Secure Multiparty Integer
//! Computation", SCN 2010). The low bits are uniform, so they hide perfectly.

use serde::{Deserialize, Serialize};

use super::{
    committee::{Committee, Party},
    comparison::uniform,
    cost::Cost,
    field::Field,
    opening::{Way, open},
    prss::Prss,
    rounds::Rounds,
    shares::{Shares, Sharing},
    signs::{self, random_bits},
};
use crate::{MpcError, opening::low_bits};

/// What hides a number that is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Hiding {
    /// A random integer that is larger by a factor of `2^kappa`: [`Masks`].
    Statistical {
        /// See [`MaskShape::kappa`].
        kappa: u32,
    },
    /// A random element of a field of `2^b - 1` elements, shared bit by bit. The number is compared
    /// with 0 on the way: see [`ComparisonMasks`](super::comparison::ComparisonMasks).
    Uniform,
}

impl Hiding {
    /// What hides numbers of `width` bits to `2^-kappa` at the least cost; `None` when nothing does.
    pub fn choose<F: Field>(committee: Committee, width: u32, kappa: u32) -> Option<Self> {
        let room = MaskShape::largest_kappa::<F>(committee, width);
        if room.is_some_and(|room| room >= kappa) {
            return Some(Self::Statistical { kappa });
        }
        (uniform::fits::<F>(width) && kappa <= F::BITS).then_some(Self::Uniform)
    }

    /// What is opened of a number tells it from any other with an advantage of two to minus this at
    /// most.
    pub const fn kappa<F: Field>(self) -> u32 {
        match self {
            Self::Statistical { kappa } => kappa,
            Self::Uniform => F::BITS,
        }
    }
}

/// The numbers that are masked, and how well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MaskShape {
    /// Bits of the number in two's complement: it is in `-2^(width - 1)..2^(width - 1)`.
    pub width: u32,
    /// Low bits of the mask that are shared one by one: `width - 1` for a comparison, or as many
    /// as are dropped.
    pub bits: u32,
    /// Statistical security: what is opened of a number tells it from any other with an advantage
    /// of `2^-kappa` at most.
    pub kappa: u32,
}

impl MaskShape {
    /// For a comparison of numbers of `width` bits.
    pub const fn comparison(width: u32, kappa: u32) -> Self {
        Self {
            width,
            bits: width.saturating_sub(1),
            kappa,
        }
    }

    /// For dropping the low `bits` bits of numbers of `width` bits.
    pub const fn truncation(width: u32, bits: u32, kappa: u32) -> Self {
        Self { width, bits, kappa }
    }

    /// The largest `kappa` with which numbers of `width` bits fit the field; `None` when none does.
    pub fn largest_kappa<F: Field>(committee: Committee, width: u32) -> Option<u32> {
        let fits = |kappa: &u32| {
            Self::comparison(width, *kappa)
                .check::<F>(committee)
                .is_ok()
        };
        (0..F::BITS).rev().find(fits)
    }

    /// Bits of each random integer in the high part: it hides what the value and the low part add
    /// up to there, `2^(width - bits)` at most.
    const fn high_bits(self) -> u32 {
        self.kappa + self.width - self.bits
    }

    fn check<F: Field>(self, committee: Committee) -> Result<(), MpcError> {
        let Self { width, bits, kappa } = self;
        let sound = 0 < width && bits <= width && width + kappa < F::BITS;
        // The largest number that is opened.
        let fits = || {
            let power = |exponent: u32| 1_u128 << exponent;
            let high = u128::from(Prss::sets(committee)) * (power(self.high_bits()) - 1);
            let largest = power(width) - 1 + power(bits) - 1 + power(bits) * high;
            largest < u128::from(F::MODULUS)
        };
        if sound && fits() {
            Ok(())
        } else {
            let field = F::BITS;
            Err(MpcError::MaskWidth {
                width,
                kappa,
                field,
            })
        }
    }
}

/// Masks for some numbers: made before these are known, they serve once.
pub struct Masks<F: Field> {
    shape: MaskShape,
    /// List by list, from the lowest bit.
    bits: Vec<Shares<F>>,
    /// The rest of the mask, divided by `2^bits`.
    high: Shares<F>,
}

impl<F: Field> Masks<F> {
    /// Makes those for `count` numbers.
    ///
    /// # Errors
    ///
    /// [`MpcError::MaskWidth`] when the shape does not fit the field.
    pub fn prepare(
        prss: &mut Prss,
        shape: MaskShape,
        count: usize,
        way: Way,
    ) -> Result<Rounds<F, Self>, MpcError> {
        shape.check::<F>(prss.committee())?;
        let high = prss.integers(shape.high_bits(), count)?;
        let bits = random_bits::<F>(prss, shape.bits as usize * count, way)?;
        bits.map(prss, move |bits| {
            let bits = bits.lists(shape.bits as usize, count).collect();
            Ok(Self { shape, bits, high })
        })
    }

    /// The cost of [`Masks::prepare`].
    pub fn cost(
        committee: Committee,
        party: Party,
        shape: MaskShape,
        count: usize,
        way: Way,
    ) -> Cost {
        signs::cost(committee, party, shape.bits as usize * count, way)
    }

    /// How many numbers they are for.
    pub fn len(&self) -> usize {
        self.high.len()
    }

    /// Whether they are for none.
    pub fn is_empty(&self) -> bool {
        self.high.is_empty()
    }

    /// The low bits, list by list.
    pub(super) fn bits(&self) -> &[Shares<F>] {
        &self.bits
    }

    /// `r / 2^shift`, rounded down.
    fn shifted(&self, shift: u32) -> Shares<F> {
        let mut sum = self.high.map(|high| high * power(self.shape.bits - shift));
        for (bits, exponent) in self.bits.iter().skip(shift as usize).zip(0..) {
            let worth = power::<F>(exponent);
            for (sum, bit) in sum.iter_mut().zip(bits.iter()) {
                *sum += *bit * worth;
            }
        }
        sum
    }

    /// What makes a number of `width` bits positive.
    fn offset(&self) -> F {
        power(self.shape.width - 1)
    }
}

/// `2^exponent`, of exponents below 64.
pub(super) fn power<F: Field>(exponent: u32) -> F {
    F::from_u64(1 << exponent)
}

/// Numbers that are open behind their masks.
pub struct Masked<F: Field> {
    masks: Masks<F>,
    /// `a + 2^(width - 1) + r`.
    opened: Vec<u64>,
}

/// Masks numbers, of degree `t` or `2 t`, and opens them, in one round.
///
/// # Errors
///
/// When there are not as many masks as numbers.
pub fn open_masked<F: Field>(
    prss: &mut Prss,
    values: impl Into<Sharing<F>>,
    masks: Masks<F>,
) -> Result<Rounds<F, Masked<F>>, MpcError> {
    let offset = masks.offset();
    let hiding = masks.shifted(0).map(|mask| mask + offset);
    let hidden = values.into().add(&hiding)?;
    let opened = open(prss, "masked numbers", hidden, Way::Direct)?;
    opened.map(prss, |opened| {
        let opened = opened.iter().map(|element| element.to_u64()).collect();
        Ok(Masked { masks, opened })
    })
}

/// The cost of [`open_masked`].
pub fn cost(committee: Committee, party: Party, count: usize) -> Cost {
    super::opening::cost(committee, party, count, Way::Direct)
}

impl<F: Field> Masked<F> {
    /// Shares of the numbers, of degree `t`: no message.
    pub fn values(&self) -> Shares<F> {
        self.difference(0)
    }

    /// Shares of `a / 2^shift`, rounded down or up, right on average: no message. `shift` is at most
    /// the bits of the mask that are shared one by one.
    ///
    /// # Errors
    ///
    /// [`MpcError::Width`] for a larger shift.
    pub fn truncated(&self, shift: u32) -> Result<Shares<F>, MpcError> {
        let MaskShape { width, bits, .. } = self.masks.shape;
        if shift > bits.min(width - 1) {
            return Err(MpcError::Width {
                width: shift,
                ring: bits,
            });
        }
        Ok(self.difference(shift))
    }

    /// The masks.
    pub(super) fn masks(&self) -> &Masks<F> {
        &self.masks
    }

    /// The low bits of the masked numbers, as many as are shared one by one of the masks.
    pub(super) fn low(&self) -> impl Iterator<Item = u64> + Clone {
        let bits = self.masks.shape.bits;
        self.opened
            .iter()
            .map(move |opened| opened & low_bits(bits))
    }

    /// Shares of what the masked numbers' high part has more than the masks'.
    pub(super) fn high(&self) -> Shares<F> {
        let bits = self.masks.shape.bits;
        let pairs = self.opened.iter().zip(self.masks.high.iter());
        pairs
            .map(|(opened, high)| F::from_u64(opened >> bits) - *high)
            .collect()
    }

    /// `(c >> shift) - (r >> shift)`, less what made the number positive.
    fn difference(&self, shift: u32) -> Shares<F> {
        let offset = power::<F>(self.masks.shape.width - 1 - shift);
        let masks = self.masks.shifted(shift);
        let pairs = self.opened.iter().zip(masks.iter());
        pairs
            .map(|(opened, mask)| F::from_u64(opened >> shift) - offset - *mask)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shamir::{
        field::{FiveSymbols, Mersenne61},
        testing::Room,
    };

    fn masked<F: Field>(room: &mut Room, shape: MaskShape, numbers: &[i64]) -> Vec<Masked<F>> {
        let committee = room.committee;
        let count = numbers.len();
        let inputs = vec![(); committee.size()];
        let prepared = room.run(inputs, |prss, ()| {
            Masks::<F>::prepare(prss, shape, count, Way::Collected)
        });
        let prepared = prepared.unwrap();
        room.check_costs(&prepared, |party| {
            Masks::<F>::cost(committee, party, shape, count, Way::Collected)
        });
        let own = room.share::<F>(numbers).into_iter().zip(prepared.outputs);
        let run = room
            .run(own.collect(), |prss, (own, masks)| {
                open_masked(prss, own, masks)
            })
            .unwrap();
        room.check_costs(&run, |party| cost(committee, party, count));
        run.outputs
    }

    #[test]
    fn numbers_come_back_from_behind_their_masks() {
        let numbers = [0, 1, -1, 100_000, -100_000, (1 << 18) - 1, -(1 << 18)];
        for parties in 3..=9 {
            let mut room = Room::new(parties);
            let shape = MaskShape::comparison(19, 30);
            let all = masked::<Mersenne61>(&mut room, shape, &numbers);
            let values: Vec<Shares<Mersenne61>> = all.iter().map(Masked::values).collect();
            assert_eq!(room.secrets(&values), numbers);
        }
    }

    /// Rounded down or up, and by the dropped fraction on average.
    #[test]
    fn truncation_is_right_on_average() {
        for (parties, shape) in [
            (3, MaskShape::comparison(20, 30)),
            (5, MaskShape::truncation(20, 8, 25)),
        ] {
            for number in [0, 1, 256, 300, -1, -300, 100_255, -100_255] {
                let mut room = Room::new(parties);
                let all = masked::<FiveSymbols>(&mut room, shape, &[number; 400]);
                let truncated = all.iter().map(|masked| masked.truncated(8).unwrap());
                let truncated: Vec<Shares<FiveSymbols>> = truncated.collect();
                let extra: Vec<i64> = room
                    .secrets(&truncated)
                    .iter()
                    .map(|value| value - (number >> 8))
                    .collect();
                assert!(extra.iter().all(|extra| [0, 1].contains(extra)), "{number}");
                let fraction = number.rem_euclid(256) as f64 / 256.0 * 400.0;
                let up = extra.iter().sum::<i64>() as f64;
                // Six standard deviations.
                assert!(
                    (up - fraction).abs() <= 60.0,
                    "{number}: {up}, not {fraction}"
                );
                assert!(fraction > 0.0 || up == 0.0);
            }
        }
    }

    #[test]
    fn what_does_not_fit_the_field_is_refused() {
        let three = crate::shamir::testing::committee(3);
        let nine = crate::shamir::testing::committee(9);
        // 19 + 39 bits, and one of three integers' sum.
        assert_eq!(MaskShape::largest_kappa::<Mersenne61>(three, 19), Some(40));
        assert_eq!(MaskShape::largest_kappa::<Mersenne61>(nine, 19), Some(35));
        assert_eq!(MaskShape::largest_kappa::<FiveSymbols>(three, 19), Some(43));
        let refused = |width, bits, kappa| {
            MaskShape { width, bits, kappa }
                .check::<Mersenne61>(three)
                .is_err()
        };
        assert!(!refused(19, 18, 40));
        assert!(refused(19, 18, 41));
        assert!(refused(0, 0, 10) && refused(10, 11, 10) && refused(u32::MAX / 2, 3, 10));
        let mut room = Room::new(3);
        let shape = MaskShape::comparison(30, 40);
        let prepared = room.run(vec![(); 3], |prss, ()| {
            Masks::<Mersenne61>::prepare(prss, shape, 1, Way::Direct)
        });
        let expected = MpcError::MaskWidth {
            width: 30,
            kappa: 40,
            field: 61,
        };
        assert_eq!(prepared.err(), Some(expected));
    }

    #[test]
    fn more_bits_than_the_mask_has_are_not_dropped() {
        let mut room = Room::new(3);
        let all = masked::<Mersenne61>(&mut room, MaskShape::truncation(20, 5, 30), &[77]);
        assert!(all[0].truncated(5).is_ok());
        assert!(all[0].truncated(6).is_err());
    }
}
