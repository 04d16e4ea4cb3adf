//! Products with weights of +1 and -1, kept as bits: no multiplication.

use ndarray::Array2;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    lanes::{Machine, Work, on_this_machine},
    ring::Word,
};

/// Weights that are handled together.
const BLOCK: usize = 16;

/// A matrix of +1 and -1, a bit each. Erased when dropped; no `Debug`, for it is a secret.
pub struct SignMatrix {
    rows: usize,
    columns: usize,
    /// Row by row, 16 columns a word, from the lowest bit; a bit is set for +1. Bits beyond the
    /// last column are clear.
    bits: Vec<u16>,
}

impl SignMatrix {
    /// Packs a matrix; `None` when an entry is neither +1 nor -1.
    pub fn new(matrix: &Array2<i32>) -> Option<Self> {
        let (rows, columns) = matrix.dim();
        let mut bits = vec![0; rows * columns.div_ceil(BLOCK)];
        if columns > 0 {
            let packed = bits.chunks_exact_mut(columns.div_ceil(BLOCK));
            for (row, packed) in matrix.rows().into_iter().zip(packed) {
                for (column, entry) in row.iter().enumerate() {
                    match entry {
                        1 => packed[column / BLOCK] |= 1 << (column % BLOCK),
                        -1 => {}
                        _ => return None,
                    }
                }
            }
        }
        Some(Self {
            rows,
            columns,
            bits,
        })
    }

    /// Rows and columns.
    pub fn dim(&self) -> (usize, usize) {
        (self.rows, self.columns)
    }

    /// The entries in a ring, row by row.
    pub fn to_words<T: Word>(&self) -> Array2<T> {
        let per_row = self.columns.div_ceil(BLOCK);
        Array2::from_shape_fn((self.rows, self.columns), |(row, column)| {
            let bit = self.bits[row * per_row + column / BLOCK] >> (column % BLOCK) & 1;
            T::from_u64(1).neg_if(u32::from(bit ^ 1))
        })
    }

    /// `W x` in the ring of `T` for each `x`: twice the sum where the weight is +1, less the sum of all.
    ///
    /// # Panics
    ///
    /// When an `x` is not as long as a row: the caller has checked them against the plan.
    pub fn products<T: Word>(&self, xs: &[&[T]]) -> Vec<Vec<T>> {
        let fits = xs.iter().all(|x| x.len() == self.columns);
        assert!(fits, "the length of a row");
        on_this_machine(Signed { signs: self, xs })
    }
}

#[derive(Clone)]
struct Signed<'a, T> {
    signs: &'a SignMatrix,
    xs: &'a [&'a [T]],
}

impl<T: Word> Work for Signed<'_, T> {
    type Output = Vec<Vec<T>>;

    #[inline(always)]
    fn run<M: Machine>(self, _: M) -> Vec<Vec<T>> {
        // One after the other: the compiler finds no vectors in a loop over two of them, and weights
        // of a bit are read quickly.
        let mut results = Vec::with_capacity(self.xs.len());
        for x in self.xs {
            results.push(of_one(self.signs, x));
        }
        results
    }
}

#[inline(always)]
fn of_one<T: Word>(signs: &SignMatrix, x: &[T]) -> Vec<T> {
    let mut all = T::default();
    for x in x {
        all = all.add(*x);
    }
    // What meets the same bit of all blocks stands together: one shift then fits a whole vector.
    let blocks = signs.columns.div_ceil(BLOCK);
    let mut by_bit = Zeroizing::new(vec![T::default(); BLOCK * blocks]);
    for (column, x) in x.iter().enumerate() {
        by_bit[column % BLOCK * blocks + column / BLOCK] = *x;
    }
    let mut result = Vec::with_capacity(signs.rows);
    for bits in signs.bits.chunks_exact(blocks.max(1)) {
        let mut sum = T::default();
        for bit in 0..BLOCK {
            sum = sum.add(sum_of_set(bits, bit, &by_bit[bit * blocks..][..blocks]));
        }
        result.push(sum.add(sum).sub(all));
    }
    result
}

/// The sum of the elements in whose block's word a bit is set.
#[inline(always)]
fn sum_of_set<T: Word>(bits: &[u16], bit: usize, x: &[T]) -> T {
    let to_the_top = BLOCK - 1 - bit;
    let mut sum = T::default();
    for (bits, x) in bits.iter().zip(x) {
        // The bit at the top, then in all places.
        let mask = (bits << to_the_top) as i16 >> (BLOCK - 1);
        sum = sum.add(*x & T::from_i64(mask.into()));
    }
    sum
}

impl Drop for SignMatrix {
    fn drop(&mut self) {
        self.bits.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kernel::products, lanes::tests::on_both};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bits_give_the_product_of_the_signs(
            rows in 1_usize..5, columns in 1_usize..70, batch in 1_usize..4, seed: u64,
        ) {
            let mut state = seed;
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                state >> 20
            };
            let signs = Array2::from_shape_simple_fn((rows, columns), || {
                if next() & 1 == 1 { 1 } else { -1 }
            });
            let packed = SignMatrix::new(&signs).unwrap();
            macro_rules! check { ($T:ty) => {
                let xs: Vec<Vec<$T>> = (0..batch)
                    .map(|_| (0..columns).map(|_| next() as $T).collect())
                    .collect();
                let xs: Vec<&[$T]> = xs.iter().map(|x| &x[..]).collect();
                let words = signs.mapv(|sign| <$T>::from_i64(sign.into()));
                let expected = products(words.view(), &xs);
                prop_assert_eq!(packed.to_words::<$T>(), words);
                let (got, best) = on_both(Signed { signs: &packed, xs: &xs });
                prop_assert_eq!(&got, &expected);
                prop_assert!(best.is_none_or(|best| best == got), "AVX2 differs");
            } }
            check!(u16);
            check!(u32);
            check!(u64);
        }
    }

    #[test]
    fn other_weights_are_no_signs() {
        assert!(SignMatrix::new(&ndarray::array![[1, 0]]).is_none());
        assert!(SignMatrix::new(&ndarray::array![[1, -2]]).is_none());
    }
}
