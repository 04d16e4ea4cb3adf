//! Pooling, over windows and over everything.

use super::window::{Found, unpadded, window};
use crate::{
    network::{Layer, Window},
    onnx::{
        error::OnnxError,
        node::Node,
        scope::{Scope, closed},
        shapes,
        view::View,
    },
};

/// The largest element of each window.
pub(super) fn max(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let (view, padding) = unpadded(&scope.open_view(node, 0)?);
    closed(node, &view)?;
    if node.int("storage_order", 0)? != 0 {
        return Err(node.unsupported("its storage_order is 1, and only 0 is supported"));
    }
    // Zeros from a Pad take part, but change nothing where nothing is below them.
    let harmless = view
        .affine
        .as_ref()
        .is_none_or(|affine| affine.rises() && affine.shift.all(|shift| shift >= 0.0));
    if padding != [0; 4] && !(harmless && scope.builder.is_never_negative(view.source)) {
        return Err(node.unsupported(
            "it follows a Pad, which is supported only where no element is below 0, as behind a \
             ReLU",
        ));
    }
    let Found { window, .. } = window(node, None, &view, padding)?;
    scope.builder.pool(node, &view, Layer::MaxPool, window)
}

/// The mean of each window.
pub(super) fn average(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let (view, padding) = unpadded(&scope.open_view(node, 0)?);
    closed(node, &view)?;
    let counted = node.int("count_include_pad", 0)? != 0;
    let Found { window, beyond } = window(node, None, &view, padding)?;
    let own = [padding[0], padding[1]] != window.before || [padding[2], padding[3]] != window.after;
    let count_padding = counted || padding != [0; 4];
    if count_padding && (beyond || (own && !counted)) {
        return Err(node.unsupported(
            "it counts some padding and some not, by a Pad before it or by ceil_mode with \
             count_include_pad; only all or none is supported",
        ));
    }
    let layer = |window| Layer::AveragePool {
        window,
        count_padding,
    };
    scope.builder.pool(node, &view, layer, window)
}

/// The largest element of each channel.
pub(super) fn global_max(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = scope.view(node, 0)?;
    over_all(scope, node, &view, Layer::MaxPool)
}

/// The mean of each channel.
pub(super) fn global_average(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = scope.view(node, 0)?;
    over_all(scope, node, &view, mean)
}

/// The largest element along some axes.
pub(super) fn reduce_max(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    reduce(scope, node, Layer::MaxPool)
}

/// The mean along some axes.
pub(super) fn reduce_mean(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    reduce(scope, node, mean)
}

fn mean(window: Window) -> Layer {
    Layer::AveragePool {
        window,
        count_padding: false,
    }
}

/// Pooling over whole channels.
fn over_all(
    scope: &mut Scope<'_>,
    node: Node<'_>,
    view: &View,
    layer: fn(Window) -> Layer,
) -> Result<View, OnnxError> {
    let (_, shape) = scope.builder.image(node, view)?;
    let window = Window {
        kernel: [shape.height, shape.width],
        ..Window::square(1, 1)
    };
    scope.builder.pool(node, view, layer, window)
}

fn reduce(
    scope: &mut Scope<'_>,
    node: Node<'_>,
    layer: fn(Window) -> Layer,
) -> Result<View, OnnxError> {
    let view = scope.view(node, 0)?;
    let axes = scope
        .list_or_attribute(node, "axes", 1)?
        .unwrap_or_default();
    let rank = view.dims.len() + 1;
    let gone = shapes::named(&axes, rank).filter(|gone| gone.first() == Some(&false));
    let Some(gone) = gone.filter(|_| !axes.is_empty()) else {
        return Err(node.unsupported(format!(
            "it reduces the axes {axes:?} of {}; only rows and columns are supported, and all \
             other axes must stay",
            view.text()
        )));
    };
    let gone = gone.get(1..).unwrap_or_default();
    let axes = |wanted: bool| (0..gone.len()).filter(move |axis| gone.get(*axis) == Some(&wanted));
    let order: Vec<usize> = axes(false).chain(axes(true)).collect();
    let turned = view.transposed(node, &order, &mut scope.builder.budget)?;
    let kept = axes(false).count();
    let (kept, reduced) = turned.dims.split_at(kept.min(turned.dims.len()));
    let plane = match *reduced {
        [rows, columns] => [rows, columns],
        _ => [1, reduced.iter().product()],
    };
    let channels = kept.iter().product();
    let image = turned.reshaped(vec![channels, plane[0], plane[1]]);
    let result = over_all(scope, node, &image, layer)?;
    let keep = node.int("keepdims", 1)? != 0;
    let dims = view
        .dims
        .iter()
        .zip(gone)
        .filter_map(|(dim, gone)| match gone {
            false => Some(*dim),
            true => keep.then_some(1),
        });
    Ok(result.reshaped(dims.collect()))
}
