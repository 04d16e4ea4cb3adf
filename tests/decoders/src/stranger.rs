//! A peer that holds a valid invitation and says whatever it likes under encryption: the protocol
//! of `docs/protocol.md`, written down once more from its description. And somebody who knows all
//! secrets of a link and reads along.

use blindsight_session::{BUILD, Identity, InvitationSecret, PublicKey, RoomId, SESSION_VERSION};
use chacha20::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use snow::params::{CipherChoice, DHChoice, HashChoice};
use snow::resolvers::{CryptoResolver, DefaultResolver};
use snow::types::{Cipher, Dh, Hash, Random};
use snow::{Builder, HandshakeState, StatelessTransportState};

/// What a stranger knows.
pub struct Stranger {
    /// Its key pair.
    pub own: Identity,
    /// What both ends of a link know.
    pub secret: InvitationSecret,
    /// The room.
    pub room: RoomId,
    /// The hash of the plan.
    pub plan: [u8; 32],
    /// Positions of the roles of the one who calls and of the one who is called.
    pub roles: [u8; 2],
    /// What its one-time key is made of.
    pub seed: [u8; 32],
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
        let resolver = Box::new(Resolver(self.seed));
        let builder = Builder::with_resolver(params.parse().unwrap(), resolver)
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

    /// Reads along as the one who was called: what the greeting says, and the keys of the line.
    /// `None` if the greeting is for somebody else.
    pub fn called(&self, greeting: &[u8]) -> Option<(Vec<u8>, Keys)> {
        let mut handshake = self.handshake(None);
        let mut plain = vec![0; greeting.len()];
        let length = handshake.read_message(greeting, &mut plain).ok()?;
        plain.truncate(length);
        // What the answer says has no part in the keys of the line.
        handshake.write_message(&[], &mut [0; 200]).ok()?;
        Some((plain, handshake.into_stateless_transport_mode().ok()?))
    }

    /// Reads along as the caller: what the answer says, and the keys of the line. `None` if the
    /// greeting is another's.
    pub fn caller(
        &self,
        whom: PublicKey,
        (greeting, says): (&[u8], &[u8]),
        answer: &[u8],
    ) -> Option<(Vec<u8>, Keys)> {
        let mut handshake = self.handshake(Some(whom));
        let mut noise = vec![0; says.len() + 200];
        let length = handshake.write_message(says, &mut noise).ok()?;
        if noise[..length] != *greeting {
            return None;
        }
        let mut plain = vec![0; answer.len()];
        let length = handshake.read_message(answer, &mut plain).ok()?;
        plain.truncate(length);
        Some((plain, handshake.into_stateless_transport_mode().ok()?))
    }

    /// What a greeting must say: how the secret is called, how far the caller is, and a commitment
    /// to its part of the safety words.
    pub(crate) fn greeting(&self, part: &[u8; 32]) -> Vec<u8> {
        let name = secret_name(self.secret.as_bytes());
        let commitment = "blindsight 2026 safety words commitment";
        let commitment = blake3::derive_key(commitment, part);
        [&name[..], &STATE, &commitment].concat()
    }
}

/// A state as it is written: who the sender is; whom it knows, nobody; and that nothing came.
pub(crate) const STATE: [u8; 18] = {
    let mut state = [7; 18];
    (state[16], state[17]) = (0, 0);
    state
};

/// The keys of a line, as one end has them.
pub type Keys = StatelessTransportState;

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

    /// The payload of a record with this plaintext. Behind the head of one that says that it holds a
    /// seal stands the content, which is sealed here.
    pub(crate) fn record(&mut self, plain: &[u8]) -> Vec<u8> {
        match plain.split_at_checked(RECORD_HEAD) {
            Some((head, content)) if SEALED.contains(&head[0]) => {
                let (seal, beside) = seal(content);
                let mut record = self.open_record(&[head, &seal].concat());
                record[0] = 4;
                [record, beside].concat()
            }
            _ => self.open_record(plain),
        }
    }

    fn open_record(&mut self, plain: &[u8]) -> Vec<u8> {
        let mut noise = vec![0; plain.len() + 16];
        let length = self.transport.write_message(self.sent, plain, &mut noise);
        let number = self.sent.to_le_bytes();
        self.sent += 1;
        [&[2], &number[..], &noise[..length.unwrap()]].concat()
    }
}

/// Bytes inside a record in front of its body: kind, report, number.
const RECORD_HEAD: usize = 17;

/// The kinds of records that hold a seal.
const SEALED: [u8; 2] = [5, 6];

/// What seals everything here.
const SEALING_KEY: [u8; 32] = [9; 32];

fn cipher(key: &[u8; 32]) -> Box<dyn Cipher> {
    let cipher = DefaultResolver.resolve_cipher(&CipherChoice::ChaChaPoly);
    let mut cipher = cipher.expect("the cipher of the links");
    cipher.set(key);
    cipher
}

/// A seal and what it opens: key and hash, and the content under the key.
fn seal(content: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut beside = vec![0; content.len() + 16];
    cipher(&SEALING_KEY).encrypt(0, &[], content, &mut beside);
    let hash = blake3::hash(&beside);
    ([SEALING_KEY, *hash.as_bytes()].concat(), beside)
}

/// The content that a seal opens. `None` if it is the seal of other bytes.
pub fn unseal(seal: &[u8], beside: &[u8]) -> Option<Vec<u8>> {
    let (key, hash) = seal.split_first_chunk::<32>()?;
    let mut content = vec![0; beside.len()];
    let length = cipher(key).decrypt(0, &[], beside, &mut content).ok()?;
    content.truncate(length);
    (blake3::hash(beside).as_bytes() == hash).then_some(content)
}

/// The name by which a greeting calls a secret.
pub fn secret_name(secret: &[u8; InvitationSecret::BYTES]) -> [u8; 8] {
    let name = blake3::derive_key("blindsight 2026 name of a secret", secret);
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&name[..8]);
    bytes
}

/// The public half of the one-time key that a handshake makes of a seed.
pub fn one_time_key(seed: [u8; 32]) -> PublicKey {
    let mut private = [0; 32];
    ChaCha20Rng::from_seed(seed).fill_bytes(&mut private);
    Identity::from_private(private).public()
}

/// The default algorithms with a generator of a known seed.
struct Resolver([u8; 32]);

impl CryptoResolver for Resolver {
    fn resolve_rng(&self) -> Option<Box<dyn Random>> {
        Some(Box::new(Generator(ChaCha20Rng::from_seed(self.0))))
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
