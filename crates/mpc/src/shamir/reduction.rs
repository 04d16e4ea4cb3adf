//! From degree `2 t` back to degree `t`: one resharing of each output.
//!
//! Each party shares its share of the product; the same sum of these that gives the product from its
//! shares gives shares of degree `t` of it (Gennaro, Rabin, Rabin, "Simplified VSS and Fast-Track
//! Multiparty Computations", PODC 1998). Of each resharing `t` shares are pseudo-random and not sent.

use super::{
    committee::{Committee, Party},
    cost::Cost,
    field::Field,
    opening::{self, Way, open},
    polynomial::{coefficients, evaluate},
    prss::{Pairs, Prss},
    rounds::Rounds,
    shares::{Products, Shares},
};
use crate::MpcError;

/// Brings products to degree `t`, in one round.
///
/// # Errors
///
/// As [`Prss::elements`].
pub fn reduce<F: Field>(
    prss: &mut Prss,
    products: &Products<F>,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    let (committee, party) = (prss.committee(), prss.party());
    let count = products.len();
    let Pairs { after, before } = prss.pairs::<F>(count)?;
    // The party's own polynomial: its share of the product at 0, and what those after it know.
    let mut points = vec![0];
    let mut values = vec![products.elements()];
    for (other, known) in &after {
        points.push(other.number());
        values.push(known);
    }
    let value_for = |receiver: Party| evaluate(&values, &coefficients(&points, receiver.number()));

    let mut outgoing = Vec::with_capacity(committee.size());
    let mut expected = Vec::with_capacity(committee.size());
    for other in committee.parties() {
        let is_given =
            |given: &[(Party, Shares<F>)]| given.iter().any(|(party, _)| *party == other);
        outgoing.push(if other == party || is_given(&after) {
            Shares::default()
        } else {
            value_for(other)
        });
        expected.push(if other == party || is_given(&before) {
            0
        } else {
            count
        });
    }
    let own = value_for(party);
    Ok(Rounds::wait(outgoing, expected, move |_, received| {
        let mut shares = received;
        shares[party.index()] = own;
        for (sender, known) in before {
            shares[sender.index()] = known;
        }
        let all: Vec<u8> = committee.parties().map(Party::number).collect();
        Ok(Rounds::Done(evaluate(&shares, &coefficients(&all, 0))))
    }))
}

/// The cost of [`reduce`].
pub fn cost(committee: Committee, _: Party, count: usize) -> Cost {
    let elements = (count * (committee.size() - 1 - committee.threshold())) as u64;
    Cost {
        rounds: 1,
        sent: elements,
        received: elements,
    }
}

/// The same ahead of a picture, when rounds are free: with more than three parties an opening behind
/// a random mask takes fewer elements (Damgard, Nielsen, "Scalable and Unconditionally Secure
/// Multiparty Computation", CRYPTO 2007).
///
/// # Errors
///
/// As [`Prss::elements`].
pub(super) fn reduce_ahead<F: Field>(
    prss: &mut Prss,
    products: &Products<F>,
    way: Way,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    if !opens(prss.committee(), way) {
        return reduce(prss, products);
    }
    let mask = prss.elements::<F>(products.len())?;
    let opened = open(prss, "masked products", products.add(&mask)?, way)?;
    opened.map(prss, move |opened| {
        mask.zip(&opened, |mask, opened| opened - mask)
    })
}

/// The cost of [`reduce_ahead`].
pub(super) fn cost_ahead(committee: Committee, party: Party, count: usize, way: Way) -> Cost {
    if opens(committee, way) {
        opening::cost(committee, party, count, way)
    } else {
        cost(committee, party, count)
    }
}

/// Whether an opening takes fewer elements than a resharing.
fn opens(committee: Committee, way: Way) -> bool {
    let others = committee.size() - 1;
    way == Way::Collected && 2 * others < committee.size() * (others - committee.threshold())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shamir::{
        field::{FiveSymbols, Mersenne61},
        testing::{Room, Tiny, scripted_shares, views},
    };

    #[test]
    fn products_come_back_to_the_threshold() {
        fn check<F: Field>() {
            for parties in 3..=9 {
                let mut room = Room::new(parties);
                let a = room.share::<F>(&[0, 1, -2, 1 << 29]);
                let b = room.share::<F>(&[5, -7, -11, 1 << 29]);
                let products = a.iter().zip(&b).map(|(a, b)| a.mul(b).unwrap());
                let reduce_them = |prss: &mut Prss, own: Products<F>| reduce(prss, &own);
                let run = room.run(products.collect(), reduce_them).unwrap();
                assert_eq!(room.secrets(&run.outputs), [0, -7, 22, 1 << 58]);
                let committee = room.committee;
                room.check_costs(&run, |party| cost(committee, party, 4));
            }
        }
        check::<Mersenne61>();
        check::<FiveSymbols>();
    }

    #[test]
    fn products_made_ahead_are_the_same() {
        for parties in 3..=9 {
            for way in [Way::Direct, Way::Collected] {
                let mut room = Room::new(parties);
                let own = room.share::<FiveSymbols>(&[0, 1, -2, 1 << 29]);
                let squares = own.iter().map(|own| own.mul(own).unwrap());
                let ahead =
                    |prss: &mut Prss, own: Products<FiveSymbols>| reduce_ahead(prss, &own, way);
                let run = room.run(squares.collect(), ahead).unwrap();
                assert_eq!(room.secrets(&run.outputs), [0, 1, 4, 1 << 58]);
                let committee = room.committee;
                room.check_costs(&run, |party| cost_ahead(committee, party, 4, way));
                let declared = |way| {
                    let all = committee.parties();
                    all.map(|party| cost_ahead(committee, party, 900, way).sent)
                        .sum::<u64>()
                };
                assert!(declared(Way::Collected) <= declared(Way::Direct));
            }
        }
    }

    /// Any `t` parties see the same, whatever the factors and the product.
    #[test]
    fn what_a_minority_sees_is_independent_of_the_product() {
        for (parties, conspirators) in [
            (3, vec![1]),
            (3, vec![2]),
            (3, vec![3]),
            (5, vec![1, 2]),
            (5, vec![2, 5]),
        ] {
            let see = |[x, y]: [i64; 2], ahead: bool| {
                views(parties, &conspirators, 3, |room| {
                    let given = [2, 5];
                    let given = &given[..conspirators.len()];
                    let x = scripted_shares::<Tiny>(room.committee, &conspirators, given, x);
                    let y = scripted_shares::<Tiny>(room.committee, &conspirators, given, y);
                    let products = x.iter().zip(&y).map(|(x, y)| x.mul(y).unwrap());
                    room.run(products.collect(), |prss, own: Products<Tiny>| {
                        if ahead {
                            reduce_ahead(prss, &own, Way::Collected)
                        } else {
                            reduce(prss, &own)
                        }
                    })?;
                    Ok(())
                })
            };
            let see = |factors| (see(factors, false), see(factors, true));
            let all = [see([0, 0]), see([1, 3]), see([3, 1]), see([6, 6])];
            assert!(
                all.iter().all(|one| *one == all[0]),
                "{parties} {conspirators:?}"
            );
        }
    }
}
