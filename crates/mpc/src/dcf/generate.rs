//! Generating keys: `Gen` of figure 1.

use wide::u32x4;

use super::{
    LANES, Payload, ROOT_WORDS, Tree,
    node::{self, NodeSeed, Place},
};
use crate::ring::Word;

/// Appends the correction words of four keys to `out`: [`Tree::group_bytes`] bytes.
///
/// `position` is the place of the group in its batch. `roots[b]` are party `b`'s root seeds, word
/// by word. Lane `i` gets the key of `f(x) = beta[..][i] if x < alpha[i] else 0`; `alpha` must be
/// below `2^levels`.
pub fn generate<T: Word, const K: usize>(
    tree: Tree,
    position: u32,
    roots: &[[u32; ROOT_WORDS]; 2],
    alpha: [u64; LANES],
    beta: Payload<T, K>,
    out: &mut Vec<u8>,
) {
    out.reserve(tree.group_bytes::<T, K>());
    let mut place = Place {
        position,
        tweak: tree.tweak,
        level: 0,
    };
    let mut seed = roots.map(|root| lanes(&root));
    let mut bit = [u32x4::ZERO, u32x4::ONE];
    let mut on_path: Payload<T, K> = [[T::default(); LANES]; K];
    for level in 0..tree.levels {
        place.level = level;
        let a = alpha.map(|alpha| (alpha >> (tree.levels - 1 - level)) as u32 & 1);
        let a_lanes = u32x4::new(a);
        let kids = [
            node::children::<T, K>(&seed[0], place),
            node::children::<T, K>(&seed[1], place),
        ];
        let keep = [0, 1].map(|b: usize| node::pick(a_lanes, &kids[b][0], &kids[b][1]));
        let lose = [0, 1].map(|b: usize| node::pick(a_lanes, &kids[b][1], &kids[b][0]));

        let seed_correction: NodeSeed = std::array::from_fn(|i| lose[0].seed[i] ^ lose[1].seed[i]);
        let turn = bit[1].to_array();
        let correction: Payload<T, K> = per_word(|k, lane| {
            // An x that leaves the path to the left is below alpha: it collects beta here.
            let gain = T::select(T::spread(a[lane]), T::default(), beta[k][lane]);
            lose[1].payload[k][lane]
                .sub(lose[0].payload[k][lane])
                .sub(on_path[k][lane])
                .add(gain)
                .neg_if(turn[lane])
        });
        on_path = per_word(|k, lane| {
            on_path[k][lane]
                .sub(keep[1].payload[k][lane])
                .add(keep[0].payload[k][lane])
                .add(correction[k][lane].neg_if(turn[lane]))
        });
        let left = kids[0][0].bit ^ kids[1][0].bit ^ a_lanes ^ u32x4::ONE;
        let right = kids[0][1].bit ^ kids[1][1].bit ^ a_lanes;
        write_level(&seed_correction, &correction, left, right, out);

        let bit_correction = left ^ ((left ^ right) & (u32x4::ZERO - a_lanes));
        for b in 0..2 {
            let mask = u32x4::ZERO - bit[b];
            seed[b] = std::array::from_fn(|i| keep[b].seed[i] ^ (seed_correction[i] & mask));
            bit[b] = keep[b].bit ^ (bit[b] & bit_correction);
        }
    }
    place.level = tree.levels;
    let leaves = [0, 1].map(|b: usize| node::leaf::<T, K>(&seed[b], place));
    let turn = bit[1].to_array();
    let last: Payload<T, K> = per_word(|k, lane| {
        leaves[1][k][lane]
            .sub(leaves[0][k][lane])
            .sub(on_path[k][lane])
            .neg_if(turn[lane])
    });
    for words in &last {
        T::write_le(words, out);
    }
}

/// Root words as lanes.
pub(super) fn lanes(root: &[u32; ROOT_WORDS]) -> NodeSeed {
    std::array::from_fn(|word| u32x4::new(std::array::from_fn(|lane| root[word * LANES + lane])))
}

fn per_word<T: Word, const K: usize>(f: impl Fn(usize, usize) -> T) -> Payload<T, K> {
    std::array::from_fn(|k| std::array::from_fn(|lane| f(k, lane)))
}

fn write_level<T: Word, const K: usize>(
    seed: &NodeSeed,
    payload: &Payload<T, K>,
    left: u32x4,
    right: u32x4,
    out: &mut Vec<u8>,
) {
    for word in seed {
        u32::write_le(&word.to_array(), out);
    }
    for words in payload {
        T::write_le(words, out);
    }
    let (left, right) = (left.to_array(), right.to_array());
    let bits = (0..LANES).map(|lane| left[lane] << lane | right[lane] << (lane + LANES));
    out.push(bits.sum::<u32>() as u8);
}
