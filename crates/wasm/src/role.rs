//! The role that a tab plays.

use blindsight_member::{DataOwnerMember, HelperChoice, HelperMember, ModelOwnerMember, Output};
use blindsight_model::{fixed_point::IntegerNetwork, onnx};
use blindsight_parties::{DEFAULT_POOL, Hosting};
use blindsight_session::{Invitation, RelayOrigin, Role as Place};
use rand::rngs::StdRng;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::options;

/// A member of any role.
pub(crate) enum Role {
    DataOwner(Box<DataOwnerMember>),
    ModelOwner(Box<ModelOwnerMember>),
    Helper(Box<HelperMember>),
}

/// A role that is about to start: where its relay is and what to send there first.
pub(crate) struct Start {
    pub(crate) role: Role,
    pub(crate) url: String,
    pub(crate) frame: Vec<u8>,
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
                let invitation = invitation(options, Place::DataOwner)?;
                let (member, frame) = DataOwnerMember::join(&invitation, DEFAULT_POOL);
                Ok(Start {
                    role: Self::DataOwner(Box::new(member)),
                    url: invitation.relay_url(),
                    frame,
                })
            }
            "helper" => {
                let invitation = invitation(options, Place::Helper)?;
                let (member, frame) = HelperMember::join(&invitation);
                Ok(Start {
                    role: Self::Helper(Box::new(member)),
                    url: invitation.relay_url(),
                    frame,
                })
            }
            "model-owner" => host(serde_wasm_bindgen::from_value(options)?, rng),
            other => Err(JsError::new(&format!("There is no role called {other}."))),
        }
    }

    pub(crate) fn receive(&mut self, now: f64, frame: &[u8], rng: &mut StdRng) -> Output {
        match self {
            Self::DataOwner(member) => member.receive(now, frame, rng),
            Self::ModelOwner(member) => member.receive(frame, rng),
            Self::Helper(member) => member.receive(frame, rng),
        }
    }

    /// What can wait until the last frames are on their way.
    pub(crate) fn prepare(&mut self) -> Output {
        match self {
            Self::ModelOwner(member) => member.prepare(),
            Self::DataOwner(_) | Self::Helper(_) => Output::default(),
        }
    }

    pub(crate) fn classify(&mut self, now: f64, pixels: Vec<u8>) -> Result<Output, JsError> {
        match self {
            Self::DataOwner(member) => Ok(member.classify(now, Zeroizing::new(pixels))),
            _ => Err(JsError::new("Only a data owner classifies pictures.")),
        }
    }

    pub(crate) fn stop(&mut self) -> Output {
        match self {
            Self::DataOwner(member) => member.stop(),
            Self::ModelOwner(member) => member.stop(),
            Self::Helper(member) => member.stop(),
        }
    }
}

fn invitation(options: JsValue, role: Place) -> Result<Invitation, JsError> {
    let options: options::Guest = serde_wasm_bindgen::from_value(options)?;
    let invitation = Invitation::parse(&options.invitation)?;
    if invitation.role() == role {
        Ok(invitation)
    } else {
        let other = invitation.role();
        let text = format!("This link invites a {other}, not a {role}. Open it in a new tab.");
        Err(JsError::new(&text))
    }
}

fn host(options: options::Host, rng: &mut StdRng) -> Result<Start, JsError> {
    let relay = RelayOrigin::parse(&options.relay)?;
    let network = onnx::import(&options.model.bytes, &options.model.name)?;
    let integers = IntegerNetwork::from_float(&network)?;
    let hosting = Hosting::new(&integers, &network.name, &network.labels)?;
    let helper = match options.helper {
        options::Helper::BuiltIn => HelperChoice::BuiltIn,
        options::Helper::Invite => HelperChoice::Invite,
    };
    let (member, frame) = ModelOwnerMember::open(&relay, hosting, helper, None, rng)?;
    Ok(Start {
        role: Role::ModelOwner(Box::new(member)),
        url: relay.socket_url(),
        frame,
    })
}
