//! The class of the largest logit, or the largest few in their order, and nothing else.
//!
//! All pairs of logits are compared. Each class counts the others that it beats; ties go to the lower
//! index. So the counts are `0..k` in some order, and for each of them there is a polynomial of degree
//! `k - 1` that is 1 there and 0 at the others. The sum of `class * polynomial(count)` goes to a client
//! alone: for the count `k - 1`, and for those that follow if more classes are revealed.

use super::{
    committee::{Committee, Party},
    comparison::{self, ComparisonMasks, compare},
    cost::Cost,
    field::Field,
    mask::Hiding,
    multiplication::{product_cost, product_of_all},
    opening::Way,
    prss::Prss,
    rounds::Rounds,
    shares::{Products, Shares, Sharing},
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
        hiding: Hiding,
        way: Way,
    ) -> Result<Rounds<F, Self>, MpcError> {
        let comparisons = ComparisonMasks::prepare(prss, width, hiding, classes.pairs(), way)?;
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
        hiding: Hiding,
        way: Way,
    ) -> Cost {
        ComparisonMasks::<F>::cost(committee, party, width, hiding, classes.pairs(), way)
    }
}

/// The classes of the `top` largest logits, the largest first, for [`super::opening::for_client`].
///
/// # Errors
///
/// When there are not as many logits as classes, or not as many classes as are to be revealed.
pub fn argmax<F: Field>(
    prss: &mut Prss,
    logits: &Shares<F>,
    masks: ArgmaxMasks<F>,
    top: u8,
) -> Result<Rounds<F, Sharing<F>>, MpcError> {
    let ArgmaxMasks {
        classes,
        comparisons,
    } = masks;
    MpcError::check("the logits", classes.count(), logits.len())?;
    let top = usize::from(top);
    MpcError::check("the revealed classes", top, top.clamp(1, classes.count()))?;
    let pairs = classes.each_pair();
    let differences: Shares<F> = pairs.map(|(a, b)| logits[a] - logits[b]).collect();
    let compared = compare(prss, differences, comparisons)?;
    compared.and_then(prss, move |prss, compared| {
        let counts = wins(classes, &compared.at_least_zero);
        let (mut factors, scales) = indicators(&counts, top);
        let named = move |indicators: &[F]| -> Vec<F> {
            let lists = indicators.chunks(classes.count()).zip(&scales);
            lists.map(|(list, scale)| place(list) * *scale).collect()
        };
        if factors.len() == 1 {
            let revealed = named(&factors.remove(0));
            return Ok(Rounds::Done(Shares::new(revealed).into()));
        }
        product_of_all(prss, factors)?.map(prss, move |indicators| {
            Ok(Products::new(named(indicators.elements())).into())
        })
    })
}

/// How many others each class beats, from the comparisons of all pairs.
fn wins<F: Field>(classes: Classes, at_least: &Shares<F>) -> Shares<F> {
    let mut counts = Shares::new(vec![F::ZERO; classes.count()]);
    for ((a, b), bit) in classes.each_pair().zip(at_least.iter()) {
        counts[a] += *bit;
        counts[b] += F::ONE - *bit;
    }
    counts
}

/// For each of the `top` largest counts `v`, from the largest, `count - u` of all classes for all
/// counts `u` but `v`: factor by factor, in each all classes for each `v`. Times a scale of its own, the
/// product is `[count = v]`.
fn indicators<F: Field>(counts: &Shares<F>, top: usize) -> (Vec<Shares<F>>, Vec<F>) {
    let number = |count: usize| F::from_u64(count as u64);
    let last = counts.len() - 1;
    let wanted = move || (0..top).map(move |place| last - place);
    let other = |factor: usize, v: usize| number(factor + usize::from(factor >= v));
    let factor = |factor: usize| {
        let lists = wanted().flat_map(|v| {
            let other = other(factor, v);
            counts.iter().map(move |count| *count - other)
        });
        let mut all = Shares::new(Vec::with_capacity(top * counts.len()));
        all.extend(lists);
        all
    };
    let scale = |v: usize| {
        let differences = (0..last).map(|factor| number(v) - other(factor, v));
        let product = differences.fold(F::ONE, |product, difference| product * difference);
        product.inverse()
    };
    (
        (0..last).map(factor).collect(),
        wanted().map(scale).collect(),
    )
}

/// The sum of the elements, each times its place: the place of the one that is not 0.
fn place<F: Field>(elements: &[F]) -> F {
    let places = (0..).map(F::from_u64).zip(elements);
    places.fold(F::ZERO, |sum, (place, element)| sum + place * *element)
}

/// The cost of [`argmax`].
pub fn cost<F: Field>(
    committee: Committee,
    party: Party,
    classes: Classes,
    (width, hiding): (u32, Hiding),
    top: u8,
) -> Cost {
    let factors = classes.count() - 1;
    let count = classes.count() * usize::from(top);
    comparison::cost::<F>(committee, party, width, hiding, classes.pairs())
        + product_cost(committee, party, factors, count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shamir::{
        field::Mersenne61, opening::for_client, sharing::reconstruct, testing::Room,
    };

    const HIDING: Hiding = Hiding::Statistical { kappa: 30 };

    fn classes(parties: u8, hiding: Hiding, logits: &[i64], top: u8) -> Vec<i64> {
        let mut room = Room::new(parties);
        let committee = room.committee;
        let classes = Classes::new(logits.len()).unwrap();
        let inputs = vec![(); usize::from(parties)];
        let prepared = room.run(inputs, |prss, ()| {
            ArgmaxMasks::<Mersenne61>::prepare(prss, classes, 12, hiding, Way::Collected)
        });
        let prepared = prepared.unwrap();
        room.check_costs(&prepared, |party| {
            ArgmaxMasks::<Mersenne61>::cost(committee, party, classes, 12, hiding, Way::Collected)
        });
        let own = room
            .share::<Mersenne61>(logits)
            .into_iter()
            .zip(prepared.outputs);
        let run = room
            .run(own.collect(), |prss, (logits, masks)| {
                argmax(prss, &logits, masks, top)
            })
            .unwrap();
        room.check_costs(&run, |party| {
            cost::<Mersenne61>(committee, party, classes, (12, hiding), top)
        });
        let sent = room.prss.iter_mut().zip(run.outputs);
        let sent: Vec<_> = sent
            .map(|(prss, class)| for_client(prss, class).unwrap())
            .collect();
        let shares: Vec<&Shares<Mersenne61>> = sent.iter().map(|(_, own)| own).collect();
        let revealed = reconstruct(committee, "the class", sent[0].0, &shares).unwrap();
        revealed.iter().map(|class| class.to_i64()).collect()
    }

    #[test]
    fn the_class_of_the_largest_logit_is_revealed() {
        let class = |parties, logits: &[i64]| classes(parties, HIDING, logits, 1);
        for parties in [3, 4, 5, 7] {
            assert_eq!(class(parties, &[5, 9, -3, 9, 0, 1, -900, 8, 2, 3]), [1]);
            assert_eq!(class(parties, &[-5, -9, -3, -4]), [2]);
            assert_eq!(class(parties, &[0, 0, 0]), [0]);
            assert_eq!(class(parties, &[3, 4]), [1]);
            assert_eq!(class(parties, &[4, 4]), [0]);
        }
        assert_eq!(class(3, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1000]), [11]);
    }

    #[test]
    fn the_largest_few_are_revealed_in_their_order() {
        let logits = [5, 9, -3, 9, 0, 1, -900, 8, 2, 3];
        let order = [1, 3, 7, 0, 9, 8, 5, 4, 2, 6];
        for (parties, hiding) in [(3, HIDING), (5, Hiding::Uniform)] {
            for top in [1, 3, 10] {
                let expected = &order[..usize::from(top)];
                assert_eq!(classes(parties, hiding, &logits, top), expected);
            }
        }
        assert_eq!(classes(3, HIDING, &[3, 4], 2), [1, 0]);
        assert_eq!(classes(3, Hiding::Uniform, &[4, 4, 4], 2), [0, 1]);
    }

    #[test]
    fn no_more_classes_are_revealed_than_there_are() {
        let mut room = Room::new(3);
        let classes = Classes::new(3).unwrap();
        for top in [0, 4] {
            let prepared = room.run(vec![(); 3], |prss, ()| {
                ArgmaxMasks::<Mersenne61>::prepare(prss, classes, 12, HIDING, Way::Direct)
            });
            let own = room.share::<Mersenne61>(&[1, 2, 3]).into_iter();
            let own = own.zip(prepared.unwrap().outputs).collect();
            let run = room.run(own, |prss, (logits, masks)| {
                argmax(prss, &logits, masks, top)
            });
            assert!(matches!(run.err(), Some(MpcError::Length { .. })));
        }
    }
}
