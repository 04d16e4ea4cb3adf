//! What members put into the payloads that a relay forwards.
//!
//! A payload is a byte for its kind and then, but for a refusal, a message of Noise. What stands in
//! the clear is only what must be readable before there is a key: the version and the build, so
//! that two that do not fit can be told so, and the number of a record. Behind a record that holds a
//! seal stands what it opens; such records have one length, so it is clear where they end.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::error::LinkError;
use crate::identity::PublicKey;
use crate::invitation::InvitationSecret;
use crate::links::Peer;
use crate::noise::TAG_BYTES;
use crate::room::MemberId;
use crate::sealed::SEAL_BYTES;
use crate::words::PART_BYTES;

/// The version of these packets and of all that is inside them.
pub const SESSION_VERSION: u16 = 5;

/// The name of the sources that this program was built from: 16 hexadecimal digits.
pub const BUILD: &str = env!("BLINDSIGHT_BUILD");

const GREET: u8 = 0;
const ANSWER: u8 = 1;
const RECORD: u8 = 2;
const REFUSE: u8 = 3;
const SEALED: u8 = 4;

/// The longest greeting and answer of a handshake, in bytes.
const MAX_HANDSHAKE_BYTES: usize = 512;

/// Bytes of a record in front of what Noise encrypted.
pub(crate) const RECORD_HEAD: usize = 9;

/// In front of the body of a record, encrypted: kind, report, number.
pub(crate) const HEAD: usize = 17;

/// What Noise makes of the content of a record that holds a seal, in bytes.
const SEALED_NOISE_BYTES: usize = HEAD + SEAL_BYTES + TAG_BYTES;

/// Bytes of a record that holds a seal: what a piece of a message that is the same for two peers
/// takes for each of them.
pub const SEALED_OVERHEAD_BYTES: usize = RECORD_HEAD + SEALED_NOISE_BYTES;

/// A payload, read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packet<'a> {
    /// Asks for a link: the first message of the handshake.
    Greet { noise: &'a [u8] },
    /// The second message of the handshake.
    Answer { noise: &'a [u8] },
    /// Something encrypted, numbered within the connection.
    Record {
        number: u64,
        noise: &'a [u8],
        /// What the seal in it opens, if it holds one.
        beside: Option<&'a [u8]>,
    },
    /// There will be no link.
    Refuse(LinkRefusal),
}

/// Why somebody who was asked for a link refuses. It travels in the clear, since those who do not
/// fit together have no key: a relay can forge it, and would only keep people from meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Error)]
pub enum LinkRefusal {
    /// The versions differ.
    #[error(
        "the programs do not fit together: one speaks version {theirs}, the other {ours}; reload \
         the page or update the older one"
    )]
    Version {
        /// Of the one who refuses.
        ours: u16,
        /// Of the one who asked.
        theirs: u16,
    },
    /// The programs were built from different sources.
    #[error(
        "the two sides run different builds of the program; reload both pages, or update both \
         programs to the same release"
    )]
    Build,
    /// The invitation is not one of the one who was asked, or is for another role, room or network.
    #[error("the invitation is not valid here; ask the model owner for a new link")]
    Invitation,
    /// As many came as the invitation is for.
    #[error(
        "the invitation was used by somebody else already; ask the model owner for a new link, and \
         tell them if you did not expect this"
    )]
    UsedUp,
    /// Nobody else can be taken in now.
    #[error("as many are being served as possible; wait until somebody leaves, then try again")]
    Full,
    /// The model owner gave this member's seat to somebody else.
    #[error(
        "the model owner freed this seat for somebody else; close this page or program, and ask them \
         if you did not expect it"
    )]
    Removed,
}

/// What a caller says of itself, encrypted, in the first message.
#[derive(Serialize, Deserialize)]
pub(crate) struct Greeting {
    pub(crate) secret: SecretName,
    pub(crate) state: State,
    /// To its part of the safety words.
    pub(crate) commitment: [u8; 32],
}

/// What the one who was called says, encrypted, in the second message.
#[derive(Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) state: State,
    /// Its part of the safety words.
    pub(crate) part: [u8; PART_BYTES],
}

/// How far an end is with the other.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct State {
    /// Drawn when the program or page started: whoever starts anew has lost everything.
    pub(crate) incarnation: Incarnation,
    /// The other end as it is remembered, if it is.
    pub(crate) knows: Option<Incarnation>,
    /// Parcels received from it.
    pub(crate) received: u64,
}

/// Names one run of a program or page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Incarnation(pub(crate) [u8; 16]);

/// Names a secret without giving it away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct SecretName([u8; 8]);

impl SecretName {
    pub(crate) fn of(secret: &InvitationSecret) -> Self {
        let name = blake3::derive_key("blindsight 2026 name of a secret", secret.as_bytes());
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&name[..8]);
        Self(bytes)
    }
}

/// Words between the sessions of two members.
#[derive(Serialize, Deserialize)]
pub(crate) enum Control {
    /// Model owner to somebody who will call: this is a peer.
    Call {
        peer: Peer,
        vouched: Vouched,
        /// The member that the peer is now; nothing where its role says it, or its line is lost.
        at: Option<MemberId>,
    },
    /// Model owner to somebody who will be called: this is a peer.
    Expect { peer: Peer, vouched: Vouched },
    /// Model owner to somebody who calls a peer: it has come back as this member.
    At { peer: Peer, member: MemberId },
    /// Model owner to everybody: somebody else came with an invitation that was used up.
    Intruder,
    /// The safety words differ.
    WordsDiffer,
    /// The sender leaves for good.
    Bye,
    /// The sender ends the link because of what came over it.
    Broken(LinkError),
    /// Model owner to everybody who has to do with a compute party: it is not in its seat any more.
    Forget { peer: Peer },
}

/// A third person's key, and a secret that the two of them share with the model owner.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Vouched {
    pub(crate) key: PublicKey,
    pub(crate) secret: InvitationSecret,
}

impl<'a> Packet<'a> {
    /// Reads a payload.
    ///
    /// # Errors
    ///
    /// Nothing for bytes that are no packet; a refusal to send back for a greeting of another
    /// version or build.
    pub(crate) fn read(payload: &'a [u8]) -> Result<Self, Option<LinkRefusal>> {
        let (&kind, rest) = payload.split_first().ok_or(None)?;
        match kind {
            GREET => {
                let (version, rest) = rest.split_first_chunk::<2>().ok_or(None)?;
                let theirs = u16::from_le_bytes(*version);
                let ours = SESSION_VERSION;
                if theirs != ours {
                    return Err(Some(LinkRefusal::Version { ours, theirs }));
                }
                let (build, noise) = rest.split_at_checked(BUILD.len()).ok_or(None)?;
                if build != BUILD.as_bytes() {
                    return Err(Some(LinkRefusal::Build));
                }
                bounded(noise).map(|noise| Self::Greet { noise })
            }
            ANSWER => bounded(rest).map(|noise| Self::Answer { noise }),
            RECORD => {
                let (number, noise) = rest.split_first_chunk::<8>().ok_or(None)?;
                Ok(Self::Record {
                    number: u64::from_le_bytes(*number),
                    noise,
                    beside: None,
                })
            }
            SEALED => {
                let (number, rest) = rest.split_first_chunk::<8>().ok_or(None)?;
                let (noise, beside) = rest.split_at_checked(SEALED_NOISE_BYTES).ok_or(None)?;
                Ok(Self::Record {
                    number: u64::from_le_bytes(*number),
                    noise,
                    beside: Some(beside),
                })
            }
            REFUSE => decode(rest).map(Self::Refuse).ok_or(None),
            _ => Err(None),
        }
    }

    /// The payload.
    pub(crate) fn write(&self) -> Vec<u8> {
        match self {
            Self::Greet { noise } => {
                let version = SESSION_VERSION.to_le_bytes();
                [&[GREET], &version[..], BUILD.as_bytes(), noise].concat()
            }
            Self::Answer { noise } => [&[ANSWER], *noise].concat(),
            Self::Record {
                number,
                noise,
                beside,
            } => {
                let head = Self::record_head(*number, beside.is_some());
                [&head[..], noise, beside.unwrap_or_default()].concat()
            }
            Self::Refuse(refusal) => [&[REFUSE], &encode(refusal)[..]].concat(),
        }
    }

    /// The head of a record, to be followed by what Noise encrypts, and where that is a seal by what
    /// it opens.
    pub(crate) fn record_head(number: u64, sealed: bool) -> [u8; RECORD_HEAD] {
        let mut head = [if sealed { SEALED } else { RECORD }; RECORD_HEAD];
        head[1..].copy_from_slice(&number.to_le_bytes());
        head
    }
}

fn bounded(noise: &[u8]) -> Result<&[u8], Option<LinkRefusal>> {
    if noise.len() <= MAX_HANDSHAKE_BYTES {
        Ok(noise)
    } else {
        Err(None)
    }
}

/// Something small as bytes.
pub(crate) fn encode(value: &impl Serialize) -> Vec<u8> {
    // Writing plain data to a vector does not fail.
    postcard::to_allocvec(value).unwrap_or_default()
}

/// Reads exactly one value.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn another_version_or_build_is_named() {
        let good = Packet::Greet { noise: b"noise" }.write();
        assert_eq!(Packet::read(&good), Ok(Packet::Greet { noise: b"noise" }));
        let mut other = good.clone();
        other[1] ^= 1;
        let refusal = LinkRefusal::Version {
            ours: SESSION_VERSION,
            theirs: SESSION_VERSION ^ 1,
        };
        assert_eq!(Packet::read(&other), Err(Some(refusal)));
        let mut other = good;
        other[3] ^= 1;
        assert_eq!(Packet::read(&other), Err(Some(LinkRefusal::Build)));
    }

    proptest! {
        #[test]
        fn bytes_are_a_packet_that_reads_back_or_none(bytes: Vec<u8>) {
            if let Ok(packet) = Packet::read(&bytes) {
                let written = packet.write();
                prop_assert_eq!(Packet::read(&written), Ok(packet));
            }
        }

        #[test]
        fn records_read_back(number: u64, noise: Vec<u8>) {
            let packet = Packet::Record { number, noise: &noise, beside: None };
            let bytes = packet.write();
            prop_assert_eq!(Packet::read(&bytes), Ok(packet));
            prop_assert_eq!(&bytes[..RECORD_HEAD], &Packet::record_head(number, false)[..]);
        }

        #[test]
        fn records_with_a_seal_read_back(number: u64, noise: u8, beside: Vec<u8>) {
            let noise = [noise; SEALED_NOISE_BYTES];
            let packet = Packet::Record { number, noise: &noise, beside: Some(&beside) };
            let bytes = packet.write();
            prop_assert_eq!(Packet::read(&bytes), Ok(packet));
            prop_assert_eq!(&bytes[..RECORD_HEAD], &Packet::record_head(number, true)[..]);
            let short = &bytes[..RECORD_HEAD + SEALED_NOISE_BYTES - 1];
            prop_assert_eq!(Packet::read(short), Err(None));
        }
    }
}
