//! The Noise handshake, as `snow` does it, with randomness from outside.
//!
//! The pattern is `IKpsk2`: the one who begins knows the other's public key, sends its own under
//! encryption, and both prove that they know a secret, which came with an invitation or from the
//! model owner.

use chacha20::ChaCha20Rng;
use rand_core::{CryptoRng, Rng as _, SeedableRng as _};
use snow::params::{CipherChoice, DHChoice, HashChoice, NoiseParams};
use snow::resolvers::{CryptoResolver, DefaultResolver};
use snow::types::{Cipher, Dh, Hash, Random};
use snow::{Builder, HandshakeState};
use zeroize::Zeroizing;

use crate::identity::{Identity, PublicKey};

const PATTERN: &str = "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s";

/// Where in the handshake the shared secret enters.
pub(crate) const PSK_AT: usize = 2;

/// Bytes that Noise adds to what it encrypts.
pub(crate) const TAG_BYTES: usize = 16;

/// The longest message of Noise.
pub(crate) const MAX_NOISE_BYTES: usize = 65535;

/// Begins a handshake as the one who speaks first, or who answers when `remote` is unknown.
///
/// # Errors
///
/// None for keys of the right length.
pub(crate) fn handshake(
    own: &Identity,
    remote: Option<&PublicKey>,
    secret: Option<&[u8; 32]>,
    prologue: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<HandshakeState, snow::Error> {
    let params: NoiseParams = PATTERN.parse()?;
    let mut seed = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *seed);
    let builder = Builder::with_resolver(params, Box::new(Resolver { seed }))
        .local_private_key(own.private())?
        .prologue(prologue)?;
    let builder = match secret {
        Some(secret) => builder.psk(PSK_AT as u8, secret)?,
        None => builder,
    };
    match remote {
        Some(remote) => builder
            .remote_public_key(remote.as_bytes())?
            .build_initiator(),
        None => builder.build_responder(),
    }
}

/// The default algorithms, with a generator that was seeded from outside.
struct Resolver {
    seed: Zeroizing<[u8; 32]>,
}

impl CryptoResolver for Resolver {
    fn resolve_rng(&self) -> Option<Box<dyn Random>> {
        Some(Box::new(Generator(ChaCha20Rng::from_seed(*self.seed))))
    }

    fn resolve_dh(&self, choice: &DHChoice) -> Option<Box<dyn Dh>> {
        DefaultResolver.resolve_dh(choice)
    }

    fn resolve_hash(&self, choice: &HashChoice) -> Option<Box<dyn Hash>> {
        DefaultResolver.resolve_hash(choice)
    }

    fn resolve_cipher(&self, choice: &CipherChoice) -> Option<Box<dyn Cipher>> {
        DefaultResolver.resolve_cipher(choice)
    }
}

struct Generator(ChaCha20Rng);

impl Random for Generator {
    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), snow::Error> {
        self.0.fill_bytes(dest);
        Ok(())
    }
}
