//! `blindsight helper`: deals correlated randomness.

use anyhow::bail;
use blindsight_member::HelperMember;
use blindsight_session::{Invitation, Role};

use crate::{serving, socket::Socket};

/// Options of `blindsight helper`.
#[derive(clap::Args)]
pub struct Options {
    /// The helper's invitation: the whole link, in quotes.
    invitation: String,
    #[command(flatten)]
    serving: serving::Serving,
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
    let mut socket = Socket::new(invitation.relay_url())?;
    let member = HelperMember::join(&invitation, None, socket.rng());
    serving::serve(member, socket, &options.serving).await
}
