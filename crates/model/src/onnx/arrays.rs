//! Moving the elements of arrays: what constants and the order of a value's elements share.
//!
//! Arrays are slices in rows with their dimensions. Every function gives `None` where dimensions
//! do not fit, and asks for no more memory than its result takes; callers compare that with limits
//! first.

use ndarray::{ArrayViewD, Axis, IxDyn, Slice};

/// The most dimensions that an array may have.
pub(super) const MAX_RANK: usize = 8;

/// The elements of an array of that shape; `None` when they are more than fit in memory.
pub(super) fn count(dims: &[usize]) -> Option<usize> {
    dims.iter().try_fold(1_usize, |n, dim| n.checked_mul(*dim))
}

/// An array seen as one of several dimensions.
pub(super) fn view<'a, T>(dims: &[usize], values: &'a [T]) -> Option<ArrayViewD<'a, T>> {
    ArrayViewD::from_shape(IxDyn(dims), values).ok()
}

/// The array with its dimensions in the order `axes`, which names each once.
pub(super) fn transpose<T: Copy>(
    dims: &[usize],
    values: &[T],
    axes: &[usize],
) -> Option<(Vec<usize>, Vec<T>)> {
    let mut seen = vec![false; dims.len()];
    for axis in axes {
        *seen.get_mut(*axis)? = true;
    }
    if axes.len() != dims.len() || seen.contains(&false) {
        return None;
    }
    let turned = view(dims, values)?.permuted_axes(axes);
    Some((turned.shape().to_vec(), turned.iter().copied().collect()))
}

/// The array as it is repeated to fill another shape.
pub(super) fn broadcast<T: Copy>(dims: &[usize], values: &[T], to: &[usize]) -> Option<Vec<T>> {
    let wide = view(dims, values)?;
    let wide = wide.broadcast(IxDyn(to))?;
    Some(wide.iter().copied().collect())
}

/// The shape of what two arrays give element by element.
pub(super) fn common_dims(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    let at = |dims: &[usize], index: usize| match (index + dims.len()).checked_sub(rank) {
        Some(index) => dims.get(index).copied().unwrap_or(1),
        None => 1,
    };
    (0..rank)
        .map(|index| match (at(a, index), at(b, index)) {
            (a, b) if a == b => Some(a),
            (1, b) => Some(b),
            (a, 1) => Some(a),
            _ => None,
        })
        .collect()
}

/// Arrays one behind another along an axis, on which alone they may differ.
pub(super) fn concatenate<T: Copy>(
    parts: &[(&[usize], &[T])],
    axis: usize,
) -> Option<(Vec<usize>, Vec<T>)> {
    let views: Option<Vec<_>> = parts.iter().map(|(dims, part)| view(dims, part)).collect();
    let views = views?;
    let (first, _) = parts.first()?;
    if axis >= first.len() || views.iter().any(|view| view.ndim() != first.len()) {
        return None;
    }
    let joined = ndarray::concatenate(Axis(axis), &views).ok()?;
    Some((joined.shape().to_vec(), joined.iter().copied().collect()))
}

/// Every `step`-th element from `start` to before `end` along an axis; `step` is at least 1.
pub(super) fn slice<T: Copy>(
    dims: &[usize],
    values: &[T],
    axis: usize,
    [start, end, step]: [usize; 3],
) -> Option<(Vec<usize>, Vec<T>)> {
    let length = *dims.get(axis)?;
    if start >= end || end > length || step == 0 {
        return None;
    }
    // At most the length of an array.
    let range = Slice::new(start as isize, Some(end as isize), step as isize);
    let whole = view(dims, values)?;
    let part = whole.slice_axis(Axis(axis), range);
    Some((part.shape().to_vec(), part.iter().copied().collect()))
}

/// The parts of an array along an axis whose numbers are given.
pub(super) fn gather<T: Copy>(
    dims: &[usize],
    values: &[T],
    axis: usize,
    numbers: &[usize],
) -> Option<Vec<T>> {
    let length = *dims.get(axis)?;
    if count(dims)? != values.len() || numbers.iter().any(|number| *number >= length) {
        return None;
    }
    let inner = count(dims.get(axis + 1..)?)?;
    let outer = count(dims.get(..axis)?)?;
    let mut result = Vec::with_capacity(outer.checked_mul(numbers.len())?.checked_mul(inner)?);
    for block in 0..outer {
        for number in numbers {
            let start = (block * length + number) * inner;
            result.extend_from_slice(values.get(start..start + inner)?);
        }
    }
    Some(result)
}

/// An axis that may be counted from the end.
pub(super) fn axis(axis: i64, rank: usize) -> Option<usize> {
    let wide = i64::try_from(rank).ok()?;
    let axis = if axis < 0 {
        axis.checked_add(wide)?
    } else {
        axis
    };
    usize::try_from(axis).ok().filter(|axis| *axis < rank)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_move_as_they_should() {
        let (dims, values) = ([2, 3], [1, 2, 3, 4, 5, 6]);
        let turned = transpose(&dims, &values, &[1, 0]).unwrap();
        assert_eq!(turned, (vec![3, 2], vec![1, 4, 2, 5, 3, 6]));
        assert_eq!(broadcast(&[2, 1], &[7, 8], &[2, 2]).unwrap(), [7, 7, 8, 8]);
        let joined = concatenate(&[(&dims, &values), (&[2, 1], &[8, 9])], 1).unwrap();
        assert_eq!(joined, (vec![2, 4], vec![1, 2, 3, 8, 4, 5, 6, 9]));
        let part = slice(&dims, &values, 1, [0, 3, 2]).unwrap();
        assert_eq!(part, (vec![2, 2], vec![1, 3, 4, 6]));
        assert_eq!(gather(&dims, &values, 1, &[2, 0]).unwrap(), [3, 1, 6, 4]);
        assert_eq!(common_dims(&[3, 1], &[2]).unwrap(), [3, 2]);
        assert_eq!((axis(-1, 3), axis(2, 3)), (Some(2), Some(2)));
    }

    #[test]
    fn what_does_not_fit_gives_nothing() {
        let (dims, values) = ([2, 3], [1, 2, 3, 4, 5, 6]);
        for axes in [&[0][..], &[0, 0], &[0, 2], &[0, 1, 2]] {
            assert_eq!(transpose(&dims, &values, axes), None);
        }
        assert_eq!(transpose(&[2, 4], &values, &[1, 0]), None);
        assert_eq!(broadcast(&dims, &values, &[3, 3]), None);
        assert_eq!(broadcast(&dims, &values, &[usize::MAX, 2, 3]), None);
        assert_eq!(
            concatenate(&[(&dims, &values), (&[1, 2], &[8, 9])], 1),
            None
        );
        assert_eq!(concatenate(&[(&dims, &values), (&[2], &[8, 9])], 1), None);
        assert_eq!(concatenate::<u8>(&[], 0), None);
        for range in [[0, 4, 1], [1, 1, 1], [0, 3, 0]] {
            assert_eq!(slice(&dims, &values, 1, range), None);
        }
        assert_eq!(gather(&dims, &values, 1, &[3]), None);
        assert_eq!(gather(&dims, &values, 2, &[0]), None);
        assert_eq!(common_dims(&[3], &[2]), None);
        assert_eq!(
            (axis(-4, 3), axis(3, 3), axis(i64::MIN, 3)),
            (None, None, None)
        );
    }
}
