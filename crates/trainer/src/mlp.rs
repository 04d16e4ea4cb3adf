//! A multilayer perceptron in training.

use anyhow::{Result, anyhow};
use blindsight_model::network::{FullyConnected, Layer};
use burn::{
    module::{Module, Param},
    nn::Linear,
    tensor::{Device, Tensor, TensorData, activation::relu},
};
use chacha20::ChaCha8Rng;
use ndarray::{Array1, Array2};
use rand::RngExt;

/// Linear layers with a ReLU between two. They take pixels from 0 to 1.
#[derive(Module, Debug)]
pub struct Mlp {
    linear: Vec<Linear>,
}

impl Mlp {
    /// Weights drawn from `rng`; `sizes` are the values that go in, those between layers, and those
    /// that come out.
    pub fn new(sizes: &[usize], rng: &mut ChaCha8Rng, device: &Device) -> Self {
        let linear = sizes
            .iter()
            .zip(sizes.iter().skip(1))
            .map(|(&inputs, &outputs)| {
                // He et al., "Delving deep into rectifiers", section 2.2, as an even distribution.
                let range = (6.0 / inputs as f32).sqrt();
                let mut draw = || rng.random_range(-range..=range);
                let weights: Vec<f32> = std::iter::repeat_with(&mut draw)
                    .take(inputs * outputs)
                    .collect();
                let weights = TensorData::new(weights, [inputs, outputs]);
                let bias = TensorData::new(vec![0.0_f32; outputs], [outputs]);
                Linear {
                    weight: Param::from_data(weights, device),
                    bias: Some(Param::from_data(bias, device)),
                }
            });
        Self {
            linear: linear.collect(),
        }
    }

    /// The logits, shape `[pictures, classes]`, of pixels, shape `[pictures, pixels]`.
    pub fn forward(&self, pixels: Tensor<2>) -> Tensor<2> {
        let mut x = pixels;
        for (index, linear) in self.linear.iter().enumerate() {
            if index > 0 {
                x = relu(x);
            }
            x = linear.forward(x);
        }
        x
    }

    /// The layers, the first of which takes pixels from 0 to 255.
    pub fn layers(&self) -> Result<Vec<Layer>> {
        let mut layers = Vec::new();
        for linear in &self.linear {
            let weight = linear.weight.val();
            let [inputs, outputs] = weight.dims();
            let weights = Array2::from_shape_vec((inputs, outputs), numbers(weight)?)?;
            let scale = if layers.is_empty() { 255.0 } else { 1.0 };
            let bias = linear
                .bias
                .as_ref()
                .ok_or_else(|| anyhow!("a layer has no bias"))?;
            if !layers.is_empty() {
                layers.push(Layer::Relu);
            }
            layers.push(Layer::FullyConnected(FullyConnected {
                // In rows, whichever way the framework keeps them.
                weights: (weights / scale).t().as_standard_layout().into_owned(),
                bias: Array1::from_vec(numbers(bias.val())?),
            }));
        }
        Ok(layers)
    }
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    let data = tensor.into_data().try_to_vec::<f32>();
    data.map_err(|error| anyhow!("reading the weights: {error:?}"))
}
