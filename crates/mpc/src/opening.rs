//! Opening a masked value, and dropping fractional bits from it.
//!
//! `y_hat = y + rho` with `rho = rho_0 + rho_1` from the two seeds. The first party's half is known
//! before any input exists, so online one message opens the value to both.

use crate::{MpcError, ring::Word};

/// Sums word by word: a half of an opening, or the opening from its halves.
///
/// # Errors
///
/// When the lengths differ.
pub fn add<T: Word>(a: &[T], b: &[T]) -> Result<Vec<T>, MpcError> {
    MpcError::check("an opening", a.len(), b.len())?;
    Ok(a.iter().zip(b).map(|(a, b)| a.add(*b)).collect())
}

/// Drops `shift` low bits and keeps the next `width`: for a masked value as for its mask.
///
/// If `y_hat = y + rho` in `Z_2^n` and `shift + width <= n`, the reduced values differ by
/// `floor(y / 2^shift)` or one more, modulo `2^width`; one more with the probability that makes it
/// right on average over the mask. With `shift = 0` they differ by exactly `y mod 2^width`.
pub fn truncate_reduce<T: Word>(word: T, shift: u32, width: u32) -> u64 {
    (word.to_u64() >> shift) & low_bits(width)
}

/// A mask of the `width` low bits, `width` at most 64.
pub(crate) const fn low_bits(width: u32) -> u64 {
    if width >= 64 {
        u64::MAX
    } else {
        (1 << width) - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every mask in Z_2^16 against a spread of values.
    #[test]
    fn truncation_gives_floor_or_one_more() {
        let (shift, width) = (5, 11);
        for rho in 0..=u16::MAX {
            for y in (-32768_i64..32768).step_by(1013) {
                let masked = u16::from_i64(y).wrapping_add(rho);
                let z = truncate_reduce(masked, shift, width)
                    .wrapping_sub(truncate_reduce(rho, shift, width));
                let extra = z.wrapping_sub((y >> shift) as u64) & low_bits(width);
                assert!(extra <= 1, "y {y}, rho {rho}: {extra} more");
            }
        }
    }

    /// Over all masks the extra unit comes exactly as often as the dropped fraction says.
    #[test]
    fn truncation_is_right_on_average() {
        let (shift, width) = (5, 11);
        for y in [0_i64, 1, 7, 31, 32, 777, -1, -40] {
            let extra: u64 = (0..=u16::MAX)
                .map(|rho| {
                    let masked = u16::from_i64(y).wrapping_add(rho);
                    truncate_reduce(masked, shift, width)
                        .wrapping_sub(truncate_reduce(rho, shift, width))
                        .wrapping_sub((y >> shift) as u64)
                        & low_bits(width)
                })
                .sum();
            let fraction = y.rem_euclid(32) as u64;
            assert_eq!(extra, fraction * (1 << 16) / 32, "y {y}");
        }
    }

    #[test]
    fn openings_of_different_lengths_are_refused() {
        assert!(add(&[1_u32, 2], &[3]).is_err());
        assert_eq!(add(&[u32::MAX], &[3]), Ok(vec![2]));
    }
}
