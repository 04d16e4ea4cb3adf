//! Evaluating keys: `Eval` of figure 1.

use wide::u32x4;

use super::{
    LANES, Payload, ROOT_WORDS, Tree,
    generate::lanes,
    node::{self, Place},
};
use crate::{Party, ring::Word};

/// The party's shares of `f(x)` for four keys.
///
/// `key` is one group as `generate` wrote it, at the same `position`; a shorter slice reads as if
/// zeros followed. `x` must be below `2^levels` and is public.
pub fn evaluate<T: Word, const K: usize>(
    tree: Tree,
    position: u32,
    party: Party,
    root: &[u32; ROOT_WORDS],
    key: &[u8],
    x: [u64; LANES],
) -> Payload<T, K> {
    let mut place = Place {
        position,
        tweak: tree.tweak,
        level: 0,
    };
    let mut key = Reader(key);
    let mut seed = lanes(root);
    let mut bit = match party {
        Party::P0 => u32x4::ZERO,
        Party::P1 => u32x4::ONE,
    };
    let mut sum: Payload<T, K> = [[T::default(); LANES]; K];
    for level in 0..tree.levels {
        place.level = level;
        let side = x.map(|x| (x >> (tree.levels - 1 - level)) as u32 & 1);
        let side = u32x4::new(side);
        let child = node::child::<T, K>(&seed, place, side);

        let mask = u32x4::ZERO - bit;
        let turn = bit.to_array();
        seed = std::array::from_fn(|i| child.seed[i] ^ (key.lanes() & mask));
        for (sums, payload) in sum.iter_mut().zip(&child.payload) {
            let correction = key.words::<T>();
            for lane in 0..LANES {
                let corrected = correction[lane] & T::spread(turn[lane]);
                sums[lane] = sums[lane].add(payload[lane]).add(corrected);
            }
        }
        let bits = u32::from(key.byte());
        let [left, right] = [0, LANES]
            .map(|from| u32x4::new(std::array::from_fn(|lane| bits >> (from + lane) & 1)));
        let bit_correction = left ^ ((left ^ right) & (u32x4::ZERO - side));
        bit = child.bit ^ (bit & bit_correction);
    }
    place.level = tree.levels;
    let leaf = node::leaf::<T, K>(&seed, place);
    let turn = bit.to_array();
    let negative = (party == Party::P1).into();
    for (sums, leaf) in sum.iter_mut().zip(&leaf) {
        let correction = key.words::<T>();
        for lane in 0..LANES {
            let corrected = correction[lane] & T::spread(turn[lane]);
            sums[lane] = sums[lane].add(leaf[lane]).add(corrected).neg_if(negative);
        }
    }
    sum
}

/// Reads a key from front to back.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    #[inline(always)]
    fn words<T: Word>(&mut self) -> [T; LANES] {
        std::array::from_fn(|_| {
            let word = T::read_one(self.0);
            self.0 = self.0.get(T::BYTES..).unwrap_or_default();
            word
        })
    }

    #[inline(always)]
    fn lanes(&mut self) -> u32x4 {
        u32x4::new(self.words())
    }

    fn byte(&mut self) -> u8 {
        let [byte, rest @ ..] = self.0 else {
            return 0;
        };
        self.0 = rest;
        *byte
    }
}
