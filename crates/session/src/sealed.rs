//! Content that is the same for two peers, encrypted once.
//!
//! It stands *beside* the records that deliver it: each peer's record, which only that peer can read,
//! holds a [`Seal`], and what stands beside it is the same bytes for both. A seal is a key that was
//! drawn for this content alone, and the hash of the bytes beside it.
//!
//! Both peers learn the key, so the authentication of the cipher alone would not do: whoever knows
//! the key can encrypt something else under it. The hash is what each peer goes by. It comes over
//! the peer's own link, so neither the relay nor the other peer can exchange what it stands for.

use std::sync::Arc;

use chacha20poly1305::{AeadInPlace, ChaCha20Poly1305, KeyInit, Nonce, Tag};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::error::LinkError;

const KEY_BYTES: usize = 32;
const HASH_BYTES: usize = 32;

/// Bytes of a seal.
pub(crate) const SEAL_BYTES: usize = KEY_BYTES + HASH_BYTES;

/// Bytes by which content grows when it is sealed.
pub(crate) const SEALING_BYTES: usize = 16;

/// What opens content that was sealed: key and hash, as they stand in a record.
pub(crate) type Seal = Zeroizing<[u8; SEAL_BYTES]>;

/// Sealed content.
pub(crate) struct Sealed {
    pub(crate) seal: Seal,
    /// What stands beside the records.
    pub(crate) beside: Arc<[u8]>,
}

impl Sealed {
    /// Seals content under a new key.
    ///
    /// # Errors
    ///
    /// None for content that fits into memory.
    pub(crate) fn new(content: &[u8], rng: &mut impl CryptoRng) -> Result<Self, LinkError> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        rng.fill_bytes(&mut *key);
        Self::under(&key, content)
    }

    fn under(key: &[u8; KEY_BYTES], content: &[u8]) -> Result<Self, LinkError> {
        // In one piece from the start, so that no content is left behind where it grew.
        let mut beside = Vec::with_capacity(content.len() + SEALING_BYTES);
        beside.extend_from_slice(content);
        let tag = cipher(key)
            .encrypt_in_place_detached(&nonce(), &[], &mut beside)
            .map_err(|_| LinkError::TooLong)?;
        beside.extend_from_slice(&tag);
        let mut seal = Zeroizing::new([0; SEAL_BYTES]);
        let (first, second) = seal.split_at_mut(KEY_BYTES);
        first.copy_from_slice(key);
        second.copy_from_slice(blake3::hash(&beside).as_bytes());
        Ok(Self {
            seal,
            beside: beside.into(),
        })
    }
}

/// The content of what stands beside a record with this seal.
///
/// # Errors
///
/// [`LinkError::Malformed`] if it is no seal; [`LinkError::Altered`] if the seal is not that of these
/// bytes.
pub(crate) fn open(seal: &[u8], beside: &[u8]) -> Result<Zeroizing<Vec<u8>>, LinkError> {
    let (key, hash) = seal
        .split_first_chunk::<KEY_BYTES>()
        .ok_or(LinkError::Malformed)?;
    let hash: [u8; HASH_BYTES] = hash.try_into().map_err(|_| LinkError::Malformed)?;
    if blake3::hash(beside) != hash {
        return Err(LinkError::Altered);
    }
    let (content, tag) = beside
        .split_last_chunk::<SEALING_BYTES>()
        .ok_or(LinkError::Altered)?;
    let mut content = Zeroizing::new(content.to_vec());
    cipher(key)
        .decrypt_in_place_detached(&nonce(), &[], &mut content, Tag::from_slice(tag))
        .map_err(|_| LinkError::Altered)?;
    Ok(content)
}

fn cipher(key: &[u8; KEY_BYTES]) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(key.into())
}

/// A key serves once, so there is one nonce.
fn nonce() -> Nonce {
    Nonce::default()
}

#[cfg(test)]
mod tests {
    use chacha20::ChaCha20Rng;
    use proptest::prelude::*;
    use rand_core::SeedableRng;

    use super::*;

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::seed_from_u64(1)
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens_and_nothing_else_does(
            content: Vec<u8>,
            at: prop::sample::Index,
            bit in 0_u8..8,
        ) {
            let sealed = Sealed::new(&content, &mut rng()).unwrap();
            prop_assert_eq!(sealed.beside.len(), content.len() + SEALING_BYTES);
            prop_assert_eq!(open(&*sealed.seal, &sealed.beside).map(|c| c.to_vec()), Ok(content));
            let mut other = sealed.beside.to_vec();
            let at = at.index(other.len());
            other[at] ^= 1 << bit;
            for altered in [&other[..], &sealed.beside[1..], &[&sealed.beside[..], &[0]].concat()] {
                prop_assert_eq!(open(&*sealed.seal, altered).err(), Some(LinkError::Altered));
            }
        }

        #[test]
        fn any_bytes_are_refused(seal in prop::collection::vec(any::<u8>(), 0..80), beside: Vec<u8>) {
            prop_assert!(open(&seal, &beside).is_err());
        }
    }

    /// One of the two peers works with the relay: it knows the key, and so can encrypt what it likes
    /// in a way that the cipher accepts. The other peer goes by the hash.
    #[test]
    fn whoever_knows_the_key_cannot_exchange_the_content() {
        let sealed = Sealed::new(b"for both of you", &mut rng()).unwrap();
        let key = sealed.seal.first_chunk::<KEY_BYTES>().unwrap();
        let forged = Sealed::under(key, b"something other").unwrap();
        // The cipher has nothing against it.
        assert_eq!(
            open(&*forged.seal, &forged.beside).map(|c| c.to_vec()),
            Ok(b"something other".to_vec())
        );
        let opened = open(&*sealed.seal, &forged.beside);
        assert_eq!(opened.err(), Some(LinkError::Altered));
    }

    #[test]
    fn no_key_serves_twice() {
        let mut rng = rng();
        let mut seal = || Sealed::new(b"the same", &mut rng).unwrap();
        let (first, second) = (seal(), seal());
        assert_ne!(first.seal[..KEY_BYTES], second.seal[..KEY_BYTES]);
        assert_ne!(first.beside, second.beside);
    }
}
