//! Hosting: the model owner's weights, and the masks that hide them from the data owner.

use std::sync::Arc;

use blindsight_model::{fixed_point::IntegerNetwork, plan::Plan};
use blindsight_mpc::{
    prg::{Domain, Prg, Purpose},
    ring::{Shares, Word},
    seed::Seed,
    with_ring,
};

use crate::{
    data_owner::printable,
    matrix::{Element, Matrix, write},
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

/// A network ready to be hosted.
///
/// No `Debug`: the weights are the model owner's secret.
pub struct Hosting {
    network: Arc<IntegerNetwork>,
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
        network: Arc<IntegerNetwork>,
        name: &str,
        labels: &[String],
    ) -> Result<Self, HostingError> {
        let (classes, found) = (network.plan().classes().count(), labels.len());
        if classes != found {
            return Err(HostingError::Labels { classes, found });
        }
        let mut names = labels.iter().map(String::as_str).chain([name]);
        if let Some(name) = names.find(|name| !printable(name)) {
            let shown = name.chars().take(40).collect::<String>();
            return Err(HostingError::Name(shown.escape_debug().to_string()));
        }
        Ok(Self {
            network,
            name: name.to_owned(),
            labels: labels.to_vec(),
        })
    }

    /// The public plan.
    pub fn plan(&self) -> &Plan {
        self.network.plan()
    }

    /// What the model owner calls the network.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The labels of the classes.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    pub(crate) fn network(&self) -> &IntegerNetwork {
        &self.network
    }

    /// `E = W - B` of a linear map under the seed that the model owner shares with the helper, as
    /// little-endian words, row by row.
    pub(crate) fn masked_weights(&self, number: usize, seed: &Seed) -> Option<Vec<u8>> {
        let linear = self.plan().linears().get(number)?;
        let layer = self.network.layers().get(number)?;
        let mask = weight_mask(self.plan(), number, seed)?;
        with_ring!(linear.ring, T => {
            let (w, b) = (layer.weights.to_words::<T>(), T::of(&mask)?);
            let e: Shares<T> = w.iter().zip(b.iter()).map(|(w, b)| w.sub(*b)).collect();
            Some(write(&e))
        })
    }
}

/// `B` of a linear map: known to the helper and to the model owner, once for each pair of parties.
pub(crate) fn weight_mask(plan: &Plan, number: usize, seed: &Seed) -> Option<Matrix> {
    let linear = plan.linears().get(number)?;
    let domain = Domain {
        purpose: Purpose::WeightMask,
        number: 0,
        step: number as u32,
    };
    let mut prg = Prg::new(seed, domain);
    Some(Matrix::expand(linear.ring, linear.weights(), &mut prg))
}
