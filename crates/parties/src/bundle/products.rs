//! Products of masks with the weights that a party holds, for several bundles at a time.
//!
//! What goes into the linear maps at the data owner, and at the helper who deals for it, comes of
//! masks alone. So both can compute `E x_D` and `B x_D` of coming bundles together, and read the
//! weights from memory once for all of them. How many is doubled each time, so that who wants one
//! bundle does not wait for many.

use std::collections::VecDeque;

use blindsight_model::plan::Plan;
use blindsight_mpc::{bundle::BundleNumber, ring::Shares, seed::Seed, with_ring};

use super::Layout;
use crate::matrix::{Element, Matrix};

/// The most bundles at a time: more gain nothing, and are lost when nobody wants them.
const MOST: usize = 16;

/// Products of the bundles that come next. Erased when dropped, for their words are.
pub(crate) struct Products {
    /// The products of each linear map, for bundles of consecutive numbers.
    ready: VecDeque<(BundleNumber, Vec<Matrix>)>,
    /// The last bundle whose products were computed.
    last: Option<BundleNumber>,
    /// How many are computed next time.
    next: usize,
}

impl Default for Products {
    fn default() -> Self {
        Self {
            ready: VecDeque::new(),
            last: None,
            next: 1,
        }
    }
}

impl Products {
    /// The products of a bundle, once. `weights` are those that the party holds of each linear map,
    /// the seed is the one that data owner and helper share.
    ///
    /// `None` when the weights do not fit the plan.
    pub(crate) fn take(
        &mut self,
        plan: &Plan,
        weights: &[Matrix],
        seed: &Seed,
        number: BundleNumber,
    ) -> Option<Vec<Matrix>> {
        // Numbers rise: what is left of lower ones is not wanted any more.
        while self.ready.front().is_some_and(|(ready, _)| *ready < number) {
            self.ready.pop_front();
        }
        if self.ready.front().is_none_or(|(ready, _)| *ready != number) {
            // Who leaves out numbers gets no more at a time than who has just come.
            if self.last.and_then(BundleNumber::next) != Some(number) {
                self.next = 1;
            }
            let after = |number: &BundleNumber| number.next();
            let numbers = std::iter::successors(Some(number), after).take(self.next);
            let numbers: Vec<BundleNumber> = numbers.collect();
            self.last = numbers.last().copied();
            self.next = MOST.min(2 * self.next);
            self.ready = compute(plan, weights, seed, &numbers)?;
        }
        self.ready.pop_front().map(|(_, products)| products)
    }
}

fn compute(
    plan: &Plan,
    weights: &[Matrix],
    seed: &Seed,
    numbers: &[BundleNumber],
) -> Option<VecDeque<(BundleNumber, Vec<Matrix>)>> {
    let inputs: Vec<Vec<Matrix>> = numbers
        .iter()
        .map(|number| inputs(Layout::new(plan, *number), seed))
        .collect();
    let products = numbers.iter().map(|number| (*number, Vec::new()));
    let mut products: VecDeque<_> = products.collect();
    for (index, (linear, weights)) in plan.linears().iter().zip(weights).enumerate() {
        with_ring!(linear.ring, T => {
            let xs = inputs.iter().map(|of_bundle| Some(&**T::of(of_bundle.get(index)?)?));
            let xs: Option<Vec<&[T]>> = xs.collect();
            let of_map = weights.apply_all(&linear.map, &xs?)?;
            for ((_, products), product) in products.iter_mut().zip(of_map) {
                products.push(T::wrap(product));
            }
        });
    }
    let complete = |(_, of_bundle): &(_, Vec<Matrix>)| of_bundle.len() == plan.linears().len();
    products.iter().all(complete).then_some(products)
}

/// What the data owner's shares of a bundle bring into each linear map.
fn inputs(layout: Layout<'_>, seed: &Seed) -> Vec<Matrix> {
    let plan = layout.plan;
    let masks = layout.value_masks(seed);
    let mut inputs = Vec::with_capacity(plan.linears().len());
    for step in 0..plan.steps() {
        with_ring!(plan.affine(step).ring, T => {
            let value = |k: usize| layout.data_owner_value::<T>(&masks, k);
            plan.run::<T>(step, &value, &mut |_, _, x| {
                inputs.push(T::wrap(Shares::new(x.to_vec())));
                None
            });
        });
    }
    inputs
}

#[cfg(test)]
mod tests {
    use super::*;
    use blindsight_model::{
        fixed_point::IntegerNetwork,
        network::{Activation, FullyConnected, Layer, Network, Shape},
    };
    use blindsight_mpc::prg::{Domain, Prg, Purpose};
    use ndarray::{Array1, Array2};

    fn words(matrices: &[Matrix]) -> Vec<Vec<u32>> {
        let words = matrices.iter().map(|matrix| u32::of(matrix).unwrap());
        words.map(|words| words.to_vec()).collect()
    }

    /// However many are computed at a time, each bundle gets its own products.
    #[test]
    fn a_bundle_gets_its_products_whenever_they_were_computed() {
        let layer = |outputs, inputs| {
            Layer::FullyConnected(FullyConnected {
                weights: Array2::from_elem((outputs, inputs), 0.01),
                bias: Array1::zeros(outputs),
            })
        };
        let input = Shape {
            channels: 1,
            height: 3,
            width: 3,
        };
        let layers = vec![
            layer(4, 9),
            Layer::Activation(Activation::Relu),
            layer(2, 4),
        ];
        let labels = ["a", "b"].map(str::to_owned).to_vec();
        let network = Network::chain("test", input, labels, layers);
        let network = IntegerNetwork::from_float(&network).unwrap();
        let plan = network.plan();
        let seed = Seed::from_bytes([7; 32]);
        let domain = Domain {
            purpose: Purpose::WeightMask,
            number: 0,
            step: 0,
        };
        let mut stream = Prg::new(&seed, domain);
        let linears = plan.linears().iter();
        let weights: Vec<Matrix> = linears
            .map(|linear| Matrix::expand(linear.ring, linear.weights(), &mut stream))
            .collect();

        let mut products = Products::default();
        let mut seen = Vec::new();
        // Some numbers are never asked for.
        for number in (1..60).filter(|number| number % 11 != 5) {
            let number = BundleNumber::try_from(number).unwrap();
            let got = products.take(plan, &weights, &seed, number).unwrap();
            let alone = Products::default()
                .take(plan, &weights, &seed, number)
                .unwrap();
            assert_eq!(words(&got), words(&alone));
            assert!(!seen.contains(&words(&got)), "masks that serve twice");
            seen.push(words(&got));
            assert!(products.ready.len() < MOST);
        }
        assert_eq!(products.next, MOST);
        assert!(
            products
                .take(plan, &weights[1..], &seed, BundleNumber::FIRST)
                .is_none()
        );
    }
}
