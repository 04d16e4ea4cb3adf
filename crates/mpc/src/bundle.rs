//! Bundle numbers: each serves one image, once.

use crate::MpcError;

/// The number of a bundle, unique under a pair of seeds and strictly increasing in use.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct BundleNumber(u64);

impl BundleNumber {
    /// The first number. 0 belongs to what is expanded once for a hosting.
    pub const FIRST: Self = Self(1);

    /// The number as it stands in messages and streams.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The number after this one; `None` after 2^64 - 1 bundles.
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }
}

impl TryFrom<u64> for BundleNumber {
    type Error = MpcError;

    fn try_from(number: u64) -> Result<Self, MpcError> {
        if number == 0 {
            Err(MpcError::BundleSpent { number, last: 0 })
        } else {
            Ok(Self(number))
        }
    }
}

/// One party's own record of what was begun. Each party keeps its own and trusts no other.
#[derive(Debug, Default)]
pub struct Ledger {
    last: u64,
}

impl Ledger {
    /// Marks `number` as begun, for good.
    ///
    /// # Errors
    ///
    /// [`MpcError::BundleSpent`] unless the number is larger than every one begun before.
    pub fn begin(&mut self, number: BundleNumber) -> Result<(), MpcError> {
        if number.0 <= self.last {
            return Err(MpcError::BundleSpent {
                number: number.0,
                last: self.last,
            });
        }
        self.last = number.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_begun_once_and_in_order() {
        let mut ledger = Ledger::default();
        let number = |n| BundleNumber::try_from(n).unwrap();
        assert!(ledger.begin(number(1)).is_ok());
        assert!(ledger.begin(number(4)).is_ok());
        for spent in [1, 2, 3, 4] {
            let refused = ledger.begin(number(spent));
            let expected = MpcError::BundleSpent {
                number: spent,
                last: 4,
            };
            assert_eq!(refused, Err(expected));
        }
        assert!(ledger.begin(number(5)).is_ok());
        assert!(BundleNumber::try_from(0).is_err());
        assert_eq!(number(u64::MAX).next(), None);
    }
}
