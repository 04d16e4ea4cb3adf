//! Prime fields of 61 to 64 bits.

use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::MpcError;

mod mersenne;
mod montgomery;

pub use mersenne::Mersenne61;
pub use montgomery::Montgomery;

/// The prime with which one Legendre symbol is the sign of `2 a + 1` for `|a| <= 134`.
pub type OneSymbol = Montgomery<3_546_374_752_298_322_551>;
/// The prime with which three neighbouring symbols give it for `|a| <= 383`.
pub type ThreeSymbols = Montgomery<9_409_569_905_028_393_239>;
/// The prime with which five neighbouring symbols give it for `|a| <= 594`.
pub type FiveSymbols = Montgomery<15_569_949_805_843_283_171>;

/// An element of a prime field whose modulus is 3 modulo 4.
///
/// No operation branches on an element or uses one as an index. Elements have no `Debug`: they may
/// be secret.
pub trait Field:
    Copy
    + Default
    + Eq
    + Send
    + Sync
    + Zeroize
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + SubAssign
    + Mul<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// `p`.
    const MODULUS: u64;
    /// The bits of `p`.
    const BITS: u32 = 64 - Self::MODULUS.leading_zeros();
    /// Bytes of an element on the wire: its representative below `p`, little endian.
    const BYTES: usize = 8;
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Whether [`Field::BITS`] random bits are a random element, uniform but for `2^-BITS`: the
    /// modulus is `2^BITS - 1`, so that 0 alone is two of their values.
    const MERSENNE: bool = Self::MODULUS & (Self::MODULUS + 1) == 0;
    /// How many products of two elements, as they are kept, fit a word of 128 bits.
    const TERMS: usize;

    /// `value mod p`.
    fn from_u64(value: u64) -> Self;
    /// The representative in `0..p`.
    fn to_u64(self) -> u64;
    /// The number that it is kept as, below `p`.
    fn kept(self) -> u64;
    /// The element that a sum of products of [`Field::kept`] stands for: `low + 2^64 high`.
    fn reduce(low: u128, high: u128) -> Self;
    /// An element from 64 uniform bits; `None`, with a chance of less than a half, when it would
    /// not be uniform.
    fn sample(bits: u64) -> Option<Self>;

    /// `value mod p`.
    fn from_i64(value: i64) -> Self {
        let size = Self::from_u64(value.unsigned_abs());
        // The sign of a public number or of a share that is masked: chosen without a branch.
        let negative = Self::from_u64(u64::from(value < 0));
        size - negative * (size + size)
    }

    /// The representative of least absolute value; of public numbers.
    fn to_i64(self) -> i64 {
        let value = self.to_u64();
        if value > Self::MODULUS / 2 {
            (value.wrapping_sub(Self::MODULUS)) as i64
        } else {
            value as i64
        }
    }

    /// The element that is `value`; `None` when it is not below `p`.
    fn from_canonical(value: u64) -> Option<Self> {
        (value < Self::MODULUS).then(|| Self::from_u64(value))
    }

    /// `self^exponent` for a public exponent.
    fn pow(self, exponent: u64) -> Self {
        let mut power = Self::ONE;
        for bit in (0..64 - exponent.leading_zeros()).rev() {
            power = power * power;
            if exponent >> bit & 1 == 1 {
                power = power * self;
            }
        }
        power
    }

    /// `1 / self`, and 0 for 0.
    fn inverse(self) -> Self {
        self.pow(Self::MODULUS - 2)
    }

    /// Appends the elements to `out`.
    fn write(elements: &[Self], out: &mut Vec<u8>) {
        out.reserve(elements.len() * Self::BYTES);
        for element in elements {
            out.extend_from_slice(&element.to_u64().to_le_bytes());
        }
    }

    /// Reads elements to the end of `bytes`.
    ///
    /// # Errors
    ///
    /// [`MpcError::Element`] when bytes are left over or a number is not below `p`.
    fn read(bytes: &[u8]) -> Result<Vec<Self>, MpcError> {
        let (words, rest) = bytes.as_chunks();
        if !rest.is_empty() {
            return Err(MpcError::Element);
        }
        // As long as it will be: a vector that grows leaves its elements behind.
        let mut elements = Zeroizing::new(Vec::with_capacity(words.len()));
        for word in words {
            let element = Self::from_canonical(u64::from_le_bytes(*word));
            elements.push(element.ok_or(MpcError::Element)?);
        }
        Ok(std::mem::take(&mut *elements))
    }
}

/// Inverts all elements with one inversion and three products each (Montgomery, 1987). 0 stays 0.
pub fn invert_all<F: Field>(elements: &mut [F]) {
    // 0 is replaced by 1 on the way.
    let zero = |element: F| F::from_u64(u64::from(element == F::ZERO));
    let mut before = Zeroizing::new(Vec::with_capacity(elements.len()));
    let mut product = F::ONE;
    for element in elements.iter() {
        before.push(product);
        product = product * (*element + zero(*element));
    }
    let mut rest = product.inverse();
    for (element, before) in elements.iter_mut().zip(before.iter()).rev() {
        let was_zero = zero(*element);
        let inverse = rest * *before - was_zero;
        rest = rest * (*element + was_zero);
        *element = inverse;
    }
    rest.zeroize();
    product.zeroize();
}

/// The fields in which a network may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Prime {
    /// `2^61 - 1`: [`Mersenne61`].
    Mersenne61,
    /// [`OneSymbol`].
    OneSymbol,
    /// [`ThreeSymbols`].
    ThreeSymbols,
    /// [`FiveSymbols`].
    FiveSymbols,
}

impl Prime {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Mersenne61,
        Self::OneSymbol,
        Self::ThreeSymbols,
        Self::FiveSymbols,
    ];

    /// `p`.
    pub fn modulus(self) -> u64 {
        crate::with_field!(self, F => F::MODULUS)
    }
}

/// Runs an expression with the type of a [`Prime`]'s elements bound to a name.
///
/// ```
/// use blindsight_mpc::{shamir::{Field, Prime}, with_field};
/// assert_eq!(with_field!(Prime::Mersenne61, F => F::MODULUS), (1 << 61) - 1);
/// ```
#[macro_export]
macro_rules! with_field {
    ($prime:expr, $field:ident => $body:expr) => {
        match $prime {
            $crate::shamir::field::Prime::Mersenne61 => {
                type $field = $crate::shamir::field::Mersenne61;
                $body
            }
            $crate::shamir::field::Prime::OneSymbol => {
                type $field = $crate::shamir::field::OneSymbol;
                $body
            }
            $crate::shamir::field::Prime::ThreeSymbols => {
                type $field = $crate::shamir::field::ThreeSymbols;
                $body
            }
            $crate::shamir::field::Prime::FiveSymbols => {
                type $field = $crate::shamir::field::FiveSymbols;
                $body
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shamir::{product::dot, testing::Tiny};
    use num_bigint::BigUint;
    use proptest::prelude::*;

    fn big(value: u64) -> BigUint {
        BigUint::from(value)
    }

    /// The representative below `p` of a number of any size.
    fn modulo<F: Field>(value: BigUint) -> u64 {
        u64::try_from(value % big(F::MODULUS)).unwrap()
    }

    fn arithmetic<F: Field>(a: u64, b: u64, exponent: u64) {
        let p = big(F::MODULUS);
        let (x, y) = (F::from_u64(a), F::from_u64(b));
        let (a, b) = (big(a) % &p, big(b) % &p);
        assert_eq!(x.to_u64(), modulo::<F>(a.clone()));
        assert_eq!((x + y).to_u64(), modulo::<F>(&a + &b));
        assert_eq!((x - y).to_u64(), modulo::<F>(&a + &p - &b));
        assert_eq!((x * y).to_u64(), modulo::<F>(&a * &b));
        assert_eq!((-x).to_u64(), modulo::<F>(&p - &a));
        let mut z = x;
        z += y;
        z -= x;
        assert_eq!(z.to_u64(), modulo::<F>(b));
        let power = a.modpow(&big(exponent), &p);
        assert_eq!(x.pow(exponent).to_u64(), modulo::<F>(power));
        if let Some(inverse) = a.modinv(&p) {
            assert_eq!(x.inverse().to_u64(), modulo::<F>(inverse));
        } else {
            assert_eq!(x.inverse().to_u64(), 0);
        }
    }

    fn sums<F: Field>(a: &[u64], b: &[u64]) {
        let elements = |words: &[u64]| words.iter().map(|word| F::from_u64(*word)).collect();
        let (x, y): (Vec<F>, Vec<F>) = (elements(a), elements(b));
        let sum: BigUint = a.iter().zip(b).map(|(a, b)| big(*a) * big(*b)).sum();
        assert_eq!(dot(&x, &y).to_u64(), modulo::<F>(sum));
        let mut inverses = x.clone();
        invert_all(&mut inverses);
        for (x, inverse) in x.iter().zip(&inverses) {
            assert!(*inverse == x.inverse());
        }
        let mut bytes = Vec::new();
        F::write(&x, &mut bytes);
        assert_eq!(bytes.len(), F::BYTES * x.len());
        assert!(F::read(&bytes).is_ok_and(|read| read == x));
    }

    /// Numbers near the ends of what fits, as often as others.
    fn words() -> impl Strategy<Value = u64> {
        let near =
            |end: u64| (0_u64..3).prop_map(move |more| end.wrapping_add(more).wrapping_sub(1));
        let primes = Prime::ALL.map(Prime::modulus);
        let ends = prop::sample::select([vec![0, 1 << 61], primes.to_vec()].concat());
        prop_oneof![any::<u64>(), ends.prop_flat_map(near)]
    }

    proptest! {
        #[test]
        fn arithmetic_is_that_of_large_integers(a in words(), b in words(), exponent: u64) {
            for prime in Prime::ALL {
                crate::with_field!(prime, F => arithmetic::<F>(a, b, exponent));
            }
        }

        #[test]
        fn sums_of_products_are_reduced_once(pairs in prop::collection::vec((words(), words()), 0..300)) {
            let (a, b): (Vec<u64>, Vec<u64>) = pairs.into_iter().unzip();
            for prime in Prime::ALL {
                crate::with_field!(prime, F => sums::<F>(&a, &b));
            }
        }

        #[test]
        fn signed_numbers_come_back(value in -(1_i64 << 60) + 1..1 << 60) {
            for prime in Prime::ALL {
                crate::with_field!(prime, F => prop_assert_eq!(F::from_i64(value).to_i64(), value));
            }
        }
    }

    /// All products that a word takes at the largest elements.
    #[test]
    fn the_largest_elements_do_not_overflow() {
        for prime in Prime::ALL {
            let largest = prime.modulus() - 1;
            crate::with_field!(prime, F => {
                for largest in [largest, F::sample(largest).map_or(largest, F::to_u64)] {
                    sums::<F>(&[largest; 1000], &[largest; 1000]);
                }
            });
        }
    }

    #[test]
    fn a_tiny_field_is_one_too() {
        for a in 0..20 {
            for b in 0..20 {
                arithmetic::<Tiny>(a, b, a + b);
            }
        }
        assert_eq!((Tiny::BITS, Tiny::from_i64(-1).to_u64()), (3, 6));
        assert_eq!((0..8).filter_map(Tiny::sample).count(), 7);
    }

    #[test]
    fn only_what_is_below_the_modulus_is_read() {
        for prime in Prime::ALL {
            let modulus = prime.modulus();
            let read = |word: u64| {
                let bytes = word.to_le_bytes();
                crate::with_field!(prime, F => F::read(&bytes).map(|read| read[0].to_u64()))
            };
            assert_eq!(read(modulus - 1), Ok(modulus - 1));
            assert_eq!(read(modulus), Err(MpcError::Element));
            assert_eq!(read(u64::MAX), Err(MpcError::Element));
        }
        assert!(Mersenne61::read(&[0; 15]).is_err());
        assert!(Mersenne61::read(&[]).is_ok_and(|read| read.is_empty()));
    }

    /// As the roots of public squares need it.
    #[test]
    fn all_moduli_are_three_modulo_four() {
        for prime in Prime::ALL {
            assert_eq!(prime.modulus() % 4, 3);
            // Fermat: 2 and 3 to the power of p - 1 are 1.
            let power =
                |base: u64| big(base).modpow(&big(prime.modulus() - 1), &big(prime.modulus()));
            assert_eq!([power(2), power(3)], [big(1), big(1)]);
        }
    }
}
