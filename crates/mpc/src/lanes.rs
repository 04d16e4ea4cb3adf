//! Vectors of eight 32-bit words, one for each of eight comparison keys, and the choice of the
//! machine instructions behind them.
//!
//! What is generic over [`Machine`] is compiled once for what every machine of the target has, and
//! on x86-64 once more for AVX2. [`on_this_machine`] asks the processor which it is to be. Both give
//! the same results.

use wide::u32x4;

use crate::chacha;

/// An array by its elements, as `std::array::from_fn` makes it, of elements that can be copied.
///
/// The instructions of a machine can only be inlined where they are known to be there, and a closure
/// does not know. So what works on vectors has no closures: neither this nor arrays' own `map`.
macro_rules! each {
    ($length:expr; |$index:ident| $element:expr) => {{
        let mut all = [{
            let $index = 0_usize;
            $element
        }; $length];
        for $index in 1..$length {
            all[$index] = $element;
        }
        all
    }};
}

pub(crate) use each;

/// Keys that are handled side by side.
pub(crate) const WIDTH: usize = 8;

/// Instructions on vectors of [`WIDTH`] words of 32 bits.
pub(crate) trait Machine: Copy {
    /// A vector.
    type Words: Copy;

    /// From words, lane by lane.
    fn words(self, words: [u32; WIDTH]) -> Self::Words;
    /// The words, lane by lane.
    fn array(self, words: Self::Words) -> [u32; WIDTH];
    /// The same word in each lane.
    fn splat(self, word: u32) -> Self::Words {
        self.words([word; WIDTH])
    }
    /// Bit by bit.
    fn xor(self, a: Self::Words, b: Self::Words) -> Self::Words;
    /// Bit by bit.
    fn and(self, a: Self::Words, b: Self::Words) -> Self::Words;
    /// `a - b` in each lane.
    fn sub(self, a: Self::Words, b: Self::Words) -> Self::Words;
    /// One block of [`chacha`] in each lane.
    fn chacha(self, key: &[Self::Words; 4], tail: &[Self::Words; 4]) -> [Self::Words; 16];

    /// All ones where a bit is 1, zero where it is 0.
    #[inline(always)]
    fn mask(self, bit: Self::Words) -> Self::Words {
        self.sub(self.splat(0), bit)
    }

    /// `one` where the mask's bits are set, `zero` elsewhere.
    #[inline(always)]
    fn select(self, mask: Self::Words, zero: Self::Words, one: Self::Words) -> Self::Words {
        self.xor(zero, self.and(self.xor(zero, one), mask))
    }
}

/// Work that is compiled for each machine. What it calls must be inlined into it.
pub(crate) trait Work {
    /// What it gives.
    type Output;
    /// Does it. To be marked `#[inline(always)]`.
    fn run<M: Machine>(self, machine: M) -> Self::Output;
}

/// Does the work with the best instructions that this machine has.
pub(crate) fn on_this_machine<W: Work>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = avx2::Avx2::detect() {
        return avx2.run(work);
    }
    work.run(Portable)
}

/// What every machine of the target has: pairs of four lanes, as SSE2, NEON or SIMD128 have them.
#[derive(Clone, Copy)]
pub(crate) struct Portable;

impl Machine for Portable {
    type Words = [u32x4; 2];

    #[inline(always)]
    fn words(self, [a, b, c, d, e, f, g, h]: [u32; WIDTH]) -> Self::Words {
        [u32x4::new([a, b, c, d]), u32x4::new([e, f, g, h])]
    }

    #[inline(always)]
    fn array(self, words: Self::Words) -> [u32; WIDTH] {
        let [[a, b, c, d], [e, f, g, h]] = [words[0].to_array(), words[1].to_array()];
        [a, b, c, d, e, f, g, h]
    }

    #[inline(always)]
    fn xor(self, a: Self::Words, b: Self::Words) -> Self::Words {
        [a[0] ^ b[0], a[1] ^ b[1]]
    }

    #[inline(always)]
    fn and(self, a: Self::Words, b: Self::Words) -> Self::Words {
        [a[0] & b[0], a[1] & b[1]]
    }

    #[inline(always)]
    fn sub(self, a: Self::Words, b: Self::Words) -> Self::Words {
        [a[0] - b[0], a[1] - b[1]]
    }

    /// One half after the other: the state of four lanes fills the registers.
    #[inline(always)]
    fn chacha(self, key: &[Self::Words; 4], tail: &[Self::Words; 4]) -> [Self::Words; 16] {
        let low = chacha::four_lanes(&each!(4; |i| key[i][0]), &each!(4; |i| tail[i][0]));
        let high = chacha::four_lanes(&each!(4; |i| key[i][1]), &each!(4; |i| tail[i][1]));
        each!(16; |i| [low[i], high[i]])
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::__m256i;

    use pulp::x86::V3;

    use super::{Machine, WIDTH, Work};
    use crate::chacha::{self, CONSTANTS, Words};

    /// The proof that this machine has AVX2.
    #[derive(Clone, Copy)]
    pub(crate) struct Avx2(V3);

    impl Avx2 {
        pub(crate) fn detect() -> Option<Self> {
            V3::try_new().map(Self)
        }

        pub(crate) fn run<W: Work>(self, work: W) -> W::Output {
            self.0.vectorize(Run(work, self))
        }
    }

    /// Work with the machine that it is to run on.
    struct Run<W>(W, Avx2);

    impl<W: Work> pulp::NullaryFnOnce for Run<W> {
        type Output = W::Output;

        #[inline(always)]
        fn call(self) -> W::Output {
            self.0.run(self.1)
        }
    }

    impl Machine for Avx2 {
        type Words = __m256i;

        #[inline(always)]
        fn words(self, words: [u32; WIDTH]) -> __m256i {
            pulp::cast(words)
        }

        #[inline(always)]
        fn array(self, words: __m256i) -> [u32; WIDTH] {
            pulp::cast(words)
        }

        #[inline(always)]
        fn xor(self, a: __m256i, b: __m256i) -> __m256i {
            self.0.avx2._mm256_xor_si256(a, b)
        }

        #[inline(always)]
        fn and(self, a: __m256i, b: __m256i) -> __m256i {
            self.0.avx2._mm256_and_si256(a, b)
        }

        #[inline(always)]
        fn sub(self, a: __m256i, b: __m256i) -> __m256i {
            self.0.avx2._mm256_sub_epi32(a, b)
        }

        /// A function of its own: it is long, and called from many places.
        #[inline(always)]
        fn chacha(self, key: &[__m256i; 4], tail: &[__m256i; 4]) -> [__m256i; 16] {
            self.0.vectorize(Block(self, key, tail))
        }
    }

    /// A block of [`chacha`]: key and tail.
    struct Block<'a>(Avx2, &'a [__m256i; 4], &'a [__m256i; 4]);

    impl pulp::NullaryFnOnce for Block<'_> {
        type Output = [__m256i; 16];

        #[inline(always)]
        fn call(self) -> [__m256i; 16] {
            let Self(machine, key, tail) = self;
            let constants = each!(4; |i| Lanes { words: machine.splat(CONSTANTS[i]), machine });
            let key = each!(4; |i| Lanes { words: key[i], machine });
            let tail = each!(4; |i| Lanes { words: tail[i], machine });
            let block = chacha::block(&constants, &key, &tail);
            each!(16; |i| block[i].words)
        }
    }

    /// Eight lanes of a [`chacha`] state.
    #[derive(Clone, Copy)]
    struct Lanes {
        words: __m256i,
        machine: Avx2,
    }

    impl Words for Lanes {
        #[inline(always)]
        fn add(self, other: Self) -> Self {
            let words = self
                .machine
                .0
                .avx2
                ._mm256_add_epi32(self.words, other.words);
            Self { words, ..self }
        }

        #[inline(always)]
        fn xor(self, other: Self) -> Self {
            let words = self.machine.xor(self.words, other.words);
            Self { words, ..self }
        }

        #[inline(always)]
        fn rotate<const LEFT: i32, const RIGHT: i32>(self) -> Self {
            let avx2 = self.machine.0.avx2;
            // By whole bytes a rotation is one instruction.
            let words = match LEFT {
                16 => avx2._mm256_shuffle_epi8(self.words, bytes([2, 3, 0, 1])),
                8 => avx2._mm256_shuffle_epi8(self.words, bytes([3, 0, 1, 2])),
                _ => avx2._mm256_or_si256(
                    avx2._mm256_slli_epi32::<LEFT>(self.words),
                    avx2._mm256_srli_epi32::<RIGHT>(self.words),
                ),
            };
            Self { words, ..self }
        }
    }

    /// From which byte of each word every byte is to come.
    #[inline(always)]
    fn bytes(from: [u8; 4]) -> __m256i {
        pulp::cast(each!(32; |i| from[i % 4] + (i % 16 - i % 4) as u8))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Does work on both machines; the second is missing where there is no AVX2.
    pub(crate) fn on_both<W: Work + Clone>(work: W) -> (W::Output, Option<W::Output>) {
        let portable = work.clone().run(Portable);
        #[cfg(target_arch = "x86_64")]
        let best = avx2::Avx2::detect().map(|avx2| avx2.run(work));
        #[cfg(not(target_arch = "x86_64"))]
        let best = None;
        (portable, best)
    }

    #[derive(Clone)]
    struct Block([[u32; WIDTH]; 4], [[u32; WIDTH]; 4]);

    impl Work for Block {
        type Output = Vec<[u32; WIDTH]>;
        #[inline(always)]
        fn run<M: Machine>(self, m: M) -> Self::Output {
            let (key, tail) = (self.0.map(|w| m.words(w)), self.1.map(|w| m.words(w)));
            let mut out = m.chacha(&key, &tail).map(|w| m.array(w)).to_vec();
            let (a, b) = (key[0], tail[0]);
            let bit = m.and(b, m.splat(1));
            let others = [m.xor(a, b), m.sub(a, b), m.select(m.mask(bit), a, b)];
            out.extend(others.map(|w| m.array(w)));
            out
        }
    }

    proptest! {
        #[test]
        fn all_machines_agree(key: [[u32; WIDTH]; 4], tail: [[u32; WIDTH]; 4]) {
            let (portable, best) = on_both(Block(key, tail));
            for lane in 0..WIDTH {
                let (a, b) = (key[0][lane], tail[0][lane]);
                prop_assert_eq!(portable[16][lane], a ^ b);
                prop_assert_eq!(portable[17][lane], a.wrapping_sub(b));
                prop_assert_eq!(portable[18][lane], if b & 1 == 1 { b } else { a });
            }
            if let Some(best) = best {
                prop_assert_eq!(portable, best);
            }
        }
    }
}
