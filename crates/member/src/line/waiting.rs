//! Whom a member waits for.

use blindsight_parties::Peer;
use blindsight_session::{Role, links};

use super::{Line, State};
use crate::{
    naming::party,
    note::{Note, Output},
};

impl Line {
    /// Whether there is a link with somebody in a role, whether or not its line is lost.
    pub(crate) fn has(&self, role: Role) -> bool {
        self.links.peers().any(|(peer, _)| peer.role() == role)
    }

    /// How many links there are with members in a role.
    pub(crate) fn count(&self, role: Role) -> usize {
        let peers = self.links.peers();
        peers.filter(|(peer, _)| peer.role() == role).count()
    }

    /// Says whom we wait for, and for how long.
    pub(super) fn report_waiting(&mut self, now: f64, output: &mut Output) {
        let lost = self.links.peers().find_map(|(peer, lost)| {
            // A model owner and a helper go on without a guest.
            let matters = match peer {
                links::Peer::ModelOwner | links::Peer::ComputeParty(_) => true,
                _ => self.role == Role::DataOwner,
            };
            lost.filter(|_| matters)
                .map(|since| (party(peer).to_string(), since))
        });
        let whom = match (&self.state, lost) {
            (State::Joined(_), Some((who, _))) => Some(who),
            (State::Joined(_), None) => self.missing().map(|peer| peer.to_string()),
            _ => Some("the relay".into()),
        };
        let since = match (&self.waiting, &whom) {
            (Some((before, since)), Some(whom)) if before == whom => *since,
            _ => now,
        };
        match whom {
            Some(text) => {
                let seconds = ((now - since) / 1e3) as u64;
                if seconds > 0 {
                    let text = text.clone();
                    output.notes.push(Note::Waiting { text, seconds });
                }
                self.waiting = Some((text, since));
            }
            None => {
                if self.waiting.take().is_some() {
                    let text = String::new();
                    output.notes.push(Note::Waiting { text, seconds: 0 });
                }
            }
        }
    }

    /// Who has not come yet, or left for good, and without whom nothing can begin.
    fn missing(&self) -> Option<Peer> {
        let here = |peer: &Peer| self.links.peers().any(|(other, _)| party(other) == *peer);
        self.needed.iter().copied().find(|peer| !here(peer))
    }
}

/// Without whom a member cannot begin.
pub(super) fn needed(role: Role, parties: Option<u8>) -> Vec<Peer> {
    let others = || match parties {
        Some(parties) => (1..=parties).map(Peer::ComputeParty).collect(),
        None => vec![Peer::Helper],
    };
    match role {
        Role::DataOwner => [Peer::ModelOwner].into_iter().chain(others()).collect(),
        Role::ModelOwner => others(),
        Role::Helper | Role::ComputeParty => vec![Peer::ModelOwner],
    }
}
