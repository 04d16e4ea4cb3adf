//! The parties and how many of them must conspire.

use serde::{Deserialize, Serialize};

use crate::MpcError;

/// One of the compute parties, from 1: where the polynomials are evaluated for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Party(u8);

impl Party {
    /// The party's number, from 1.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Its place in lists of all parties, from 0.
    pub const fn index(self) -> usize {
        self.0 as usize - 1
    }
}

/// `m` parties of whom `t = floor((m - 1) / 2)` may conspire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Committee(u8);

impl Committee {
    /// The fewest parties: with fewer no majority is honest.
    pub const MIN: u8 = 3;
    /// The most parties. The subsets with a seed in common are 126 of 5 parties each.
    pub const MAX: u8 = 9;

    /// # Errors
    ///
    /// [`MpcError::Committee`] unless there are 3 to 9 parties.
    pub fn new(parties: u8) -> Result<Self, MpcError> {
        if (Self::MIN..=Self::MAX).contains(&parties) {
            Ok(Self(parties))
        } else {
            Err(MpcError::Committee { parties })
        }
    }

    /// `m`.
    pub const fn size(self) -> usize {
        self.0 as usize
    }

    /// `t`: how many parties together learn nothing, and the degree of a sharing.
    pub const fn threshold(self) -> usize {
        (self.0 as usize - 1) / 2
    }

    /// The party of that number, from 1; `None` when there is none.
    pub fn party(self, number: u8) -> Option<Party> {
        (1..=self.0).contains(&number).then_some(Party(number))
    }

    /// All parties in their order.
    pub fn parties(self) -> impl DoubleEndedIterator<Item = Party> + ExactSizeIterator {
        (0..self.0).map(|index| Party(index + 1))
    }

    /// All parties but one, in their order.
    pub fn others(self, party: Party) -> impl Iterator<Item = Party> {
        self.parties().filter(move |other| *other != party)
    }

    /// The party `steps` after this one, in the circle of all.
    pub(crate) fn after(self, party: Party, steps: usize) -> Party {
        // Less than nine.
        Party(((party.index() + steps) % self.size()) as u8 + 1)
    }
}

impl TryFrom<u8> for Committee {
    type Error = MpcError;

    fn try_from(parties: u8) -> Result<Self, MpcError> {
        Self::new(parties)
    }
}

impl From<Committee> for u8 {
    fn from(committee: Committee) -> Self {
        committee.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minority_may_conspire() {
        let threshold = |m| Committee::new(m).map(Committee::threshold);
        for (m, t) in [(3, 1), (4, 1), (5, 2), (6, 2), (7, 3), (8, 3), (9, 4)] {
            assert_eq!(threshold(m), Ok(t));
        }
        for m in [0, 1, 2, 10, 255] {
            assert_eq!(threshold(m), Err(MpcError::Committee { parties: m }));
        }
    }

    #[test]
    fn parties_are_counted_from_one() {
        let five = Committee::new(5).unwrap();
        let numbers: Vec<u8> = five.parties().map(Party::number).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
        assert_eq!(five.party(0), None);
        assert_eq!(five.party(6), None);
        let last = five.party(5).unwrap();
        assert_eq!((last.index(), five.after(last, 2).number()), (4, 2));
        assert_eq!(five.others(last).count(), 4);
    }
}
