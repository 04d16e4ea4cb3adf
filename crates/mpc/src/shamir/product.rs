//! Products of a shared matrix with shared vectors: one product of degree `2 t` for each output.

use ndarray::ArrayView2;

use super::{field::Field, shares::Products};
use crate::linear::LinearMap;

/// The sum of the products of pairs, reduced once.
///
/// # Panics
///
/// When the lengths differ.
pub fn dot<F: Field>(a: &[F], b: &[F]) -> F {
    assert_eq!(a.len(), b.len(), "the lengths of a dot product");
    let (mut low, mut high) = (0_u128, 0_u128);
    for (a, b) in a.chunks(F::TERMS).zip(b.chunks(F::TERMS)) {
        let products = a.iter().zip(b).map(|(a, b)| a.widening_mul(*b));
        let sum = products.fold(0_u128, u128::wrapping_add);
        low += sum & u128::from(u64::MAX);
        high += sum >> 64;
    }
    F::reduce(low, high)
}

/// `W x` for each `x`, with one pass over `w`, from a party's shares of all of them.
///
/// Shapes as those of [`LinearMap::apply_all`].
///
/// # Panics
///
/// As [`LinearMap::apply_all`].
pub fn apply_all<F: Field>(map: &LinearMap, w: ArrayView2<'_, F>, xs: &[&[F]]) -> Vec<Products<F>> {
    let (_, _, _) = (map, w, xs);
    todo!()
}
