//! The network as it grows along the graph.
//!
//! Between two activations everything is affine, so it is kept as one map and becomes one layer.

use ndarray::{Array1, Array2};

use super::{MAX_WEIGHTS, error::OnnxError, node::Node, tensor::too_many_weights};
use crate::network::{FullyConnected, Layer};

/// Multiplications that folding may cost in all: some seconds.
const MAX_WORK: u64 = 1 << 34;

/// The layers so far and the affine map since the last activation.
pub(super) struct Flow {
    /// The shape of the value here, without the batch; every dimension is at least 1.
    pub shape: Vec<usize>,
    layers: Vec<Layer>,
    pending: Affine,
    has_weights: bool,
    /// Multiplications that folding may still cost.
    work: u64,
}

/// `y = scale * x + shift` element by element, or `y = weights x + bias`.
enum Affine {
    Identity,
    Elementwise {
        scale: Array1<f64>,
        shift: Array1<f64>,
    },
    Dense {
        weights: Array2<f64>,
        bias: Array1<f64>,
    },
}

impl Flow {
    /// Starts with a value of a shape.
    pub fn new(shape: Vec<usize>) -> Self {
        Self {
            shape,
            layers: Vec::new(),
            pending: Affine::Identity,
            has_weights: false,
            work: MAX_WORK,
        }
    }

    /// Numbers in the value here.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Puts `scale * x + shift` behind; both are as long as the value.
    pub fn elementwise(&mut self, scale: Array1<f64>, shift: Array1<f64>) -> Result<(), OnnxError> {
        let cost = match &self.pending {
            Affine::Dense { weights, .. } => weights.len(),
            Affine::Identity | Affine::Elementwise { .. } => scale.len(),
        };
        self.spend(cost as u64)?;
        self.pending = match std::mem::replace(&mut self.pending, Affine::Identity) {
            Affine::Identity => Affine::Elementwise { scale, shift },
            Affine::Elementwise {
                scale: before,
                shift: offset,
            } => Affine::Elementwise {
                shift: offset * &scale + shift,
                scale: before * scale,
            },
            Affine::Dense { mut weights, bias } => {
                for (mut row, scale) in weights.rows_mut().into_iter().zip(&scale) {
                    row.mapv_inplace(|weight| weight * scale);
                }
                let bias = bias * &scale + shift;
                Affine::Dense { weights, bias }
            }
        };
        Ok(())
    }

    /// Puts `weights x + bias` behind; `weights` has as many columns as the value has numbers.
    pub fn dense(&mut self, weights: Array2<f64>, bias: Array1<f64>) -> Result<(), OnnxError> {
        self.has_weights = true;
        let (outputs, inputs) = weights.dim();
        if let Affine::Dense {
            weights: before, ..
        } = &self.pending
        {
            // Two narrow matrices can make a wide one.
            if outputs
                .checked_mul(before.ncols())
                .is_none_or(|n| n > MAX_WEIGHTS)
            {
                return Err(too_many_weights());
            }
            let work = [outputs, inputs, before.ncols()].map(|n| n as u64);
            self.spend(work.iter().fold(1, |work, n| work.saturating_mul(*n)))?;
        }
        self.pending = match std::mem::replace(&mut self.pending, Affine::Identity) {
            Affine::Identity => Affine::Dense { weights, bias },
            Affine::Elementwise { scale, shift } => Affine::Dense {
                bias: weights.dot(&shift) + bias,
                weights: weights * &scale,
            },
            Affine::Dense {
                weights: before,
                bias: offset,
            } => Affine::Dense {
                bias: weights.dot(&offset) + bias,
                weights: weights.dot(&before),
            },
        };
        Ok(())
    }

    /// Puts `max(x, 0)` behind.
    pub fn relu(&mut self) -> Result<(), OnnxError> {
        self.close()?;
        // Of two in a row the second changes nothing; neither does one over the pixels.
        if matches!(self.layers.last(), Some(Layer::FullyConnected(_))) {
            self.layers.push(Layer::Relu);
        }
        Ok(())
    }

    /// The layers, when nothing follows.
    pub fn finish(mut self) -> Result<Vec<Layer>, OnnxError> {
        if !self.has_weights {
            return Err(OnnxError::NoLinearLayer);
        }
        self.close()?;
        Ok(self.layers)
    }

    /// Makes a layer of the affine map since the last activation.
    fn close(&mut self) -> Result<(), OnnxError> {
        let (weights, bias) = match std::mem::replace(&mut self.pending, Affine::Identity) {
            Affine::Identity => return Ok(()),
            Affine::Elementwise { scale, shift } => {
                if scale
                    .len()
                    .checked_mul(scale.len())
                    .is_none_or(|n| n > MAX_WEIGHTS)
                {
                    return Err(too_many_weights());
                }
                (Array2::from_diag(&scale), shift)
            }
            Affine::Dense { weights, bias } => (weights, bias),
        };
        // Numbers beyond f32 become infinite here.
        let layer = FullyConnected {
            weights: weights.mapv(|weight| weight as f32),
            bias: bias.mapv(|bias| bias as f32),
        };
        if !layer
            .weights
            .iter()
            .chain(&layer.bias)
            .all(|w| w.is_finite())
        {
            let linear = |layer: &&Layer| matches!(layer, Layer::FullyConnected(_));
            let index = self.layers.iter().filter(linear).count() + 1;
            return Err(OnnxError::NonFinite {
                place: format!("the linear layer {index}, with what is folded into it,"),
            });
        }
        self.layers.push(Layer::FullyConnected(layer));
        Ok(())
    }

    fn spend(&mut self, work: u64) -> Result<(), OnnxError> {
        self.work = self.work.checked_sub(work).ok_or(OnnxError::TooLarge {
            what: "multiplications between activations to be folded into one layer".into(),
            limit: MAX_WORK,
        })?;
        Ok(())
    }
}

/// The value here has the shape of a list of numbers: gives its length.
pub(super) fn list(flow: &Flow, node: Node<'_>) -> Result<usize, OnnxError> {
    match flow.shape[..] {
        [length] => Ok(length),
        _ => Err(node.shape(format!(
            "it takes [N, features], and a value of shape [N, {}] comes in; put a Flatten before it",
            dims(&flow.shape)
        ))),
    }
}

/// Dimensions for messages.
pub(super) fn dims(shape: &[usize]) -> String {
    let shape: Vec<_> = shape.iter().map(usize::to_string).collect();
    shape.join(", ")
}
