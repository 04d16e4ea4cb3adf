//! Products of shared values.

use super::{
    committee::{Committee, Party},
    cost::Cost,
    field::Field,
    prss::Prss,
    reduction::reduce,
    rounds::Rounds,
    shares::{Products, Shares},
};
use crate::MpcError;

/// Shares of the products of pairs, in one round.
///
/// # Errors
///
/// When the lengths differ.
pub fn multiply<F: Field>(
    prss: &mut Prss,
    a: &Shares<F>,
    b: &Shares<F>,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    reduce(prss, &a.mul(b)?)
}

/// The product of all factors, place by place, in a tree. Its last products stay of degree `2 t`.
///
/// # Errors
///
/// When there are fewer than two factors or the lengths differ.
pub fn product_of_all<F: Field>(
    prss: &mut Prss,
    factors: Vec<Shares<F>>,
) -> Result<Rounds<F, Products<F>>, MpcError> {
    let count = factors.first().map_or(0, |first| first.len());
    let mut factors = factors;
    if let ([a, b], true) = (&factors[..], factors.len() == 2) {
        return Ok(Rounds::Done(a.mul(b)?));
    }
    MpcError::check("the factors of a product", 3, factors.len().min(3))?;
    // The last one has to wait when there is none beside it.
    let alone = if factors.len() % 2 == 1 {
        factors.pop()
    } else {
        None
    };
    let (pairs, _) = factors.as_chunks();
    let lists = pairs.len();
    let mut products = Vec::with_capacity(lists * count);
    for [a, b] in pairs {
        products.extend_from_slice(a.mul(b)?.elements());
    }
    let reduced = reduce(prss, &Products::new(products))?;
    reduced.and_then(prss, move |prss, products| {
        let products = products.lists(lists, count);
        product_of_all(prss, products.chain(alone).collect())
    })
}

/// The cost of [`product_of_all`].
pub fn product_cost(committee: Committee, party: Party, factors: usize, count: usize) -> Cost {
    let products = factors.saturating_sub(2) * count;
    Cost {
        // The last of the tree's levels takes none.
        rounds: factors.next_power_of_two().ilog2().saturating_sub(1),
        ..super::reduction::cost(committee, party, products)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shamir::{
        field::OneSymbol,
        opening::{Way, open},
        testing::Room,
    };

    #[test]
    fn trees_multiply_any_number_of_factors() {
        for parties in [3, 4, 5, 7, 9] {
            for count in 2..10_usize {
                let mut room = Room::new(parties);
                let lists: Vec<[i64; 3]> = (0..count as i64).map(|i| [i + 1, -2, i - 1]).collect();
                let mut factors: Vec<Vec<Shares<OneSymbol>>> = Vec::new();
                factors.resize_with(usize::from(parties), Vec::new);
                for list in &lists {
                    for (own, share) in factors.iter_mut().zip(room.share(list)) {
                        own.push(share);
                    }
                }
                let run = room.run(factors, product_of_all).unwrap();
                let committee = room.committee;
                room.check_costs(&run, |party| product_cost(committee, party, count, 3));
                let opened = room.run(run.outputs, |prss, own| {
                    open(prss, "a test", own, Way::Direct)
                });
                let product = |place: usize| lists.iter().map(|list| list[place]).product::<i64>();
                for opened in opened.unwrap().outputs {
                    let opened: Vec<i64> = opened.iter().map(|value| value.to_i64()).collect();
                    assert_eq!(opened, [0, 1, 2].map(product));
                }
            }
        }
    }

    #[test]
    fn one_factor_is_no_product() {
        let mut room = Room::new(3);
        let one: Vec<Vec<Shares<OneSymbol>>> =
            room.share(&[1]).into_iter().map(|own| vec![own]).collect();
        assert!(room.run(one, product_of_all).is_err());
    }
}
