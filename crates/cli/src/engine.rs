//! Which engine computes: options of several commands.

use blindsight_model::{
    fixed_point::IntegerNetwork,
    network::Network,
    plan::Reveal,
    shamir::{Scheme, Signs},
};
use blindsight_mpc::shamir::Committee;
use clap::ValueEnum;

use crate::precision::PrecisionOptions;

/// Which engine computes.
#[derive(Clone, Debug, clap::Args)]
pub struct EngineOptions {
    /// Who computes: the data owner and the model owner, with a helper that neither of them may work
    /// together with; or equal parties without a helper, of whom a majority is honest.
    #[arg(long, value_enum, default_value_t = Engine::Dealt)]
    pub engine: Engine,
    /// With `--engine shamir`: how many compute parties there are, 3 to 9. Any fewer than half of
    /// them learn nothing, even together.
    #[arg(long, value_name = "M", default_value_t = 3, value_parser = clap::value_parser!(u8).range(3..=9))]
    pub parties: u8,
    /// With `--engine shamir`: how the signs of a binarised network are found. `exact` compares; 1, 3
    /// or 5 Legendre symbols take fewer messages, and are wrong for large sums.
    #[arg(long, value_name = "exact|1|3|5", default_value = "exact")]
    pub signs: Signs,
    #[command(flatten)]
    pub precision: PrecisionOptions,
}

/// An engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// Two parties and a helper: fast.
    Dealt,
    /// Equal parties and no helper.
    Shamir,
}

impl EngineOptions {
    /// A network in integers, and its scheme where compute parties evaluate it.
    ///
    /// # Errors
    ///
    /// When the network does not fit the engine.
    pub fn fit(
        &self,
        network: &Network,
        reveal: Reveal,
    ) -> anyhow::Result<(IntegerNetwork, Option<Scheme>)> {
        let demands = self.precision.demands();
        match self.engine {
            Engine::Dealt => {
                let integers = IntegerNetwork::from_float_with(network, demands)?;
                Ok((integers.revealing(reveal)?, None))
            }
            Engine::Shamir => {
                let committee = Committee::new(self.parties)?;
                let (integers, scheme) =
                    Scheme::of_network(network, reveal, committee, self.signs, demands)?;
                Ok((integers, Some(scheme)))
            }
        }
    }
}
