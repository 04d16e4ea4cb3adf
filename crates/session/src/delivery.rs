//! Numbered delivery to one peer: what was sent is kept until the peer has it.
//!
//! Parcels are numbered from 0 in each direction. A peer reports how many it has; whatever it does
//! not have is sent again over the next connection, byte for byte. A parcel that comes twice is
//! passed over, one that comes too early is an error.

use std::collections::VecDeque;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::error::LinkError;

/// The most bytes that wait for a peer to report them. More than any plan's masked weights and the
/// bundles of a pool take.
pub const MAX_UNREPORTED_BYTES: usize = 512 << 20;

/// After so many parcels, or so many bytes, a receiver reports even if it has nothing else to say.
pub(crate) const REPORT_AFTER_PARCELS: u32 = 4;
const REPORT_AFTER_BYTES: usize = 256 << 10;

/// What is in a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// A piece of a message, of which more follows.
    Piece,
    /// A message, or its last piece.
    Last,
    /// A word between the sessions themselves.
    Control,
}

/// Something on its way to a peer.
pub(crate) struct Parcel {
    pub(crate) number: u64,
    pub(crate) content: Content,
    /// The content, or the seal of what stands beside.
    pub(crate) body: Zeroizing<Vec<u8>>,
    /// What the body opens, if it is a seal: the same bytes wait for another peer, too.
    pub(crate) beside: Option<Arc<[u8]>>,
}

impl Parcel {
    fn bytes(&self) -> usize {
        self.body.len() + self.beside.as_ref().map_or(0, |beside| beside.len())
    }
}

/// Both directions of one peer.
#[derive(Default)]
pub(crate) struct Delivery {
    /// Sent or to be sent, and not reported yet; numbers rise by one.
    unreported: VecDeque<Parcel>,
    unreported_bytes: usize,
    /// The number of the next parcel.
    next: u64,
    /// How many parcels came.
    received: u64,
    /// Since the last report.
    due_parcels: u32,
    due_bytes: usize,
}

impl Delivery {
    /// Puts a parcel in line. Gives it back numbered.
    pub(crate) fn push(
        &mut self,
        content: Content,
        body: &[u8],
        beside: Option<&Arc<[u8]>>,
    ) -> Result<&Parcel, LinkError> {
        let parcel = Parcel {
            number: self.next,
            content,
            body: Zeroizing::new(body.to_vec()),
            beside: beside.cloned(),
        };
        if self.unreported_bytes + parcel.bytes() > MAX_UNREPORTED_BYTES {
            return Err(LinkError::TooMuchUnreported);
        }
        self.unreported_bytes += parcel.bytes();
        self.next += 1;
        self.unreported.push_back(parcel);
        self.unreported.back().ok_or(LinkError::TooMuchUnreported)
    }

    /// The number of the next parcel to be put in line.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// How many bytes wait for a report.
    pub(crate) fn unreported_bytes(&self) -> usize {
        self.unreported_bytes
    }

    /// How many parcels came so far.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// How many parcels came so far: the report to the peer. Nothing is due after it.
    pub(crate) fn report(&mut self) -> u64 {
        (self.due_parcels, self.due_bytes) = (0, 0);
        self.received
    }

    /// Whether the peer should be told even though there is nothing else to say.
    pub(crate) fn report_is_due(&self) -> bool {
        self.due_parcels >= REPORT_AFTER_PARCELS || self.due_bytes >= REPORT_AFTER_BYTES
    }

    /// The peer has this many parcels.
    ///
    /// # Errors
    ///
    /// When it cannot have so many.
    pub(crate) fn reported(&mut self, count: u64) -> Result<(), LinkError> {
        if count > self.next {
            return Err(LinkError::FalseReport);
        }
        while self.unreported.front().is_some_and(|p| p.number < count) {
            if let Some(parcel) = self.unreported.pop_front() {
                self.unreported_bytes -= parcel.bytes();
            }
        }
        Ok(())
    }

    /// A parcel with this number came. Whether it is new.
    ///
    /// # Errors
    ///
    /// When an earlier one is missing.
    pub(crate) fn take(&mut self, number: u64, bytes: usize) -> Result<bool, LinkError> {
        if number > self.received {
            return Err(LinkError::Gap);
        }
        self.due_parcels += 1;
        self.due_bytes += bytes;
        let new = number == self.received;
        self.received += u64::from(new);
        Ok(new)
    }

    /// As if so much waited that there is room for so many bytes more.
    #[cfg(test)]
    pub(crate) fn fill_but(&mut self, bytes: usize) {
        self.unreported_bytes = MAX_UNREPORTED_BYTES - bytes;
    }

    /// Everything the peer has not reported, in order.
    pub(crate) fn unreported(&self) -> impl Iterator<Item = &Parcel> {
        self.unreported.iter()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn duplicates_are_passed_over_and_gaps_refused() {
        let mut delivery = Delivery::default();
        assert_eq!(delivery.take(0, 1), Ok(true));
        assert_eq!(delivery.take(0, 1), Ok(false));
        assert_eq!(delivery.take(2, 1), Err(LinkError::Gap));
        assert_eq!(delivery.take(1, 1), Ok(true));
        assert_eq!(delivery.report(), 2);
    }

    #[test]
    fn a_peer_cannot_have_what_was_not_sent() {
        let mut delivery = Delivery::default();
        delivery.push(Content::Last, b"one", None).unwrap();
        assert_eq!(delivery.reported(2), Err(LinkError::FalseReport));
        assert_eq!(delivery.reported(1), Ok(()));
        assert_eq!(delivery.unreported().count(), 0);
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut delivery = Delivery {
            unreported_bytes: MAX_UNREPORTED_BYTES - 1,
            ..Delivery::default()
        };
        assert!(delivery.push(Content::Last, &[1], None).is_ok());
        let full = delivery.push(Content::Last, &[1], None).err();
        assert_eq!(full, Some(LinkError::TooMuchUnreported));
    }

    #[test]
    fn what_stands_beside_counts_until_it_is_reported() {
        let beside: Arc<[u8]> = vec![0; 10].into();
        let mut delivery = Delivery {
            unreported_bytes: MAX_UNREPORTED_BYTES - 12,
            ..Delivery::default()
        };
        let full = delivery.push(Content::Last, &[1; 3], Some(&beside)).err();
        assert_eq!(full, Some(LinkError::TooMuchUnreported));
        delivery
            .push(Content::Last, &[1; 2], Some(&beside))
            .unwrap();
        assert_eq!(delivery.unreported_bytes, MAX_UNREPORTED_BYTES);
        delivery.reported(1).unwrap();
        assert_eq!(delivery.unreported_bytes, MAX_UNREPORTED_BYTES - 12);
        assert_eq!(Arc::strong_count(&beside), 1);
    }

    proptest! {
        /// Whatever is lost and whenever the line is cut, everything arrives once and in order.
        #[test]
        fn all_arrives_once_whatever_is_cut(
            lost in proptest::collection::vec(any::<bool>(), 1..60),
        ) {
            let (mut sender, mut receiver) = (Delivery::default(), Delivery::default());
            let mut arrived = Vec::new();
            let mut deliver = |parcel: &Parcel, receiver: &mut Delivery| {
                if receiver.take(parcel.number, parcel.body.len()) == Ok(true) {
                    arrived.push(parcel.body[0]);
                }
            };
            for (index, lost) in lost.iter().enumerate() {
                let parcel = sender.push(Content::Last, &[index as u8], None).unwrap();
                if !lost {
                    deliver(parcel, &mut receiver);
                    continue;
                }
                // The line is cut, and taken up again.
                sender.reported(receiver.report()).unwrap();
                for parcel in sender.unreported() {
                    deliver(parcel, &mut receiver);
                }
            }
            sender.reported(receiver.report()).unwrap();
            for parcel in sender.unreported() {
                deliver(parcel, &mut receiver);
            }
            let expected: Vec<u8> = (0..lost.len() as u8).collect();
            prop_assert_eq!(arrived, expected);
        }
    }
}
