//! What happens to an opened result between two affine maps.

use blindsight_mpc::{compare::Function, tournament::Tournament};
use serde::{Deserialize, Serialize};

use crate::network::{Shape, Window};

/// Maximum pooling, then a function of each element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activation {
    /// Pooling in front, at full precision.
    pub pool: Option<MaxPool>,
    /// Fractional bits to drop.
    pub shift: u32,
    /// `m`: the bits of the shifted value in two's complement, which the comparison costs.
    pub width: u32,
    /// The function.
    pub gate: Gate,
}

/// The largest element of each window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaxPool {
    /// The windows.
    pub window: Window,
    /// Low bits that comparisons leave out.
    pub shift: u32,
    /// Bits of a shifted difference of two elements of a window.
    pub width: u32,
}

/// A function of one opened value; its result lives in the ring of the value that it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gate {
    /// +1 where the value is at least 0, -1 elsewhere.
    Sign,
    /// One of the functions that a key of three words gives.
    Function(Function),
}

impl Gate {
    /// What it gives in the clear.
    pub fn of(self, z: i64) -> i64 {
        match self {
            Self::Sign => {
                if z >= 0 {
                    1
                } else {
                    -1
                }
            }
            Self::Function(function) => function.of(z),
        }
    }
}

impl Activation {
    /// What comes of a result of shape `from`; `None` when the window does not fit.
    pub fn output(&self, from: Shape) -> Option<Shape> {
        match &self.pool {
            Some(pool) => from.pooled(&pool.window),
            None => Some(from),
        }
    }

    /// The rounds of pooling over a result of shape `from`, and the indices of the elements that
    /// play. `None` when there is no pooling.
    pub fn tournament(&self, from: Shape) -> Option<(Tournament, Vec<usize>)> {
        let pool = self.pool.as_ref()?;
        Tournament::new(from, &pool.window)
    }
}
