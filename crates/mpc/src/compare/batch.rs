//! Batches of comparison keys with constants beside them: what all gates have in common.
//!
//! Layout, for each group of four values: the correction words of [`crate::dcf`], then one word
//! for each constant and value that corrects the two parties' shares: `constant - g_0 - g_1`. The
//! first party adds it, so the material is the same bytes for both.

use std::marker::PhantomData;

use zeroize::Zeroizing;

use crate::{
    MpcError, Party,
    dcf::{self, LANES, Payload, ROOT_WORDS, Tree},
    lanes::{Machine, WIDTH, Work, each, on_this_machine},
    opening::low_bits,
    prg::Prg,
    ring::{SecretBytes, Shares, Word},
};

/// A party's own part of a batch of keys: from its seed, never sent.
pub struct KeyShare {
    roots: Zeroizing<Vec<[u32; ROOT_WORDS]>>,
    /// Constant by constant, four words each, little endian: the ring is the gate's to know.
    constants: SecretBytes,
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

    /// The share at one place of a group: constant by constant, lane by lane.
    #[inline(always)]
    fn constant<T: Word>(&self, group: usize, at: usize, per_key: usize) -> T {
        let from = (group * per_key * LANES + at) * T::BYTES;
        T::read_one(self.constants.get(from..).unwrap_or_default())
    }

    /// The roots of a group and its neighbour; those of a group that is not there are zero.
    #[inline(always)]
    fn roots(&self, group: usize) -> [&[u32; ROOT_WORDS]; 2] {
        each!(2; |next| self.roots.get(group + next).unwrap_or(NO_ROOTS))
    }
}

/// What the dealer puts into one key.
#[derive(Clone, Copy)]
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
        let bits = width - 1;
        Ok(Self {
            tree: Tree { bits, tweak },
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
        let mut key = vec![0; self.key_bytes(masks.len())];
        on_this_machine(Deal {
            batch: self,
            masks,
            own: &own,
            gate,
            key: &mut key,
        });
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
        Ok(Shares::new(on_this_machine(Evaluate {
            batch: self,
            party,
            key,
            own,
            masked,
            value,
        })))
    }
}

/// The roots of a group that fills up the last pair: of nobody.
const NO_ROOTS: &[u32; ROOT_WORDS] = &[0; ROOT_WORDS];

/// A group's tree and what stands behind it; nothing where there is no group.
#[inline(always)]
fn split(group: Option<&[u8]>, tree_bytes: usize) -> (&[u8], &[u8]) {
    let parts = group.unwrap_or_default().split_at_checked(tree_bytes);
    parts.unwrap_or_default()
}

/// The same, to be written.
#[inline(always)]
fn split_mut(group: Option<&mut [u8]>, tree_bytes: usize) -> (&mut [u8], &mut [u8]) {
    let parts = group.unwrap_or_default().split_at_mut_checked(tree_bytes);
    parts.unwrap_or_default()
}

struct Deal<'a, T: Word, const K: usize, const C: usize, F> {
    batch: &'a Batch<T, K, C>,
    masks: &'a [u64],
    own: &'a [KeyShare; 2],
    gate: F,
    key: &'a mut [u8],
}

impl<T: Word, const K: usize, const C: usize, F> Work for Deal<'_, T, K, C, F>
where
    F: Fn(u64) -> Dealt<T, K, C>,
{
    type Output = ();

    #[inline(always)]
    fn run<M: Machine>(self, machine: M) {
        let Self {
            batch,
            masks,
            own,
            gate,
            key,
        } = self;
        let tree_bytes = batch.tree.group_bytes::<T, K>();
        let pairs = key.chunks_mut(2 * batch.group_bytes());
        for (pair, (key, masks)) in pairs.zip(masks.chunks(WIDTH)).enumerate() {
            let position = 2 * pair;
            let dealt = each!(WIDTH; |lane| gate(masks.get(lane).copied().unwrap_or(0)));
            let roots = [own[0].roots(position), own[1].roots(position)];
            let alpha = each!(WIDTH; |lane| dealt[lane].alpha);
            let beta: Payload<T, K> = each!(K; |k| each!(WIDTH; |lane| dealt[lane].beta[k]));
            let mut groups = key.chunks_mut(batch.group_bytes());
            let [first, second] = [groups.next(), groups.next()];
            let (first, of_first) = split_mut(first, tree_bytes);
            let (second, of_second) = split_mut(second, tree_bytes);
            let keys = [first, second];
            dcf::generate(
                machine,
                batch.tree,
                position as u32,
                roots,
                &alpha,
                &beta,
                keys,
            );
            for (group, corrections) in [of_first, of_second].into_iter().enumerate() {
                let words = corrections.chunks_exact_mut(T::BYTES).enumerate();
                for (at, place) in words {
                    let (k, lane) = (at / LANES, at % LANES);
                    let mut constant = dealt[group * LANES + lane].constants[k];
                    for own in own {
                        constant = constant.sub(own.constant::<T>(position + group, at, C));
                    }
                    constant.write_one(place);
                }
            }
        }
    }
}

struct Evaluate<'a, T: Word, const K: usize, const C: usize, F> {
    batch: &'a Batch<T, K, C>,
    party: Party,
    key: &'a [u8],
    own: &'a KeyShare,
    masked: &'a [u64],
    value: F,
}

impl<T: Word, const K: usize, const C: usize, F> Work for Evaluate<'_, T, K, C, F>
where
    F: Fn(usize, u64, [T; K], [T; C]) -> T,
{
    type Output = Vec<T>;

    #[inline(always)]
    fn run<M: Machine>(self, machine: M) -> Vec<T> {
        let Self {
            batch,
            party,
            key,
            own,
            masked,
            value,
        } = self;
        let low = low_bits(batch.tree.bits);
        let tree_bytes = batch.tree.group_bytes::<T, K>();
        let mut out = Vec::with_capacity(masked.len());
        let pairs = key.chunks(2 * batch.group_bytes());
        for (pair, (key, masked)) in pairs.zip(masked.chunks(WIDTH)).enumerate() {
            let position = 2 * pair;
            let mut groups = key.chunks(batch.group_bytes());
            let [first, second] = [groups.next(), groups.next()];
            let (first, of_first) = split(first, tree_bytes);
            let (second, of_second) = split(second, tree_bytes);
            let x = each!(WIDTH; |lane| masked.get(lane).copied().unwrap_or(0) & low);
            let roots = own.roots(position);
            let keys = [first, second];
            let payload: Payload<T, K> =
                dcf::evaluate(machine, batch.tree, position as u32, party, roots, keys, &x);
            for (lane, &z_hat) in masked.iter().enumerate() {
                let (group, in_group) = (lane / LANES, lane % LANES);
                let corrections = [of_first, of_second][group];
                let mut constants = [T::default(); C];
                for (k, constant) in constants.iter_mut().enumerate() {
                    let at = k * LANES + in_group;
                    *constant = own.constant::<T>(position + group, at, C);
                    if party == Party::P0 {
                        let correction = corrections.get(at * T::BYTES..);
                        *constant = constant.add(T::read_one(correction.unwrap_or_default()));
                    }
                }
                let payload = each!(K; |k| payload[k][lane]);
                out.push(value(pair * WIDTH + lane, z_hat, payload, constants));
            }
        }
        out
    }
}
