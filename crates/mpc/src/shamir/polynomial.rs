//! Polynomials by their values at consecutive points: Lagrange's coefficients.

use super::{
    field::{Field, invert_all},
    shares::Shares,
};

/// The points at which values are known.
#[derive(Clone, Copy)]
pub(super) struct Points {
    first: u8,
    count: u8,
}

impl Points {
    /// 0 to `degree`: the secret and the first parties' shares.
    pub(super) fn from_zero(degree: usize) -> Self {
        Self {
            first: 0,
            count: degree as u8 + 1,
        }
    }

    /// 1 to `degree + 1`: the first parties' shares.
    pub(super) fn from_one(degree: usize) -> Self {
        Self {
            first: 1,
            count: degree as u8 + 1,
        }
    }

    /// By what the values are multiplied and summed to give the one at `at`.
    pub(super) fn coefficients<F: Field>(self, at: u8) -> Vec<F> {
        coefficients(
            &(self.first..self.first + self.count).collect::<Vec<_>>(),
            at,
        )
    }
}

/// By what the values at `points`, all different, are multiplied and summed to give the one at `at`.
pub(super) fn coefficients<F: Field>(points: &[u8], at: u8) -> Vec<F> {
    let element = |point: u8| F::from_u64(point.into());
    let others = |own: u8| points.iter().copied().filter(move |other| *other != own);
    let mut coefficients: Vec<F> = points
        .iter()
        .map(|own| {
            others(*own).fold(F::ONE, |below, other| {
                below * (element(*own) - element(other))
            })
        })
        .collect();
    invert_all(&mut coefficients);
    for (coefficient, own) in coefficients.iter_mut().zip(points) {
        let above = others(*own).fold(F::ONE, |above, other| {
            above * (element(at) - element(other))
        });
        *coefficient = *coefficient * above;
    }
    coefficients
}

/// The sums of the lists, each scaled by its coefficient.
pub(super) fn evaluate<F: Field>(values: &[impl AsRef<[F]>], coefficients: &[F]) -> Shares<F> {
    let count = values.first().map_or(0, |first| first.as_ref().len());
    let mut sums = Shares::new(vec![F::ZERO; count]);
    for (values, coefficient) in values.iter().zip(coefficients) {
        for (sum, value) in sums.iter_mut().zip(values.as_ref()) {
            *sum += *value * *coefficient;
        }
    }
    sums
}
