//! Dropout: Srivastava et al., "Dropout: a simple way to prevent neural networks from
//! overfitting".

use burn::{
    module::Module,
    tensor::{Tensor, TensorData},
};
use chacha20::ChaCha8Rng;
use rand::RngExt;

/// Sets a part of the elements to 0 in training and nothing afterwards.
#[derive(Module, Debug)]
pub struct Dropout {
    #[module(skip)]
    part: f32,
}

impl Dropout {
    /// Drops `part` of the elements, at least 0 and less than 1.
    pub fn new(part: f32) -> Self {
        Self { part }
    }

    /// Drops elements as drawn from `noise`; without it, `x` itself.
    pub fn forward(&self, x: Tensor<2>, noise: Option<&mut ChaCha8Rng>) -> Tensor<2> {
        let Some(noise) = noise else {
            return x;
        };
        // What is left is enlarged, so that sums stay as large on average.
        let kept = 1.0 / (1.0 - self.part);
        let mut draw = || {
            let dropped = noise.random::<f32>() < self.part;
            if dropped { 0.0 } else { kept }
        };
        let shape = x.dims();
        let count = shape.iter().product();
        let mask: Vec<f32> = std::iter::repeat_with(&mut draw).take(count).collect();
        let mask = Tensor::from_data(TensorData::new(mask, shape), &x.device());
        x * mask
    }
}
