//! Products with weights of +1 and -1, kept as bits: no multiplication.

use ndarray::Array2;
use zeroize::Zeroize;

use crate::ring::Word;

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

    /// `W x` in the ring of `T`: twice the sum where the weight is +1, less the sum of all.
    ///
    /// # Panics
    ///
    /// When `x` is not as long as a row: the caller has checked it against the plan.
    pub fn matvec<T: Word>(&self, x: &[T]) -> Vec<T> {
        assert_eq!(x.len(), self.columns, "the length of a row");
        let all = x.iter().fold(T::default(), |sum, x| sum.add(*x));
        let (blocks, rest) = x.as_chunks::<BLOCK>();
        let mut last = [T::default(); BLOCK];
        last[..rest.len()].copy_from_slice(rest);
        let tail = (!rest.is_empty()).then_some(&last);
        let row = |bits: &[u16]| {
            let mut sums = [T::default(); BLOCK];
            for (bits, x) in bits.iter().zip(blocks.iter().chain(tail)) {
                for lane in 0..BLOCK {
                    let bit = u32::from(*bits >> lane & 1);
                    sums[lane] = sums[lane].add(x[lane] & T::spread(bit));
                }
            }
            let sum = sums.iter().fold(T::default(), |sum, x| sum.add(*x));
            sum.add(sum).sub(all)
        };
        let per_row = self.columns.div_ceil(BLOCK).max(1);
        self.bits.chunks_exact(per_row).map(row).collect()
    }
}

impl Drop for SignMatrix {
    fn drop(&mut self) {
        self.bits.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::matvec;
    use ndarray::ArrayView1;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bits_give_the_product_of_the_signs(
            rows in 1_usize..5, columns in 1_usize..70, seed: u64,
        ) {
            let mut state = seed;
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                state >> 20
            };
            let signs = Array2::from_shape_simple_fn((rows, columns), || {
                if next() & 1 == 1 { 1 } else { -1 }
            });
            let x: Vec<u16> = (0..columns).map(|_| next() as u16).collect();
            let packed = SignMatrix::new(&signs).unwrap();
            let words = signs.mapv(|sign| u16::from_i64(sign.into()));
            let product = matvec(words.view(), ArrayView1::from(&x));
            prop_assert_eq!(packed.matvec(&x), product.to_vec());
            prop_assert_eq!(packed.to_words::<u16>(), words);
        }
    }

    #[test]
    fn other_weights_are_no_signs() {
        assert!(SignMatrix::new(&ndarray::array![[1, 0]]).is_none());
        assert!(SignMatrix::new(&ndarray::array![[1, -2]]).is_none());
    }
}
