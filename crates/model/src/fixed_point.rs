//! From floating point to integers that provably fit a ring.
//!
//! Pixels stay as they are. Each layer's weights get as many fractional bits as its ring holds,
//! each activation keeps a fixed number of them. Worst-case ranges come from interval arithmetic
//! over all pictures, so nothing can wrap at run time; what does not fit `Z_2^32` moves to
//! `Z_2^64`, and what does not fit that is refused with the layer named.

mod choose;
mod interval;

pub use choose::FixedPointError;

use ndarray::{Array1, Array2};

use crate::plan::Plan;

/// A network in integers together with its public plan: what a model owner hosts.
///
/// No `Debug`: the weights are the model owner's secret.
pub struct IntegerNetwork {
    plan: Plan,
    layers: Vec<IntegerLayer>,
}

/// One linear step in integers.
pub struct IntegerLayer {
    /// `W` times a power of two, shape `[outputs, inputs]`.
    pub weights: Array2<i32>,
    /// `b` times the same power of two and the scale of the inputs, shape `[outputs]`.
    pub bias: Array1<i64>,
}

impl IntegerNetwork {
    /// The public plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The linear steps, in the order of the plan.
    pub fn layers(&self) -> &[IntegerLayer] {
        &self.layers
    }
}

#[cfg(test)]
mod tests;
