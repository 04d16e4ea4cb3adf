//! The roles of either engine, for whole test sets.

use std::sync::Arc;

use anyhow::Context as _;
use blindsight_model::{fixed_point::IntegerNetwork, network::Network, shamir::Scheme};

use crate::rehearsal::{Rehearsal, SharedRehearsal};

/// The secure evaluation of a picture.
pub(super) struct Secure {
    pub(super) class: usize,
    pub(super) online_ms: f64,
    pub(super) offline_ms: f64,
}

/// All roles of a thread.
pub(super) enum Roles {
    /// Nobody: in the clear alone.
    None,
    Dealt(Box<Rehearsal>),
    Shared(Box<SharedRehearsal>),
}

impl Roles {
    pub(super) fn open(
        network: &Network,
        integers: &Arc<IntegerNetwork>,
        scheme: Option<&Scheme>,
    ) -> anyhow::Result<Self> {
        Ok(match scheme {
            None => Self::Dealt(Box::new(Rehearsal::open(network, integers, 1)?)),
            Some(scheme) => {
                let rehearsal = SharedRehearsal::open(network, integers, scheme)?;
                Self::Shared(Box::new(rehearsal))
            }
        })
    }

    pub(super) fn classify(&mut self, pixels: &[u8]) -> anyhow::Result<Option<Secure>> {
        Ok(match self {
            Self::None => None,
            Self::Dealt(rehearsal) => {
                let answer = rehearsal.classify(&[pixels])?;
                let class = answer.classes.first().copied();
                Some(Secure {
                    class: class.context("there is no class")?,
                    online_ms: answer.online_ms,
                    offline_ms: answer.offline_ms,
                })
            }
            Self::Shared(rehearsal) => {
                let answer = rehearsal.classify(pixels)?;
                Some(Secure {
                    class: answer.class,
                    online_ms: answer.online_ms,
                    offline_ms: answer.offline_ms,
                })
            }
        })
    }
}
