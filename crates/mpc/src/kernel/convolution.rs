//! Convolutions over the rings.

use ndarray::ArrayView2;

use super::Weight;
use crate::{
    geometry::{Shape, Window},
    ring::Word,
};

/// The cross-correlation of `x` with the kernels in `w`, in the ring of `T`.
///
/// Shapes: `x` holds the elements of `from`, `w` is `[channels of to, channels of from / groups x
/// kernel rows x kernel columns]`, the result holds the elements of `to`, which is `from` under
/// the window. Padding is zero.
///
/// One element of the kernel at a time: the elements of `x` that it meets are laid side by side
/// once and then added, scaled, to the rows of all outputs that see them.
///
/// # Panics
///
/// When the shapes do not fit each other: the caller has checked them against the plan.
pub fn convolve<T: Word, W: Weight<T>>(
    w: ArrayView2<'_, W>,
    x: &[T],
    from: Shape,
    to: Shape,
    window: &Window,
    groups: u32,
) -> Vec<T> {
    let [rows, columns] = window.kernel;
    let groups = groups as usize;
    let inputs = from.channels as usize / groups;
    let outputs = to.channels as usize / groups;
    let places = to.plane();
    let mut result = vec![T::default(); to.elements()];
    let mut met = vec![T::default(); places];
    for group in 0..groups {
        for input in 0..inputs {
            let channel = group * inputs + input;
            let x = &x[channel * from.plane()..(channel + 1) * from.plane()];
            for row in 0..rows {
                for column in 0..columns {
                    lay_out(window, x, from, to, [row, column], &mut met);
                    let tap =
                        (input * rows as usize + row as usize) * columns as usize + column as usize;
                    for output in group * outputs..(group + 1) * outputs {
                        let weight = w[[output, tap]].word();
                        let y = &mut result[output * places..(output + 1) * places];
                        for (y, x) in y.iter_mut().zip(&met) {
                            *y = y.add(x.mul(weight));
                        }
                    }
                }
            }
        }
    }
    result
}

/// The elements of one channel under one element of the kernel, place by place.
fn lay_out<T: Word>(
    window: &Window,
    x: &[T],
    from: Shape,
    to: Shape,
    [row, column]: [u32; 2],
    met: &mut [T],
) {
    met.fill(T::default());
    let (width, stride) = (to.width as usize, window.stride[1] as usize);
    let covered = window.covered(1, column, from.width, to.width);
    let Some(first) = window.element(1, covered.start, column, from.width) else {
        // The whole column lies on padding.
        return;
    };
    for place in window.covered(0, row, from.height, to.height) {
        let Some(line) = window.element(0, place, row, from.height) else {
            continue;
        };
        let line = &x[(line * from.width + first) as usize..((line + 1) * from.width) as usize];
        let start = place as usize * width;
        let met = &mut met[start + covered.start as usize..start + covered.end as usize];
        if stride == 1 {
            met.copy_from_slice(&line[..met.len()]);
        } else {
            let seen = line.iter().step_by(stride);
            met.iter_mut().zip(seen).for_each(|(met, x)| *met = *x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use proptest::prelude::*;

    /// The definition, place by place.
    fn reference(
        w: &Array2<u32>,
        x: &[u32],
        from: Shape,
        to: Shape,
        window: &Window,
        groups: u32,
    ) -> Vec<u32> {
        let (inputs, outputs) = (from.channels / groups, to.channels / groups);
        let [rows, columns] = window.kernel;
        let mut y = Vec::new();
        for output in 0..to.channels {
            for place in 0..to.height * to.width {
                let mut sum = 0_u32;
                for input in 0..inputs {
                    for tap in 0..rows * columns {
                        let row = window.element(0, place / to.width, tap / columns, from.height);
                        let column = window.element(1, place % to.width, tap % columns, from.width);
                        let (Some(row), Some(column)) = (row, column) else {
                            continue;
                        };
                        let channel = output / outputs * inputs + input;
                        let at = (channel * from.height + row) * from.width + column;
                        let weight = w[[output as usize, (input * rows * columns + tap) as usize]];
                        sum = sum.wrapping_add(weight.wrapping_mul(x[at as usize]));
                    }
                }
                y.push(sum);
            }
        }
        y
    }

    proptest! {
        #[test]
        fn convolutions_equal_the_definition(
            kernel in [1_u32..4, 1_u32..4], stride in [1_u32..4, 1_u32..4],
            dilation in [1_u32..3, 1_u32..3], before in [0_u32..3, 0_u32..3],
            after in [0_u32..3, 0_u32..3], size in [1_u32..9, 1_u32..9],
            per_group in [1_u32..3, 1_u32..3], groups in 1_u32..4, seed: u64,
        ) {
            let window = Window { kernel, stride, dilation, before, after };
            let from = Shape {
                channels: groups * per_group[0],
                height: size[0],
                width: size[1],
            };
            if let Some(to) = from.under(&window, groups * per_group[1]) {
                let mut state = seed;
                let mut next = || {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 32) as u32
                };
                let taps = (per_group[0] * kernel[0] * kernel[1]) as usize;
                let w = Array2::from_shape_simple_fn((to.channels as usize, taps), &mut next);
                let x: Vec<u32> = (0..from.elements()).map(|_| next()).collect();
                let expected = reference(&w, &x, from, to, &window, groups);
                prop_assert_eq!(convolve(w.view(), &x, from, to, &window, groups), expected);
            }
        }
    }
}
