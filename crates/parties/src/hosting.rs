//! Hosting: the model owner's weights, and the masks that hide them from the data owner.

use blindsight_model::{fixed_point::IntegerNetwork, plan::Plan};
use blindsight_mpc::{
    prg::{Domain, Prg, Purpose},
    ring::Word,
    seed::Seed,
    with_ring,
};
use zeroize::Zeroizing;

use crate::{
    data_owner::printable,
    matrix::{Matrix, write},
};

/// Why a network cannot be hosted under its names.
#[derive(Debug, thiserror::Error)]
pub enum HostingError {
    /// Not as many labels as classes.
    #[error("the network has {classes} classes but {found} labels; give one for each class")]
    Labels {
        /// Outputs of the last layer.
        classes: usize,
        /// Labels given.
        found: usize,
    },
    /// A label or the name of the network cannot be shown.
    #[error("the name `{0}` is longer than 200 bytes or holds control characters; choose another")]
    Name(String),
}

/// A network ready to be hosted: weights and biases as words of each step's ring.
///
/// No `Debug`: the weights are the model owner's secret.
pub struct Hosting {
    plan: Plan,
    weights: Vec<Matrix>,
    biases: Vec<Zeroizing<Vec<u8>>>,
    name: String,
    labels: Vec<String>,
}

impl Hosting {
    /// Takes over a network. `name` and `labels` are told to the data owner.
    ///
    /// # Errors
    ///
    /// When there are not as many labels as classes, or a name is too long or not printable.
    pub fn new(
        network: &IntegerNetwork,
        name: &str,
        labels: &[String],
    ) -> Result<Self, HostingError> {
        let plan = network.plan().clone();
        let (classes, found) = (plan.classes().count(), labels.len());
        if classes != found {
            return Err(HostingError::Labels { classes, found });
        }
        let mut names = labels.iter().map(String::as_str).chain([name]);
        if let Some(name) = names.find(|name| !printable(name)) {
            let shown = name.chars().take(40).collect::<String>();
            return Err(HostingError::Name(shown.escape_debug().to_string()));
        }
        let layers = || plan.linears().zip(network.layers());
        let weights = layers()
            .map(|(linear, layer)| Matrix::from_integers(linear.ring, &layer.weights))
            .collect();
        let biases = layers()
            .map(|(linear, layer)| {
                with_ring!(linear.ring, T => {
                    let words: Vec<T> = layer.bias.iter().map(|b| T::from_i64(*b)).collect();
                    Zeroizing::new(write(&words))
                })
            })
            .collect();
        Ok(Self {
            weights,
            biases,
            name: name.to_owned(),
            labels: labels.to_vec(),
            plan,
        })
    }

    /// The public plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What the model owner calls the network.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The labels of the classes.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    pub(crate) fn weights(&self, step: usize) -> &Matrix {
        &self.weights[step]
    }

    pub(crate) fn bias(&self, step: usize) -> &[u8] {
        &self.biases[step]
    }

    /// `E = W - B` of each step under the seed that the model owner shares with the helper.
    pub(crate) fn masked_weights(&self, seed: &Seed) -> Option<Vec<Vec<u8>>> {
        let masks = weight_masks(&self.plan, seed)?;
        let pairs = self.weights.iter().zip(&masks);
        pairs.map(|(w, b)| w.masked_with(b)).collect()
    }
}

/// `B` of each step: known to the helper and to the model owner, once for each pair of parties.
pub(crate) fn weight_masks(plan: &Plan, seed: &Seed) -> Option<Vec<Matrix>> {
    let steps = plan.linears().enumerate();
    steps
        .map(|(step, linear)| {
            let domain = Domain {
                purpose: Purpose::WeightMask,
                number: 0,
                step: step as u32,
            };
            let shape = (linear.map.outputs(), linear.map.inputs());
            Matrix::expand(linear.ring, shape, &mut Prg::new(seed, domain))
        })
        .collect()
}

/// Bytes of `E` of one step.
pub(crate) fn masked_weight_bytes(plan: &Plan, step: usize) -> usize {
    plan.linear(step)
        .map_or(0, |linear| linear.map.weights() * linear.ring.bytes())
}
