//! Fully connected layers: Gemm and MatMul.

use ndarray::{Array1, Array2, ArrayD, Ix1, Ix2};

use crate::onnx::{
    error::OnnxError,
    flow::{dims, list},
    node::Node,
    walk::{Operand, Walk},
};

/// `alpha * A * B + beta * C`, where `A` is the value and `B` and `C` are constants.
pub(super) fn gemm(walk: &mut Walk, node: Node<'_>) -> Result<(), OnnxError> {
    walk.takes_live_first(node)?;
    if node.int("transA", 0)? != 0 {
        return Err(node.unsupported("transA must be 0: the value that comes in is not transposed"));
    }
    let inputs = list(&walk.flow, node)?;
    let b = matrix(walk, node)?;
    let transposed = node.int("transB", 0)? != 0;
    let mut weights = if transposed { b } else { b.reversed_axes() };
    let outputs = fits(node, &weights, inputs)?;
    let alpha = node.float("alpha", 1.0)?;
    if alpha != 1.0 {
        weights.mapv_inplace(|weight| alpha * weight);
    }
    let beta = node.float("beta", 1.0)?;
    let bias = match node.input(2) {
        None => Array1::zeros(outputs),
        Some(name) => {
            let c = walk.constants.floats(name)?;
            let wide = row(&c, outputs).ok_or_else(|| {
                let (c, found) = (dims(c.shape()), outputs);
                node.shape(format!(
                    "its bias has the shape [{c}], and it gives {found} values"
                ))
            })?;
            wide * beta
        }
    };
    walk.flow.dense(weights, bias)?;
    walk.flow.shape = vec![outputs];
    Ok(())
}

/// `A * B`, where `A` is the value and `B` a constant.
pub(super) fn matmul(walk: &mut Walk, node: Node<'_>) -> Result<(), OnnxError> {
    walk.takes_live_first(node)?;
    let weights = matrix(walk, node)?.reversed_axes();
    // A product of more dimensions is a list of products; a list of one is the product itself.
    let shape = &walk.flow.shape;
    let inputs = match shape.split_last() {
        Some((inputs, before)) if before.iter().all(|dim| *dim == 1) => *inputs,
        _ => list(&walk.flow, node)?,
    };
    let outputs = fits(node, &weights, inputs)?;
    walk.flow.dense(weights, Array1::zeros(outputs))?;
    if let Some(last) = walk.flow.shape.last_mut() {
        *last = outputs;
    }
    Ok(())
}

fn matrix(walk: &mut Walk, node: Node<'_>) -> Result<Array2<f64>, OnnxError> {
    let Operand::Constant(name) = walk.operand(node, 1)? else {
        return Err(node.unsupported("its second input must be a constant: the weights"));
    };
    let weights = walk.constants.floats(name)?;
    let shape = dims(weights.shape());
    weights.into_dimensionality::<Ix2>().map_err(|_| {
        node.shape(format!(
            "its weights have the shape [{shape}], and a matrix is expected"
        ))
    })
}

/// The number of outputs, if the weights have a column for each input.
fn fits(node: Node<'_>, weights: &Array2<f64>, inputs: usize) -> Result<usize, OnnxError> {
    let (outputs, columns) = weights.dim();
    if columns == inputs {
        Ok(outputs)
    } else {
        Err(node.shape(format!(
            "its weights are made for {columns} values, and {inputs} come in"
        )))
    }
}

/// A bias as it is broadcast to `[N, outputs]`; the same for each picture of a batch.
fn row(bias: &ArrayD<f64>, outputs: usize) -> Option<Array1<f64>> {
    let wide = bias.broadcast(ndarray::IxDyn(&[1, outputs]))?;
    let row = wide.into_dimensionality::<Ix2>().ok()?;
    row.row(0).to_owned().into_dimensionality::<Ix1>().ok()
}
