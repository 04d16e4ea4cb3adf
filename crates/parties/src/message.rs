//! What the parties say to each other, as bytes.
//!
//! A message is a header in [postcard](https://postcard.jamesmunns.com/wire-format) form and, for
//! some kinds, a body of raw little-endian ring words. A header says what the message is; its
//! receiver knows from the plan how long the body must be and checks that before anything else.
//! Numbers in headers that come with every image have a fixed length, so that the cost of an image
//! can be declared to the byte.
//!
//! The messages of the online phase belong to a batch of images that are evaluated in lockstep. Its
//! bundles have consecutive numbers, the first of which stands in the header. The body holds a part
//! of equal length for each image, one after the other.

use blindsight_model::{
    plan::{Plan, PlanHash},
    shamir::Scheme,
};
use blindsight_mpc::seed::Seed;
use serde::{Deserialize, Serialize};
use zeroize::ZeroizeOnDrop;

use crate::abort::{Abort, Reason};

/// The version of these messages. Parties compare it before anything else.
pub const MESSAGE_VERSION: u16 = 7;

/// The most images of a batch: more gain nothing, and the first has to wait for the last.
pub const MAX_BATCH: usize = 32;

/// The longest message that has no body: the offer of the longest plan with the longest labels.
pub(crate) const MAX_HEADER_BYTES: usize = 128 << 10;

/// Names one pairing of data owner, model owner and helper, or of a model owner and its compute
/// parties. Random, and new whenever one changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SessionId(pub(crate) [u8; 16]);

/// One end's part of a seed. Secret: no `Debug`.
#[derive(Clone, Serialize, Deserialize, ZeroizeOnDrop)]
pub(crate) struct Contribution([u8; Seed::BYTES]);

impl From<&Seed> for Contribution {
    fn from(seed: &Seed) -> Self {
        Self(*seed.as_bytes())
    }
}

impl From<&Contribution> for Seed {
    fn from(contribution: &Contribution) -> Self {
        Self::from_bytes(contribution.0)
    }
}

/// The header of a message.
#[derive(Serialize, Deserialize)]
pub(crate) enum Header {
    /// Model owner to data owner: the plan and what the classes are called.
    Offer {
        version: u16,
        session: SessionId,
        plan: Plan,
        model: String,
        labels: Vec<String>,
        /// Classifications that the data owner still has.
        left: u32,
    },
    /// Model owner to helper: a data owner to deal for.
    Introduce {
        version: u16,
        session: SessionId,
        guest: u32,
        plan: Plan,
        contribution: Contribution,
    },
    /// Helper to model owner: the answer.
    Introduced {
        version: u16,
        session: SessionId,
        guest: u32,
        plan: PlanHash,
        contribution: Contribution,
    },
    /// Helper to model owner: it cannot deal for this data owner.
    Declined {
        session: SessionId,
        guest: u32,
        reason: Reason,
    },
    /// Model owner to helper: this data owner is gone, or was sent away.
    Dismiss { guest: u32 },
    /// Data owner to helper, once it has an offer.
    Meet {
        version: u16,
        session: SessionId,
        plan: PlanHash,
        contribution: Contribution,
    },
    /// Helper to data owner: the answer.
    Met {
        version: u16,
        session: SessionId,
        plan: PlanHash,
        contribution: Contribution,
    },
    /// Model owner to data owner: `E` of one linear map. Body: its words.
    MaskedWeights {
        #[serde(with = "postcard::fixint::le")]
        number: u16,
    },
    /// Data owner to helper: asks for a bundle.
    Deal {
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Helper to data owner: the first part of a bundle. Body: corrections.
    Corrections {
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Helper to data owner and model owner, the same bytes: the rest of a bundle. Body: keys.
    Keys {
        session: SessionId,
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Data owner to model owner: masked `y_D`, before any image. Body: its words.
    Ahead {
        session: SessionId,
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Model owner to data owner: the bundle is complete at its end too.
    Ready {
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Data owner to model owner: the picture, which begins a bundle, or what a step's activation
    /// gives, masked. Body: ring words; in front of them the last opening of a pooling, where that
    /// was the data owner's turn. With the pictures the length says how many there are.
    MaskedValue {
        session: SessionId,
        #[serde(with = "postcard::fixint::le")]
        number: u64,
        #[serde(with = "postcard::fixint::le")]
        step: u16,
    },
    /// Model owner to data owner: its turn in a step, the first one or a later one of its pooling.
    /// Body: ring words.
    Opening {
        #[serde(with = "postcard::fixint::le")]
        number: u64,
        #[serde(with = "postcard::fixint::le")]
        step: u16,
        turn: u8,
    },
    /// Data owner to model owner: its turn in a pooling. Body: ring words.
    Turn {
        session: SessionId,
        #[serde(with = "postcard::fixint::le")]
        number: u64,
        #[serde(with = "postcard::fixint::le")]
        step: u16,
        turn: u8,
    },
    /// Model owner to data owner. Body: ring words of all pairs, then a byte for each class.
    Differences {
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Data owner to model owner. Body: a byte for each class.
    Wins {
        session: SessionId,
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Model owner to data owner: the end of a bundle. Body: a byte for each revealed class.
    ClassShares {
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Model owner to data owner: the end of a bundle. Body: ring words, its share of the logits.
    Scores {
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Anyone to anyone: it is over, and why.
    Abort(Abort),
    /// Model owner to data owner: the batch waits until the person there allows it.
    Held {
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Model owner to data owner: the person there does not want it classified. The end of a bundle.
    Denied {
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Model owner to compute party: its seat, and what is to be computed.
    Seat {
        version: u16,
        session: SessionId,
        index: u8,
        scheme: Scheme,
    },
    /// Compute party to compute party: the seeds of the sets that it leads. Body: these.
    SetSeeds {
        version: u16,
        session: SessionId,
        scheme: PlanHash,
    },
    /// Model owner to compute party: shares of some weights and biases. Body: a seed or elements.
    Parcel {
        session: SessionId,
        #[serde(with = "postcard::fixint::le")]
        number: u32,
    },
    /// Compute party to model owner: the parcel was kept.
    Kept {
        session: SessionId,
        #[serde(with = "postcard::fixint::le")]
        number: u32,
    },
    /// Compute party to model owner: it has all seeds and all weights.
    Seated { session: SessionId },
    /// Model owner to data owner: what is computed, and what the classes are called.
    SharedOffer {
        version: u16,
        session: SessionId,
        scheme: Scheme,
        model: String,
        labels: Vec<String>,
        /// Classifications that the data owner still has.
        left: u32,
    },
    /// Model owner to anybody: the session is over, for this party has left.
    Disbanded { session: SessionId, party: u8 },
    /// Data owner to model owner: asks for a bundle.
    Reserve { session: SessionId },
    /// Model owner to compute party: makes the masks of a bundle for a data owner.
    Prepare {
        session: SessionId,
        #[serde(with = "postcard::fixint::le")]
        number: u64,
        #[serde(with = "postcard::fixint::le")]
        guest: u32,
    },
    /// Compute party to compute party: a round of a bundle. Body: elements.
    Round {
        session: SessionId,
        #[serde(with = "postcard::fixint::le")]
        number: u64,
        #[serde(with = "postcard::fixint::le")]
        round: u16,
    },
    /// Compute party to model owner: the masks of the bundle are made.
    Prepared {
        session: SessionId,
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Model owner to data owner: the bundle is ready at all parties.
    Allotted {
        session: SessionId,
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Data owner to model owner: a picture is on its way to the parties.
    Ask {
        session: SessionId,
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Data owner to compute party: shares of a picture. Body: a seed or elements.
    Picture {
        session: SessionId,
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Model owner to compute party: the picture may be evaluated.
    Go {
        session: SessionId,
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Model owner to compute party: the bundle will not be used.
    Discard {
        session: SessionId,
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Compute party to data owner: its share of the result. Body: elements.
    Outcome {
        session: SessionId,
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
    /// Compute party to model owner: it has sent the data owner its share.
    Done {
        session: SessionId,
        #[serde(with = "postcard::fixint::le")]
        number: u64,
    },
}

impl Header {
    /// The first bundle of the batch that a message of the online phase belongs to.
    pub(crate) fn online_number(&self) -> Option<u64> {
        match self {
            Self::MaskedValue { number, .. }
            | Self::Opening { number, .. }
            | Self::Turn { number, .. }
            | Self::Differences { number }
            | Self::Wins { number, .. }
            | Self::ClassShares { number }
            | Self::Scores { number }
            | Self::Held { number }
            | Self::Denied { number }
            | Self::Round { number, .. }
            | Self::Ask { number, .. }
            | Self::Picture { number, .. }
            | Self::Go { number, .. }
            | Self::Outcome { number, .. }
            | Self::Done { number, .. } => Some(*number),
            _ => None,
        }
    }

    /// The session of compute parties that a message belongs to.
    pub(crate) fn shared_session(&self) -> Option<SessionId> {
        match self {
            Self::SetSeeds { session, .. }
            | Self::Parcel { session, .. }
            | Self::Kept { session, .. }
            | Self::Seated { session }
            | Self::Disbanded { session, .. }
            | Self::Reserve { session }
            | Self::Prepare { session, .. }
            | Self::Round { session, .. }
            | Self::Prepared { session, .. }
            | Self::Allotted { session, .. }
            | Self::Ask { session, .. }
            | Self::Picture { session, .. }
            | Self::Go { session, .. }
            | Self::Discard { session, .. }
            | Self::Outcome { session, .. }
            | Self::Done { session, .. } => Some(*session),
            _ => None,
        }
    }

    /// The message with a body of the given parts, one after the other.
    pub(crate) fn with_body(&self, parts: &[&[u8]]) -> Vec<u8> {
        // Writing to a vector fails for no header: all of them are sized, plain data.
        let mut bytes = postcard::to_allocvec(self).unwrap_or_default();
        bytes.reserve_exact(parts.iter().map(|part| part.len()).sum());
        for part in parts {
            bytes.extend_from_slice(part);
        }
        bytes
    }

    /// The message without a body.
    pub(crate) fn alone(&self) -> Vec<u8> {
        self.with_body(&[])
    }

    /// Reads a header; what follows is the body. `None` when the bytes are no message.
    pub(crate) fn read(message: &[u8]) -> Option<(Self, &[u8])> {
        postcard::take_from_bytes(message).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn random_bytes_are_a_message_or_none(bytes: Vec<u8>) {
            if let Some((header, body)) = Header::read(&bytes) {
                prop_assert!(header.with_body(&[body]).len() <= bytes.len() + 16);
            }
        }

        /// Headers that come with every image have the same length whatever is in them.
        #[test]
        fn headers_of_an_image_have_a_fixed_length(number: u64, step: u16) {
            let length = |header: Header| header.alone().len();
            let session = SessionId([number as u8; 16]);
            let turn = step as u8;
            prop_assert_eq!(length(Header::MaskedValue { session, number, step }), 27);
            prop_assert_eq!(length(Header::Opening { number, step, turn }), 12);
            prop_assert_eq!(length(Header::Turn { session, number, step, turn }), 28);
            prop_assert_eq!(length(Header::Wins { session, number }), 25);
            prop_assert_eq!(length(Header::Deal { number }), 9);
            prop_assert_eq!(length(Header::Round { session, number, round: step }), 27);
            prop_assert_eq!(length(Header::Picture { session, number }), 25);
            prop_assert_eq!(length(Header::Outcome { session, number }), 25);
            prop_assert_eq!(length(Header::Corrections { number }), 9);
            prop_assert_eq!(length(Header::Keys { session, number }), 25);
        }
    }
}
