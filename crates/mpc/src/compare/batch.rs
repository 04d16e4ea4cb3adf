//! Batches of comparison keys with constants beside them: what all gates have in common.
//!
//! Layout, for each group of four values: the correction words of [`crate::dcf`], then one word
//! for each constant and value that corrects the two parties' shares: `constant - g_0 - g_1`. The
//! first party adds it, so the material is the same bytes for both.

use std::marker::PhantomData;

use zeroize::Zeroizing;

use super::{LANES, Payload, Tree};
use crate::{
    MpcError, Party,
    dcf::{self, ROOT_WORDS},
    opening::low_bits,
    prg::Prg,
    ring::{Shares, Word},
};

/// A party's own part of a batch of keys: from its seed, never sent.
pub struct KeyShare {
    roots: Zeroizing<Vec<[u32; ROOT_WORDS]>>,
    /// Constant by constant, four words each, little endian: the ring is the gate's to know.
    constants: Zeroizing<Vec<u8>>,
}

impl KeyShare {
    pub(super) fn expand<T: Word>(count: usize, constants: usize, own: &mut Prg) -> Self {
        let groups = Tree::groups(count);
        let words = own.words::<u32>(groups * ROOT_WORDS);
        let (roots, _) = words.as_chunks();
        Self {
            roots: Zeroizing::new(roots.to_vec()),
            constants: own.bytes(groups * constants * LANES * T::BYTES),
        }
    }

    fn constants<T: Word>(&self, group: usize, k: usize, per_key: usize) -> [T; LANES] {
        let from = (group * per_key + k) * LANES;
        std::array::from_fn(|lane| T::read_one(&self.constants[(from + lane) * T::BYTES..]))
    }
}

/// What the dealer puts into one key.
pub(super) struct Dealt<T: Word, const K: usize, const C: usize> {
    pub(super) alpha: u64,
    pub(super) beta: [T; K],
    pub(super) constants: [T; C],
}

/// Keys with `K` payload words and `C` shared constants over the output ring `T`.
pub(super) struct Batch<T: Word, const K: usize, const C: usize> {
    tree: Tree,
    word: PhantomData<T>,
}

impl<T: Word, const K: usize, const C: usize> Batch<T, K, C> {
    /// For masked values of `width` bits, 1 to `limit`.
    pub(super) fn new(width: u32, tweak: [u32; 2], limit: u32) -> Result<Self, MpcError> {
        if width == 0 || width > limit {
            return Err(MpcError::Width { width, ring: limit });
        }
        let levels = width - 1;
        Ok(Self {
            tree: Tree { levels, tweak },
            word: PhantomData,
        })
    }

    const fn group_bytes(&self) -> usize {
        self.tree.group_bytes::<T, K>() + C * LANES * T::BYTES
    }

    pub(super) const fn key_bytes(&self, count: usize) -> usize {
        Tree::groups(count) * self.group_bytes()
    }

    /// Keys for one value each; `gate` says what goes into the key for a mask. The lanes that fill
    /// up the last group get keys for a mask of zero.
    pub(super) fn deal(
        &self,
        masks: &[u64],
        streams: [&mut Prg; 2],
        gate: impl Fn(u64) -> Dealt<T, K, C>,
    ) -> Vec<u8> {
        let own = streams.map(|stream| KeyShare::expand::<T>(masks.len(), C, stream));
        let mut key = Vec::with_capacity(self.key_bytes(masks.len()));
        for (group, masks) in masks.chunks(LANES).enumerate() {
            let dealt: [_; LANES] =
                std::array::from_fn(|lane| gate(masks.get(lane).copied().unwrap_or(0)));
            let roots = [own[0].roots[group], own[1].roots[group]];
            let alpha = std::array::from_fn(|lane| dealt[lane].alpha);
            let beta: Payload<T, K> =
                std::array::from_fn(|k| std::array::from_fn(|lane| dealt[lane].beta[k]));
            dcf::generate(self.tree, group as u32, &roots, alpha, beta, &mut key);
            for k in 0..C {
                let [g_0, g_1] = [0, 1].map(|b: usize| own[b].constants::<T>(group, k, C));
                let words: [T; LANES] = std::array::from_fn(|lane| {
                    dealt[lane].constants[k].sub(g_0[lane]).sub(g_1[lane])
                });
                T::write_le(&words, &mut key);
            }
        }
        key
    }

    /// A party's shares of the gate for each masked value; `value` combines its index, the masked
    /// value, the payload shares and the constant shares.
    pub(super) fn evaluate(
        &self,
        party: Party,
        key: &[u8],
        own: &KeyShare,
        masked: &[u64],
        value: impl Fn(usize, u64, [T; K], [T; C]) -> T,
    ) -> Result<Shares<T>, MpcError> {
        let groups = Tree::groups(masked.len());
        MpcError::check("a batch of keys", self.key_bytes(masked.len()), key.len())?;
        MpcError::check("a key share", groups, own.roots.len())?;
        let constant_bytes = groups * C * LANES * T::BYTES;
        MpcError::check("a share of constants", constant_bytes, own.constants.len())?;
        let low = low_bits(self.tree.levels);
        let mut out = Vec::with_capacity(masked.len());
        let keys = key.chunks_exact(self.group_bytes());
        for (group, (key, masked)) in keys.zip(masked.chunks(LANES)).enumerate() {
            let (tree_key, corrections) = key.split_at(self.tree.group_bytes::<T, K>());
            let x = std::array::from_fn(|lane| masked.get(lane).copied().unwrap_or(0) & low);
            let root = &own.roots[group];
            let payload: Payload<T, K> =
                dcf::evaluate(self.tree, group as u32, party, root, tree_key, x);
            let constants: Payload<T, C> = std::array::from_fn(|k| {
                let shares: [T; LANES] = own.constants(group, k, C);
                let at = |lane| (k * LANES + lane) * T::BYTES;
                match party {
                    Party::P0 => std::array::from_fn(|lane| {
                        shares[lane].add(T::read_one(&corrections[at(lane)..]))
                    }),
                    Party::P1 => shares,
                }
            });
            out.extend(masked.iter().enumerate().map(|(lane, &z_hat)| {
                let payload = std::array::from_fn(|k| payload[k][lane]);
                let constants = std::array::from_fn(|k| constants[k][lane]);
                value(group * LANES + lane, z_hat, payload, constants)
            }));
        }
        Ok(Shares::new(out))
    }
}
