//! Batch normalisation in front of a sign, as a whole number to compare with.

/// What one output of a batch normalisation does to a sum `s` in training:
/// `gain * (s - mean) / deviation + shift`.
pub struct Norm {
    pub gain: f64,
    pub shift: f64,
    pub mean: f64,
    /// More than 0.
    pub deviation: f64,
}

/// The same sign of a whole sum.
pub struct Folded {
    /// Whether all weights change their sign.
    pub flip: bool,
    /// What is added to the sum: half of an odd number, so that the result is never 0.
    pub bias: f32,
}

/// How far a bias may go.
#[derive(Clone, Copy)]
pub struct Reach(f64);

/// The size below which sums and biases together stay in a layer of `inputs` signs: 13 bits and a
/// sign.
const SUMS_BELOW: f64 = 8192.0;

/// Sums of `inputs` terms of size `unit` at most are decided by a bias as large as that; a larger
/// one changes nothing.
///
/// Where that would leave the [range of sums](SUMS_BELOW) by a little, as for 4096 signs, the bias
/// stays within the range. Only the sum that has all terms on one side is then another.
pub fn reach(inputs: usize, unit: f32) -> Reach {
    let largest = inputs as f64 * f64::from(unit);
    let decided = largest + 0.5;
    let room = (SUMS_BELOW - 1.0 - largest).floor() - 0.5;
    let narrow = largest < SUMS_BELOW && room + 2.0 >= decided;
    Reach(if narrow { decided.min(room) } else { decided })
}

impl Norm {
    /// The sign of the normalised sum as that of a whole sum, `unit` times as large.
    pub fn fold(&self, unit: f64, reach: Reach) -> Folded {
        // A gain of 0 leaves the sign of the shift, which no threshold within reach can change.
        let threshold = unit * (self.mean - self.shift * self.deviation / self.gain);
        let flip = self.gain < 0.0;
        // sum >= threshold, or -sum >= -threshold; the smallest such whole number and above.
        let lowest = if self.gain == 0.0 {
            if self.shift >= 0.0 {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            }
        } else if flip {
            (-threshold).ceil()
        } else {
            threshold.ceil()
        };
        let bias = (0.5 - lowest).clamp(-reach.0, reach.0);
        Folded {
            flip,
            bias: bias as f32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(norm: &Norm, unit: f64, inputs: usize) {
        let reach = reach(inputs, unit as f32);
        let folded = norm.fold(unit, reach);
        assert_eq!(folded.bias.fract().abs(), 0.5, "{}", folded.bias);
        let largest = (inputs as f64 * unit) as i64;
        for sum in -largest..=largest {
            let normal = norm.gain * (sum as f64 / unit - norm.mean) / norm.deviation + norm.shift;
            let whole = if folded.flip { -sum } else { sum } as f64 + f64::from(folded.bias);
            assert_eq!(normal >= 0.0, whole > 0.0, "{sum}: {normal} and {whole}");
        }
    }

    #[test]
    fn signs_stay_for_every_sum() {
        for gain in [1.0, 0.25, -0.5, -2.0, 0.0] {
            for shift in [0.0, 0.3, -0.7, 1e6, -1e6] {
                for mean in [0.0, 3.25, -7.5] {
                    let norm = Norm {
                        gain,
                        shift,
                        mean,
                        deviation: 2.0,
                    };
                    check(&norm, 1.0, 16);
                    check(&norm, 255.0, 3);
                }
            }
        }
    }

    #[test]
    fn whole_thresholds_count_as_reached() {
        let norm = |gain| Norm {
            gain,
            shift: 0.0,
            mean: 5.0,
            deviation: 1.0,
        };
        assert_eq!(norm(1.0).fold(1.0, reach(16, 1.0)).bias, -4.5);
        let flipped = norm(-1.0).fold(1.0, reach(16, 1.0));
        assert!(flipped.flip && flipped.bias == 5.5);
    }

    #[test]
    fn sums_of_4096_signs_stay_in_14_bits() {
        let Reach(bias) = reach(4096, 1.0);
        assert_eq!(bias, 4094.5);
        assert!(bias + 4096.0 < SUMS_BELOW);
        // One term of the other sign, and the sum is decided.
        assert!(bias - 4094.0 > 0.0);
        assert_eq!(reach(512, 1.0).0, 512.5);
        assert_eq!(reach(784, 255.0).0, 784.0 * 255.0 + 0.5);
    }
}
