//! From the parties' shares of a result to numbers.

use blindsight_model::{plan::Reveal, shamir::Scheme};
use blindsight_mpc::{
    shamir::{Field, Shares, sharing::reconstruct},
    with_field,
};
use zeroize::Zeroizing;

use super::super::evaluation::{outcome_degree, outcome_elements};
use crate::{abort::Reason, party::exactly};

/// The numbers that all parties' shares stand for, by the party's index.
pub(super) fn numbers(
    scheme: &Scheme,
    outcomes: &[Option<Zeroizing<Vec<u8>>>],
) -> Result<Zeroizing<Vec<i64>>, Reason> {
    let (committee, degree) = (scheme.committee(), outcome_degree(scheme));
    let count = outcome_elements(scheme);
    with_field!(scheme.prime(), F => {
        let mut shares = Vec::with_capacity(outcomes.len());
        for bytes in outcomes.iter().flatten() {
            exactly(bytes, count * F::BYTES)?;
            shares.push(Shares::new(F::read(bytes)?));
        }
        let elements = reconstruct::<F>(committee, "the result", degree, &shares)?;
        let first = match scheme.plan().output().reveal {
            Reveal::Scores => elements.first().copied().unwrap_or_default(),
            Reveal::Ranking { .. } => F::ZERO,
        };
        Ok(Zeroizing::new(from_first(first, &elements)))
    })
}

/// The elements as numbers, in their distance from one of them. That of two logits is sure to be
/// smaller than the field, and a logit is not: all may be off by the same multiple of the prime.
fn from_first<F: Field>(first: F, elements: &[F]) -> Vec<i64> {
    let distance = |element: &F| (*element - first).to_i64();
    let numbers = elements.iter().map(distance);
    // Only shares that lie make a sum too large.
    numbers
        .map(|number| first.to_i64().saturating_add(number))
        .collect()
}

#[cfg(test)]
mod tests {
    use blindsight_mpc::shamir::field::{FiveSymbols, Mersenne61};

    use super::*;

    fn numbers_of<F: Field>(logits: &[i64]) -> Vec<i64> {
        let elements: Vec<F> = logits.iter().map(|logit| F::from_i64(*logit)).collect();
        from_first(elements[0], &elements)
    }

    #[test]
    fn logits_that_fit_are_what_they_are() {
        let logits = [5, -7, 0, 1 << 59, -(1 << 59)];
        assert_eq!(numbers_of::<Mersenne61>(&logits), logits);
        assert_eq!(numbers_of::<FiveSymbols>(&logits), logits);
        assert_eq!(from_first::<Mersenne61>(Mersenne61::ZERO, &[]), [0; 0]);
    }

    /// Each alone may be beyond the field. What is between them is right.
    #[test]
    fn logits_that_do_not_fit_keep_their_distances() {
        let logits = [i64::MAX - 5, i64::MAX - 9, i64::MAX - (1 << 58)];
        let found = numbers_of::<Mersenne61>(&logits);
        assert_ne!(found, logits);
        for (found, logit) in found.iter().zip(&logits) {
            assert_eq!(found - found_first(&logits), logit - logits[0]);
        }
    }

    fn found_first(logits: &[i64]) -> i64 {
        Mersenne61::from_i64(logits[0]).to_i64()
    }

    #[test]
    fn shares_that_lie_do_no_harm() {
        let largest = FiveSymbols::from_u64(FiveSymbols::MODULUS / 2);
        let all = [largest, -largest, FiveSymbols::ZERO];
        for first in all {
            assert_eq!(from_first(first, &all).len(), 3);
        }
    }
}
