//! The steps of a network in training, one file for each kind.

use anyhow::{Result, anyhow};
use blindsight_model::network::{Activation, Layer, Shape};
use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData, activation::relu},
};
use chacha20::ChaCha8Rng;
use rand::RngExt;

use crate::architecture::{Input, Spec};

mod binary;
mod convolution;
mod dense;
mod dropout;
mod max_pool;

use binary::{BinaryLogits, BinarySigns};
use convolution::Convolution;
use dense::Dense;
use dropout::Dropout;
use max_pool::MaxPool;

/// A step. It takes and gives a row for each picture: channels, rows, columns.
#[derive(Module, Debug)]
pub enum Block {
    Dense(Dense),
    Convolution(Convolution),
    Relu(Relu),
    MaxPool(MaxPool),
    Dropout(Dropout),
    BinarySigns(BinarySigns),
    BinaryLogits(BinaryLogits),
}

/// `max(x, 0)`.
#[derive(Module, Debug)]
pub struct Relu;

impl Block {
    /// A step with weights drawn from `rng`, and what the next one gets.
    pub fn new(
        spec: Spec,
        input: Input,
        classes: u32,
        rng: &mut ChaCha8Rng,
        device: &Device,
    ) -> Result<(Self, Input)> {
        // What has weights takes pixels and gives values of its own unit.
        let weighted = |shape| Input { shape, unit: 1.0 };
        let flat = |outputs| weighted(Shape::flat(outputs));
        Ok(match spec {
            Spec::Dense(outputs) => (
                Self::Dense(Dense::new(input, outputs, rng, device)),
                flat(outputs),
            ),
            Spec::Logits => (
                Self::Dense(Dense::new(input, classes, rng, device)),
                flat(classes),
            ),
            Spec::Convolution { channels, window } => {
                let block = Convolution::new(input, channels, window, rng, device)?;
                let shape = block.output();
                (Self::Convolution(block), weighted(shape))
            }
            Spec::Relu => (Self::Relu(Relu), input),
            Spec::MaxPool(window) => {
                let block = MaxPool::new(input.shape, window)?;
                let shape = block.output();
                (Self::MaxPool(block), Input { shape, ..input })
            }
            Spec::Dropout(part) => (Self::Dropout(Dropout::new(part)), input),
            Spec::BinarySigns(outputs) => (
                Self::BinarySigns(BinarySigns::new(input, outputs, rng, device)),
                flat(outputs),
            ),
            Spec::BinaryLogits => (
                Self::BinaryLogits(BinaryLogits::new(input, classes, rng, device)),
                flat(classes),
            ),
        })
    }

    /// What the step makes of `x`, a row for each picture. `noise` is there in training only.
    pub fn forward(&self, x: Tensor<2>, noise: Option<&mut ChaCha8Rng>) -> Tensor<2> {
        match self {
            Self::Dense(block) => block.forward(x),
            Self::Convolution(block) => block.forward(x),
            Self::Relu(_) => relu(x),
            Self::MaxPool(block) => block.forward(x),
            Self::Dropout(block) => block.forward(x, noise),
            Self::BinarySigns(block) => block.forward(x),
            Self::BinaryLogits(block) => block.forward(x),
        }
    }

    /// The layers of the finished network that do the same.
    pub fn layers(&self) -> Result<Vec<Layer>> {
        Ok(match self {
            Self::Dense(block) => vec![block.layer()?],
            Self::Convolution(block) => vec![block.layer()?],
            Self::Relu(_) => vec![Layer::Activation(Activation::Relu)],
            Self::MaxPool(block) => vec![block.layer()],
            Self::Dropout(_) => Vec::new(),
            Self::BinarySigns(block) => block.layers()?.into(),
            Self::BinaryLogits(block) => vec![block.layer()?],
        })
    }

    /// Puts back into their range what a step of the optimiser took out of it.
    pub fn constrained(self) -> Self {
        match self {
            Self::BinarySigns(block) => Self::BinarySigns(block.constrained()),
            Self::BinaryLogits(block) => Self::BinaryLogits(block.constrained()),
            other => other,
        }
    }

    /// Brings running means up to date, so that a checkpoint holds all of them.
    pub fn settle(&self) {
        if let Self::BinarySigns(block) = self {
            block.settle();
        }
    }
}

/// Weights drawn evenly from `-range` to `range`.
fn drawn<const D: usize>(
    shape: [usize; D],
    range: f32,
    rng: &mut ChaCha8Rng,
    device: &Device,
) -> Param<Tensor<D>> {
    let mut draw = || rng.random_range(-range..=range);
    let count = shape.iter().product();
    let weights: Vec<f32> = std::iter::repeat_with(&mut draw).take(count).collect();
    Param::from_data(TensorData::new(weights, shape), device)
}

/// The range of weights in front of a ReLU: He et al., "Delving deep into rectifiers", section
/// 2.2, as an even distribution.
fn he(fan_in: usize) -> f32 {
    (6.0 / fan_in as f32).sqrt()
}

/// As many zeros.
fn zeros(count: usize, device: &Device) -> Param<Tensor<1>> {
    Param::from_data(TensorData::new(vec![0.0_f32; count], [count]), device)
}

/// The elements of a tensor, row by row.
pub fn numbers<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    let data = tensor.into_data().try_to_vec::<f32>();
    data.map_err(|error| anyhow!("reading a tensor: {error:?}"))
}

#[cfg(test)]
mod tests;
