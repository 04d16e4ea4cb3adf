//! A generator that remembers what it gave: a test may know every secret of a run.

use std::convert::Infallible;

use rand::{SeedableRng as _, rngs::StdRng};
use rand_core::{Rng as _, TryCryptoRng, TryRng};

/// Shorter pieces are not secrets but numbers.
const SHORTEST: usize = 16;

/// A generator with a memory.
pub struct Recorder {
    rng: StdRng,
    drawn: Vec<Vec<u8>>,
}

impl Recorder {
    /// All that it gives follows from `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            rng: StdRng::seed_from_u64(seed),
            drawn: Vec::new(),
        }
    }

    /// What was drawn in one piece, in order: keys, secrets, seeds and contributions, names.
    pub fn drawn(&self) -> &[Vec<u8>] {
        &self.drawn
    }

    /// The pieces of just this length.
    pub fn of_length<const N: usize>(&self) -> impl DoubleEndedIterator<Item = [u8; N]> + '_ {
        let pieces = self.drawn.iter();
        pieces.filter_map(|piece| piece.as_slice().try_into().ok())
    }
}

impl TryRng for Recorder {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.rng.next_u32())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.rng.next_u64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.rng.fill_bytes(bytes);
        if bytes.len() >= SHORTEST {
            self.drawn.push(bytes.to_vec());
        }
        Ok(())
    }
}

impl TryCryptoRng for Recorder {}
