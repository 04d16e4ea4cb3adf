//! Messages to one peer, and to two.

use super::{Links, Peer, Turn};
use crate::link::pieces;
use crate::sealed::Sealed;

impl Links {
    /// Sends a message to a peer, or keeps it until there is a line. Nothing happens where there is
    /// no link.
    pub fn send(&mut self, to: Peer, message: &[u8]) -> Turn {
        let mut turn = Turn::default();
        if let Some(link) = self.links.get_mut(&to) {
            match link.send(message) {
                Ok(records) => {
                    let member = link.line.as_ref().map(|line| line.member);
                    let records = records.into_iter();
                    turn.payloads
                        .extend(records.filter_map(|record| Some((member?, record))));
                }
                Err(error) => self.break_off(to, error, &mut turn),
            }
        }
        turn
    }

    /// Sends the same message to two peers. It is encrypted once, and each of the two gets the means
    /// to read it over its own link. What becomes of one of them does not matter to the other.
    pub fn send_both(&mut self, to: [Peer; 2], message: &[u8]) -> Turn {
        let mut turn = Turn::default();
        for (content, piece) in pieces(message) {
            let sealed = Sealed::new(piece, &mut self.seals);
            for peer in to {
                let Some(link) = self.links.get_mut(&peer) else {
                    continue;
                };
                let payload = match &sealed {
                    Ok(sealed) => link.send_sealed(content, sealed),
                    Err(error) => Err(*error),
                };
                match payload {
                    Ok(payload) => {
                        let member = link.line.as_ref().map(|line| line.member);
                        turn.payloads.extend(member.zip(payload));
                    }
                    Err(error) => self.break_off(peer, error, &mut turn),
                }
            }
        }
        turn
    }
}
