//! Comparisons with a constant, as exporters write signs and thresholds.
//!
//! A truth value is kept as +1 or -1: the sign of a difference.

use super::arithmetic::{scale, spread};
use crate::{
    network::Activation,
    onnx::{
        affine::{Affine, Spread},
        error::OnnxError,
        node::Node,
        scope::{Held, Scope},
        view::View,
    },
};

/// Whether each element is more or less than a constant; exact where they are equal.
pub(super) fn compare(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let inputs = scope.inputs(node)?;
    let index = match inputs[..] {
        [Held::View(_), Held::Constant(_)] => 0,
        [Held::Constant(_), Held::View(_)] => 1,
        _ => {
            return Err(node.unsupported("it compares two values that both depend on the picture"));
        }
    };
    let view = scope.view(node, index)?;
    let bound = spread(scope, node, 1 - index, &view)?;
    let operator = node.operator().unwrap_or_default();
    let above = operator.starts_with("Greater") == (index == 0);
    let or_equal = operator.ends_with("OrEqual");
    // x >= c is sign(x - c), x <= c is sign(c - x), x > c is not x <= c, x < c is not x >= c.
    let difference = if above == or_equal {
        scale(scope, &view, None, Some(bound.negative()))?
    } else {
        let minus = Spread::uniform(-1.0, view.len());
        scale(scope, &view, Some(minus), Some(bound))?
    };
    let sign = scope
        .builder
        .activation(node, &difference, Activation::Sign)?;
    let factor = if or_equal { 1.0 } else { -1.0 };
    scope.affine(&sign, &Affine::uniform(factor, 0.0, sign.len()))
}

/// The opposite of each truth value.
pub(super) fn not(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = truth(scope, node)?;
    scope.affine(&view, &Affine::uniform(-1.0, 0.0, view.len()))
}

/// One constant where it is true, another where it is false.
pub(super) fn choose(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = truth(scope, node)?;
    let one = spread(scope, node, 1, &view)?;
    let other = spread(scope, node, 2, &view)?;
    let half = Affine::uniform(0.5, 0.0, view.len());
    // (a - b) / 2 t + (a + b) / 2.
    let sum = Affine {
        scale: one.clone(),
        shift: one,
    };
    let rest = Affine {
        scale: other.negative(),
        shift: other,
    };
    scope.affine(&view, &sum.plus(&rest).then(&half))
}

/// 1 where it is true, 0 where it is false.
pub(super) fn as_number(scope: &mut Scope<'_>, view: &View) -> Result<View, OnnxError> {
    scope.affine(view, &Affine::uniform(0.5, 0.5, view.len()))
}

fn truth(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    match scope.get(node, node.required(0)?)? {
        Held::Truth(view) => Ok(view),
        _ => Err(node.unsupported("its first input must be a comparison with a constant")),
    }
}
