//! Products over the rings.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Zip};

use crate::ring::Word;

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

/// `W x` in the ring of `T`.
///
/// Shapes: `w` is `[outputs, inputs]`, `x` is `[inputs]`, the result `[outputs]`.
///
/// # Panics
///
/// When the inner dimensions differ: the caller has checked them against the plan.
pub fn matvec<T: Word, W: Weight<T>>(w: ArrayView2<'_, W>, x: ArrayView1<'_, T>) -> Array1<T> {
    w.rows().into_iter().map(|row| dot(row, x)).collect()
}

/// `X W^T` in the ring of `T`: [`matvec`] for each row of `x`, with one pass over `w`.
///
/// Shapes: `w` is `[outputs, inputs]`, `x` is `[batch, inputs]`, the result `[batch, outputs]`.
///
/// # Panics
///
/// When the inner dimensions differ.
pub fn matmul<T: Word, W: Weight<T>>(w: ArrayView2<'_, W>, x: ArrayView2<'_, T>) -> Array2<T> {
    let mut out = Array2::from_elem((x.nrows(), w.nrows()), T::default());
    for (row, mut column) in w.rows().into_iter().zip(out.columns_mut()) {
        Zip::from(&mut column)
            .and(x.rows())
            .for_each(|y, image| *y = dot(row, image));
    }
    out
}

#[inline]
fn dot<T: Word, W: Weight<T>>(a: ArrayView1<'_, W>, b: ArrayView1<'_, T>) -> T {
    Zip::from(a)
        .and(b)
        .fold(T::default(), |sum, a, b| sum.add(a.word().mul(*b)))
}

#[cfg(test)]
mod tests {
    use super::*;
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
                let got = matmul(wt.view(), xt.view());
                let (wide_w, wide_x) = (wt.mapv(Word::to_u64), xt.mapv(Word::to_u64));
                prop_assert_eq!(got.mapv(Word::to_u64), reference(&wide_w, &wide_x, <$T>::BITS));
                prop_assert_eq!(matvec(wt.view(), xt.row(0)), got.row(0).to_owned());
                // A view that is not contiguous gives the same.
                let turned = wt.t().as_standard_layout().into_owned();
                prop_assert_eq!(matmul(turned.t(), xt.view()), got);
            } }
            check!(u16);
            check!(u32);
            check!(u64);
        }
    }
}
