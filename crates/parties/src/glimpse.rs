//! What a message shows to somebody who looks over the shoulder of the party that has it.
//!
//! For pages that show a person what leaves and what comes. Only what is masked is shown: not seeds,
//! keys or corrections, which are a party's secrets.

use crate::message::Header;

/// What a message is, and the part of it that may be shown.
#[derive(Clone, Copy)]
pub struct Glimpse<'a> {
    /// What it is, in a word or two.
    pub kind: &'static str,
    /// The bundle that it belongs to.
    pub number: Option<u64>,
    /// The step of the plan, from 0.
    pub step: Option<u16>,
    /// The turn of a step that pools, from 0.
    pub turn: u8,
    /// Masked words, little-endian, of the ring of the step; empty where nothing is to be shown.
    pub masked: &'a [u8],
}

impl<'a> Glimpse<'a> {
    /// Looks at a message; `None` when the bytes are none.
    pub fn of(message: &'a [u8]) -> Option<Self> {
        let (header, body) = Header::read(message)?;
        let (kind, step, turn, masked) = match header {
            Header::Offer { .. } => ("offer", None, 0, None),
            Header::Introduce { .. } | Header::Introduced { .. } => ("introduction", None, 0, None),
            Header::Declined { .. } | Header::Dismiss { .. } => ("dismissal", None, 0, None),
            Header::Meet { .. } | Header::Met { .. } => ("introduction", None, 0, None),
            Header::MaskedWeights { .. } => ("masked weights", None, 0, None),
            Header::Deal { .. } => ("request for a bundle", None, 0, None),
            Header::Corrections { .. } | Header::Keys { .. } => ("bundle", None, 0, None),
            Header::Ahead { .. } => ("masked products", None, 0, None),
            Header::Ready { .. } => ("bundle is ready", None, 0, None),
            Header::MaskedValue { step, .. } => ("masked value", Some(step), 0, Some(body)),
            Header::Opening { step, turn, .. } => ("opening", Some(step), turn, Some(body)),
            Header::Turn { step, turn, .. } => ("turn", Some(step), turn, Some(body)),
            Header::Differences { .. } => ("differences", None, 0, Some(body)),
            Header::Wins { .. } => ("wins", None, 0, Some(body)),
            Header::ClassShares { .. } => ("class shares", None, 0, None),
            Header::Scores { .. } => ("scores", None, 0, None),
            Header::Held { .. } | Header::Denied { .. } => ("answer of the person", None, 0, None),
            Header::Abort(_) => ("abort", None, 0, None),
            Header::SharedOffer { .. } => ("offer", None, 0, None),
            Header::Seat { .. } | Header::Seated { .. } => ("seat", None, 0, None),
            Header::Disbanded { .. } => ("dismissal", None, 0, None),
            Header::SetSeeds { .. } => ("seeds", None, 0, None),
            Header::Parcel { .. } | Header::Kept { .. } => ("shares of weights", None, 0, None),
            Header::Reserve { .. }
            | Header::Prepare { .. }
            | Header::Prepared { .. }
            | Header::Allotted { .. }
            | Header::Discard { .. } => ("bundle", None, 0, None),
            Header::Ask { .. } | Header::Go { .. } | Header::Done { .. } => {
                ("permission", None, 0, None)
            }
            // Of a picture a party may get a seed, and what parties say to each other is theirs.
            Header::Picture { .. } => ("shares of the picture", None, 0, None),
            Header::Round { round, .. } => ("round", Some(round), 0, None),
            Header::Outcome { .. } => ("share of the result", None, 0, None),
        };
        Some(Self {
            kind,
            number: header.online_number(),
            step,
            turn,
            masked: masked.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::SessionId;

    #[test]
    fn masked_words_are_shown_and_bundles_are_not() {
        let session = SessionId([7; 16]);
        let value = Header::MaskedValue {
            session,
            number: 5,
            step: 1,
        };
        let message = value.with_body(&[&[1, 2, 3]]);
        let glimpse = Glimpse::of(&message).unwrap();
        assert_eq!(glimpse.kind, "masked value");
        assert_eq!((glimpse.number, glimpse.step), (Some(5), Some(1)));
        assert_eq!(glimpse.masked, [1, 2, 3]);

        let number = 5;
        for header in [
            Header::Corrections { number },
            Header::Keys { session, number },
        ] {
            let message = header.with_body(&[&[9; 40]]);
            let glimpse = Glimpse::of(&message).unwrap();
            assert!(glimpse.masked.is_empty() && glimpse.kind == "bundle");
        }
        assert!(Glimpse::of(&[0xff; 3]).is_none());
    }
}
