//! The linear gate: `y = W x + b` with `W` known to one party in the clear.
//!
//! `W` may be any map that is linear in `W` and in `x`: a matrix or a convolution. Once for each
//! pair of parties the weights are split: the dealer and the model owner know `B` from their seed,
//! the data owner gets `E = W - B`. The dealer knows the data owner's share `x_D` of the input, for
//! it comes of a mask: what the data owner sends is `x - x_M - x_D`. For each image the dealer
//! gives the data owner `c = -B x_D - s`, where `s` masks the output. Then
//!
//! ```text
//! data owner, before any image:  y_D = E x_D - c
//! model owner:                   y_M = W x_M + b - s
//! ```
//!
//! and `y_D + y_M = W x + b`.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::{
    geometry::{Shape, Window},
    kernel::{Weight, convolve, products},
    ring::{Shares, Word},
};

/// The shape of a linear map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinearMap {
    /// `W x` with `W` of shape `[outputs, inputs]`.
    FullyConnected {
        /// Values that enter.
        inputs: u32,
        /// Values that leave.
        outputs: u32,
    },
    /// The cross-correlation with `W` of shape
    /// `[channels, channels of the input / groups x kernel rows x kernel columns]`.
    Convolution {
        /// What enters.
        input: Shape,
        /// Channels that leave.
        channels: u32,
        /// Where the kernel is laid.
        window: Window,
        /// Into how many groups inputs and outputs are divided.
        groups: u32,
    },
}

impl LinearMap {
    /// Values that enter; saturates.
    pub fn inputs(&self) -> usize {
        match self {
            Self::FullyConnected { inputs, .. } => *inputs as usize,
            Self::Convolution { input, .. } => input.elements(),
        }
    }

    /// What leaves; `None` when the window does not fit or the groups divide the channels of input
    /// or output with a remainder.
    pub fn output(&self) -> Option<Shape> {
        match self {
            Self::FullyConnected { outputs, .. } => Some(Shape::flat(*outputs)),
            Self::Convolution {
                input,
                channels,
                window,
                groups,
            } => {
                let divides = |n: u32| n.checked_rem(*groups) == Some(0);
                let divided = divides(input.channels) && divides(*channels);
                divided.then(|| input.under(window, *channels)).flatten()
            }
        }
    }

    /// Rows and columns of `W`; saturate.
    pub fn weights(&self) -> (usize, usize) {
        match self {
            Self::FullyConnected { inputs, outputs } => (*outputs as usize, *inputs as usize),
            Self::Convolution {
                input,
                channels,
                window,
                groups,
            } => {
                let inputs = input.channels.checked_div(*groups).unwrap_or(0) as usize;
                let kernel = window.kernel.map(|n| n as usize);
                let columns = inputs.saturating_mul(kernel[0]).saturating_mul(kernel[1]);
                (*channels as usize, columns)
            }
        }
    }

    /// Multiplications of one evaluation; saturates.
    pub fn work(&self) -> u64 {
        let (rows, columns) = self.weights();
        let places = self.output().map_or(0, Shape::plane);
        [rows, columns, places]
            .iter()
            .fold(1, |work, n| work.saturating_mul(*n as u64))
    }

    /// `W x` for each `x`, with one pass over `W`.
    ///
    /// # Panics
    ///
    /// When `w` is not of the shape of [`LinearMap::weights`] or an `x` not as long as
    /// [`LinearMap::inputs`]: the caller has checked them against the plan.
    pub fn apply_all<T: Word, W: Weight<T>>(
        &self,
        w: ArrayView2<'_, W>,
        xs: &[&[T]],
    ) -> Vec<Shares<T>> {
        let results = match self {
            Self::FullyConnected { .. } => products(w, xs),
            Self::Convolution {
                input,
                window,
                groups,
                ..
            } => {
                let output = self.output();
                let one = |x: &&[T]| match output {
                    Some(output) => convolve(w, x, *input, output, window, *groups),
                    None => Vec::new(),
                };
                xs.iter().map(one).collect()
            }
        };
        results.into_iter().map(Shares::new).collect()
    }
}

/// The dealer's correction `c = -B x_D - s` from the product `B x_D`.
pub fn correction<T: Word>(product: &[T], s: &[T]) -> Shares<T> {
    let words = product.iter().zip(s);
    words.map(|(p, s)| p.add(*s).neg()).collect()
}

/// The data owner's share `y_D = E x_D - c` from the product `E x_D`, before any image exists.
pub fn data_owner_share<T: Word>(product: &[T], c: &[T]) -> Shares<T> {
    product.iter().zip(c).map(|(p, c)| p.sub(*c)).collect()
}

/// The model owner's share `y_M = W x_M + (b - s)` from the product `W x_M`.
pub fn model_owner_share<T: Word>(product: &[T], offset: &[T]) -> Shares<T> {
    product.iter().zip(offset).map(|(p, o)| p.add(*o)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use proptest::prelude::*;

    fn shares_sum_to_the_product(map: LinearMap, seed: [u8; 32]) {
        let domain = crate::prg::Domain {
            purpose: crate::prg::Purpose::InputMask,
            number: 1,
            step: 0,
        };
        let mut prg = crate::prg::Prg::new(&crate::seed::Seed::from_bytes(seed), domain);
        let (rows, columns) = map.weights();
        let mut matrix = || {
            let words = prg.words::<u32>(rows * columns).to_vec();
            Array2::from_shape_vec((rows, columns), words).unwrap()
        };
        let (w, b) = (matrix(), matrix());
        let e = &w.mapv(std::num::Wrapping) - &b.mapv(std::num::Wrapping);
        let e = e.mapv(|word| word.0);
        let outputs = map.output().unwrap().elements();
        let (x_d, x_m) = (
            prg.words::<u32>(map.inputs()),
            prg.words::<u32>(map.inputs()),
        );
        let (bias, s) = (prg.words::<u32>(outputs), prg.words::<u32>(outputs));

        let apply = |w: &Array2<u32>, x: &[u32]| map.apply_all(w.view(), &[x]).remove(0);
        let c = correction(&apply(&b, &x_d), &s);
        let y_d = data_owner_share(&apply(&e, &x_d), &c);
        let offset: Vec<u32> = bias
            .iter()
            .zip(s.iter())
            .map(|(b, s)| b.wrapping_sub(*s))
            .collect();
        let y_m = model_owner_share(&apply(&w, &x_m), &offset);

        let x: Vec<u32> = x_d
            .iter()
            .zip(x_m.iter())
            .map(|(a, b)| a.wrapping_add(*b))
            .collect();
        let product = apply(&w, &x);
        for place in 0..outputs {
            let expected = product[place].wrapping_add(bias[place]);
            assert_eq!(y_d[place].wrapping_add(y_m[place]), expected);
        }
    }

    proptest! {
        #[test]
        fn the_two_shares_sum_to_the_product(
            seed: [u8; 32], outputs in 1_u32..6, inputs in 1_u32..9, side in 3_u32..7,
        ) {
            shares_sum_to_the_product(LinearMap::FullyConnected { inputs, outputs }, seed);
            let convolution = LinearMap::Convolution {
                input: Shape { channels: 2, height: side, width: side },
                channels: 2 * outputs,
                window: Window::square(3, 1).padded(1),
                groups: 2,
            };
            shares_sum_to_the_product(convolution, seed);
        }
    }

    #[test]
    fn what_does_not_fit_has_no_output() {
        let convolution = |input: u32, channels, groups| LinearMap::Convolution {
            input: Shape {
                channels: input,
                height: 4,
                width: 4,
            },
            channels,
            window: Window::square(3, 1),
            groups,
        };
        assert_eq!(convolution(4, 6, 2).output().map(Shape::elements), Some(24));
        assert_eq!(convolution(4, 6, 2).weights(), (6, 18));
        assert_eq!(convolution(4, 6, 2).work(), 6 * 18 * 4);
        for (input, channels, groups) in [(4, 6, 0), (4, 6, 3), (3, 6, 2)] {
            assert_eq!(convolution(input, channels, groups).output(), None);
        }
    }
}
