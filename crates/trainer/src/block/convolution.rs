//! A convolution.

use anyhow::{Context, Result};
use blindsight_model::network::{Convolution as Finished, Layer, Shape, Window};
use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, module::conv2d, ops::ConvOptions},
};
use chacha20::ChaCha8Rng;
use ndarray::{Array3, Array4};

use super::{drawn, he, numbers, zeros};
use crate::architecture::Input;

/// `y = W * x + b` over all channels, zeros around the picture.
#[derive(Module, Debug)]
pub struct Convolution {
    /// Shape `[outputs, inputs, kernel rows, kernel columns]`.
    weight: Param<Tensor<4>>,
    /// Shape `[outputs]`.
    bias: Param<Tensor<1>>,
    #[module(skip)]
    window: Window,
    #[module(skip)]
    input: Input,
    #[module(skip)]
    output: Shape,
}

impl Convolution {
    /// A convolution with weights drawn from `rng` and a bias of 0.
    pub fn new(
        input: Input,
        channels: u32,
        window: Window,
        rng: &mut ChaCha8Rng,
        device: &Device,
    ) -> Result<Self> {
        let output = input.shape.under(&window, channels).with_context(|| {
            format!(
                "a convolution of {:?} does not fit {}",
                window.kernel, input.shape
            )
        })?;
        let [rows, columns] = window.kernel.map(|size| size as usize);
        let inputs = input.shape.channels as usize;
        let shape = [channels as usize, inputs, rows, columns];
        Ok(Self {
            weight: drawn(shape, he(inputs * rows * columns), rng, device),
            bias: zeros(channels as usize, device),
            window,
            input,
            output,
        })
    }

    /// The shape of what it gives.
    pub fn output(&self) -> Shape {
        self.output
    }

    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let [pictures, _] = x.dims();
        let Shape {
            channels,
            height,
            width,
        } = self.input.shape;
        let x = x.reshape([pictures, channels as usize, height as usize, width as usize]);
        let axis = |axis: usize| {
            let Window { before, after, .. } = self.window;
            (before[axis] as usize, after[axis] as usize)
        };
        let options = ConvOptions {
            stride: self.window.stride.map(|stride| stride as usize),
            padding: [axis(0), axis(1)],
            dilation: self.window.dilation.map(|distance| distance as usize),
            groups: 1,
        };
        conv2d(x, self.weight.val(), Some(self.bias.val()), options).flatten(1, 3)
    }

    pub fn layer(&self) -> Result<Layer> {
        let weight = self.weight.val();
        let shape = weight.dims();
        let weights = Array4::from_shape_vec(shape, numbers(weight)?)?;
        let bias = numbers(self.bias.val())?;
        Ok(Layer::Convolution(Finished {
            weights: weights / self.input.unit,
            bias: Array3::from_shape_vec((bias.len(), 1, 1), bias)?,
            window: self.window,
            groups: 1,
        }))
    }
}
