//! How peers are called: by parties, by links, by pages and programs, and in sentences.

use blindsight_parties::{Abort, Peer, Reason};
use blindsight_session::links;

/// A peer as the parties call it.
pub(crate) fn party(peer: links::Peer) -> Peer {
    match peer {
        links::Peer::DataOwner(guest) => Peer::DataOwner(guest),
        links::Peer::ModelOwner => Peer::ModelOwner,
        links::Peer::Helper => Peer::Helper,
        links::Peer::ComputeParty(index) => Peer::ComputeParty(index),
    }
}

/// A peer as the links call it.
pub(crate) fn place(peer: Peer) -> links::Peer {
    match peer {
        Peer::DataOwner(guest) => links::Peer::DataOwner(guest),
        Peer::ModelOwner => links::Peer::ModelOwner,
        Peer::Helper => links::Peer::Helper,
        Peer::ComputeParty(index) => links::Peer::ComputeParty(index),
    }
}

/// A peer as pages and programs name it.
pub(crate) fn name(peer: Peer) -> String {
    match peer {
        Peer::DataOwner(guest) => format!("data-owner-{guest}"),
        Peer::ModelOwner => "model-owner".into(),
        Peer::Helper => "helper".into(),
        Peer::ComputeParty(index) => format!("compute-party-{index}"),
    }
}

/// What a person is told of an abort.
pub(crate) fn abort_text(peer: Peer, by_peer: bool, abort: &Abort) -> String {
    let (phase, reason) = (abort.phase, &abort.reason);
    if by_peer && *reason == Reason::Stopped {
        let who = capital(&peer.to_string());
        format!("{who} stopped. Ask the model owner for a new invitation to go on.")
    } else if by_peer {
        format!("{} stopped {phase}: {reason}.", capital(&peer.to_string()))
    } else {
        format!("Stopped {phase} with {peer}: {reason}.")
    }
}

/// What a person is told when a compute party is gone.
pub(crate) fn interrupted_text(peer: Peer, abort: &Abort) -> String {
    let (phase, reason) = (abort.phase, &abort.reason);
    format!("{} is gone, {phase}: {reason}.", capital(&peer.to_string()))
}

/// With a capital first letter.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
