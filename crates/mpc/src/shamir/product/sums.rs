//! Sums of products that are reduced once.

use crate::shamir::field::Field;

/// The sum of the products of pairs, reduced once.
///
/// # Panics
///
/// When the lengths differ.
pub fn dot<F: Field>(a: &[F], b: &[F]) -> F {
    assert_eq!(a.len(), b.len(), "the lengths of a dot product");
    #[cfg(target_arch = "wasm32")]
    let (low, high) = by_halves(a, b);
    #[cfg(not(target_arch = "wasm32"))]
    let (low, high) = by_words(a, b);
    F::reduce(low, high)
}

/// The sum as `low + 2^64 high`, by products of 64-bit words.
#[cfg(any(test, not(target_arch = "wasm32")))]
fn by_words<F: Field>(a: &[F], b: &[F]) -> (u128, u128) {
    let (mut low, mut high) = (0_u128, 0_u128);
    for (a, b) in a.chunks(F::TERMS).zip(b.chunks(F::TERMS)) {
        let products = a
            .iter()
            .zip(b)
            .map(|(a, b)| u128::from(a.kept()) * u128::from(b.kept()));
        let sum = products.fold(0_u128, u128::wrapping_add);
        low += sum & u128::from(u64::MAX);
        high += sum >> 64;
    }
    (low, high)
}

/// The same by products of 32-bit halves, for machines that have no wider ones. Each sum is of halves
/// of products, so that `2^30` of them fit, and none waits for a carry.
#[cfg(any(test, target_arch = "wasm32"))]
fn by_halves<F: Field>(a: &[F], b: &[F]) -> (u128, u128) {
    /// Pairs after which the sums are put together.
    const TOGETHER: usize = 1 << 20;
    const HALF: u64 = u32::MAX as u64;
    let (mut low, mut high) = (0_u128, 0_u128);
    for (a, b) in a.chunks(TOGETHER).zip(b.chunks(TOGETHER)) {
        let mut sums = [0_u64; 4];
        for (a, b) in a.iter().zip(b) {
            let [a, b] = [a.kept(), b.kept()];
            let (a, a_high) = (a & HALF, a >> 32);
            let (b, b_high) = (b & HALF, b >> 32);
            let [first, one, other, last] = [a * b, a * b_high, a_high * b, a_high * b_high];
            sums[0] += first & HALF;
            sums[1] += (first >> 32) + (one & HALF) + (other & HALF);
            sums[2] += (one >> 32) + (other >> 32) + (last & HALF);
            sums[3] += last >> 32;
        }
        let [first, second, third, fourth] = sums.map(u128::from);
        low += first + (second << 32);
        high += third + (fourth << 32);
    }
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shamir::Prime;
    use proptest::prelude::*;

    fn agree<F: Field>(words: &[(u64, u64)]) {
        let (a, b): (Vec<F>, Vec<F>) = words
            .iter()
            .map(|(a, b)| (F::from_u64(*a), F::from_u64(*b)))
            .unzip();
        let [words, halves] = [by_words(&a, &b), by_halves(&a, &b)];
        assert!(F::reduce(words.0, words.1) == F::reduce(halves.0, halves.1));
        assert!(dot(&a, &b) == F::reduce(words.0, words.1));
    }

    proptest! {
        #[test]
        fn browsers_and_other_machines_agree(
            words in prop::collection::vec(any::<(u64, u64)>(), 0..300), largest: bool,
        ) {
            for prime in Prime::ALL {
                let end = prime.modulus() - 1;
                let ends = |(a, b): &(u64, u64)| if largest { (end, end) } else { (*a, *b) };
                let words: Vec<(u64, u64)> = words.iter().map(ends).collect();
                crate::with_field!(prime, F => agree::<F>(&words));
            }
        }
    }
}
