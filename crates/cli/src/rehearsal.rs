//! All roles in this process, with the system's randomness and clock.

use std::{sync::Arc, time::Instant};

use anyhow::Context;
use blindsight_model::{fixed_point::IntegerNetwork, network::Network, shamir::Scheme};
use blindsight_parties::{Rehearsed, shamir};
use rand::{
    SeedableRng,
    rngs::{StdRng, SysRng},
};

/// All three roles with a network.
pub struct Rehearsal {
    roles: blindsight_parties::Rehearsal<StdRng>,
    clock: Instant,
}

/// Compute parties and their clients with a network.
pub struct SharedRehearsal {
    roles: shamir::Rehearsal<StdRng>,
    clock: Instant,
}

impl SharedRehearsal {
    /// All join, and the weights are shared.
    ///
    /// # Errors
    ///
    /// When the network cannot be hosted, or the system has no randomness.
    pub fn open(
        network: &Network,
        integers: &Arc<IntegerNetwork>,
        scheme: &Scheme,
    ) -> anyhow::Result<Self> {
        let names = (network.name.as_str(), network.labels.as_slice());
        Ok(Self {
            roles: shamir::Rehearsal::open(integers, scheme, names, rng()?)?,
            clock: Instant::now(),
        })
    }

    /// Classifies one picture.
    ///
    /// # Errors
    ///
    /// When a party aborts, or measured costs are not the declared ones.
    pub fn classify(&mut self, pixels: &[u8]) -> anyhow::Result<shamir::Rehearsed> {
        let clock = self.clock;
        let now = || clock.elapsed().as_secs_f64() * 1e3;
        Ok(self.roles.classify(pixels, now)?)
    }
}

/// A generator with a seed of the system.
///
/// # Errors
///
/// When the system has no randomness.
pub fn rng() -> anyhow::Result<StdRng> {
    StdRng::try_from_rng(&mut SysRng).context("the system has no randomness")
}

impl Rehearsal {
    /// All three join and agree. Up to `batch` pictures can be classified together.
    ///
    /// # Errors
    ///
    /// When the network cannot be hosted, or the system has no randomness.
    pub fn open(
        network: &Network,
        integers: &Arc<IntegerNetwork>,
        batch: usize,
    ) -> anyhow::Result<Self> {
        let (name, labels) = (&network.name, &network.labels);
        Ok(Self {
            roles: blindsight_parties::Rehearsal::open(integers, name, labels, batch, rng()?)?,
            clock: Instant::now(),
        })
    }

    /// Classifies pictures together.
    ///
    /// # Errors
    ///
    /// When a party aborts, or measured costs are not the declared ones.
    pub fn classify(&mut self, pictures: &[&[u8]]) -> anyhow::Result<Rehearsed> {
        let clock = self.clock;
        let now = || clock.elapsed().as_secs_f64() * 1e3;
        Ok(self.roles.classify(pictures, now)?)
    }
}
