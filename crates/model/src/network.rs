//! A network in the clear, in floating point: what a model owner has before hosting.

use ndarray::{Array1, Array2};

/// The picture that a network takes: 8-bit pixels, channel by channel, row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct InputShape {
    /// Colour channels: 1 for grey.
    pub channels: u32,
    /// Rows of pixels.
    pub height: u32,
    /// Pixels in a row.
    pub width: u32,
}

impl InputShape {
    /// A grey picture of 28 x 28 pixels, as in MNIST.
    pub const MNIST: Self = Self {
        channels: 1,
        height: 28,
        width: 28,
    };

    /// Number of pixels, all channels together; saturates.
    pub fn pixels(self) -> usize {
        (self.channels as usize)
            .saturating_mul(self.height as usize)
            .saturating_mul(self.width as usize)
    }
}

/// A feed-forward classifier over 8-bit pixels, in floating point.
///
/// The first layer takes the pixels themselves, 0 to 255: whatever normalisation stood in front
/// of it has been folded into its weights and bias.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// What the model owner calls it.
    pub name: String,
    /// The picture it takes.
    pub input: InputShape,
    /// One label for each class, in the order of the logits.
    pub labels: Vec<String>,
    /// The layers in the order of evaluation. The last one gives one logit for each class.
    pub layers: Vec<Layer>,
}

/// One layer of a [`Network`].
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// `y = W x + b`.
    FullyConnected(FullyConnected),
    /// `max(x, 0)`, element by element.
    Relu,
}

/// A fully connected layer: `y = W x + b`. Its `Debug` shows the shape and no weight.
#[derive(Clone, PartialEq)]
pub struct FullyConnected {
    /// `W`, one row for each output: shape `[outputs, inputs]`.
    pub weights: Array2<f32>,
    /// `b`, shape `[outputs]`.
    pub bias: Array1<f32>,
}

impl std::fmt::Debug for FullyConnected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (outputs, inputs) = self.weights.dim();
        write!(f, "FullyConnected({inputs} -> {outputs})")
    }
}
