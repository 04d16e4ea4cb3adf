//! A network in the clear, in floating point: what a model owner has before hosting.
//!
//! A network is a list of nodes in the order of evaluation. Each takes values that exist already
//! and gives one new value, so that shortcuts and branches are as easy to say as a chain.

use ndarray::{Array1, Array2, Array3, Array4};

mod shape;

pub use blindsight_mpc::geometry::{Shape, Window};
pub use shape::ShapeError;

/// A feed-forward classifier over 8-bit pixels, in floating point.
///
/// The first layer takes the pixels themselves, 0 to 255: whatever normalisation stood in front
/// of it has been folded into its weights and bias.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// What the model owner calls it.
    pub name: String,
    /// The picture it takes.
    pub input: Shape,
    /// One label for each class, in the order of the logits.
    pub labels: Vec<String>,
    /// The nodes in the order of evaluation. The last one gives one logit for each class.
    pub nodes: Vec<Node>,
}

/// A layer and the values that it takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it takes, in order: two or more values for [`Layer::Add`] and [`Layer::Concatenate`],
    /// one for every other layer.
    pub inputs: Vec<Value>,
    /// What it does.
    pub layer: Layer,
}

/// A value of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// The picture.
    Picture,
    /// What the node of this index gives.
    Node(usize),
}

/// One layer of a [`Network`]. Values are in the order channels, rows, columns.
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// `y = W x + b`, over all elements of `x` one after the other.
    FullyConnected(FullyConnected),
    /// `y = W * x + b`, the cross-correlation that deep learning calls a convolution.
    Convolution(Convolution),
    /// A function of each element.
    Activation(Activation),
    /// The largest element in each window. Padding takes no part.
    MaxPool(Window),
    /// The mean of each window.
    AveragePool {
        /// The windows.
        window: Window,
        /// Whether padding counts as zeros; where it does not, the mean is that of the elements.
        count_padding: bool,
    },
    /// The sum of values of equal shape.
    Add,
    /// The channels of all values one after the other; rows and columns are equal.
    Concatenate,
    /// The same elements in another shape.
    Reshape(Shape),
}

/// A fully connected layer: `y = W x + b`. Its `Debug` shows the shape and no weight.
#[derive(Clone, PartialEq)]
pub struct FullyConnected {
    /// `W`, one row for each output: shape `[outputs, inputs]`.
    pub weights: Array2<f32>,
    /// `b`, shape `[outputs]`.
    pub bias: Array1<f32>,
}

/// A convolution in two dimensions. Its `Debug` shows the shape and no weight.
#[derive(Clone, PartialEq)]
pub struct Convolution {
    /// `W`, shape `[outputs, inputs / groups, kernel rows, kernel columns]`.
    pub weights: Array4<f32>,
    /// `b`, shape `[outputs, 1, 1]`; or `[outputs, rows, columns]`, where a shift in front of a
    /// padded convolution was folded into it and depends on the place.
    pub bias: Array3<f32>,
    /// Where the kernel is laid. Its kernel has the size of the weights'.
    pub window: Window,
    /// Into how many groups inputs and outputs are divided; each output sees the inputs of its
    /// group.
    pub groups: u32,
}

/// A function of each element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// `max(x, 0)`.
    Relu,
    /// `x` where it is positive, `slope x` elsewhere. The slope lies between 0 and 1.
    LeakyRelu {
        /// The slope for negative values.
        slope: f32,
    },
    /// `min(max(x, 0), high)`; ReLU6 has a high of 6.
    Clip {
        /// The largest value, more than 0.
        high: f32,
    },
    /// +1 where `x >= 0`, -1 elsewhere.
    Sign,
}

impl Network {
    /// A chain: each layer takes what the one before it gives, the first one the picture.
    pub fn chain(name: &str, input: Shape, labels: Vec<String>, layers: Vec<Layer>) -> Self {
        let node = |(index, layer): (usize, Layer)| Node {
            inputs: vec![index.checked_sub(1).map_or(Value::Picture, Value::Node)],
            layer,
        };
        Self {
            name: name.into(),
            input,
            labels,
            nodes: layers.into_iter().enumerate().map(node).collect(),
        }
    }

    /// The shape of what each node gives.
    ///
    /// # Errors
    ///
    /// The first node whose inputs do not fit it.
    pub fn shapes(&self) -> Result<Vec<Shape>, ShapeError> {
        shape::infer(self)
    }

    /// Weights and biases of all layers.
    pub fn parameters(&self) -> usize {
        let count = |node: &Node| match &node.layer {
            Layer::FullyConnected(layer) => layer.weights.len() + layer.bias.len(),
            Layer::Convolution(layer) => layer.weights.len() + layer.bias.len(),
            _ => 0,
        };
        self.nodes.iter().map(count).sum()
    }
}

impl Layer {
    /// What the layer is called, for people.
    pub fn title(&self) -> &'static str {
        match self {
            Self::FullyConnected(_) => "fully connected",
            Self::Convolution(_) => "convolution",
            Self::Activation(Activation::Relu) => "ReLU",
            Self::Activation(Activation::LeakyRelu { .. }) => "leaky ReLU",
            Self::Activation(Activation::Clip { .. }) => "clip",
            Self::Activation(Activation::Sign) => "sign",
            Self::MaxPool(_) => "max pooling",
            Self::AveragePool { .. } => "average pooling",
            Self::Add => "sum",
            Self::Concatenate => "concatenation",
            Self::Reshape(_) => "reshape",
        }
    }
}

impl Activation {
    /// The function itself.
    pub fn of(self, x: f32) -> f32 {
        match self {
            Self::Relu => x.max(0.0),
            Self::LeakyRelu { slope } => {
                if x >= 0.0 {
                    x
                } else {
                    slope * x
                }
            }
            Self::Clip { high } => x.max(0.0).min(high),
            Self::Sign => {
                if x >= 0.0 {
                    1.0
                } else {
                    -1.0
                }
            }
        }
    }
}

impl std::fmt::Debug for FullyConnected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (outputs, inputs) = self.weights.dim();
        write!(f, "FullyConnected({inputs} -> {outputs})")
    }
}

impl std::fmt::Debug for Convolution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (outputs, inputs, rows, columns) = self.weights.dim();
        let groups = self.groups;
        write!(
            f,
            "Convolution({inputs} -> {outputs}, {rows} x {columns}, {groups} groups)"
        )
    }
}
