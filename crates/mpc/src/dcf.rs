//! The distributed comparison function: keys for `f(x) = beta if x < alpha else 0`.
//!
//! Boyle, Chandran, Gilboa, Gupta, Ishai, Kumar, Rathee, "Function Secret Sharing for Mixed-Mode
//! and Fixed-Point Secure Computation", Eurocrypt 2021, figure 1. The payload `beta` is a tuple of
//! `K` ring elements. Each party evaluates its key on the public `x` and gets an additive share of
//! `f(x)`; one key alone says nothing of `alpha` or `beta`.
//!
//! Keys are handled four at a time, one in each lane of a vector. What differs between the parties
//! is the root seed alone, expanded from the seed shared with the dealer. The rest, the correction
//! words, is the same for both and laid out in the order in which evaluation reads it:
//!
//! ```text
//! group of four keys := level*  leaf
//! level := 4 x 4 seed words (u32)  K x 4 payload words  4 left bits + 4 right bits (one byte)
//! leaf  := K x 4 payload words
//! ```
//!
//! Any bytes of the right length are a well-formed key, so a length check is all the parsing.
//! Neither generation nor evaluation branches or indexes on a secret: `alpha`, `beta`, seeds and
//! control bits go through masks. `x` is public to both parties.

mod evaluate;
mod generate;
mod node;

pub use evaluate::evaluate;
pub use generate::generate;

use crate::ring::Word;

/// Keys that are handled together.
pub const LANES: usize = 4;
/// Words of root seed in a group: four 32-bit words for each key, word by word.
pub const ROOT_WORDS: usize = 4 * LANES;

/// One payload component after the other, each for four keys.
pub type Payload<T, const K: usize> = [[T; LANES]; K];

/// The shape of a tree: all that both parties and the dealer know of a batch of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tree {
    /// Bits of `x` and of `alpha`, 0 to 63.
    pub levels: u32,
    /// Sets the batch apart from every other one under the same seeds: the generator of each node
    /// takes it together with the position of the key.
    pub tweak: [u32; 2],
}

impl Tree {
    /// Groups of four that `count` keys take.
    pub const fn groups(count: usize) -> usize {
        count.div_ceil(LANES)
    }

    /// Bytes of one group with `K` payload words of type `T`.
    pub const fn group_bytes<T: Word, const K: usize>(self) -> usize {
        let payload = K * LANES * T::BYTES;
        self.levels as usize * (ROOT_WORDS * 4 + payload + 1) + payload
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Party;
    use proptest::prelude::*;

    fn roots(seed: u64) -> [u32; ROOT_WORDS] {
        let seed = crate::seed::Seed::from_bytes(std::array::from_fn(|i| (seed >> (i % 8)) as u8));
        let domain = crate::prg::Domain {
            purpose: crate::prg::Purpose::GateKey,
            number: 1,
            step: 0,
        };
        let words = crate::prg::Prg::new(&seed, domain).words::<u32>(ROOT_WORDS);
        std::array::from_fn(|i| words[i])
    }

    fn sum<T: Word, const K: usize>(
        tree: Tree,
        position: u32,
        roots: &[[u32; ROOT_WORDS]; 2],
        key: &[u8],
        x: [u64; LANES],
    ) -> Payload<T, K> {
        let a = evaluate::<T, K>(tree, position, Party::P0, &roots[0], key, x);
        let b = evaluate::<T, K>(tree, position, Party::P1, &roots[1], key, x);
        std::array::from_fn(|k| std::array::from_fn(|lane| a[k][lane].add(b[k][lane])))
    }

    fn check<T: Word, const K: usize>(tree: Tree, alpha: [u64; LANES], xs: &[[u64; LANES]]) {
        let roots = [roots(alpha[0] ^ 0x55), roots(alpha[1] ^ 0xaa)];
        let beta: Payload<T, K> = std::array::from_fn(|k| {
            std::array::from_fn(|lane| T::from_u64((k as u64 + 3) * 0x9e37_79b9 + lane as u64))
        });
        let mut key = Vec::new();
        generate(tree, 2, &roots, alpha, beta, &mut key);
        assert_eq!(key.len(), tree.group_bytes::<T, K>());
        for &x in xs {
            let got = sum::<T, K>(tree, 2, &roots, &key, x);
            for k in 0..K {
                for lane in 0..LANES {
                    let below = x[lane] < alpha[lane];
                    let expected = if below { beta[k][lane] } else { T::default() };
                    assert!(got[k][lane] == expected, "{tree:?} {alpha:?} {x:?}");
                }
            }
        }
    }

    /// Every alpha against every x for trees of 0 to 5 levels, all payload shapes.
    #[test]
    fn compares_exhaustively_on_small_widths() {
        for levels in 0..=5 {
            let tree = Tree {
                levels,
                tweak: [levels, 7],
            };
            let size = 1_u64 << levels;
            for alpha in 0..size {
                let alphas = std::array::from_fn(|lane| (alpha + lane as u64) % size);
                let xs: Vec<_> = (0..size).map(|x| [x; LANES]).collect();
                check::<u32, 3>(tree, alphas, &xs);
                check::<u64, 3>(tree, alphas, &xs);
                check::<u8, 1>(tree, alphas, &xs);
            }
        }
    }

    proptest! {
        #[test]
        fn compares_on_real_widths(
            levels in 6_u32..=63, tweak: [u32; 2], a: [u64; LANES], b: [u64; LANES],
        ) {
            let mask = (1 << levels) - 1;
            let (alpha, b) = (a.map(|a| a & mask), b.map(|b| b & mask));
            let above = alpha.map(|a| (a + 1) & mask);
            let below = alpha.map(|a| a.wrapping_sub(1) & mask);
            let xs = [b, alpha, above, below, [0; LANES], [mask; LANES]];
            let tree = Tree { levels, tweak };
            check::<u16, 3>(tree, alpha, &xs);
            check::<u32, 1>(tree, alpha, &xs);
            check::<u64, 3>(tree, alpha, &xs);
        }
    }

    /// Another root, another tweak or another position gives another share, not the value.
    #[test]
    fn a_wrong_root_tweak_or_position_gives_noise() {
        let tree = Tree {
            levels: 10,
            tweak: [1, 2],
        };
        let pair = [roots(1), roots(2)];
        let (alpha, x) = ([500; LANES], [3; LANES]);
        let mut key = Vec::new();
        generate::<u32, 1>(tree, 0, &pair, alpha, [[1; LANES]], &mut key);
        assert_eq!(sum::<u32, 1>(tree, 0, &pair, &key, x), [[1; LANES]]);
        let wrong_root = sum::<u32, 1>(tree, 0, &[roots(1), roots(3)], &key, x);
        let wrong_position = sum::<u32, 1>(tree, 1, &pair, &key, x);
        let other = Tree {
            tweak: [1, 3],
            ..tree
        };
        let wrong_tweak = sum::<u32, 1>(other, 0, &pair, &key, x);
        for wrong in [wrong_root, wrong_position, wrong_tweak] {
            assert!(wrong[0].iter().all(|share| *share > 1), "{wrong:?}");
        }
    }
}
