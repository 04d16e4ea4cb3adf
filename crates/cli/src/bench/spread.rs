//! Medians and 95th percentiles.

use serde::Serialize;

/// Times of many pictures, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Spread {
    pub median_ms: f64,
    pub p95_ms: f64,
}

impl Spread {
    /// Of times in milliseconds; of none it is zero.
    pub fn of(times: impl IntoIterator<Item = f64>) -> Self {
        let mut times: Vec<f64> = times.into_iter().collect();
        times.sort_unstable_by(f64::total_cmp);
        let at = |part: usize| times.get((times.len() * part / 100).min(times.len().max(1) - 1));
        let at = |part| at(part).copied().unwrap_or_default();
        Self {
            median_ms: at(50),
            p95_ms: at(95),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_slow_end() {
        let spread = Spread::of((0..100).rev().map(f64::from));
        assert_eq!((spread.median_ms, spread.p95_ms), (50.0, 95.0));
        let one = Spread::of([3.0]);
        assert_eq!((one.median_ms, one.p95_ms), (3.0, 3.0));
        assert_eq!(Spread::of([]).p95_ms, 0.0);
    }
}
