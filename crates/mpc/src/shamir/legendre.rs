//! The sign of a small number by Legendre symbols.
//!
//! For some primes the symbol of `2 a + 1` is its sign for all small `a`. With a secret random sign `s`
//! and a secret random `r` the parties open `(2 a + 1) s r^2`, a random element, and multiply its
//! symbol, a public random sign, by `s` (Abspoel, Bouman, Schoenmakers, de Vreede, "Fast Secure
//! Comparison for Medium-Sized Integers and Its Application in Binarized Neural Networks", CT-RSA
//! 2019).

use serde::{Deserialize, Serialize};

use super::{
    committee::{Committee, Party},
    cost::Cost,
    field::Field,
    opening::Way,
    prss::Prss,
    rounds::Rounds,
    shares::Shares,
};
use crate::MpcError;

mod symbol;

pub use symbol::legendre_symbol;

/// How many neighbouring symbols make up a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Symbols {
    /// `u`, that of `2 a + 1`.
    One,
    /// `(u + v + w - u v w) / 2`, of `2 a - 1`, `2 a + 1` and `2 a + 3`: what most of them say.
    Three,
    /// The symbol of the sum of those of `2 a - 3` to `2 a + 5`.
    Five,
}

impl Symbols {
    /// How many.
    pub const fn count(self) -> usize {
        match self {
            Self::One => 1,
            Self::Three => 3,
            Self::Five => 5,
        }
    }

    /// The largest `n` so that the sign is right for all `|a| <= n`; `None` when it is not even right
    /// for 0 and -1.
    pub fn range<F: Field>(self) -> Option<u32> {
        todo!()
    }

    /// The sign that the protocol gives for a number that is known: wrong beyond
    /// [`Symbols::range`], as it is there.
    pub fn clear<F: Field>(self, a: i64) -> i8 {
        let _ = a;
        todo!()
    }
}

/// What hides the symbols of some numbers: made before these are known, it serves once.
pub struct SignMasks<F: Field> {
    symbols: Symbols,
    /// `s`, list by list for each symbol, then for the symbol of the sum of five.
    signs: Vec<Shares<F>>,
    /// `s r^2`.
    masks: Vec<Shares<F>>,
    /// The product of the three signs, where there are three symbols.
    product: Shares<F>,
}

impl<F: Field> SignMasks<F> {
    /// Makes those for `count` numbers.
    ///
    /// # Errors
    ///
    /// As [`super::signs::random_signs`].
    pub fn prepare(
        prss: &mut Prss,
        symbols: Symbols,
        count: usize,
        way: Way,
    ) -> Result<Rounds<F, Self>, MpcError> {
        let (_, _, _, _) = (prss, symbols, count, way);
        todo!()
    }

    /// The cost of [`SignMasks::prepare`].
    pub fn cost(
        committee: Committee,
        party: Party,
        symbols: Symbols,
        count: usize,
        way: Way,
    ) -> Cost {
        let (_, _, _, _, _) = (committee, party, symbols, count, way);
        todo!()
    }
}

/// Shares of `+1` where `a >= 0` and `-1` elsewhere, for `|a|` in [`Symbols::range`].
///
/// # Errors
///
/// When there are not as many masks as numbers.
pub fn sign<F: Field>(
    prss: &mut Prss,
    a: &Shares<F>,
    masks: SignMasks<F>,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    let (_, _, _) = (prss, a, masks);
    todo!()
}

/// The cost of [`sign`].
pub fn cost(committee: Committee, party: Party, symbols: Symbols, count: usize) -> Cost {
    let (_, _, _, _) = (committee, party, symbols, count);
    todo!()
}
