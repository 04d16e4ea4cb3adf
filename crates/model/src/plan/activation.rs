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

/// What a step opens, and who plays in its pooling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Openings {
    /// Words of each opening: of the result, then of each later round.
    pub(super) opened: Vec<usize>,
    pub(super) pooling: Option<Pooling>,
}

/// The pooling of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pooling {
    /// Its first round.
    pub start: Tournament,
    /// The index in the result of everybody who plays.
    pub players: Vec<usize>,
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

    /// How it opens a result of shape `from`; `None` when the window does not fit.
    pub(super) fn openings(&self, from: Shape) -> Option<Openings> {
        let mut opened = vec![from.elements()];
        let Some(pool) = &self.pool else {
            let pooling = None;
            return Some(Openings { opened, pooling });
        };
        let (start, players) = Tournament::new(from, &pool.window)?;
        let mut round = start.clone();
        for _ in 0..start.rounds() {
            round = round.next();
            // The differences of its pairs; in the end what is left.
            opened.push(match round.pairs() {
                0 => round.players(),
                pairs => pairs,
            });
        }
        let pooling = Some(Pooling { start, players });
        Some(Openings { opened, pooling })
    }
}
