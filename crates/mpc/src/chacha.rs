//! ChaCha with 8 rounds and a 128-bit key, independent keys in the lanes of a vector.
//!
//! This is the generator inside a comparison key: one block yields both children of a node. Several
//! keys sit in the lanes of a vector, so that a comparison of as many values costs as many vector
//! instructions as one scalar block. Eight rounds: the best published attacks reach seven rounds
//! with a 256-bit key, far above 2^128 work (Aumasson, "Too Much Crypto", 2019).

use wide::u32x4;

use crate::lanes::each;

/// "expand 16-byte k", the constants for 128-bit keys (Bernstein, "ChaCha", 2008).
pub(crate) const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3120_646e, 0x7962_2d36, 0x6b20_6574];
const DOUBLE_ROUNDS: usize = 4;

/// A word of the state in each lane.
pub(crate) trait Words: Copy {
    /// The sum in each lane.
    fn add(self, other: Self) -> Self;
    /// Bit by bit.
    fn xor(self, other: Self) -> Self;
    /// To the left by `LEFT` bits; `RIGHT` is 32 less `LEFT`.
    fn rotate<const LEFT: i32, const RIGHT: i32>(self) -> Self;
}

impl Words for u32x4 {
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self + other
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        self ^ other
    }

    #[inline(always)]
    fn rotate<const LEFT: i32, const RIGHT: i32>(self) -> Self {
        (self << LEFT) | (self >> RIGHT)
    }
}

/// One block for each of four lanes. `key[i]` holds word `i` of the four keys; `tail` holds the
/// counter and the nonce in the order of the state.
///
/// A function of its own: it is long, and called from many places.
#[inline(never)]
pub(crate) fn four_lanes(key: &[u32x4; 4], tail: &[u32x4; 4]) -> [u32x4; 16] {
    block(&each!(4; |i| u32x4::splat(CONSTANTS[i])), key, tail)
}

/// One block for each lane, as [`four_lanes`]; `constant` are [`CONSTANTS`] in every lane.
#[inline(always)]
pub(crate) fn block<W: Words>(constant: &[W; 4], key: &[W; 4], tail: &[W; 4]) -> [W; 16] {
    let start = [
        constant[0],
        constant[1],
        constant[2],
        constant[3],
        key[0],
        key[1],
        key[2],
        key[3],
        key[0],
        key[1],
        key[2],
        key[3],
        tail[0],
        tail[1],
        tail[2],
        tail[3],
    ];
    let mut s = start;
    for _ in 0..DOUBLE_ROUNDS {
        quarter(&mut s, 0, 4, 8, 12);
        quarter(&mut s, 1, 5, 9, 13);
        quarter(&mut s, 2, 6, 10, 14);
        quarter(&mut s, 3, 7, 11, 15);
        quarter(&mut s, 0, 5, 10, 15);
        quarter(&mut s, 1, 6, 11, 12);
        quarter(&mut s, 2, 7, 8, 13);
        quarter(&mut s, 3, 4, 9, 14);
    }
    each!(16; |i| s[i].add(start[i]))
}

#[inline(always)]
fn quarter<W: Words>(s: &mut [W; 16], a: usize, b: usize, c: usize, d: usize) {
    s[a] = s[a].add(s[b]);
    s[d] = s[d].xor(s[a]).rotate::<16, 16>();
    s[c] = s[c].add(s[d]);
    s[b] = s[b].xor(s[c]).rotate::<12, 20>();
    s[a] = s[a].add(s[b]);
    s[d] = s[d].xor(s[a]).rotate::<8, 24>();
    s[c] = s[c].add(s[d]);
    s[b] = s[b].xor(s[c]).rotate::<7, 25>();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(words: [u32x4; 16], lane: usize) -> Vec<u8> {
        let words = words.iter().map(|word| word.to_array()[lane]);
        words.flat_map(u32::to_le_bytes).collect()
    }

    /// ChaCha8 with the all-zero 128-bit key and nonce: draft-strombergson-chacha-test-vectors-01,
    /// TC1.
    #[test]
    fn matches_the_published_vector_in_every_lane() {
        let zero = [u32x4::ZERO; 4];
        let expected = "e28a5fa4a67f8c5defed3e6fb7303486aa8427d31419a729572d777953491120\
                        b64ab8e72b8deb85cd6aea7cb6089a101824beeb08814a428aab1fa2c816081b";
        let out = four_lanes(&zero, &zero);
        for i in 0..4 {
            let hex: String = lane(out, i).iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(hex, expected);
        }
    }

    #[test]
    fn lanes_are_independent() {
        let mut key = [u32x4::ZERO; 4];
        key[0] = u32x4::new([0, 7, 0, 0]);
        let zero = [u32x4::ZERO; 4];
        let (changed, plain) = (four_lanes(&key, &zero), four_lanes(&zero, &zero));
        assert_eq!(lane(changed, 0), lane(plain, 0));
        assert_ne!(lane(changed, 1), lane(plain, 1));
        assert_eq!(lane(changed, 3), lane(plain, 3));
    }
}
