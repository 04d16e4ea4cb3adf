//! The field of `2^61 - 1` elements.

use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

use zeroize::Zeroize;

use super::Field;

const P: u64 = (1 << 61) - 1;

/// An element of the field of `2^61 - 1` elements, kept as its representative below `p`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Zeroize)]
pub struct Mersenne61(u64);

/// Below `p` from below `2 p`.
#[inline(always)]
const fn below(value: u64) -> u64 {
    let (less, borrow) = value.overflowing_sub(P);
    less.wrapping_add(P & (borrow as u64).wrapping_neg())
}

/// A representative below `2^62` of any number of 128 bits: `2^61 = 1`.
#[inline(always)]
const fn fold(value: u128) -> u64 {
    // Below 2^67 + 2^61, then below 2^61 + 2^7.
    let once = (value >> 61) + (value & P as u128);
    ((once >> 61) + (once & P as u128)) as u64
}

impl Field for Mersenne61 {
    const MODULUS: u64 = P;
    const ZERO: Self = Self(0);
    const ONE: Self = Self(1);
    const TERMS: usize = 64;

    #[inline(always)]
    fn from_u64(value: u64) -> Self {
        Self(below((value >> 61) + (value & P)))
    }

    #[inline(always)]
    fn to_u64(self) -> u64 {
        self.0
    }

    #[inline(always)]
    fn kept(self) -> u64 {
        self.0
    }

    #[inline(always)]
    fn reduce(low: u128, high: u128) -> Self {
        // 2^64 = 8.
        Self(below(fold(low))) + Self(below(fold(high))) * Self(8)
    }

    #[inline(always)]
    fn sample(bits: u64) -> Option<Self> {
        let value = bits & P;
        (value < P).then_some(Self(value))
    }
}

impl Add for Mersenne61 {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(below(self.0 + other.0))
    }
}

impl Sub for Mersenne61 {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(below(self.0 + P - other.0))
    }
}

impl Mul for Mersenne61 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        let product = u128::from(self.0) * u128::from(other.0);
        // Both halves are at most p.
        Self(below((product >> 61) as u64 + (product as u64 & P)))
    }
}

impl Neg for Mersenne61 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(below(P - self.0))
    }
}

impl AddAssign for Mersenne61 {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Mersenne61 {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}
