//! Sets of parties.

use crate::shamir::{
    committee::{Committee, Party},
    field::Field,
};

/// A set of parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subset(u16);

impl Subset {
    /// All sets of `size` parties, in a fixed order.
    pub fn of_size(committee: Committee, size: usize) -> impl Iterator<Item = Self> {
        let sets = (0..1_u16 << committee.size()).map(Self);
        sets.filter(move |set| set.size() == size)
    }

    /// The sets that have a seed in common: the pairs, and those of `m - t` and `m - t + 1` parties.
    pub fn with_seeds(committee: Committee) -> impl Iterator<Item = Self> {
        let most = committee.size() - committee.threshold();
        let sets = (0..1_u16 << committee.size()).map(Self);
        sets.filter(move |set| [2, most, most + 1].contains(&set.size()))
    }

    /// Of two parties.
    pub(super) fn pair(a: Party, b: Party) -> Self {
        Self(1 << a.index() | 1 << b.index())
    }

    /// How many parties.
    pub fn size(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether the party is in it.
    pub fn contains(self, party: Party) -> bool {
        self.0 >> party.index() & 1 == 1
    }

    /// The member of the lowest number, who chooses the seed.
    pub(super) fn is_led_by(self, party: Party) -> bool {
        self.0.trailing_zeros() as usize == party.index()
    }

    /// As bits, the first party's lowest.
    pub fn bits(self) -> u16 {
        self.0
    }

    /// The value for `party` of the polynomial that is 1 at 0 and 0 at all parties that are not in
    /// the set.
    pub(super) fn polynomial<F: Field>(self, committee: Committee, party: Party) -> F {
        let at = F::from_u64(party.number().into());
        let (mut above, mut below) = (F::ONE, F::ONE);
        for other in committee.parties().filter(|other| !self.contains(*other)) {
            let other = F::from_u64(other.number().into());
            above = above * (other - at);
            below = below * other;
        }
        above * below.inverse()
    }
}
