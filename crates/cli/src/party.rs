//! `blindsight party`: a compute party.

use anyhow::bail;
use blindsight_member::ComputePartyMember;
use blindsight_session::{Invitation, Role};

use crate::{serving, socket::Socket};

/// Options of `blindsight party`.
#[derive(clap::Args)]
pub struct Options {
    /// The compute parties' invitation: the whole link, in quotes.
    invitation: String,
    #[command(flatten)]
    serving: serving::Serving,
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
    let member = ComputePartyMember::join(&invitation, None, socket.rng());
    serving::serve(member, socket, &options.serving).await
}
