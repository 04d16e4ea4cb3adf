//! A network as data: what is trained and what is written follow from the same list.

use blindsight_model::network::{Shape, Window};

/// One step of a network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spec {
    /// A fully connected layer with that many outputs.
    Dense(u32),
    /// A fully connected layer with an output for each class.
    Logits,
    /// A convolution. Its kernel goes over all channels.
    Convolution {
        /// Output channels.
        channels: u32,
        /// Where the kernel is laid.
        window: Window,
    },
    /// `max(x, 0)`.
    Relu,
    /// The largest element in each window.
    MaxPool(Window),
    /// In training, that part of the elements is 0 and the others are larger; nothing afterwards.
    Dropout(f32),
    /// That many signs of sums whose terms are the inputs, each with a weight of +1 or -1.
    BinarySigns(u32),
    /// A sum for each class whose terms are the inputs, each with a weight of +1 or -1.
    BinaryLogits,
}

/// What comes into a step.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// Its shape.
    pub shape: Shape,
    /// How much 1 in training is in the finished network: 255 where the values are still pixels,
    /// which are 0 to 1 in training.
    pub unit: f32,
}
