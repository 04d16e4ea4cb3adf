//! Secrets of clients, who need not be parties: shared by one, revealed to one.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

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
) -> Result<Zeroizing<Vec<F>>, MpcError> {
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
    Ok(Zeroizing::new(secrets.to_vec()))
}
