//! Gates on a masked value: DReLU, sign, ReLU and its kin, and selection, one evaluation and no
//! message each.
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
    opening::{low_bits, truncate_reduce},
    prg::Prg,
    ring::{Shares, Word},
};
use batch::{Batch, Dealt};

/// `[z >= 0]` for `z` of `width` bits in two's complement, shared in the ring of the output word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DreluGate {
    /// `m`, the bits of the masked value: 1 to 64.
    pub width: u32,
    /// Sets this batch of keys apart: see [`crate::dcf::Tree::tweak`].
    pub tweak: [u32; 2],
}

/// A [`Function`] of `z` of `width` bits in two's complement, shared in the ring of the output word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReluGate {
    /// `m`, the bits of the masked value: 1 to the bits of the output word.
    pub width: u32,
    /// Sets this batch of keys apart: see [`crate::dcf::Tree::tweak`].
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
        let value = |_, z_hat: u64, [e]: [T; 1], [h]: [T; 1]| {
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

    /// The party's shares of the function of each `z`, lifted to the ring of `T`.
    ///
    /// `max(z, 0)` and `z` itself, lifted, come from the same payload: with `m` bits, the borrow `c`
    /// and `h = msb(rho)`, `z = z_hat - rho + 2^m (h - h c)` where the top bit of `z_hat` is clear,
    /// and `z = z_hat - rho + 2^m (h + c - h c - 1)` where it is set.
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
        function: Function,
    ) -> Result<Shares<T>, MpcError> {
        let one = self.sloped(party, key, own, masked, function.slope())?;
        let Function::Clip { high } = function else {
            return Ok(one);
        };
        // min(max(z, 0), high) = max(z, 0) - max(z - high, 0): the same mask hides z - high, and a
        // key may be evaluated at any number of public points.
        let low = low_bits(self.width);
        let lowered: Vec<u64> = masked.iter().map(|z| z.wrapping_sub(high) & low).collect();
        let other = self.sloped::<T>(party, key, own, &lowered, function.slope())?;
        Ok(one
            .iter()
            .zip(other.iter())
            .map(|(a, b)| a.sub(*b))
            .collect())
    }

    /// Shares of `a z + (2^bits - a) max(z, 0)`: `2^bits z` for positive `z` and `a z` for others.
    fn sloped<T: Word>(
        self,
        party: Party,
        key: &[u8],
        own: &KeyShare,
        masked: &[u64],
        (slope, bits): (u32, u32),
    ) -> Result<Shares<T>, MpcError> {
        // 2^m, which is 0 in a ring of m bits.
        let wrap = T::from_u64(1_u64.checked_shl(self.width).unwrap_or(0));
        let one = public(party, T::from_u64(1));
        let below = T::from_u64(slope.into());
        let above = T::from_u64((1_u64 << bits).wrapping_sub(slope.into()));
        let value = |_, z_hat: u64, [e_c, e_rho_c, e_h_c]: [T; 3], [h, rho_h, rho]: [T; 3]| {
            let masked = T::from_u64(z_hat);
            let plain = public(party, masked).sub(rho);
            let c = e_c.add(h);
            let chosen = masked.mul(c).sub(e_rho_c).sub(rho_h);
            let (lifted, relu) = if msb(z_hat, self.width) == 1 {
                // Positive exactly when c = 1: (z_hat - rho) c.
                let carry = c.sub(e_h_c).sub(one);
                (plain.add(wrap.mul(carry)), chosen)
            } else {
                // Positive exactly when c = 0: (z_hat - rho + 2^m h)(1 - c).
                let lifted = plain.sub(wrap.mul(e_h_c));
                (lifted, lifted.sub(chosen))
            };
            below.mul(lifted).add(above.mul(relu))
        };
        self.batch()?.evaluate(party, key, own, masked, value)
    }
}

/// What a [`ReluGate`] computes of `z`, one key for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Function {
    /// `z` itself, lifted to the ring of the result.
    Identity,
    /// `max(z, 0)`.
    Relu,
    /// `2^bits z` where `z` is positive, `slope z` elsewhere: a leaky ReLU of slope
    /// `slope / 2^bits`, with `bits` more fractional bits.
    LeakyRelu {
        /// At most `2^bits`.
        slope: u32,
        /// At most 16.
        bits: u32,
    },
    /// `min(max(z, 0), high)`. `z - high` must fit the gate's width.
    Clip {
        /// In units of `z`.
        high: u64,
    },
}

impl Function {
    /// The slope for values that are not positive, with its fractional bits.
    fn slope(self) -> (u32, u32) {
        match self {
            Self::Identity => (1, 0),
            Self::Relu | Self::Clip { .. } => (0, 0),
            Self::LeakyRelu { slope, bits } => (slope, bits.min(31)),
        }
    }

    /// What it gives in the clear.
    pub fn of(self, z: i64) -> i64 {
        match self {
            Self::Identity => z,
            Self::Relu => z.max(0),
            Self::LeakyRelu { slope, bits } => z.wrapping_mul(if z >= 0 {
                1 << bits.min(31)
            } else {
                slope.into()
            }),
            Self::Clip { high } => z.max(0).min(high as i64),
        }
    }
}

/// `u` where `u >= 0` and 0 elsewhere, in the ring of `u` itself and at its full precision; only
/// the comparison leaves out low bits.
///
/// With `z = floor(u / 2^shift)`, or one more, it gives `u [z >= 0]`: where `-2^shift <= u < 0` it
/// may give `u`. This is what the larger of two values costs: `max(a, b) = b + gate(a - b)`, wrong
/// by less than `2^shift`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelectGate {
    /// Low bits that the comparison leaves out.
    pub shift: u32,
    /// `m`, the bits of `z`: 1 to the bits of the word, less the shift.
    pub width: u32,
    /// Sets this batch of keys apart: see [`crate::dcf::Tree::tweak`].
    pub tweak: [u32; 2],
}

impl SelectGate {
    fn batch<T: Word>(self) -> Result<Batch<T, 2, 3>, MpcError> {
        Batch::new(self.width, self.tweak, T::BITS.saturating_sub(self.shift))
    }

    /// Bytes of the keys of `count` values, the same for both parties.
    pub fn key_bytes<T: Word>(self, count: usize) -> Result<usize, MpcError> {
        Ok(self.batch::<T>()?.key_bytes(count))
    }

    /// The dealer's part: keys for the masks of all `u`.
    ///
    /// The streams are the two parties' [`crate::prg::Purpose::GateKey`] streams.
    ///
    /// # Errors
    ///
    /// When shift and width do not fit the ring.
    pub fn deal<T: Word>(
        self,
        masks: &[T],
        first: &mut Prg,
        second: &mut Prg,
    ) -> Result<Vec<u8>, MpcError> {
        let gate = |mask: u64| {
            let rho = truncate_reduce(T::from_u64(mask), self.shift, self.width);
            let h = msb(rho, self.width);
            let (mask, bit) = (T::from_u64(mask), T::from_u64(h.into()));
            Dealt {
                alpha: rho & low_bits(self.width - 1),
                // c = h + (1 - 2h) d, mask c = mask h + (1 - 2h) mask d.
                beta: [T::from_u64(1).neg_if(h), mask.neg_if(h)],
                constants: [bit, mask.mul(bit), mask],
            }
        };
        let masks: Shares<u64> = masks.iter().map(|mask| mask.to_u64()).collect();
        Ok(self.batch()?.deal(&masks, [first, second], gate))
    }

    /// A party's part before any input: its roots and constants from its own stream.
    pub fn expand<T: Word>(self, count: usize, own: &mut Prg) -> KeyShare {
        KeyShare::expand::<T>(count, 3, own)
    }

    /// The party's shares of `u [z >= 0]` from the masked `u`.
    ///
    /// # Errors
    ///
    /// When shift, width or the length of the key does not fit.
    pub fn evaluate<T: Word>(
        self,
        party: Party,
        key: &[u8],
        own: &KeyShare,
        masked: &[T],
    ) -> Result<Shares<T>, MpcError> {
        let batch = self.batch::<T>()?;
        let compared: Vec<u64> = masked
            .iter()
            .map(|word| truncate_reduce(*word, self.shift, self.width))
            .collect();
        let value = |index: usize, z_hat: u64, [e_c, e_rho_c]: [T; 2], [h, rho_h, rho]: [T; 3]| {
            let masked = masked.get(index).copied().unwrap_or_default();
            let chosen = masked.mul(e_c.add(h)).sub(e_rho_c).sub(rho_h);
            if msb(z_hat, self.width) == 1 {
                chosen
            } else {
                public(party, masked).sub(rho).sub(chosen)
            }
        };
        batch.evaluate(party, key, own, &compared, value)
    }
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
