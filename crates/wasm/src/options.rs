//! What the page says when it starts a role.

use blindsight_member::HelperChoice;
use blindsight_model::{
    network::Network,
    onnx::{self, DataFile, OnnxError},
};
use serde::{Deserialize, Deserializer};
use serde_bytes::ByteBuf;
use zeroize::Zeroizing;

/// Data owner, helper and compute party: the link that was opened.
#[derive(Deserialize)]
pub(crate) struct Guest {
    /// The whole link, with the part after `#`.
    pub(crate) invitation: String,
    /// What the page kept of an earlier start with the same invitation.
    #[serde(default, deserialize_with = "erased")]
    pub(crate) identity: Option<Zeroizing<Vec<u8>>>,
}

/// Model owner.
#[derive(Deserialize)]
pub(crate) struct Host {
    /// The origin of the relay.
    pub(crate) relay: String,
    /// The folder that the pages are in.
    pub(crate) site: String,
    /// The network.
    pub(crate) model: Model,
    /// `built-in` or `invite`.
    pub(crate) helper: HelperChoice,
    /// How many compute parties there are to be, in place of a helper.
    #[serde(default)]
    pub(crate) parties: Option<u8>,
    /// How many data owners the invitation lets in; any number if there is none.
    #[serde(default)]
    pub(crate) uses: Option<u32>,
    /// Classifications that each data owner gets.
    pub(crate) budget: u32,
    /// What a data owner learns: `1`, the class alone, `3`, the likeliest three, and so on, all where
    /// there are fewer, or `scores`.
    #[serde(default = "class_alone")]
    pub(crate) reveal: String,
    /// Whether the page wants what is needed to take up hosting again.
    #[serde(default)]
    pub(crate) remember: bool,
    /// What it was given for that.
    #[serde(default, deserialize_with = "erased")]
    pub(crate) saved: Option<Zeroizing<Vec<u8>>>,
}

/// Secrets, erased when they are dropped.
fn erased<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Zeroizing<Vec<u8>>>, D::Error> {
    let bytes = Option::<ByteBuf>::deserialize(from)?;
    Ok(bytes.map(|bytes| Zeroizing::new(bytes.into_vec())))
}

fn class_alone() -> String {
    "1".into()
}

/// A network as a file.
#[derive(Deserialize)]
pub(crate) struct Model {
    /// What the model owner calls it.
    pub(crate) name: String,
    /// The ONNX file.
    #[serde(with = "serde_bytes")]
    pub(crate) bytes: Vec<u8>,
    /// Files that were chosen together with it, in which its weights may be.
    #[serde(default)]
    pub(crate) data: Vec<Data>,
}

impl Model {
    /// Reads the network.
    pub(crate) fn network(&self) -> Result<Network, OnnxError> {
        let data = self.data.iter().map(|file| DataFile {
            name: &file.name,
            bytes: &file.bytes,
        });
        onnx::import_with(&self.bytes, &self.name, &Vec::from_iter(data))
    }
}

/// A file of weights.
#[derive(Deserialize)]
pub(crate) struct Data {
    /// Its name, without a folder.
    pub(crate) name: String,
    /// What is in it.
    #[serde(with = "serde_bytes")]
    pub(crate) bytes: Vec<u8>,
}
