//! `blindsight helper`: deals correlated randomness.

use anyhow::bail;
use blindsight_member::{HelperMember, Note};
use blindsight_session::{Invitation, Role};

use crate::{
    report,
    socket::{self, Socket},
};

/// Options of `blindsight helper`.
#[derive(clap::Args)]
pub struct Options {
    /// The helper's invitation: the whole link, in quotes.
    invitation: String,
    /// Print each event as a line of JSON.
    #[arg(long)]
    json: bool,
}

/// Helps until the room is over or the program is stopped.
///
/// # Errors
///
/// When the invitation is wrong or the relay is not there or goes away.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let invitation = Invitation::parse(&options.invitation)?;
    if invitation.role() != Role::Helper {
        let role = invitation.role();
        bail!("this link invites a {role}, not a helper; ask the model owner for the other one");
    }
    let mut rng = socket::generator()?;
    let (mut member, frame) = HelperMember::join(&invitation);
    let mut socket = Socket::connect(&invitation.relay_url()).await?;
    socket.send(vec![frame]);
    let stopped = socket::stopped();
    tokio::pin!(stopped);
    loop {
        let output = tokio::select! {
            frame = socket.receive() => member.receive(&frame?, &mut rng),
            () = &mut stopped => member.stop(),
        };
        socket.send(output.frames);
        for note in &output.notes {
            show(note, options.json)?;
        }
        if member.is_over() {
            socket.close().await;
            return Ok(());
        }
    }
}

fn show(note: &Note, json: bool) -> anyhow::Result<()> {
    match note {
        Note::Error { text, fatal: true } => bail!("{text}"),
        note if json => report::json(note),
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
        Note::Error { text, .. } => eprintln!("blindsight: {text}"),
        _ => {}
    }
    Ok(())
}
