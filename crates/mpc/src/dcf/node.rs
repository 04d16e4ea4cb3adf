//! Expanding the nodes of four trees at once.

use wide::u32x4;

use super::{LANES, Payload};
use crate::{chacha, ring::Word};

/// A node's seed: word by word, four keys each.
pub(super) type NodeSeed = [u32x4; 4];

/// What a node's seed expands to for one of its sides.
#[derive(Clone, Copy)]
pub(super) struct Child<T: Word, const K: usize> {
    pub(super) seed: NodeSeed,
    pub(super) payload: Payload<T, K>,
    /// Control bit, 0 or 1.
    pub(super) bit: u32x4,
}

/// Where a group of nodes stands: the generator's counter and nonce.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The position of the group in its batch, and the batch's tweak.
    pub(super) position: u32,
    pub(super) tweak: [u32; 2],
    pub(super) level: u32,
}

impl Place {
    fn tail(self, side: u32x4) -> [u32x4; 4] {
        let level = u32x4::splat(self.level) | (side << 16);
        let lane = u32x4::new([0, 1, 2, 3]);
        let key = u32x4::splat(self.position * LANES as u32) + lane;
        let [low, high] = self.tweak.map(u32x4::splat);
        [level, key, low, high]
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

/// Both children of the four nodes.
#[inline(always)]
pub(super) fn children<T: Word, const K: usize>(seed: &NodeSeed, place: Place) -> [Child<T, K>; 2] {
    let left = chacha::block(seed, &place.tail(u32x4::ZERO));
    if fits_one_block::<T, K>() {
        [from_shared(&left, 0), from_shared(&left, 1)]
    } else {
        let right = chacha::block(seed, &place.tail(u32x4::ONE));
        [from_own(&left), from_own(&right)]
    }
}

/// The child on the side that `side` names for each key: 0 left, 1 right.
#[inline(always)]
pub(super) fn child<T: Word, const K: usize>(
    seed: &NodeSeed,
    place: Place,
    side: u32x4,
) -> Child<T, K> {
    if fits_one_block::<T, K>() {
        let [left, right] = children::<T, K>(seed, place);
        pick(side, &left, &right)
    } else {
        from_own(&chacha::block(seed, &place.tail(side)))
    }
}

/// The payload that a leaf's seed is converted to.
#[inline(always)]
pub(super) fn leaf<T: Word, const K: usize>(seed: &NodeSeed, place: Place) -> Payload<T, K> {
    payload(&chacha::block(seed, &place.tail(u32x4::ZERO)), 0)
}

/// `one` where `bit` is 1, `zero` where it is 0, lane by lane and without a branch.
#[inline(always)]
pub(super) fn pick<T: Word, const K: usize>(
    bit: u32x4,
    zero: &Child<T, K>,
    one: &Child<T, K>,
) -> Child<T, K> {
    let mask = u32x4::ZERO - bit;
    let bits = bit.to_array();
    Child {
        seed: std::array::from_fn(|i| zero.seed[i] ^ ((zero.seed[i] ^ one.seed[i]) & mask)),
        payload: std::array::from_fn(|k| {
            std::array::from_fn(|lane| {
                let mask = T::spread(bits[lane]);
                T::select(mask, zero.payload[k][lane], one.payload[k][lane])
            })
        }),
        bit: zero.bit ^ ((zero.bit ^ one.bit) & mask),
    }
}

#[inline(always)]
fn from_shared<T: Word, const K: usize>(words: &[u32x4; 16], side: usize) -> Child<T, K> {
    let per_child = K * T::PRG_WORDS;
    let bits = words[2 * child_words::<T, K>()];
    Child {
        seed: std::array::from_fn(|i| words[4 * side + i]),
        payload: payload(words, 8 + side * per_child),
        bit: (bits >> side as i32) & u32x4::ONE,
    }
}

#[inline(always)]
fn from_own<T: Word, const K: usize>(words: &[u32x4; 16]) -> Child<T, K> {
    Child {
        seed: std::array::from_fn(|i| words[i]),
        payload: payload(words, 4),
        bit: words[child_words::<T, K>()] & u32x4::ONE,
    }
}

#[inline(always)]
fn payload<T: Word, const K: usize>(words: &[u32x4; 16], from: usize) -> Payload<T, K> {
    std::array::from_fn(|k| {
        let low = words[from + k * T::PRG_WORDS].to_array();
        let high = words[from + k * T::PRG_WORDS + T::PRG_WORDS - 1].to_array();
        std::array::from_fn(|lane| T::from_u64(u64::from(high[lane]) << 32 | u64::from(low[lane])))
    })
}
