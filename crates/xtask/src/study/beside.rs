//! What was measured beside the study, with commands of its own: the raw figures lie in the folder of
//! the document that shows them, each with its command, and fill that document's tables and words.

mod comparisons;
mod equal_parties;
mod history;
mod relay_load;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::marks::Facts;

/// All of it, by names that begin with the document's.
///
/// # Errors
/// If a file cannot be read, or holds other figures than its table shows.
pub fn facts(root: &Path) -> Result<Facts> {
    let docs = root.join("docs");
    let mut facts = Facts::default();
    facts.extend_with("equal-parties", equal_parties::facts(&docs)?);
    facts.extend_with("relay-load", relay_load::facts(&docs)?);
    facts.extend_with("comparisons", comparisons::facts()?);
    facts.extend_with("history", history::facts(&docs)?);
    Ok(facts)
}

/// A file of JSON.
fn json(path: &Path) -> Result<Value> {
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("{shown} cannot be read"))?;
    serde_json::from_str(&text).with_context(|| format!("{shown} is not JSON"))
}

/// A file with an object of JSON in each line, the oldest first; none if there is no file.
fn lines(path: &Path) -> Result<Vec<Value>> {
    let shown = path.display();
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(path).with_context(|| format!("{shown} cannot be read"))?;
    let lines = text.lines().zip(1..);
    let lines = lines.filter(|(line, _)| !line.trim().is_empty());
    lines
        .map(|(line, at)| {
            serde_json::from_str(line).with_context(|| format!("line {at} of {shown} is not JSON"))
        })
        .collect()
}
