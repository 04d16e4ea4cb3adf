//! A page of the study: what is on it, and as Markdown.

use std::fmt::Write as _;

use anyhow::Result;

use crate::plot::Plot;

use super::marks::Facts;

/// What a section found.
#[derive(Debug, Default)]
pub struct Page {
    /// In one sentence.
    pub answer: String,
    pub parts: Vec<Part>,
    /// Figures and tables that other documents quote, by their names within the section.
    pub facts: Facts,
}

/// A part of a page.
#[derive(Debug)]
pub enum Part {
    Text(String),
    Table(Table),
    /// A plot, with what it is called within the section and what it shows.
    Plot {
        name: &'static str,
        shows: String,
        plot: Plot,
    },
}

/// Rows under a head.
#[derive(Debug)]
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new<const N: usize>(head: [&str; N]) -> Self {
        Self {
            head: head.map(str::to_owned).to_vec(),
            rows: Vec::new(),
        }
    }

    /// A further column in the head.
    pub fn column(&mut self, name: impl Into<String>) {
        self.head.push(name.into());
    }

    pub fn row(&mut self, row: impl IntoIterator<Item = String>) {
        self.rows.push(row.into_iter().collect());
    }

    /// As Markdown: the first column on the left, numbers on the right.
    pub fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let numbers = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells
                .filter(|cell| !cell.is_empty())
                .all(|cell| cell.starts_with(|c: char| c.is_ascii_digit() || c == '-'))
        };
        let rules: Vec<String> = (0..self.head.len())
            .map(|column| {
                let rule = if column > 0 && numbers(column) {
                    "--:"
                } else {
                    "---"
                };
                rule.to_owned()
            })
            .collect();
        let mut text = line(&self.head) + &line(&rules);
        self.rows.iter().for_each(|row| text.push_str(&line(row)));
        text
    }
}

impl Page {
    pub fn text(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Text(text.into()));
    }

    pub fn table(&mut self, table: Table) {
        self.parts.push(Part::Table(table));
    }

    pub fn plot(&mut self, name: &'static str, shows: impl Into<String>, plot: Plot) {
        let shows = shows.into();
        self.parts.push(Part::Plot { name, shows, plot });
    }

    pub fn fact(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.facts.insert(name, value);
    }

    /// The Markdown of all parts, and the plots as files.
    ///
    /// # Errors
    /// If a plot cannot be drawn.
    pub fn markdown(&self, section: &str) -> Result<(String, Vec<(String, String)>)> {
        let (mut text, mut plots) = (String::new(), Vec::new());
        for part in &self.parts {
            match part {
                Part::Text(words) => {
                    // Writing to a String cannot fail.
                    let _ = writeln!(text, "{words}\n");
                }
                Part::Table(table) => {
                    let _ = writeln!(text, "{}", table.markdown());
                }
                Part::Plot { name, shows, plot } => {
                    let file = format!("{section}-{name}.svg");
                    let _ = writeln!(text, "![{shows}]({file})\n");
                    plots.push((file, plot.svg()?));
                }
            }
        }
        Ok((text, plots))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::{Axis, Line};

    #[test]
    fn a_page_becomes_markdown_and_plots() {
        let mut page = Page::default();
        let mut table = Table::new(["network", "online"]);
        table.column("by");
        table.row(["a", "0.1 ms", "hand"].map(str::to_owned));
        page.table(table);
        let (x, y) = (Axis::linear("bits"), Axis::linear("right"));
        let lines = vec![Line::new("a", [(1.0, 2.0), (2.0, 3.0)])];
        page.plot("bits", "accuracy against bits", Plot::Lines { x, y, lines });
        let (text, plots) = page.markdown("precision").unwrap();
        let table = "| network | online | by |\n| --- | --: | --- |\n| a | 0.1 ms | hand |\n";
        assert!(text.starts_with(table), "{text}");
        assert!(text.contains("![accuracy against bits](precision-bits.svg)"));
        assert_eq!(plots[0].0, "precision-bits.svg");
    }
}
