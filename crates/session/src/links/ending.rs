//! How a link ends: by our will, because of what came over it, or because the peer is gone.

use super::{Knowledge, LinkEvent, Links, Peer, Turn};
use crate::error::LinkError;
use crate::link::Link;
use crate::packet::Control;
use crate::room::Role;

impl Links {
    /// Ends the link with a peer, and tells it.
    pub fn part(&mut self, peer: Peer) -> Turn {
        let mut turn = Turn::default();
        self.send_waiting(&mut turn);
        self.control_to(peer, &Control::Bye, &mut turn);
        self.send_away(peer, &mut turn);
        turn
    }

    /// The person here says that the safety words differ: ends the link, and tells the peer. The seat
    /// of a compute party is free then, as by [`Links::free_seat`].
    pub fn words_differ(&mut self, peer: Peer) -> Turn {
        let mut turn = Turn::default();
        self.control_to(peer, &Control::WordsDiffer, &mut turn);
        self.disown(peer, &mut turn);
        self.send_away(peer, &mut turn);
        turn
    }

    /// Model owner: ends the link with a compute party, tells it and everybody who has to do with it,
    /// and never lets its key in again. The seat is for somebody else, by the same invitation.
    ///
    /// A key is no person: whoever has the invitation can come again under another one, whose safety
    /// words nobody has compared.
    pub fn free_seat(&mut self, index: u8) -> Turn {
        let peer = Peer::ComputeParty(index);
        let mut turn = Turn::default();
        self.control_to(peer, &Control::Bye, &mut turn);
        self.disown(peer, &mut turn);
        self.send_away(peer, &mut turn);
        turn
    }

    /// Ends a link on our own will; a model owner also has the member removed from the room.
    fn send_away(&mut self, peer: Peer, turn: &mut Turn) {
        if let Some(line) = self.forget(peer).and_then(|link| link.line)
            && self.role == Role::ModelOwner
        {
            turn.evict.push(line.member);
        }
    }

    /// The peer is gone.
    pub(super) fn remove(&mut self, peer: Peer, turn: &mut Turn) {
        if self.forget(peer).is_some() {
            turn.events.push(LinkEvent::Gone(peer));
        }
    }

    /// Ends a link because of what came over it, and tells the peer: what we send still arrives.
    pub(super) fn break_off(&mut self, peer: Peer, error: LinkError, turn: &mut Turn) {
        if let Some(mut link) = self.forget(peer) {
            // Where nothing more can be sent, it will notice by itself.
            let word = link.control(&Control::Broken(error)).ok().flatten();
            let member = link.line.map(|line| line.member);
            turn.payloads.extend(member.zip(word));
            turn.events.push(LinkEvent::Failed { peer, error });
        }
    }

    /// Takes a link away, and its member's seat: a model owner has those removed from the room who
    /// have none.
    pub(super) fn forget(&mut self, peer: Peer) -> Option<Link> {
        let link = self.links.remove(&peer)?;
        self.wait_no_more(peer);
        if let Some(line) = &link.line {
            self.seats.remove(&line.member);
        }
        if let Knowledge::ModelOwner { doors, .. } = &mut self.knowledge {
            doors.vacate(peer.role(), &link.key);
        }
        Some(link)
    }
}
