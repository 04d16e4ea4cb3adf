//! How long to wait before connecting again.

use rand_core::CryptoRng;

/// The first wait, in milliseconds.
const FIRST: f64 = 250.0;
/// The longest wait, in milliseconds.
const LONGEST: f64 = 10_000.0;

/// Waits that double up to ten seconds, each shortened by chance by up to a half, so that those who
/// were cut off together do not come back together.
#[derive(Debug, Default)]
pub struct Retry {
    attempts: u32,
}

impl Retry {
    /// Milliseconds until the next attempt.
    pub fn next(&mut self, rng: &mut impl CryptoRng) -> f64 {
        let full = (FIRST * 2_f64.powi(self.attempts.min(16) as i32)).min(LONGEST);
        self.attempts = self.attempts.saturating_add(1);
        full * (0.5 + 0.5 * f64::from(rng.next_u32()) / f64::from(u32::MAX))
    }

    /// An attempt succeeded.
    pub fn succeeded(&mut self) {
        self.attempts = 0;
    }
}

#[cfg(test)]
mod tests {
    use chacha20::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn waits_grow_to_ten_seconds_and_start_anew() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut retry = Retry::default();
        let waits: Vec<f64> = (0..1000).map(|_| retry.next(&mut rng)).collect();
        for (wait, full) in waits
            .iter()
            .zip([250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0])
        {
            assert!((full / 2.0..=full).contains(wait), "{wait} of {full}");
        }
        assert!(
            waits[6..]
                .iter()
                .all(|wait| (5000.0..=10_000.0).contains(wait))
        );
        assert!(waits[6..].windows(2).any(|pair| pair[0] != pair[1]));
        retry.succeeded();
        assert!(retry.next(&mut rng) <= 250.0);
    }
}
