//! Generating keys: `Gen` of figure 1.

use super::{
    LANES, Payload, ROOT_WORDS, Tree,
    node::{self, NodeSeed, Place},
};
use crate::{
    lanes::{Machine, WIDTH, each},
    opening::low_bits,
    ring::Word,
};

/// Writes the correction words of eight keys to the two slices of `out`: a group of
/// [`Tree::group_bytes`] each. What does not fit is left out, so that the second may be empty.
///
/// `position` is the place of the first group in its batch, the second is its neighbour. `roots[b]`
/// are party `b`'s root seeds of both groups, word by word. Lane `i` gets the key of
/// `f(x) = beta[..][i] if x < alpha[i] else 0`; `alpha` must be below `2^bits`.
// Into each of its callers only where there is more than one machine to compile it for.
#[cfg_attr(target_arch = "x86_64", inline(always))]
#[cfg_attr(not(target_arch = "x86_64"), inline(never))]
pub(crate) fn generate<T: Word, const K: usize, M: Machine>(
    m: M,
    tree: Tree,
    position: u32,
    roots: [[&[u32; ROOT_WORDS]; 2]; 2],
    alpha: &[u64; WIDTH],
    beta: &Payload<T, K>,
    out: [&mut [u8]; 2],
) {
    let [first, second] = out;
    let mut out = [Writer(first), Writer(second)];
    let place = Place::new(m, position, tree.tweak);
    let mut seed = each!(2; |b| node::roots(m, roots[b]));
    let mut bit = [m.splat(0), m.splat(1)];
    let mut on_path: Payload<T, K> = [[T::default(); WIDTH]; K];
    let levels = tree.levels::<T, K>();
    for level in 0..levels {
        let a = node::bit_at(alpha, tree.bits, level);
        let a_mask = m.mask(m.words(a));
        let kids = each!(2; |b| node::children::<T, K, M>(m, &seed[b], place, level));
        let keep = each!(2; |b| node::pick(m, a_mask, &kids[b][0], &kids[b][1]));
        let lose = each!(2; |b| node::pick(m, a_mask, &kids[b][1], &kids[b][0]));

        let seed_correction: NodeSeed<M::Words> =
            each!(4; |i| m.xor(lose[0].seed[i], lose[1].seed[i]));
        let turn = m.array(bit[1]);
        let kept = each!(2; |b| keep[b].payload::<T, M>(m));
        let lost = each!(2; |b| lose[b].payload::<T, M>(m));
        let correction: Payload<T, K> = each!(K; |k| each!(WIDTH; |lane| {
            // An x that leaves the path to the left is below alpha: it collects beta here.
            let gain = T::select(T::spread(a[lane]), T::default(), beta[k][lane]);
            lost[1][k][lane]
                .sub(lost[0][k][lane])
                .sub(on_path[k][lane])
                .add(gain)
                .neg_if(turn[lane])
        }));
        on_path = each!(K; |k| each!(WIDTH; |lane| {
            on_path[k][lane]
                .sub(kept[1][k][lane])
                .add(kept[0][k][lane])
                .add(correction[k][lane].neg_if(turn[lane]))
        }));
        let one = m.splat(1);
        let not_a = m.sub(one, m.and(a_mask, one));
        let left = m.xor(m.xor(kids[0][0].bit, kids[1][0].bit), not_a);
        let right = m.xor(m.xor(kids[0][1].bit, kids[1][1].bit), m.and(a_mask, one));
        for word in seed_correction {
            write(&mut out, &m.array(word));
        }
        for words in &correction {
            write(&mut out, words);
        }
        write_bits(&mut out, &m.array(left), &m.array(right));

        let bit_correction = m.select(a_mask, left, right);
        for b in 0..2 {
            let mask = m.mask(bit[b]);
            seed[b] = each!(4; |i| m.xor(keep[b].seed[i], m.and(seed_correction[i], mask)));
            bit[b] = m.xor(keep[b].bit, m.and(bit[b], bit_correction));
        }
    }
    let leaves = each!(2; |b| node::leaf(m, &seed[b], place, levels));
    let turn = m.array(bit[1]);
    let leaf_bits = tree.leaf_bits::<T, K>();
    let low = low_bits(leaf_bits);
    let alpha = each!(WIDTH; |lane| (alpha[lane] & low) as u32);
    for entry in 0..1 << leaf_bits {
        // Both are below 2^31, so the top bit says which is less.
        let below = each!(WIDTH; |lane| u32::wrapping_sub(entry, alpha[lane]) >> 31);
        for k in 0..K {
            let at = entry as usize * K + k;
            let [mine, other] = each!(2; |b| leaves[b].words::<T>(at));
            let correction: [T; WIDTH] = each!(WIDTH; |lane| {
                let gain = beta[k][lane] & T::spread(below[lane]);
                other[lane]
                    .sub(mine[lane])
                    .sub(on_path[k][lane])
                    .add(gain)
                    .neg_if(turn[lane])
            });
            write(&mut out, &correction);
        }
    }
}

/// Writes a word of each key.
#[inline(always)]
fn write<T: Word>(out: &mut [Writer<'_>; 2], words: &[T; WIDTH]) {
    let [first, second] = out;
    first.words(&each!(LANES; |lane| words[lane]));
    second.words(&each!(LANES; |lane| words[LANES + lane]));
}

/// Writes the bits of each group: left ones low, right ones high.
#[inline(always)]
fn write_bits(out: &mut [Writer<'_>; 2], left: &[u32; WIDTH], right: &[u32; WIDTH]) {
    for (group, out) in out.iter_mut().enumerate() {
        let mut bits = 0;
        for lane in 0..LANES {
            let key = group * LANES + lane;
            bits |= left[key] << lane | right[key] << (lane + LANES);
        }
        out.words(&[bits as u8]);
    }
}

/// Writes a group of keys from front to back.
struct Writer<'a>(&'a mut [u8]);

impl Writer<'_> {
    #[inline(always)]
    fn words<T: Word, const N: usize>(&mut self, words: &[T; N]) {
        let bytes = std::mem::take(&mut self.0);
        let (place, rest) = bytes.split_at_mut_checked(N * T::BYTES).unwrap_or_default();
        self.0 = rest;
        for (word, place) in words.iter().zip(place.chunks_exact_mut(T::BYTES)) {
            word.write_one(place);
        }
    }
}
