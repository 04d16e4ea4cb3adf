//! How the sets of parties come by their seeds.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{Seeds, Source, Subset};
use crate::{
    MpcError,
    seed::Seed,
    shamir::committee::{Committee, Party},
};

/// A party that has chosen the seeds of the sets that it leads, and waits for the others'.
///
/// The member of the lowest number chooses a set's seed and gives it to the other members.
pub struct SeedDealing {
    committee: Committee,
    party: Party,
    /// In the order of [`Subset::with_seeds`].
    own: Vec<(Subset, Seed)>,
}

impl SeedDealing {
    /// Chooses the seeds.
    pub fn new(committee: Committee, party: Party, rng: &mut impl CryptoRng) -> Self {
        let led = Subset::with_seeds(committee).filter(|set| set.is_led_by(party));
        // As long as it will be in the end: a vector that grows leaves its seeds behind.
        let held = Subset::with_seeds(committee).filter(|set| set.contains(party));
        let mut own = Vec::with_capacity(held.count());
        own.extend(led.map(|set| (set, Seed::random(rng))));
        Self {
            committee,
            party,
            own,
        }
    }

    /// What goes to another party, over a line that nobody else reads: seeds of
    /// [`SeedDealing::bytes`] together.
    pub fn outgoing(&self, receiver: Party) -> Zeroizing<Vec<u8>> {
        let known = self.own.iter().filter(|(set, _)| set.contains(receiver));
        let bytes = Self::bytes(self.committee, self.party, receiver);
        let mut message = Zeroizing::new(Vec::with_capacity(bytes));
        for (_, seed) in known {
            message.extend_from_slice(seed.as_bytes());
        }
        message
    }

    /// Bytes that `sender` sends to `receiver`.
    pub fn bytes(committee: Committee, sender: Party, receiver: Party) -> usize {
        let sets = Subset::with_seeds(committee);
        let known = sets.filter(|set| set.is_led_by(sender) && set.contains(receiver));
        known.count() * Seed::BYTES
    }

    /// Takes what the others sent, by the sender's index; the party's own place is empty.
    ///
    /// # Errors
    ///
    /// [`MpcError::Message`] when a message has another length than [`SeedDealing::bytes`].
    pub fn finish(self, received: &[&[u8]]) -> Result<Seeds, MpcError> {
        MpcError::check("the seeds", self.committee.size(), received.len())?;
        let mut all = self.own;
        for sender in self.committee.others(self.party) {
            let message = received[sender.index()];
            let expected = Self::bytes(self.committee, sender, self.party);
            if message.len() != expected {
                return Err(MpcError::Message {
                    party: sender.number(),
                    expected,
                    found: message.len(),
                });
            }
            let sets = Subset::with_seeds(self.committee)
                .filter(|set| set.is_led_by(sender) && set.contains(self.party));
            let (seeds, _) = message.as_chunks();
            all.extend(sets.zip(seeds.iter().map(|seed| Seed::from_bytes(*seed))));
        }
        all.sort_by_key(|(set, _)| *set);
        Ok(Seeds::new(self.committee, self.party, Source::Seeds(all)))
    }
}
