//! What a model owner gives a relay for the relay's own helper: an invitation without a link.

use serde::{Deserialize, Serialize};

use super::InvitationSecret;
use crate::identity::PublicKey;
use crate::packet::{decode, encode};

/// Lets a relay's own helper into a room. A secret: the relay learns it, and no more by it than
/// its helper does.
#[derive(Clone, Serialize, Deserialize)]
pub struct HelperRequest {
    /// The model owner's key.
    pub host: PublicKey,
    /// What only those invited know.
    pub secret: InvitationSecret,
    /// The hash of the plan.
    pub plan: [u8; 32],
}

impl HelperRequest {
    /// The request as the greeting of [`crate::ToRelay::RequestHelper`].
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads a greeting; nothing if it is none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        decode(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::MAX_GREETING_BYTES;

    #[test]
    fn a_request_fits_a_greeting_and_reads_back() {
        let request = HelperRequest {
            host: PublicKey::from_bytes([1; 32]),
            secret: InvitationSecret::from_bytes([2; 16]),
            plan: [3; 32],
        };
        let bytes = request.to_bytes();
        assert!(bytes.len() <= MAX_GREETING_BYTES);
        let read = HelperRequest::from_bytes(&bytes).unwrap();
        assert!(read.host == request.host && read.secret == request.secret && read.plan == [3; 32]);
        assert!(HelperRequest::from_bytes(&bytes[1..]).is_none());
    }
}
