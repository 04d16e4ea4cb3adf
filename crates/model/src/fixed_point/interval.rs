//! Worst-case ranges of linear layers: the proof that no accumulator can wrap.

use blindsight_mpc::linear::LinearMap;
use ndarray::{Array1, Array2};

/// All integers from `low` to `high`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) low: i128,
    pub(super) high: i128,
}

impl Interval {
    /// An 8-bit pixel.
    pub(super) const PIXEL: Self = Self { low: 0, high: 255 };

    /// One integer.
    pub(super) const fn of(integer: i128) -> Self {
        Self {
            low: integer,
            high: integer,
        }
    }

    /// Bits in two's complement that hold every element.
    pub(super) fn bits(self) -> u32 {
        let bits = |v: i128| 128 - (if v < 0 { !v } else { v }).leading_zeros() + 1;
        bits(self.low).max(bits(self.high))
    }

    pub(super) fn scaled(self, factor: i128) -> Self {
        let (a, b) = (self.low * factor, self.high * factor);
        Self {
            low: a.min(b),
            high: a.max(b),
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            low: self.low + other.low,
            high: self.high + other.high,
        }
    }

    pub(super) fn hull(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }

    /// All differences of two elements.
    pub(super) fn difference(self) -> Self {
        let most = self.high - self.low;
        Self {
            low: -most,
            high: most,
        }
    }

    /// After dropping `shift` bits: the floor, or one more.
    pub(super) fn truncated(self, shift: u32) -> Self {
        let extra = i128::from(shift > 0);
        Self {
            low: self.low >> shift,
            high: (self.high >> shift) + extra,
        }
    }
}

/// The range of each output of a matrix, for inputs anywhere in their ranges.
pub(super) fn outputs(
    weights: &Array2<i32>,
    bias: &Array1<i64>,
    inputs: &[Interval],
) -> Vec<Interval> {
    let rows = weights.rows().into_iter().zip(bias);
    rows.map(|(row, bias)| {
        let terms = row.iter().zip(inputs);
        weighted(terms.map(|(w, x)| (i128::from(*w), *x)), *bias)
    })
    .collect()
}

/// The range of each output of a convolution, for inputs anywhere in the hull of their channel's
/// ranges; padding is zero.
pub(super) fn convolved(
    map: &LinearMap,
    weights: &Array2<i32>,
    bias: &Array1<i64>,
    inputs: &[Interval],
) -> Vec<Interval> {
    let LinearMap::Convolution {
        input,
        channels,
        window,
        groups,
    } = map
    else {
        return outputs(weights, bias, inputs);
    };
    // The hull with zero: an element of the kernel may lie on padding.
    let planes: Vec<Interval> = inputs.chunks(input.plane().max(1)).map(hull).collect();
    let taps = (window.kernel[0] * window.kernel[1]) as usize;
    let per_group = (input.channels / groups.max(&1)) as usize;
    let outputs = (channels / groups.max(&1)) as usize;
    let plane = bias.len() / (*channels as usize).max(1);
    let mut ranges = Vec::with_capacity(bias.len());
    for (channel, row) in weights.rows().into_iter().enumerate() {
        let first = channel / outputs.max(1) * per_group;
        let terms = row.iter().enumerate();
        let terms = terms.map(|(tap, w)| (i128::from(*w), planes[first + tap / taps]));
        let sum = weighted(terms, 0);
        let bias = bias.iter().skip(channel * plane).take(plane);
        ranges.extend(bias.map(|b| sum.plus(Interval::of(i128::from(*b)))));
    }
    ranges
}

/// The range of all differences of two outputs of a matrix: narrower than the difference of the
/// ranges, because both outputs see the same inputs.
pub(super) fn differences(
    weights: &Array2<i32>,
    bias: &Array1<i64>,
    inputs: &[Interval],
) -> Interval {
    let mut all = Interval { low: 0, high: 0 };
    for (a, row_a) in weights.rows().into_iter().enumerate() {
        for (b, row_b) in weights.rows().into_iter().enumerate().skip(a + 1) {
            let terms = row_a.iter().zip(row_b).zip(inputs);
            let terms = terms.map(|((a, b), x)| (i128::from(*a) - i128::from(*b), *x));
            let range = weighted(terms, 0);
            let bias = i128::from(bias[a]) - i128::from(bias[b]);
            all = all.hull(range.plus(Interval::of(bias)));
        }
    }
    all
}

/// The hull of all ranges; of zero when there is none.
pub(super) fn tight_hull(ranges: &[Interval]) -> Interval {
    let hull = ranges.iter().copied().reduce(Interval::hull);
    hull.unwrap_or(Interval::of(0))
}

/// The hull of all ranges and of zero.
pub(super) fn hull(ranges: &[Interval]) -> Interval {
    let zero = Interval { low: 0, high: 0 };
    ranges.iter().fold(zero, |all, range| all.hull(*range))
}

fn weighted(terms: impl Iterator<Item = (i128, Interval)>, bias: i64) -> Interval {
    let start = Interval::of(i128::from(bias));
    terms.fold(start, |sum, (w, x)| sum.plus(x.scaled(w)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bits_in_twos_complement() {
        let bits = |low, high| Interval { low, high }.bits();
        assert_eq!(bits(0, 0), 1);
        assert_eq!(bits(-1, 0), 1);
        assert_eq!(bits(0, 127), 8);
        assert_eq!(bits(-128, 127), 8);
        assert_eq!(bits(-129, 0), 9);
        assert_eq!(bits(0, 128), 9);
    }

    proptest! {
        /// No input within the ranges leaves the outputs' ranges, and the corners reach them.
        #[test]
        fn ranges_hold_every_value_and_are_reached(
            weights in proptest::collection::vec(-50_i32..50, 6), bias in -99_i64..99,
            x in proptest::collection::vec(0_i128..=255, 3),
        ) {
            let weights = Array2::from_shape_vec((2, 3), weights).unwrap();
            let bias = Array1::from_vec(vec![bias, -bias]);
            let value = |row: usize, x: &[i128]| -> i128 {
                let products = weights.row(row).to_vec().into_iter().map(i128::from).zip(x);
                products.map(|(w, x)| w * x).sum::<i128>() + i128::from(bias[row])
            };
            let ranges = outputs(&weights, &bias, &[Interval::PIXEL; 3]);
            for (row, range) in ranges.iter().enumerate() {
                let y = value(row, &x);
                prop_assert!(range.low <= y && y <= range.high);
                let corner: Vec<i128> =
                    weights.row(row).iter().map(|w| if *w > 0 { 255 } else { 0 }).collect();
                prop_assert_eq!(value(row, &corner), range.high);
            }
            let d = differences(&weights, &bias, &[Interval::PIXEL; 3]);
            let y = value(0, &x) - value(1, &x);
            prop_assert!(d.low <= y && y <= d.high);
        }
    }
}
