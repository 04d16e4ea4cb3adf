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
    /// A number of parties with which no majority is honest, or too many for subsets with seeds.
    #[error("{parties} parties cannot compute together; it takes 3 to 9")]
    Committee {
        /// The refused number.
        parties: u8,
    },
    /// Bytes that are no elements of the field.
    #[error("a message holds bytes that are no field elements; its sender runs another program")]
    Element,
    /// A party sent another number of elements than the round needs.
    #[error("party {party} sent {found} elements where {expected} are needed; begin again")]
    Message {
        /// The sender's number, from 1.
        party: u8,
        /// What the round needs.
        expected: usize,
        /// What came.
        found: usize,
    },
    /// Shares that lie on no polynomial of their degree: at least one is wrong.
    #[error(
        "the parties' shares of {what} do not fit each other: one of them is wrong; begin again"
    )]
    Inconsistent {
        /// What was opened.
        what: &'static str,
    },
    /// More random batches than a bundle has numbers for.
    #[error("a bundle's randomness is used up; take a new bundle")]
    Exhausted,
    /// A random element was 0 where it must not be: a chance of 2^-60 for each.
    #[error("a random number was 0, which happens about never; begin again")]
    Unlucky,
    /// A value, its mask and the security of the mask that the field cannot hold together.
    #[error(
        "a value of {width} bits, hidden by {kappa} more bits, does not fit a field of {field} bits"
    )]
    MaskWidth {
        /// Bits of the value.
        width: u32,
        /// Bits of statistical security.
        kappa: u32,
        /// Bits of the field's modulus.
        field: u32,
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
