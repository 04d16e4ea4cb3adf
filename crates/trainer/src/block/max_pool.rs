//! Max pooling.

use anyhow::{Context, Result};
use blindsight_model::network::{Layer, Shape, Window};
use burn::{
    module::Module,
    tensor::{Tensor, module::max_pool2d, ops::MaxPoolOptions},
};

/// The largest element in each window.
#[derive(Module, Debug)]
pub struct MaxPool {
    #[module(skip)]
    window: Window,
    #[module(skip)]
    input: Shape,
    #[module(skip)]
    output: Shape,
}

impl MaxPool {
    /// Pooling of values of that shape.
    pub fn new(input: Shape, window: Window) -> Result<Self> {
        let output = input
            .under(&window, input.channels)
            .with_context(|| format!("pooling of {:?} does not fit {input}", window.kernel))?;
        Ok(Self {
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
        } = self.input;
        let x = x.reshape([pictures, channels as usize, height as usize, width as usize]);
        let Window { before, after, .. } = self.window;
        let axis = |axis: usize| (before[axis] as usize, after[axis] as usize);
        let options = MaxPoolOptions {
            kernel_size: self.window.kernel.map(|size| size as usize),
            stride: self.window.stride.map(|stride| stride as usize),
            padding: [axis(0), axis(1)],
            dilation: self.window.dilation.map(|distance| distance as usize),
            ceil_mode: false,
        };
        max_pool2d(x, options).flatten(1, 3)
    }

    pub fn layer(&self) -> Layer {
        Layer::MaxPool(self.window)
    }
}
