//! Messages cut into frames, and put together again.
//!
//! A frame's payload is one byte, 1 when more of the same message follows and 0 when it ends, and
//! then a piece of the message. A receiver gives up as soon as a message outgrows what it would
//! accept now, so nobody can make it keep more than that.

/// Bytes of a message in one frame: large enough for a socket's best throughput, small enough that
/// a message of another member need not wait long.
const PIECE_BYTES: usize = 64 * 1024;

const LAST: u8 = 0;
const MORE: u8 = 1;

/// The payloads that carry a message.
pub(crate) fn split(message: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let pieces = message.len().div_ceil(PIECE_BYTES).max(1);
    (0..pieces).map(move |index| {
        let from = index * PIECE_BYTES;
        let piece = &message[from..message.len().min(from + PIECE_BYTES)];
        let mark = if index + 1 == pieces { LAST } else { MORE };
        let mut payload = Vec::with_capacity(piece.len() + 1);
        payload.push(mark);
        payload.extend_from_slice(piece);
        payload
    })
}

/// A message of which some frames have come.
#[derive(Default)]
pub(crate) struct Reassembly(Vec<u8>);

/// A payload that is no piece of an acceptable message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unacceptable {
    /// It has no mark, or an unknown one.
    Malformed,
    /// The message is longer than its receiver would take.
    TooLong,
}

impl Reassembly {
    /// Takes a payload. Gives the message when this was its last piece.
    pub(crate) fn take(
        &mut self,
        payload: &[u8],
        longest: usize,
    ) -> Result<Option<Vec<u8>>, Unacceptable> {
        let (mark, piece) = payload.split_first().ok_or(Unacceptable::Malformed)?;
        if self.0.len() + piece.len() > longest {
            return Err(Unacceptable::TooLong);
        }
        self.0.extend_from_slice(piece);
        match *mark {
            LAST => Ok(Some(std::mem::take(&mut self.0))),
            MORE => Ok(None),
            _ => Err(Unacceptable::Malformed),
        }
    }

    /// Bytes of the message so far.
    pub(crate) fn bytes(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_message_comes_out_as_it_went_in(length in 0_usize..200_000, byte: u8) {
            let message = vec![byte; length];
            let mut reassembly = Reassembly::default();
            let mut out = None;
            for payload in split(&message) {
                prop_assert!(out.is_none());
                out = reassembly.take(&payload, length).unwrap();
            }
            prop_assert_eq!(out, Some(message));
        }
    }

    #[test]
    fn what_is_too_long_or_malformed_is_refused() {
        let mut reassembly = Reassembly::default();
        assert_eq!(reassembly.take(&[], 9), Err(Unacceptable::Malformed));
        assert_eq!(reassembly.take(&[2, 0], 9), Err(Unacceptable::Malformed));
        let mut reassembly = Reassembly::default();
        assert_eq!(reassembly.take(&[MORE, 1, 2, 3, 4, 5, 6], 9), Ok(None));
        assert_eq!(reassembly.bytes(), 6);
        assert_eq!(
            reassembly.take(&[LAST, 1, 2, 3, 4], 9),
            Err(Unacceptable::TooLong)
        );
    }
}
