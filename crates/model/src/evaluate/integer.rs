//! The integer network in the clear: what the secure evaluation is compared against.

use ndarray::Array1;

use super::WrongPixels;
use crate::{fixed_point::IntegerNetwork, plan::Activation};

/// The logits of a picture, exactly: every sum fits by the plan's proof.
///
/// `pixels` are 8-bit values, channel by channel and row by row. An activation is
/// `max(floor(y / 2^shift), 0)`; a secure one may be larger by one unit.
///
/// # Errors
///
/// When there are not as many pixels as the network takes.
pub fn logits(network: &IntegerNetwork, pixels: &[u8]) -> Result<Array1<i64>, WrongPixels> {
    WrongPixels::check(network.plan().input(), pixels)?;
    let mut x: Array1<i64> = pixels.iter().map(|p| i64::from(*p)).collect();
    let mut hidden = network.plan().hidden().iter();
    for layer in network.layers() {
        let products = layer.weights.rows().into_iter().map(|row| {
            let terms = row.iter().zip(&x);
            terms.fold(0_i64, |sum, (w, x)| {
                sum.wrapping_add(i64::from(*w).wrapping_mul(*x))
            })
        });
        let mut y: Array1<i64> = products.collect();
        y.zip_mut_with(&layer.bias, |y, b| *y = y.wrapping_add(*b));
        if let Some(step) = hidden.next() {
            let Activation::Relu { shift, .. } = step.activation;
            y.mapv_inplace(|y| (y >> shift).max(0));
        }
        x = y;
    }
    Ok(x)
}

/// The index of the largest logit, the lower one of equals.
///
/// # Errors
///
/// As [`logits`].
pub fn classify(network: &IntegerNetwork, pixels: &[u8]) -> Result<usize, WrongPixels> {
    Ok(super::argmax(&logits(network, pixels)?))
}
