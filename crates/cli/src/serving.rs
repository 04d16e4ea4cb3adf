//! The loop of the roles that only serve a room, helper and compute party, and have no picture or
//! network of their own.

use anyhow::bail;
use blindsight_member::{Member, Note, Part};

use crate::{
    compare::Compare,
    report,
    socket::{self, Socket},
    typed::Typed,
};

/// What both roles can be told.
#[derive(clap::Args)]
pub struct Serving {
    /// Compare safety words: type `model-owner yes`, `model-owner no`, or `model-owner` and the
    /// words that the other one reads to you; the same for `data-owner-1`, `compute-party-1` and so
    /// on. `no` ends the link and tells the other.
    #[arg(long)]
    compare: bool,
    /// Print each event as a line of JSON.
    #[arg(long)]
    json: bool,
}

/// Serves until the room is over or the program is stopped, and closes the socket.
///
/// # Errors
///
/// When the relay is not there or goes away, or the room ends with an error.
pub async fn serve<P: Part>(
    mut member: Member<P>,
    mut socket: Socket,
    options: &Serving,
) -> anyhow::Result<()> {
    let done = until_over(&mut member, &mut socket, options).await;
    socket.close().await;
    done
}

async fn until_over<P: Part>(
    member: &mut Member<P>,
    socket: &mut Socket,
    options: &Serving,
) -> anyhow::Result<()> {
    // With --json all events are printed here, links among them.
    let mut compare = Compare::new(options.compare, false);
    let mut typed = Typed::new(options.compare);
    let stopped = socket::stopped();
    tokio::pin!(stopped);
    loop {
        let output = tokio::select! {
            happened = socket.next() => socket.step(member, happened)?,
            line = typed.line() => match compare.answer(&line) {
                Ok(answer) => socket.verify(member, &answer),
                Err(text) => {
                    eprintln!("blindsight: {text}");
                    continue;
                }
            },
            () = &mut stopped => socket.put(member.stop()),
        };
        for note in &output.notes {
            show(note, options.json)?;
            compare.see(note);
        }
        if member.is_over() {
            return Ok(());
        }
    }
}

fn show(note: &Note, json: bool) -> anyhow::Result<()> {
    match note {
        Note::Error { text, fatal: true } => bail!("{text}"),
        note if json => report::json(note),
        Note::Link(link) => report::link(link),
        Note::Waiting { text, seconds } => report::waiting(text, *seconds),
        Note::Warning { text } => eprintln!("blindsight: {text}"),
        Note::Phase { text, .. } => report::line(text),
        Note::Dealt {
            bundles,
            bytes,
            guests,
        } => {
            let bytes = report::bytes(*bytes);
            let text = format!("Dealt {bundles} bundles, {bytes}, to {guests} data owners.");
            report::line(&text);
        }
        Note::Computed { pictures } => {
            report::line(&format!("Computed for {pictures} pictures."));
        }
        Note::Error { text, .. } => eprintln!("blindsight: {text}"),
        _ => {}
    }
    Ok(())
}
