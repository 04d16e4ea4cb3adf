//! How exact a network in integers is: options of several commands.

use blindsight_model::fixed_point::Demands;
use blindsight_mpc::ring::Ring;
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// What is demanded of a network in integers.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct PrecisionOptions {
    /// How many fractional bits activations keep, 2 to 16. Unless given, the most of 10 to 8 with
    /// which all sums fit 32 bits. Fewer make comparisons cheaper, and the network less exact.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(2..=16))]
    pub fractional_bits: Option<u8>,
    /// How many bits the numbers of each step have at least. As few as its sums fit unless given.
    #[arg(long, value_name = "16|32|64", default_value = "16", value_parser = rings())]
    pub ring: Ring,
}

/// Rings by their bits.
fn rings() -> impl TypedValueParser<Value = Ring> {
    let names = Ring::ALL.map(|ring| ring.bits().to_string());
    PossibleValuesParser::new(names).try_map(|name| {
        let mut rings = Ring::ALL.into_iter();
        let ring = rings.find(|ring| ring.bits().to_string() == name);
        ring.ok_or("there is no such ring")
    })
}

impl Default for PrecisionOptions {
    fn default() -> Self {
        Self {
            fractional_bits: None,
            ring: Ring::ALL[0],
        }
    }
}

impl PrecisionOptions {
    /// As the conversion takes them.
    pub fn demands(&self) -> Demands {
        Demands {
            fractional_bits: self.fractional_bits,
            narrowest: self.ring,
            ..Demands::default()
        }
    }

    /// As another program takes them.
    pub fn arguments(&self) -> Vec<String> {
        let ring = ["--ring".to_owned(), self.ring.bits().to_string()];
        let bits = self.fractional_bits;
        let bits = bits.map(|bits| ["--fractional-bits".to_owned(), bits.to_string()]);
        bits.into_iter().flatten().chain(ring).collect()
    }
}
