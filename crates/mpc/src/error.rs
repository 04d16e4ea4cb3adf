//! What can be wrong with the arguments of a gate.

/// A caller's or a peer's material does not fit the gate that it is meant for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MpcError {
    /// Key material or words have another length than the gate needs.
    #[error("{what} has {found} entries where {expected} are needed; deal it again")]
    Length {
        /// Which argument.
        what: &'static str,
        /// What the gate needs.
        expected: usize,
        /// What was given.
        found: usize,
    },
    /// A comparison width that the ring or the word cannot hold.
    #[error("a comparison of {width} bits does not fit a ring of {ring} bits")]
    Width {
        /// The requested width in bits.
        width: u32,
        /// The ring's width in bits.
        ring: u32,
    },
    /// A bundle number that is not larger than the last one that was begun.
    #[error(
        "bundle {number} was used already or is out of order (the last one begun is {last}); \
         each serves one image, ask for a new one"
    )]
    BundleSpent {
        /// The refused number.
        number: u64,
        /// The largest number begun so far.
        last: u64,
    },
}

impl MpcError {
    /// Refuses another number of entries than is needed.
    ///
    /// # Errors
    ///
    /// [`MpcError::Length`] when `found` is not `expected`.
    pub fn check(what: &'static str, expected: usize, found: usize) -> Result<(), Self> {
        if expected == found {
            Ok(())
        } else {
            Err(Self::Length {
                what,
                expected,
                found,
            })
        }
    }
}
