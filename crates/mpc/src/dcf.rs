//! The distributed comparison function: keys for `f(x) = beta if x < alpha else 0`.
//!
//! Boyle, Chandran, Gilboa, Gupta, Ishai, Kumar, Rathee, "Function Secret Sharing for Mixed-Mode
//! and Fixed-Point Secure Computation", Eurocrypt 2021, figure 1. The payload `beta` is a tuple of
//! `K` ring elements. Each party evaluates its key on the public `x` and gets an additive share of
//! `f(x)`; one key alone says nothing of `alpha` or `beta`.
//!
//! Keys stand in groups of four and are handled eight at a time, in lockstep, one in each lane of a
//! vector. What differs between the parties is the root seed alone, expanded from the seed shared
//! with the dealer. The rest, the correction words, is the same for both and laid out in the order
//! in which evaluation reads it:
//!
//! ```text
//! group of four keys := level*  leaf
//! level := 4 x 4 seed words (u32)  K x 4 payload words  4 left bits + 4 right bits (one byte)
//! leaf  := 2^nu x K x 4 payload words
//! ```
//!
//! The tree ends `nu` levels above the bits of `x` (early termination: Boyle, Gilboa, Ishai,
//! "Function Secret Sharing: Improvements and Extensions", CCS 2016, section 3.2.3; Gupta et al.,
//! "SIGMA: Secure GPT Inference with Function Secret Sharing", PoPETs 2024, end comparisons so). The
//! seed of a last node expands to a table of `2^nu` payloads, and the leaf's correction is such a
//! table too. Of both, evaluation takes the entry that the low `nu` bits of `x` name. There are two
//! cases:
//!
//! * `x` and `alpha` agree in all bits above. The parties' seeds are independent and their control
//!   bits differ, so exactly one adds the correction. Entry `j` of it is `beta [j < low bits of
//!   alpha]`, less what the parties have collected on the path, less the difference of their own
//!   entries. A party knows its own table only. The other one is the output of a generator whose
//!   seed it does not know, and masks every entry by a word of its own: to each party the whole
//!   correction is as good as uniform, and independent of `alpha` and `beta`.
//! * They do not. Then both parties hold the same seed and the same control bit. One subtracts what
//!   the other adds, whatever the correction is, and what remains was collected where `x` left the
//!   path.
//!
//! Any bytes of the right length are a well-formed key, so a length check is all the parsing.
//! Neither generation nor evaluation branches or indexes on a secret: `alpha`, `beta`, seeds and
//! control bits go through masks, and generation computes all of the table. `x` is public to both
//! parties.

mod evaluate;
mod generate;
mod node;

pub(crate) use evaluate::evaluate;
pub(crate) use generate::generate;

use crate::{lanes::WIDTH, ring::Word};

/// Keys that stand together.
pub const LANES: usize = 4;
/// Words of root seed in a group: four 32-bit words for each key, word by word.
pub const ROOT_WORDS: usize = 4 * LANES;

/// One payload component after the other, each for eight keys.
pub(crate) type Payload<T, const K: usize> = [[T; WIDTH]; K];

/// The shape of a tree: all that both parties and the dealer know of a batch of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tree {
    /// Bits of `x` and of `alpha`, 0 to 63.
    pub bits: u32,
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
        let leaf = payload_bytes::<T, K>() << self.leaf_bits::<T, K>();
        self.levels::<T, K>() as usize * level_bytes::<T, K>() + leaf
    }

    /// `nu`: the low bits of `x` that the leaf decides, without a level for each.
    ///
    /// With it a group takes the fewest bytes, and of as many bytes the fewest levels. A leaf's
    /// table is one block of the generator at most, so that no evaluation gets slower.
    pub const fn leaf_bits<T: Word, const K: usize>(self) -> u32 {
        let mut bits = 0;
        while bits < self.bits {
            // One bit more doubles the table, and saves a level.
            let table = payload_bytes::<T, K>() << bits;
            if table > level_bytes::<T, K>() || 2 * table > LANES * BLOCK_BYTES {
                break;
            }
            bits += 1;
        }
        bits
    }

    /// Levels that have nodes: one for each bit of `x` that the leaf does not decide.
    pub const fn levels<T: Word, const K: usize>(self) -> u32 {
        self.bits - self.leaf_bits::<T, K>()
    }
}

/// Bytes of a block of the generator, which expands a node.
const BLOCK_BYTES: usize = 64;

/// Bytes of a payload of each key of a group.
const fn payload_bytes<T: Word, const K: usize>() -> usize {
    K * LANES * T::BYTES
}

/// Bytes of a level of a group.
const fn level_bytes<T: Word, const K: usize>() -> usize {
    ROOT_WORDS * 4 + payload_bytes::<T, K>() + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Party,
        lanes::{Machine, Portable, Work, tests::on_both},
    };
    use proptest::prelude::*;

    type Roots = [[u32; ROOT_WORDS]; 2];

    fn roots(seed: u64) -> Roots {
        let seed = crate::seed::Seed::from_bytes(std::array::from_fn(|i| (seed >> (i % 8)) as u8));
        let domain = crate::prg::Domain {
            purpose: crate::prg::Purpose::GateKey,
            number: 1,
            step: 0,
        };
        let words = crate::prg::Prg::new(&seed, domain).words::<u32>(2 * ROOT_WORDS);
        std::array::from_fn(|b| std::array::from_fn(|i| words[b * ROOT_WORDS + i]))
    }

    /// Keys for eight values, and the sums of both parties' shares at some points.
    #[derive(Clone)]
    struct Trial<'a, T: Word, const K: usize> {
        tree: Tree,
        /// Those that the keys are generated and evaluated with, and where.
        generated: ([Roots; 2], u32),
        evaluated: ([Roots; 2], u32, Tree),
        alpha: [u64; WIDTH],
        beta: Payload<T, K>,
        xs: &'a [[u64; WIDTH]],
    }

    impl<T: Word, const K: usize> Work for Trial<'_, T, K> {
        type Output = (Vec<u8>, Vec<Payload<T, K>>);

        #[inline(always)]
        fn run<M: Machine>(self, m: M) -> Self::Output {
            let bytes = self.tree.group_bytes::<T, K>();
            let mut key = vec![0; 2 * bytes];
            let (first, second) = key.split_at_mut(bytes);
            let (roots, position) = &self.generated;
            let each = roots.each_ref().map(|pair| pair.each_ref());
            let (alpha, beta) = (&self.alpha, &self.beta);
            generate(m, self.tree, *position, each, alpha, beta, [first, second]);
            let (roots, position, tree) = &self.evaluated;
            let keys = key.split_at(bytes).into();
            let share = |party, b: usize, x: &[u64; WIDTH]| {
                let root = roots[b].each_ref();
                evaluate::<T, K, M>(m, *tree, *position, party, root, keys, x)
            };
            let sum = |x: &[u64; WIDTH]| -> Payload<T, K> {
                let (a, b) = (share(Party::P0, 0, x), share(Party::P1, 1, x));
                std::array::from_fn(|k| std::array::from_fn(|lane| a[k][lane].add(b[k][lane])))
            };
            let sums = self.xs.iter().map(sum).collect();
            (key, sums)
        }
    }

    fn trial<T: Word, const K: usize>(
        tree: Tree,
        alpha: [u64; WIDTH],
        xs: &[[u64; WIDTH]],
    ) -> Trial<'_, T, K> {
        let roots = [roots(alpha[0] ^ 0x55), roots(alpha[1] ^ 0xaa)];
        Trial {
            tree,
            generated: (roots, 2),
            evaluated: (roots, 2, tree),
            alpha,
            beta: std::array::from_fn(|k| {
                std::array::from_fn(|lane| T::from_u64((k as u64 + 3) * 0x9e37_79b9 + lane as u64))
            }),
            xs,
        }
    }

    fn check<T: Word, const K: usize>(tree: Tree, alpha: [u64; WIDTH], xs: &[[u64; WIDTH]]) {
        let trial = trial::<T, K>(tree, alpha, xs);
        let beta = trial.beta;
        let ((key, sums), best) = on_both(trial);
        assert_eq!(key.len(), 2 * tree.group_bytes::<T, K>());
        for (x, got) in xs.iter().zip(&sums) {
            for k in 0..K {
                for lane in 0..WIDTH {
                    let below = x[lane] < alpha[lane];
                    let expected = if below { beta[k][lane] } else { T::default() };
                    assert!(got[k][lane] == expected, "{tree:?} {alpha:?} {x:?}");
                }
            }
        }
        if let Some(best) = best {
            assert!((key, sums) == best, "AVX2 differs: {tree:?} {alpha:?}");
        }
    }

    /// Every alpha against every x of 0 to 7 bits, all payload shapes: leaves that decide all bits,
    /// and up to six levels above them.
    #[test]
    fn compares_exhaustively_on_small_widths() {
        for bits in 0..=7 {
            let tree = Tree {
                bits,
                tweak: [bits, 7],
            };
            let size = 1_u64 << bits;
            // Neighbours are in the other lanes.
            for alpha in (0..size).step_by(WIDTH / 2) {
                let alphas = std::array::from_fn(|lane| (alpha + lane as u64) % size);
                let xs: Vec<_> = (0..size)
                    .map(|x| std::array::from_fn(|lane| (x + 3 * lane as u64) % size))
                    .collect();
                check::<u8, 1>(tree, alphas, &xs);
                check::<u16, 1>(tree, alphas, &xs);
                check::<u32, 1>(tree, alphas, &xs);
                check::<u32, 2>(tree, alphas, &xs);
                check::<u32, 3>(tree, alphas, &xs);
                check::<u64, 2>(tree, alphas, &xs);
                check::<u64, 3>(tree, alphas, &xs);
            }
        }
    }

    /// No other end of the tree takes fewer bytes, nor as many with fewer levels.
    #[test]
    fn the_tree_ends_where_it_is_smallest() {
        fn check<T: Word, const K: usize>(nu: u32) {
            for bits in 0..64 {
                let tree = Tree {
                    bits,
                    tweak: [0, 0],
                };
                let bytes = |nu: u32| {
                    let payload = 4 * K * T::BYTES;
                    u128::from(bits - nu) * (65 + payload as u128) + ((payload as u128) << nu)
                };
                let best = (0..=bits).min_by_key(|nu| (bytes(*nu), bits - nu)).unwrap();
                assert_eq!(tree.leaf_bits::<T, K>(), best);
                assert_eq!(tree.group_bytes::<T, K>() as u128, bytes(best));
                assert!(K * T::BYTES << best <= BLOCK_BYTES);
                assert_eq!(best, nu.min(bits));
            }
        }
        check::<u8, 1>(5);
        check::<u16, 1>(4);
        check::<u32, 1>(3);
        check::<u64, 1>(2);
        check::<u32, 2>(2);
        check::<u64, 2>(2);
        check::<u8, 3>(3);
        check::<u16, 3>(2);
        check::<u32, 3>(2);
        check::<u64, 3>(1);
    }

    /// The table that corrects the leaf, of a key that gives nothing and of one that always does:
    /// as often each byte, as far as chance goes.
    #[test]
    fn corrections_of_the_leaf_are_uniform() {
        let tree = Tree {
            bits: 7,
            tweak: [1, 2],
        };
        let leaf = tree.levels::<u8, 1>() as usize * level_bytes::<u8, 1>();
        for (alpha, beta) in [(0, 0), (127, 1)] {
            let mut counts = [0_u32; 256];
            for seed in 0..256 {
                let roots = [roots(seed * 0x0101), roots(!seed)];
                let trial = Trial::<u8, 1> {
                    generated: (roots, 0),
                    beta: [[beta; WIDTH]],
                    ..trial(tree, [alpha; WIDTH], &[])
                };
                let key = trial.run(Portable).0;
                for group in key.chunks(tree.group_bytes::<u8, 1>()) {
                    group[leaf..]
                        .iter()
                        .for_each(|byte| counts[usize::from(*byte)] += 1);
                }
            }
            // 256 x 2 groups x 4 keys x 32 entries: 256 of each byte.
            let expected = 256.0;
            let square = |count: &u32| (f64::from(*count) - expected).powi(2) / expected;
            let chi: f64 = counts.iter().map(square).sum();
            assert!((150.0..380.0).contains(&chi), "alpha {alpha}: {chi}");
        }
    }

    proptest! {
        #[test]
        fn compares_on_real_widths(
            bits in 6_u32..=63, tweak: [u32; 2], a: [u64; WIDTH], b: [u64; WIDTH],
        ) {
            let mask = (1 << bits) - 1;
            let (alpha, b) = (a.map(|a| a & mask), b.map(|b| b & mask));
            let above = alpha.map(|a| (a + 1) & mask);
            let below = alpha.map(|a| a.wrapping_sub(1) & mask);
            // Agrees with alpha in all bits that have a level.
            let near: [u64; WIDTH] = std::array::from_fn(|lane| alpha[lane] ^ b[lane] & 15);
            let xs = [b, alpha, above, below, near, [0; WIDTH], [mask; WIDTH]];
            let tree = Tree { bits, tweak };
            check::<u8, 1>(tree, alpha, &xs);
            check::<u16, 1>(tree, alpha, &xs);
            check::<u16, 3>(tree, alpha, &xs);
            check::<u32, 1>(tree, alpha, &xs);
            check::<u64, 3>(tree, alpha, &xs);
        }
    }

    /// Another root, another tweak or another position gives another share, not the value.
    #[test]
    fn a_wrong_root_tweak_or_position_gives_noise() {
        let tree = Tree {
            bits: 10,
            tweak: [1, 2],
        };
        let pair = [roots(1), roots(2)];
        let right = Trial::<u32, 1> {
            generated: (pair, 0),
            evaluated: (pair, 0, tree),
            beta: [[1; WIDTH]],
            ..trial(tree, [500; WIDTH], &[[3; WIDTH]])
        };
        let shares = |trial: &Trial<'_, u32, 1>| trial.clone().run(Portable).1[0];
        assert_eq!(shares(&right), [[1; WIDTH]]);
        let other = Tree {
            tweak: [1, 3],
            ..tree
        };
        let wrong_root = [pair[0], roots(3)];
        for evaluated in [(wrong_root, 0, tree), (pair, 1, tree), (pair, 0, other)] {
            let wrong = shares(&Trial {
                evaluated,
                ..right.clone()
            });
            assert!(wrong[0].iter().all(|share| *share > 1), "{wrong:?}");
        }
    }

    /// A group alone is the same as the first of two.
    #[test]
    fn the_second_group_may_be_left_out() {
        let tree = Tree {
            bits: 9,
            tweak: [1, 2],
        };
        let whole = trial::<u16, 2>(tree, [77; WIDTH], &[]).run(Portable).0;
        let bytes = tree.group_bytes::<u16, 2>();
        let mut key = vec![0; bytes];
        let Trial {
            generated: (roots, position),
            alpha,
            beta,
            ..
        } = trial(tree, [77; WIDTH], &[]);
        let roots = roots.each_ref().map(|pair| pair.each_ref());
        let out = [&mut key[..], &mut []];
        generate::<u16, 2, _>(Portable, tree, position, roots, &alpha, &beta, out);
        assert_eq!(key, whole[..bytes]);
    }
}
