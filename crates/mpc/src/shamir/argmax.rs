//! The class of the largest logit and nothing else.
//!
//! All pairs of logits are compared. The class that wins against all others has a product of
//! comparisons that is 1; the sum of `class * product` goes to a client alone. Ties go to the lower
//! index.

use super::{
    committee::{Committee, Party},
    comparison::{self, ComparisonMasks, compare},
    cost::Cost,
    field::Field,
    multiplication::{product_cost, product_of_all},
    opening::Way,
    prss::Prss,
    rounds::Rounds,
    shares::{Shares, Sharing},
};
use crate::{MpcError, argmax::Classes};

/// What hides the logits while they are compared.
pub struct ArgmaxMasks<F: Field> {
    classes: Classes,
    comparisons: ComparisonMasks<F>,
}

impl<F: Field> ArgmaxMasks<F> {
    /// Makes those for logits whose differences have `width` bits in two's complement.
    ///
    /// # Errors
    ///
    /// As [`ComparisonMasks::prepare`].
    pub fn prepare(
        prss: &mut Prss,
        classes: Classes,
        width: u32,
        kappa: u32,
        way: Way,
    ) -> Result<Rounds<F, Self>, MpcError> {
        let comparisons = ComparisonMasks::prepare(prss, width, kappa, classes.pairs(), way)?;
        comparisons.map(prss, move |comparisons| {
            Ok(Self {
                classes,
                comparisons,
            })
        })
    }

    /// The cost of [`ArgmaxMasks::prepare`].
    pub fn cost(
        committee: Committee,
        party: Party,
        classes: Classes,
        width: u32,
        way: Way,
    ) -> Cost {
        ComparisonMasks::<F>::cost(committee, party, width, classes.pairs(), way)
    }
}

/// The class, for [`super::opening::for_client`].
///
/// # Errors
///
/// When there are not as many logits as classes.
pub fn argmax<F: Field>(
    prss: &mut Prss,
    logits: &Shares<F>,
    masks: ArgmaxMasks<F>,
) -> Result<Rounds<F, Sharing<F>>, MpcError> {
    let ArgmaxMasks {
        classes,
        comparisons,
    } = masks;
    MpcError::check("the logits", classes.count(), logits.len())?;
    let pairs = classes.each_pair();
    let differences: Shares<F> = pairs.map(|(a, b)| logits[a] - logits[b]).collect();
    let compared = compare(prss, differences, comparisons)?;
    compared.and_then(prss, move |prss, compared| {
        // For each class its comparisons with all others, in their order.
        let mut wins: Vec<Shares<F>> = Vec::with_capacity(classes.count());
        wins.resize_with(classes.count(), || {
            Shares::new(Vec::with_capacity(classes.count()))
        });
        for ((a, b), bit) in classes.each_pair().zip(compared.at_least_zero.iter()) {
            wins[a].extend([*bit]);
            wins[b].extend([F::ONE - *bit]);
        }
        let against = |other: usize| wins.iter().map(|of_one| of_one[other]).collect();
        let mut factors: Vec<Shares<F>> = (0..classes.count() - 1).map(against).collect();
        if factors.len() == 1 {
            return Ok(Rounds::Done(factors.remove(0).sum_scaled().into()));
        }
        product_of_all(prss, factors)?.map(prss, |wins| Ok(wins.sum_scaled().into()))
    })
}

/// The cost of [`argmax`].
pub fn cost(committee: Committee, party: Party, classes: Classes, width: u32) -> Cost {
    let factors = classes.count() - 1;
    comparison::cost(committee, party, width, classes.pairs())
        + product_cost(committee, party, factors, classes.count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shamir::{
        field::Mersenne61, opening::for_client, sharing::reconstruct, testing::Room,
    };

    fn class(parties: u8, logits: &[i64]) -> i64 {
        let mut room = Room::new(parties);
        let committee = room.committee;
        let classes = Classes::new(logits.len()).unwrap();
        let inputs = vec![(); usize::from(parties)];
        let prepared = room.run(inputs, |prss, ()| {
            ArgmaxMasks::<Mersenne61>::prepare(prss, classes, 12, 30, Way::Collected)
        });
        let prepared = prepared.unwrap();
        room.check_costs(&prepared, |party| {
            ArgmaxMasks::<Mersenne61>::cost(committee, party, classes, 12, Way::Collected)
        });
        let own = room
            .share::<Mersenne61>(logits)
            .into_iter()
            .zip(prepared.outputs);
        let run = room
            .run(own.collect(), |prss, (logits, masks)| {
                argmax(prss, &logits, masks)
            })
            .unwrap();
        room.check_costs(&run, |party| cost(committee, party, classes, 12));
        let sent = room.prss.iter_mut().zip(run.outputs);
        let sent: Vec<_> = sent
            .map(|(prss, class)| for_client(prss, class).unwrap())
            .collect();
        let shares: Vec<&Shares<Mersenne61>> = sent.iter().map(|(_, own)| own).collect();
        let class = reconstruct(committee, "the class", sent[0].0, &shares).unwrap();
        assert_eq!(class.len(), 1);
        class[0].to_i64()
    }

    #[test]
    fn the_class_of_the_largest_logit_is_revealed() {
        for parties in [3, 4, 5, 7] {
            assert_eq!(class(parties, &[5, 9, -3, 9, 0, 1, -900, 8, 2, 3]), 1);
            assert_eq!(class(parties, &[-5, -9, -3, -4]), 2);
            assert_eq!(class(parties, &[0, 0, 0]), 0);
            assert_eq!(class(parties, &[3, 4]), 1);
            assert_eq!(class(parties, &[4, 4]), 0);
        }
        assert_eq!(class(3, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1000]), 11);
    }
}
