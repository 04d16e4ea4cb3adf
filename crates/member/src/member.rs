//! What the three roles have in common: a line, and an end.

use blindsight_parties::{Abort, Event, Peer, Step};
use blindsight_session::LinkError;
use rand_core::CryptoRng;

use crate::{
    line::{Incoming, Line},
    naming::{abort_text, capital},
    note::{Note, Output, Phase},
};

/// A party at its place in a room.
///
/// It is told of connections ([`connected`](Self::connected),
/// [`disconnected`](Self::disconnected)), frames ([`receive`](Self::receive)) and of time
/// ([`tick`](Self::tick), about once a second), and answers with an [`Output`]. `now` is always in
/// milliseconds of a clock that only rises.
pub struct Member<P> {
    pub(crate) seat: Seat,
    pub(crate) part: P,
}

/// A line, until it is over.
pub struct Seat {
    pub(crate) line: Line,
    pub(crate) over: bool,
}

/// What a role does with what its line brings. The roles of this crate are all there are.
pub trait Part {
    /// The longest message that is acceptable from a peer now.
    fn longest(&self, from: Peer) -> usize;

    /// Takes what the line brought.
    fn take(
        &mut self,
        seat: &mut Seat,
        now: f64,
        incoming: Incoming,
        rng: &mut impl CryptoRng,
        output: &mut Output,
    );

    /// Does what is to be done after everything was taken.
    fn settle(
        &mut self,
        _seat: &mut Seat,
        _now: f64,
        _rng: &mut impl CryptoRng,
        _output: &mut Output,
    ) {
    }

    /// Shows what happened.
    fn tell(&mut self, seat: &mut Seat, now: f64, event: Event, output: &mut Output);

    /// Ends the work and tells the peers.
    fn stop(&mut self) -> Step;

    /// What the person reads who stopped it.
    fn stopped(&self) -> &'static str;
}

impl Seat {
    pub(crate) fn new(line: Line) -> Self {
        Self { line, over: false }
    }

    /// Sends what a step says and shows what it tells.
    pub(crate) fn follow<P: Part>(
        &mut self,
        part: &mut P,
        now: f64,
        step: Step,
        output: &mut Output,
    ) {
        self.line.send(step.outgoing, output);
        for event in step.events {
            part.tell(self, now, event, output);
        }
    }

    /// Ends everything because of something that went wrong.
    pub(crate) fn fail<P: Part>(&mut self, part: &mut P, text: &str, output: &mut Output) {
        if self.over {
            return;
        }
        self.over = true;
        let step = part.stop();
        self.line.send(step.outgoing, output);
        self.line.part_from_all(output);
        output.error(text, true);
    }

    /// A peer ended the work: nothing more will come of it.
    pub(crate) fn end(&mut self, peer: Peer, by_peer: bool, abort: &Abort, output: &mut Output) {
        self.over = true;
        self.line.part_from_all(output);
        output.error(abort_text(peer, by_peer, abort), true);
    }
}

impl<P: Part> Member<P> {
    /// Whether it is over: nothing more will come.
    pub fn is_over(&self) -> bool {
        self.seat.over
    }

    /// There is a connection to the relay; nothing has been sent over it.
    pub fn connected(&mut self, now: f64) -> Output {
        let mut output = Output::default();
        if !self.seat.over {
            output.frames.push(self.seat.line.connected(now));
        }
        output
    }

    /// The connection is lost, or could not be made. [`Output::reconnect_in`] says when to try
    /// again; without it, never.
    pub fn disconnected(&mut self, now: f64, rng: &mut impl CryptoRng) -> Output {
        let mut output = Output::default();
        if self.seat.over {
            return output;
        }
        let (incoming, wait) = self.seat.line.disconnected(now, rng, &mut output);
        self.take(now, incoming, rng, &mut output);
        output.reconnect_in = wait;
        output
    }

    /// Takes a frame of the relay.
    pub fn receive(&mut self, now: f64, frame: &[u8], rng: &mut impl CryptoRng) -> Output {
        let mut output = Output::default();
        if self.seat.over {
            return output;
        }
        let (line, part) = (&mut self.seat.line, &self.part);
        match line.receive(now, frame, |from| part.longest(from), rng, &mut output) {
            Ok(incoming) => self.take(now, incoming, rng, &mut output),
            Err(error) => {
                let text = capital(&format!("{error}."));
                self.seat.fail(&mut self.part, &text, &mut output);
            }
        }
        output
    }

    /// Lets time pass.
    pub fn tick(&mut self, now: f64, rng: &mut impl CryptoRng) -> Output {
        let mut output = Output::default();
        if !self.seat.over {
            let incoming = self.seat.line.tick(now, &mut output);
            self.take(now, incoming, rng, &mut output);
        }
        output
    }

    /// The person here compared the safety words of a link, named as in [`crate::LinkNote::peer`].
    pub fn verify(
        &mut self,
        now: f64,
        peer: &str,
        matches: bool,
        rng: &mut impl CryptoRng,
    ) -> Output {
        let mut output = Output::default();
        let differ = self.seat.line.verify(peer, matches, &mut output);
        self.take(now, differ.into_iter().collect(), rng, &mut output);
        output
    }

    /// From now on, or no longer, shows what comes and goes: [`Output::seen`].
    pub fn watch(&mut self, watched: bool) {
        self.seat.line.watch(watched);
    }

    /// Leaves in good order.
    pub fn stop(&mut self) -> Output {
        let mut output = Output::default();
        if !self.seat.over {
            let step = self.part.stop();
            self.seat.line.send(step.outgoing, &mut output);
            self.seat.line.part_from_all(&mut output);
            self.seat.over = true;
        }
        output.phase(Phase::Stopped, self.part.stopped());
        output
    }

    pub(crate) fn take(
        &mut self,
        now: f64,
        mut incoming: Vec<Incoming>,
        rng: &mut impl CryptoRng,
        output: &mut Output,
    ) {
        loop {
            self.take_each(now, incoming, rng, output);
            // Each link breaks once, so this comes to an end.
            incoming = self.seat.line.take_broken();
            if incoming.is_empty() {
                return;
            }
        }
    }

    fn take_each(
        &mut self,
        now: f64,
        incoming: Vec<Incoming>,
        rng: &mut impl CryptoRng,
        output: &mut Output,
    ) {
        for incoming in incoming {
            if self.seat.over {
                return;
            }
            match incoming {
                Incoming::Unanswered(peer) => output.notes.push(Note::Warning {
                    text: format!(
                        "Somebody answered in the place of {peer}, and was not believed. The relay \
                         may be faulty or hostile."
                    ),
                }),
                incoming => self.part.take(&mut self.seat, now, incoming, rng, output),
            }
        }
        self.part.settle(&mut self.seat, now, rng, output);
    }
}

/// What a person is told when a link broke.
pub(crate) fn broken_text(peer: Peer, error: LinkError) -> String {
    format!("The link with {peer} broke: {error}.")
}

/// What a person is told whose safety words differ.
pub(crate) fn words_text(peer: Peer) -> String {
    format!(
        "The safety words with {peer} differ, so somebody may sit between the two of you. Start again \
         with a new link, sent another way."
    )
}

#[cfg(test)]
mod tests {
    use blindsight_session::{HelperRequest, Identity, InvitationSecret, PlaceKey};
    use chacha20::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::*;
    use crate::helper::HelperMember;

    /// Of a helper with a link that broke while it sent something: whether it is over.
    fn over_without(peer: Peer) -> bool {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let request = HelperRequest {
            host: Identity::random(&mut rng).public(),
            secret: InvitationSecret::from_bytes([2; 16]),
            plan: [3; 32],
        };
        let room = PlaceKey::random(&mut rng).room();
        let identity = Identity::random(&mut rng);
        let mut member = HelperMember::built_in(identity, room, request, &mut rng);
        let error = LinkError::TooMuchUnreported;
        member
            .seat
            .line
            .broken
            .push(Incoming::Failed { peer, error });
        let output = member.tick(1.0, &mut rng);
        let told = broken_text(peer, error);
        let mut notes = output.notes.iter();
        assert!(notes.any(|note| matches!(note, Note::Error { text, .. } if *text == told)));
        assert!(member.seat.line.take_broken().is_empty());
        member.is_over()
    }

    /// A data owner that takes nothing of what it asks for ends its own link, and not the work of a
    /// helper that serves others, too.
    #[test]
    fn who_takes_nothing_ends_nobody_elses_work() {
        assert!(!over_without(Peer::DataOwner(1)));
        assert!(over_without(Peer::ModelOwner));
    }
}
