//! The rings `Z_2^n` and vectors of their elements.

use zeroize::Zeroize;

/// An element of `Z_2^n` in a machine word: all arithmetic wraps.
///
/// Implemented for `u8` (classes and win counts), `u16`, `u32` and `u64` (shares of activations).
pub trait Word:
    Copy
    + Default
    + Eq
    + Send
    + Sync
    + Zeroize
    + bytemuck::Pod
    + std::ops::BitAnd<Output = Self>
    + std::ops::BitXor<Output = Self>
    + 'static
{
    /// Width of the ring in bits.
    const BITS: u32;
    /// Width of the ring in bytes, also on the wire (little endian).
    const BYTES: usize;
    /// How many 32-bit words of a generator one element takes.
    const PRG_WORDS: usize;

    /// `value mod 2^BITS`.
    fn from_u64(value: u64) -> Self;
    /// The representative in `0..2^BITS`.
    fn to_u64(self) -> u64;
    /// `value mod 2^BITS` in two's complement.
    #[inline(always)]
    fn from_i64(value: i64) -> Self {
        Self::from_u64(value as u64)
    }
    /// The representative in `-2^(BITS-1)..2^(BITS-1)`.
    fn to_i64(self) -> i64;
    /// `self + other`.
    fn add(self, other: Self) -> Self;
    /// `self - other`.
    fn sub(self, other: Self) -> Self;
    /// `self * other`.
    fn mul(self, other: Self) -> Self;
    /// `-self`.
    #[inline(always)]
    fn neg(self) -> Self {
        Self::default().sub(self)
    }
    /// All ones if `bit` is 1, zero if it is 0. `bit` must be 0 or 1.
    #[inline(always)]
    fn spread(bit: u32) -> Self {
        Self::from_u64(u64::from(bit)).neg()
    }
    /// `-self` if `bit` is 1, `self` if it is 0, without a branch.
    #[inline(always)]
    fn neg_if(self, bit: u32) -> Self {
        let mask = Self::spread(bit);
        (self ^ mask).sub(mask)
    }
    /// `one` where the mask's bits are set, `zero` elsewhere, without a branch.
    #[inline(always)]
    fn select(mask: Self, zero: Self, one: Self) -> Self {
        zero ^ ((zero ^ one) & mask)
    }
    /// Appends the words to `out`, little endian.
    fn write_le(words: &[Self], out: &mut Vec<u8>);
    /// Reads `bytes.len() / BYTES` words, little endian; a remainder is ignored.
    fn read_le(bytes: &[u8]) -> Vec<Self>;
    /// Reads one word from the first `BYTES` bytes; zero when there are fewer.
    fn read_one(bytes: &[u8]) -> Self;
    /// Writes one word to the first `BYTES` bytes; nothing when there are fewer.
    fn write_one(self, out: &mut [u8]);
}

macro_rules! word {
    ($word:ty, $signed:ty, $prg:expr) => {
        impl Word for $word {
            const BITS: u32 = <$word>::BITS;
            const BYTES: usize = size_of::<$word>();
            const PRG_WORDS: usize = $prg;

            #[inline(always)]
            fn from_u64(value: u64) -> Self {
                value as $word
            }
            #[inline(always)]
            fn to_u64(self) -> u64 {
                u64::from(self)
            }
            #[inline(always)]
            fn to_i64(self) -> i64 {
                i64::from(self as $signed)
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }
            fn write_le(words: &[Self], out: &mut Vec<u8>) {
                let start = out.len();
                out.resize(start + words.len() * Self::BYTES, 0);
                let (places, _) = out[start..].as_chunks_mut();
                for (place, word) in places.iter_mut().zip(words) {
                    *place = word.to_le_bytes();
                }
            }
            fn read_le(bytes: &[u8]) -> Vec<Self> {
                let (words, _) = bytes.as_chunks();
                words
                    .iter()
                    .map(|word| Self::from_le_bytes(*word))
                    .collect()
            }
            #[inline(always)]
            fn read_one(bytes: &[u8]) -> Self {
                bytes
                    .first_chunk()
                    .map_or(0, |word| Self::from_le_bytes(*word))
            }
            #[inline(always)]
            fn write_one(self, out: &mut [u8]) {
                if let Some(place) = out.first_chunk_mut() {
                    *place = self.to_le_bytes();
                }
            }
        }
    };
}

word!(u8, i8, 1);
word!(u16, i16, 1);
word!(u32, i32, 1);
word!(u64, i64, 2);

/// The rings in which a layer may run.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum Ring {
    /// `Z_2^16`.
    Z16,
    /// `Z_2^32`.
    Z32,
    /// `Z_2^64`.
    Z64,
}

impl Ring {
    /// From the narrowest to the widest.
    pub const ALL: [Self; 3] = [Self::Z16, Self::Z32, Self::Z64];

    /// Width in bits.
    pub const fn bits(self) -> u32 {
        match self {
            Self::Z16 => 16,
            Self::Z32 => 32,
            Self::Z64 => 64,
        }
    }

    /// Width in bytes.
    pub const fn bytes(self) -> usize {
        self.bits() as usize / 8
    }
}

/// Runs an expression with the type of a [`Ring`]'s words bound to a name.
///
/// ```
/// use blindsight_mpc::{ring::{Ring, Word}, with_ring};
/// let bytes = with_ring!(Ring::Z32, T => T::BYTES);
/// assert_eq!(bytes, 4);
/// ```
#[macro_export]
macro_rules! with_ring {
    ($ring:expr, $word:ident => $body:expr) => {
        match $ring {
            $crate::ring::Ring::Z16 => {
                type $word = u16;
                $body
            }
            $crate::ring::Ring::Z32 => {
                type $word = u32;
                $body
            }
            $crate::ring::Ring::Z64 => {
                type $word = u64;
                $body
            }
        }
    };
}

/// A vector of secret ring elements: erased when dropped, and without `Debug`.
pub struct Shares<T: Word>(Vec<T>);

impl<T: Word> Shares<T> {
    /// Takes over the words; their last copy is this one.
    pub fn new(words: Vec<T>) -> Self {
        Self(words)
    }
}

impl<T: Word> std::ops::Deref for Shares<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Word> std::ops::DerefMut for Shares<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T: Word> FromIterator<T> for Shares<T> {
    fn from_iter<I: IntoIterator<Item = T>>(words: I) -> Self {
        Self(words.into_iter().collect())
    }
}

impl<T: Word> Default for Shares<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Word> Drop for Shares<T> {
    /// Eight bytes at a time: erasing byte by byte took a fifth of an evaluation.
    fn drop(&mut self) {
        // What lies behind the last word may have been one.
        self.0.resize(self.0.capacity(), T::default());
        let (front, middle, back) = bytemuck::pod_align_to_mut::<T, u64>(&mut self.0);
        front.iter_mut().zeroize();
        middle.zeroize();
        back.iter_mut().zeroize();
    }
}

/// Secret bytes: of masks, keys and shares whose ring is known elsewhere.
pub type SecretBytes = Shares<u8>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cross_the_wire_unchanged() {
        let words = [0_u64, 1, u64::MAX, 0x0123_4567_89ab_cdef];
        let mut bytes = Vec::new();
        u64::write_le(&words, &mut bytes);
        assert_eq!(bytes.len(), 32);
        assert_eq!(u64::read_le(&bytes), words);
        assert_eq!(u64::read_one(&bytes[24..]), words[3]);
        assert_eq!(u64::read_one(&bytes[25..]), 0);
    }

    #[test]
    fn negation_and_selection_follow_the_bit() {
        assert_eq!(5_u16.neg_if(1), 5_u16.wrapping_neg());
        assert_eq!(5_u16.neg_if(0), 5);
        assert_eq!(Word::select(u32::spread(1), 7, 9), 9);
        assert_eq!(Word::select(u32::spread(0), 7, 9), 7);
        assert_eq!(u16::from_i64(-1), u16::MAX);
        assert_eq!(u16::MAX.to_i64(), -1);
    }
}
