//! The linear gate: `y = W x + b` with `W` known to one party in the clear.
//!
//! Once for each pair of parties the weights are split: the dealer and the model owner know `B`
//! from their seed, the data owner gets `E = W - B`. For each image the dealer gives the data
//! owner `c = B r - s`, where `r` masks the input and `s` the output. Then
//!
//! ```text
//! data owner, before any image:  y_D = -(E r + c)
//! data owner -> model owner:     x_hat = x_D + r
//! model owner:                   y_M = W (x_hat + x_M) + b - s
//! ```
//!
//! and `y_D + y_M = W x + b`.

use ndarray::{ArrayView1, ArrayView2};

use crate::{
    kernel::matvec,
    ring::{Shares, Word},
};

/// The dealer's correction `c = B r - s`.
///
/// Shapes: `b` is `[outputs, inputs]`, `r` is `[inputs]`, `s` is `[outputs]`; see
/// [`matvec`] for what happens when they differ.
pub fn correction<T: Word>(b: ArrayView2<'_, T>, r: &[T], s: &[T]) -> Vec<T> {
    let product = matvec(b, ArrayView1::from(r));
    product.iter().zip(s).map(|(p, s)| p.sub(*s)).collect()
}

/// The data owner's share `y_D = -(E r + c)`, before any input exists.
///
/// Shapes: `e` is `[outputs, inputs]`, `r` is `[inputs]`, `c` is `[outputs]`.
pub fn data_owner_share<T: Word>(e: ArrayView2<'_, T>, r: &[T], c: &[T]) -> Shares<T> {
    let product = matvec(e, ArrayView1::from(r));
    product
        .iter()
        .zip(c)
        .map(|(p, c)| p.add(*c).neg())
        .collect()
}

/// The model owner's share, or its half of an opening: `W (x_hat + x_M) + offset`.
///
/// `offset` holds all that is known before the input: `b - s`, and the masks of the opening.
/// Shapes: `w` is `[outputs, inputs]`, `x_hat` and `x_m` are `[inputs]`, `offset` is `[outputs]`.
pub fn model_owner_share<T: Word>(
    w: ArrayView2<'_, T>,
    x_hat: &[T],
    x_m: &[T],
    offset: &[T],
) -> Shares<T> {
    let x: Shares<T> = x_hat.iter().zip(x_m).map(|(a, b)| a.add(*b)).collect();
    let product = matvec(w, ArrayView1::from(&x[..]));
    product.iter().zip(offset).map(|(p, o)| p.add(*o)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_two_shares_sum_to_the_product(seed: [u8; 32], rows in 1_usize..6, cols in 1_usize..9) {
            let domain = crate::prg::Domain {
                purpose: crate::prg::Purpose::InputMask,
                number: 1,
                step: 0,
            };
            let mut prg = crate::prg::Prg::new(&crate::seed::Seed::from_bytes(seed), domain);
            let mut matrix = || {
                Array2::from_shape_vec((rows, cols), prg.words::<u32>(rows * cols).to_vec()).unwrap()
            };
            let (w, b) = (matrix(), matrix());
            let e = &w.mapv(std::num::Wrapping) - &b.mapv(std::num::Wrapping);
            let e = e.mapv(|word| word.0);
            let (x_d, x_m, r) = (prg.words::<u32>(cols), prg.words::<u32>(cols), prg.words(cols));
            let (bias, s) = (prg.words::<u32>(rows), prg.words(rows));

            let c = correction(b.view(), &r, &s);
            let y_d = data_owner_share(e.view(), &r, &c);
            let x_hat: Vec<u32> = x_d.iter().zip(r.iter()).map(|(x, r)| x.wrapping_add(*r)).collect();
            let offset: Vec<u32> = bias.iter().zip(s.iter()).map(|(b, s)| b.wrapping_sub(*s)).collect();
            let y_m = model_owner_share(w.view(), &x_hat, &x_m, &offset);

            for row in 0..rows {
                let x = x_d.iter().zip(x_m.iter()).map(|(a, b)| a.wrapping_add(*b));
                let expected = x.zip(w.row(row)).fold(bias[row], |sum, (x, w)| {
                    sum.wrapping_add(x.wrapping_mul(*w))
                });
                prop_assert_eq!(y_d[row].wrapping_add(y_m[row]), expected);
            }
        }
    }
}
