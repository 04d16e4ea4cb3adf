//! Functions of each element.

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

/// Exporters write no bound as the largest number there is.
const UNBOUNDED: f64 = 3.4e38;

/// `max(x, 0)`.
pub(super) fn relu(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = scope.view(node, 0)?;
    scope.builder.activation(node, &view, Activation::Relu)
}

/// `x`, or `slope x` below 0.
pub(super) fn leaky_relu(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = scope.view(node, 0)?;
    let slope = node.float("alpha", 0.01)? as f32;
    leaky(scope, node, &view, slope)
}

/// The same with a slope that was learnt.
pub(super) fn prelu(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = scope.view(node, 0)?;
    let (_, slopes) = scope.weights(node, 1)?;
    let slope = slopes.first().copied().unwrap_or_default();
    if slopes.iter().any(|other| *other != slope) {
        return Err(node.unsupported(
            "its slopes differ from channel to channel, and only one for all is supported: \
             nn.PReLU(1)",
        ));
    }
    leaky(scope, node, &view, slope)
}

fn leaky(
    scope: &mut Scope<'_>,
    node: Node<'_>,
    view: &View,
    slope: f32,
) -> Result<View, OnnxError> {
    let activation = match slope {
        0.0 => Activation::Relu,
        1.0 => return Ok(view.clone()),
        slope if slope > 0.0 && slope < 1.0 => Activation::LeakyRelu { slope },
        slope => {
            return Err(node.unsupported(format!("its slope is {slope}, and 0 to 1 are supported")));
        }
    };
    scope.builder.activation(node, view, activation)
}

/// `min(max(x, low), high)`; the bounds are attributes in early versions and inputs in later ones.
pub(super) fn clip(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = scope.view(node, 0)?;
    let mut bound = |name: &str, index: usize, none: f64| {
        let bound = match scope.constant(node, index)? {
            None => node.float(name, none)?,
            Some(constant) => match constant.floats().map(|values| &values[..]) {
                Some([value]) if !value.is_nan() => f64::from(*value),
                _ => {
                    return Err(node.unsupported(format!("its {name} is no single number")));
                }
            },
        };
        Ok((bound.abs() < UNBOUNDED).then_some(bound))
    };
    let low = bound("min", 1, -f64::from(f32::MAX))?;
    let high = bound("max", 2, f64::from(f32::MAX))?;
    let length = view.len();
    match (low, high) {
        (None, None) => Ok(view),
        (Some(low), None) => at_least(scope, node, &view, &Spread::uniform(low, length)),
        (None, Some(high)) => at_most(scope, node, &view, &Spread::uniform(high, length)),
        (Some(low), Some(high)) => {
            let range = (high - low) as f32;
            if range <= 0.0 {
                return Err(
                    node.unsupported(format!("its bounds are {low} and {high}, and none between"))
                );
            }
            let moved = scope.affine(&view, &Affine::uniform(1.0, -low, length))?;
            let clip = Activation::Clip { high: range };
            let clipped = scope.builder.activation(node, &moved, clip)?;
            scope.affine(&clipped, &Affine::uniform(1.0, low, length))
        }
    }
}

/// The larger one of a value and a constant.
pub(super) fn max(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let (view, bound) = bounded(scope, node)?;
    at_least(scope, node, &view, &bound)
}

/// The smaller one of a value and a constant.
pub(super) fn min(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let (view, bound) = bounded(scope, node)?;
    at_most(scope, node, &view, &bound)
}

/// +1 where an element is at least 0, -1 elsewhere. In ONNX it is 0 at 0, here +1: a value that is
/// exactly 0 has no sign of its own in a binarised network.
pub(super) fn sign(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = scope.view(node, 0)?;
    scope.builder.activation(node, &view, Activation::Sign)
}

/// `max(x, low) = max(x - low, 0) + low`.
fn at_least(
    scope: &mut Scope<'_>,
    node: Node<'_>,
    view: &View,
    low: &Spread,
) -> Result<View, OnnxError> {
    let moved = scale(scope, view, None, Some(low.negative()))?;
    let cut = scope.builder.activation(node, &moved, Activation::Relu)?;
    scale(scope, &cut, None, Some(low.clone()))
}

/// `min(x, high) = high - max(high - x, 0)`.
fn at_most(
    scope: &mut Scope<'_>,
    node: Node<'_>,
    view: &View,
    high: &Spread,
) -> Result<View, OnnxError> {
    let minus = || Some(Spread::uniform(-1.0, view.len()));
    let moved = scale(scope, view, minus(), Some(high.clone()))?;
    let cut = scope.builder.activation(node, &moved, Activation::Relu)?;
    scale(scope, &cut, minus(), Some(high.clone()))
}

/// A value and a constant that bounds it, in either order.
fn bounded(scope: &mut Scope<'_>, node: Node<'_>) -> Result<(View, Spread), OnnxError> {
    let inputs = scope.inputs(node)?;
    let index = match inputs[..] {
        [Held::View(_), Held::Constant(_)] => 0,
        [Held::Constant(_), Held::View(_)] => 1,
        _ => {
            return Err(node.unsupported(
                "it compares values that all depend on the picture; only one such value and one \
                 constant are supported",
            ));
        }
    };
    let view = scope.view(node, index)?;
    let bound = spread(scope, node, 1 - index, &view)?;
    Ok((view, bound))
}
