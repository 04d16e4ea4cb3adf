//! What one comparison costs here, by the code that sends it, and elsewhere, by the formulas of papers.

use anyhow::Result;
use blindsight_mpc::compare::{DreluGate, ReluGate};
use blindsight_mpc::dcf::{LANES, ROOT_WORDS, Tree};
use blindsight_mpc::ring::Word;

use crate::study::marks::Facts;
use crate::study::page::Table;

/// A kind of comparison.
struct Comparison {
    name: String,
    /// The bundled networks that make it.
    of: &'static str,
    /// n: bits that are compared, one less than the value has.
    bits: u32,
    /// l: bits of the payload.
    payload: u32,
    /// Bytes of the constants that the gate adds to the key.
    constants: f64,
    /// Levels of the key's tree.
    levels: u32,
    /// Bytes of the key.
    bytes: f64,
}

/// Bytes of a comparison's key, of the keys that stand together.
fn each(group: usize) -> f64 {
    group as f64 / LANES as f64
}

/// A comparison whose key has `K` words of payload and as many constants.
fn comparison<T: Word, const K: usize>(
    name: String,
    of: &'static str,
    width: u32,
    key: usize,
) -> Comparison {
    let tree = Tree {
        bits: width - 1,
        tweak: [0; 2],
    };
    let payload = K as u32 * T::BITS;
    Comparison {
        name,
        of,
        bits: tree.bits,
        payload,
        constants: f64::from(payload) / 8.0,
        levels: tree.levels::<T, K>(),
        bytes: each(key),
    }
}

fn sign(width: u32, of: &'static str) -> Result<Comparison> {
    let tweak = [0; 2];
    let key = DreluGate { width, tweak }.key_bytes::<u16>(LANES)?;
    let name = format!("sign, {width} bits, to 16 bits");
    Ok(comparison::<u16, 1>(name, of, width, key))
}

fn relu(width: u32, of: &'static str) -> Result<Comparison> {
    let tweak = [0; 2];
    let key = ReluGate { width, tweak }.key_bytes::<u32>(LANES)?;
    let name = format!("ReLU, {width} bits, to 32 bits");
    Ok(comparison::<u32, 3>(name, of, width, key))
}

fn classes(width: u32, of: &'static str) -> Result<Comparison> {
    let tweak = [0; 2];
    let key = DreluGate { width, tweak }.key_bytes::<u8>(LANES)?;
    let name = format!("two classes, {width} bits");
    Ok(comparison::<u8, 1>(name, of, width, key))
}

impl Comparison {
    /// Bytes if the tree had a level for each bit: a root and a payload, a bit for either child, at each,
    /// and a payload behind the last.
    fn to_the_end(&self) -> f64 {
        let payload = f64::from(self.payload) / 8.0;
        let level = each(4 * ROOT_WORDS) + payload + each(1);
        f64::from(self.bits) * level + payload + self.constants
    }

    fn n(&self) -> f64 {
        self.bits.into()
    }

    fn l(&self) -> f64 {
        self.payload.into()
    }

    /// Boyle et al., Eurocrypt 2021, figure 1.
    fn boyle(&self) -> f64 {
        (self.n() * (128.0 + 2.0 + self.l()) + 128.0 + self.l()) / 8.0
    }

    /// Guo et al., Eurocrypt 2023: the key of a point function, and a payload for each level.
    fn half_tree(&self) -> f64 {
        ((self.n() + 1.0) * 128.0 + 1.0 + self.l() + self.n() * self.l()) / 8.0
    }

    /// Rathee et al., CCS 2020.
    fn cryptflow2(&self) -> f64 {
        self.n() * (128.0 + 14.0) / 8.0
    }

    /// Zahur et al., Eurocrypt 2015: two ciphertexts for each AND.
    fn garbled(&self) -> f64 {
        self.n() * 2.0 * 128.0 / 8.0
    }
}

/// With as many digits as it takes: these are no measurements.
fn exact(bytes: f64) -> String {
    bytes.to_string()
}

/// The tables of `docs/speed.md`.
///
/// # Errors
/// If a width does not fit its gate.
pub fn facts() -> Result<Facts> {
    let all = [
        sign(14, "`mnist-bmlp`")?,
        sign(18, "`mnist-bmlp`")?,
        relu(15, "`mnist-cnn-fast`")?,
        relu(18, "`mnist-mlp`, `mnist-cnn-fast`")?,
        relu(20, "`mnist-mlp`")?,
        classes(14, "`mnist-bmlp`")?,
        classes(31, "`mnist-cnn`, `mnist-cnn-fast`")?,
        classes(32, "`mnist-mlp`")?,
    ];
    let mut here = Table::new([
        "comparison",
        "in",
        "levels",
        "bytes",
        "if it did not end early",
    ]);
    let mut elsewhere = Table::new([
        "comparison",
        "n, l",
        "here",
        "Boyle et al.",
        "Half-Tree",
        "CrypTFlow2",
        "garbled circuit",
    ]);
    for one in &all {
        here.row([
            one.name.clone(),
            one.of.to_owned(),
            format!("{} of {}", one.levels, one.bits),
            exact(one.bytes),
            exact(one.to_the_end()),
        ]);
        let (name, _) = one.name.split_once(", to").unwrap_or((&one.name, ""));
        elsewhere.row([
            name.to_owned(),
            format!("{}, {}", one.bits, one.payload),
            exact(one.bytes - one.constants),
            exact(one.boyle()),
            exact(one.half_tree()),
            exact(one.cryptflow2()),
            exact(one.garbled()),
        ]);
    }
    let mut facts = Facts::default();
    facts.table("here", &here);
    facts.table("elsewhere", &elsewhere);
    let eight = relu(8, "")?;
    facts.insert("relu-8.bytes", exact(eight.bytes));
    facts.insert("relu-8.levels", eight.levels.to_string());
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys that are sent are as long as the tree says, with the gate's constants.
    #[test]
    fn a_key_is_its_tree_and_its_constants() {
        for one in [sign(14, "").unwrap(), relu(15, "").unwrap()] {
            // Levels that are left out take no bytes, and the leaf's table takes their place.
            let payload = f64::from(one.payload) / 8.0;
            let level = each(4 * ROOT_WORDS) + payload + each(1);
            let below = one.bits - one.levels;
            let leaf = payload * f64::from(1 << below);
            let bytes = f64::from(one.levels) * level + leaf + one.constants;
            assert_eq!(bytes, one.bytes, "{}", one.name);
            assert!(one.bytes < one.to_the_end(), "{}", one.name);
        }
    }
}
