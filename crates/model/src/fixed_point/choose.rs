//! Choosing fractional bits, ring and comparison width for each layer.

use blindsight_mpc::{argmax::Classes, ring::Ring};
use ndarray::{Array1, Array2};

use super::{
    IntegerLayer, IntegerNetwork,
    interval::{self, Interval},
};
use crate::{
    network::{FullyConnected, Layer, Network},
    plan::{Activation, Hidden, Linear, LinearMap, Output, Plan, PlanError, Reveal},
};

/// Fractional bits of activations that are tried, the most precise first. Each bit costs one level
/// of every comparison key; ten are as good as floating point on the bundled networks.
const ACTIVATION_BITS: [u32; 5] = [10, 9, 8, 7, 6];
/// Fractional bits of weights: no more are useful, and fewer lose accuracy.
const WEIGHT_BITS: std::ops::RangeInclusive<u32> = 8..=16;

/// Why a network cannot be evaluated in integers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FixedPointError {
    /// The layers do not alternate as the protocol needs.
    #[error(
        "layer {layer} ({found}) is out of place: fully connected layers and ReLU must alternate \
         and the last layer must be a fully connected one"
    )]
    Order {
        /// The layer, from 1.
        layer: usize,
        /// What it is.
        found: &'static str,
    },
    /// A weight or bias is not a finite number, or too large for an integer.
    #[error("layer {layer} has a weight or bias that is not a finite number of reasonable size")]
    Weight {
        /// The layer, from 1.
        layer: usize,
    },
    /// No ring holds the layer's sums.
    #[error(
        "layer {layer} can reach values of {bits} bits, more than any ring holds; scale its \
         weights down, for example by training with weight decay or batch normalisation"
    )]
    Overflow {
        /// The layer, from 1.
        layer: usize,
        /// Bits that the sums need at the lowest useful precision.
        bits: u32,
    },
    /// The network is larger than the plan allows, or its layers do not fit together.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

impl IntegerNetwork {
    /// Converts a network, choosing the narrowest ring and the highest precision that are proved
    /// to hold every value for every picture.
    ///
    /// # Errors
    ///
    /// The layer that does not fit, and why.
    pub fn from_float(network: &Network) -> Result<Self, FixedPointError> {
        let layers = alternate(network)?;
        // Before any work that grows faster than the network.
        let classes = layers.last().map_or(0, |(_, layer)| layer.weights.nrows());
        if Classes::new(classes).is_none() {
            return Err(PlanError::Classes { found: classes }.into());
        }
        // The most precise activations for which everything fits Z_2^32; failing that, Z_2^64.
        let narrow = ACTIVATION_BITS
            .iter()
            .find_map(|bits| convert(network, &layers, *bits, &[Ring::Z32]).ok());
        match narrow {
            Some(integers) => Ok(integers),
            None => convert(
                network,
                &layers,
                ACTIVATION_BITS[0],
                &[Ring::Z32, Ring::Z64],
            ),
        }
    }
}

/// The fully connected layers of a network in which they alternate with ReLU, each with its
/// number, from 1.
fn alternate(network: &Network) -> Result<Vec<(usize, &FullyConnected)>, FixedPointError> {
    let mut linear = Vec::new();
    for (index, layer) in network.layers.iter().enumerate() {
        let expects_linear = index % 2 == 0;
        match layer {
            Layer::FullyConnected(layer) if expects_linear => linear.push((index + 1, layer)),
            Layer::Relu if !expects_linear && index + 1 < network.layers.len() => {}
            Layer::FullyConnected(_) => {
                return Err(FixedPointError::Order {
                    layer: index + 1,
                    found: "fully connected",
                });
            }
            Layer::Relu => {
                return Err(FixedPointError::Order {
                    layer: index + 1,
                    found: "ReLU",
                });
            }
        }
    }
    if linear.is_empty() {
        return Err(FixedPointError::Order {
            layer: 1,
            found: "nothing",
        });
    }
    Ok(linear)
}

fn convert(
    network: &Network,
    layers: &[(usize, &FullyConnected)],
    activation_bits: u32,
    rings: &[Ring],
) -> Result<IntegerNetwork, FixedPointError> {
    let mut inputs = vec![Interval::PIXEL; network.input.pixels()];
    let mut input_bits = 0;
    let mut hidden = Vec::new();
    let mut integers = Vec::new();
    for (position, (number, layer)) in layers.iter().enumerate() {
        let (outputs, width) = layer.weights.dim();
        if width != inputs.len() || layer.bias.len() != outputs {
            return Err(PlanError::Shape {
                step: position,
                takes: width,
                given: inputs.len(),
            }
            .into());
        }
        let fitted = fit(layer, *number, &inputs, input_bits, rings)?;
        let linear = Linear {
            map: LinearMap::FullyConnected {
                inputs: width as u32,
                outputs: outputs as u32,
            },
            ring: fitted.ring,
        };
        if position + 1 == layers.len() {
            let range = interval::differences(&fitted.layer, &inputs);
            let reveal = Reveal::Class {
                width: range.bits().max(2),
            };
            integers.push(fitted.layer);
            let plan = Plan::new(network.input, hidden, Output { linear, reveal })?;
            return Ok(IntegerNetwork {
                plan,
                layers: integers,
            });
        }
        let shift = (input_bits + fitted.weight_bits).saturating_sub(activation_bits);
        let truncated: Vec<_> = fitted
            .ranges
            .iter()
            .map(|range| range.truncated(shift))
            .collect();
        hidden.push(Hidden {
            linear,
            activation: Activation::Relu {
                shift,
                width: interval::hull(&truncated).bits().max(2),
            },
        });
        integers.push(fitted.layer);
        inputs = truncated.into_iter().map(Interval::relu).collect();
        input_bits = input_bits + fitted.weight_bits - shift;
    }
    Err(FixedPointError::Order {
        layer: 1,
        found: "nothing",
    })
}

/// A layer in integers, with the proof that its ring holds its outputs.
struct Fitted {
    layer: IntegerLayer,
    ring: Ring,
    weight_bits: u32,
    ranges: Vec<Interval>,
}

/// The narrowest of the rings, and in it the most fractional bits, that hold every output.
fn fit(
    layer: &FullyConnected,
    number: usize,
    inputs: &[Interval],
    input_bits: u32,
    rings: &[Ring],
) -> Result<Fitted, FixedPointError> {
    let mut needed = 0;
    for ring in rings {
        for weight_bits in WEIGHT_BITS.rev() {
            let Some(integers) = scale(layer, weight_bits, input_bits) else {
                continue;
            };
            let ranges = interval::outputs(&integers, inputs);
            // Differences of outputs must fit as well: the last layer compares them.
            needed = interval::hull(&ranges).bits();
            if needed < ring.bits() {
                return Ok(Fitted {
                    layer: integers,
                    ring: *ring,
                    weight_bits,
                    ranges,
                });
            }
        }
    }
    Err(if needed == 0 {
        FixedPointError::Weight { layer: number }
    } else {
        FixedPointError::Overflow {
            layer: number,
            bits: needed,
        }
    })
}

/// Weights times `2^weight_bits`, bias times `2^(weight_bits + input_bits)`, rounded; `None` when
/// one is no finite number or too large.
fn scale(layer: &FullyConnected, weight_bits: u32, input_bits: u32) -> Option<IntegerLayer> {
    let round = |value: f32, bits: u32, limit: f64| {
        let scaled = (f64::from(value) * 2_f64.powi(bits as i32)).round();
        (scaled.abs() < limit).then_some(scaled)
    };
    let weights: Option<Vec<i32>> = layer
        .weights
        .iter()
        .map(|w| round(*w, weight_bits, 2_f64.powi(31)).map(|w| w as i32))
        .collect();
    let bias: Option<Vec<i64>> = layer
        .bias
        .iter()
        .map(|b| round(*b, weight_bits + input_bits, 2_f64.powi(62)).map(|b| b as i64))
        .collect();
    Some(IntegerLayer {
        weights: Array2::from_shape_vec(layer.weights.raw_dim(), weights?).ok()?,
        bias: Array1::from_vec(bias?),
    })
}
