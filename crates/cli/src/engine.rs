//! Which engine computes: options of several commands.

use anyhow::bail;
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
    /// With `--engine shamir`: how many compute parties there are, 3 to 9; 3 unless given. Any fewer
    /// than half of them learn nothing, even together.
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u8).range(3..=9))]
    pub parties: Option<u8>,
    /// With `--engine shamir`: how the signs of a binarised network are found. `exact` compares, and
    /// is what is done unless given; 1, 3 or 5 Legendre symbols take fewer messages, and are wrong for
    /// large sums.
    #[arg(long, value_name = "exact|1|3|5")]
    pub signs: Option<Signs>,
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
    /// How many compute parties there are, where they compute.
    pub fn parties(&self) -> u8 {
        self.parties.unwrap_or(3)
    }

    /// How many compute parties there are; none where there is a helper.
    pub fn shared(&self) -> Option<u8> {
        (self.engine == Engine::Shamir).then(|| self.parties())
    }

    /// How signs are found, where compute parties compute.
    pub fn signs(&self) -> Signs {
        self.signs.unwrap_or(Signs::Exact)
    }

    /// A network in integers, and its scheme where compute parties evaluate it.
    ///
    /// # Errors
    ///
    /// When the network does not fit the engine, or options of the other engine are given.
    pub fn fit(
        &self,
        network: &Network,
        reveal: Reveal,
    ) -> anyhow::Result<(IntegerNetwork, Option<Scheme>)> {
        let demands = self.precision.demands();
        match self.engine {
            // Whoever asks for parties must not get a helper instead.
            Engine::Dealt if self.parties.is_some() || self.signs.is_some() => bail!(
                "--parties and --signs are for equal parties; give --engine shamir, too, or leave them out"
            ),
            Engine::Dealt => {
                let integers = IntegerNetwork::from_float_with(network, demands)?;
                Ok((integers.revealing(reveal)?, None))
            }
            Engine::Shamir => {
                let committee = Committee::new(self.parties())?;
                let (integers, scheme) =
                    Scheme::of_network(network, reveal, committee, self.signs(), demands)?;
                Ok((integers, Some(scheme)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_for_parties_gets_no_helper() {
        let network = crate::bundled::find("mnist-mlp")
            .unwrap()
            .network()
            .unwrap();
        let fit = |engine, parties| {
            let options = EngineOptions {
                engine,
                parties,
                signs: None,
                precision: PrecisionOptions::default(),
            };
            options.fit(&network, Reveal::Ranking { top: 1 })
        };
        let error = fit(Engine::Dealt, Some(5)).err().unwrap().to_string();
        assert!(error.contains("--engine shamir"), "{error}");
        assert!(fit(Engine::Dealt, None).unwrap().1.is_none());
        let scheme = fit(Engine::Shamir, None).unwrap().1.unwrap();
        assert_eq!(scheme.committee().size(), 3);
    }
}
