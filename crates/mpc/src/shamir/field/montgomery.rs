//! Fields of any odd prime below `2^64`, in the form of Montgomery (1985) with `R = 2^64`.

use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

use zeroize::Zeroize;

use super::Field;

/// An element `x` of the field of `P` elements, kept as `2^64 x mod P`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Zeroize)]
pub struct Montgomery<const P: u64>(u64);

impl<const P: u64> Montgomery<P> {
    /// `-1 / P mod 2^64`, by Newton's iteration: each step doubles the bits that are right.
    const NEGATIVE_INVERSE: u64 = {
        let mut inverse = P;
        let mut step = 0;
        while step < 6 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(P.wrapping_mul(inverse)));
            step += 1;
        }
        inverse.wrapping_neg()
    };
    /// `2^64 mod P`.
    const R: u64 = ((1_u128 << 64) % P as u128) as u64;
    /// `2^128 mod P`.
    const R2: u64 = (Self::R as u128 * Self::R as u128 % P as u128) as u64;

    /// `value / 2^64 mod P` of a value below `2^64 P`.
    #[inline(always)]
    const fn redc(value: u128) -> u64 {
        let factor = (value as u64).wrapping_mul(Self::NEGATIVE_INVERSE);
        let multiple = factor as u128 * P as u128;
        // The low words cancel to 0, with a carry unless both are 0.
        let carry = (value as u64 != 0) as u64;
        let (sum, over) = ((value >> 64) as u64).overflowing_add((multiple >> 64) as u64);
        let (sum, over_again) = sum.overflowing_add(carry);
        below::<P>(sum, over | over_again)
    }

    /// `a b / 2^64 mod P`, one of them below `P`.
    #[inline(always)]
    const fn product(a: u64, b: u64) -> u64 {
        Self::redc(a as u128 * b as u128)
    }
}

/// Below `P` from below `2 P`, of which `over` is the bit of worth `2^64`.
#[inline(always)]
const fn below<const P: u64>(value: u64, over: bool) -> u64 {
    let (less, borrow) = value.overflowing_sub(P);
    let keep = borrow & !over;
    plus_if::<P>(less, keep)
}

/// `value`, plus `P` if it is to be, modulo `2^64`.
#[inline(always)]
const fn plus_if<const P: u64>(value: u64, condition: bool) -> u64 {
    value.wrapping_add(P & (condition as u64).wrapping_neg())
}

impl<const P: u64> Field for Montgomery<P> {
    const MODULUS: u64 = P;
    const ZERO: Self = Self(0);
    const ONE: Self = Self(Self::R);
    const TERMS: usize = {
        let largest = (P - 1) as u128 * (P - 1) as u128;
        let terms = u128::MAX / largest;
        if terms > 64 { 64 } else { terms as usize }
    };

    #[inline(always)]
    fn from_u64(value: u64) -> Self {
        Self(Self::product(value, Self::R2))
    }

    #[inline(always)]
    fn to_u64(self) -> u64 {
        Self::redc(self.0.into())
    }

    #[inline(always)]
    fn kept(self) -> u64 {
        self.0
    }

    #[inline(always)]
    fn reduce(low: u128, high: u128) -> Self {
        // With words of worth 1, 2^64 and 2^128: each is brought below P and divided by 2^64.
        let word = |value: u128, worth: u64| {
            let [low, high] = [value as u64, (value >> 64) as u64];
            Self(Self::product(low, worth))
                + Self(Self::product(Self::product(high, Self::R2), worth))
        };
        word(low, 1 % P) + word(high, Self::R)
    }

    #[inline(always)]
    fn sample(bits: u64) -> Option<Self> {
        // A uniform element times 2^64 is as uniform as itself.
        let value = bits & (u64::MAX >> P.leading_zeros());
        (value < P).then_some(Self(value))
    }
}

impl<const P: u64> Add for Montgomery<P> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let (sum, over) = self.0.overflowing_add(other.0);
        Self(below::<P>(sum, over))
    }
}

impl<const P: u64> Sub for Montgomery<P> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        let (less, borrow) = self.0.overflowing_sub(other.0);
        Self(plus_if::<P>(less, borrow))
    }
}

impl<const P: u64> Mul for Montgomery<P> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(Self::product(self.0, other.0))
    }
}

impl<const P: u64> Neg for Montgomery<P> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self::ZERO - self
    }
}

impl<const P: u64> AddAssign for Montgomery<P> {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl<const P: u64> SubAssign for Montgomery<P> {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}
