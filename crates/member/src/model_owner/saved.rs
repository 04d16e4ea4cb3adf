//! What a browser keeps of a room that is hosted in it.

use blindsight_session::{Doors, Identity, PlaceKey, PublicKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// What a model owner needs to take up hosting again under the same links. Secret: no `Debug`.
#[derive(Serialize, Deserialize)]
pub struct Saved {
    pub(super) private: [u8; Identity::BYTES],
    pub(super) place: PlaceKey,
    pub(super) doors: Doors,
    pub(super) spent: Vec<(PublicKey, u32)>,
}

impl Saved {
    /// Reads what [`Output::keep`](crate::Output::keep) gave; nothing if it is not that.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        match postcard::take_from_bytes(bytes) {
            Ok((saved, [])) => Some(saved),
            _ => None,
        }
    }
}

impl Drop for Saved {
    fn drop(&mut self) {
        self.private.zeroize();
    }
}
