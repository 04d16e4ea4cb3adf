//! Bytes as text: base32 without padding, in lower case; reading also takes upper case.

use base32::Alphabet;
use zeroize::Zeroizing;

const LOWER: Alphabet = Alphabet::Rfc4648Lower { padding: false };

/// Bytes as lower-case characters, five bits each.
pub(crate) fn base32_encode(bytes: &[u8]) -> String {
    base32::encode(LOWER, bytes)
}

/// The `N` bytes that a text stands for, or nothing. Each has one text alone, but for upper case.
pub(crate) fn base32_decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != (8 * N).div_ceil(5) {
        return None;
    }
    // It may be a secret.
    let lower = Zeroizing::new(text.to_ascii_lowercase());
    let bytes = Zeroizing::new(base32::decode(LOWER, &lower)?);
    let bytes: [u8; N] = bytes.as_slice().try_into().ok()?;
    let again = Zeroizing::new(base32_encode(&bytes));
    (again == lower).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bytes_come_back_from_either_case(bytes: [u8; 16]) {
            let text = base32_encode(&bytes);
            prop_assert_eq!(base32_decode(&text), Some(bytes));
            prop_assert_eq!(base32_decode(&text.to_uppercase()), Some(bytes));
            prop_assert_eq!(base32_decode::<15>(&text), None);
        }

        #[test]
        fn other_texts_are_none_and_none_has_two(text in ".{26}") {
            if let Some(bytes) = base32_decode::<16>(&text) {
                prop_assert_eq!(base32_encode(&bytes), text.to_lowercase());
            }
        }
    }

    #[test]
    fn the_bits_that_are_left_over_are_zero() {
        let text = base32_encode(&[7; 16]);
        let last = |c| format!("{}{c}", &text[..25]);
        assert_eq!(base32_decode::<16>(&text), Some([7; 16]));
        // 128 bits are 25 characters and 3 bits.
        let same = ('a'..='z').filter(|c| base32_decode::<16>(&last(*c)).is_some());
        assert_eq!(same.count(), 7);
        for wrong in ['0', '1', '8', '=', '{', 'ä'] {
            assert_eq!(base32_decode::<16>(&last(wrong)), None, "{wrong}");
        }
    }
}
