//! A fully connected layer.

use anyhow::Result;
use blindsight_model::network::{FullyConnected, Layer};
use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, module::linear},
};
use chacha20::ChaCha8Rng;
use ndarray::{Array1, Array2};

use super::{drawn, he, numbers, zeros};
use crate::architecture::Input;

/// `y = W x + b`.
#[derive(Module, Debug)]
pub struct Dense {
    /// Shape `[inputs, outputs]`.
    weight: Param<Tensor<2>>,
    /// Shape `[outputs]`.
    bias: Param<Tensor<1>>,
    #[module(skip)]
    unit: f32,
}

impl Dense {
    /// A layer with weights drawn from `rng` and a bias of 0.
    pub fn new(input: Input, outputs: u32, rng: &mut ChaCha8Rng, device: &Device) -> Self {
        let (inputs, outputs) = (input.shape.elements(), outputs as usize);
        Self {
            weight: drawn([inputs, outputs], he(inputs), rng, device),
            bias: zeros(outputs, device),
            unit: input.unit,
        }
    }

    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        linear(x, self.weight.val(), Some(self.bias.val()))
    }

    pub fn layer(&self) -> Result<Layer> {
        let weight = self.weight.val();
        let [inputs, outputs] = weight.dims();
        let weights = Array2::from_shape_vec((inputs, outputs), numbers(weight)?)?;
        Ok(Layer::FullyConnected(FullyConnected {
            // In rows, whichever way the framework keeps them.
            weights: (weights / self.unit).t().as_standard_layout().into_owned(),
            bias: Array1::from_vec(numbers(self.bias.val())?),
        }))
    }
}
