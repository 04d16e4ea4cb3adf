//! What a helper sends, which may wait: no more is on its way to a peer than its line takes.
//!
//! A message is cut only when it is sent, into pieces that keep the line busy for a few milliseconds.
//! The pieces of two messages never mix at a peer. Data owners do not wait for each other, but for the
//! rest of a message that the model owner has begun to get; and that not for long.

use zeroize::Zeroizing;

use super::{Links, Peer, Turn};
use crate::delivery::{Content, MAX_UNREPORTED_BYTES};
use crate::error::LinkError;
use crate::link::PIECE_BYTES;
use crate::pace::PATIENCE;
use crate::room::Role;
use crate::sealed::Sealed;

/// A message that is not sent yet, or only in part.
pub(super) struct Waiting {
    /// Whom it is about: the first whom it was for.
    whose: Peer,
    /// Whom it is for: those who had a link then and have it still.
    to: Vec<Peer>,
    message: Zeroizing<Vec<u8>>,
    /// How many bytes of it were sent.
    sent: usize,
    /// When its first piece was sent.
    begun: Option<f64>,
    /// Whether it is encrypted once for all of them.
    sealed: bool,
}

impl Waiting {
    fn is_for(&self, peer: Peer) -> bool {
        self.to.contains(&peer)
    }

    fn left(&self) -> usize {
        self.message.len() - self.sent
    }
}

impl Links {
    /// Puts a message in line, and sends what may be sent.
    pub(super) fn wait(&mut self, to: &[Peer], message: &[u8], turn: &mut Turn) {
        let Some(&whose) = to.first() else { return };
        let waiting = self.waiting.iter().filter(|waiting| waiting.whose == whose);
        let waiting = waiting.map(Waiting::left).sum::<usize>() + message.len();
        let link = self.links.get(&whose);
        let unreported = link.map_or(0, |link| link.delivery.unreported_bytes());
        if waiting + unreported > MAX_UNREPORTED_BYTES {
            self.break_off(whose, LinkError::TooMuchUnreported, turn);
        }
        let sealed = to.len() > 1;
        let to = to.iter().copied();
        let to: Vec<Peer> = to.filter(|peer| self.links.contains_key(peer)).collect();
        if !to.is_empty() {
            self.waiting.push_back(Waiting {
                whose,
                to,
                message: Zeroizing::new(message.to_vec()),
                sent: 0,
                begun: None,
                sealed,
            });
        }
        self.go_on(turn);
    }

    /// A link is over: what was to be sent over it is of no use to a later one.
    pub(super) fn wait_no_more(&mut self, peer: Peer) {
        self.waiting.retain_mut(|waiting| {
            waiting.to.retain(|to| *to != peer);
            !waiting.to.is_empty()
        });
    }

    /// Sends what may be sent now.
    pub(super) fn go_on(&mut self, turn: &mut Turn) {
        if self.role != Role::Helper && self.waiting.is_empty() {
            return;
        }
        while let Some(index) = self.next_waiting() {
            self.send_piece(index, turn);
        }
        for (peer, link) in &mut self.links {
            let mut waiting = self.waiting.iter();
            link.pace
                .limit(waiting.any(|waiting| waiting.is_for(*peer)));
        }
    }

    /// Sends all that waits, whether or not the lines take it: we are about to leave.
    pub(super) fn send_waiting(&mut self, turn: &mut Turn) {
        while !self.waiting.is_empty() {
            // What was begun comes first: the pieces of two messages must not mix.
            let begun = self
                .waiting
                .iter()
                .position(|waiting| waiting.begun.is_some());
            self.send_piece(begun.unwrap_or(0), turn);
        }
    }

    /// The first message of which a piece may be sent.
    fn next_waiting(&self) -> Option<usize> {
        let begun = self.waiting.iter().enumerate();
        let begun: Vec<_> = begun
            .filter(|(_, waiting)| waiting.begun.is_some())
            .collect();
        let mixes = |index: usize, waiting: &Waiting| {
            let mut others = begun.iter().filter(|(other, _)| *other != index);
            others.any(|(_, other)| other.to.iter().any(|to| waiting.is_for(*to)))
        };
        // Who gets nothing more, because a message before is for them.
        let mut taken: Vec<Peer> = Vec::new();
        for (index, waiting) in self.waiting.iter().enumerate() {
            let behind = taken.iter().any(|to| waiting.is_for(*to));
            if !behind && !mixes(index, waiting) && self.may_be_sent(waiting) {
                return Some(index);
            }
            if !taken.contains(&waiting.whose) {
                taken.push(waiting.whose);
            }
        }
        None
    }

    /// Whether everybody whom a message is for, and who is there, takes a piece of it now.
    fn may_be_sent(&self, waiting: &Waiting) -> bool {
        let piece = self.piece(waiting).min(waiting.left());
        let mut others = self.waiting.iter().map(|other| other.whose);
        let alone = others.all(|whose| whose == waiting.whose || whose == Peer::ModelOwner);
        // Whatever the reason, the rest goes out at once where anything else has waited long for it.
        let mut others = self.waiting.iter();
        let overdue = others.any(|other| other.whose != waiting.whose)
            && waiting.begun.is_some_and(|at| self.now - at > PATIENCE);
        let mut lines = waiting.to.iter().filter_map(|to| self.links.get(to));
        lines.all(|link| match link.line {
            // It is kept until there is one.
            None => true,
            Some(_) if overdue => true,
            Some(_) if alone => !link.held && link.pace.has_room(piece),
            // Nobody keeps others waiting by holding, or by saying nothing.
            Some(_) => link.pace.has_room(piece) || link.pace.is_silent(self.now),
        })
    }

    /// How long a piece of a message is to be now.
    fn piece(&self, waiting: &Waiting) -> usize {
        let links = waiting.to.iter().filter_map(|to| self.links.get(to));
        let lines = links.filter(|link| link.line.is_some());
        let pieces = lines.map(|link| link.pace.piece());
        pieces.min().unwrap_or(PIECE_BYTES)
    }

    /// Sends the next piece of a message that waits.
    fn send_piece(&mut self, index: usize, turn: &mut Turn) {
        let Some(waiting) = self.waiting.get(index) else {
            return;
        };
        let bytes = self.piece(waiting).min(waiting.left());
        let content = match waiting.left() - bytes {
            0 => Content::Last,
            _ => Content::Piece,
        };
        let piece = &waiting.message[waiting.sent..][..bytes];
        let sealed = (waiting.sealed).then(|| Sealed::new(piece, &mut self.seals));
        let mut broken = Vec::new();
        for &peer in &waiting.to {
            let Some(link) = self.links.get_mut(&peer) else {
                continue;
            };
            let payload = match &sealed {
                Some(Ok(sealed)) => link.send_sealed(content, sealed),
                Some(Err(error)) => Err(*error),
                None => link.send_piece(content, piece),
            };
            match (payload, &link.line) {
                (Ok(Some(payload)), Some(line)) => {
                    let number = link.delivery.next().saturating_sub(1);
                    link.pace.sent(number, payload.len(), self.now);
                    turn.payloads.push((line.member, payload));
                }
                (Ok(_), _) => {}
                (Err(error), _) => broken.push((peer, error)),
            }
        }
        if content == Content::Last {
            self.waiting.remove(index);
        } else if let Some(waiting) = self.waiting.get_mut(index) {
            waiting.sent += bytes;
            waiting.begun.get_or_insert(self.now);
        }
        for (peer, error) in broken {
            self.break_off(peer, error, turn);
        }
    }
}
