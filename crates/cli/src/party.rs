//! `blindsight party`: a compute party.

use anyhow::bail;
use blindsight_member::{ComputePartyMember, Note};
use blindsight_session::{Invitation, Role};

use crate::{
    compare::Compare,
    report,
    socket::{self, Socket},
    typed::Typed,
};

/// Options of `blindsight party`.
#[derive(clap::Args)]
pub struct Options {
    /// The compute parties' invitation: the whole link, in quotes.
    invitation: String,
    /// Compare safety words: type `model-owner yes`, `model-owner no`, or `model-owner` and the
    /// words that the other one reads to you; the same for `compute-party-1`, `data-owner-1` and so
    /// on. `no` ends the link and tells the other.
    #[arg(long)]
    compare: bool,
    /// Print each event as a line of JSON.
    #[arg(long)]
    json: bool,
}

/// Computes until the room is over or the program is stopped.
///
/// # Errors
///
/// When the invitation is wrong, the relay is not there or goes away, or another party lies.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let invitation = Invitation::parse(&options.invitation)?;
    if invitation.role() != Role::ComputeParty {
        let role = invitation.role();
        bail!(
            "this link invites a {role}, not a compute party; ask the model owner for another one"
        );
    }
    let mut socket = Socket::new(invitation.relay_url())?;
    let mut member = ComputePartyMember::join(&invitation, None, socket.rng());
    let done = compute(&mut member, &mut socket, &options).await;
    socket.close().await;
    done
}

async fn compute(
    member: &mut ComputePartyMember,
    socket: &mut Socket,
    options: &Options,
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
        Note::Computed { pictures } => {
            report::line(&format!("Computed for {pictures} pictures."));
        }
        Note::Error { text, .. } => eprintln!("blindsight: {text}"),
        _ => {}
    }
    Ok(())
}
