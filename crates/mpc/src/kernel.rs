//! Products over the rings.

use ndarray::{ArrayView1, ArrayView2};

use crate::{
    lanes::{Machine, Work, each, on_this_machine},
    ring::Word,
};

mod convolution;
mod signs;

pub use convolution::convolve;
pub use signs::SignMatrix;

/// What weights are kept as, and how they become words of the ring of `T`.
pub trait Weight<T: Word>: Copy {
    /// The weight in the ring.
    fn word(self) -> T;
}

impl<T: Word> Weight<T> for T {
    #[inline(always)]
    fn word(self) -> T {
        self
    }
}

impl<T: Word> Weight<T> for i32 {
    #[inline(always)]
    fn word(self) -> T {
        T::from_i64(self.into())
    }
}

/// `W x` in the ring of `T` for each `x`, with one pass over `w`.
///
/// Shapes: `w` is `[outputs, inputs]`, each of `xs` has as many elements as there are inputs, each
/// result as many as there are outputs.
///
/// # Panics
///
/// When the inner dimensions differ: the caller has checked them against the plan.
pub fn products<T: Word, W: Weight<T>>(w: ArrayView2<'_, W>, xs: &[&[T]]) -> Vec<Vec<T>> {
    on_this_machine(Products { w, xs })
}

#[derive(Clone)]
struct Products<'a, T, W> {
    w: ArrayView2<'a, W>,
    xs: &'a [&'a [T]],
}

impl<T: Word, W: Weight<T>> Work for Products<'_, T, W> {
    type Output = Vec<Vec<T>>;

    #[inline(always)]
    fn run<M: Machine>(self, _: M) -> Vec<Vec<T>> {
        let (outputs, inputs) = self.w.dim();
        assert!(
            self.xs.iter().all(|x| x.len() == inputs),
            "the inner dimension"
        );
        let mut results = vec![vec![T::default(); outputs]; self.xs.len()];
        let (pairs, rest) = self.xs.as_chunks::<2>();
        for first in (0..outputs).step_by(2) {
            // A last row without a neighbour is its own.
            let second = (first + 1).min(outputs - 1);
            let rows = [self.w.row(first), self.w.row(second)];
            let (Some(a), Some(b)) = (rows[0].as_slice(), rows[1].as_slice()) else {
                // Rows that are no slices, as of a transposed matrix.
                for (result, x) in results.iter_mut().zip(self.xs) {
                    result[first] = scattered(rows[0], x);
                    result[second] = scattered(rows[1], x);
                }
                continue;
            };
            for (pair, xs) in pairs.iter().enumerate() {
                let [of_a, of_b] = tile([a, b], *xs);
                for x in 0..2 {
                    results[2 * pair + x][first] = of_a[x];
                    results[2 * pair + x][second] = of_b[x];
                }
            }
            for x in rest {
                let [of_a, of_b] = tile([a, b], [x]);
                results[2 * pairs.len()][first] = of_a[0];
                results[2 * pairs.len()][second] = of_b[0];
            }
        }
        results
    }
}

/// The products of some rows with some vectors of their length: what is loaded once is used for
/// all. The loop is as plain as it can be, so that the compiler finds the vectors in it.
#[inline(always)]
fn tile<T: Word, W: Weight<T>, const R: usize, const X: usize>(
    rows: [&[W]; R],
    xs: [&[T]; X],
) -> [[T; X]; R] {
    let count = xs[0].len();
    let rows = each!(R; |r| &rows[r][..count]);
    let xs = each!(X; |x| &xs[x][..count]);
    let mut sums = [[T::default(); X]; R];
    for at in 0..count {
        for r in 0..R {
            for x in 0..X {
                sums[r][x] = sums[r][x].add(rows[r][at].word().mul(xs[x][at]));
            }
        }
    }
    sums
}

#[inline(always)]
fn scattered<T: Word, W: Weight<T>>(row: ArrayView1<'_, W>, x: &[T]) -> T {
    let products = row.iter().zip(x).map(|(w, x)| w.word().mul(*x));
    products.fold(T::default(), T::add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::tests::on_both;
    use ndarray::Array2;
    use proptest::prelude::*;

    /// The definition, with 128-bit accumulators.
    fn reference(w: &Array2<u64>, x: &Array2<u64>, bits: u32) -> Array2<u64> {
        let mask = u128::MAX >> (128 - bits);
        Array2::from_shape_fn((x.nrows(), w.nrows()), |(b, o)| {
            let products = (0..w.ncols()).map(|i| u128::from(w[[o, i]]) * u128::from(x[[b, i]]));
            (products.fold(0, u128::wrapping_add) & mask) as u64
        })
    }

    proptest! {
        #[test]
        fn products_equal_the_definition(
            rows in 1_usize..9, cols in 1_usize..70, batch in 1_usize..5, seed: u64,
        ) {
            let mut state = seed;
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                state ^ (state >> 29)
            };
            let w = Array2::from_shape_simple_fn((rows, cols), &mut next);
            let x = Array2::from_shape_simple_fn((batch, cols), &mut next);
            macro_rules! check { ($T:ty) => {
                let (wt, xt) = (w.mapv(<$T>::from_u64), x.mapv(<$T>::from_u64));
                let xs: Vec<&[$T]> = xt.rows().into_iter().map(|x| x.to_slice().unwrap()).collect();
                let (got, best) = on_both(Products { w: wt.view(), xs: &xs });
                let (wide_w, wide_x) = (wt.mapv(Word::to_u64), xt.mapv(Word::to_u64));
                let expected = reference(&wide_w, &wide_x, <$T>::BITS);
                for (got, expected) in got.iter().zip(expected.rows()) {
                    let got: Vec<u64> = got.iter().map(|word| word.to_u64()).collect();
                    prop_assert_eq!(got, expected.to_vec());
                }
                prop_assert_eq!(got.len(), batch);
                // Signed weights, as networks have them.
                let signed = wt.mapv(|word| word.to_i64() as i32);
                let words = signed.mapv(|word| <$T>::from_i64(word.into()));
                let same = products(words.view(), &xs);
                prop_assert_eq!(products(signed.view(), &xs), same);
                // A view that is not contiguous gives the same.
                let turned = wt.t().as_standard_layout().into_owned();
                prop_assert_eq!(&products(turned.t(), &xs), &got);
                prop_assert!(best.is_none_or(|best| best == got), "AVX2 differs");
            } }
            check!(u16);
            check!(u32);
            check!(u64);
        }
    }
}
