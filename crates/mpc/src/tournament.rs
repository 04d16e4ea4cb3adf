//! The largest element of each window, by comparing in pairs.
//!
//! Shares of values play in each window until one is left: of a pair `(a, b)` the gate
//! [`crate::compare::SelectGate`] gives `b + [a >= b] (a - b)`. What a round opens are the masked
//! differences of its pairs; those of the first round come for free where the values themselves
//! were opened under masks, for the difference of two masked values is masked already.

use crate::{
    MpcError,
    geometry::{Shape, Window},
    ring::{Shares, Word},
};

/// Who still plays: how many values in each window. The values of all windows stand one behind
/// another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tournament {
    left: Vec<u32>,
}

impl Tournament {
    /// The start, with the index in a value of shape `from` of every player. `None` when the
    /// window does not fit.
    pub fn new(from: Shape, window: &Window) -> Option<(Self, Vec<usize>)> {
        let to = from.pooled(window)?;
        let [rows, columns] = window.kernel;
        let mut left = Vec::with_capacity(to.elements());
        let mut players = Vec::new();
        for channel in 0..from.channels {
            for place in 0..to.height * to.width {
                let before = players.len();
                for tap in 0..rows * columns {
                    let row = window.element(0, place / to.width, tap / columns, from.height);
                    let column = window.element(1, place % to.width, tap % columns, from.width);
                    if let (Some(row), Some(column)) = (row, column) {
                        let line = channel as usize * from.height as usize + row as usize;
                        players.push(line * from.width as usize + column as usize);
                    }
                }
                left.push((players.len() - before) as u32);
            }
        }
        Some((Self { left }, players))
    }

    /// Rounds until one value is left in every window.
    pub fn rounds(&self) -> u32 {
        let most = self.left.iter().max().copied().unwrap_or(1).max(1);
        u32::BITS - (most - 1).leading_zeros()
    }

    /// Pairs of this round.
    pub fn pairs(&self) -> usize {
        self.left.iter().map(|left| (left / 2) as usize).sum()
    }

    /// Values that still play in each window.
    pub fn windows(&self) -> impl Iterator<Item = usize> + '_ {
        self.left.iter().map(|left| *left as usize)
    }

    /// Values that still play.
    pub fn players(&self) -> usize {
        self.windows().sum()
    }

    /// The tournament after this round.
    pub fn next(&self) -> Self {
        let left = self.left.iter().map(|left| left.div_ceil(2)).collect();
        Self { left }
    }

    /// The index among all players of the first of each pair; the second one is its neighbour.
    fn first_of_pairs(&self) -> impl Iterator<Item = usize> + '_ {
        let mut start = 0;
        self.left.iter().flat_map(move |left| {
            let first = start;
            start += *left as usize;
            (0..(left / 2) as usize).map(move |pair| first + 2 * pair)
        })
    }

    /// `a - b` of each pair: of shares, of masks or of masked values.
    ///
    /// # Errors
    ///
    /// When there are not as many values as players.
    pub fn differences<T: Word>(&self, values: &[T]) -> Result<Shares<T>, MpcError> {
        self.differences_in(values, T::sub)
    }

    /// The same in any arithmetic.
    ///
    /// # Errors
    ///
    /// As [`Tournament::differences`].
    pub fn differences_in<A: Copy, V: FromIterator<A>>(
        &self,
        values: &[A],
        sub: impl Fn(A, A) -> A,
    ) -> Result<V, MpcError> {
        MpcError::check("the values of a round", self.players(), values.len())?;
        let pairs = self.first_of_pairs();
        Ok(pairs.map(|a| sub(values[a], values[a + 1])).collect())
    }

    /// The players of the next round, from what the gate gave for the differences.
    ///
    /// # Errors
    ///
    /// When there are not as many values as players, or results as pairs.
    pub fn winners<T: Word>(&self, values: &[T], selected: &[T]) -> Result<Shares<T>, MpcError> {
        self.winners_in(values, selected, T::add)
    }

    /// The same in any arithmetic.
    ///
    /// # Errors
    ///
    /// As [`Tournament::winners`].
    pub fn winners_in<A: Copy, V: FromIterator<A>>(
        &self,
        values: &[A],
        selected: &[A],
        add: impl Fn(A, A) -> A,
    ) -> Result<V, MpcError> {
        MpcError::check("the values of a round", self.players(), values.len())?;
        MpcError::check("the results of a round", self.pairs(), selected.len())?;
        let (mut rest, mut selected) = (values, selected.iter());
        let windows = self.windows().flat_map(|left| {
            let (window, others) = rest.split_at(left);
            rest = others;
            let (pairs, alone) = window.as_chunks::<2>();
            let won = pairs
                .iter()
                .zip(&mut selected)
                .map(|([_, b], s)| add(*b, *s));
            won.chain(alone.iter().copied()).collect::<Vec<A>>()
        });
        Ok(windows.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Played in the clear, what is left is the largest element of each window.
        #[test]
        fn the_largest_wins(
            kernel in [1_u32..4, 1_u32..4], stride in [1_u32..3, 1_u32..3],
            before in [0_u32..2, 0_u32..2], size in [1_u32..7, 1_u32..7],
            values in proptest::collection::vec(-100_i64..100, 72),
        ) {
            let window = Window { kernel, stride, before, ..Window::square(1, 1) };
            let from = Shape { channels: 2, height: size[0], width: size[1] };
            let Some((mut round, players)) = Tournament::new(from, &window) else {
                return Ok(());
            };
            let mut left: Vec<u64> = players.iter().map(|i| u64::from_i64(values[*i])).collect();
            for _ in 0..round.rounds() {
                let differences = round.differences(&left).unwrap();
                let selected: Vec<u64> =
                    differences.iter().map(|d| u64::from_i64(d.to_i64().max(0))).collect();
                left = round.winners(&left, &selected).unwrap().to_vec();
                round = round.next();
            }
            prop_assert_eq!(round.pairs(), 0);
            let to = from.pooled(&window).unwrap();
            let mut expected = Vec::new();
            for channel in 0..2 {
                for place in 0..to.height * to.width {
                    let mut largest = i64::MIN;
                    for tap in 0..kernel[0] * kernel[1] {
                        let row = window.element(0, place / to.width, tap / kernel[1], size[0]);
                        let column = window.element(1, place % to.width, tap % kernel[1], size[1]);
                        if let (Some(row), Some(column)) = (row, column) {
                            let at = (channel * size[0] + row) * size[1] + column;
                            largest = largest.max(values[at as usize]);
                        }
                    }
                    expected.push(u64::from_i64(largest));
                }
            }
            prop_assert_eq!(left, expected);
        }
    }

    #[test]
    fn other_numbers_of_values_are_refused() {
        let shape = Shape {
            channels: 1,
            height: 2,
            width: 2,
        };
        let (round, players) = Tournament::new(shape, &Window::square(2, 2)).unwrap();
        assert_eq!(
            (round.rounds(), round.pairs(), players),
            (2, 2, vec![0, 1, 2, 3])
        );
        assert!(round.differences(&[1_u32; 3]).is_err());
        assert!(round.winners(&[1_u32; 4], &[1]).is_err());
        assert!(Tournament::new(shape, &Window::square(3, 1)).is_none());
    }
}
