//! The engine without a helper: equal parties, of whom a majority is honest.
//!
//! | role | file | holds | learns |
//! |---|---|---|---|
//! | data owner | [`DataOwner`] | a picture | the class |
//! | model owner | [`ModelOwner`] | the weights | that a query happened |
//! | compute party | [`ComputeParty`] | shares | the public scheme |
//!
//! Data owner and model owner are clients: they share what they have among the parties, and the
//! parties give their shares of the class to the data owner alone. The model owner shares its weights
//! once for each session of its parties, allots bundles, and says of each picture that it may be
//! classified.

mod bundle;
mod compute_party;
mod cost;
mod data_owner;
mod evaluation;
mod model_owner;
mod network;
mod rehearsal;

pub use compute_party::ComputeParty;
pub use cost::{Cost, StepCost};
pub use data_owner::DataOwner;
pub use model_owner::ModelOwner;
pub use rehearsal::{Rehearsal, RehearsalError, Rehearsed};
