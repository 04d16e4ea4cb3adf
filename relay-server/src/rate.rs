//! How fast somebody may send.
//!
//! A leaky bucket in debt: what was sent has arrived already, so it is charged at once, and the
//! sender is made to wait until the charge has leaked away again. Limiters in libraries refuse
//! what is too much instead, and count whole nanoseconds for each unit, which is too coarse where
//! the unit is a byte.

use std::time::Duration;

/// How much a second, and for how many seconds' worth at once. A rate of 0 is no limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    pub(crate) per_second: f64,
    pub(crate) burst: Duration,
}

/// What somebody has sent and what of it has leaked away.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bucket {
    charged: f64,
    at: Duration,
}

impl Bucket {
    /// Charges an amount at a time since some beginning. Returns how long to wait until there is
    /// room for more.
    pub(crate) fn charge(&mut self, now: Duration, amount: f64, rate: Rate) -> Duration {
        if rate.per_second <= 0.0 {
            return Duration::ZERO;
        }
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.at = self.at.max(now);
        self.charged = (self.charged - passed * rate.per_second).max(0.0) + amount;
        let over = self.charged - rate.per_second * rate.burst.as_secs_f64();
        Duration::try_from_secs_f64(over.max(0.0) / rate.per_second).unwrap_or(Duration::MAX)
    }
}

/// Counts frames and bytes of one sender, or of one room.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Meter {
    frames: Bucket,
    bytes: Bucket,
}

impl Meter {
    /// Charges one frame. Returns how long to wait before the next.
    pub(crate) fn charge(&mut self, now: Duration, bytes: usize, rates: [Rate; 2]) -> Duration {
        let [frames_rate, bytes_rate] = rates;
        let frames = self.frames.charge(now, 1.0, frames_rate);
        let bytes = self.bytes.charge(now, bytes as f64, bytes_rate);
        frames.max(bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const TEN: Rate = Rate {
        per_second: 10.0,
        burst: Duration::from_secs(2),
    };

    #[test]
    fn a_burst_is_free_and_then_everything_waits_its_turn() {
        let mut bucket = Bucket::default();
        let now = Duration::from_secs(100);
        assert_eq!(bucket.charge(now, 20.0, TEN), Duration::ZERO);
        assert_eq!(bucket.charge(now, 1.0, TEN), Duration::from_millis(100));
        assert_eq!(bucket.charge(now, 4.0, TEN), Duration::from_millis(500));
        let later = now + Duration::from_millis(500);
        assert_eq!(bucket.charge(later, 0.0, TEN), Duration::ZERO);
        let rested = later + Duration::from_secs(2);
        assert_eq!(bucket.charge(rested, 20.0, TEN), Duration::ZERO);
    }

    #[test]
    fn no_rate_is_no_limit() {
        let mut bucket = Bucket::default();
        let rate = Rate {
            per_second: 0.0,
            ..TEN
        };
        assert_eq!(bucket.charge(Duration::ZERO, 1e300, rate), Duration::ZERO);
    }

    proptest! {
        /// Whoever waits as told never gets more through than the burst and the rate allow.
        #[test]
        fn no_more_passes_than_is_allowed(steps in vec((0..3000_u64, 0..50_u32), 1..100)) {
            let mut bucket = Bucket::default();
            let (mut now, mut sent, mut last) = (Duration::ZERO, 0.0, 0.0);
            for (pause, amount) in steps {
                now += Duration::from_millis(pause);
                sent += f64::from(amount);
                last = f64::from(amount).max(last);
                now += bucket.charge(now, amount.into(), TEN);
                let allowed = 20.0 + 10.0 * now.as_secs_f64();
                prop_assert!(sent <= allowed + 1e-6, "{sent} of {allowed}");
            }
        }
    }
}
