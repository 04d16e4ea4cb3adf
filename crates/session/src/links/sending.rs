//! Messages to one peer, and to two.

use super::{Links, Peer, Turn};
use crate::room::Role;

impl Links {
    /// Sends a message to a peer, or keeps it until there is a line. Nothing happens where there is
    /// no link. What a helper sends goes no faster than the peer takes it.
    pub fn send(&mut self, to: Peer, message: &[u8]) -> Turn {
        let mut turn = Turn::default();
        if self.role == Role::Helper || !self.waiting.is_empty() {
            self.wait(&[to], message, &mut turn);
        } else if let Some(link) = self.links.get_mut(&to) {
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
    /// to read it over its own link. What becomes of one of them does not matter to the other. It is
    /// sent no faster than both take it.
    pub fn send_both(&mut self, to: [Peer; 2], message: &[u8]) -> Turn {
        let mut turn = Turn::default();
        self.wait(&to, message, &mut turn);
        turn
    }
    /// Tells a helper to hold back what waits, or to go on: something else is to come over the line
    /// first. Nothing is said over a line that is so wide that it does not matter.
    pub fn hold(&mut self, peer: Peer, hold: bool) -> Turn {
        let mut turn = Turn::default();
        if let Some(link) = self.links.get_mut(&peer) {
            match link.hold(hold) {
                Ok(record) => {
                    let member = link.line.as_ref().map(|line| line.member);
                    turn.payloads.extend(member.zip(record));
                }
                Err(error) => self.break_off(peer, error, &mut turn),
            }
        }
        turn
    }
}
