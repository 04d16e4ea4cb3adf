//! The class of the largest logit, or the largest few in their order, and nothing else.
//!
//! All `k (k - 1) / 2` differences of logits are opened under masks and compared. Each class
//! counts the others that it beats; ties go to the lower index. Exactly one class wins `k - 1`
//! times. A masked table of `2^w` entries for each class turns its masked count into a share of
//! `[count = k - 1]`; the sum of `class * [count = k - 1]` is opened to the data owner alone. The
//! class behind it wins `k - 2` times, and so on: each that is revealed has tables of its own.
//!
//! Counts, tables and the class live in `Z_2^w` with the smallest `w` that holds `k - 1`; they are
//! stored in bytes, of which the low `w` bits count.

use crate::{
    MpcError, Party,
    opening::low_bits,
    prg::Prg,
    ring::{Shares, Word},
};

/// The number of classes, 2 to 256, and what follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classes(u16);

impl Classes {
    /// The largest number of classes.
    pub const MAX: usize = 256;

    /// `None` unless there are 2 to 256 classes.
    pub fn new(count: usize) -> Option<Self> {
        let count = u16::try_from(count).ok()?;
        (2..=Self::MAX as u16)
            .contains(&count)
            .then_some(Self(count))
    }

    /// `k`.
    pub fn count(self) -> usize {
        self.0.into()
    }

    /// `k (k - 1) / 2`.
    pub fn pairs(self) -> usize {
        self.count() * (self.count() - 1) / 2
    }

    /// `w`: bits of a count of wins, and of a class.
    pub fn bits(self) -> u32 {
        (self.0 - 1).ilog2() + 1
    }

    /// Entries in one class's table.
    pub fn table_entries(self) -> usize {
        1 << self.bits()
    }

    /// Bytes of all tables' corrections, where the largest `top` are revealed.
    pub fn table_bytes(self, top: u8) -> usize {
        usize::from(top) * self.count() * self.table_entries()
    }

    /// The pairs `(a, b)`, `a < b`, in the order of all vectors of pairs.
    pub(crate) fn each_pair(self) -> impl Iterator<Item = (usize, usize)> {
        let count = self.count();
        (0..count).flat_map(move |a| (a + 1..count).map(move |b| (a, b)))
    }

    fn reduce(self, byte: u8) -> u8 {
        byte & low_bits(self.bits()) as u8
    }

    /// A party's shares of `y_a - y_b` for all pairs.
    ///
    /// # Errors
    ///
    /// When there are not `k` logits.
    pub fn differences<T: Word>(self, logits: &[T]) -> Result<Shares<T>, MpcError> {
        MpcError::check("the logits", self.count(), logits.len())?;
        let pairs = self.each_pair();
        Ok(pairs.map(|(a, b)| logits[a].sub(logits[b])).collect())
    }

    /// A party's shares of the win counts from its shares of `[y_a >= y_b]`, masked with its part
    /// of `tau`: what it sends.
    ///
    /// # Errors
    ///
    /// When the lengths do not fit.
    pub fn masked_wins(
        self,
        party: Party,
        at_least: &[u8],
        tau: &[u8],
    ) -> Result<Vec<u8>, MpcError> {
        MpcError::check("the comparisons", self.pairs(), at_least.len())?;
        MpcError::check("the masks of the wins", self.count(), tau.len())?;
        let one = match party {
            Party::P0 => 1,
            Party::P1 => 0,
        };
        let mut wins = tau.to_vec();
        for ((a, b), share) in self.each_pair().zip(at_least) {
            wins[a] = wins[a].add(*share);
            wins[b] = wins[b].add(one).sub(*share);
        }
        Ok(wins.into_iter().map(|count| self.reduce(count)).collect())
    }

    /// The dealer's correction of the tables, the same bytes for both parties: entry `v` of class
    /// `a` at place `j`, from 0, is `[v - tau_a = k - 1 - j]` less both parties' shares.
    ///
    /// # Errors
    ///
    /// When there are not `k` masks.
    pub fn deal_tables(
        self,
        top: u8,
        tau: &[u8],
        first: &mut Prg,
        second: &mut Prg,
    ) -> Result<Vec<u8>, MpcError> {
        MpcError::check("the masks of the wins", self.count(), tau.len())?;
        let bytes = self.table_bytes(top);
        let own = [first, second].map(|stream| stream.words::<u8>(bytes));
        let entries = self.table_entries();
        let word = |i: usize| {
            let (table, v) = (i / entries, (i % entries) as u8);
            let (place, class) = (table / self.count(), table % self.count());
            // There are fewer places than classes, and these are 256 at most.
            let wins = (self.count() - 1 - place) as u8;
            let winner = self.reduce(v.sub(tau[class])) == wins;
            self.reduce(u8::from(winner).sub(own[0][i]).sub(own[1][i]))
        };
        Ok((0..bytes).map(word).collect())
    }

    /// A party's shares of the largest `top` classes, from its own stream, the dealt corrections and
    /// both parties' masked wins added up.
    ///
    /// # Errors
    ///
    /// When the lengths do not fit.
    pub fn class_shares(
        self,
        party: Party,
        top: u8,
        own: &[u8],
        corrections: &[u8],
        wins: [&[u8]; 2],
    ) -> Result<Vec<u8>, MpcError> {
        MpcError::check("a share of the tables", self.table_bytes(top), own.len())?;
        MpcError::check("the tables", self.table_bytes(top), corrections.len())?;
        MpcError::check("the wins", self.count(), wins[0].len())?;
        MpcError::check("the wins", self.count(), wins[1].len())?;
        let at = |place: usize| {
            let shares = wins[0].iter().zip(wins[1]).enumerate();
            let shares = shares.map(|(class, (a, b))| {
                let table = place * self.count() + class;
                let entry = table * self.table_entries() + usize::from(self.reduce(a.add(*b)));
                let share = match party {
                    Party::P0 => own[entry].add(corrections[entry]),
                    Party::P1 => own[entry],
                };
                share.mul(class as u8)
            });
            self.reduce(shares.fold(0, Word::add))
        };
        Ok((0..usize::from(top)).map(at).collect())
    }

    /// The class from both parties' shares; `None` when they do not add up to one of the `k`.
    pub fn reveal(self, a: u8, b: u8) -> Option<usize> {
        let class = usize::from(self.reduce(a.add(b)));
        (class < self.count()).then_some(class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        prg::{Domain, Purpose},
        seed::Seed,
    };
    use proptest::prelude::*;

    fn stream(byte: u8, purpose: Purpose) -> Prg {
        let domain = Domain {
            purpose,
            number: 1,
            step: 0,
        };
        Prg::new(&Seed::from_bytes([byte; 32]), domain)
    }

    fn secure(logits: &[i32], top: u8, noise: u8) -> Vec<usize> {
        let classes = Classes::new(logits.len()).unwrap();
        let words: Vec<u32> = logits.iter().map(|y| *y as u32).collect();
        let differences = classes.differences(&words).unwrap();
        let at_least = |d: &u32| u8::from((*d as i32) >= 0);
        let half: Shares<u8> = stream(noise, Purpose::OutputMask).words(classes.pairs());
        let other: Shares<u8> = differences
            .iter()
            .zip(half.iter())
            .map(|(d, share)| at_least(d).sub(*share))
            .collect();
        let tau = [1_u8, 2]
            .map(|i| stream(noise.wrapping_add(i), Purpose::WinMask).words::<u8>(classes.count()));
        let sum: Vec<u8> = tau[0]
            .iter()
            .zip(tau[1].iter())
            .map(|(a, b)| a.add(*b))
            .collect();
        let tables = classes
            .deal_tables(
                top,
                &sum,
                &mut stream(noise, Purpose::ClassTable),
                &mut stream(noise ^ 1, Purpose::ClassTable),
            )
            .unwrap();
        let wins = [
            classes.masked_wins(Party::P0, &half, &tau[0]).unwrap(),
            classes.masked_wins(Party::P1, &other, &tau[1]).unwrap(),
        ];
        let [a, b] = [(Party::P0, noise), (Party::P1, noise ^ 1)].map(|(party, byte)| {
            let own = stream(byte, Purpose::ClassTable).words::<u8>(classes.table_bytes(top));
            classes
                .class_shares(party, top, &own, &tables, [&wins[0], &wins[1]])
                .unwrap()
        });
        let both = a.iter().zip(&b);
        both.map(|(a, b)| classes.reveal(*a, *b).unwrap()).collect()
    }

    proptest! {
        #[test]
        fn finds_the_largest_in_their_order(
            logits in proptest::collection::vec(-3_i32..4, 2..40), top: u8, noise: u8,
        ) {
            let mut order: Vec<usize> = (0..logits.len()).collect();
            // Stable: of equals, the lower one comes first.
            order.sort_by_key(|class| -logits[*class]);
            let top = top % logits.len() as u8 + 1;
            order.truncate(top.into());
            prop_assert_eq!(secure(&logits, top, noise), order);
        }
    }

    #[test]
    fn every_number_of_classes_up_to_the_largest() {
        for count in 2..=Classes::MAX {
            let mut logits = vec![0; count];
            logits[count - 1] = 1;
            assert_eq!(secure(&logits, 1, 77), [count - 1]);
        }
        assert!(Classes::new(1).is_none());
        assert!(Classes::new(257).is_none());
        assert_eq!(Classes::new(10).unwrap().bits(), 4);
        assert_eq!(Classes::new(16).unwrap().bits(), 4);
        assert_eq!(Classes::new(17).unwrap().bits(), 5);
    }

    #[test]
    fn wrong_lengths_are_refused() {
        let classes = Classes::new(3).unwrap();
        assert!(classes.differences(&[1_u32, 2]).is_err());
        assert!(classes.masked_wins(Party::P0, &[0; 2], &[0; 3]).is_err());
        assert!(classes.masked_wins(Party::P0, &[0; 3], &[0; 2]).is_err());
        let wins: [&[u8]; 2] = [&[0; 3], &[0; 2]];
        assert!(
            classes
                .class_shares(Party::P0, 1, &[0; 12], &[0; 12], wins)
                .is_err()
        );
        assert_eq!(classes.reveal(2, 1), None, "3 is no class of three");
    }
}
