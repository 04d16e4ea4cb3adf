//! Convolutions over the rings.

use ndarray::ArrayView2;
use zeroize::Zeroizing;

use super::Weight;
use crate::{
    geometry::{Shape, Window},
    lanes::{Machine, Work, each, on_this_machine},
    ring::Word,
};

/// Elements of the kernel that are added at a time: each sum is loaded and stored once for them.
const TOGETHER: usize = 4;
/// Elements of the kernel that are laid out at a time: what they meet stays in the nearest cache.
const TAPS: usize = 32;

/// The cross-correlation of `x` with the kernels in `w`, in the ring of `T`.
///
/// Shapes: `x` holds the elements of `from`, `w` is `[channels of to, channels of from / groups x
/// kernel rows x kernel columns]`, the result holds the elements of `to`, which is `from` under
/// the window. Padding is zero.
///
/// For some elements of the kernel at a time, the elements of `x` that they meet are laid side by
/// side once, place by place, and then added, scaled, to all outputs that see them.
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
    on_this_machine(Convolution {
        w,
        x,
        from,
        to,
        window,
        groups: groups as usize,
    })
}

#[derive(Clone)]
struct Convolution<'a, T, W> {
    w: ArrayView2<'a, W>,
    x: &'a [T],
    from: Shape,
    to: Shape,
    window: &'a Window,
    groups: usize,
}

impl<T: Word, W: Weight<T>> Work for Convolution<'_, T, W> {
    type Output = Vec<T>;

    #[inline(always)]
    fn run<M: Machine>(self, _: M) -> Vec<T> {
        let Self {
            w,
            x,
            from,
            to,
            window,
            groups,
        } = self;
        let columns = window.kernel[1] as usize;
        let taps = window.kernel[0] as usize * columns;
        let inputs = from.channels as usize / groups;
        let outputs = to.channels as usize / groups;
        let places = to.plane();
        let mut sums = vec![T::default(); to.channels as usize * places];
        let mut met = Zeroizing::new(vec![T::default(); taps.min(TAPS) * places]);
        for channel in 0..groups * inputs {
            let (group, input) = (channel / inputs, channel % inputs);
            let x = &x[channel * from.plane()..(channel + 1) * from.plane()];
            for first in (0..taps).step_by(TAPS) {
                let taps = first..taps.min(first + TAPS);
                for (tap, met) in taps.clone().zip(met.chunks_exact_mut(places.max(1))) {
                    let at = [(tap / columns) as u32, (tap % columns) as u32];
                    lay_out(window, x, from, to, at, met);
                }
                let column = input * window.kernel[0] as usize * columns;
                let columns = column + taps.start..column + taps.end;
                for output in group * outputs..(group + 1) * outputs {
                    let sums = &mut sums[output * places..][..places];
                    add_scaled(sums, w, output, columns.clone(), &met);
                }
            }
        }
        sums
    }
}

/// Adds to the sums of an output what is laid out, one row of it for each of the columns of `w`,
/// times the weight there.
#[inline(always)]
fn add_scaled<T: Word, W: Weight<T>>(
    sums: &mut [T],
    w: ArrayView2<'_, W>,
    output: usize,
    columns: std::ops::Range<usize>,
    met: &[T],
) {
    let places = sums.len();
    let taps = columns.len();
    let together = taps - taps % TOGETHER;
    for first in (0..together).step_by(TOGETHER) {
        let rows = each!(TOGETHER; |tap| &met[(first + tap) * places..][..places]);
        let weights = each!(TOGETHER; |tap| w[[output, columns.start + first + tap]].word());
        add_rows(sums, rows, weights);
    }
    for tap in together..taps {
        let row = &met[tap * places..][..places];
        add_rows(sums, [row], [w[[output, columns.start + tap]].word()]);
    }
}

/// Adds some rows, each scaled, to sums of their length.
#[inline(always)]
fn add_rows<T: Word, const N: usize>(sums: &mut [T], rows: [&[T]; N], weights: [T; N]) {
    let count = sums.len();
    let rows = each!(N; |n| &rows[n][..count]);
    for at in 0..count {
        let mut sum = sums[at];
        for n in 0..N {
            sum = sum.add(rows[n][at].mul(weights[n]));
        }
        sums[at] = sum;
    }
}

/// The elements of one channel under one element of the kernel, place by place.
#[inline(always)]
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
    use crate::lanes::tests::on_both;
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
            kernel in [1_u32..8, 1_u32..7], stride in [1_u32..4, 1_u32..4],
            dilation in [1_u32..3, 1_u32..3], before in [0_u32..3, 0_u32..3],
            after in [0_u32..3, 0_u32..3], size in [1_u32..12, 1_u32..12],
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
                let (got, best) = on_both(Convolution {
                    w: w.view(),
                    x: &x,
                    from,
                    to,
                    window: &window,
                    groups: groups as usize,
                });
                prop_assert_eq!(&got, &expected);
                prop_assert!(best.is_none_or(|best| best == got), "AVX2 differs");
            }
        }
    }
}
