//! The role that a tab plays.

#[cfg(feature = "compute-parties")]
use blindsight_member::ComputePartyMember;
use blindsight_member::{
    DataOwnerMember, HelperMember, HostOptions, ModelOwnerMember, Output, Saved,
};
use blindsight_parties::{Consent, DEFAULT_POOL};
use blindsight_session::{Identity, Invitation, RelayOrigin, Role as Place, Site};
use rand::rngs::StdRng;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::{engine, options};

/// What a person reads whose page has loaded the module without the engine that a room needs.
#[cfg(not(feature = "compute-parties"))]
pub(crate) const LEFT_OUT: &str = "This page has not loaded what a room of compute parties needs. Reload it, then open the link again.";

/// A member of any role.
pub(crate) enum Role {
    DataOwner(Box<DataOwnerMember>),
    ModelOwner(Box<ModelOwnerMember>),
    Helper(Box<HelperMember>),
    #[cfg(feature = "compute-parties")]
    ComputeParty(Box<ComputePartyMember>),
}

/// A role that is about to start, and where its relay is.
pub(crate) struct Start {
    pub(crate) role: Role,
    pub(crate) url: String,
}

/// The same call on a member of any role.
macro_rules! each {
    ($role:expr, $member:ident => $call:expr) => {
        match $role {
            Role::DataOwner($member) => $call,
            Role::ModelOwner($member) => $call,
            Role::Helper($member) => $call,
            #[cfg(feature = "compute-parties")]
            Role::ComputeParty($member) => $call,
        }
    };
}

impl Role {
    /// Reads the page's options and starts a role by its name.
    ///
    /// # Errors
    ///
    /// A sentence for the person: what is wrong with the link or with the file.
    pub(crate) fn start(name: &str, options: JsValue, rng: &mut StdRng) -> Result<Start, JsError> {
        match name {
            "data-owner" => {
                let (invitation, identity) = invitation(options, Place::DataOwner)?;
                let member = DataOwnerMember::join(&invitation, identity, DEFAULT_POOL, rng);
                Ok(Start {
                    role: Self::DataOwner(Box::new(member)),
                    url: invitation.relay_url(),
                })
            }
            "helper" => {
                let (invitation, identity) = invitation(options, Place::Helper)?;
                let member = HelperMember::join(&invitation, identity, rng);
                Ok(Start {
                    role: Self::Helper(Box::new(member)),
                    url: invitation.relay_url(),
                })
            }
            #[cfg(feature = "compute-parties")]
            "compute-party" => {
                let (invitation, identity) = invitation(options, Place::ComputeParty)?;
                let member = ComputePartyMember::join(&invitation, identity, rng);
                Ok(Start {
                    role: Self::ComputeParty(Box::new(member)),
                    url: invitation.relay_url(),
                })
            }
            "model-owner" => host(serde_wasm_bindgen::from_value(options)?, rng),
            other => Err(JsError::new(&format!("There is no role called {other}."))),
        }
    }

    pub(crate) fn connected(&mut self, now: f64) -> Output {
        each!(self, member => member.connected(now))
    }

    pub(crate) fn disconnected(&mut self, now: f64, rng: &mut StdRng) -> Output {
        each!(self, member => member.disconnected(now, rng))
    }

    pub(crate) fn receive(&mut self, now: f64, frame: &[u8], rng: &mut StdRng) -> Output {
        each!(self, member => member.receive(now, frame, rng))
    }

    pub(crate) fn tick(&mut self, now: f64, rng: &mut StdRng) -> Output {
        each!(self, member => member.tick(now, rng))
    }

    pub(crate) fn verify(
        &mut self,
        now: f64,
        peer: &str,
        matches: bool,
        rng: &mut StdRng,
    ) -> Output {
        each!(self, member => member.verify(now, peer, matches, rng))
    }

    pub(crate) fn watch(&mut self, watched: bool) {
        each!(self, member => member.watch(watched));
    }

    pub(crate) fn stop(&mut self) -> Output {
        each!(self, member => member.stop())
    }

    pub(crate) fn is_over(&self) -> bool {
        each!(self, member => member.is_over())
    }

    /// What can wait until the last frames are on their way.
    pub(crate) fn prepare(&mut self, now: f64) -> Output {
        match self {
            Self::ModelOwner(member) => member.prepare(now),
            _ => Output::default(),
        }
    }

    pub(crate) fn classify(
        &mut self,
        now: f64,
        pixels: Vec<u8>,
        rng: &mut StdRng,
    ) -> Result<Output, JsError> {
        match self {
            Self::DataOwner(member) => Ok(member.classify(now, Zeroizing::new(pixels), rng)),
            _ => Err(JsError::new("Only a data owner classifies pictures.")),
        }
    }

    pub(crate) fn cancel(&mut self) -> usize {
        match self {
            Self::DataOwner(member) => member.cancel(),
            _ => 0,
        }
    }

    pub(crate) fn ask(&mut self, now: f64, consent: Consent) -> Result<Output, JsError> {
        match self {
            Self::ModelOwner(member) => Ok(member.ask(now, consent)),
            _ => Err(JsError::new("Only a model owner is asked.")),
        }
    }

    pub(crate) fn answer(&mut self, now: f64, guest: u32, allow: bool) -> Result<Output, JsError> {
        match self {
            Self::ModelOwner(member) => Ok(member.answer(now, guest, allow)),
            _ => Err(JsError::new("Only a model owner is asked.")),
        }
    }

    pub(crate) fn free_seat(
        &mut self,
        now: f64,
        index: u8,
        rng: &mut StdRng,
    ) -> Result<Output, JsError> {
        match self {
            Self::ModelOwner(member) => Ok(member.free_seat(now, index, rng)),
            _ => Err(JsError::new("Only a model owner frees seats.")),
        }
    }

    pub(crate) fn dismiss(&mut self, now: f64, guest: u32) -> Result<Output, JsError> {
        match self {
            Self::ModelOwner(member) => Ok(member.dismiss(now, guest)),
            _ => Err(JsError::new("Only a model owner sends data owners away.")),
        }
    }
}

fn invitation(options: JsValue, role: Place) -> Result<(Invitation, Option<Identity>), JsError> {
    let options: options::Guest = serde_wasm_bindgen::from_value(options)?;
    let invitation = Invitation::parse(&options.invitation)?;
    #[cfg(not(feature = "compute-parties"))]
    if invitation.parties().is_some() {
        return Err(JsError::new(LEFT_OUT));
    }
    if invitation.role() == role {
        // What was kept by another version is of no use, and no harm.
        let private = options
            .identity
            .and_then(|kept| kept.as_slice().try_into().ok());
        Ok((invitation, private.map(Identity::from_private)))
    } else {
        let other = invitation.role();
        let text = format!("This link invites a {other}, not a {role}. Open it in a new tab.");
        Err(JsError::new(&text))
    }
}

fn host(options: options::Host, rng: &mut StdRng) -> Result<Start, JsError> {
    let relay = RelayOrigin::parse(&options.relay)?;
    let network = options.model.network()?;
    let reveal = options.reveal.parse()?;
    let saved = match &options.saved {
        Some(bytes) => Some(Saved::from_bytes(bytes).ok_or_else(|| {
            JsError::new("What this browser remembers of the room cannot be read. Forget it.")
        })?),
        None => None,
    };
    let url = relay.socket_url();
    let host = HostOptions {
        relay,
        site: Site::parse(&options.site)?,
        helper: options.helper,
        uses: options.uses,
        budget: options.budget,
        remember: options.remember,
    };
    let member = engine::open((&network, reveal), options.parties, (host, saved), rng)?;
    Ok(Start {
        role: Role::ModelOwner(Box::new(member)),
        url,
    })
}
