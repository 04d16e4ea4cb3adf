//! Evaluation in the clear: the oracles of the secure evaluation.

use ndarray::Array1;

use crate::network::Shape;

pub mod float;
pub mod integer;

/// A picture does not have the size that the network takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the picture has {found} pixels, but the network takes {expected}")]
pub struct WrongPixels {
    expected: usize,
    found: usize,
}

impl WrongPixels {
    fn check(input: Shape, pixels: &[u8]) -> Result<(), Self> {
        let (expected, found) = (input.elements(), pixels.len());
        if expected == found {
            Ok(())
        } else {
            Err(Self { expected, found })
        }
    }
}

/// The index of the largest value, the lower one of equals; 0 when there is none.
pub fn argmax<T: PartialOrd>(values: &Array1<T>) -> usize {
    let mut best = 0;
    for (index, value) in values.iter().enumerate() {
        if value > &values[best] {
            best = index;
        }
    }
    best
}
