//! Which room, which role, which member.

use std::fmt;
use std::str::FromStr;

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error::RoomError;

mod text;
pub(crate) use text::{base32_decode, base32_encode};

/// What shows that a place in a room is one's own: 16 random bytes, shown to the relay.
///
/// A model owner's key makes the room's id, so that nobody else can open the room or take its place
/// there, not even after the relay was started anew. Others use theirs to take up their place again
/// when a connection broke that the relay still believes in. Wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop, Serialize, Deserialize)]
pub struct PlaceKey([u8; PlaceKey::BYTES]);

impl PlaceKey {
    /// Bytes in a key.
    pub const BYTES: usize = 16;

    /// Draws a fresh key.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        let mut key = Self([0; Self::BYTES]);
        rng.fill_bytes(&mut key.0);
        key
    }

    /// The key made of these bytes.
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The room that a model owner with this key opens.
    pub fn room(&self) -> RoomId {
        let hash = blake3::derive_key("blindsight 2026 room of a place key", &self.0);
        let mut bytes = [0; RoomId::BYTES];
        bytes.copy_from_slice(&hash[..RoomId::BYTES]);
        RoomId(bytes)
    }
}

impl PartialEq for PlaceKey {
    /// In constant time.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for PlaceKey {}

impl fmt::Debug for PlaceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlaceKey(..)")
    }
}

/// Names a room: 16 bytes, made of the place key of the model owner who opens it.
///
/// As text it is 26 characters of lower-case base32 (RFC 4648, section 6) without padding; reading
/// also accepts upper case. Whoever knows it can ask the relay to be let into the room, so it is
/// unguessable, but the relay sees it: it is not a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RoomId([u8; RoomId::BYTES]);

impl RoomId {
    /// Bytes in a room id.
    pub const BYTES: usize = 16;

    /// The room id made of these bytes.
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes of the room id.
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

impl fmt::Display for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base32_encode(&self.0))
    }
}

impl fmt::Debug for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RoomId({self})")
    }
}

impl FromStr for RoomId {
    type Err = RoomError;

    /// Reads the 26 characters of a room id.
    ///
    /// # Errors
    ///
    /// [`RoomError::Room`] if the text is anything else.
    fn from_str(text: &str) -> Result<Self, RoomError> {
        base32_decode(text).map(Self).ok_or(RoomError::Room)
    }
}

/// What a member does in a computation.
///
/// `Display` gives words for a sentence ("data owner"); [`Role::as_str`], `FromStr` and the serde
/// form of text formats use `data-owner`, `model-owner`, `helper` and `compute-party`. On the wire a
/// role is its position in this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Has a picture and learns its class.
    DataOwner,
    /// Has a network, and opens the room.
    ModelOwner,
    /// Deals correlated randomness and learns nothing.
    Helper,
    /// Computes on shares with others of its kind, where there is no helper; learns nothing.
    ComputeParty,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [
        Self::DataOwner,
        Self::ModelOwner,
        Self::Helper,
        Self::ComputeParty,
    ];

    /// The role as it stands in links, options and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DataOwner => "data-owner",
            Self::ModelOwner => "model-owner",
            Self::Helper => "helper",
            Self::ComputeParty => "compute-party",
        }
    }

    /// Whether a room holds at most one member of this role: so for the model owner and the
    /// helper.
    pub const fn is_unique(self) -> bool {
        matches!(self, Self::ModelOwner | Self::Helper)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DataOwner => "data owner",
            Self::ModelOwner => "model owner",
            Self::Helper => "helper",
            Self::ComputeParty => "compute party",
        })
    }
}

impl FromStr for Role {
    type Err = RoomError;

    /// Reads `data-owner`, `model-owner`, `helper` or `compute-party`.
    ///
    /// # Errors
    ///
    /// [`RoomError::Role`] if the text is none of these.
    fn from_str(text: &str) -> Result<Self, RoomError> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(RoomError::Role)
    }
}

/// Names a member within a room. The relay gives them out in rising order from 0 and never gives
/// the same one twice in a room, so a late message for somebody who left reaches nobody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MemberId(pub u32);

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "member {}", self.0)
    }
}

/// Somebody in a room. The role is the one asked for on joining: the relay cannot tell who a
/// person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Member {
    /// Names the member within the room.
    pub id: MemberId,
    /// What the member does in the computation.
    pub role: Role,
}

#[cfg(test)]
mod tests {
    use chacha20::ChaCha20Rng;
    use proptest::prelude::*;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn random_room_ids_differ_and_read_back() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut room = || PlaceKey::random(&mut rng).room();
        let (a, b) = (room(), room());
        assert_ne!(a, b);
        assert_eq!(a.to_string().parse(), Ok(a));
        assert_eq!(a.to_string().to_uppercase().parse(), Ok(a));
    }

    #[test]
    fn a_room_id_is_26_lower_case_characters() {
        let text = RoomId::from_bytes([0xff; 16]).to_string();
        assert_eq!(text, "77777777777777777777777774");
    }

    #[test]
    fn wrong_room_ids_are_refused() {
        let good = RoomId::from_bytes([7; 16]).to_string();
        for bad in [
            "".to_owned(),
            good[1..].to_owned(),
            format!("{good}a"),
            format!("{good}======"),
            good.replace(&good[..1], "0"),
            // The last character carries two bits that must be zero.
            format!("{}b", &good[..25]),
        ] {
            assert_eq!(bad.parse::<RoomId>(), Err(RoomError::Room), "{bad}");
        }
    }

    #[test]
    fn roles_read_back() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
            assert_eq!(role.to_string(), role.as_str().replace('-', " "));
        }
        assert_eq!("data owner".parse::<Role>(), Err(RoomError::Role));
    }

    proptest! {
        #[test]
        fn any_room_id_reads_back(bytes: [u8; 16]) {
            let room = RoomId::from_bytes(bytes);
            prop_assert_eq!(room.to_string().parse(), Ok(room));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            let _ = text.parse::<RoomId>();
            let _ = text.parse::<Role>();
        }
    }
}
