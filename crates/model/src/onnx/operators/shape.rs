//! Operators that give the same numbers another shape.

use crate::onnx::{
    error::OnnxError,
    flow::dims,
    node::Node,
    walk::{Operand, Walk},
};

/// `[N, a, b, ...]` to `[N, a * b * ...]`.
pub(super) fn flatten(walk: &mut Walk, node: Node<'_>) -> Result<(), OnnxError> {
    walk.takes_live_first(node)?;
    let axis = node.int("axis", 1)?;
    let rank = i64::try_from(walk.flow.shape.len()).unwrap_or(i64::MAX);
    // The rank with the batch is one more, so counted from the end the first is -rank.
    if axis != 1 && axis != -rank {
        return Err(node.unsupported(format!("its axis is {axis}, and only 1 is supported")));
    }
    walk.flow.shape = vec![walk.flow.len()];
    Ok(())
}

/// `[N, ...]` to `[N, ...]` with as many numbers.
pub(super) fn reshape(walk: &mut Walk, node: Node<'_>) -> Result<(), OnnxError> {
    walk.takes_live_first(node)?;
    let Operand::Constant(name) = walk.operand(node, 1)? else {
        return Err(node.unsupported("its shape must be a constant"));
    };
    let target = walk.constants.integers(name)?;
    let keep_zero = node.int("allowzero", 0)? != 0;
    let shape = &walk.flow.shape;
    walk.flow.shape = reshaped(shape, walk.batch, &target, keep_zero).ok_or_else(|| {
        let first: Vec<_> = target.iter().take(8).collect();
        node.shape(format!(
            "it reshapes [N, {}] to {first:?}; only [N, ...] with as many numbers is supported; \
             in PyTorch write torch.flatten(x, 1)",
            dims(shape)
        ))
    })?;
    Ok(())
}

/// The shape without the batch, if the batch stays what it is.
fn reshaped(
    shape: &[usize],
    batch: Option<usize>,
    target: &[i64],
    keep_zero: bool,
) -> Option<Vec<usize>> {
    let length: usize = shape.iter().product();
    let (first, rest) = target.split_first()?;
    let open = rest.iter().filter(|dim| **dim == -1).count();
    let mut known = 1_usize;
    let mut result = Vec::with_capacity(rest.len());
    for (index, dim) in rest.iter().enumerate() {
        let dim = match *dim {
            -1 => 1,
            // The dimension at the same place.
            0 if !keep_zero => *shape.get(index)?,
            dim => usize::try_from(dim).ok().filter(|dim| *dim > 0)?,
        };
        known = known.checked_mul(dim).filter(|known| *known <= length)?;
        result.push(dim);
    }
    let batch_stays = match *first {
        -1 => open == 0,
        0 => !keep_zero,
        1 => batch.is_none_or(|batch| batch == 1),
        dim => batch.is_some() && batch == usize::try_from(dim).ok(),
    };
    if !batch_stays || open > 1 || !length.is_multiple_of(known) || (open == 0 && known != length) {
        return None;
    }
    for (result, dim) in result.iter_mut().zip(rest) {
        if *dim == -1 {
            *result = length / known;
        }
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::reshaped;

    #[test]
    fn the_batch_stays() {
        let picture = [1, 28, 28];
        for target in [[-1, 784], [0, 784], [1, 784], [0, -1], [1, -1]] {
            assert_eq!(
                reshaped(&picture, None, &target, false),
                Some(vec![784]),
                "{target:?}"
            );
        }
        assert_eq!(
            reshaped(&picture, None, &[0, 0, -1], false),
            Some(vec![1, 784])
        );
        assert_eq!(
            reshaped(&picture, Some(7), &[7, 28, 28], false),
            Some(vec![28, 28])
        );
        for target in [
            &[][..],
            &[-1],
            &[784],
            &[-1, -1],
            &[2, 392],
            &[-1, 392],
            &[-1, 1568],
            &[0, -1, -1],
        ] {
            assert_eq!(reshaped(&picture, None, target, false), None, "{target:?}");
        }
        assert_eq!(reshaped(&picture, Some(7), &[1, 784], false), None);
        assert_eq!(reshaped(&picture, None, &[0, 784], true), None);
        assert_eq!(reshaped(&picture, None, &[-1, i64::MIN], false), None);
        assert_eq!(
            reshaped(&picture, None, &[1, i64::MAX, i64::MAX], false),
            None
        );
    }
}
