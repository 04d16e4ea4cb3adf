//! A peer that holds a valid invitation and says whatever it likes under encryption: the protocol
//! of `docs/protocol.md`, written down once more from its description.

use blindsight_session::{BUILD, Identity, InvitationSecret, PublicKey, RoomId, SESSION_VERSION};
use chacha20::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng};
use snow::params::{CipherChoice, DHChoice, HashChoice};
use snow::resolvers::{CryptoResolver, DefaultResolver};
use snow::types::{Cipher, Dh, Hash, Random};
use snow::{Builder, HandshakeState, StatelessTransportState};

/// What a stranger knows.
pub(crate) struct Stranger {
    pub(crate) own: Identity,
    pub(crate) secret: InvitationSecret,
    pub(crate) room: RoomId,
    pub(crate) plan: [u8; 32],
    /// Positions of the roles of the one who calls and of the one who is called.
    pub(crate) roles: [u8; 2],
}

impl Stranger {
    fn handshake(&self, remote: Option<PublicKey>) -> HandshakeState {
        let params = "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s";
        let key = "blindsight 2026 handshake key of a secret";
        let key = blake3::derive_key(key, self.secret.as_bytes());
        let prologue = [
            b"blindsight session ",
            &SESSION_VERSION.to_le_bytes()[..],
            self.room.as_bytes(),
            &self.roles,
            &self.plan,
            BUILD.as_bytes(),
        ]
        .concat();
        let builder = Builder::with_resolver(params.parse().unwrap(), Box::new(Resolver))
            .local_private_key(self.own.private())
            .and_then(|builder| builder.prologue(&prologue))
            .and_then(|builder| builder.psk(2, &key))
            .unwrap();
        match remote {
            Some(key) => {
                let builder = builder.remote_public_key(key.as_bytes());
                builder.and_then(Builder::build_initiator).unwrap()
            }
            None => builder.build_responder().unwrap(),
        }
    }

    /// The payload of a greeting that says this, and the handshake that waits for the answer.
    pub(crate) fn greet(&self, whom: PublicKey, greeting: &[u8]) -> (Vec<u8>, HandshakeState) {
        let mut handshake = self.handshake(Some(whom));
        let mut noise = vec![0; greeting.len() + 200];
        let length = handshake.write_message(greeting, &mut noise).unwrap();
        let version = SESSION_VERSION.to_le_bytes();
        let payload = [&[0], &version[..], BUILD.as_bytes(), &noise[..length]].concat();
        (payload, handshake)
    }

    /// The payload that answers a greeting with this, and the line that follows.
    pub(crate) fn answer(&self, greeting: &[u8], answer: &[u8]) -> (Vec<u8>, Line) {
        let mut handshake = self.handshake(None);
        let mut plain = vec![0; greeting.len()];
        let noise = &greeting[3 + BUILD.len()..];
        handshake.read_message(noise, &mut plain).unwrap();
        let mut noise = vec![0; answer.len() + 200];
        let length = handshake.write_message(answer, &mut noise).unwrap();
        let payload = [&[1], &noise[..length]].concat();
        (payload, Line::new(handshake))
    }

    /// What a greeting must say: how the secret is called, how far the caller is, and a commitment
    /// to its part of the safety words.
    pub(crate) fn greeting(&self, part: &[u8; 32]) -> Vec<u8> {
        let name = "blindsight 2026 name of a secret";
        let name = blake3::derive_key(name, self.secret.as_bytes());
        let commitment = "blindsight 2026 safety words commitment";
        let commitment = blake3::derive_key(commitment, part);
        [&name[..8], &STATE, &commitment].concat()
    }
}

/// A state as it is written: who the sender is; whom it knows, nobody; and that nothing came.
pub(crate) const STATE: [u8; 18] = {
    let mut state = [7; 18];
    (state[16], state[17]) = (0, 0);
    state
};

/// A line after a handshake.
pub(crate) struct Line {
    transport: StatelessTransportState,
    sent: u64,
}

impl Line {
    pub(crate) fn new(handshake: HandshakeState) -> Self {
        Self {
            transport: handshake.into_stateless_transport_mode().unwrap(),
            sent: 0,
        }
    }

    /// The payload of a record with this plaintext.
    pub(crate) fn record(&mut self, plain: &[u8]) -> Vec<u8> {
        let mut noise = vec![0; plain.len() + 16];
        let length = self.transport.write_message(self.sent, plain, &mut noise);
        let number = self.sent.to_le_bytes();
        self.sent += 1;
        [&[2], &number[..], &noise[..length.unwrap()]].concat()
    }
}

/// The default algorithms with a fixed generator, so that an input does the same each time.
struct Resolver;

impl CryptoResolver for Resolver {
    fn resolve_rng(&self) -> Option<Box<dyn Random>> {
        Some(Box::new(Generator(ChaCha20Rng::seed_from_u64(3))))
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
