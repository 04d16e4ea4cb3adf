//! Whether a public number is below one that is shared bit by bit.
//!
//! One of some small sums is 0 if it is (Toft, "Primitives and Applications for Multi-party
//! Computation", 2007). Their product, times a random element, is opened: whether it is 0 is a random
//! bit, because a secret sign turns the question around.

use crate::{
    MpcError,
    shamir::{
        committee::{Committee, Party},
        cost::Cost,
        field::Field,
        multiplication::{product_cost, product_of_all},
        opening::{self, Way, open},
        prss::Prss,
        rounds::Rounds,
        shares::Shares,
    },
};

/// The randomness of some comparisons; it serves once.
pub(super) struct Below<F: Field> {
    /// Secret signs, +1 or -1.
    pub(super) signs: Shares<F>,
    /// Random elements.
    pub(super) factors: Shares<F>,
}

/// What came of some comparisons.
pub(super) struct Turned<F: Field> {
    /// +1 or -1, known to all: random, for a secret sign is in it.
    pub(super) public: Vec<F>,
    /// These secret signs. The product with the public one is -1 where the public number is below
    /// the shared one, and +1 elsewhere.
    pub(super) signs: Shares<F>,
}

impl<F: Field> Below<F> {
    /// Compares public numbers with numbers whose bits are shared, list by list from the lowest one.
    ///
    /// # Errors
    ///
    /// When there is not as much randomness as there are numbers.
    pub(super) fn compare(
        self,
        prss: &mut Prss,
        bits: &[Shares<F>],
        public: impl Iterator<Item = u64> + Clone,
    ) -> Result<Rounds<F, Turned<F>>, MpcError> {
        let Self { signs, factors } = self;
        let mut all = differences(bits, public, &signs);
        all.push(factors);
        let product = product_of_all(prss, all)?;
        let opened = product.and_then(prss, |prss, product| {
            open(prss, "the products of a comparison", product, Way::Direct)
        })?;
        opened.map(prss, |opened| {
            let turned = |product: F| {
                if product == F::ZERO { F::ONE } else { -F::ONE }
            };
            let public = opened.into_iter().map(turned).collect();
            Ok(Turned { public, signs })
        })
    }
}

impl<F: Field> Turned<F> {
    /// Shares of `[public < shared]`.
    pub(super) fn below(&self) -> Result<Shares<F>, MpcError> {
        let half = F::from_u64(2).inverse();
        self.signs
            .zip(&self.public, |sign, turned| (F::ONE - sign * turned) * half)
    }
}

/// The cost of [`Below::compare`] for numbers of so many bits.
pub(super) fn cost(committee: Committee, party: Party, bits: u32, count: usize) -> Cost {
    // One for each bit that is compared, one for equality and the random one.
    let factors = bits as usize + 2;
    let opened = opening::cost(committee, party, count, Way::Direct);
    product_cost(committee, party, factors, count) + opened
}

/// Of the bits `c_i` of public numbers and `r_i` of shared ones, from the highest, and signs `s`:
/// `s + r_i - c_i + 3 d_i`, where `d_i` of the higher bits differ, and `s - 1 + 3 d` for the `d` bits
/// that differ at all. If `s = -1`, one of them is 0 exactly when `c < r`; if `s = 1`, when `c >= r`.
fn differences<F: Field>(
    bits: &[Shares<F>],
    public: impl Iterator<Item = u64> + Clone,
    signs: &Shares<F>,
) -> Vec<Shares<F>> {
    let three = F::from_u64(3);
    let mut differing = Shares::new(vec![F::ZERO; signs.len()]);
    let mut all = Vec::with_capacity(bits.len() + 2);
    for (bit, own) in bits.iter().enumerate().rev() {
        let mut one = Shares::new(Vec::with_capacity(signs.len()));
        let numbers = public.clone().zip(own.iter()).zip(signs.iter());
        let lists = numbers.zip(differing.iter_mut());
        one.extend(lists.map(|(((number, own), sign), differing)| {
            let (public, differs) = if number >> bit & 1 == 1 {
                (F::ONE, F::ONE - *own)
            } else {
                (F::ZERO, *own)
            };
            let difference = *sign + *own - public + *differing;
            *differing += differs * three;
            difference
        }));
        all.push(one);
    }
    let last = signs.iter().zip(differing.iter());
    all.push(
        last.map(|(sign, differing)| *sign - F::ONE + *differing)
            .collect(),
    );
    all
}
