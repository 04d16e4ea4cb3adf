//! The network as it grows along the graph of a file.

use std::{collections::HashMap, rc::Rc};

use ndarray::{Array1, Array2, Array3, Array4};

use super::{affine::Affine, budget::Budget, error::OnnxError, node::Node, view::View};
use crate::network::{self, Activation, Convolution, FullyConnected, Layer, Shape, Value, Window};

mod linear;
mod merge;

/// Values of so many elements are scaled by a diagonal matrix; larger ones channel by channel.
const SMALL: usize = 64;

/// The nodes so far.
pub(super) struct Builder {
    input: Shape,
    nodes: Vec<network::Node>,
    shapes: Vec<Shape>,
    /// Values that are there in another shape already.
    reshaped: HashMap<(Value, [u32; 3]), Value>,
    pub budget: Budget,
    /// Whether there is a layer with weights, and not normalisation alone.
    pub has_weights: bool,
}

impl Builder {
    /// Starts with a picture.
    pub fn new(input: Shape) -> Self {
        Self {
            input,
            nodes: Vec::new(),
            shapes: Vec::new(),
            reshaped: HashMap::new(),
            budget: Budget::new(),
            has_weights: false,
        }
    }

    /// The shape of a value.
    pub fn shape(&self, value: Value) -> Shape {
        match value {
            Value::Picture => self.input,
            // Every value that is given out belongs to a node.
            Value::Node(index) => self.shapes.get(index).copied().unwrap_or(self.input),
        }
    }

    /// Puts a layer behind some values.
    pub fn push(
        &mut self,
        node: Node<'_>,
        inputs: Vec<Value>,
        layer: Layer,
    ) -> Result<Value, OnnxError> {
        let shapes: Vec<Shape> = inputs.iter().map(|value| self.shape(*value)).collect();
        let next = network::Node { inputs, layer };
        let shape = next.gives(&shapes).map_err(|reason| node.shape(reason))?;
        self.nodes.push(next);
        self.shapes.push(shape);
        Ok(Value::Node(self.nodes.len() - 1))
    }

    /// A value in another shape.
    pub fn reshape(
        &mut self,
        node: Node<'_>,
        value: Value,
        shape: Shape,
    ) -> Result<Value, OnnxError> {
        if self.shape(value) == shape {
            return Ok(value);
        }
        let key = (value, [shape.channels, shape.height, shape.width]);
        if let Some(reshaped) = self.reshaped.get(&key) {
            return Ok(*reshaped);
        }
        let reshaped = self.push(node, vec![value], Layer::Reshape(shape))?;
        self.reshaped.insert(key, reshaped);
        Ok(reshaped)
    }

    /// Puts `scale * x + shift` behind a view: into the linear layer before it if nothing else
    /// takes that; otherwise it waits for what comes next.
    pub fn affine(&mut self, view: &View, next: &Affine) -> Result<View, OnnxError> {
        let mut view = view.clone();
        let all = match &view.affine {
            Some(waiting) => waiting.then(next),
            None => next.clone(),
        };
        view.affine = None;
        if all.is_identity() || (view.sole && self.fold_linear(view.source, &all)?) {
            return Ok(view);
        }
        self.budget.keep(all.kept())?;
        view.affine = Some(Rc::new(all));
        Ok(view)
    }

    /// The view with nothing waiting: what waits becomes a layer of its own.
    pub fn settled(&mut self, node: Node<'_>, view: &View) -> Result<View, OnnxError> {
        let mut settled = view.clone();
        let Some(affine) = settled.affine.take() else {
            return Ok(settled);
        };
        let shape = self.shape(view.source);
        let flat = Shape::flat(shape.channels.saturating_mul(shape.height * shape.width));
        settled.sole = true;
        settled.source = if shape == flat && flat.elements() <= SMALL {
            let number = |at: usize| affine.scale.at(at) as f32;
            let scale: Array1<f32> = (0..flat.elements()).map(number).collect();
            let bias = (0..flat.elements()).map(|at| affine.shift.at(at) as f32);
            let layer = FullyConnected {
                weights: Array2::from_diag(&scale),
                bias: bias.collect(),
            };
            self.budget.keep(layer.weights.len())?;
            self.push(node, vec![view.source], Layer::FullyConnected(layer))?
        } else if affine.scale.by_channel(shape.plane()) {
            let layer = self.depthwise(&affine, shape)?;
            self.push(node, vec![view.source], layer)?
        } else {
            let flattened = self.reshape(node, view.source, flat)?;
            let layer = self.depthwise(&affine, flat)?;
            let scaled = self.push(node, vec![flattened], layer)?;
            self.reshape(node, scaled, shape)?
        };
        Ok(settled)
    }

    /// A convolution of one element that scales each channel by itself.
    fn depthwise(&mut self, affine: &Affine, shape: Shape) -> Result<Layer, OnnxError> {
        let (channels, plane) = (shape.channels as usize, shape.plane());
        let scale = (0..channels).map(|channel| affine.scale.at(channel * plane) as f32);
        let weights: Array1<f32> = scale.collect();
        let bias = if affine.shift.by_channel(plane) {
            Array3::from_shape_fn((channels, 1, 1), |(channel, ..)| {
                affine.shift.at(channel * plane) as f32
            })
        } else {
            self.budget.keep(shape.elements())?;
            let (height, width) = (shape.height as usize, shape.width as usize);
            Array3::from_shape_fn((channels, height, width), |(channel, row, column)| {
                affine.shift.at(channel * plane + row * width + column) as f32
            })
        };
        self.budget.keep(channels)?;
        Ok(Layer::Convolution(Convolution {
            // As many as channels.
            weights: Array4::from_shape_fn((channels, 1, 1, 1), |(channel, ..)| weights[channel]),
            bias,
            window: Window::square(1, 1),
            groups: shape.channels,
        }))
    }

    /// Puts a function of each element behind a view.
    pub fn activation(
        &mut self,
        node: Node<'_>,
        view: &View,
        activation: Activation,
    ) -> Result<View, OnnxError> {
        let view = match (&view.affine, activation) {
            // max(a x, 0) = a max(x, 0) for a > 0; a sign does not even see the a.
            (Some(affine), Activation::Relu | Activation::LeakyRelu { .. } | Activation::Sign)
                if affine.shifts_nothing() && affine.rises() =>
            {
                view.clone()
            }
            _ => self.settled(node, view)?,
        };
        if activation == Activation::Relu && self.is_never_negative(view.source) {
            return Ok(view);
        }
        let source = self.push(node, vec![view.source], Layer::Activation(activation))?;
        let waits = activation != Activation::Sign;
        Ok(View {
            source,
            affine: view.affine.clone().filter(|_| waits),
            sole: true,
            ..view
        })
    }

    /// Whether all elements of a value are at least 0 by the way it comes about.
    pub fn is_never_negative(&self, mut value: Value) -> bool {
        loop {
            let Value::Node(index) = value else {
                return true;
            };
            let Some(node) = self.nodes.get(index) else {
                return false;
            };
            value = match (&node.layer, &node.inputs[..]) {
                (Layer::Activation(Activation::Relu | Activation::Clip { .. }), _) => return true,
                (
                    Layer::MaxPool(_) | Layer::AveragePool { .. } | Layer::Reshape(_),
                    [before, ..],
                ) => *before,
                _ => return false,
            };
        }
    }

    /// The value of the network that a view of channels, rows and columns is, in that shape.
    ///
    /// What waits for a layer still waits: it counts elements, and they stand in the same order.
    pub fn image(&mut self, node: Node<'_>, view: &View) -> Result<(Value, Shape), OnnxError> {
        let [channels, height, width] = view.dims[..] else {
            return Err(node.unsupported(format!(
                "it takes [N, channels, rows, columns], and a value of shape {} comes in",
                view.text()
            )));
        };
        if view.order.is_some() {
            return Err(node.unsupported(
                "the elements do not come in as channels, rows, columns; is a Transpose missing?",
            ));
        }
        // A value has at most 2^24 elements.
        let number = |dim: usize| u32::try_from(dim).unwrap_or(u32::MAX);
        let shape = Shape {
            channels: number(channels),
            height: number(height),
            width: number(width),
        };
        Ok((self.reshape(node, view.source, shape)?, shape))
    }

    /// The nodes that `output` needs; it is the last of them.
    pub fn finish(self, output: Value) -> Vec<network::Node> {
        let mut needed = vec![false; self.nodes.len()];
        if let Value::Node(last) = output
            && let Some(needed) = needed.get_mut(last)
        {
            *needed = true;
        }
        for (index, node) in self.nodes.iter().enumerate().rev() {
            if needed.get(index) == Some(&true) {
                for input in &node.inputs {
                    if let Value::Node(input) = input
                        && let Some(needed) = needed.get_mut(*input)
                    {
                        *needed = true;
                    }
                }
            }
        }
        let mut places = Vec::with_capacity(needed.len());
        let mut nodes = Vec::new();
        for (mut node, needed) in self.nodes.into_iter().zip(needed) {
            places.push(nodes.len());
            if needed {
                for input in &mut node.inputs {
                    if let Value::Node(index) = input {
                        *index = places.get(*index).copied().unwrap_or_default();
                    }
                }
                nodes.push(node);
            }
        }
        nodes
    }
}
