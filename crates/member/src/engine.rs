//! The two engines as one: a helper and two parties, or compute parties of whom a majority is honest.

#[cfg(not(feature = "compute-parties"))]
mod left_out;

use blindsight_model::shamir::Scheme;
use blindsight_parties::{Consent, DataOwner, Hosting, Misuse, ModelOwner, Peer, Reason, Step};
use rand_core::CryptoRng;

#[cfg(feature = "compute-parties")]
use blindsight_parties::shamir;
#[cfg(not(feature = "compute-parties"))]
use left_out as shamir;

use crate::plan_view::PlanView;

/// A data owner of either engine.
#[cfg_attr(not(feature = "compute-parties"), expect(dead_code))]
pub(crate) enum DataOwnerEngine {
    Dealt(DataOwner),
    Shared(shamir::DataOwner),
}

/// A model owner of either engine.
#[cfg_attr(not(feature = "compute-parties"), expect(dead_code))]
pub(crate) enum ModelOwnerEngine {
    Dealt(Box<ModelOwner>),
    Shared(Box<shamir::ModelOwner>),
}

/// The same call on either engine.
macro_rules! either {
    ($engine:expr, $party:ident => $call:expr) => {
        match $engine {
            Self::Dealt($party) => $call,
            Self::Shared($party) => $call,
        }
    };
}

impl DataOwnerEngine {
    /// For a room with so many compute parties, or with a helper.
    pub(crate) fn new(pool: usize, parties: Option<u8>) -> Self {
        match parties {
            #[cfg(feature = "compute-parties")]
            Some(parties) => Self::Shared(shamir::DataOwner::new(pool, parties)),
            // Without that engine nobody gets so far: see `Invitation::parties`.
            _ => Self::Dealt(DataOwner::new(pool)),
        }
    }

    pub(crate) fn peer_joined(&mut self, peer: Peer) -> Step {
        either!(self, party => party.peer_joined(peer))
    }

    pub(crate) fn peer_left(&mut self, peer: Peer) -> Step {
        either!(self, party => party.peer_left(peer))
    }

    pub(crate) fn receive(&mut self, from: Peer, message: &[u8], rng: &mut impl CryptoRng) -> Step {
        match self {
            Self::Dealt(party) => party.receive(from, message, rng),
            Self::Shared(party) => party.receive(from, message),
        }
    }

    /// So many pictures are known to wait.
    pub(crate) fn expect(&mut self, pictures: usize) -> Step {
        match self {
            Self::Dealt(party) => party.expect(pictures),
            Self::Shared(_) => Step::default(),
        }
    }

    /// How many pictures can be classified together now. Compute parties take one after the other.
    pub(crate) fn room(&self) -> usize {
        match self {
            Self::Dealt(party) => party.room(),
            Self::Shared(party) => party.ready().min(1),
        }
    }

    /// Classifies as many pictures together as there is room for.
    pub(crate) fn classify(
        &mut self,
        pictures: &[&[u8]],
        rng: &mut impl CryptoRng,
    ) -> Result<Step, Misuse> {
        match (self, pictures) {
            (Self::Dealt(party), pictures) => party.classify(pictures),
            (Self::Shared(party), [pixels]) => party.classify(pixels, rng),
            (Self::Shared(_), _) => Err(Misuse::NotReady),
        }
    }

    pub(crate) fn stop(&mut self) -> Step {
        either!(self, party => party.stop())
    }

    pub(crate) fn ready(&self) -> usize {
        either!(self, party => party.ready())
    }

    pub(crate) fn left(&self) -> Option<u32> {
        either!(self, party => party.left())
    }

    pub(crate) fn may_become_ready(&self) -> bool {
        either!(self, party => party.may_become_ready())
    }

    pub(crate) fn longest_message(&self) -> usize {
        either!(self, party => party.longest_message())
    }
}

impl ModelOwnerEngine {
    /// Hosts a network: among compute parties where there is a scheme, else with a helper.
    pub(crate) fn new(hosting: Hosting, scheme: Option<Scheme>) -> Self {
        match scheme {
            #[cfg(feature = "compute-parties")]
            Some(scheme) => Self::Shared(Box::new(shamir::ModelOwner::new(hosting, scheme))),
            _ => Self::Dealt(Box::new(ModelOwner::new(hosting))),
        }
    }

    /// What all members compare.
    pub(crate) fn hash(&self) -> [u8; 32] {
        match self {
            Self::Dealt(party) => *party.plan().hash().as_bytes(),
            Self::Shared(party) => *party.scheme().hash().as_bytes(),
        }
    }

    /// What people are shown of the network.
    pub(crate) fn view(&self) -> PlanView {
        match self {
            Self::Dealt(party) => PlanView::from(party.plan()),
            Self::Shared(party) => PlanView::from(party.scheme()),
        }
    }

    /// How many compute parties there are to be; none where there is a helper.
    pub(crate) fn parties(&self) -> Option<u8> {
        match self {
            Self::Dealt(_) => None,
            Self::Shared(party) => Some(party.scheme().committee().into()),
        }
    }

    /// Compute parties that are not here yet.
    pub(crate) fn missing(&self) -> usize {
        match self {
            Self::Dealt(_) => 0,
            Self::Shared(party) => {
                let here = party.parties().count();
                party.scheme().committee().size().saturating_sub(here)
            }
        }
    }

    pub(crate) fn guest_joined(&mut self, guest: u32, left: u32, rng: &mut impl CryptoRng) -> Step {
        match self {
            Self::Dealt(party) => party.guest_joined(guest, left, rng),
            Self::Shared(party) => party.guest_joined(guest, left),
        }
    }

    /// Somebody else than a guest was let in.
    pub(crate) fn peer_joined(&mut self, peer: Peer, rng: &mut impl CryptoRng) -> Step {
        match (self, peer) {
            (Self::Dealt(party), Peer::Helper) => party.helper_joined(rng),
            (Self::Shared(party), Peer::ComputeParty(index)) => party.party_joined(index, rng),
            _ => Step::default(),
        }
    }

    pub(crate) fn peer_left(&mut self, peer: Peer, rng: &mut impl CryptoRng) -> Step {
        match self {
            Self::Dealt(party) => party.peer_left(peer),
            Self::Shared(party) => party.peer_left(peer, rng),
        }
    }

    pub(crate) fn peer_misbehaved(
        &mut self,
        peer: Peer,
        reason: Reason,
        rng: &mut impl CryptoRng,
    ) -> Step {
        match self {
            Self::Dealt(party) => party.peer_misbehaved(peer, reason),
            Self::Shared(party) => party.peer_misbehaved(peer, reason, rng),
        }
    }

    pub(crate) fn receive(&mut self, from: Peer, message: &[u8], rng: &mut impl CryptoRng) -> Step {
        match self {
            Self::Dealt(party) => party.receive(from, message),
            Self::Shared(party) => party.receive(from, message, rng),
        }
    }

    pub(crate) fn prepare(&mut self) -> Step {
        match self {
            Self::Dealt(party) => party.prepare(),
            Self::Shared(_) => Step::default(),
        }
    }

    pub(crate) fn ask(&mut self, consent: Consent) -> Step {
        either!(self, party => party.ask(consent))
    }

    pub(crate) fn answer(&mut self, guest: u32, allow: bool) -> Step {
        either!(self, party => party.answer(guest, allow))
    }

    pub(crate) fn dismiss(&mut self, guest: u32) -> Step {
        either!(self, party => party.dismiss(guest))
    }

    pub(crate) fn stop(&mut self) -> Step {
        either!(self, party => party.stop())
    }

    pub(crate) fn longest_message(&self, from: Peer) -> usize {
        either!(self, party => party.longest_message(from))
    }
}
