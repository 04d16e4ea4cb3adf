//! Convolutions and pooling in floating point.

use ndarray::{Array2, ArrayView1, Axis, Slice};

use crate::network::{Convolution, Shape, Window};

/// A convolution of each row of `x`, as one product with the elements under the windows side by
/// side.
pub(super) fn convolve(
    layer: &Convolution,
    x: &Array2<f32>,
    from: Shape,
    to: Shape,
) -> Array2<f32> {
    let (outputs, inputs, rows, columns) = layer.weights.dim();
    let groups = layer.groups as usize;
    let (per_group, taps, places) = (outputs / groups, inputs * rows * columns, to.plane());
    let weights = layer.weights.to_shape((outputs, taps));
    let mut result = Array2::zeros((x.nrows(), to.elements()));
    // Only a matrix that is no array in rows cannot be seen so.
    let Ok(weights) = weights else { return result };
    let mut patches = Array2::zeros((taps, places));
    for (x, mut y) in x.rows().into_iter().zip(result.rows_mut()) {
        for group in 0..groups {
            lay_out(&layer.window, x, from, to, group * inputs, &mut patches);
            let weights = weights.slice_axis(Axis(0), part(group, per_group));
            let product = weights.dot(&patches);
            for (channel, row) in product.rows().into_iter().enumerate() {
                let channel = group * per_group + channel;
                let mut y = y.slice_axis_mut(Axis(0), part(channel, places));
                y.assign(&row);
                let bias = layer.bias.index_axis(Axis(0), channel);
                if bias.len() == 1 {
                    y += bias[[0, 0]];
                } else {
                    let flat = bias.iter();
                    y.iter_mut().zip(flat).for_each(|(y, b)| *y += b);
                }
            }
        }
    }
    result
}

/// Fills `patches`, shape `[channels x kernel, places]`, with the elements under the windows of
/// some channels, and 0 where padding is.
fn lay_out(
    window: &Window,
    x: ArrayView1<'_, f32>,
    from: Shape,
    to: Shape,
    first: usize,
    patches: &mut Array2<f32>,
) {
    let [rows, columns] = window.kernel;
    let width = from.width as usize;
    for (index, mut patch) in patches.rows_mut().into_iter().enumerate() {
        let tap = index as u32 % (rows * columns);
        let channel = first + index / (rows * columns) as usize;
        let x = x.slice_axis(Axis(0), part(channel, from.plane()));
        let places = (0..to.height).flat_map(|row| (0..to.width).map(move |column| (row, column)));
        for (patch, (row, column)) in patch.iter_mut().zip(places) {
            let row = window.element(0, row, tap / columns, from.height);
            let column = window.element(1, column, tap % columns, from.width);
            *patch = match (row, column) {
                (Some(row), Some(column)) => x[row as usize * width + column as usize],
                _ => 0.0,
            };
        }
    }
}

/// `reduce` of the elements that each window sees in each channel of each row of `x`; its second
/// argument counts the elements and the padding together.
pub(super) fn pool(
    window: &Window,
    x: &Array2<f32>,
    from: Shape,
    to: Shape,
    reduce: impl Fn(&mut dyn Iterator<Item = f32>, u32) -> f32,
) -> Array2<f32> {
    let [rows, columns] = window.kernel;
    let mut result = Array2::zeros((x.nrows(), to.elements()));
    for (x, mut y) in x.rows().into_iter().zip(result.rows_mut()) {
        for (index, y) in y.iter_mut().enumerate() {
            let (channel, place) = (index / to.plane(), index % to.plane());
            let (row, column) = (place as u32 / to.width, place as u32 % to.width);
            let mut seen = (0..rows * columns).filter_map(|tap| {
                let row = window.element(0, row, tap / columns, from.height)?;
                let column = window.element(1, column, tap % columns, from.width)?;
                let at = row as usize * from.width as usize + column as usize;
                Some(x[channel * from.plane() + at])
            });
            *y = reduce(&mut seen, rows * columns);
        }
    }
    result
}

/// The part of that number of a list that is cut into parts of that length.
fn part(number: usize, length: usize) -> Slice {
    Slice::from(number * length..(number + 1) * length)
}
