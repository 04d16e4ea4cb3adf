//! Which engine evaluates a network: a helper and two parties, or compute parties.

use std::sync::Arc;

use blindsight_member::{HostOptions, Inspection, ModelOwnerMember, Saved};
use blindsight_model::{fixed_point::IntegerNetwork, network::Network, plan::Reveal};
use blindsight_parties::Hosting;
use rand::rngs::StdRng;
use wasm_bindgen::prelude::*;

use crate::tab;

/// Opens a room for a network with a helper, or with so many compute parties.
///
/// # Errors
///
/// A sentence for the person: why the network cannot be hosted so.
pub(crate) fn open(
    (network, reveal): (&Network, Reveal),
    parties: Option<u8>,
    (options, saved): (HostOptions, Option<Saved>),
    rng: &mut StdRng,
) -> Result<ModelOwnerMember, JsError> {
    if let Some(parties) = parties {
        return shared::open((network, reveal), parties, (options, saved), rng);
    }
    let integers = IntegerNetwork::from_float(network)?;
    let classes = integers.plan().classes().count();
    let reveal = match reveal {
        Reveal::Ranking { top } => Reveal::Ranking {
            top: u8::try_from(classes).map_or(top, |all| all.min(top)),
        },
        Reveal::Scores => Reveal::Scores,
    };
    let hosting = hosting(network, integers.revealing(reveal)?)?;
    Ok(ModelOwnerMember::open(options, hosting, saved, rng)?)
}

/// Looks at a network as it is with a helper, or with so many compute parties.
///
/// # Errors
///
/// A sentence for the person: why it cannot be hosted so.
pub(crate) fn inspect(network: &Network, parties: Option<u8>) -> Result<Inspection, JsError> {
    if let Some(parties) = parties {
        return shared::inspect(network, parties);
    }
    let integers = Arc::new(IntegerNetwork::from_float(network)?);
    let clock = tab::clock()?;
    let now = || clock.now();
    Ok(Inspection::new(network, &integers, tab::rng()?, now)?)
}

fn hosting(network: &Network, integers: IntegerNetwork) -> Result<Hosting, JsError> {
    let (name, labels) = (&network.name, &network.labels);
    Ok(Hosting::new(Arc::new(integers), name, labels)?)
}

#[cfg(feature = "compute-parties")]
mod shared {
    use blindsight_model::{
        fixed_point::Demands,
        shamir::{Scheme, Signs},
    };
    use blindsight_mpc::shamir::Committee;

    use super::*;

    pub(super) fn open(
        (network, reveal): (&Network, Reveal),
        parties: u8,
        (options, saved): (HostOptions, Option<Saved>),
        rng: &mut StdRng,
    ) -> Result<ModelOwnerMember, JsError> {
        let (integers, scheme) = fit(network, reveal, parties)?;
        let hosted = (hosting(network, integers)?, scheme);
        Ok(ModelOwnerMember::open_shared(options, hosted, saved, rng)?)
    }

    pub(super) fn inspect(network: &Network, parties: u8) -> Result<Inspection, JsError> {
        let (integers, scheme) = fit(network, Reveal::Ranking { top: 1 }, parties)?;
        Ok(Inspection::shared(network, &integers, &scheme))
    }

    fn fit(
        network: &Network,
        reveal: Reveal,
        parties: u8,
    ) -> Result<(IntegerNetwork, Scheme), JsError> {
        let committee = Committee::new(parties)?;
        Ok(Scheme::of_network(
            network,
            reveal,
            committee,
            Signs::Exact,
            Demands::default(),
        )?)
    }
}

/// In its place where that engine is left out. A page that chooses it has loaded the other module.
#[cfg(not(feature = "compute-parties"))]
mod shared {
    use super::*;

    pub(super) fn open(
        _: (&Network, Reveal),
        _: u8,
        _: (HostOptions, Option<Saved>),
        _: &mut StdRng,
    ) -> Result<ModelOwnerMember, JsError> {
        Err(left_out())
    }

    pub(super) fn inspect(_: &Network, _: u8) -> Result<Inspection, JsError> {
        Err(left_out())
    }

    fn left_out() -> JsError {
        JsError::new(crate::role::LEFT_OUT)
    }
}
