//! Whoever sits in a room: a member of any role.

use blindsight_member::{ComputePartyMember, DataOwnerMember, HelperMember, ModelOwnerMember};
use blindsight_session::Role;

/// A member of any role.
pub(super) enum Seat {
    DataOwner(Box<DataOwnerMember>),
    ModelOwner(Box<ModelOwnerMember>),
    Helper(Box<HelperMember>),
    ComputeParty(Box<ComputePartyMember>),
}

impl Seat {
    pub(super) fn role(&self) -> Role {
        match self {
            Self::DataOwner(_) => Role::DataOwner,
            Self::ModelOwner(_) => Role::ModelOwner,
            Self::Helper(_) => Role::Helper,
            Self::ComputeParty(_) => Role::ComputeParty,
        }
    }
}

/// The same call on a member of any role.
macro_rules! each {
    ($seat:expr, $member:ident => $call:expr) => {
        match $seat {
            Seat::DataOwner($member) => $call,
            Seat::ModelOwner($member) => $call,
            Seat::Helper($member) => $call,
            Seat::ComputeParty($member) => $call,
        }
    };
}

pub(super) use each;
