//! Bytes as text: base32 without padding, in lower case; reading also takes upper case.

use data_encoding::BASE32_NOPAD_NOCASE;

/// Bytes as lower-case characters, five bits each.
pub(crate) fn base32_encode(bytes: &[u8]) -> String {
    let mut text = BASE32_NOPAD_NOCASE.encode(bytes);
    text.make_ascii_lowercase();
    text
}

/// The `N` bytes that a text stands for, or nothing.
pub(crate) fn base32_decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != BASE32_NOPAD_NOCASE.encode_len(N) {
        return None;
    }
    let mut bytes = [0; N];
    match BASE32_NOPAD_NOCASE.decode_mut(text.as_bytes(), &mut bytes) {
        Ok(len) if len == N => Some(bytes),
        _ => None,
    }
}
