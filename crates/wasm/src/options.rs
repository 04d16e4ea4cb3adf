//! What the page says when it starts a role.

use serde::Deserialize;

/// Data owner and helper: the link that was opened.
#[derive(Deserialize)]
pub(crate) struct Guest {
    /// The whole link, with the part after `#`.
    pub(crate) invitation: String,
}

/// Model owner.
#[derive(Deserialize)]
pub(crate) struct Host {
    /// The origin of the relay: where the page came from.
    pub(crate) relay: String,
    /// The network.
    pub(crate) model: Model,
    /// `built-in` or `invite`.
    pub(crate) helper: Helper,
}

/// A network as a file.
#[derive(Deserialize)]
pub(crate) struct Model {
    /// What the model owner calls it.
    pub(crate) name: String,
    /// The ONNX file.
    #[serde(with = "serde_bytes")]
    pub(crate) bytes: Vec<u8>,
}

/// Where the helper comes from.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Helper {
    /// The relay's own.
    BuiltIn,
    /// Whoever opens the helper's link.
    Invite,
}
