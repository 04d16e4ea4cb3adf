//! Linear layers: Conv, Gemm and MatMul.

use ndarray::{Array1, Array2, Array4};

use super::window;
use crate::onnx::{
    arrays,
    error::OnnxError,
    node::{Node, dims_text},
    scope::{Scope, closed},
    view::View,
};

/// A convolution in two dimensions.
pub(super) fn convolution(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = scope.open_view(node, 0)?;
    let (view, padding) = window::unpadded(&view);
    closed(node, &view)?;
    let (dims, values) = scope.weights(node, 1)?;
    let [outputs, inputs, rows, columns] = dims[..] else {
        return Err(node.unsupported(format!(
            "its weights have the shape [{}], and only convolutions in two dimensions are \
             supported: [outputs, inputs, rows, columns]",
            dims_text(&dims)
        )));
    };
    let window = window::window(node, Some([rows, columns]), &view, padding)?;
    let groups = node.int("group", 1)?;
    let groups = usize::try_from(groups).ok().filter(|groups| *groups > 0);
    let groups = groups.ok_or_else(|| node.unsupported("its number of groups is below 1"))?;
    let bias = match scope.floats(node, 2)? {
        None => Array1::zeros(outputs),
        Some((dims, values)) if dims == [outputs] => {
            values.iter().map(|bias| f64::from(*bias)).collect()
        }
        Some((dims, _)) => {
            return Err(node.shape(format!(
                "its bias has the shape [{}], and it gives {outputs} channels",
                dims_text(&dims)
            )));
        }
    };
    let weights = Array4::from_shape_vec((outputs, inputs, rows, columns), values.to_vec());
    let weights = weights.map_err(|error| node.shape(error.to_string()))?;
    scope
        .builder
        .convolution(node, &view, weights, bias, (window.window, groups))
}

/// `alpha * A * B + beta * C`, where `A` depends on the picture, and `B` and `C` are constants.
pub(super) fn gemm(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = scope.view(node, 0)?;
    if node.int("transA", 0)? != 0 {
        return Err(node.unsupported("transA must be 0: the value that comes in is not transposed"));
    }
    let [inputs] = view.dims[..] else {
        return Err(node.shape(format!(
            "it takes [N, features], and a value of shape {} comes in; put a Flatten before it",
            view.text()
        )));
    };
    let transposed = node.int("transB", 0)? != 0;
    let alpha = node.float("alpha", 1.0)?;
    let mut weights = matrix(scope, node, transposed, inputs)?;
    if alpha != 1.0 {
        weights.mapv_inplace(|weight| (f64::from(weight) * alpha) as f32);
    }
    let outputs = weights.nrows();
    let beta = node.float("beta", 1.0)?;
    let bias = match scope.floats(node, 2)? {
        None => Array1::zeros(outputs),
        Some((dims, values)) => {
            let wide = arrays::broadcast(&dims, &values, &[1, outputs]).ok_or_else(|| {
                let dims = dims_text(&dims);
                node.shape(format!(
                    "its bias has the shape [{dims}], and it gives {outputs} values"
                ))
            })?;
            wide.iter().map(|bias| f64::from(*bias) * beta).collect()
        }
    };
    scope.builder.dense(node, &view, weights, bias)
}

/// `A * B`, where `A` depends on the picture and `B` is a constant.
pub(super) fn matmul(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = scope.view(node, 0)?;
    // A product of more dimensions is a list of products; a list of one is the product itself.
    let Some((inputs, before)) = view.dims.split_last() else {
        return Err(node.shape("a single number for each picture comes in"));
    };
    if before.iter().any(|dim| *dim != 1) {
        return Err(node.shape(format!(
            "it takes [N, features], and a value of shape {} comes in; put a Flatten before it",
            view.text()
        )));
    }
    let weights = matrix(scope, node, false, *inputs)?;
    let outputs = weights.nrows();
    let mut dims = before.to_vec();
    dims.push(outputs);
    let result = scope
        .builder
        .dense(node, &view, weights, Array1::zeros(outputs))?;
    Ok(result.reshaped(dims))
}

/// The weights with a row for each output, if they have a column for each input.
fn matrix(
    scope: &mut Scope<'_>,
    node: Node<'_>,
    transposed: bool,
    inputs: usize,
) -> Result<Array2<f32>, OnnxError> {
    let (dims, values) = scope.weights(node, 1)?;
    let [rows, columns] = dims[..] else {
        return Err(node.shape(format!(
            "its weights have the shape [{}], and a matrix is expected",
            dims_text(&dims)
        )));
    };
    let made_for = if transposed { columns } else { rows };
    if made_for != inputs {
        return Err(node.shape(format!(
            "its weights are made for {made_for} values, and {inputs} come in"
        )));
    }
    let whole = |values: Vec<f32>, shape| {
        Array2::from_shape_vec(shape, values).map_err(|error| node.shape(error.to_string()))
    };
    if transposed {
        return whole(values.to_vec(), (rows, columns));
    }
    let turned = arrays::transpose(&dims, &values, &[1, 0]);
    let (_, values) = turned.ok_or_else(|| node.shape("its weights do not fit their shape"))?;
    whole(values, (columns, rows))
}
