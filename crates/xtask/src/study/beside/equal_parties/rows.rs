//! Rows of a table from lines of which several may stand for one: a test set is classified in parts, on
//! different days, and sometimes again.

use std::ops::Range;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::study::values::{number, text};

/// The networks, in the order in which they are shown; others follow.
const MODELS: [&str; 4] = [
    "mnist-bmlp",
    "mnist-bmlp-small",
    "mnist-mlp",
    "mnist-cnn-fast",
];

/// What was measured of a network among so many parties, who find signs in one way.
pub struct Row<'a> {
    pub model: String,
    pub parties: u64,
    /// `exact`, or how many symbols.
    pub signs: String,
    /// All lines, the oldest first.
    lines: Vec<&'a Value>,
    /// Those whose pictures count, and which these are. No picture counts twice.
    counted: Vec<(Range<u64>, &'a Value)>,
}

/// The rows of some lines, the oldest of which comes first.
///
/// # Errors
/// If a line does not say what it is of.
pub fn rows(lines: &[Value]) -> Result<Vec<Row<'_>>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for line in lines {
        let model = text(line, "model")?;
        let parties = &line["parties"];
        let parties = parties.as_u64().or_else(|| parties["count"].as_u64());
        // Two parties with a helper say nothing of parties.
        let parties = parties.unwrap_or(2);
        let signs = text(line, "signs").unwrap_or("exact");
        let same =
            |row: &Row<'_>| row.model == model && row.parties == parties && row.signs == signs;
        let at = rows.iter().position(same).unwrap_or_else(|| {
            rows.push(Row {
                model: model.to_owned(),
                parties,
                signs: signs.to_owned(),
                lines: Vec::new(),
                counted: Vec::new(),
            });
            rows.len() - 1
        });
        rows[at].add(line)?;
    }
    let place = |row: &Row<'_>| MODELS.iter().position(|model| *model == row.model);
    rows.sort_by_key(|row| {
        let model = place(row).unwrap_or(MODELS.len());
        (model, row.parties, row.signs.clone())
    });
    Ok(rows)
}

impl<'a> Row<'a> {
    /// Its pictures take the place of those that were classified before.
    fn add(&mut self, line: &'a Value) -> Result<()> {
        let new = pictures(line)?;
        let apart = |old: &Range<u64>| old.end <= new.start || new.end <= old.start;
        self.counted.retain(|(old, _)| apart(old));
        self.counted.push((new, line));
        self.lines.push(line);
        Ok(())
    }

    /// How many pictures there are.
    pub fn pictures(&self) -> f64 {
        let counts = self.counted.iter();
        counts
            .map(|(range, _)| (range.end - range.start) as f64)
            .sum()
    }

    /// A count over all pictures.
    ///
    /// # Errors
    /// If a line lacks it.
    pub fn sum(&self, path: &str) -> Result<f64> {
        let counts = self.counted.iter();
        counts.map(|(_, line)| number(line, path)).sum()
    }

    /// A share of all pictures.
    ///
    /// # Errors
    /// If a line lacks it.
    pub fn share(&self, path: &str) -> Result<f64> {
        let right = self.counted.iter().map(|(range, line)| {
            let count = (range.end - range.start) as f64;
            Ok((number(line, path)? * count).round())
        });
        let right = right.sum::<Result<f64>>()?;
        Ok(right / self.pictures())
    }

    /// The newest line.
    ///
    /// # Errors
    /// If there is none.
    pub fn newest(&self) -> Result<&'a Value> {
        self.lines.last().copied().context("a row without lines")
    }

    /// The newest line whose times count: where much else ran meanwhile, a line says that they do not.
    ///
    /// # Errors
    /// If there is none.
    pub fn timed(&self) -> Result<&'a Value> {
        let timed = self.lines.iter().rev().find(|line| line["timed"] != false);
        timed.copied().with_context(|| {
            format!(
                "no line of {} among {} parties has times that count",
                self.model, self.parties
            )
        })
    }
}

/// The pictures of a line: those of `--range A..B` in its command, or as many as it says, from the first
/// one on unless it says another.
fn pictures(line: &Value) -> Result<Range<u64>> {
    let count = line["pictures"]
        .as_u64()
        .or_else(|| line["images"].as_u64());
    let count = count.context("a line says no pictures")?;
    let words: Vec<&str> = text(line, "command")?.split(' ').collect();
    let range = words.iter().position(|word| *word == "--range");
    let range = range.and_then(|at| words.get(at + 1)?.split_once(".."));
    let Some((from, to)) = range else {
        let first = line["first"].as_u64().unwrap_or(0);
        return Ok(first..first + count);
    };
    let range = from.parse()?..to.parse()?;
    ensure!(
        range.start + count == range.end,
        "{count} pictures are not those of {from}..{to}"
    );
    Ok(range)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line(range: &str, pictures: u64, right: f64) -> Value {
        json!({
            "command": format!("blindsight evaluate mnist-mlp --range {range} --json"),
            "model": "mnist-mlp",
            "parties": { "count": 3 },
            "pictures": pictures,
            "secure_accuracy": right,
        })
    }

    #[test]
    fn parts_of_a_test_set_add_up() {
        let lines = [line("0..100", 100, 0.99), line("100..400", 300, 1.0)];
        let rows = rows(&lines).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].pictures(), 400.0);
        assert_eq!(rows[0].share("secure_accuracy").unwrap(), 399.0 / 400.0);
    }

    #[test]
    fn no_picture_counts_twice() {
        let old = json!({
            "command": "peers.py", "model": "mnist-mlp", "parties": 5, "images": 50,
            "right": 50, "seconds": 1,
        });
        let new = json!({
            "command": "peers.py", "model": "mnist-mlp", "parties": 5, "images": 1000,
            "right": 989, "seconds": 9, "timed": false,
        });
        let lines = [old, new];
        let rows = rows(&lines).unwrap();
        assert_eq!(rows[0].pictures(), 1000.0);
        assert_eq!(rows[0].sum("right").unwrap(), 989.0);
        assert_eq!(rows[0].newest().unwrap()["seconds"], 9);
        assert_eq!(rows[0].timed().unwrap()["seconds"], 1);
    }

    #[test]
    fn a_line_has_the_pictures_of_its_range() {
        let error = rows(&[line("0..100", 99, 1.0)]).err().unwrap();
        assert!(error.to_string().contains("0..100"), "{error}");
    }
}
