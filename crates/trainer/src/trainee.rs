//! A network in training.

use anyhow::{Context, Result};
use blindsight_model::network::{Network, Shape};
use burn::{
    module::Module,
    tensor::{Device, Tensor, TensorData},
};
use chacha20::ChaCha8Rng;
use ndarray::Array2;

use crate::{
    architecture::{Input, Spec},
    block::{Block, numbers},
};

/// The steps of a network. It takes pixels from 0 to 1.
#[derive(Module, Debug, Default)]
pub struct Trainee {
    blocks: Vec<Block>,
}

impl Trainee {
    /// A network with weights drawn from `rng`.
    pub fn new(
        architecture: &[Spec],
        picture: Shape,
        classes: usize,
        rng: &mut ChaCha8Rng,
        device: &Device,
    ) -> Result<Self> {
        let mut input = Input {
            shape: picture,
            unit: 255.0,
        };
        let classes = u32::try_from(classes)?;
        let mut blocks = Vec::with_capacity(architecture.len());
        for spec in architecture {
            let (block, next) = Block::new(*spec, input, classes, rng, device)?;
            blocks.push(block);
            input = next;
        }
        Ok(Self { blocks })
    }

    /// The logits, shape `[pictures, classes]`, of pixels, shape `[pictures, pixels]`. `noise` is
    /// what dropout comes from; it is there in training only.
    pub fn forward(&self, pixels: Tensor<2>, mut noise: Option<&mut ChaCha8Rng>) -> Tensor<2> {
        self.blocks
            .iter()
            .fold(pixels, |x, block| block.forward(x, noise.as_deref_mut()))
    }

    /// The logits of 8-bit pictures that stand one behind another, shape `[pictures, classes]`.
    /// The network is one that is [ready for use](Module::valid).
    pub fn logits(&self, pixels: &[u8], picture: Shape) -> Result<Array2<f32>> {
        let shape = [pixels.len() / picture.elements().max(1), picture.elements()];
        let pixels: Vec<f32> = pixels.iter().map(|p| f32::from(*p) / 255.0).collect();
        let pixels = Tensor::from_data(TensorData::new(pixels, shape), &Device::flex());
        let logits = self.forward(pixels, None);
        let shape = logits.dims();
        Array2::from_shape_vec(shape, numbers(logits)?).context("the logits")
    }

    /// The finished network, which takes pixels from 0 to 255.
    pub fn network(&self, name: &str, picture: Shape, labels: Vec<String>) -> Result<Network> {
        let mut layers = Vec::new();
        for block in &self.blocks {
            layers.extend(block.layers()?);
        }
        Ok(Network::chain(name, picture, labels, layers))
    }

    /// Puts back into their range what a step of the optimiser took out of it.
    pub fn constrained(self) -> Self {
        Self {
            blocks: self.blocks.into_iter().map(Block::constrained).collect(),
        }
    }

    /// Brings running means up to date, so that a checkpoint holds all of them.
    pub fn settle(&self) {
        self.blocks.iter().for_each(Block::settle);
    }
}
