//! Gates on a masked value: DReLU, sign, ReLU and maximum, one evaluation and no message each.
//!
//! Both parties see `z_hat = z + rho mod 2^m`; the dealer knows the mask `rho`. With
//! `h = msb(rho)` and `d = [low(z_hat) < low(rho)]` the borrow is `c = h xor d`, and
//! `msb(z) = msb(z_hat) xor c`. `d` is a distributed comparison of `m - 1` bits whose payload
//! carries `c`, `rho c` and `h c` at once (Boyle et al., Eurocrypt 2021, section 4). The output
//! ring is the payload's, so the result is lifted from `m` bits to the next layer's ring for free.

mod batch;

pub use batch::KeyShare;

use crate::{
    MpcError, Party,
    dcf::{LANES, Payload, Tree},
    opening::low_bits,
    prg::Prg,
    ring::{Shares, Word},
};
use batch::{Batch, Dealt};

/// `[z >= 0]` for `z` of `width` bits in two's complement, shared in the ring of the output word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DreluGate {
    /// `m`, the bits of the masked value: 1 to 64.
    pub width: u32,
    /// Sets this batch of keys apart: see [`Tree::tweak`].
    pub tweak: [u32; 2],
}

/// `max(z, 0)` for `z` of `width` bits in two's complement, shared in the ring of the output word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReluGate {
    /// `m`, the bits of the masked value: 1 to the bits of the output word.
    pub width: u32,
    /// Sets this batch of keys apart: see [`Tree::tweak`].
    pub tweak: [u32; 2],
}

impl DreluGate {
    fn batch<T: Word>(self) -> Result<Batch<T, 1, 1>, MpcError> {
        Batch::new(self.width, self.tweak, 64)
    }

    /// Bytes of the keys of `count` values, the same for both parties.
    pub fn key_bytes<T: Word>(self, count: usize) -> Result<usize, MpcError> {
        Ok(self.batch::<T>()?.key_bytes(count))
    }

    /// The dealer's part: keys for the given masks, each below `2^width`.
    ///
    /// The streams are the two parties' [`crate::prg::Purpose::GateKey`] streams.
    ///
    /// # Errors
    ///
    /// When the width does not fit.
    pub fn deal<T: Word>(
        self,
        masks: &[u64],
        first: &mut Prg,
        second: &mut Prg,
    ) -> Result<Vec<u8>, MpcError> {
        let gate = |rho: u64| {
            let h = msb(rho, self.width);
            Dealt {
                alpha: rho & low_bits(self.width - 1),
                // c = h xor d = h + (1 - 2 h) d.
                beta: [T::from_u64(1).neg_if(h)],
                constants: [T::from_u64(h.into())],
            }
        };
        Ok(self.batch()?.deal(masks, [first, second], gate))
    }

    /// A party's part before any input: its roots and constants from its own stream.
    pub fn expand<T: Word>(self, count: usize, own: &mut Prg) -> KeyShare {
        KeyShare::expand::<T>(count, 1, own)
    }

    /// The party's shares of `[z >= 0]`.
    ///
    /// # Errors
    ///
    /// When the width or the length of the key does not fit.
    pub fn evaluate<T: Word>(
        self,
        party: Party,
        key: &[u8],
        own: &KeyShare,
        masked: &[u64],
    ) -> Result<Shares<T>, MpcError> {
        let one = public(party, T::from_u64(1));
        let value = |z_hat: u64, [e]: [T; 1], [h]: [T; 1]| {
            let c = e.add(h);
            if msb(z_hat, self.width) == 1 {
                c
            } else {
                one.sub(c)
            }
        };
        self.batch()?.evaluate(party, key, own, masked, value)
    }

    /// The party's shares of `+1` where `z >= 0` and `-1` elsewhere.
    ///
    /// # Errors
    ///
    /// As [`DreluGate::evaluate`].
    pub fn evaluate_sign<T: Word>(
        self,
        party: Party,
        key: &[u8],
        own: &KeyShare,
        masked: &[u64],
    ) -> Result<Shares<T>, MpcError> {
        let one = public(party, T::from_u64(1));
        let bits = self.evaluate::<T>(party, key, own, masked)?;
        Ok(bits.iter().map(|bit| bit.add(*bit).sub(one)).collect())
    }
}

impl ReluGate {
    fn batch<T: Word>(self) -> Result<Batch<T, 3, 3>, MpcError> {
        Batch::new(self.width, self.tweak, T::BITS)
    }

    /// Bytes of the keys of `count` values, the same for both parties.
    pub fn key_bytes<T: Word>(self, count: usize) -> Result<usize, MpcError> {
        Ok(self.batch::<T>()?.key_bytes(count))
    }

    /// The dealer's part: keys for the given masks, each below `2^width`.
    ///
    /// The streams are the two parties' [`crate::prg::Purpose::GateKey`] streams.
    ///
    /// # Errors
    ///
    /// When the width does not fit the ring.
    pub fn deal<T: Word>(
        self,
        masks: &[u64],
        first: &mut Prg,
        second: &mut Prg,
    ) -> Result<Vec<u8>, MpcError> {
        let gate = |rho: u64| {
            let h = msb(rho, self.width);
            let (mask, bit) = (T::from_u64(rho), T::from_u64(h.into()));
            Dealt {
                alpha: rho & low_bits(self.width - 1),
                // c = h + (1 - 2h) d, rho c = rho h + (1 - 2h) rho d, h c = h - h d.
                beta: [T::from_u64(1).neg_if(h), mask.neg_if(h), bit.neg()],
                constants: [bit, mask.mul(bit), mask],
            }
        };
        Ok(self.batch()?.deal(masks, [first, second], gate))
    }

    /// A party's part before any input: its roots and constants from its own stream.
    pub fn expand<T: Word>(self, count: usize, own: &mut Prg) -> KeyShare {
        KeyShare::expand::<T>(count, 3, own)
    }

    /// The party's shares of `max(z, 0)`.
    ///
    /// # Errors
    ///
    /// When the width or the length of the key does not fit.
    pub fn evaluate<T: Word>(
        self,
        party: Party,
        key: &[u8],
        own: &KeyShare,
        masked: &[u64],
    ) -> Result<Shares<T>, MpcError> {
        // 2^m, which is 0 in a ring of m bits.
        let wrap = T::from_u64(if self.width == 64 { 0 } else { 1 << self.width });
        let value = |z_hat: u64, [e_c, e_rho_c, e_h_c]: [T; 3], [h, rho_h, rho]: [T; 3]| {
            let masked = T::from_u64(z_hat);
            let chosen = masked.mul(e_c.add(h));
            if msb(z_hat, self.width) == 1 {
                // Positive exactly when c = 1: (z_hat - rho) c.
                chosen.sub(e_rho_c).sub(rho_h)
            } else {
                // Positive exactly when c = 0: (z_hat - rho + 2^m h)(1 - c).
                public(party, masked)
                    .sub(rho)
                    .sub(chosen)
                    .add(e_rho_c)
                    .add(rho_h)
                    .sub(wrap.mul(e_h_c))
            }
        };
        self.batch()?.evaluate(party, key, own, masked, value)
    }
}

/// Shares of `max(a, b)` from shares of `ReLU(a - b)` and of `b`.
///
/// # Errors
///
/// When the lengths differ.
pub fn max<T: Word>(relu_of_difference: &[T], b: &[T]) -> Result<Shares<T>, MpcError> {
    crate::opening::add(relu_of_difference, b).map(Shares::new)
}

fn msb(word: u64, width: u32) -> u32 {
    (word >> (width - 1)) as u32 & 1
}

/// A party's share of a public value: the first one takes all of it.
fn public<T: Word>(party: Party, value: T) -> T {
    match party {
        Party::P0 => value,
        Party::P1 => T::default(),
    }
}

#[cfg(test)]
mod tests;
