//! A party at its place in a room: one role over one connection.
//!
//! [`blindsight_parties`] knows messages and no rooms, [`blindsight_session`] knows rooms and no
//! messages. A [`Member`] joins them: frames of the relay in, frames to the relay and [`Note`]s for
//! the person in front of it out. It is the same in a browser tab, in a program and inside the
//! relay; those add a socket, a clock and a random number generator, and nothing else.

#[cfg(feature = "compute-parties")]
mod compute_party;
mod data_owner;
mod engine;
mod helper;
mod inspection;
mod line;
mod member;
mod model_owner;
mod naming;
mod note;
mod plan_view;

#[cfg(feature = "compute-parties")]
pub use compute_party::{ComputePartyMember, ComputePartyPart};
pub use data_owner::{DataOwnerMember, DataOwnerPart};
pub use helper::{HelperMember, HelperPart};
pub use inspection::Inspection;
pub use member::{Member, Part};
pub use model_owner::{HelperChoice, HostOptions, ModelOwnerMember, ModelOwnerPart, Saved};
pub use note::{GuestState, Link, LinkNote, Note, Output, Phase, Seen, Trust};
pub use plan_view::{LayerView, PartiesView, PlanView, StepView};
