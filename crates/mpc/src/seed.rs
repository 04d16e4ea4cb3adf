//! Seeds that the dealer shares with one party.

use rand_core::CryptoRng;
use zeroize::ZeroizeOnDrop;

/// 256 bits of keying material, known to the dealer and to one party.
///
/// Everything that is "from a seed" is expanded from it at both ends and never sent. No `Debug`,
/// no `Display`, erased when dropped.
#[derive(ZeroizeOnDrop)]
pub struct Seed([u8; Self::BYTES]);

impl Seed {
    /// Length in bytes.
    pub const BYTES: usize = 32;

    /// A fresh seed.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; Self::BYTES];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// Takes bytes that are already uniform and secret.
    pub fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The seed that two ends agree on, each contributing one: uniform when either is, and bound
    /// to `context`, which must name the session so that no two sessions share a seed.
    pub fn agree(dealer: &Self, party: &Self, context: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("blindsight 2026 pairwise seed v1");
        hasher.update(&dealer.0).update(&party.0).update(context);
        Self(hasher.finalize().into())
    }

    /// The raw bytes, to be sent to the other end or mixed into a derivation.
    pub fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_depends_on_both_ends_and_on_the_session() {
        let (a, b, c) = ([1; 32], [2; 32], [3; 32]);
        let seed = |x: [u8; 32], y: [u8; 32], context: &[u8]| {
            *Seed::agree(&Seed::from_bytes(x), &Seed::from_bytes(y), context).as_bytes()
        };
        let base = seed(a, b, b"one");
        assert_eq!(base, seed(a, b, b"one"));
        assert_ne!(base, seed(a, c, b"one"));
        assert_ne!(base, seed(c, b, b"one"));
        assert_ne!(base, seed(b, a, b"one"));
        assert_ne!(base, seed(a, b, b"two"));
    }
}
