//! How a model owner hosts.

use blindsight_session::{RelayOrigin, Site};
use serde::{Deserialize, Serialize};

/// Where the helper comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HelperChoice {
    /// The relay runs one.
    BuiltIn,
    /// Somebody opens the helper's invitation.
    Invite,
}

/// How a model owner hosts.
pub struct HostOptions {
    /// The relay that the room is on.
    pub relay: RelayOrigin,
    /// Where the pages are that the invitations open.
    pub site: Site,
    /// Where the helper comes from.
    pub helper: HelperChoice,
    /// How many data owners the invitation lets in; `None` for any number.
    pub uses: Option<u32>,
    /// Classifications that each data owner gets.
    pub budget: u32,
    /// Whether to give out what is needed to take up hosting again.
    pub remember: bool,
}
