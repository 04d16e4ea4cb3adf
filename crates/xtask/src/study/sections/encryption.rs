//! What the encryption of the links costs.

use anyhow::{Context, Result};

use super::{Scale, Section, named, roles};
use crate::plot::{Axis, Line, Plot};
use crate::study::page::{Page, Table};
use crate::study::pages::Material;
use crate::study::run::Run;
use crate::study::values::{bytes, count, figures, list, number, text, time};

const NAME: &str = "encryption";

pub const SECTION: Section = Section {
    name: NAME,
    title: "Cost of encryption",
    question: "How much of the time and of the bytes is the encryption between the parties?",
    runs,
    reads: &[NAME, roles::NAME],
    page,
};

fn runs(_: Scale) -> Vec<Run> {
    vec![Run::blindsight("bench --links").about(2.0)]
}

fn page(material: &Material) -> Result<Page> {
    let lines = material.lines(NAME)?;
    let links = lines.first().context("nothing is measured yet")?;
    let messages = list(links, "messages")?;
    let mut page = Page::default();
    let mut table = Table::new([
        "message",
        "forwarded",
        "more",
        "at both ends",
        "MB a second",
    ]);
    let (mut points, mut per_byte) = (Vec::new(), 0.0);
    for message in messages {
        let [length, forwarded, ms] = [
            number(message, "bytes")?,
            number(message, "forwarded_bytes")?,
            number(message, "ms")?,
        ];
        per_byte = ms / length;
        points.push((length, ms));
        table.row([
            bytes(length),
            bytes(forwarded),
            format!("{:.1} %", 100.0 * (forwarded / length - 1.0)),
            time(ms),
            figures(length / ms / 1e3),
        ]);
    }
    page.text(format!(
        "A message is cut, encrypted, decrypted and put together again, both ends on one core. Two \
         parties agree on their keys in {}.",
        time(number(links, "handshake_ms")?)
    ));
    page.plot(
        "time",
        "milliseconds to encrypt and decrypt a message against its bytes",
        Plot::Lines {
            x: Axis::log("bytes of a message"),
            y: Axis::log("ms at both ends"),
            lines: vec![Line::new("encrypted and decrypted", points)],
        },
    );
    page.table(table);
    let per_mb = per_byte * 1e6;
    if let Ok(roles) = material.lines(roles::NAME) {
        let models = named(&roles)?;
        let mut table = Table::new([
            "network",
            "bytes of a picture",
            "encrypted and decrypted in",
            "of all computing",
        ]);
        let mut share = 0.0_f64;
        for line in &roles {
            let sent = number(line, "online_bytes")?
                + number(line, "data_owner_offline_bytes")?
                + number(line, "model_owner_offline_bytes")?;
            let ms = sent * per_byte;
            let computing =
                number(line, "online.all.median_ms")? + number(line, "offline.all.median_ms")?;
            let of_all = ms / (ms + computing);
            share = share.max(of_all);
            table.row([
                format!("`{}`", text(line, "model")?),
                bytes(sent),
                time(ms),
                format!("{:.0} %", 100.0 * of_all),
            ]);
        }
        page.text(format!(
            "What that is for a picture, at the speed of the longest message ({} a megabyte), \
             everything beforehand included:",
            time(per_mb)
        ));
        page.table(table);
        page.answer = format!(
            "A megabyte takes {} to encrypt and decrypt; of all computing for a picture, encryption \
             included, that is {:.0} % at most with any of {} networks.",
            time(per_mb),
            100.0 * share,
            count(models.len() as f64),
        );
        page.fact("share", format!("{:.0} %", 100.0 * share));
    } else {
        page.answer = format!("A megabyte takes {} to encrypt and decrypt.", time(per_mb));
    }
    page.fact("megabyte", time(per_mb));
    Ok(page)
}
