//! One direction of a tunnel, at the end where it comes out: pure.

use super::letter::Body;

/// Puts frames together again, and notices when something is missing.
#[derive(Debug)]
pub(crate) struct Inflow {
    next: u64,
    partial: Vec<u8>,
    /// The longest frame.
    longest: usize,
}

/// Something was lost, came twice or is too long: the tunnel is of no use any more.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken;

impl Inflow {
    pub(crate) fn new(longest: usize) -> Self {
        Self {
            next: 0,
            partial: Vec::new(),
            longest,
        }
    }

    /// What has come with this number. Gives a frame once all of it is there.
    ///
    /// # Errors
    ///
    /// [`Broken`] if it is not what must come next.
    pub(crate) fn take(&mut self, number: u64, body: &Body<'_>) -> Result<Option<Vec<u8>>, Broken> {
        if number != self.next {
            return Err(Broken);
        }
        self.next += 1;
        let Body::Piece { last, bytes } = body else {
            return Ok(None);
        };
        if self.partial.len() + bytes.len() > self.longest {
            return Err(Broken);
        }
        self.partial.extend_from_slice(bytes);
        Ok(last.then(|| std::mem::take(&mut self.partial)))
    }
}

/// A frame as pieces of at most so many bytes; at least one.
pub(crate) fn pieces(frame: &[u8], longest: usize) -> impl Iterator<Item = Body<'_>> {
    let count = frame.len().div_ceil(longest.max(1)).max(1);
    let mut chunks = frame.chunks(longest.max(1));
    (1..=count).map(move |number| Body::Piece {
        last: number == count,
        bytes: chunks.next().unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn frames_come_out_as_they_went_in(
            frames in vec(vec(any::<u8>(), 0..200), 0..20),
            longest in 1..64_usize,
        ) {
            let mut inflow = Inflow::new(200);
            let mut out = Vec::new();
            let all = frames.iter().flat_map(|frame| pieces(frame, longest));
            for (number, body) in all.enumerate() {
                out.extend(inflow.take(number as u64, &body).unwrap());
            }
            prop_assert_eq!(out, frames);
        }

        /// However pieces are lost, doubled or changed in order: what comes out before the break is
        /// a beginning of what went in.
        #[test]
        fn what_is_lost_is_noticed(
            frames in vec(vec(any::<u8>(), 0..200), 1..20),
            longest in 1..64_usize,
            order in vec(0..60_usize, 1..60),
        ) {
            let all: Vec<_> = frames.iter().flat_map(|frame| pieces(frame, longest)).collect();
            let mut inflow = Inflow::new(200);
            let mut out = Vec::new();
            for at in order {
                let Some(body) = all.get(at) else { continue };
                match inflow.take(at as u64, body) {
                    Ok(frame) => out.extend(frame),
                    Err(Broken) => break,
                }
            }
            prop_assert!(frames.starts_with(&out));
        }
    }

    #[test]
    fn a_frame_without_an_end_is_not_kept() {
        let mut inflow = Inflow::new(10);
        let piece = |bytes| Body::Piece { last: false, bytes };
        assert_eq!(inflow.take(0, &piece(&[0; 10])), Ok(None));
        assert_eq!(inflow.take(1, &piece(&[0; 1])), Err(Broken));
    }
}
