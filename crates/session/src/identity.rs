//! Who somebody is for the length of a session: an X25519 key pair.

use std::fmt;

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use snow::params::DHChoice;
use snow::resolvers::{CryptoResolver, DefaultResolver};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A party's static key pair. Drawn when the party starts; no `Debug`, wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Identity {
    private: [u8; Identity::BYTES],
    #[zeroize(skip)]
    public: PublicKey,
}

impl Identity {
    /// Bytes in a private key.
    pub const BYTES: usize = 32;

    /// Draws a fresh key pair.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        let mut private = [0; Self::BYTES];
        rng.fill_bytes(&mut private);
        let identity = Self::from_private(private);
        private.zeroize();
        identity
    }

    /// The key pair of a private key that was kept.
    pub fn from_private(private: [u8; Self::BYTES]) -> Self {
        let mut public = PublicKey([0; PublicKey::BYTES]);
        // The default resolver has this curve: the crate is built with it.
        if let Some(mut dh) = DefaultResolver.resolve_dh(&DHChoice::Curve25519) {
            dh.set(&private);
            public.0.copy_from_slice(dh.pubkey());
        }
        Self { private, public }
    }

    /// The private key, to be kept where nobody else reads it.
    pub fn private(&self) -> &[u8; Self::BYTES] {
        &self.private
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        self.public
    }
}

/// The public half of an [`Identity`]. As text, 52 characters of lower-case base32.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PublicKey([u8; PublicKey::BYTES]);

impl PublicKey {
    /// Bytes in a public key.
    pub const BYTES: usize = 32;

    /// The key made of these bytes.
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes of the key.
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::room::base32_encode(&self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pair that OpenSSL makes of the private key 0, 1, ..., 31.
    #[test]
    fn the_public_key_is_that_of_another_implementation() {
        let identity = Identity::from_private(std::array::from_fn(|i| i as u8));
        let hex = data_encoding::HEXLOWER.encode(identity.public().as_bytes());
        assert_eq!(
            hex,
            "8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f"
        );
    }
}
