//! Operators that give the same numbers another shape or order.

use crate::onnx::{
    arrays,
    constant::Constant,
    error::OnnxError,
    node::Node,
    scope::{Held, Scope, closed},
    shapes,
    view::{Ending, View},
};

/// The shape itself, as exporters compute with it.
pub(in crate::onnx) fn shape_of(
    scope: &mut Scope<'_>,
    node: Node<'_>,
) -> Result<Constant, OnnxError> {
    let dims = match scope.get(node, node.required(0)?)? {
        Held::Constant(constant) => constant.dims,
        Held::View(view) | Held::Truth(view) => with_batch(scope, &view.dims),
    };
    let rank = i64::try_from(dims.len()).unwrap_or(i64::MAX);
    let bound = |at: i64| {
        let at = if at < 0 { at.saturating_add(rank) } else { at };
        usize::try_from(at.clamp(0, rank)).unwrap_or_default()
    };
    let (start, end) = (
        bound(node.int("start", 0)?),
        bound(node.int("end", i64::MAX)?),
    );
    let part = dims.get(start..end).filter(|part| !part.is_empty());
    let part = part.ok_or_else(|| node.unsupported("it gives no dimension"))?;
    let whole = part
        .iter()
        .map(|dim| i64::try_from(*dim).unwrap_or(i64::MAX));
    Ok(Constant::ints(whole.collect()))
}

/// `[N, a, b, ...]` to `[N, a * b * ...]`.
pub(super) fn flatten(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let Some(view) = taken(scope, node)? else {
        return scope.open_view(node, 0);
    };
    let axis = node.int("axis", 1)?;
    let rank = i64::try_from(view.dims.len()).unwrap_or(i64::MAX);
    // The rank with the batch is one more, so counted from the end the first is -rank.
    if axis != 1 && axis != -rank {
        return Err(node.unsupported(format!("its axis is {axis}, and only 1 is supported")));
    }
    Ok(view.reshaped(vec![view.len()]))
}

/// `[N, ...]` to `[N, ...]` with as many numbers.
pub(super) fn reshape(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let Some(view) = taken(scope, node)? else {
        return scope.open_view(node, 0);
    };
    let target = match scope.list(node, 1)? {
        Some(target) => target,
        None => return Err(node.unsupported("its shape is missing")),
    };
    let keep_zero = node.int("allowzero", 0)? != 0;
    let full = with_batch(scope, &view.dims);
    let dims = shapes::reshaped(&full, &target, keep_zero);
    same_batch(scope, dims)
        .map(|dims| view.reshaped(dims))
        .ok_or_else(|| {
            let first: Vec<_> = target.iter().take(8).collect();
            node.shape(format!(
                "it reshapes {} to {first:?}; only [N, ...] with as many numbers is supported; in \
             PyTorch write torch.flatten(x, 1)",
                view.text()
            ))
        })
}

/// Without some dimensions of 1.
pub(super) fn squeeze(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let Some(view) = taken(scope, node)? else {
        return scope.open_view(node, 0);
    };
    let axes = scope.list_or_attribute(node, "axes", 1)?;
    let axes = axes.ok_or_else(|| {
        node.unsupported("it names no axes, so that the batch could be lost; name them")
    })?;
    let full = with_batch(scope, &view.dims);
    let batch = shapes::named(&axes, full.len()).is_none_or(|named| named.first() == Some(&true));
    let dims = shapes::squeezed(&full, Some(&axes)).filter(|_| !batch);
    same_batch(scope, dims)
        .map(|dims| view.reshaped(dims))
        .ok_or_else(|| misfit(node, &view, &axes))
}

/// With more dimensions of 1.
pub(super) fn unsqueeze(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let Some(view) = taken(scope, node)? else {
        return scope.open_view(node, 0);
    };
    let axes = scope
        .list_or_attribute(node, "axes", 1)?
        .unwrap_or_default();
    let full = with_batch(scope, &view.dims);
    let rank = full.len().saturating_add(axes.len());
    let batch = shapes::named(&axes, rank.min(2 * arrays::MAX_RANK));
    let batch = batch.is_none_or(|named| named.first() == Some(&true));
    let dims = shapes::unsqueezed(&full, &axes).filter(|_| !batch);
    same_batch(scope, dims)
        .map(|dims| view.reshaped(dims))
        .ok_or_else(|| misfit(node, &view, &axes))
}

/// With its dimensions in another order; the batch stays the first.
pub(super) fn transpose(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let Some(view) = taken(scope, node)? else {
        return scope.open_view(node, 0);
    };
    let axes = shapes::axes(node, view.dims.len() + 1)?;
    let Some((0, axes)) = axes.split_first() else {
        return Err(node.unsupported(format!(
            "its axes are {axes:?}, and the batch must stay the first"
        )));
    };
    let inner: Option<Vec<usize>> = axes.iter().map(|axis| axis.checked_sub(1)).collect();
    let inner = inner.ok_or_else(|| node.unsupported("its axes name the batch twice"))?;
    view.transposed(node, &inner, &mut scope.builder.budget)
}

/// Values one behind another: channels, or features.
pub(super) fn concat(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let mut views = Vec::with_capacity(node.0.input.len());
    for index in 0..node.0.input.len() {
        views.push(scope.open_view(node, index)?);
    }
    if let [complement, sigmoid] = &views[..]
        && complement.ending == Some(Ending::Complement)
        && sigmoid.ending == Some(Ending::Sigmoid)
        && complement.source == sigmoid.source
        && (complement.len(), sigmoid.len()) == (1, 1)
    {
        return Ok(View {
            ending: Some(Ending::Pair),
            ..sigmoid.clone()
        });
    }
    for view in &views {
        closed(node, view)?;
    }
    let rank = views.first().map_or(0, |view| view.dims.len() + 1);
    let axis = arrays::axis(node.int("axis", 1)?, rank);
    let axis = axis.and_then(|axis| axis.checked_sub(1));
    let axis = axis.ok_or_else(|| {
        node.unsupported("it joins the pictures of a batch, or along an axis that is not there")
    })?;
    scope.builder.concatenate(node, &views, axis)
}

/// Zeros around rows and columns.
pub(super) fn pad(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = scope.open_view(node, 0)?;
    if let Some(ending) = view.ending {
        return Err(node.unsupported(format!("it follows {ending:?}, which is the end")));
    }
    let pads = scope
        .list_or_attribute(node, "pads", 1)?
        .unwrap_or_default();
    let mode = node.text("mode")?;
    let given = scope.constant(node, 2)?;
    let zero = match given.as_ref().map(Constant::floats) {
        None => node.float("value", 0.0)? == 0.0,
        Some(values) => values.is_some_and(|values| values.iter().all(|value| *value == 0.0)),
    };
    let refused = |reason: &str| {
        node.unsupported(format!(
            "{reason}; only zeros around rows and columns in front of a convolution or pooling are \
             supported"
        ))
    };
    if !matches!(mode, "" | "constant") || !zero {
        return Err(refused("it pads with something other than zeros"));
    }
    let rank = view.dims.len() + 1;
    let axes = match scope.list(node, 3)? {
        Some(axes) => axes.iter().map(|axis| arrays::axis(*axis, rank)).collect(),
        None => Some((0..rank).collect::<Vec<usize>>()),
    };
    let axes = axes.ok_or_else(|| refused("its axes are not there"))?;
    if rank != 4 || view.order.is_some() || Some(pads.len()) != axes.len().checked_mul(2) {
        return Err(refused(&format!(
            "it takes a value of shape {}",
            view.text()
        )));
    }
    let mut all = view.padding.unwrap_or_default();
    let mut dims = view.dims.clone();
    for (index, pad) in pads.iter().enumerate() {
        if *pad == 0 {
            continue;
        }
        let axis = axes.get(index % axes.len()).copied().unwrap_or_default();
        let side = usize::from(index >= axes.len()) * 2;
        let place = axis
            .checked_sub(2)
            .and_then(|axis| all.get_mut(side + axis));
        let number = u32::try_from(*pad).ok().filter(|pad| *pad <= 1 << 12);
        let (Some(place), Some(number)) = (place, number) else {
            return Err(refused(&format!(
                "its pads are {:?}",
                pads.get(..8).unwrap_or(&pads)
            )));
        };
        *place += number;
        if let Some(dim) = dims.get_mut(axis - 1) {
            *dim += number as usize;
        }
    }
    Ok(View {
        dims,
        padding: (all != [0; 4]).then_some(all),
        ..view
    })
}

/// What a node gives another shape; `None` where that is the class itself, which has none.
fn taken(scope: &mut Scope<'_>, node: Node<'_>) -> Result<Option<View>, OnnxError> {
    let view = scope.open_view(node, 0)?;
    match view.ending {
        Some(Ending::Class | Ending::Pair) => Ok(None),
        Some(_) => Ok(Some(view)),
        None => closed(node, &view).map(|()| Some(view)),
    }
}

fn with_batch(scope: &Scope<'_>, dims: &[usize]) -> Vec<usize> {
    let mut full = vec![scope.batch];
    full.extend(dims);
    full
}

/// The shape without the batch, if that stays what it is.
fn same_batch(scope: &Scope<'_>, dims: Option<Vec<usize>>) -> Option<Vec<usize>> {
    let dims = dims?;
    let (batch, rest) = dims.split_first()?;
    (*batch == scope.batch).then(|| rest.to_vec())
}

fn misfit(node: Node<'_>, view: &View, axes: &[i64]) -> OnnxError {
    let first: Vec<_> = axes.iter().take(8).collect();
    node.shape(format!(
        "its axes {first:?} do not fit a value of shape {}, or name the batch",
        view.text()
    ))
}
