//! Shapes as nodes compute them from shapes.

use super::{arrays, error::OnnxError, node::Node};

/// The shape that a Reshape asks for; `None` if it does not have as many elements.
pub(super) fn reshaped(from: &[usize], target: &[i64], keep_zero: bool) -> Option<Vec<usize>> {
    let length = arrays::count(from)?;
    let mut known = 1_usize;
    let mut open = None;
    let mut result = Vec::with_capacity(target.len().min(arrays::MAX_RANK));
    if target.len() > arrays::MAX_RANK {
        return None;
    }
    for (index, dim) in target.iter().enumerate() {
        let dim = match *dim {
            -1 if open.is_some() => return None,
            -1 => {
                open = Some(index);
                1
            }
            // The dimension at the same place.
            0 if !keep_zero => *from.get(index)?,
            dim => usize::try_from(dim).ok().filter(|dim| *dim > 0)?,
        };
        known = known.checked_mul(dim).filter(|known| *known <= length)?;
        result.push(dim);
    }
    if !length.is_multiple_of(known) || (open.is_none() && known != length) {
        return None;
    }
    if let Some(open) = open.and_then(|open| result.get_mut(open)) {
        *open = length / known;
    }
    Some(result)
}

/// The shape without some dimensions of 1, or without all of them.
pub(super) fn squeezed(from: &[usize], axes: Option<&[i64]>) -> Option<Vec<usize>> {
    let gone = match axes {
        None => from.iter().map(|dim| *dim == 1).collect(),
        Some(axes) => named(axes, from.len())?,
    };
    let mut result = Vec::with_capacity(from.len());
    for (dim, gone) in from.iter().zip(gone) {
        match (gone, *dim) {
            (true, 1) => {}
            (true, _) => return None,
            (false, dim) => result.push(dim),
        }
    }
    Some(result)
}

/// The shape with more dimensions of 1, at those places of the result.
pub(super) fn unsqueezed(from: &[usize], axes: &[i64]) -> Option<Vec<usize>> {
    let rank = from.len().checked_add(axes.len())?;
    if rank > arrays::MAX_RANK {
        return None;
    }
    let new = named(axes, rank)?;
    let mut old = from.iter();
    let dims = new.iter().map(|new| match new {
        true => Some(1),
        false => old.next().copied(),
    });
    dims.collect()
}

/// Which of the axes are named; `None` if one is not there, or named twice.
pub(super) fn named(axes: &[i64], rank: usize) -> Option<Vec<bool>> {
    let mut named = vec![false; rank];
    for axis in axes {
        let named = named.get_mut(arrays::axis(*axis, rank)?)?;
        if std::mem::replace(named, true) {
            return None;
        }
    }
    Some(named)
}

/// The axes of a Transpose, which are turned around if it names none.
pub(super) fn axes(node: Node<'_>, rank: usize) -> Result<Vec<usize>, OnnxError> {
    let Some(axes) = node.ints("perm")? else {
        return Ok((0..rank).rev().collect());
    };
    let known: Option<Vec<usize>> = axes
        .iter()
        .map(|axis| usize::try_from(*axis).ok())
        .collect();
    known.ok_or_else(|| node.unsupported("its attribute perm has a number below 0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reshapes_as_onnx_says() {
        let from = [1, 1, 28, 28];
        for target in [[-1, 784], [0, 784], [1, 784], [0, -1], [1, -1]] {
            let found = reshaped(&from, &target, false);
            assert_eq!(found, Some(vec![1, 784]), "{target:?}");
        }
        let zeros = reshaped(&from, &[0, 0, -1], false);
        assert_eq!(zeros, Some(vec![1, 1, 784]));
        for target in [
            &[][..],
            &[-1, -1],
            &[2, 391],
            &[-1, 1568],
            &[-1, 0, 0, 0, 0],
            &[-1, i64::MIN],
            &[1, i64::MAX, i64::MAX],
            &[1; 9],
        ] {
            assert_eq!(reshaped(&from, target, false), None, "{target:?}");
        }
        assert_eq!(reshaped(&from, &[0, 784], true), None);
    }

    #[test]
    fn ones_come_and_go() {
        assert_eq!(squeezed(&[1, 3, 1], None), Some(vec![3]));
        assert_eq!(squeezed(&[1, 3, 1], Some(&[-1])), Some(vec![1, 3]));
        assert_eq!(squeezed(&[1, 3, 1], Some(&[1])), None);
        assert_eq!(squeezed(&[1, 3], Some(&[0, -2])), None);
        assert_eq!(unsqueezed(&[3], &[0, -1]), Some(vec![1, 3, 1]));
        assert_eq!(unsqueezed(&[3], &[3]), None);
        assert_eq!(unsqueezed(&[3], &[0; 9]), None);
    }
}
