//! The first page of the study.

use std::fmt::Write as _;

use serde_json::Value;

use super::Section;
use crate::study::marks::Facts;

/// The page, from the answers of all sections that have one, and the titles of those that have none.
pub fn markdown<'a>(
    answers: &[(&Section, String)],
    missing: &[&str],
    facts: &Facts,
    machines: impl Iterator<Item = &'a Value>,
) -> String {
    let mut text = String::from(
        "<!-- Written by `cargo xtask study`. -->\n\n# The study\n\nHow exact, how fast and how dear is \
         it to classify a picture that nobody else sees with a model that nobody else sees? \
         `cargo xtask study` measures it all anew, in about an hour on two cores, and writes these \
         pages; every figure is computed from what the commands printed, which lies in [raw](raw), \
         and every page names its commands.\n\n## Questions\n\n| question | answer |\n|---|---|\n",
    );
    for (section, answer) in answers {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| [{}]({}.md): {} | {answer} |",
            section.title, section.name, section.question
        );
    }
    text.push('\n');
    if !missing.is_empty() {
        let _ = writeln!(text, "Not measured so far: {}.\n", missing.join(", "));
    }
    text.push_str(
        "Measured beside it with commands of their own, and made into tables by the same program: [equal \
         parties](../equal-parties.md) among each other and beside MPyC and CrypTen, [the relay under \
         load](../relay-load.md), and [what is behind the speed](../speed.md). No measured figure in these \
         documents is typed.\n\n",
    );
    let conclusions = conclusions(facts);
    if !conclusions.is_empty() {
        text.push_str(
            "## What an earlier study concluded\n\nIts programs were MPyC and CrypTen, its networks \
             and data sets of the same kind.\n\n",
        );
        for (concluded, found) in conclusions {
            let _ = writeln!(text, "* *{concluded}* {found}");
        }
        text.push('\n');
    }
    text.push_str("## Machine\n\n");
    let mut seen: Vec<&Value> = Vec::new();
    for machine in machines {
        if !seen.contains(&machine) {
            seen.push(machine);
        }
    }
    for machine in seen {
        let of = |key: &str| match &machine[key] {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        let _ = writeln!(
            text,
            "* {}, {} cores, {} GB of memory, {}; {}, profile {}",
            of("processor"),
            of("cores"),
            of("memory_gb"),
            of("system"),
            of("rustc"),
            of("profile")
        );
    }
    text.push_str(
        "\nAll parties and the relay run on this machine. Masks, keys and pictures of benches come from \
         the system's generator; test sets are whole where it is not said otherwise. Sections are measured \
         at different hours, and the neighbours of a virtual machine change its speed: the same rate \
         between programs can be twice as high on one page as on another. Compare within a page.\n",
    );
    text
}

/// What was concluded, and what is found here.
fn conclusions(facts: &Facts) -> Vec<(&'static str, String)> {
    let fact = |name: &str| facts.measured(name);
    let real_time = || {
        Some(format!(
            "Between three programs a picture of a digit takes {} from the picture to its class, with \
             50 ms there and back between the parties {}.",
            fact("distance.mnist-mlp.0")?,
            fact("distance.mnist-mlp.50")?
        ))
    };
    let training = || {
        Some(format!(
            "It is avoided: networks are trained in the clear by whoever owns them, and only \
             classification is secret, which costs {} percentage points of accuracy at most.",
            fact("accuracy.loss")?
        ))
    };
    let set_up = || {
        Some(format!(
            "Who takes part opens a link in a browser, or installs one program of {}; nobody needs \
             an address that others can reach but the relay.",
            fact("peers.program-bytes")?
        ))
    };
    let resources = || {
        Some(format!(
            "No party takes more than {} of memory for any of the networks that were measured; for `mnist-mlp` a picture keeps a core of the \
             data owner busy for {}, of the model owner for {}, of the helper for {}.",
            fact("memory.most")?,
            fact("cpu.mnist-mlp.data-owner")?,
            fact("cpu.mnist-mlp.model-owner")?,
            fact("cpu.mnist-mlp.helper")?
        ))
    };
    let all = [
        ("Real time is unlikely.", real_time()),
        ("Training in secret is to be avoided.", training()),
        ("To set it up across machines is difficult.", set_up()),
        ("Each party needs the resources.", resources()),
    ];
    let found = all.into_iter();
    found
        .filter_map(|(concluded, found)| Some((concluded, found?)))
        .collect()
}
