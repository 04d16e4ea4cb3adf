//! Safety words: what two people compare to be sure that nobody sits between them.
//!
//! Four words of BIP 39's English list, 44 bits. They can be so few because each end commits itself
//! to its part before it learns the other's: somebody in the middle has one guess for each attempt,
//! and a wrong guess is seen.

use bip39::Language;

/// How many words there are.
pub const WORDS: usize = 4;

/// Bytes of each end's part.
pub(crate) const PART_BYTES: usize = 32;

/// The words of one link. Not a secret: they are read aloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SafetyWords([u16; WORDS]);

impl SafetyWords {
    /// The words of a link, from the hash of its handshake and the parts of both ends.
    pub(crate) fn derive(
        handshake: &[u8],
        initiator: &[u8; PART_BYTES],
        responder: &[u8; PART_BYTES],
    ) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("blindsight 2026 safety words");
        hasher.update(handshake).update(initiator).update(responder);
        let mut bytes = [0; 2 * WORDS];
        hasher.finalize_xof().fill(&mut bytes);
        let (pairs, _) = bytes.as_chunks::<2>();
        Self(std::array::from_fn(|word| {
            u16::from_le_bytes(pairs[word]) % 2048
        }))
    }

    /// The words, in order.
    pub fn words(&self) -> [&'static str; WORDS] {
        let list = Language::English.word_list();
        self.0.map(|index| list[usize::from(index)])
    }

    /// The same as four numbers of four digits, for those who do not share a language.
    pub fn digits(&self) -> String {
        self.0.map(|index| format!("{index:04}")).join(" ")
    }
}

/// What an end commits itself to before it learns the other's part.
pub(crate) fn commitment(part: &[u8; PART_BYTES]) -> [u8; 32] {
    blake3::derive_key("blindsight 2026 safety words commitment", part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_depend_on_everything_and_digits_say_the_same() {
        let words = SafetyWords::derive(b"hash", &[1; 32], &[2; 32]);
        assert_eq!(words, SafetyWords::derive(b"hash", &[1; 32], &[2; 32]));
        assert_ne!(words, SafetyWords::derive(b"hush", &[1; 32], &[2; 32]));
        assert_ne!(words, SafetyWords::derive(b"hash", &[3; 32], &[2; 32]));
        assert_ne!(words, SafetyWords::derive(b"hash", &[1; 32], &[3; 32]));
        let list = Language::English.word_list();
        for (word, number) in words.words().iter().zip(words.digits().split(' ')) {
            assert_eq!(list[number.parse::<usize>().unwrap()], *word);
        }
    }

    #[test]
    fn a_commitment_binds() {
        assert_ne!(commitment(&[1; 32]), commitment(&[2; 32]));
    }
}
