//! Arithmetic element by element: biases, normalisation, and sums of branches.

use crate::onnx::{
    affine::{Affine, Spread},
    arrays,
    error::OnnxError,
    node::{Node, dims_text},
    scope::{Held, Scope, closed, finite},
    view::{Ending, View},
};

/// What an operator of two inputs takes.
enum Pair {
    /// Something that depends on the picture, and a constant; whether the constant is the second.
    Constant(View, Spread, bool),
    /// Both depend on the picture.
    Views(View, View),
}

/// The sum of values and of constants.
pub(super) fn add(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let (mut views, mut constants) = (Vec::new(), Vec::new());
    for (index, held) in scope.inputs(node)?.into_iter().enumerate() {
        match held {
            Held::Constant(_) => constants.push(index),
            Held::View(_) | Held::Truth(_) => views.push(scope.view(node, index)?),
        }
    }
    let mut sum = match &views[..] {
        [view] => view.clone(),
        _ => scope.builder.sum(node, &views)?,
    };
    for index in constants {
        let shift = spread(scope, node, index, &sum)?;
        sum = scale(scope, &sum, None, Some(shift))?;
    }
    Ok(sum)
}

/// A difference of which one is a constant.
pub(super) fn sub(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    if let Some(view) = complement(scope, node)? {
        return Ok(view);
    }
    match pair(scope, node)? {
        Pair::Constant(view, constant, second) => {
            if second {
                scale(scope, &view, None, Some(constant.negative()))
            } else {
                let minus = Spread::uniform(-1.0, view.len());
                scale(scope, &view, Some(minus), Some(constant))
            }
        }
        Pair::Views(a, b) => {
            let minus = Affine::uniform(-1.0, 0.0, b.len());
            let b = scope.affine(&b, &minus)?;
            scope.builder.sum(node, &[a, b])
        }
    }
}

/// A product with a constant.
pub(super) fn mul(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    match pair(scope, node)? {
        Pair::Constant(view, constant, _) => scale(scope, &view, Some(constant), None),
        Pair::Views(..) => Err(node.unsupported(
            "it multiplies two values that both depend on the picture; one must be a constant",
        )),
    }
}

/// A quotient by a constant.
pub(super) fn div(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let Pair::Constant(view, constant, true) = pair(scope, node)? else {
        return Err(
            node.unsupported("it divides by what comes in; only by a constant is supported")
        );
    };
    if !constant.all(|divisor| divisor != 0.0) {
        return Err(node.unsupported("it divides by zero; is a standard deviation 0?"));
    }
    scale(scope, &view, Some(constant.recip()), None)
}

/// The negative.
pub(super) fn neg(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = scope.view(node, 0)?;
    let minus = Affine::uniform(-1.0, 0.0, view.len());
    scope.affine(&view, &minus)
}

/// `(x - mean) / sqrt(variance + epsilon) * scale + bias`, channel by channel.
pub(super) fn batch_normalization(
    scope: &mut Scope<'_>,
    node: Node<'_>,
) -> Result<View, OnnxError> {
    let view = scope.view(node, 0)?;
    if node.int("training_mode", 0)? != 0 {
        return Err(node.unsupported(
            "it normalises by the statistics of a batch, as in training; export the model for \
             inference: model.eval()",
        ));
    }
    let channels = view.dims.first().copied().unwrap_or_default();
    let mut parameters = Vec::with_capacity(4);
    for index in 1..5 {
        let (dims, values) = scope.weights(node, index)?;
        if dims != [channels] {
            return Err(node.shape(format!(
                "its input {} has the shape [{}], and {channels} channels come in",
                index + 1,
                dims_text(&dims)
            )));
        }
        parameters.push(values);
    }
    let [scales, biases, means, variances] = &parameters[..] else {
        return Err(node.unsupported("it takes a scale, a bias, a mean and a variance"));
    };
    let epsilon = node.float("epsilon", 1e-5)?;
    let (mut scale, mut shift) = (Vec::new(), Vec::new());
    let means_and_variances = means.iter().zip(variances.iter());
    for ((weight, bias), (mean, variance)) in
        scales.iter().zip(biases.iter()).zip(means_and_variances)
    {
        let variance = f64::from(*variance) + epsilon;
        if variance <= 0.0 {
            return Err(node.unsupported("it has a variance that is not above 0"));
        }
        let factor = f64::from(*weight) / variance.sqrt();
        scale.push(factor);
        shift.push(f64::from(*bias) - f64::from(*mean) * factor);
    }
    let plane = view.len() / channels.max(1);
    let mut spread = |by_channel: Vec<f64>| {
        let each = by_channel
            .iter()
            .flat_map(|value| std::iter::repeat_n(*value, plane));
        placed(scope, &view, each)
    };
    let (factor, shift) = (spread(scale)?, spread(shift)?);
    self::scale(scope, &view, Some(factor), Some(shift))
}

/// `(x - offset) * scale`, as scikit-learn's StandardScaler is written.
pub(super) fn scaler(scope: &mut Scope<'_>, node: Node<'_>) -> Result<View, OnnxError> {
    let view = scope.view(node, 0)?;
    let mut read = |name: &str| {
        let values = node.floats(name)?.unwrap_or_default();
        let each = match values {
            [value] => vec![*value; view.len()],
            values if values.len() == view.len() => values.to_vec(),
            values => {
                return Err(node.shape(format!(
                    "its {name} has {} numbers, and a value of shape {} comes in",
                    values.len(),
                    view.text()
                )));
            }
        };
        if each.iter().any(|value| !value.is_finite()) {
            return Err(node.unsupported(format!("its {name} is infinite or not a number")));
        }
        placed(scope, &view, each.into_iter().map(f64::from))
    };
    let (offset, factor) = (read("offset")?, read("scale")?);
    let moved = scale(scope, &view, None, Some(offset.negative()))?;
    scale(scope, &moved, Some(factor), None)
}

/// Puts a scale and a shift of each element behind a view.
pub(super) fn scale(
    scope: &mut Scope<'_>,
    view: &View,
    scale: Option<Spread>,
    shift: Option<Spread>,
) -> Result<View, OnnxError> {
    let affine = Affine {
        scale: scale.unwrap_or_else(|| Spread::uniform(1.0, view.len())),
        shift: shift.unwrap_or_else(|| Spread::uniform(0.0, view.len())),
    };
    scope.affine(view, &affine)
}

/// A constant input as it is repeated to fill a view.
pub(super) fn spread(
    scope: &mut Scope<'_>,
    node: Node<'_>,
    index: usize,
    view: &View,
) -> Result<Spread, OnnxError> {
    let Some(constant) = scope.constant(node, index)? else {
        return Err(node.unsupported(format!("its input {} is missing", index + 1)));
    };
    let values = finite(node, index, &constant)?;
    let mut dims = &constant.dims[..];
    // The dimension of the batch, which is not among those of a view.
    if dims.len() == view.dims.len() + 1 && dims.first() == Some(&1) {
        dims = dims.get(1..).unwrap_or_default();
    }
    let misfit = || {
        node.shape(format!(
            "its constant has the shape [{}], and the value that comes in {}; it must be the same \
             for each picture of a batch",
            dims_text(&constant.dims),
            view.text()
        ))
    };
    if dims.len() > view.dims.len() {
        return Err(misfit());
    }
    if let [value] = values[..] {
        return Ok(Spread::uniform(value.into(), view.len()));
    }
    scope.builder.budget.keep(view.len())?;
    let wide = arrays::broadcast(dims, &values, &view.dims).ok_or_else(misfit)?;
    placed(scope, view, wide.into_iter().map(f64::from))
}

/// Numbers for the elements of a view, in the order of the network's value.
fn placed(
    scope: &mut Scope<'_>,
    view: &View,
    values: impl Iterator<Item = f64>,
) -> Result<Spread, OnnxError> {
    scope.builder.budget.keep(view.len())?;
    let mut each = vec![0.0; view.len()];
    for (number, value) in values.enumerate() {
        if let Some(each) = each.get_mut(view.element(number)) {
            *each = value;
        }
    }
    Ok(Spread::new(each, scope.builder.shape(view.source).plane()))
}

fn pair(scope: &mut Scope<'_>, node: Node<'_>) -> Result<Pair, OnnxError> {
    let inputs = scope.inputs(node)?;
    let [first, second] = &inputs[..] else {
        return Err(node.unsupported(format!("it takes two values, and has {}", inputs.len())));
    };
    let constant = |held: &Held| matches!(held, Held::Constant(_));
    Ok(match (constant(first), constant(second)) {
        (true, _) => {
            let view = scope.view(node, 1)?;
            let spread = spread(scope, node, 0, &view)?;
            Pair::Constant(view, spread, false)
        }
        (_, true) => {
            let view = scope.view(node, 0)?;
            let spread = spread(scope, node, 1, &view)?;
            Pair::Constant(view, spread, true)
        }
        _ => Pair::Views(scope.view(node, 0)?, scope.view(node, 1)?),
    })
}

/// One less a probability, as files for two classes have it.
fn complement(scope: &mut Scope<'_>, node: Node<'_>) -> Result<Option<View>, OnnxError> {
    let inputs = scope.inputs(node)?;
    let [Held::Constant(constant), Held::View(view)] = &inputs[..] else {
        return Ok(None);
    };
    if view.ending != Some(Ending::Sigmoid) {
        return Ok(None);
    }
    let one = finite(node, 0, constant)?;
    if one[..] != [1.0] {
        closed(node, view)?;
    }
    Ok(Some(View {
        ending: Some(Ending::Complement),
        ..view.clone()
    }))
}
