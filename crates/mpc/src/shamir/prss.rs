//! Pseudo-random secret sharing: sharings of random values without a message.
//!
//! Every set of `m - t` parties has a seed in common. For each value all sets' seeds are expanded;
//! party `i` adds up what its own sets give, each scaled by the set's polynomial of degree `t` that
//! is 1 at 0 and 0 at all parties outside the set (Cramer, Damgard, Ishai, "Share Conversion,
//! Pseudorandom Secret-Sharing and Applications to Secure Computation", TCC 2005, sections 3 and 4).
//! Any `t` parties miss one seed, and so the value is random to them.

use std::sync::Arc;

use super::{
    committee::{Committee, Party},
    field::Field,
    shares::Shares,
};
use crate::{
    MpcError,
    bundle::{BundleNumber, Ledger},
    opening::low_bits,
    prg::{Domain, Prg, Purpose},
    seed::Seed,
};

mod seeds;
mod subset;

pub use seeds::SeedDealing;
pub use subset::Subset;

/// The seeds that a party has in common with others. Each bundle number serves once.
pub struct Seeds {
    inner: Arc<Inner>,
    ledger: Ledger,
}

struct Inner {
    committee: Committee,
    party: Party,
    source: Source,
}

/// Where what sets of parties have in common comes from.
pub(super) enum Source {
    /// Expanded from seeds, in the order of [`Subset::with_seeds`].
    Seeds(Vec<(Subset, Seed)>),
    /// Dictated by a test.
    #[cfg(test)]
    Script(Arc<super::testing::Script>),
}

impl Seeds {
    pub(super) fn new(committee: Committee, party: Party, source: Source) -> Self {
        Self {
            inner: Arc::new(Inner {
                committee,
                party,
                source,
            }),
            ledger: Ledger::default(),
        }
    }

    /// The randomness of a bundle. All parties begin the same one.
    ///
    /// # Errors
    ///
    /// [`MpcError::BundleSpent`] unless `number` is larger than every one begun before.
    pub fn begin(&mut self, number: BundleNumber) -> Result<Prss, MpcError> {
        self.ledger.begin(number)?;
        Ok(Prss {
            inner: Arc::clone(&self.inner),
            number,
            step: 0,
        })
    }
}

/// The randomness of one bundle: every batch that is drawn is another one. All parties must draw the
/// same batches in the same order.
pub struct Prss {
    inner: Arc<Inner>,
    number: BundleNumber,
    step: u32,
}

impl Prss {
    /// The parties.
    pub fn committee(&self) -> Committee {
        self.inner.committee
    }

    /// The party whose shares these are.
    pub fn party(&self) -> Party {
        self.inner.party
    }

    /// Shares of uniform elements, of degree `t`.
    ///
    /// # Errors
    ///
    /// [`MpcError::Exhausted`] after `2^32` batches.
    pub fn elements<F: Field>(&mut self, count: usize) -> Result<Shares<F>, MpcError> {
        self.degree_t(Purpose::SubsetElement, count, Self::draw)
    }

    /// Shares of integers, of degree `t`: sums of one uniform integer of `bits` bits for each of
    /// [`Prss::sets`] sets of parties.
    ///
    /// # Errors
    ///
    /// As [`Prss::elements`].
    pub fn integers<F: Field>(&mut self, bits: u32, count: usize) -> Result<Shares<F>, MpcError> {
        let draw = |prss: &Self, place, count| prss.draw_integers(bits, place, count);
        self.degree_t(Purpose::SubsetInteger, count, draw)
    }

    /// How many integers make up one of [`Prss::integers`].
    pub fn sets(committee: Committee) -> u64 {
        binomial(committee.size(), committee.threshold())
    }

    /// Sharings of zero on random polynomials of degree `2 t`.
    ///
    /// # Errors
    ///
    /// As [`Prss::elements`].
    pub(super) fn zero_of_products<F: Field>(
        &mut self,
        count: usize,
    ) -> Result<Shares<F>, MpcError> {
        let (committee, party) = (self.committee(), self.party());
        let step = self.next_step()?;
        let at = F::from_u64(party.number().into());
        let mut sum = Shares::new(vec![F::ZERO; count]);
        for set in self.own_sets(committee.size() - committee.threshold()) {
            let place = (Purpose::ZeroOfProducts, set, step);
            let own = self.draw::<F>(place, committee.threshold() * count);
            let mut scale = set.polynomial::<F>(committee, party);
            for own in own.chunks_exact(count.max(1)) {
                scale = scale * at;
                add_scaled(&mut sum, own, scale);
            }
        }
        Ok(sum)
    }

    /// Sharings of zero on random polynomials of degree `t`.
    ///
    /// # Errors
    ///
    /// As [`Prss::elements`].
    pub(super) fn zero_of_shares<F: Field>(&mut self, count: usize) -> Result<Shares<F>, MpcError> {
        let (committee, party) = (self.committee(), self.party());
        let step = self.next_step()?;
        let at = F::from_u64(party.number().into());
        let mut sum = Shares::new(vec![F::ZERO; count]);
        // With one party more in the set its polynomial has degree t - 1, and room for a zero at 0.
        for set in self.own_sets(committee.size() - committee.threshold() + 1) {
            let own = self.draw::<F>((Purpose::ZeroOfShares, set, step), count);
            add_scaled(&mut sum, &own, set.polynomial::<F>(committee, party) * at);
        }
        Ok(sum)
    }

    /// What each party and the `t` parties after it have in common, pair by pair.
    ///
    /// # Errors
    ///
    /// As [`Prss::elements`].
    pub(super) fn pairs<F: Field>(&mut self, count: usize) -> Result<Pairs<F>, MpcError> {
        let (committee, party) = (self.committee(), self.party());
        let step = self.next_step()?;
        let mut pairs = Pairs {
            after: Vec::new(),
            before: Vec::new(),
        };
        for distance in 1..=committee.threshold() {
            let after = committee.after(party, distance);
            let before = committee.after(party, committee.size() - distance);
            for (other, list) in [(after, &mut pairs.after), (before, &mut pairs.before)] {
                let place = (Purpose::PairShare, Subset::pair(party, other), step);
                list.push((other, self.draw(place, count)));
            }
        }
        Ok(pairs)
    }

    fn degree_t<F: Field>(
        &mut self,
        purpose: Purpose,
        count: usize,
        draw: impl Fn(&Self, Place, usize) -> Shares<F>,
    ) -> Result<Shares<F>, MpcError> {
        let (committee, party) = (self.committee(), self.party());
        let step = self.next_step()?;
        let mut sum = Shares::new(vec![F::ZERO; count]);
        for set in self.own_sets(committee.size() - committee.threshold()) {
            let own = draw(self, (purpose, set, step), count);
            add_scaled(&mut sum, &own, set.polynomial(committee, party));
        }
        Ok(sum)
    }

    fn next_step(&mut self) -> Result<u32, MpcError> {
        let step = self.step;
        self.step = step.checked_add(1).ok_or(MpcError::Exhausted)?;
        Ok(step)
    }

    fn own_sets(&self, size: usize) -> impl Iterator<Item = Subset> + use<> {
        let party = self.party();
        Subset::of_size(self.committee(), size).filter(move |set| set.contains(party))
    }

    /// What a set has in common: uniform elements.
    fn draw<F: Field>(&self, place: Place, count: usize) -> Shares<F> {
        match &self.inner.source {
            Source::Seeds(seeds) => sample(&mut self.stream(seeds, place), count),
            #[cfg(test)]
            Source::Script(script) => script.elements(place, count),
        }
    }

    /// What a set has in common: integers of `bits` bits.
    fn draw_integers<F: Field>(&self, bits: u32, place: Place, count: usize) -> Shares<F> {
        match &self.inner.source {
            Source::Seeds(seeds) => {
                let words = self.stream(seeds, place).words::<u64>(count);
                let integers = words.iter().map(|word| word & low_bits(bits));
                integers.map(F::from_u64).collect()
            }
            #[cfg(test)]
            Source::Script(script) => script.integers(bits, place, count),
        }
    }

    fn stream(&self, seeds: &[(Subset, Seed)], (purpose, set, step): Place) -> Prg {
        let domain = Domain {
            purpose,
            number: self.number.get(),
            step,
        };
        // The party asks only for sets that it is in, and has their seeds.
        let at = seeds.partition_point(|(other, _)| *other < set);
        Prg::new(&seeds[at].1, domain)
    }
}

/// What for, in which set, in which step.
pub(super) type Place = (Purpose, Subset, u32);

/// Elements that a party has in common with the `t` parties after it and the `t` before it.
pub(super) struct Pairs<F: Field> {
    pub(super) after: Vec<(Party, Shares<F>)>,
    pub(super) before: Vec<(Party, Shares<F>)>,
}

/// Uniform elements from a stream.
pub(super) fn sample<F: Field>(stream: &mut Prg, count: usize) -> Shares<F> {
    let mut elements = Shares::new(Vec::with_capacity(count));
    while elements.len() < count {
        let words = stream.words::<u64>(count - elements.len());
        elements.extend(words.iter().filter_map(|word| F::sample(*word)));
    }
    elements
}

fn add_scaled<F: Field>(sum: &mut [F], own: &[F], scale: F) {
    for (sum, own) in sum.iter_mut().zip(own) {
        *sum += *own * scale;
    }
}

/// `n` over `k`, of small numbers.
fn binomial(n: usize, k: usize) -> u64 {
    (0..k as u64).fold(1, |product, i| product * (n as u64 - i) / (i + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shamir::{
        field::{FiveSymbols, Mersenne61},
        sharing::{Degree, reconstruct},
        testing::{Room, committee, rng, seeds},
    };

    fn open<F: Field>(
        room: &mut Room,
        degree: Degree,
        draw: impl Fn(&mut Prss) -> Result<Shares<F>, MpcError>,
    ) -> Vec<u64> {
        let shares: Vec<Shares<F>> = room
            .prss
            .iter_mut()
            .map(|prss| draw(prss).unwrap())
            .collect();
        let values = reconstruct(room.committee, "a test", degree, &shares).unwrap();
        values.iter().map(|value| value.to_u64()).collect()
    }

    #[test]
    fn random_elements_are_shared_and_never_come_again() {
        for parties in 3..=9 {
            let mut room = Room::new(parties);
            let mut draw =
                || open::<FiveSymbols>(&mut room, Degree::Shares, |prss| prss.elements(40));
            let mut all = [draw(), draw()].concat();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), 80);
        }
    }

    #[test]
    fn random_integers_are_sums_of_one_for_each_set() {
        for parties in 3..=9 {
            let mut room = Room::new(parties);
            let sets = Prss::sets(room.committee);
            assert_eq!(sets, [3, 4, 10, 15, 35, 56, 126][usize::from(parties) - 3]);
            let integers =
                open::<Mersenne61>(&mut room, Degree::Shares, |prss| prss.integers(10, 500));
            assert!(integers.iter().all(|integer| *integer <= sets * 1023));
            let mean = integers.iter().sum::<u64>() / 500;
            assert!(mean.abs_diff(sets * 1023 / 2) < sets * 50, "{mean}");
        }
    }

    #[test]
    fn sharings_of_zero_are_of_their_degree() {
        for parties in 3..=9 {
            let mut room = Room::new(parties);
            let zero = [0; 20];
            assert_eq!(
                open::<Mersenne61>(&mut room, Degree::Products, |prss| prss
                    .zero_of_products(20)),
                zero
            );
            assert_eq!(
                open::<Mersenne61>(&mut room, Degree::Shares, |prss| prss.zero_of_shares(20)),
                zero
            );
            // Of degree 2 t and no less: they lie on no polynomial of degree 2 t - 1.
            let draw = |prss: &mut Prss| prss.zero_of_products::<Mersenne61>(1).unwrap();
            let shares: Vec<Shares<Mersenne61>> = room.prss.iter_mut().map(draw).collect();
            let degree = 2 * room.committee.threshold();
            let points: Vec<u8> = (1..=degree as u8).collect();
            let known = &shares[..degree];
            let at_zero = crate::shamir::polynomial::evaluate(
                known,
                &crate::shamir::polynomial::coefficients(&points, 0),
            );
            assert!(at_zero[0] != Mersenne61::ZERO);
        }
    }

    #[test]
    fn pairs_have_the_same_and_nobody_else() {
        for parties in 3..=9 {
            let mut room = Room::new(parties);
            let pairs: Vec<Pairs<Mersenne61>> = room
                .prss
                .iter_mut()
                .map(|prss| prss.pairs(3).unwrap())
                .collect();
            let mut all = Vec::new();
            for (party, own) in room.committee.parties().zip(&pairs) {
                assert_eq!(own.after.len(), room.committee.threshold());
                for (other, known) in &own.after {
                    let theirs = &pairs[other.index()].before;
                    let same = theirs.iter().find(|(sender, _)| *sender == party).unwrap();
                    assert!(same.1[..] == known[..]);
                    all.push(known[0].to_u64());
                }
            }
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), usize::from(parties) * room.committee.threshold());
        }
    }

    #[test]
    fn a_bundle_serves_once() {
        let mut own = seeds(committee(3), 1).remove(0);
        let number = BundleNumber::FIRST;
        let first = own
            .begin(number)
            .unwrap()
            .elements::<Mersenne61>(1)
            .unwrap();
        assert!(own.begin(number).is_err());
        let next = own
            .begin(number.next().unwrap())
            .unwrap()
            .elements::<Mersenne61>(1)
            .unwrap();
        assert!(first[0] != next[0]);
    }

    #[test]
    fn randomness_ends_before_it_comes_again() {
        let mut prss = seeds(committee(3), 1)
            .remove(0)
            .begin(BundleNumber::FIRST)
            .unwrap();
        prss.step = u32::MAX;
        let refused = prss.elements::<Mersenne61>(1);
        assert!(refused.is_err_and(|error| error == MpcError::Exhausted));
    }

    #[test]
    fn seeds_of_the_wrong_length_are_refused() {
        let three = committee(3);
        let party = three.party(2).unwrap();
        let dealing = SeedDealing::new(three, party, &mut rng(1));
        let needed = SeedDealing::bytes(three, three.party(1).unwrap(), party);
        // Of the pair and of all three.
        assert_eq!(needed, 64);
        let refused = dealing.finish(&[&[0; 63], &[], &[]]);
        let expected = MpcError::Message {
            party: 1,
            expected: 64,
            found: 63,
        };
        assert!(refused.is_err_and(|error| error == expected));
    }
}
