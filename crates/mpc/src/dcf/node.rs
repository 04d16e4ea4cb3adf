//! Expanding the nodes of eight trees at once.

use super::{LANES, Payload, ROOT_WORDS};
use crate::{
    lanes::{Machine, WIDTH, each},
    ring::Word,
};

/// A node's seed: word by word, eight keys each.
pub(super) type NodeSeed<W> = [W; 4];

/// Payload words as the generator gives them: low and high word of each component; those of one
/// word leave the high one out.
type RawPayload<W, const K: usize> = [[W; 2]; K];

/// What a node's seed expands to for one of its sides.
#[derive(Clone, Copy)]
pub(super) struct Child<W, const K: usize> {
    pub(super) seed: NodeSeed<W>,
    raw: RawPayload<W, K>,
    /// Control bit, 0 or 1.
    pub(super) bit: W,
}

/// Where the nodes stand: the generator's counter and nonce, but for the level and the side.
#[derive(Clone, Copy)]
pub(super) struct Place<W> {
    /// The number of each key in its batch.
    key: W,
    tweak: [W; 2],
}

impl<W: Copy> Place<W> {
    /// Of the keys of two neighbouring groups, the first of which stands at `position`.
    #[inline(always)]
    pub(super) fn new<M: Machine<Words = W>>(m: M, position: u32, tweak: [u32; 2]) -> Self {
        let first = position.wrapping_mul(LANES as u32);
        Self {
            key: m.words(each!(WIDTH; |lane| first.wrapping_add(lane as u32))),
            tweak: [m.splat(tweak[0]), m.splat(tweak[1])],
        }
    }

    #[inline(always)]
    fn tail(self, level: W) -> [W; 4] {
        [level, self.key, self.tweak[0], self.tweak[1]]
    }
}

/// Generator words that a child takes: seed and payload, without its bit.
const fn child_words<T: Word, const K: usize>() -> usize {
    4 + K * T::PRG_WORDS
}

/// Whether one block of 16 words yields both children and their bits. Otherwise each side has a
/// block of its own.
const fn fits_one_block<T: Word, const K: usize>() -> bool {
    2 * child_words::<T, K>() < 16
}

/// In the generator's counter, the bit that tells the right side's block from the left one's.
const RIGHT: u32 = 1 << 16;

/// Both children of the nodes.
#[inline(always)]
pub(super) fn children<T: Word, const K: usize, M: Machine>(
    m: M,
    seed: &NodeSeed<M::Words>,
    place: Place<M::Words>,
    level: u32,
) -> [Child<M::Words, K>; 2] {
    let left = m.chacha(seed, &place.tail(m.splat(level)));
    if fits_one_block::<T, K>() {
        each!(2; |side| from_shared::<T, K, M>(m, &left, side))
    } else {
        let right = m.chacha(seed, &place.tail(m.splat(level | RIGHT)));
        [
            from_own::<T, K, M>(m, &left),
            from_own::<T, K, M>(m, &right),
        ]
    }
}

/// The child on the side that `side` names for each key: 0 left, 1 right.
#[inline(always)]
pub(super) fn child<T: Word, const K: usize, M: Machine>(
    m: M,
    seed: &NodeSeed<M::Words>,
    place: Place<M::Words>,
    level: u32,
    side: M::Words,
) -> Child<M::Words, K> {
    if fits_one_block::<T, K>() {
        let [left, right] = children::<T, K, M>(m, seed, place, level);
        pick(m, m.mask(side), &left, &right)
    } else {
        let right = m.and(m.mask(side), m.splat(RIGHT));
        let block = m.chacha(seed, &place.tail(m.xor(m.splat(level), right)));
        from_own::<T, K, M>(m, &block)
    }
}

/// The payloads that last nodes expand to: a block of the generator for each key, one payload behind
/// another, little endian.
#[derive(Clone, Copy)]
pub(super) struct Leaf([[u32; WIDTH]; 16]);

/// Expands the last nodes, on the level behind all others.
#[inline(always)]
pub(super) fn leaf<M: Machine>(
    m: M,
    seed: &NodeSeed<M::Words>,
    place: Place<M::Words>,
    level: u32,
) -> Leaf {
    let block = m.chacha(seed, &place.tail(m.splat(level)));
    Leaf(each!(16; |i| m.array(block[i])))
}

impl Leaf {
    /// Word `at` of a key's payloads; of more than a block, it begins anew.
    #[inline(always)]
    pub(super) fn word<T: Word>(&self, lane: usize, at: usize) -> T {
        let byte = at * T::BYTES;
        let low = self.0[byte / 4 % 16][lane] >> (8 * (byte % 4));
        if T::PRG_WORDS == 1 {
            T::from_u64(low.into())
        } else {
            let high = self.0[(byte / 4 + 1) % 16][lane];
            T::from_u64(u64::from(high) << 32 | u64::from(low))
        }
    }

    /// The same of each key.
    #[inline(always)]
    pub(super) fn words<T: Word>(&self, at: usize) -> [T; WIDTH] {
        each!(WIDTH; |lane| self.word(lane, at))
    }
}

/// `one` where the mask is set, `zero` where it is not, lane by lane and without a branch.
#[inline(always)]
pub(super) fn pick<const K: usize, M: Machine>(
    m: M,
    mask: M::Words,
    zero: &Child<M::Words, K>,
    one: &Child<M::Words, K>,
) -> Child<M::Words, K> {
    Child {
        seed: each!(4; |i| m.select(mask, zero.seed[i], one.seed[i])),
        raw: each!(K; |k| each!(2; |i| m.select(mask, zero.raw[k][i], one.raw[k][i]))),
        bit: m.select(mask, zero.bit, one.bit),
    }
}

impl<W: Copy, const K: usize> Child<W, K> {
    /// Its payload as ring elements.
    #[inline(always)]
    pub(super) fn payload<T: Word, M: Machine<Words = W>>(&self, m: M) -> Payload<T, K> {
        payload(m, &self.raw)
    }
}

#[inline(always)]
fn from_shared<T: Word, const K: usize, M: Machine>(
    m: M,
    block: &[M::Words; 16],
    side: usize,
) -> Child<M::Words, K> {
    let per_child = K * T::PRG_WORDS;
    let bits = m.array(block[2 * child_words::<T, K>()]);
    Child {
        seed: each!(4; |i| block[4 * side + i]),
        raw: raw::<T, K, _>(block, 8 + side * per_child),
        bit: m.words(each!(WIDTH; |lane| bits[lane] >> side & 1)),
    }
}

#[inline(always)]
fn from_own<T: Word, const K: usize, M: Machine>(
    m: M,
    block: &[M::Words; 16],
) -> Child<M::Words, K> {
    Child {
        seed: each!(4; |i| block[i]),
        raw: raw::<T, K, _>(block, 4),
        bit: m.and(block[child_words::<T, K>()], m.splat(1)),
    }
}

#[inline(always)]
fn raw<T: Word, const K: usize, W: Copy>(block: &[W; 16], from: usize) -> RawPayload<W, K> {
    each!(K; |k| {
        let low = from + k * T::PRG_WORDS;
        [block[low], block[low + T::PRG_WORDS - 1]]
    })
}

#[inline(always)]
fn payload<T: Word, const K: usize, M: Machine>(
    m: M,
    raw: &RawPayload<M::Words, K>,
) -> Payload<T, K> {
    each!(K; |k| {
        let low = m.array(raw[k][0]);
        if T::PRG_WORDS == 1 {
            each!(WIDTH; |lane| T::from_u64(low[lane].into()))
        } else {
            let high = m.array(raw[k][1]);
            each!(WIDTH; |lane| {
                T::from_u64(u64::from(high[lane]) << 32 | u64::from(low[lane]))
            })
        }
    })
}

/// Root words of two groups as lanes.
#[inline(always)]
pub(super) fn roots<M: Machine>(m: M, pair: [&[u32; ROOT_WORDS]; 2]) -> NodeSeed<M::Words> {
    each!(4; |word| {
        m.words(each!(WIDTH; |lane| {
            pair[lane / LANES][word * LANES + lane % LANES]
        }))
    })
}

/// Bit `level`, from the highest of `bits`, of each number, 0 or 1.
#[inline(always)]
pub(super) fn bit_at(numbers: &[u64; WIDTH], bits: u32, level: u32) -> [u32; WIDTH] {
    each!(WIDTH; |lane| (numbers[lane] >> (bits - 1 - level)) as u32 & 1)
}
