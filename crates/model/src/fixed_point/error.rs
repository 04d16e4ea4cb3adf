//! Why a network cannot be evaluated in integers.

use crate::{network::ShapeError, plan::PlanError};

/// Why a network cannot be evaluated in integers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FixedPointError {
    /// The network has no layer.
    #[error("the network has no layers; it needs at least one with weights")]
    Empty,
    /// A layer does not fit what comes into it.
    #[error(transparent)]
    Shape(#[from] ShapeError),
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
    /// Values of different precision meet, and no integer factor brings them together.
    #[error(
        "layer {layer} joins values whose scales are in no simple ratio: means of windows with \
         different numbers of elements can't be added or joined; put an activation in between"
    )]
    Scales {
        /// The layer, from 1.
        layer: usize,
    },
    /// An average whose windows see too different numbers of elements.
    #[error("layer {layer}: the windows of this average see too different numbers of elements")]
    Average {
        /// The layer, from 1.
        layer: usize,
    },
    /// A slope or a limit that makes no sense.
    #[error(
        "layer {layer}: a leaky ReLU needs a slope from 0 to 1 and a clip an upper limit above 0"
    )]
    Activation {
        /// The layer, from 1.
        layer: usize,
    },
    /// The network is larger than the plan allows, or its layers do not fit together.
    #[error(transparent)]
    Plan(#[from] PlanError),
}
