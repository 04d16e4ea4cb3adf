//! What each operator of a graph does to the network.
//!
//! Definitions: the operator schemas of ONNX, <https://onnx.ai/onnx/operators/>.

mod arithmetic;
mod linear;
mod shape;

use super::{error::OnnxError, node::Node, proto::TensorProto, walk::Walk};

/// Puts a node that takes the value of the walk behind the network.
pub(super) fn apply(walk: &mut Walk, node: Node<'_>) -> Result<(), OnnxError> {
    match node.operator() {
        Some("Gemm") => linear::gemm(walk, node),
        Some("MatMul") => linear::matmul(walk, node),
        Some("Add") => arithmetic::add(walk, node),
        Some("Sub") => arithmetic::sub(walk, node),
        Some("Mul") => arithmetic::mul(walk, node),
        Some("Div") => arithmetic::div(walk, node),
        Some("Relu") => walk.flow.relu(),
        Some("Flatten") => shape::flatten(walk, node),
        Some("Reshape") => shape::reshape(walk, node),
        Some("Softmax" | "LogSoftmax") => softmax(walk, node),
        Some("Cast") => cast(node),
        Some("Shape") => Err(node.unsupported(
            "it computes with sizes; in PyTorch write torch.flatten(x, 1) in place of \
             x.view(x.size(0), -1)",
        )),
        // Dropout does nothing outside of training.
        Some("Identity" | "Dropout") => walk.takes_live_first(node),
        _ => Err(OnnxError::UnknownOperator { node: node.name() }),
    }
}

/// Whether an operator gives the same numbers that it takes.
pub(super) fn keeps_numbers(node: Node<'_>) -> bool {
    let same = [
        "Flatten",
        "Reshape",
        "Softmax",
        "LogSoftmax",
        "Cast",
        "Identity",
        "Dropout",
    ];
    node.operator()
        .is_some_and(|operator| same.contains(&operator))
}

/// Goes through a node that takes constants only, and gives the constant `output`.
pub(super) fn constant(walk: &mut Walk, node: Node<'_>, output: &str) -> Result<(), OnnxError> {
    match node.operator() {
        Some("Identity") => {}
        Some("Cast") => cast(node)?,
        Some(_) => {
            return Err(node.unsupported(
                "it computes with constants only; export the model with constant folding \
                 (do_constant_folding=True)",
            ));
        }
        None => return Err(OnnxError::UnknownOperator { node: node.name() }),
    }
    walk.constants.alias(output, node.required(0)?);
    Ok(())
}

/// Softmax and LogSoftmax keep the order of the logits, so at the end they change no class.
fn softmax(walk: &mut Walk, node: Node<'_>) -> Result<(), OnnxError> {
    walk.takes_live_first(node)?;
    // The default of early versions is 1, that of later ones -1: the same for a list of logits.
    let axis = node.int("axis", -1)?;
    super::flow::list(&walk.flow, node)?;
    if !matches!(axis, 1 | -1) {
        return Err(node.unsupported(format!("its axis is {axis}, and only 1 or -1 is supported")));
    }
    walk.leave_out_softmax();
    Ok(())
}

fn cast(node: Node<'_>) -> Result<(), OnnxError> {
    let to = node.int("to", 0)?;
    let float = [TensorProto::FLOAT, TensorProto::DOUBLE].map(i64::from);
    if float.contains(&to) {
        Ok(())
    } else {
        Err(node.unsupported(format!(
            "it casts to the element type {to}, and only FLOAT (1) and DOUBLE (11) are supported"
        )))
    }
}
