//! Arithmetic with constants, element by element: biases and normalisation.

use ndarray::{Array1, IxDyn};

use crate::onnx::{
    error::OnnxError,
    flow::dims,
    node::Node,
    walk::{Operand, Walk},
};

/// `value + constant`, in either order.
pub(super) fn add(walk: &mut Walk, node: Node<'_>) -> Result<(), OnnxError> {
    let (constant, _) = constant(walk, node)?;
    let ones = Array1::ones(constant.len());
    walk.flow.elementwise(ones, constant)
}

/// `value - constant`, or `constant - value`.
pub(super) fn sub(walk: &mut Walk, node: Node<'_>) -> Result<(), OnnxError> {
    let (constant, second) = constant(walk, node)?;
    let ones = Array1::ones(constant.len());
    if second {
        walk.flow.elementwise(ones, -constant)
    } else {
        walk.flow.elementwise(-ones, constant)
    }
}

/// `value * constant`, in either order.
pub(super) fn mul(walk: &mut Walk, node: Node<'_>) -> Result<(), OnnxError> {
    let (constant, _) = constant(walk, node)?;
    let zeros = Array1::zeros(constant.len());
    walk.flow.elementwise(constant, zeros)
}

/// `value / constant`.
pub(super) fn div(walk: &mut Walk, node: Node<'_>) -> Result<(), OnnxError> {
    let (constant, second) = constant(walk, node)?;
    if !second {
        return Err(
            node.unsupported("it divides by what comes in; only by a constant is supported")
        );
    }
    if constant.iter().any(|divisor| *divisor == 0.0) {
        return Err(node.unsupported("it divides by zero; is a standard deviation 0?"));
    }
    let zeros = Array1::zeros(constant.len());
    walk.flow.elementwise(constant.recip(), zeros)
}

/// The constant, one number for each of the value, and whether it is the second input.
fn constant(walk: &mut Walk, node: Node<'_>) -> Result<(Array1<f64>, bool), OnnxError> {
    let (name, second) = match (walk.operand(node, 0)?, walk.operand(node, 1)?) {
        (Operand::Live, Operand::Constant(name)) => (name, true),
        (Operand::Constant(name), Operand::Live) => (name, false),
        _ => return Err(node.unsupported("one of its two inputs must be a constant")),
    };
    let mut array = walk.constants.floats(name)?;
    let shape = &walk.flow.shape;
    let misfit = format!(
        "its constant has the shape [{}], and the value that comes in [N, {}]; it must be the same \
         for each picture of a batch",
        dims(array.shape()),
        dims(shape)
    );
    // The dimension of the batch, which is not among those of the flow.
    while array.ndim() > shape.len() && array.shape().first() == Some(&1) {
        array = array.index_axis_move(ndarray::Axis(0), 0);
    }
    let wide = array
        .broadcast(IxDyn(shape))
        .ok_or_else(|| node.shape(misfit))?;
    Ok((wide.iter().copied().collect(), second))
}
