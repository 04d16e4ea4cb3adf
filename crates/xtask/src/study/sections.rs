//! The questions of the study, in the order in which they are told.

mod accuracy;
mod ahead;
mod batch;
mod browser;
mod confusion;
mod distance;
mod encryption;
pub mod index;
mod layers;
mod parties;
mod peers;
mod precision;
mod resources;
mod roles;
mod signs;
mod size;
mod tensors;
mod width;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::page::Page;
use super::pages::Material;
use super::run::Run;
use super::values::text;

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// All, in about an hour.
    Full,
    /// A little of everything, in minutes.
    Quick,
}

impl Scale {
    /// One thing or the other.
    fn pick<T>(self, full: T, quick: T) -> T {
        match self {
            Self::Full => full,
            Self::Quick => quick,
        }
    }
}

/// A question.
pub struct Section {
    /// Of its files.
    pub name: &'static str,
    pub title: &'static str,
    pub question: &'static str,
    /// What is measured for it.
    pub runs: fn(Scale) -> Vec<Run>,
    /// Whose raw data it is answered from.
    pub reads: &'static [&'static str],
    /// The answer, from the raw data alone; an error where something is not measured.
    pub page: fn(&Material) -> Result<Page>,
}

/// All of them.
pub const SECTIONS: &[Section] = &[
    tensors::SECTION,
    accuracy::SECTION,
    confusion::SECTION,
    roles::SECTION,
    batch::SECTION,
    layers::SECTION,
    resources::MEMORY,
    resources::CPU,
    precision::SECTION,
    width::SECTION,
    signs::SECTION,
    size::SECTION,
    distance::DISTANCE,
    distance::BANDWIDTH,
    browser::SECTION,
    parties::SECTION,
    ahead::SECTION,
    encryption::SECTION,
    peers::SECTION,
];

/// The networks that most is measured of.
const MODELS: [&str; 4] = ["mnist-mlp", "mnist-cnn-fast", "mnist-cnn", "mnist-bmlp"];
/// The same in a quick study.
const FEW: [&str; 2] = ["mnist-mlp", "mnist-bmlp-small"];

/// The networks of a study.
fn models(scale: Scale) -> &'static [&'static str] {
    scale.pick(&MODELS, &FEW)
}

/// The models in some lines, each once, as they come.
fn named(lines: &[Value]) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for line in lines {
        let name = text(line, "model")?;
        if names.iter().all(|known| known != name) {
            names.push(name.to_owned());
        }
    }
    ensure!(!names.is_empty(), "nothing is measured yet");
    Ok(names)
}

/// The line that holds what is asked for.
fn find(lines: &[Value], holds: impl Fn(&Value) -> bool) -> Result<&Value> {
    let found = lines.iter().find(|line| holds(line));
    found.context("part of it is not measured yet")
}

/// Nothing of its own: what others measured.
fn nothing(_: Scale) -> Vec<Run> {
    Vec::new()
}
