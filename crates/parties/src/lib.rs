//! Data owner, model owner and helper: messages in, messages out.
//!
//! Each role takes bytes from a peer and gives back messages to send and events to show
//! ([`Step`]). Nothing here does I/O or reads a clock, and randomness comes in as an argument. The
//! evaluation of an image is a chain of typestates ([`online`](self)), each consumed by the one
//! message that it waits for.
//!
//! | role | file | holds | learns |
//! |---|---|---|---|
//! | data owner | [`DataOwner`] | a picture | the class |
//! | model owner | [`ModelOwner`] | the weights | that a query happened |
//! | helper | [`Helper`] | nothing | the public plan |

mod abort;
mod agreement;
mod bundle;
mod cost;
mod data_owner;
mod glimpse;
mod helper;
mod hosting;
mod matrix;
mod message;
mod model_owner;
mod online;
mod party;
mod rehearsal;
pub mod shamir;

pub use abort::{Abort, Phase, Reason};
pub use cost::{Cost, StepCost};
pub use data_owner::{DEFAULT_POOL, DataOwner};
pub use glimpse::Glimpse;
pub use helper::Helper;
pub use hosting::{Hosting, HostingError};
pub use message::{MAX_BATCH, MESSAGE_VERSION};
pub use model_owner::{Consent, MAX_GUESTS, MAX_POOL, ModelOwner};
pub use party::{Classification, Event, GuestState, Misuse, Outgoing, Peer, Scores, Step};
pub use rehearsal::{Rehearsal, RehearsalError, Rehearsed, RoleTimes};
