//! What was measured, as the programs printed it, with all that is needed to measure it again.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::machine::Machine;

/// The raw data of a section: a JSON file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Raw {
    /// The section's name.
    pub section: String,
    /// What it was measured on.
    pub machine: Value,
    /// What is random, and from what.
    pub seeds: String,
    /// One for each command.
    pub records: Vec<Record>,
}

/// What one command printed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The command, as one types it.
    pub command: String,
    /// What it was asked for and does not print itself.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub of: Value,
    /// The day, in the time of Greenwich.
    pub date: String,
    /// The sources, by their name in git; with a plus where there were changes beside.
    pub commit: String,
    /// How long it took.
    pub seconds: f64,
    /// Its lines of JSON.
    pub lines: Vec<Value>,
}

/// Said in every file.
const SEEDS: &str = "Masks, keys and the pictures of `bench` are drawn anew from the system's \
     generator in every run; `evaluate` takes the published test pictures in their order. The \
     networks were trained from seed 1, or are written by `cargo xtask study` with the same weights \
     every time.";

impl Raw {
    /// Reads a file; `None` where there is none.
    ///
    /// # Errors
    /// If it cannot be read or is not the raw data of a section.
    pub fn load(path: &Path) -> Result<Option<Self>> {
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| format!("{} cannot be read", path.display()))?,
        };
        let raw = serde_json::from_str(&text)
            .with_context(|| format!("{} is not the raw data of a section", path.display()))?;
        Ok(Some(raw))
    }

    /// Writes the file, so that whoever reads it never sees half of it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let written = || -> Result<()> {
            fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(self.text()?.as_bytes())?;
            file.persist(path)?;
            Ok(())
        };
        written().with_context(|| format!("{} cannot be written", path.display()))
    }

    /// With a line for each record, so that changes can be read.
    fn text(&self) -> Result<String> {
        let json = serde_json::to_string::<Value>;
        let records: Vec<String> = self
            .records
            .iter()
            .map(serde_json::to_string)
            .collect::<Result<_, _>>()?;
        Ok(format!(
            "{{\n  \"section\": {},\n  \"machine\": {},\n  \"seeds\": {},\n  \"records\": [\n    {}\n  ]\n}}\n",
            json(&self.section.as_str().into())?,
            json(&self.machine)?,
            json(&self.seeds.as_str().into())?,
            records.join(",\n    ")
        ))
    }

    /// Before more is measured.
    ///
    /// # Errors
    /// If what there is was measured on another machine.
    pub fn begin(&mut self, section: &str, machine: &Machine) -> Result<()> {
        let machine = serde_json::to_value(&machine.kind)?;
        ensure!(
            self.records.is_empty() || self.machine == machine,
            "part of the section {section} was measured on another machine or with another \
             compiler; measure all of it with `--again {section}`"
        );
        self.section = section.to_owned();
        self.machine = machine;
        self.seeds = SEEDS.to_owned();
        Ok(())
    }

    /// What a command printed.
    pub fn record(&self, command: &str) -> Option<&Record> {
        self.records.iter().find(|record| record.command == command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("raw/a.json");
        assert_eq!(Raw::load(&path).unwrap(), None);
        let raw = Raw {
            section: "a".into(),
            records: vec![Record {
                command: "blindsight bench".into(),
                of: serde_json::json!({ "bits": 8 }),
                ..Record::default()
            }],
            ..Raw::default()
        };
        raw.save(&path).unwrap();
        assert_eq!(Raw::load(&path).unwrap(), Some(raw.clone()));
        assert!(raw.record("blindsight bench").is_some());
        fs::write(&path, "{").unwrap();
        let error = Raw::load(&path).unwrap_err().to_string();
        assert!(error.contains("a.json"), "{error}");
    }
}
