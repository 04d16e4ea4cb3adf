//! Products of a shared matrix with shared vectors: one product of degree `2 t` for each output.

mod sums;

pub use sums::dot;

use ndarray::{ArrayView2, CowArray, Ix2};

use super::{
    field::Field,
    shares::{Products, Shares},
};
use crate::{
    geometry::{Shape, Window},
    linear::LinearMap,
};

/// `W x` for each `x`, with one pass over `w`, from a party's shares of all of them.
///
/// Shapes as those of [`LinearMap::apply_all`].
///
/// # Panics
///
/// As [`LinearMap::apply_all`].
pub fn apply_all<F: Field>(map: &LinearMap, w: ArrayView2<'_, F>, xs: &[&[F]]) -> Vec<Products<F>> {
    assert_eq!(w.dim(), map.weights(), "the shape of the weights");
    assert!(
        xs.iter().all(|x| x.len() == map.inputs()),
        "the inner dimension"
    );
    let w = w.as_standard_layout();
    let results = match map {
        LinearMap::FullyConnected { .. } => fully_connected(&w, xs),
        LinearMap::Convolution {
            input,
            window,
            groups,
            ..
        } => {
            let output = map.output();
            let one = |x: &&[F]| match output {
                Some(output) => convolve(&w, x, *input, output, window, *groups),
                None => Vec::new(),
            };
            xs.iter().map(one).collect()
        }
    };
    results.into_iter().map(Products::new).collect()
}

fn rows<'a, F>(w: &'a CowArray<'_, F, Ix2>) -> impl Iterator<Item = &'a [F]> {
    // In standard layout, so all are slices.
    w.rows().into_iter().filter_map(|row| row.to_slice())
}

fn fully_connected<F: Field>(w: &CowArray<'_, F, Ix2>, xs: &[&[F]]) -> Vec<Vec<F>> {
    // None of them grows, for that would leave its elements behind.
    let results = xs.iter().map(|_| Vec::with_capacity(w.nrows()));
    let mut results: Vec<Vec<F>> = results.collect();
    for row in rows(w) {
        for (x, result) in xs.iter().zip(&mut results) {
            result.push(dot(row, x));
        }
    }
    results
}

/// What the window sees at a place is laid side by side once, for all channels that leave.
fn convolve<F: Field>(
    w: &CowArray<'_, F, Ix2>,
    x: &[F],
    from: Shape,
    to: Shape,
    window: &Window,
    groups: u32,
) -> Vec<F> {
    let places = to.plane();
    let inputs = (from.channels / groups) as usize;
    let outputs = (to.channels / groups) as usize;
    let mut results = vec![F::ZERO; to.elements()];
    let mut seen = Shares::new(vec![F::ZERO; w.ncols()]);
    for group in 0..groups as usize {
        let x = &x[group * inputs * from.plane()..][..inputs * from.plane()];
        for place in 0..places {
            let [row, column] = [place / to.width as usize, place % to.width as usize];
            // Places are counted in 32 bits.
            look(window, x, from, [row as u32, column as u32], &mut seen);
            let kernels = rows(w).enumerate().skip(group * outputs);
            for (output, kernel) in kernels.take(outputs) {
                results[output * places + place] = dot(kernel, &seen);
            }
        }
    }
    results
}

/// The elements that the window sees at a place, channel by channel, 0 where padding is.
fn look<F: Field>(window: &Window, x: &[F], from: Shape, place: [u32; 2], seen: &mut [F]) {
    let [rows, columns] = window.kernel;
    let taps = (rows * columns) as usize;
    let channels = x.chunks_exact(from.plane().max(1));
    for (x, seen) in channels.zip(seen.chunks_exact_mut(taps.max(1))) {
        for (tap, seen) in (0..).zip(seen) {
            let row = window.element(0, place[0], tap / columns, from.height);
            let column = window.element(1, place[1], tap % columns, from.width);
            *seen = match (row, column) {
                (Some(row), Some(column)) => x[(row * from.width + column) as usize],
                _ => F::ZERO,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shamir::field::{FiveSymbols, Mersenne61, OneSymbol};
    use ndarray::Array2;
    use proptest::prelude::*;

    fn agrees_with_words<F: Field>(map: LinearMap, seed: u64) {
        let mut state = seed;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 40) as i64 - (1 << 23)
        };
        let w = Array2::from_shape_simple_fn(map.weights(), &mut next);
        let x: Vec<i64> = (0..2 * map.inputs()).map(|_| next()).collect();
        let words: Vec<u64> = x.iter().map(|x| *x as u64).collect();
        let elements: Vec<F> = x.iter().map(|x| F::from_i64(*x)).collect();
        let halves = |at: usize| at * map.inputs()..(at + 1) * map.inputs();
        let clear = map.apply_all(
            w.mapv(|w| w as u64).view(),
            &[&words[halves(0)], &words[halves(1)]],
        );
        let xs = [&elements[halves(0)], &elements[halves(1)]];
        let in_field = w.mapv(F::from_i64);
        for (clear, products) in clear.iter().zip(apply_all(&map, in_field.view(), &xs)) {
            let products: Vec<i64> = products
                .elements()
                .iter()
                .map(|value| value.to_i64())
                .collect();
            let clear: Vec<i64> = clear.iter().map(|word| *word as i64).collect();
            assert_eq!(products, clear);
        }
    }

    proptest! {
        #[test]
        fn linear_maps_are_those_of_the_rings(
            seed: u64, outputs in 1_u32..6, inputs in 1_u32..200, side in 3_u32..7, groups in 1_u32..3,
        ) {
            let maps = [
                LinearMap::FullyConnected { inputs, outputs },
                LinearMap::Convolution {
                    input: Shape { channels: 2 * groups, height: side, width: side + 1 },
                    channels: groups * outputs,
                    window: Window { stride: [1, 2], ..Window::square(3, 1).padded(1) },
                    groups,
                },
            ];
            for map in maps {
                agrees_with_words::<Mersenne61>(map, seed);
                agrees_with_words::<OneSymbol>(map, seed);
                agrees_with_words::<FiveSymbols>(map, seed);
            }
        }
    }
}
