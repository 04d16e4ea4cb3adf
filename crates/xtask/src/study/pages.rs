//! All pages of the study from its raw data.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::workspace::Workspace;

use super::beside;
use super::marks::{self, Facts};
use super::page::Page;
use super::raw::Raw;
use super::raw_file;
use super::sections::{SECTIONS, Section, index};

/// The raw data of all sections that were measured.
pub struct Material(BTreeMap<&'static str, Raw>);

impl Material {
    /// Reads the raw data in a folder.
    ///
    /// # Errors
    /// If a file cannot be read or is not raw data.
    pub fn load(folder: &Path) -> Result<Self> {
        let mut raws = BTreeMap::new();
        for section in SECTIONS {
            if let Some(raw) = Raw::load(&raw_file(folder, section.name))? {
                raws.insert(section.name, raw);
            }
        }
        Ok(Self(raws))
    }

    /// All lines that a section's commands printed, each with what was asked for.
    ///
    /// # Errors
    /// If it was not measured.
    pub fn lines(&self, section: &str) -> Result<Vec<Value>> {
        let raw = self.0.get(section);
        let raw = raw.with_context(|| format!("the section {section} is not measured"))?;
        let with = |of: &Value, line: &Value| match (line.clone(), of) {
            (Value::Object(mut line), Value::Object(of)) => {
                line.extend(of.clone());
                Value::Object(line)
            }
            (line, _) => line,
        };
        let records = raw.records.iter();
        let lines = records.flat_map(|record| {
            let of = &record.of;
            record.lines.iter().map(move |line| with(of, line))
        });
        Ok(lines.collect())
    }
}

/// Files by their names within the study's folder, and figures.
pub struct Pages {
    pub files: BTreeMap<String, String>,
    pub facts: Facts,
    /// Sections that have no page yet, and why.
    pub missing: Vec<(&'static str, String)>,
}

/// Makes all pages.
///
/// # Errors
/// If a plot cannot be drawn.
pub fn render(material: &Material) -> Result<Pages> {
    let mut pages = Pages {
        files: BTreeMap::new(),
        facts: Facts::default(),
        missing: Vec::new(),
    };
    let mut answers = Vec::new();
    for section in SECTIONS {
        match (section.page)(material) {
            Ok(page) => {
                let (text, plots) = markdown(section, &page, material)?;
                pages.files.insert(format!("{}.md", section.name), text);
                pages.files.extend(plots);
                pages.facts.extend_with(section.name, page.facts);
                answers.push((section, page.answer));
            }
            Err(error) => {
                pages.facts.unmeasured(section.name);
                pages.missing.push((section.name, format!("{error:#}")));
            }
        }
    }
    let machines = material.0.values().map(|raw| &raw.machine);
    let left = SECTIONS.iter().filter(|section| {
        let mut missing = pages.missing.iter();
        missing.any(|(name, _)| *name == section.name)
    });
    let left: Vec<&str> = left.map(|section| section.title).collect();
    let index = index::markdown(&answers, &left, &pages.facts, machines);
    pages.files.insert("README.md".to_owned(), index);
    Ok(pages)
}

/// A section's page, and its plots as files.
fn markdown(
    section: &Section,
    page: &Page,
    material: &Material,
) -> Result<(String, Vec<(String, String)>)> {
    let (parts, plots) = page
        .markdown(section.name)
        .with_context(|| format!("the page {}", section.name))?;
    let Section {
        title, question, ..
    } = section;
    let mut text = format!(
        "<!-- Written by `cargo xtask study`. -->\n\n# {title}\n\n*{question}*\n\n**{}**\n\n{parts}",
        page.answer
    );
    text.push_str("## Commands\n\n");
    for name in section.reads {
        let Some(raw) = material.0.get(name) else {
            continue;
        };
        let _ = writeln!(
            text,
            "What these printed lies in [raw/{name}.json](raw/{name}.json).\n\n```"
        );
        for record in &raw.records {
            let _ = writeln!(text, "{}", record.command);
        }
        text.push_str("```\n\n");
        let mut when: Vec<String> = raw
            .records
            .iter()
            .map(|record| format!("{} from the sources {}", record.date, record.commit))
            .collect();
        when.dedup();
        let _ = writeln!(text, "Measured on {}.\n", when.join(", "));
    }
    text.push_str("[All questions](README.md)\n");
    Ok((text, plots))
}

/// Writes the pages into a folder, beside the raw data.
///
/// # Errors
/// If a file cannot be written.
pub fn write_into(workspace: &Workspace, folder: &Path) -> Result<()> {
    put(workspace, folder).map(drop)
}

/// The same, and the figures into the documents that quote them, also those that were measured
/// beside the study.
///
/// # Errors
/// If a document names a figure that nobody measured, or what lies beside it cannot be read.
pub fn write(workspace: &Workspace, folder: &Path) -> Result<()> {
    let mut facts = put(workspace, folder)?;
    facts.extend(beside::facts(&workspace.root)?);
    for path in marks::documents(&workspace.root)? {
        let shown = path.display();
        let text = fs::read_to_string(&path).with_context(|| format!("{shown} cannot be read"))?;
        let new = marks::filled(&text, &facts).with_context(|| shown.to_string())?;
        if new != text {
            fs::write(&path, new).with_context(|| format!("{shown} cannot be written"))?;
        }
    }
    Ok(())
}

fn put(workspace: &Workspace, folder: &Path) -> Result<Facts> {
    let pages = render(&Material::load(folder)?)?;
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for (name, text) in &pages.files {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    for (section, why) in &pages.missing {
        eprintln!("-- there is no page {section}: {why}");
    }
    let shown = folder.strip_prefix(&workspace.root).unwrap_or(folder);
    println!("{} pages lie in {}", pages.files.len(), shown.display());
    Ok(pages.facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::FOLDER;

    /// Nobody types a figure, and no page is older than its data.
    #[test]
    fn the_pages_in_the_repository_are_what_the_raw_data_say() {
        let root = Workspace::find().unwrap().root;
        let folder = root.join(FOLDER);
        let pages = render(&Material::load(&folder).unwrap()).unwrap();
        let advice = "run `cargo xtask study --render`";
        for (name, text) in &pages.files {
            let found = fs::read_to_string(folder.join(name)).unwrap_or_default();
            assert!(found == *text, "{name} is not what was measured; {advice}");
        }
        for entry in fs::read_dir(&folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let known = name == "raw" || pages.files.contains_key(&name);
            assert!(known, "{name} belongs to no section; delete it");
        }
        let mut facts = pages.facts;
        facts.extend(beside::facts(&root).unwrap());
        for path in marks::documents(&root).unwrap() {
            let text = fs::read_to_string(&path).unwrap();
            let filled = marks::filled(&text, &facts).unwrap();
            assert!(
                filled == text,
                "{} has old figures; {advice}",
                path.display()
            );
        }
    }

    /// Whether there is a figure with a unit in which something is measured.
    fn measured(line: &str) -> bool {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.windows(2).any(|pair| {
            let figure = pair[0].ends_with(|c: char| c.is_ascii_digit());
            let unit = pair[1].trim_end_matches([',', ';', '.', ')']);
            figure && ["ms", "s", "kB", "MB", "GB", "%"].contains(&unit)
        })
    }

    /// A table whose figures are typed would grow old without anybody noticing.
    #[test]
    fn figures_in_tables_stand_between_marks() {
        let root = Workspace::find().unwrap().root;
        for path in marks::documents(&root).unwrap() {
            let text = fs::read_to_string(&path).unwrap();
            let mut between = false;
            for (line, at) in text.lines().zip(1..) {
                let marked = line.contains("<!-- study: ") || line.contains("<!-- /study -->");
                let typed = line.starts_with('|') && !between && !marked && measured(line);
                assert!(!typed, "{}:{at}: {line}", path.display());
                let open = line.rfind("<!-- study: ");
                let close = line.rfind("<!-- /study -->");
                // What is opened last in a line goes on behind it.
                between = match (open, close) {
                    (None, None) => between,
                    (open, close) => open > close,
                };
            }
        }
        assert!(measured("| a | 7 ms |") && measured("| 1.5 MB, |") && !measured("| 7 parties |"));
    }

    #[test]
    fn the_site_shows_plots_that_are_there() {
        let root = Workspace::find().unwrap().root;
        let page = fs::read_to_string(root.join("web/study.html")).unwrap();
        let plots: Vec<&str> = page.split("src=\"study/").skip(1).collect();
        assert!(!plots.is_empty());
        for plot in plots {
            let name = plot.split('"').next().unwrap();
            assert!(root.join(FOLDER).join(name).is_file(), "{name}");
        }
    }
}
