//! Evaluating keys: `Eval` of figure 1.

use super::{
    LANES, Payload, ROOT_WORDS, Tree,
    node::{self, Place},
};
use crate::{
    Party,
    lanes::{Machine, WIDTH, each},
    opening::low_bits,
    ring::Word,
};

/// The party's shares of `f(x)` for eight keys.
///
/// `keys` are two neighbouring groups as `generate` wrote them, the first at `position`; a shorter
/// slice reads as if zeros followed. `x` must be below `2^bits` and is public.
// Into each of its callers only where there is more than one machine to compile it for.
#[cfg_attr(target_arch = "x86_64", inline(always))]
#[cfg_attr(not(target_arch = "x86_64"), inline(never))]
pub(crate) fn evaluate<T: Word, const K: usize, M: Machine>(
    m: M,
    tree: Tree,
    position: u32,
    party: Party,
    root: [&[u32; ROOT_WORDS]; 2],
    keys: [&[u8]; 2],
    x: &[u64; WIDTH],
) -> Payload<T, K> {
    let place = Place::new(m, position, tree.tweak);
    let mut keys = [Reader(keys[0]), Reader(keys[1])];
    let mut seed = node::roots(m, root);
    let mut bit = m.splat(match party {
        Party::P0 => 0,
        Party::P1 => 1,
    });
    let mut sum: Payload<T, K> = [[T::default(); WIDTH]; K];
    let levels = tree.levels::<T, K>();
    for level in 0..levels {
        let side = m.words(node::bit_at(x, tree.bits, level));
        let child = node::child::<T, K, M>(m, &seed, place, level, side);

        let mask = m.mask(bit);
        let turn = m.array(bit);
        seed = each!(4; |i| {
            let correction = m.words(words(&mut keys));
            m.xor(child.seed[i], m.and(correction, mask))
        });
        let payload = child.payload::<T, M>(m);
        for k in 0..K {
            add_corrected(&mut sum[k], &payload[k], &words(&mut keys), &turn);
        }
        let [first, second] = [u32::from(keys[0].byte()), u32::from(keys[1].byte())];
        let left = (first & 15) | (second & 15) << LANES;
        let right = first >> LANES | second >> LANES << LANES;
        let left = m.words(each!(WIDTH; |lane| left >> lane & 1));
        let right = m.words(each!(WIDTH; |lane| right >> lane & 1));
        let bit_correction = m.select(m.mask(side), left, right);
        bit = m.xor(child.bit, m.and(bit, bit_correction));
    }
    let leaf = node::leaf(m, &seed, place, levels);
    let turn = m.array(bit);
    let low = low_bits(tree.leaf_bits::<T, K>());
    let negative = (party == Party::P1).into();
    // x is public, so it may say which payload.
    let from = each!(WIDTH; |lane| (x[lane] & low) as usize * K);
    for k in 0..K {
        let payload = each!(WIDTH; |lane| leaf.word(lane, from[lane] + k));
        let correction = each!(WIDTH; |lane| {
            keys[lane / LANES].word((from[lane] + k) * LANES + lane % LANES)
        });
        add_corrected(&mut sum[k], &payload, &correction, &turn);
        sum[k] = each!(WIDTH; |lane| sum[k][lane].neg_if(negative));
    }
    sum
}

/// Adds a payload to the sums, and its correction where it is the key's turn.
#[inline(always)]
fn add_corrected<T: Word>(
    sums: &mut [T; WIDTH],
    payload: &[T; WIDTH],
    correction: &[T; WIDTH],
    turn: &[u32; WIDTH],
) {
    for lane in 0..WIDTH {
        let corrected = correction[lane] & T::spread(turn[lane]);
        sums[lane] = sums[lane].add(payload[lane]).add(corrected);
    }
}

/// The next word of each of eight keys.
#[inline(always)]
fn words<T: Word>(keys: &mut [Reader<'_>; 2]) -> [T; WIDTH] {
    let [first, second] = keys;
    let (first, second) = (first.words(), second.words());
    each!(WIDTH; |lane| if lane < LANES { first[lane] } else { second[lane - LANES] })
}

/// Reads a group of keys from front to back.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    #[inline(always)]
    fn words<T: Word>(&mut self) -> [T; LANES] {
        let (words, rest) = self
            .0
            .split_at_checked(LANES * T::BYTES)
            .unwrap_or_default();
        self.0 = rest;
        each!(LANES; |lane| T::read_one(words.get(lane * T::BYTES..).unwrap_or_default()))
    }

    /// The word so many places ahead, without reading it.
    #[inline(always)]
    fn word<T: Word>(&self, at: usize) -> T {
        T::read_one(self.0.get(at * T::BYTES..).unwrap_or_default())
    }

    #[inline(always)]
    fn byte(&mut self) -> u8 {
        let [byte, rest @ ..] = self.0 else {
            return 0;
        };
        self.0 = rest;
        *byte
    }
}
