//! What stands at the end of a classifier and changes no class.

use ndarray::{Array1, Array2};

use crate::onnx::{
    arrays,
    error::OnnxError,
    node::Node,
    scope::{Scope, closed},
    view::{Ending, View},
};

/// Softmax and LogSoftmax keep the order of the logits.
pub(super) fn softmax(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = scope.view(node, 0)?;
    over_classes(node, &view)?;
    Ok(View {
        ending: Some(Ending::Softmax),
        ..view
    })
}

/// So does the logistic function of each of them.
pub(super) fn sigmoid(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = scope.view(node, 0)?;
    Ok(View {
        ending: Some(Ending::Sigmoid),
        ..view
    })
}

/// The class of the largest.
pub(super) fn argmax(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = scope.open_view(node, 0)?;
    match view.ending {
        Some(Ending::Pair) => {}
        Some(Ending::Softmax | Ending::Sigmoid) if view.len() > 1 => over_classes(node, &view)?,
        _ => {
            closed(node, &view)?;
            over_classes(node, &view)?;
        }
    }
    if node.int("select_last_index", 0)? != 0 {
        return Err(
            node.unsupported("of equal logits it takes the last, and only the first counts")
        );
    }
    Ok(View {
        ending: Some(Ending::Class),
        ..view
    })
}

/// The name of the class.
pub(super) fn label(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = scope.open_view(node, 1)?;
    if view.ending == Some(Ending::Class) {
        Ok(view)
    } else {
        Err(node.unsupported("it is supported only behind an ArgMax, for the name of the class"))
    }
}

/// The two logits 0 and z of a classifier that gives one number, the logit z of the second class.
pub(in crate::onnx) fn two_logits(
    scope: &mut Scope<'_>,
    node: Node<'_>,
    view: &View,
) -> Result<View, OnnxError> {
    let plain = View {
        ending: None,
        ..view.clone()
    };
    let mut weights = Array2::zeros((2, 1));
    weights.row_mut(1).fill(1.0);
    scope.builder.dense(node, &plain, weights, Array1::zeros(2))
}

/// The axis of a node is the only one with more than one element.
fn over_classes(node: Node<'_>, view: &View) -> Result<(), OnnxError> {
    // The default of early versions is 1, that of later ones -1: the same for a list of logits.
    let default = if node.operator() == Some("ArgMax") {
        0
    } else {
        -1
    };
    let axis = node.int("axis", default)?;
    let found = arrays::axis(axis, view.dims.len() + 1).and_then(|axis| axis.checked_sub(1));
    let classes = found.and_then(|axis| view.dims.get(axis));
    if classes == Some(&view.len()) {
        Ok(())
    } else {
        Err(node.unsupported(format!(
            "its axis is {axis} of {}, and only that of the classes of [N, classes] is supported",
            view.text()
        )))
    }
}
