//! Layers whose weights are +1 or -1: Courbariaux, Hubara, Soudry, El-Yaniv, Bengio, "Binarized
//! neural networks: training deep neural networks with weights and activations constrained to +1
//! or -1" (2016).
//!
//! Behind each weight stands a real number from -1 to 1 that is trained; the weight is its sign.
//! A sign has no useful derivative, so that gradients go straight through it.

use anyhow::{Result, ensure};
use blindsight_model::network::{Activation, FullyConnected, Layer};
use burn::{
    module::{Module, Param},
    nn::{BatchNorm, BatchNormConfig},
    tensor::{Device, Tensor},
};
use chacha20::ChaCha8Rng;
use ndarray::{Array1, Array2};

use super::{drawn, numbers, zeros};
use crate::architecture::Input;

mod fold;

/// Numbers behind weights are drawn up to this size, so that signs change soon.
const RANGE: f32 = 0.1;

/// Signs of sums: `sign(norm(W x))`, where `W` is +1 or -1 and `norm` is batch normalisation.
#[derive(Module, Debug)]
pub struct BinarySigns {
    /// The numbers behind the weights, shape `[inputs, outputs]`.
    weight: Param<Tensor<2>>,
    norm: BatchNorm,
    #[module(skip)]
    unit: f32,
}

/// Sums with a bias, all on one scale.
#[derive(Module, Debug)]
pub struct BinaryLogits {
    /// The numbers behind the weights, shape `[inputs, outputs]`.
    weight: Param<Tensor<2>>,
    /// The logarithm of the scale of the sums, whose size is about 1 at a scale of 1. Shape `[1]`.
    scale: Param<Tensor<1>>,
    /// Shape `[outputs]`.
    bias: Param<Tensor<1>>,
    #[module(skip)]
    unit: f32,
}

impl BinarySigns {
    /// A layer with weights drawn from `rng`.
    pub fn new(input: Input, outputs: u32, rng: &mut ChaCha8Rng, device: &Device) -> Self {
        let (inputs, outputs) = (input.shape.elements(), outputs as usize);
        Self {
            weight: drawn([inputs, outputs], RANGE, rng, device),
            norm: BatchNormConfig::new(outputs).init(device),
            unit: input.unit,
        }
    }

    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let sums = x.matmul(sign(self.weight.val()));
        // Far from 0 a sign does not change: no gradient there.
        sign(self.norm.forward(sums).clamp(-1.0, 1.0))
    }

    /// A layer of whole sums that are never 0, and their signs.
    pub fn layers(&self) -> Result<[Layer; 2]> {
        let mut weights = signs(self.weight.val())?;
        let reach = fold::reach(weights.ncols(), self.unit);
        let norm = |values| numbers(values).map(Array1::from_vec);
        let (gain, shift) = (norm(self.norm.gamma.val())?, norm(self.norm.beta.val())?);
        let mean = norm(self.norm.running_mean.value_sync())?;
        let variance = norm(self.norm.running_var.value_sync())?;
        let mut bias = Array1::zeros(weights.nrows());
        for (output, mut row) in weights.rows_mut().into_iter().enumerate() {
            let norm = fold::Norm {
                gain: gain[output].into(),
                shift: shift[output].into(),
                mean: mean[output].into(),
                deviation: (f64::from(variance[output]) + self.norm.epsilon).sqrt(),
            };
            let folded = norm.fold(self.unit.into(), reach);
            if folded.flip {
                row.mapv_inplace(|weight| -weight);
            }
            bias[output] = folded.bias;
        }
        Ok([
            Layer::FullyConnected(FullyConnected { weights, bias }),
            Layer::Activation(Activation::Sign),
        ])
    }

    /// Puts the numbers behind the weights back into their range.
    pub fn constrained(self) -> Self {
        Self {
            weight: constrained(self.weight),
            ..self
        }
    }

    /// Brings the running means up to date.
    pub fn settle(&self) {
        self.norm.running_mean.value_sync();
        self.norm.running_var.value_sync();
    }
}

impl BinaryLogits {
    /// A layer with weights drawn from `rng`.
    pub fn new(input: Input, outputs: u32, rng: &mut ChaCha8Rng, device: &Device) -> Self {
        let (inputs, outputs) = (input.shape.elements(), outputs as usize);
        Self {
            weight: drawn([inputs, outputs], RANGE, rng, device),
            scale: zeros(1, device),
            bias: zeros(outputs, device),
            unit: input.unit,
        }
    }

    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let weight = self.weight.val();
        let [inputs, outputs] = weight.dims();
        let sums = x.matmul(sign(weight));
        let scale = self.scale.val().exp() / (inputs as f64).sqrt();
        sums * scale.reshape([1, 1]) + self.bias.val().reshape([1, outputs])
    }

    /// The same sums without the scale: the largest logit stays the largest.
    pub fn layer(&self) -> Result<Layer> {
        let weights = signs(self.weight.val())?;
        let scale = numbers(self.scale.val())?;
        ensure!(scale.len() == 1, "the sums have {} scales", scale.len());
        let scale = f64::from(scale[0]).exp() / (weights.ncols() as f64).sqrt();
        let whole = |bias: f32| (f64::from(bias) * f64::from(self.unit) / scale).round() as f32;
        let bias = numbers(self.bias.val())?.into_iter().map(whole).collect();
        Ok(Layer::FullyConnected(FullyConnected { weights, bias }))
    }

    /// Puts the numbers behind the weights back into their range.
    pub fn constrained(self) -> Self {
        Self {
            weight: constrained(self.weight),
            ..self
        }
    }
}

/// +1 where `x` is at least 0, -1 elsewhere; the gradient is that of `x`.
fn sign<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    let value = x.clone().detach();
    let sign = value.clone().greater_equal_scalar(0.0).float() * 2.0 - 1.0;
    // The difference is 0 exactly and brings the gradient.
    sign.detach() + (x - value)
}

/// The weights behind which the numbers stand, shape `[outputs, inputs]`.
fn signs(behind: Tensor<2>) -> Result<Array2<f32>> {
    let [inputs, outputs] = behind.dims();
    let behind = Array2::from_shape_vec((inputs, outputs), numbers(behind)?)?;
    let signs = behind.mapv(|number| Activation::Sign.of(number));
    Ok(signs.t().as_standard_layout().into_owned())
}

fn constrained(weight: Param<Tensor<2>>) -> Param<Tensor<2>> {
    weight.map(|weight| {
        let weight = weight.inner().clamp(-1.0, 1.0);
        Tensor::from_inner(weight).require_grad()
    })
}
