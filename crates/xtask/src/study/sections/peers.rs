//! Other programs on the same networks, and what was published.

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Scale, Section, resources};
use crate::plot::{Axis, Line, Plot};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::run::Run;
use crate::study::values::{bytes, count, figures, is, number, text};

const NAME: &str = "peers";

pub const SECTION: Section = Section {
    name: NAME,
    title: "Beside CrypTen and MPyC",
    question: "How does it compare with the programs of the earlier study?",
    runs,
    reads: &[NAME, resources::NAME],
    page,
};

/// The study that this one follows: CrypTen and MPyC on one machine, a fully connected network on
/// MNIST. Pictures a second, and bytes of the environment that each needs.
const PUBLISHED: [(&str, f64, f64); 2] = [("CrypTen", 33.0, 1.6e9), ("MPyC", 0.15, 260e6)];

/// What `tests/peers` calls this program.
const OWN: &str = "blindsight";

fn runs(scale: Scale) -> Vec<Run> {
    let mut runs = vec![Run::sizes().about(0.1)];
    if scale == Scale::Full {
        let peer = |arguments: &str, set, seconds| {
            let command = format!("python3 tests/peers/peers.py {arguments}");
            Run::script(&command).needs(set).about(seconds)
        };
        runs.extend([
            peer("crypten mnist-mlp --images 20", "mnist", 120.0),
            peer("crypten mnist-cnn-fast --images 10", "mnist", 60.0),
            peer("mpyc mnist-bmlp-small --images 3 --signs 3", "mnist", 120.0),
            peer(
                "blindsight mnist-bmlp-small --images 20 --signs 3",
                "mnist",
                10.0,
            ),
        ]);
    }
    runs
}

fn page(material: &Material) -> Result<Page> {
    let lines = material.lines(NAME)?;
    let sizes = lines
        .iter()
        .find(|line| line.get("program_bytes").is_some());
    let sizes = sizes.context("the sizes are not measured yet")?;
    let mut page = Page::default();
    let mut table = Table::new([
        "program",
        "network",
        "parties",
        "pictures a second",
        "bytes a picture",
        "source",
    ]);
    let mut bars = Line::new("pictures a second", []);
    let mut rows = Vec::new();
    let mut bar = |name: String, rate: f64| {
        bars.points.push((rows.len() as f64, rate));
        rows.push(name);
    };
    for (program, rate, _) in PUBLISHED {
        table.row(
            [
                program,
                "fully connected",
                "",
                &figures(rate),
                "",
                "published",
            ]
            .map(str::to_owned),
        );
        bar(format!("{program} (published)"), rate);
    }
    let own = resources::each(material)?;
    for line in &own {
        let model = text(line, "model")?;
        let rate = number(line, "images_per_second")?;
        let sent = number(line, "online_bytes")? + number(line, "offline_bytes")?;
        table.row([
            "Blindsight".to_owned(),
            format!("`{model}`"),
            "2 and a helper".to_owned(),
            figures(rate),
            bytes(sent),
            "measured here".to_owned(),
        ]);
        bar(
            format!("Blindsight, {}", model.trim_start_matches("mnist-")),
            rate,
        );
    }
    let mut faster = Vec::new();
    for line in &lines {
        let Some(peer) = line.get("peer").and_then(Value::as_str) else {
            continue;
        };
        let name = match peer {
            "mpyc" => "MPyC",
            "crypten" => "CrypTen",
            _ => "Blindsight, equal parties",
        };
        let model = text(line, "model")?;
        let rate = 1.0 / number(line, "seconds_per_image")?;
        let helper = if is(line, "helper", true) {
            " and a helper"
        } else {
            ""
        };
        table.row([
            name.to_owned(),
            format!("`{model}`"),
            format!("{}{helper}", count(number(line, "parties")?)),
            figures(rate),
            bytes(number(line, "bytes_per_image")?),
            "measured here".to_owned(),
        ]);
        bar(
            format!("{name}, {}", model.trim_start_matches("mnist-")),
            rate,
        );
        let same = |own: &&Value| is(own, "model", model) && peer != OWN;
        let dealt = own.iter().find(same);
        let dealt = dealt
            .map(|own| number(own, "images_per_second"))
            .transpose()?;
        let equal = |own: &&Value| is(own, "model", model) && is(own, "peer", OWN) && peer != OWN;
        let equal = lines.iter().find(equal);
        let equal =
            equal.map(|own| Ok::<_, anyhow::Error>(1.0 / number(own, "seconds_per_image")?));
        // As many parties, where that is measured.
        if let Some(rates) = equal.transpose()?.or(dealt) {
            let times = rates / rate;
            page.fact(format!("{peer}.{model}.times"), figures(times));
            faster.push(format!(
                "{} times as many as {name} for `{model}`",
                figures(times)
            ));
        }
    }
    for line in &lines {
        if let Ok(why) = text(line, "failed") {
            page.text(format!(
                "{} could not be run: {why}",
                text(line, "command")?
            ));
        }
    }
    page.text(
        "*Published* are the figures of the study that asked these questions first, of its machine \
         and of a network of its own. What is *measured here* ran on this machine, the same networks \
         on the same pictures, all parties on it; `tests/peers` installs the others and runs them.",
    );
    page.text(
        "The binarised network and its comparisons are those of M. Abspoel, N. J. Bouman, B. \
         Schoenmakers, N. de Vreede, \"Fast secure comparison for medium-sized integers and its \
         application in binarized neural networks\" (CT-RSA 2019). The times, rounds and bytes that this \
         paper published for a picture are not given: only its abstract and its program were at hand. \
         That program is the one of MPyC that is measured here, and \
         [equal parties](../equal-parties.md#beside-other-programs) has more of it.",
    );
    page.plot(
        "rate",
        "pictures a second of the programs",
        Plot::Bars {
            x: Axis::log("pictures a second"),
            rows,
            lines: vec![bars],
        },
    );
    page.table(table);
    let mut install = Table::new(["what a party installs", "size", "source"]);
    for (program, _, size) in PUBLISHED {
        install.row([
            format!("environment of {program}"),
            bytes(size),
            "published".to_owned(),
        ]);
    }
    for (peer, name) in [("crypten", "CrypTen"), ("mpyc", "MPyC")] {
        let of = |line: &&Value| is(line, "peer", peer) && line.get("environment_bytes").is_some();
        if let Some(line) = lines.iter().find(of) {
            let size = bytes(number(line, "environment_bytes")?);
            install.row([
                format!("environment of {name}"),
                size,
                "measured here".to_owned(),
            ]);
        }
    }
    let program = number(sizes, "program_bytes")?;
    let relay = number(sizes, "relay_bytes")?;
    for (what, size) in [
        ("the program `blindsight`, any role", program),
        (
            "the relay with the site in it, for whoever hosts one",
            relay,
        ),
    ] {
        install.row([what.to_owned(), bytes(size), "measured here".to_owned()]);
    }
    page.table(install);
    let quickest = own.iter().map(|line| number(line, "images_per_second"));
    let quickest = quickest.collect::<Result<Vec<f64>>>()?;
    let quickest = quickest.into_iter().fold(0.0, f64::max);
    page.answer = format!(
        "The published figures are {} pictures a second for {} and {} for {}; here it is up to {}, one \
         by one over a relay{}, with {} to install instead of {} and {}.",
        PUBLISHED[0].1,
        PUBLISHED[0].0,
        PUBLISHED[1].1,
        PUBLISHED[1].0,
        figures(quickest),
        match faster.is_empty() {
            true => String::new(),
            false => format!(" ({})", faster.join(", ")),
        },
        bytes(program),
        bytes(PUBLISHED[0].2),
        bytes(PUBLISHED[1].2),
    );
    page.fact("program-bytes", bytes(program));
    page.fact("rate", figures(quickest));
    Ok(page)
}
