//! `cargo xtask study`: how exact, how fast and how dear private classification is, measured anew.
//!
//! The study is a list of [`sections`]. Each asks a question, says which commands measure
//! it ([`mod@run`]), keeps what they print as it is ([`raw`]), and makes a page of it ([`page`]): pages,
//! plots and the figures in other documents ([`marks`]) follow from the raw data alone. What was
//! measured [`beside`] it, with other commands, fills the tables of other documents in the same way.

mod beside;
mod machine;
mod marks;
mod networks;
mod page;
mod pages;
mod raw;
mod run;
mod sections;
mod values;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::builder::PossibleValuesParser;
use indicatif::{ProgressBar, ProgressStyle};

use crate::data;
use crate::steps::{self, step};
use crate::workspace::Workspace;

use self::raw::{Raw, Record};
use self::run::{Run, Runner};
use self::sections::{SECTIONS, Scale, Section};

/// Where the study lies, with its raw data in a folder inside.
const FOLDER: &str = "docs/study";
/// Where a quick one lies.
const QUICK: &str = "target/study";

/// Arguments of `cargo xtask study`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Measure less of everything, in minutes, and leave what came of it in target/study
    #[arg(long)]
    quick: bool,
    /// Measure only these sections, with commas between
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = names())]
    only: Vec<String>,
    /// Measure these sections again, though they are measured, and those that are not
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = names())]
    again: Vec<String>,
    /// Measure nothing: write the pages, plots and figures anew from the raw data
    #[arg(long, conflicts_with_all = ["quick", "only", "again"])]
    render: bool,
    /// The profile that the measured programs are compiled with
    #[arg(long, value_name = "PROFILE", default_value = "release")]
    profile: String,
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(SECTIONS.iter().map(|section| section.name))
}

/// Measures what is not measured yet, and writes the pages.
///
/// # Errors
/// If something does not compile, a data set is missing or a measurement fails. What is measured by
/// then is kept, and the same command goes on.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    if arguments.render {
        return pages::write(workspace, &workspace.root.join(FOLDER));
    }
    step("compile the programs", || {
        let mut build = workspace.cargo(["build", "--profile", &arguments.profile]);
        steps::run(build.args(["--package=blindsight", "--package=relay-server"]))
    })?;
    study(workspace, arguments)
}

/// A quick study with programs that are compiled.
///
/// # Errors
/// As [`run()`].
pub fn quick(workspace: &Workspace, profile: &str) -> Result<()> {
    let arguments = Arguments {
        quick: true,
        only: Vec::new(),
        again: Vec::new(),
        render: false,
        profile: profile.to_owned(),
    };
    study(workspace, &arguments)
}

fn study(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let (scale, folder) = if arguments.quick {
        (Scale::Quick, workspace.root.join(QUICK))
    } else {
        (Scale::Full, workspace.root.join(FOLDER))
    };
    let chosen = |section: &&Section| {
        let named = |names: &[String]| names.iter().any(|name| name == section.name);
        arguments.only.is_empty() || named(&arguments.only) || named(&arguments.again)
    };
    let mut pending = Vec::new();
    for section in SECTIONS.iter().filter(chosen) {
        let path = raw_file(&folder, section.name);
        let before = Raw::load(&path)?.unwrap_or_default();
        let again = arguments.quick || arguments.again.iter().any(|name| name == section.name);
        let raw = if again {
            Raw::default()
        } else {
            before.clone()
        };
        pending.push(Pending::new(section, scale, raw, &before, path));
    }
    let missing = leave_out_missing_data(workspace, &mut pending);
    if let Some(missing) = missing {
        if !arguments.quick {
            bail!("{missing}; the same command then goes on");
        }
        eprintln!("-- what needs it is left out: {missing}");
    }
    measure(workspace, &arguments.profile, pending)?;
    if arguments.quick {
        pages::write_into(workspace, &folder)
    } else {
        pages::write(workspace, &folder)
    }
}

/// Where a section's raw data lies.
fn raw_file(folder: &Path, section: &str) -> PathBuf {
    folder.join("raw").join(format!("{section}.json"))
}

/// What is to be measured of a section.
struct Pending<'a> {
    section: &'a Section,
    raw: Raw,
    path: PathBuf,
    /// What is not measured, with how long it takes.
    runs: Vec<(Run, Duration)>,
}

impl<'a> Pending<'a> {
    /// `before` says how long the same took, if it was measured.
    fn new(section: &'a Section, scale: Scale, mut raw: Raw, before: &Raw, path: PathBuf) -> Self {
        let runs = (section.runs)(scale);
        let wanted: Vec<String> = runs.iter().map(Run::shown).collect();
        // What the section once measured and measures no more.
        raw.records
            .retain(|record| wanted.contains(&record.command));
        let runs = runs
            .into_iter()
            .filter(|run| raw.record(&run.shown()).is_none())
            .map(|run| {
                let took = before.record(&run.shown()).map(|record| record.seconds);
                let seconds = took.unwrap_or(run.about);
                (run, Duration::from_secs_f64(seconds.clamp(0.01, 1e4)))
            });
        Self {
            section,
            runs: runs.collect(),
            raw,
            path,
        }
    }
}

/// Leaves out what needs a data set that is not there, and says which.
fn leave_out_missing_data(workspace: &Workspace, pending: &mut [Pending<'_>]) -> Option<String> {
    let folder = data::folder(workspace);
    let mut missing = None;
    for pending in pending {
        pending.runs.retain(|(run, _)| {
            let Some(set) = run.data else { return true };
            let there = folder.join(set).is_dir();
            if !there {
                missing.get_or_insert_with(|| {
                    format!(
                        "`{}` needs the data set {set}, and there is no folder {}; \
                         `cargo xtask data {set}` fetches it",
                        run.shown(),
                        folder.join(set).display()
                    )
                });
            }
            there
        });
    }
    missing
}

fn measure(workspace: &Workspace, profile: &str, pending: Vec<Pending<'_>>) -> Result<()> {
    let all = || pending.iter().flat_map(|pending| &pending.runs);
    let whole: Duration = all().map(|(_, about)| *about).sum();
    if whole.is_zero() {
        eprintln!("-- all is measured; `--again NAME` measures a section anew");
        return Ok(());
    }
    networks::write(workspace)?;
    let machine = machine::Machine::find(workspace, profile)?;
    let runner = Runner::new(workspace, profile, data::folder(workspace));
    let style = "{bar:30} {percent}% {msg}, {eta} left";
    let bar =
        ProgressBar::new(whole.as_millis() as u64).with_style(ProgressStyle::with_template(style)?);
    for Pending {
        section,
        mut raw,
        path,
        runs,
    } in pending
    {
        raw.begin(section.name, &machine)?;
        for (run, about) in runs {
            let shown = run.shown();
            bar.set_message(format!("{}: {shown}", section.name));
            bar.tick();
            if bar.is_hidden() {
                let left = Duration::from_secs(bar.eta().as_secs());
                eprintln!(
                    "-- {} % {}: {shown}, {} left",
                    100 * bar.position() / bar.length().unwrap_or(1).max(1),
                    section.name,
                    steps::seconds(left)
                );
            }
            let (lines, took) = runner.run(&run).with_context(|| {
                format!(
                    "the section {} could not be measured; the same command goes on where it ended",
                    section.name
                )
            })?;
            raw.records.push(Record {
                command: shown,
                of: run.of,
                date: machine.date.clone(),
                commit: machine.commit.clone(),
                seconds: (took.as_secs_f64() * 10.0).round() / 10.0,
                lines,
            });
            raw.save(&path)?;
            bar.inc(about.as_millis() as u64);
        }
    }
    bar.finish_and_clear();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_their_commands_have_names_of_their_own() {
        let mut names: Vec<_> = SECTIONS.iter().map(|section| section.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), SECTIONS.len());
        for section in SECTIONS {
            let commands = |scale| -> Vec<String> {
                let runs = (section.runs)(scale);
                runs.iter().map(Run::shown).collect()
            };
            let mut all = commands(Scale::Full);
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count, "{}: a command twice", section.name);
            assert!(commands(Scale::Quick).len() <= count, "{}", section.name);
        }
    }

    #[test]
    fn what_is_measured_is_not_measured_again() {
        let section = &SECTIONS[0];
        let runs = (section.runs)(Scale::Quick);
        let record = |run: &Run| Record {
            command: run.shown(),
            seconds: 7.0,
            ..Record::default()
        };
        let raw = Raw {
            records: vec![record(&runs[0])],
            ..Raw::default()
        };
        let pending = |raw: &Raw, before: &Raw| {
            Pending::new(section, Scale::Quick, raw.clone(), before, PathBuf::new())
        };
        let resumed = pending(&raw, &raw);
        assert_eq!(resumed.runs.len(), runs.len() - 1);
        let again = pending(&Raw::default(), &raw);
        assert_eq!(again.runs.len(), runs.len());
        assert_eq!(
            again.runs[0].1,
            Duration::from_secs(7),
            "as long as it took"
        );
        // What is no longer part of the section is dropped.
        let mut other = raw.clone();
        other.records[0].command = "blindsight --version".into();
        assert!(pending(&other, &other).raw.records.is_empty());
    }
}
