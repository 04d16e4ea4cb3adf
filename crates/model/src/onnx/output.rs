//! The logits of a file: where they are, and what their classes are called.

use std::collections::HashMap;

use super::{
    MAX_CLASSES,
    error::OnnxError,
    external::DataFile,
    node::Node,
    operators,
    proto::{NodeProto, TensorProto, ValueInfoProto},
    scope::{Held, Scope, closed},
    tensor,
    view::Ending,
};
use crate::network::{self, Layer};

/// The output that is a number for each class. Classifiers of scikit-learn also give the class
/// itself, which is a whole number or a text.
pub(super) fn logits(outputs: &[ValueInfoProto]) -> Result<&ValueInfoProto, OnnxError> {
    let label = |output: &&ValueInfoProto| {
        let types = [TensorProto::INT32, TensorProto::INT64, TensorProto::STRING];
        let tensor = output.r#type.as_ref().and_then(|t| t.tensor_type.as_ref());
        tensor.is_some_and(|tensor| types.contains(&tensor.elem_type))
    };
    let candidates: Vec<_> = match outputs {
        [_] => outputs.iter().collect(),
        _ => outputs.iter().filter(|output| !label(output)).collect(),
    };
    match candidates[..] {
        [output] => Ok(output),
        _ => Err(OnnxError::Outputs {
            found: candidates.len(),
        }),
    }
}

/// The nodes of the network whose logits the file calls `name`, and the number of its classes.
///
/// `last` is the node that gives them.
pub(super) fn finish(
    mut scope: Scope<'_>,
    name: &str,
    last: Node<'_>,
) -> Result<(Vec<network::Node>, usize), OnnxError> {
    let Held::View(mut view) = scope.get(last, name)? else {
        return Err(OnnxError::NoLinearLayer);
    };
    match view.ending {
        Some(Ending::Pair) => view = operators::two_logits(&mut scope, last, &view)?,
        Some(Ending::Sigmoid) if view.len() == 1 => {
            view = operators::two_logits(&mut scope, last, &view)?;
        }
        Some(Ending::Softmax | Ending::Sigmoid | Ending::Class) => view.ending = None,
        Some(Ending::Complement) | None => {}
    }
    closed(last, &view)?;
    let classes = view.len();
    if !view.dims.iter().all(|dim| *dim == 1 || *dim == classes) {
        let shape = view.text();
        return Err(OnnxError::NoClasses { shape });
    }
    if classes > MAX_CLASSES {
        return Err(OnnxError::TooLarge {
            what: "classes".into(),
            limit: MAX_CLASSES as u64,
        });
    }
    if view.order.is_some() {
        return Err(last.unsupported("it changes the order of the logits"));
    }
    let logits = scope.builder.settled(last, &view)?;
    if !scope.builder.has_weights {
        return Err(OnnxError::NoLinearLayer);
    }
    let nodes = scope.builder.finish(logits.source);
    for (index, node) in nodes.iter().enumerate() {
        let finite = match &node.layer {
            Layer::FullyConnected(layer) => layer
                .weights
                .iter()
                .chain(&layer.bias)
                .all(|w| w.is_finite()),
            Layer::Convolution(layer) => layer
                .weights
                .iter()
                .chain(&layer.bias)
                .all(|w| w.is_finite()),
            Layer::Activation(network::Activation::Clip { high }) => high.is_finite(),
            _ => true,
        };
        if !finite {
            let title = node.layer.title();
            let place = format!(
                "the layer {} ({title}), with what is folded into it,",
                index + 1
            );
            return Err(OnnxError::NonFinite { place });
        }
    }
    Ok((nodes, classes))
}

/// What a classifier of scikit-learn calls its classes.
pub(super) fn class_names(
    nodes: &[NodeProto],
    tensors: &HashMap<&str, &TensorProto>,
    files: &[DataFile<'_>],
) -> Option<Vec<String>> {
    let named = |node: &NodeProto| {
        let node = Node(node);
        match node.operator()? {
            "ZipMap" => node
                .names("classlabels_strings", "classlabels_int64s")
                .ok()
                .flatten(),
            "ArrayFeatureExtractor" => texts(tensors.get(node.input(0)?)?, files),
            _ => None,
        }
    };
    nodes.iter().find_map(named)
}

/// Texts, or whole numbers as texts.
fn texts(tensor: &TensorProto, files: &[DataFile<'_>]) -> Option<Vec<String>> {
    if tensor.data_type == TensorProto::STRING {
        let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        return Some(tensor.string_data.iter().map(text).collect());
    }
    let mut limit = MAX_CLASSES;
    let constant = tensor::decode(tensor, files, &mut limit).ok()?;
    Some(constant.list()?.iter().map(i64::to_string).collect())
}
