//! The pseudo-random generator that expands seeds into masks, shares and roots.

use chacha20::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use crate::{
    ring::{SecretBytes, Shares, Word},
    seed::Seed,
};

/// What a stream of the generator is for. No two purposes share a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Purpose {
    /// `B`, the mask of the weights; once for each hosting.
    WeightMask = 1,
    /// `r`, the mask of a layer's input.
    InputMask = 2,
    /// `s`, the mask of a layer's output.
    OutputMask = 3,
    /// One party's part of `rho`, the mask of an opened value.
    OpeningMask = 4,
    /// Roots and constant shares of a batch of comparison keys.
    GateKey = 5,
    /// One party's part of `tau`, the mask of the win counts.
    WinMask = 6,
    /// One party's share of the tables that turn wins into the class.
    ClassTable = 7,
    /// A subset's part of random field elements.
    SubsetElement = 8,
    /// A subset's part of random integers.
    SubsetInteger = 9,
    /// A subset's part of sharings of zero of degree `2 t`.
    ZeroOfProducts = 10,
    /// A subset's part of sharings of zero of degree `t`.
    ZeroOfShares = 11,
    /// The shares that one party gives another without sending them.
    PairShare = 12,
    /// The shares that a client gives a party by a seed.
    ClientShare = 13,
}

/// Names one stream under a seed: what for, for which bundle, for which step of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain {
    /// What the stream is for.
    pub purpose: Purpose,
    /// The number of the bundle; 0 for what belongs to the hosting.
    pub number: u64,
    /// The step of the plan, from 0.
    pub step: u32,
}

/// A deterministic stream: ChaCha20 under a key derived from a seed and a [`Domain`].
pub struct Prg(ChaCha20Rng);

impl Prg {
    /// Starts the stream of `domain` under `seed`. Both ends start the same one.
    pub fn new(seed: &Seed, domain: Domain) -> Self {
        let mut hasher = blake3::Hasher::new_keyed(seed.as_bytes());
        hasher.update(&[domain.purpose as u8]);
        hasher.update(&domain.number.to_le_bytes());
        hasher.update(&domain.step.to_le_bytes());
        Self(ChaCha20Rng::from_seed(hasher.finalize().into()))
    }

    /// The next `count` ring elements.
    pub fn words<T: Word>(&mut self, count: usize) -> Shares<T> {
        Shares::new(T::read_le(&self.bytes(count * T::BYTES)))
    }

    /// The next `count` bytes: the same as words in little endian.
    pub fn bytes(&mut self, count: usize) -> SecretBytes {
        let mut bytes = SecretBytes::new(vec![0; count]);
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_different_domains_differ() {
        let seed = Seed::from_bytes([9; 32]);
        let domain = Domain {
            purpose: Purpose::InputMask,
            number: 3,
            step: 1,
        };
        let first = |domain| Prg::new(&seed, domain).words::<u64>(1)[0];
        let base = first(domain);
        assert_eq!(base, first(domain));
        assert_ne!(
            base,
            first(Domain {
                number: 4,
                ..domain
            })
        );
        assert_ne!(base, first(Domain { step: 2, ..domain }));
        let purpose = Purpose::OutputMask;
        assert_ne!(base, first(Domain { purpose, ..domain }));
        let other = Prg::new(&Seed::from_bytes([8; 32]), domain).words::<u64>(1)[0];
        assert_ne!(base, other);
    }

    #[test]
    fn a_stream_is_the_same_however_it_is_cut() {
        let seed = Seed::from_bytes([9; 32]);
        let domain = Domain {
            purpose: Purpose::GateKey,
            number: 0,
            step: 0,
        };
        let whole = Prg::new(&seed, domain).words::<u32>(40);
        let mut prg = Prg::new(&seed, domain);
        let parts = [prg.words::<u32>(24), prg.words::<u32>(16)];
        assert_eq!(whole[..24], parts[0][..]);
        assert_eq!(whole[24..], parts[1][..]);
    }
}
