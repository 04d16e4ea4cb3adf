//! What compute parties compute, in the clear: the integer network with the signs that the scheme
//! gives.

use blindsight_mpc::{shamir::legendre::Symbols, with_field};
use ndarray::Array1;

use super::{Finish, Scheme, Signs};
use crate::{
    evaluate::{WrongPixels, argmax, integer},
    fixed_point::IntegerNetwork,
    plan::Activation,
};

/// The logits of a picture; with [`super::Signs::Exact`] those of [`integer::logits`].
///
/// # Errors
///
/// When there are not as many pixels as the network takes.
pub fn logits(
    scheme: &Scheme,
    network: &IntegerNetwork,
    pixels: &[u8],
) -> Result<Array1<i64>, WrongPixels> {
    let sign = |step: usize, activation: &Activation, y: i64| match scheme.finish(step) {
        Some(Finish::Legendre(symbols)) => clear(scheme, symbols, y),
        _ => activation.gate.of(y >> activation.shift),
    };
    integer::logits_with(network, pixels, sign)
}

/// Of each step's sums those for which symbols may give a wrong sign, and how many sums there are;
/// nothing where no symbols are used.
///
/// # Errors
///
/// As [`logits`].
pub fn outside(
    scheme: &Scheme,
    network: &IntegerNetwork,
    pixels: &[u8],
) -> Result<Vec<(usize, usize)>, WrongPixels> {
    let Signs::Legendre(symbols) = scheme.signs() else {
        return Ok(Vec::new());
    };
    let range = with_field!(scheme.prime(), F => symbols.range::<F>()).unwrap_or(0);
    let mut counts = vec![(0, 0); scheme.plan().hidden().len()];
    integer::logits_with(network, pixels, |step, activation, y| {
        let Some(Finish::Legendre(symbols)) = scheme.finish(step) else {
            return activation.gate.of(y >> activation.shift);
        };
        let (out, all) = &mut counts[step];
        *out += usize::from(y.unsigned_abs() > range.into());
        *all += 1;
        clear(scheme, symbols, y)
    })?;
    Ok(counts)
}

/// The sign that the symbols give.
fn clear(scheme: &Scheme, symbols: Symbols, y: i64) -> i64 {
    with_field!(scheme.prime(), F => symbols.clear::<F>(y)).into()
}

/// The index of the largest logit, the lower one of equals.
///
/// # Errors
///
/// As [`logits`].
pub fn classify(
    scheme: &Scheme,
    network: &IntegerNetwork,
    pixels: &[u8],
) -> Result<usize, WrongPixels> {
    Ok(argmax(&logits(scheme, network, pixels)?))
}
