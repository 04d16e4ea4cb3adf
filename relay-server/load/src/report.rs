//! What was measured, for people and for programs.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use anyhow::Result;
use comfy_table::{Table, presets::ASCII_MARKDOWN};
use serde::Serialize;
use serde_json::{Value, json};

use crate::machine::Machine;

/// What a scenario found.
pub struct Report {
    scenario: &'static str,
    machine: Machine,
    command: String,
    figures: Value,
    tables: Vec<Table>,
    notes: Vec<String>,
    missed: Vec<String>,
}

impl Report {
    /// With nothing to show yet.
    ///
    /// # Errors
    /// If the system does not tell what machine this is.
    pub fn new(scenario: &'static str, figures: &impl Serialize) -> Result<Self> {
        let mut command = "relay-load".to_owned();
        for argument in std::env::args().skip(1) {
            write!(command, " {argument}")?;
        }
        Ok(Self {
            scenario,
            machine: Machine::this()?,
            command,
            figures: serde_json::to_value(figures)?,
            tables: Vec::new(),
            notes: Vec::new(),
            missed: Vec::new(),
        })
    }

    /// Shows a table.
    pub fn table<const N: usize>(&mut self, head: [&str; N], rows: Vec<[String; N]>) {
        let mut table = Table::new();
        table.load_preset(ASCII_MARKDOWN).set_header(head);
        table.add_rows(rows);
        self.tables.push(table);
    }

    /// Says something beside the tables.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Says that a target was missed, unless it was `met`.
    pub fn target(&mut self, met: bool, target: impl Into<String>) {
        if !met {
            self.missed.push(target.into());
        }
    }

    /// The targets that were missed.
    pub fn missed(&self) -> &[String] {
        &self.missed
    }

    /// For programs.
    pub fn json(&self) -> String {
        let value = json!({
            "scenario": self.scenario,
            "command": self.command,
            "machine": self.machine,
            "figures": self.figures,
            "notes": self.notes,
            "missed": self.missed,
        });
        format!("{value:#}")
    }

    /// Writes the figures into a folder, as a file with the scenario's name.
    ///
    /// # Errors
    /// If the system does not let it.
    pub fn save(&self, folder: &Path) -> io::Result<()> {
        let file = folder.join(self.scenario).with_extension("json");
        std::fs::write(file, self.json() + "\n")
    }

    /// For people: Markdown.
    pub fn text(&self) -> String {
        let Machine {
            processor,
            cores,
            memory,
            kernel,
        } = &self.machine;
        let mut text = format!(
            "## {}\n\n`{}`, {cores} cores of {processor}, {memory} GiB, Linux {kernel}\n",
            self.scenario, self.command
        );
        for table in &self.tables {
            text += &format!("\n{table}\n");
        }
        for note in &self.notes {
            text += &format!("\n{note}\n");
        }
        for missed in &self.missed {
            text += &format!("\nMissed: {missed}\n");
        }
        text
    }
}

/// Bytes, as people read them.
pub fn bytes(bytes: f64) -> String {
    match bytes {
        b if b.abs() >= 1e6 => format!("{:.1} MB", b / 1e6),
        b if b.abs() >= 1e3 => format!("{:.1} kB", b / 1e3),
        b => format!("{b:.0} B"),
    }
}

/// Milliseconds.
pub fn ms(ms: f64) -> String {
    format!("{ms:.2} ms")
}

/// A share.
pub fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
