//! 16 bytes as text.

use data_encoding::BASE32_NOPAD_NOCASE;

/// The length of 16 bytes as base32 without padding.
const TEXT: usize = 26;

/// 16 bytes as 26 lower-case characters.
pub(crate) fn base32_encode(bytes: &[u8; 16]) -> String {
    let mut text = BASE32_NOPAD_NOCASE.encode(bytes);
    text.make_ascii_lowercase();
    text
}

/// The 16 bytes that 26 characters of either case stand for, or nothing.
pub(crate) fn base32_decode(text: &str) -> Option<[u8; 16]> {
    if text.len() != TEXT {
        return None;
    }
    let mut bytes = [0; 16];
    match BASE32_NOPAD_NOCASE.decode_mut(text.as_bytes(), &mut bytes) {
        Ok(16) => Some(bytes),
        _ => None,
    }
}
