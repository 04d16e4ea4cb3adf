//! What only the members of a room know.

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::room::{base32_decode, base32_encode};

/// 16 random bytes that travel behind the `#` of a link, where no relay is sent them.
///
/// Neither printed nor logged, compared in constant time, and wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop, Serialize, Deserialize)]
pub struct InvitationSecret([u8; InvitationSecret::BYTES]);

impl InvitationSecret {
    /// Bytes in a secret.
    pub const BYTES: usize = 16;

    /// Draws a fresh secret.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        let mut secret = Self([0; Self::BYTES]);
        rng.fill_bytes(&mut secret.0);
        secret
    }

    /// The secret made of these bytes.
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes of the secret.
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// The key that a handshake is given.
    pub(crate) fn key(&self) -> Zeroizing<[u8; 32]> {
        let context = "blindsight 2026 handshake key of a secret";
        Zeroizing::new(blake3::derive_key(context, &self.0))
    }

    /// The 26 characters that stand in a link, wiped when dropped.
    pub(super) fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(base32_encode(&self.0))
    }

    /// Reads those 26 characters.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        base32_decode(text).map(Self)
    }
}

impl ConstantTimeEq for InvitationSecret {
    fn ct_eq(&self, other: &Self) -> subtle::Choice {
        self.0.ct_eq(&other.0)
    }
}

impl PartialEq for InvitationSecret {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for InvitationSecret {}

#[cfg(test)]
mod tests {
    use chacha20::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn secrets_differ_and_read_back() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let (a, b) = (
            InvitationSecret::random(&mut rng),
            InvitationSecret::random(&mut rng),
        );
        assert!(a != b);
        assert!(InvitationSecret::from_text(&a.to_text()) == Some(a.clone()));
        assert!(InvitationSecret::from_bytes(*a.as_bytes()) == a);
    }

    #[test]
    fn a_secret_can_be_wiped() {
        let mut secret = InvitationSecret::from_bytes([7; 16]);
        secret.zeroize();
        assert_eq!(secret.as_bytes(), &[0; 16]);
    }
}
