//! Comparison of numbers of any width, and what is made of it.
//!
//! Of the masked number `c = a + 2^(w - 1) + r` the low bits are compared with those of `r`, which are
//! shared one by one: one of some small sums is 0 if the public number is smaller (Toft, "Primitives and
//! Applications for Multi-party Computation", 2007). Their product, times a random element, is opened:
//! whether it is 0 is a random bit, because a secret sign turns the question around.

use super::{
    committee::{Committee, Party},
    cost::Cost,
    field::Field,
    mask::{MaskShape, Masked, Masks, open_masked},
    multiplication::{multiply, product_cost, product_of_all},
    opening::{self, Way, open},
    prss::Prss,
    reduction,
    rounds::Rounds,
    shares::{Shares, Sharing},
    signs::{self, random_signs},
};
use crate::MpcError;

/// What hides some numbers while they are compared with 0: made before these are known, it serves
/// once.
pub struct ComparisonMasks<F: Field> {
    masks: Masks<F>,
    signs: Shares<F>,
    factors: Shares<F>,
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
        kappa: u32,
        count: usize,
        way: Way,
    ) -> Result<Rounds<F, Self>, MpcError> {
        let shape = MaskShape::comparison(width, kappa);
        let masks = Masks::prepare(prss, shape, count, way)?;
        let signs = random_signs(prss, count, way)?;
        let factors = prss.elements(count)?;
        masks.beside(signs).map(prss, |(masks, signs)| {
            Ok(Self {
                masks,
                signs,
                factors,
            })
        })
    }

    /// The cost of [`ComparisonMasks::prepare`].
    pub fn cost(committee: Committee, party: Party, width: u32, count: usize, way: Way) -> Cost {
        let shape = MaskShape::comparison(width, 0);
        let masks = Masks::<F>::cost(committee, party, shape, count, way);
        masks.beside(signs::cost(committee, party, count, way))
    }
}

/// Numbers that were compared with 0.
pub struct Compared<F: Field> {
    /// The numbers behind their masks.
    pub masked: Masked<F>,
    /// Shares of `[a >= 0]`.
    pub at_least_zero: Shares<F>,
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
    let ComparisonMasks {
        masks,
        signs,
        factors,
    } = masks;
    let masked = open_masked(prss, values, masks)?;
    masked.and_then(prss, move |prss, masked| {
        let mut all = differences(&masked, &signs);
        all.push(factors);
        let product = product_of_all(prss, all)?;
        let opened = product.and_then(prss, |prss, product| {
            open(prss, "the products of a comparison", product, Way::Direct)
        })?;
        opened.map(prss, move |opened| {
            let half = F::from_u64(2).inverse();
            let high = masked.high();
            let borrows = opened.iter().zip(signs.iter()).map(|(product, sign)| {
                let twice = if *product == F::ZERO {
                    F::ONE - *sign
                } else {
                    F::ONE + *sign
                };
                twice * half
            });
            let at_least_zero = high
                .iter()
                .zip(borrows)
                .map(|(high, borrow)| *high - borrow);
            let at_least_zero = at_least_zero.collect();
            Ok(Compared {
                masked,
                at_least_zero,
            })
        })
    })
}

/// The cost of [`compare`] and [`sign`].
pub fn cost(committee: Committee, party: Party, width: u32, count: usize) -> Cost {
    let opened = opening::cost(committee, party, count, Way::Direct);
    // One for each bit that is compared, one for equality and the random one.
    let factors = width as usize + 1;
    opened + product_cost(committee, party, factors, count) + opened
}

/// Of the low bits `c_i` of the masked numbers and `r_i` of their masks, from the highest, and signs
/// `s`: `s + r_i - c_i + 3 d_i`, where `d_i` of the higher bits differ, and `s - 1 + 3 d` for the `d`
/// bits that differ at all. If `s = -1`, one of them is 0 exactly when `c < r`; if `s = 1`, when
/// `c >= r`.
fn differences<F: Field>(masked: &Masked<F>, signs: &Shares<F>) -> Vec<Shares<F>> {
    let three = F::from_u64(3);
    let mut differing = Shares::new(vec![F::ZERO; signs.len()]);
    let mut all = Vec::with_capacity(masked.masks().bits().len() + 2);
    for (bit, own) in masked.masks().bits().iter().enumerate().rev() {
        let mut one = Shares::new(Vec::with_capacity(signs.len()));
        let numbers = masked.low().zip(own.iter()).zip(signs.iter());
        let lists = numbers.zip(differing.iter_mut());
        one.extend(lists.map(|(((low, own), sign), differing)| {
            let (public, differs) = if low >> bit & 1 == 1 {
                (F::ONE, F::ONE - *own)
            } else {
                (F::ZERO, *own)
            };
            let difference = *sign + *own - public + *differing;
            *differing += differs * three;
            difference
        }));
        all.push(one);
    }
    let last = signs.iter().zip(differing.iter());
    all.push(
        last.map(|(sign, differing)| *sign - F::ONE + *differing)
            .collect(),
    );
    all
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
        let truncated = compared.masked.truncated(shift)?;
        multiply(prss, &truncated, &compared.at_least_zero)
    })
}

/// The cost of [`relu`].
pub fn relu_cost(committee: Committee, party: Party, width: u32, count: usize) -> Cost {
    cost(committee, party, width, count) + reduction::cost(committee, party, count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shamir::{
        field::{FiveSymbols, Mersenne61, OneSymbol},
        testing::{Room, assert_same_distribution, two_samples},
    };

    fn masks<F: Field>(
        room: &mut Room,
        width: u32,
        kappa: u32,
        count: usize,
    ) -> Vec<ComparisonMasks<F>> {
        let committee = room.committee;
        let inputs = vec![(); committee.size()];
        let run = room.run(inputs, |prss, ()| {
            ComparisonMasks::<F>::prepare(prss, width, kappa, count, Way::Collected)
        });
        let run = run.unwrap();
        room.check_costs(&run, |party| {
            ComparisonMasks::<F>::cost(committee, party, width, count, Way::Collected)
        });
        run.outputs
    }

    #[test]
    fn all_numbers_of_small_widths_are_compared() {
        for (parties, width) in [(3, 1), (3, 2), (3, 7), (4, 3), (5, 6), (7, 4), (9, 3)] {
            let mut room = Room::new(parties);
            let bound = 1_i64 << (width - 1);
            // Each some times: the masks differ.
            let numbers: Vec<i64> = (-bound..bound).cycle().take(16 * bound as usize).collect();
            let own = masks::<Mersenne61>(&mut room, width, 20, numbers.len());
            let own = room.share(&numbers).into_iter().zip(own);
            let run = room.run(
                own.collect(),
                |prss, (a, masks): (Shares<Mersenne61>, _)| sign(prss, a, masks),
            );
            let run = run.unwrap();
            let committee = room.committee;
            room.check_costs(&run, |party| cost(committee, party, width, numbers.len()));
            let expected: Vec<i64> = numbers
                .iter()
                .map(|a| if *a >= 0 { 1 } else { -1 })
                .collect();
            assert_eq!(room.secrets(&run.outputs), expected);
        }
    }

    #[test]
    fn no_numbers_take_the_same_rounds() {
        let mut room = Room::new(3);
        let own = masks::<Mersenne61>(&mut room, 6, 30, 0);
        let own = room.share::<Mersenne61>(&[]).into_iter().zip(own);
        let run = room
            .run(own.collect(), |prss, (a, masks)| relu(prss, a, masks, 1))
            .unwrap();
        let committee = room.committee;
        room.check_costs(&run, |party| relu_cost(committee, party, 6, 0));
    }

    #[test]
    fn wide_numbers_are_compared() {
        fn check<F: Field>(width: u32) {
            for parties in [3, 5, 7] {
                let mut room = Room::new(parties);
                let bound = 1_i64 << (width - 1);
                let mut numbers = vec![0, -1, 1, bound - 1, -bound, bound / 3, -bound / 3];
                numbers
                    .extend((1..60).map(|i| (i * 0x9e37_79b9_i64 * i) % bound * (1 - 2 * (i % 2))));
                let own = masks::<F>(&mut room, width, 15, numbers.len());
                let squares = room.share::<F>(&numbers);
                // Products are compared as they are.
                let one = room.share::<F>(&vec![1; numbers.len()]);
                let products = squares.iter().zip(&one).map(|(a, b)| a.mul(b).unwrap());
                let run = room.run(
                    products.zip(own).collect(),
                    |prss, (a, masks): (crate::shamir::Products<F>, _)| compare(prss, a, masks),
                );
                let run = run.unwrap();
                let bits: Vec<&Shares<F>> =
                    run.outputs.iter().map(|one| &one.at_least_zero).collect();
                let expected: Vec<i64> = numbers.iter().map(|a| i64::from(*a >= 0)).collect();
                assert_eq!(room.secrets(&bits), expected);
                let values: Vec<Shares<F>> =
                    run.outputs.iter().map(|one| one.masked.values()).collect();
                assert_eq!(room.secrets(&values), numbers);
            }
        }
        check::<Mersenne61>(19);
        check::<OneSymbol>(32);
        check::<FiveSymbols>(40);
    }

    #[test]
    fn relu_keeps_what_is_positive_and_drops_bits() {
        for parties in [3, 5] {
            let mut room = Room::new(parties);
            let numbers = [0, 5, -5, 1000, -1000, 4095, -4096, 31, 32, -32];
            for shift in [0, 5] {
                let own = masks::<Mersenne61>(&mut room, 13, 30, numbers.len());
                let own = room.share::<Mersenne61>(&numbers).into_iter().zip(own);
                let run = room
                    .run(own.collect(), |prss, (a, masks)| {
                        relu(prss, a, masks, shift)
                    })
                    .unwrap();
                let committee = room.committee;
                room.check_costs(&run, |party| relu_cost(committee, party, 13, numbers.len()));
                for (a, relu) in numbers.iter().zip(room.secrets(&run.outputs)) {
                    let extra = relu - (a.max(&0) >> shift);
                    assert!(
                        extra == 0 || extra == 1 && *a > 0 && a % (1 << shift) != 0,
                        "{a}: {relu}"
                    );
                }
            }
            let own = masks::<Mersenne61>(&mut room, 13, 30, numbers.len());
            let own = room.share::<Mersenne61>(&numbers).into_iter().zip(own);
            let refused = room.run(own.collect(), |prss, (a, masks)| relu(prss, a, masks, 13));
            assert_eq!(
                refused.err(),
                Some(MpcError::Width {
                    width: 13,
                    ring: 12
                })
            );
        }
    }

    /// Numbers that are compared at a time.
    const COUNT: usize = 4096;

    /// What a party is sent when many equal numbers are compared, message by message, and what all
    /// parties see opened: the masked numbers, and whether each product is 0.
    fn seen(number: i64) -> (Vec<Vec<u64>>, [Vec<u64>; 2]) {
        let mut room = Room::new(3);
        let own = masks::<Mersenne61>(&mut room, 6, 30, COUNT);
        let own = room
            .share::<Mersenne61>(&[number; COUNT])
            .into_iter()
            .zip(own);
        room.received[0].clear();
        room.opened.clear();
        room.run(own.collect(), |prss, (a, masks)| relu(prss, a, masks, 2))
            .unwrap();
        let messages = room.received[0].chunks_exact(COUNT).map(<[u64]>::to_vec);
        let (masked, products) = room.opened.split_at(COUNT);
        assert_eq!(products.len(), COUNT);
        let zero = products.iter().map(|product| u64::from(*product == 0));
        (messages.collect(), [masked.to_vec(), zero.collect()])
    }

    /// How often which of 64 classes.
    fn classes(words: impl Iterator<Item = u64>) -> Vec<u64> {
        let mut counts = vec![0; 64];
        words.for_each(|word| counts[word as usize % 64] += 1);
        counts
    }

    /// Whatever a party is sent has the same distribution for all numbers: each message's low and
    /// high bits, the masked numbers' and how often a product is 0. The numbers' own signs and low
    /// bits have not: then this test sees it.
    #[test]
    fn what_a_party_sees_is_independent_of_the_number() {
        let [high, low] = [31, -32].map(seen);
        assert_eq!(high.0.len(), low.0.len());
        for (round, (a, b)) in high.0.iter().zip(&low.0).enumerate() {
            for shift in [0, 55] {
                let [a, b] = [a, b].map(|words| classes(words.iter().map(|word| word >> shift)));
                assert_same_distribution(&format!("message {round}"), &a, &b);
            }
        }
        let ([masked, zero], [other_masked, other_zero]) = (high.1, low.1);
        // The 5 low bits, the 6 above them, and the highest.
        for shift in [0, 5, 30] {
            let [a, b] = [&masked, &other_masked]
                .map(|words| classes(words.iter().map(|word| word >> shift)));
            assert_same_distribution("the masked numbers", &a, &b);
        }
        let [a, b] = [zero, other_zero].map(|bits| classes(bits.into_iter()));
        assert_same_distribution("the products", &a, &b);
        let half = COUNT as u64 / 2;
        assert!(a[0].abs_diff(half) < half / 8, "a random bit");
        let of_one = |number: u64| classes([number; COUNT].into_iter());
        assert!(two_samples(&of_one(31), &of_one(0)).0 > 1000.0);
    }
}
