//! Linear layers, and what is folded into them.

use ndarray::{Array1, Array2, Array3, Array4, Axis};

use super::Builder;
use crate::{
    network::{Convolution, FullyConnected, Layer, Shape, Value, Window},
    onnx::{
        MAX_WEIGHTS,
        affine::{Affine, Spread},
        error::OnnxError,
        node::Node,
        tensor::too_many_weights,
        view::View,
    },
};

impl Builder {
    /// Puts `weights x + bias` behind a view; `weights` has a column for each element.
    pub fn dense(
        &mut self,
        node: Node<'_>,
        view: &View,
        mut weights: Array2<f32>,
        mut bias: Array1<f64>,
    ) -> Result<View, OnnxError> {
        let (outputs, inputs) = weights.dim();
        self.has_weights = true;
        self.budget.work(&[outputs, inputs])?;
        if view.order.is_some() {
            let mut ordered = Array2::zeros((outputs, inputs));
            for (column, values) in weights.columns().into_iter().enumerate() {
                ordered.column_mut(view.element(column)).assign(&values);
            }
            weights = ordered;
        }
        if let Some(affine) = &view.affine {
            for (mut row, bias) in weights.rows_mut().into_iter().zip(&mut bias) {
                for (at, weight) in row.iter_mut().enumerate() {
                    let before = f64::from(*weight);
                    *bias += before * affine.shift.at(at);
                    *weight = (before * affine.scale.at(at)) as f32;
                }
            }
        }
        if view.sole && self.fold_dense(view.source, &weights, &bias)? {
            return Ok(View::of(view.source, vec![outputs]));
        }
        let bias = bias.mapv(|bias| bias as f32);
        let layer = Layer::FullyConnected(FullyConnected { weights, bias });
        let source = self.push(node, vec![view.source], layer)?;
        Ok(View::of(source, vec![outputs]))
    }

    /// Multiplies the fully connected layer that a value comes from by another one behind it.
    fn fold_dense(
        &mut self,
        value: Value,
        weights: &Array2<f32>,
        bias: &Array1<f64>,
    ) -> Result<bool, OnnxError> {
        let Value::Node(index) = value else {
            return Ok(false);
        };
        let Some(Layer::FullyConnected(before)) =
            self.nodes.get_mut(index).map(|node| &mut node.layer)
        else {
            return Ok(false);
        };
        let (outputs, inputs) = weights.dim();
        let columns = before.weights.ncols();
        // Two narrow matrices can make a wide one.
        let length = outputs.checked_mul(columns);
        if length.is_none_or(|length| length > MAX_WEIGHTS) {
            return Err(too_many_weights());
        }
        self.budget.work(&[outputs, inputs, columns])?;
        let wide = |weights: &Array2<f32>| weights.mapv(f64::from);
        let own = wide(weights);
        let bias = own.dot(&before.bias.mapv(f64::from)) + bias;
        *before = FullyConnected {
            weights: own.dot(&wide(&before.weights)).mapv(|w| w as f32),
            bias: bias.mapv(|bias| bias as f32),
        };
        if let Some(shape) = self.shapes.get_mut(index) {
            // At most 2^26.
            *shape = Shape::flat(outputs as u32);
        }
        Ok(true)
    }

    /// Puts a convolution behind a view of channels, rows and columns.
    pub fn convolution(
        &mut self,
        node: Node<'_>,
        view: &View,
        mut weights: Array4<f32>,
        mut bias: Array1<f64>,
        (window, groups): (Window, usize),
    ) -> Result<View, OnnxError> {
        let (source, shape) = self.image(node, view)?;
        self.has_weights = true;
        let (outputs, inputs, ..) = weights.dim();
        let fed = inputs.checked_mul(groups) == Some(shape.channels as usize);
        if groups == 0 || !outputs.is_multiple_of(groups) || !fed {
            return Err(node.shape(format!(
                "its weights are made for {inputs} channels in each of {groups} groups and give \
                 {outputs}, and {} channels come in",
                shape.channels
            )));
        }
        let mut view = View {
            source,
            ..view.clone()
        };
        if view
            .affine
            .as_ref()
            .is_some_and(|affine| !affine.scale.by_channel(shape.plane()))
        {
            view = self.settled(node, &view)?;
        }
        let mut places = None;
        if let Some(affine) = &view.affine {
            self.budget.work(&[weights.len()])?;
            let first = |output: usize| output / (outputs / groups) * inputs;
            if !affine.shifts_nothing() {
                let padded = [window.before, window.after] != [[0; 2]; 2];
                if affine.shift.by_channel(shape.plane()) && !padded {
                    for (output, kernels) in weights.outer_iter().enumerate() {
                        for (input, kernel) in kernels.outer_iter().enumerate() {
                            let shift = affine.shift.at((first(output) + input) * shape.plane());
                            let sum: f64 = kernel.iter().map(|weight| f64::from(*weight)).sum();
                            bias[output] += sum * shift;
                        }
                    }
                } else {
                    places = Some(self.shifted(node, &weights, &window, shape, &affine.shift)?);
                }
            }
            for (output, mut kernels) in weights.outer_iter_mut().enumerate() {
                for (input, mut kernel) in kernels.outer_iter_mut().enumerate() {
                    let scale = affine.scale.at((first(output) + input) * shape.plane());
                    kernel.mapv_inplace(|weight| (f64::from(weight) * scale) as f32);
                }
            }
        }
        let bias = match places {
            Some(mut places) => {
                for (mut places, bias) in places.outer_iter_mut().zip(&bias) {
                    places += *bias;
                }
                places.mapv(|bias| bias as f32)
            }
            None => {
                let bias = bias.mapv(|bias| bias as f32);
                bias.insert_axis(Axis(1)).insert_axis(Axis(2))
            }
        };
        let layer = Layer::Convolution(Convolution {
            weights,
            bias,
            window,
            // Fits: the channels do.
            groups: groups as u32,
        });
        let source = self.push(node, vec![view.source], layer)?;
        let shape = self.shape(source);
        Ok(View::of(source, dims(shape)))
    }

    /// What a shift of each element of the input adds at each place: padding is not shifted.
    fn shifted(
        &mut self,
        node: Node<'_>,
        weights: &Array4<f32>,
        window: &Window,
        from: Shape,
        shift: &Spread,
    ) -> Result<Array3<f64>, OnnxError> {
        let (outputs, inputs, rows, columns) = weights.dim();
        let to = from.under(window, outputs as u32);
        let to = to.ok_or_else(|| {
            node.unsupported(format!("its window does not fit a value of {from}"))
        })?;
        self.budget.keep(to.elements())?;
        self.budget.work(&[to.elements(), inputs, rows * columns])?;
        let per_group = (outputs * inputs) / from.channels.max(1) as usize;
        let mut places = Array3::zeros((outputs, to.height as usize, to.width as usize));
        for ((output, row, column), place) in places.indexed_iter_mut() {
            let first = output / per_group.max(1) * inputs;
            for ((input, y, x), weight) in weights.index_axis(Axis(0), output).indexed_iter() {
                let y = window.element(0, row as u32, y as u32, from.height);
                let x = window.element(1, column as u32, x as u32, from.width);
                if let (Some(y), Some(x)) = (y, x) {
                    let at = y as usize * from.width as usize + x as usize;
                    let shift = shift.at((first + input) * from.plane() + at);
                    *place += f64::from(*weight) * shift;
                }
            }
        }
        Ok(places)
    }

    /// Puts `scale * x + shift` into the linear layer that a value comes from, if it can.
    pub(super) fn fold_linear(&mut self, value: Value, affine: &Affine) -> Result<bool, OnnxError> {
        let Value::Node(index) = value else {
            return Ok(false);
        };
        let shape = self.shape(value);
        let (height, width, plane) = (shape.height as usize, shape.width as usize, shape.plane());
        let times = |weight: f32, scale: f64| (f64::from(weight) * scale) as f32;
        let then = |bias: f32, at: usize| {
            (f64::from(bias) * affine.scale.at(at) + affine.shift.at(at)) as f32
        };
        match self.nodes.get_mut(index).map(|node| &mut node.layer) {
            Some(Layer::FullyConnected(layer)) => {
                self.budget.work(&[layer.weights.len()])?;
                for (output, mut row) in layer.weights.rows_mut().into_iter().enumerate() {
                    let scale = affine.scale.at(output);
                    row.mapv_inplace(|weight| times(weight, scale));
                }
                for (output, bias) in layer.bias.iter_mut().enumerate() {
                    *bias = then(*bias, output);
                }
                Ok(true)
            }
            Some(Layer::Convolution(layer)) if affine.scale.by_channel(plane) => {
                self.budget.work(&[layer.weights.len()])?;
                for (output, mut kernels) in layer.weights.outer_iter_mut().enumerate() {
                    let scale = affine.scale.at(output * plane);
                    kernels.mapv_inplace(|weight| times(weight, scale));
                }
                if !affine.shift.by_channel(plane) && layer.bias.len() != shape.elements() {
                    self.budget.keep(shape.elements())?;
                    let (outputs, ..) = layer.bias.dim();
                    let before = &layer.bias;
                    layer.bias = Array3::from_shape_fn((outputs, height, width), |(o, ..)| {
                        before[[o, 0, 0]]
                    });
                }
                for ((output, row, column), bias) in layer.bias.indexed_iter_mut() {
                    *bias = then(*bias, output * plane + row * width + column);
                }
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}

/// Channels, rows and columns.
pub(super) fn dims(shape: Shape) -> Vec<usize> {
    [shape.channels, shape.height, shape.width]
        .map(|dim| dim as usize)
        .into()
}
