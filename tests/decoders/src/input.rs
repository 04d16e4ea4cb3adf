//! Inputs as lists of steps: each target reads numbers and pieces from the front.

/// What is left of an input.
pub(crate) struct Input<'a>(pub(crate) &'a [u8]);

impl<'a> Input<'a> {
    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    /// Two bytes, the lower one first.
    pub(crate) fn word(&mut self) -> Option<usize> {
        let (first, rest) = self.0.split_first_chunk::<2>()?;
        self.0 = rest;
        Some(usize::from(u16::from_le_bytes(*first)))
    }

    /// A length of two bytes and as many bytes, or what is left of them.
    pub(crate) fn piece(&mut self) -> Option<&'a [u8]> {
        let length = self.word()?;
        let (piece, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        Some(piece)
    }
}

/// Writes what [`Input::piece`] reads.
pub(crate) fn piece(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("a short piece");
    [&length.to_le_bytes()[..], bytes].concat()
}

/// Changes bytes on their way as a step says: one bit turned, cut, made longer. `None` when the
/// step is none of these, or the input ends.
pub(crate) fn alter(step: u8, input: &mut Input, bytes: &mut Vec<u8>) -> Option<()> {
    match step {
        1 if !bytes.is_empty() => {
            let bit = input.word()?;
            let at = (bit / 8) % bytes.len();
            bytes[at] ^= 1 << (bit % 8);
        }
        2 => bytes.truncate(input.word()? % (bytes.len() + 1)),
        3 => bytes.extend_from_slice(input.piece()?),
        _ => return None,
    }
    Some(())
}
