//! What each operator of a file does to the network.
//!
//! Definitions: the operator schemas of ONNX, <https://onnx.ai/onnx/operators/>.

mod activation;
mod arithmetic;
mod comparison;
mod ending;
mod linear;
mod pooling;
mod shape;
mod window;

use super::{
    constant::{Constant, Data},
    error::OnnxError,
    node::Node,
    proto::TensorProto,
    scope::{Held, Scope},
    view::Ending,
};

pub(super) use self::{ending::two_logits, shape::shape_of};

/// What a node gives that takes something that depends on the picture.
pub(super) fn apply(scope: &mut Scope<'_>, node: Node<'_>) -> Result<Held, OnnxError> {
    let view = match node.operator() {
        Some("Greater" | "GreaterOrEqual" | "Less" | "LessOrEqual") => {
            return comparison::compare(scope, node).map(Held::Truth);
        }
        Some("Not") => return comparison::not(scope, node).map(Held::Truth),
        Some("Where") => comparison::choose(scope, node),
        Some("Cast") => cast(scope, node),
        // Dropout does nothing outside of training.
        Some("Dropout") => dropout(scope, node),
        Some("Identity") => return scope.get(node, node.required(0)?),

        Some("Conv") => linear::convolution(scope, node),
        Some("Gemm") => linear::gemm(scope, node),
        Some("MatMul") => linear::matmul(scope, node),

        Some("Add" | "Sum") => arithmetic::add(scope, node),
        Some("Sub") => arithmetic::sub(scope, node),
        Some("Mul") => arithmetic::mul(scope, node),
        Some("Div") => arithmetic::div(scope, node),
        Some("Neg") => arithmetic::neg(scope, node),
        Some("BatchNormalization") => arithmetic::batch_normalization(scope, node),
        Some("Scaler") => arithmetic::scaler(scope, node),

        Some("Relu") => activation::relu(scope, node),
        Some("LeakyRelu") => activation::leaky_relu(scope, node),
        Some("PRelu") => activation::prelu(scope, node),
        Some("Clip") => activation::clip(scope, node),
        Some("Max") => activation::max(scope, node),
        Some("Min") => activation::min(scope, node),
        Some("Sign") => activation::sign(scope, node),

        Some("MaxPool") => pooling::max(scope, node),
        Some("AveragePool") => pooling::average(scope, node),
        Some("GlobalMaxPool") => pooling::global_max(scope, node),
        Some("GlobalAveragePool") => pooling::global_average(scope, node),
        Some("ReduceMax") => pooling::reduce_max(scope, node),
        Some("ReduceMean") => pooling::reduce_mean(scope, node),

        Some("Flatten") => shape::flatten(scope, node),
        Some("Reshape") => shape::reshape(scope, node),
        Some("Squeeze") => shape::squeeze(scope, node),
        Some("Unsqueeze") => shape::unsqueeze(scope, node),
        Some("Transpose") => shape::transpose(scope, node),
        Some("Concat") => shape::concat(scope, node),
        Some("Pad") => shape::pad(scope, node),

        Some("Softmax" | "LogSoftmax") => ending::softmax(scope, node),
        Some("Sigmoid") => ending::sigmoid(scope, node),
        Some("ArgMax") => ending::argmax(scope, node),
        Some("ZipMap") => scope.open_view(node, 0),
        Some("ArrayFeatureExtractor") => ending::label(scope, node),
        _ => Err(OnnxError::UnknownOperator { node: node.name() }),
    };
    view.map(Held::View)
}

/// A constant, as the type of something else; or something else, as the type of a constant.
pub(super) fn cast_like(scope: &mut Scope<'_>, node: Node<'_>) -> Result<Held, OnnxError> {
    let input = scope.get(node, node.required(0)?)?;
    let like = scope.get(node, node.required(1)?)?;
    let same = match (&input, &like) {
        (Held::Constant(input), Held::Constant(like)) => {
            std::mem::discriminant(&input.data) == std::mem::discriminant(&like.data)
        }
        (Held::Constant(Constant { data, .. }), Held::View(_))
        | (Held::View(_), Held::Constant(Constant { data, .. })) => {
            matches!(data, Data::Floats(_))
        }
        (Held::View(_), Held::View(_)) => true,
        (Held::Truth(_), _) | (_, Held::Truth(_)) => false,
    };
    if same {
        Ok(input)
    } else {
        Err(node.unsupported(
            "it casts between floating-point numbers and others; only a cast among the former is \
             supported",
        ))
    }
}

fn cast(scope: &mut Scope<'_>, node: Node<'_>) -> Result<super::view::View, OnnxError> {
    const FLOATS: [i32; 4] = [
        TensorProto::FLOAT,
        TensorProto::DOUBLE,
        TensorProto::FLOAT16,
        TensorProto::BFLOAT16,
    ];
    let to = node.int("to", 0)?;
    let float = FLOATS.map(i64::from).contains(&to);
    match scope.get(node, node.required(0)?)? {
        Held::View(view) if float || view.ending == Some(Ending::Class) => Ok(view),
        Held::Truth(view) if float => comparison::as_number(scope, &view),
        _ => Err(node.unsupported(format!(
            "it casts to the element type {to}, and only FLOAT (1), FLOAT16 (10), DOUBLE (11) and \
             BFLOAT16 (16) are supported"
        ))),
    }
}

fn dropout(scope: &mut Scope<'_>, node: Node<'_>) -> Result<super::view::View, OnnxError> {
    let training = scope.constant(node, 2)?;
    let trains = training.is_some_and(|training| match &training.data {
        Data::Bytes(values) => values.iter().any(|value| *value != 0),
        _ => true,
    });
    if trains {
        return Err(node.unsupported(
            "it drops out elements by chance, as in training; export the model for inference: \
             model.eval()",
        ));
    }
    scope.open_view(node, 0)
}
