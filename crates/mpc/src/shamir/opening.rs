//! The one way in which a shared value leaves the parties.
//!
//! A product's polynomial has the factors' polynomials as factors, and a sum's is the sum of
//! polynomials that someone may know. So every value is hidden on its polynomial before it is opened:
//! each party adds a share of zero on a random one.

use super::{
    committee::{Committee, Party},
    cost::Cost,
    field::Field,
    prss::Prss,
    rounds::Rounds,
    shares::{Shares, Sharing},
    sharing::{Degree, reconstruct},
};
use crate::MpcError;

/// How the parties learn an opened value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Every party sends its share to every other: one round.
    Direct,
    /// Each value has a collector, the parties in turn, who says what it is: two rounds, and about
    /// `2 / m` of the elements. For what is done before there is a picture.
    Collected,
}

/// Opens values to all parties: only what is random to them or may be known. What it is called,
/// errors say.
///
/// # Errors
///
/// Of the rounds: [`MpcError::Inconsistent`] when shares of degree `t` do not fit each other, or
/// shares of degree `2 t` where there are more than `2 t + 1` parties.
pub fn open<F: Field>(
    prss: &mut Prss,
    what: &'static str,
    values: impl Into<Sharing<F>>,
    way: Way,
) -> Result<Rounds<F, Vec<F>>, MpcError> {
    let (degree, own) = randomised(prss, values.into())?;
    let opening = Opening {
        committee: prss.committee(),
        party: prss.party(),
        what,
        degree,
        count: own.len(),
    };
    Ok(match way {
        Way::Direct => opening.direct(own),
        Way::Collected => opening.collected(own),
    })
}

/// What a party sends to a client who alone learns the values, and reconstructs them with
/// [`reconstruct`] in the degree given.
///
/// # Errors
///
/// As [`Prss::elements`].
pub fn for_client<F: Field>(
    prss: &mut Prss,
    values: impl Into<Sharing<F>>,
) -> Result<(Degree, Shares<F>), MpcError> {
    randomised(prss, values.into())
}

/// The cost of [`open`].
pub fn cost(committee: Committee, party: Party, count: usize, way: Way) -> Cost {
    let others = committee.size() - 1;
    let (rounds, elements) = match way {
        Way::Direct => (1, count * others),
        Way::Collected => {
            let own = collects(committee, party, count);
            (2, own * others + (count - own))
        }
    };
    Cost {
        rounds,
        sent: elements as u64,
        received: elements as u64,
    }
}

/// The same values on random polynomials. Nothing is opened that has not been here.
fn randomised<F: Field>(
    prss: &mut Prss,
    values: Sharing<F>,
) -> Result<(Degree, Shares<F>), MpcError> {
    Ok(match values {
        Sharing::Shares(shares) => {
            let zero = prss.zero_of_shares(shares.len())?;
            (Degree::Shares, shares.add(&zero)?)
        }
        Sharing::Products(products) => {
            let zero = prss.zero_of_products(products.len())?;
            (Degree::Products, zero.add(products.elements())?)
        }
    })
}

/// How many of `count` values a party collects.
fn collects(committee: Committee, party: Party, count: usize) -> usize {
    (count + committee.size() - 1 - party.index()) / committee.size()
}

/// What all ways of opening need to know.
struct Opening {
    committee: Committee,
    party: Party,
    what: &'static str,
    degree: Degree,
    count: usize,
}

impl Opening {
    fn direct<F: Field>(self, own: Shares<F>) -> Rounds<F, Vec<F>> {
        let outgoing = self.messages(|_| own.duplicate());
        let expected = self.lengths(|_| self.count);
        Rounds::wait(outgoing, expected, move |_, mut received| {
            received[self.party.index()] = own;
            Ok(Rounds::Done(self.reconstruct(&received)?.to_vec()))
        })
    }

    fn collected<F: Field>(self, own: Shares<F>) -> Rounds<F, Vec<F>> {
        let size = self.committee.size();
        let of = move |collector: Party| {
            let collected = own.iter().skip(collector.index()).step_by(size);
            collected.copied().collect::<Shares<F>>()
        };
        let outgoing = self.messages(&of);
        let collected = collects(self.committee, self.party, self.count);
        let expected = self.lengths(|_| collected);
        Rounds::wait(outgoing, expected, move |_, mut received| {
            received[self.party.index()] = of(self.party);
            let mine = self.reconstruct(&received)?;
            let outgoing = self.messages(|_| mine.duplicate());
            let expected = self.lengths(|party| collects(self.committee, party, self.count));
            Ok(Rounds::wait(outgoing, expected, move |_, mut received| {
                received[self.party.index()] = mine;
                let value = |at: usize| received[at % size].get(at / size).copied();
                let values: Option<Vec<F>> = (0..self.count).map(value).collect();
                // Their lengths were checked when they came.
                let found = received.iter().map(|of_one| of_one.len()).sum();
                let values = values.ok_or(MpcError::Length {
                    what: self.what,
                    expected: self.count,
                    found,
                })?;
                Ok(Rounds::Done(values))
            }))
        })
    }

    fn reconstruct<F: Field>(&self, received: &[Shares<F>]) -> Result<Shares<F>, MpcError> {
        reconstruct(self.committee, self.what, self.degree, received)
    }

    /// By the receiver's index.
    fn messages<F: Field>(&self, message: impl Fn(Party) -> Shares<F>) -> Vec<Shares<F>> {
        let parties = self.committee.parties();
        let message = |party| {
            if party == self.party {
                Shares::default()
            } else {
                message(party)
            }
        };
        parties.map(message).collect()
    }

    /// By the sender's index.
    fn lengths(&self, length: impl Fn(Party) -> usize) -> Vec<usize> {
        let parties = self.committee.parties();
        let length = |party| {
            if party == self.party {
                0
            } else {
                length(party)
            }
        };
        parties.map(length).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shamir::{
        field::{Mersenne61, ThreeSymbols},
        shares::Products,
        testing::{Room, Tiny, committee, scripted_shares, views},
    };

    const VALUES: [i64; 7] = [0, 1, -1, 5, 1 << 40, -(1 << 59), 77];

    #[test]
    fn all_parties_learn_what_is_opened() {
        for parties in 3..=9 {
            for way in [Way::Direct, Way::Collected] {
                let mut room = Room::new(parties);
                let open_them =
                    |prss: &mut Prss, own| open::<ThreeSymbols>(prss, "a test", own, way);
                let run = room.run(room.share(&VALUES), open_them).unwrap();
                for opened in &run.outputs {
                    let opened: Vec<i64> = opened.iter().map(|value| value.to_i64()).collect();
                    assert_eq!(opened, VALUES);
                }
                let committee = room.committee;
                room.check_costs(&run, |party| cost(committee, party, VALUES.len(), way));
            }
        }
    }

    #[test]
    fn products_are_opened_as_they_are() {
        for parties in 3..=9 {
            let mut room = Room::new(parties);
            let squares = room
                .share::<Mersenne61>(&[3, -4, 0])
                .iter()
                .map(|own| own.mul(own).unwrap())
                .collect();
            let open_them = |prss: &mut Prss, own: Products<Mersenne61>| {
                open(prss, "a test", own, Way::Collected)
            };
            let run = room.run(squares, open_them).unwrap();
            for opened in &run.outputs {
                let opened: Vec<i64> = opened.iter().map(|value| value.to_i64()).collect();
                assert_eq!(opened, [9, 16, 0]);
            }
        }
    }

    #[test]
    fn a_client_alone_learns_what_is_sent_to_it() {
        for parties in 3..=9 {
            let mut room = Room::new(parties);
            let own = room.share::<Mersenne61>(&[3, -4]);
            for as_products in [false, true] {
                let send = |(prss, own): (&mut Prss, &Shares<Mersenne61>)| {
                    let sharing: Sharing<_> = if as_products {
                        own.mul(own).unwrap().into()
                    } else {
                        own.duplicate().into()
                    };
                    for_client(prss, sharing).unwrap()
                };
                let sent: Vec<_> = room.prss.iter_mut().zip(&own).map(send).collect();
                let degree = sent[0].0;
                let messages: Vec<&Shares<Mersenne61>> = sent.iter().map(|(_, own)| own).collect();
                let values = reconstruct(committee(parties), "a test", degree, &messages).unwrap();
                let values: Vec<i64> = values.iter().map(|value| value.to_i64()).collect();
                assert_eq!(values, if as_products { [9, 16] } else { [3, -4] });
                // Hidden on their polynomials before they are sent.
                assert!(as_products || messages[0][..] != own[0][..]);
            }
        }
    }

    #[test]
    fn a_wrong_share_ends_an_opening() {
        for (parties, way) in [(3, Way::Direct), (5, Way::Collected), (9, Way::Direct)] {
            let mut room = Room::new(parties);
            let liar = room.committee.party(2).unwrap();
            let disturbed = room.run_disturbed(
                room.share(&[5; 9]),
                |prss, own| open::<Mersenne61>(prss, "a test", own, way),
                |round, sender, _, message| {
                    if let (0, true, Some(first)) = (round, sender == liar, message.first_mut()) {
                        *first += Mersenne61::ONE;
                    }
                },
            );
            let error = disturbed.err();
            assert_eq!(error, Some(MpcError::Inconsistent { what: "a test" }));
        }
    }

    #[test]
    fn a_message_of_the_wrong_length_is_refused() {
        let mut room = Room::new(3);
        let shortened = room.run_disturbed(
            room.share(&[5; 4]),
            |prss, own| open::<Mersenne61>(prss, "a test", own, Way::Direct),
            |_, _, _, message| message.truncate(3),
        );
        let expected = MpcError::Message {
            party: 2,
            expected: 4,
            found: 3,
        };
        assert_eq!(shortened.err(), Some(expected));
    }

    /// The views of an opened product `x y`, by way of opening it.
    fn views_of_product(
        parties: u8,
        conspirators: &[u8],
        [x, y]: [i64; 2],
        randomise: bool,
    ) -> Vec<(Vec<u64>, u64)> {
        let run = |room: &mut Room| {
            let given = |first: u64| (first..).take(conspirators.len()).collect::<Vec<u64>>();
            let x = scripted_shares::<Tiny>(room.committee, conspirators, &given(2), x);
            let y = scripted_shares::<Tiny>(room.committee, conspirators, &given(1), y);
            let products = x.iter().zip(&y).map(|(x, y)| x.mul(y).unwrap());
            let opened = room.run(products.collect(), |prss, own: Products<Tiny>| {
                if randomise {
                    return open(prss, "a test", own, Way::Direct);
                }
                let opening = Opening {
                    committee: prss.committee(),
                    party: prss.party(),
                    what: "a test",
                    degree: Degree::Products,
                    count: 1,
                };
                Ok(opening.direct(own.elements().iter().copied().collect()))
            })?;
            assert_eq!(opened.outputs[0].len(), 1);
            Ok(())
        };
        views(parties, conspirators, 5, run).into_iter().collect()
    }

    /// What is opened depends on the product only, and not on its factors. Without a sharing of zero
    /// it does: then this test sees it.
    #[test]
    fn an_opened_product_does_not_tell_its_factors() {
        for (parties, conspirators) in [(3, vec![1]), (3, vec![3]), (4, vec![2]), (5, vec![1, 4])] {
            for randomise in [true, false] {
                let see = |factors| views_of_product(parties, &conspirators, factors, randomise);
                // 12 = 1 * 5 = 3 * 4 modulo 7.
                let all = [see([1, 5]), see([3, 4]), see([4, 3])];
                assert_eq!(all[0] == all[1] && all[1] == all[2], randomise);
                assert!(see([1, 4]) != all[0], "another product is another view");
            }
        }
    }

    /// The conspirators see the sum of shares as often as any other of the same secret.
    #[test]
    fn an_opened_sum_does_not_tell_its_terms() {
        for (parties, conspirators) in [(3, [2].as_slice()), (4, &[1]), (5, &[2, 3])] {
            let see = |terms: [i64; 2]| {
                views(parties, conspirators, 9, |room| {
                    let shares = terms.map(|term| {
                        scripted_shares::<Tiny>(
                            room.committee,
                            conspirators,
                            &[3, 6][..conspirators.len()],
                            term,
                        )
                    });
                    let sums = shares[0]
                        .iter()
                        .zip(&shares[1])
                        .map(|(a, b)| a.add(b).unwrap());
                    room.run(sums.collect(), |prss, own: Shares<Tiny>| {
                        open(prss, "a test", own, Way::Collected)
                    })?;
                    Ok(())
                })
            };
            assert_eq!(see([1, 3]), see([2, 2]));
            assert_ne!(see([1, 3]), see([2, 3]));
        }
    }
}
