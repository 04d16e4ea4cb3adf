//! Secrets of clients, who need not be parties: shared by one, revealed to one.

use rand_core::CryptoRng;

use super::{
    committee::{Committee, Party},
    field::Field,
    polynomial::{Points, evaluate},
    prss::sample,
    shares::Shares,
};
use crate::{
    MpcError,
    prg::{Domain, Prg, Purpose},
    seed::Seed,
};

/// What a client sends one party: its shares, or the seed that they come from.
///
/// `t` parties' shares are pseudo-random, so that 32 bytes are all they get.
pub enum ClientShares<F: Field> {
    /// The shares come from [`expand`].
    Seed(Seed),
    /// The shares.
    Shares(Shares<F>),
}

impl<F: Field> ClientShares<F> {
    /// Whether a client sends `party` a seed: the first `t` get one.
    pub fn is_seed(committee: Committee, party: Party) -> bool {
        party.index() < committee.threshold()
    }

    /// The shares, `count` of them.
    ///
    /// # Errors
    ///
    /// When there are not so many.
    pub fn shares(self, count: usize) -> Result<Shares<F>, MpcError> {
        match self {
            Self::Seed(seed) => Ok(expand(&seed, count)),
            Self::Shares(shares) => {
                MpcError::check("a client's shares", count, shares.len())?;
                Ok(shares)
            }
        }
    }
}

/// The shares that come of a client's seed. Each seed serves one vector of values.
pub fn expand<F: Field>(seed: &Seed, count: usize) -> Shares<F> {
    let domain = Domain {
        purpose: Purpose::ClientShare,
        number: 0,
        step: 0,
    };
    sample(&mut Prg::new(seed, domain), count)
}

/// A client shares its values: by the party's index what it sends each.
pub fn share<F: Field>(
    committee: Committee,
    values: &[F],
    rng: &mut impl CryptoRng,
) -> Vec<ClientShares<F>> {
    let degree = committee.threshold();
    let mut messages = Vec::with_capacity(committee.size());
    let mut known = vec![Shares::new(values.to_vec())];
    for _ in 0..degree {
        let seed = Seed::random(rng);
        known.push(expand(&seed, values.len()));
        messages.push(ClientShares::Seed(seed));
    }
    // The secret at 0 and the pseudo-random shares at the first parties fix the polynomial.
    let points = Points::from_zero(degree);
    for party in committee.parties().skip(degree) {
        let at = points.coefficients(party.number());
        messages.push(ClientShares::Shares(evaluate(&known, &at)));
    }
    messages
}

/// On which polynomials the shares lie that a client is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Degree {
    /// `t`: of [`super::Shares`].
    Shares,
    /// `2 t`: of [`super::Products`].
    Products,
}

impl Degree {
    /// As a number.
    pub fn of(self, committee: Committee) -> usize {
        match self {
            Self::Shares => committee.threshold(),
            Self::Products => 2 * committee.threshold(),
        }
    }
}

/// The secrets from all parties' shares, by the party's index. What is more than the degree needs
/// is compared with the polynomial.
///
/// # Errors
///
/// [`MpcError::Length`] when the lists do not fit, [`MpcError::Inconsistent`] when a share is wrong.
pub fn reconstruct<F: Field>(
    committee: Committee,
    what: &'static str,
    degree: Degree,
    shares: &[impl AsRef<[F]>],
) -> Result<Shares<F>, MpcError> {
    MpcError::check("the parties' shares", committee.size(), shares.len())?;
    let count = shares[0].as_ref().len();
    for one in shares {
        MpcError::check("a party's shares", count, one.as_ref().len())?;
    }
    let degree = degree.of(committee);
    let points = Points::from_one(degree);
    let (known, further) = shares.split_at(degree + 1);
    let secrets = evaluate(known, &points.coefficients(0));
    for (party, share) in committee.parties().skip(degree + 1).zip(further) {
        let expected = evaluate(known, &points.coefficients(party.number()));
        if expected[..] != *share.as_ref() {
            return Err(MpcError::Inconsistent { what });
        }
    }
    Ok(secrets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shamir::{
        field::{Mersenne61, Montgomery, OneSymbol},
        polynomial::coefficients,
        testing::{assert_same_distribution, committee, rng},
    };
    use proptest::prelude::*;

    fn shares_of<F: Field>(parties: u8, values: &[F], rng: &mut impl CryptoRng) -> Vec<Shares<F>> {
        let messages = share(committee(parties), values, rng);
        let shares = messages
            .into_iter()
            .map(|message| message.shares(values.len()));
        shares.map(Result::unwrap).collect()
    }

    proptest! {
        #[test]
        fn any_shares_beyond_the_threshold_give_the_secret(
            parties in 3_u8..10, values in prop::collection::vec(any::<u64>(), 0..5), seed: u8,
            order in Just((1_u8..10).collect::<Vec<u8>>()).prop_shuffle(),
        ) {
            let committee = committee(parties);
            let secrets: Vec<OneSymbol> = values.iter().map(|value| Field::from_u64(*value)).collect();
            let shares = shares_of(parties, &secrets, &mut rng(seed));
            let all = reconstruct(committee, "a test", Degree::Shares, &shares);
            prop_assert!(all.is_ok_and(|all| *all == secrets));
            // Those of any t + 1 parties alone.
            let some: Vec<u8> = order.into_iter().filter(|number| *number <= parties).collect();
            let some = &some[..committee.threshold() + 1];
            let known: Vec<&Shares<OneSymbol>> =
                some.iter().map(|number| &shares[usize::from(*number) - 1]).collect();
            prop_assert!(evaluate(&known, &coefficients(some, 0))[..] == secrets[..]);
        }

        #[test]
        fn a_wrong_share_is_found(parties in 3_u8..10, liar: prop::sample::Index, by in 1_u64..1000) {
            let mut shares = shares_of(parties, &[Mersenne61::from_u64(5); 3], &mut rng(1));
            let liar = liar.index(shares.len());
            shares[liar][1] += Mersenne61::from_u64(by);
            let found = reconstruct(committee(parties), "a test", Degree::Shares, &shares);
            let expected = MpcError::Inconsistent { what: "a test" };
            prop_assert_eq!(found.err(), Some(expected));
        }
    }

    /// Of parties beyond `2 t + 1` the shares of products are checked too.
    #[test]
    fn a_wrong_share_of_a_product_is_found_by_an_even_number_of_parties() {
        for parties in [4, 6, 8] {
            let values = [Mersenne61::from_u64(5), Mersenne61::from_u64(7)];
            let shares = shares_of(parties, &values, &mut rng(1));
            let products = shares.iter().map(|share| vec![share[0] * share[1]]);
            let mut products: Vec<Vec<Mersenne61>> = products.collect();
            let open = |products: &[Vec<Mersenne61>]| {
                reconstruct(committee(parties), "a test", Degree::Products, products)
            };
            assert!(open(&products).is_ok_and(|secret| secret[0].to_u64() == 35));
            for liar in 0..products.len() {
                products[liar][0] += Mersenne61::ONE;
                assert!(open(&products).is_err());
                products[liar][0] -= Mersenne61::ONE;
            }
        }
    }

    /// In a field of 11 the shares of any `t` parties are uniform, whatever the secret is.
    #[test]
    fn a_minority_sees_uniform_shares() {
        type Eleven = Montgomery<11>;
        for (parties, minority) in [(3, vec![0]), (3, vec![2]), (5, vec![0, 4]), (5, vec![2, 3])] {
            let seen = |secret: u64| {
                let mut counts = vec![0; 11_usize.pow(minority.len() as u32)];
                let values = vec![Eleven::from_u64(secret); 50_000];
                let shares = shares_of(parties, &values, &mut rng(secret as u8));
                let columns: Vec<&Shares<Eleven>> = minority.iter().map(|i| &shares[*i]).collect();
                for at in 0..values.len() {
                    let digit = |place: usize, of_one: &&Shares<Eleven>| {
                        place * 11 + of_one[at].to_u64() as usize
                    };
                    counts[columns.iter().fold(0, digit)] += 1;
                }
                counts
            };
            let [zero, nine] = [0, 9].map(seen);
            assert_same_distribution("two secrets", &zero, &nine);
            assert_same_distribution("uniform", &zero, &vec![1_000_000; zero.len()]);
        }
    }

    #[test]
    fn lists_that_do_not_fit_are_refused() {
        let shares = shares_of(3, &[Mersenne61::ONE; 2], &mut rng(1));
        let three = committee(3);
        assert!(reconstruct(three, "a test", Degree::Shares, &shares[..2]).is_err());
        let short = [shares[0].to_vec(), shares[1].to_vec(), vec![]];
        assert!(reconstruct(three, "a test", Degree::Shares, &short).is_err());
        assert!(
            ClientShares::Shares(shares[0].duplicate())
                .shares(3)
                .is_err()
        );
    }
}
