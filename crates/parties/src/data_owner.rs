//! The data owner: brings a picture, learns its class.
//!
//! Its way is a chain of typestates: greeting (no offer yet), joining (offer, seed and masked weights in whatever
//! order they come), hosted. In the last it keeps a pool of bundles that are ready at both ends
//! and classifies one picture at a time.

use rand_core::CryptoRng;

use crate::{
    abort::{Abort, Phase, Reason},
    bundle::longest_message_to_data_owner,
    message::{Header, MAX_HEADER_BYTES, SessionId},
    party::{Event, Misuse, Peer, Step, read},
};

mod batch;
mod hosted;
mod joining;
mod pool;

use hosted::Hosted;
use joining::Joining;
pub(crate) use pool::fitting;

/// How many bundles a data owner keeps ready unless told otherwise.
pub const DEFAULT_POOL: usize = 4;

/// A data owner in one room.
pub struct DataOwner {
    pool: usize,
    helper: bool,
    state: State,
}

enum State {
    /// Waits for the offer.
    Greeting,
    /// Has the offer; collects seed and weights.
    Joining(Box<Joining>),
    /// Can classify.
    Hosted(Box<Hosted>),
    /// Nothing more will come.
    Ended,
}

impl DataOwner {
    /// A data owner who keeps `pool` bundles ready, and more for pictures that [wait](Self::expect);
    /// with none in the pool a bundle is dealt when its picture waits.
    pub fn new(pool: usize) -> Self {
        Self {
            pool: pool.min(crate::model_owner::MAX_POOL),
            helper: false,
            state: State::Greeting,
        }
    }

    /// Somebody came, or was here already.
    pub fn peer_joined(&mut self, peer: Peer) -> Step {
        let mut step = Step::default();
        match peer {
            Peer::ModelOwner | Peer::DataOwner(_) | Peer::ComputeParty(_) => {}
            Peer::Helper => {
                self.helper = true;
                if let State::Joining(joining) = &mut self.state {
                    joining.meet(&mut step);
                }
            }
        }
        step
    }

    /// Somebody left. Without the helper, bundles that are ready can still be used; a model owner
    /// who comes back makes a new offer.
    pub fn peer_left(&mut self, peer: Peer) -> Step {
        match peer {
            Peer::ModelOwner if matches!(self.state, State::Ended) => {}
            Peer::ModelOwner => self.state = State::Greeting,
            Peer::Helper => {
                self.helper = false;
                match &mut self.state {
                    State::Hosted(hosted) => hosted.helper_left(),
                    State::Joining(joining) => joining.helper_left(),
                    State::Greeting | State::Ended => {}
                }
            }
            Peer::DataOwner(_) | Peer::ComputeParty(_) => {}
        }
        Step::default()
    }

    /// Bundles that are ready at both ends.
    pub fn ready(&self) -> usize {
        match &self.state {
            State::Hosted(hosted) => hosted.ready(),
            _ => 0,
        }
    }

    /// Classifications that the model owner still allows; none before its offer.
    pub fn left(&self) -> Option<u32> {
        match &self.state {
            State::Hosted(hosted) => Some(hosted.left()),
            _ => None,
        }
    }

    /// Whether more bundles may still become ready: a helper is here or bundles are on the way.
    pub fn may_become_ready(&self) -> bool {
        match &self.state {
            State::Hosted(hosted) => hosted.may_become_ready(),
            State::Ended => false,
            _ => true,
        }
    }

    /// The longest message that it takes now: longer ones need not be kept until they are complete.
    pub fn longest_message(&self) -> usize {
        match &self.state {
            State::Joining(joining) => longest_message_to_data_owner(joining.plan()),
            State::Hosted(hosted) => longest_message_to_data_owner(hosted.plan()),
            State::Greeting | State::Ended => MAX_HEADER_BYTES,
        }
    }

    /// So many pictures are known to wait: prepares bundles for them beyond the pool, as far as they
    /// fit.
    pub fn expect(&mut self, pictures: usize) -> Step {
        let mut step = Step::default();
        if let State::Hosted(hosted) = &mut self.state {
            hosted.expect(pictures, &mut step);
        }
        step
    }

    /// How many pictures can be classified together now, at most [`MAX_BATCH`](crate::MAX_BATCH).
    pub fn room(&self) -> usize {
        match &self.state {
            State::Hosted(hosted) => hosted.room(),
            _ => 0,
        }
    }

    /// Begins to classify pictures together: 8-bit pixels, as many as the network takes. No more
    /// pictures than there is [room](Self::room) for.
    ///
    /// # Errors
    ///
    /// [`Misuse`] when there is no room, a batch is under way or a picture has another size.
    pub fn classify(&mut self, pictures: &[&[u8]]) -> Result<Step, Misuse> {
        match &mut self.state {
            State::Hosted(hosted) => {
                let mut step = hosted.classify(pictures)?;
                hosted.top_up(&mut step);
                Ok(step)
            }
            _ => Err(Misuse::NotReady),
        }
    }

    /// Ends the work on the data owner's own will and tells the peers.
    pub fn stop(&mut self) -> Step {
        let mut step = Step::default();
        let stopped = || Header::Abort(Reason::Stopped.during(self.phase())).alone();
        if !matches!(self.state, State::Ended) {
            step.send(Peer::ModelOwner, stopped());
            if self.helper {
                step.send(Peer::Helper, stopped());
            }
        }
        self.state = State::Ended;
        step
    }

    /// Takes a message from a peer.
    pub fn receive(&mut self, from: Peer, message: &[u8], rng: &mut impl CryptoRng) -> Step {
        let mut step = Step::default();
        let phase = self.phase();
        let done = match from {
            _ if matches!(self.state, State::Ended) => Ok(()),
            Peer::ModelOwner => self.take_from_model_owner(message, rng, &mut step),
            Peer::Helper => self.take_from_helper(message, &mut step),
            // Other data owners have nothing to say to this one.
            Peer::DataOwner(_) | Peer::ComputeParty(_) => Ok(()),
        };
        if let Err(reason) = done {
            self.fail(from, reason.during(phase), &mut step);
        }
        step
    }

    /// The session that it was offered.
    fn session(&self) -> Option<SessionId> {
        match &self.state {
            State::Joining(joining) => Some(joining.session()),
            State::Hosted(hosted) => Some(hosted.session()),
            State::Greeting | State::Ended => None,
        }
    }

    /// Where an abort would happen now.
    fn phase(&self) -> Phase {
        match &self.state {
            State::Greeting | State::Ended => Phase::Agree,
            State::Joining(_) => Phase::Host,
            State::Hosted(hosted) if hosted.classifying() => Phase::Classify,
            State::Hosted(_) => Phase::Deal,
        }
    }

    /// A peer sent what it must not: ends the work with both.
    fn fail(&mut self, peer: Peer, abort: Abort, step: &mut Step) {
        let other = match peer {
            Peer::ModelOwner => Peer::Helper,
            _ => Peer::ModelOwner,
        };
        if other == Peer::ModelOwner || self.helper {
            step.send(
                other,
                Header::Abort(Reason::Stopped.during(abort.phase)).alone(),
            );
        }
        // Whether shares added up to a class depends on the class: that is told to nobody.
        let told = match abort.reason {
            Reason::NoResult => Reason::Stopped.during(abort.phase),
            _ => abort.clone(),
        };
        step.send(peer, Header::Abort(told).alone());
        step.tell(Event::Aborted {
            peer,
            by_peer: false,
            abort,
        });
        self.state = State::Ended;
    }

    fn take_from_model_owner(
        &mut self,
        message: &[u8],
        rng: &mut impl CryptoRng,
        step: &mut Step,
    ) -> Result<(), Reason> {
        let (header, body) = read(message)?;
        match (header, &mut self.state) {
            (Header::Abort(abort), _) => self.aborted(Peer::ModelOwner, abort, step),
            (
                Header::Offer {
                    version,
                    session,
                    plan,
                    model,
                    labels,
                    left,
                },
                _,
            ) => {
                crate::party::exactly(body, 0)?;
                crate::party::same_version(version)?;
                if !printable(&model) {
                    return Err(Reason::Malformed);
                }
                // A second offer of a session would begin it anew, and the helper would not know.
                if self.session() == Some(session) {
                    return Err(Reason::OutOfOrder);
                }
                let mut joining = Joining::new(session, plan, labels, left, rng)?;
                joining.announce(model, step);
                if self.helper {
                    joining.meet(step);
                }
                self.state = State::Joining(Box::new(joining));
            }
            (Header::MaskedWeights { number: index }, State::Joining(joining)) => {
                joining.weights(index, body, step)?;
                self.host_if_complete(step);
            }
            (header, State::Hosted(hosted)) => {
                hosted.take_from_model_owner(&header, body, message.len(), step)?;
                hosted.top_up(step);
            }
            _ => return Err(Reason::OutOfOrder),
        }
        Ok(())
    }

    fn take_from_helper(&mut self, message: &[u8], step: &mut Step) -> Result<(), Reason> {
        let (header, body) = read(message)?;
        match (header, &mut self.state) {
            // A helper may leave once it has dealt: what is ready can still be used.
            (Header::Abort(abort), _) if abort.reason == Reason::Stopped => {
                *step = self.peer_left(Peer::Helper);
            }
            (Header::Abort(abort), _) => self.aborted(Peer::Helper, abort, step),
            (
                Header::Met {
                    version,
                    session,
                    plan,
                    contribution,
                },
                State::Joining(joining),
            ) => {
                crate::party::exactly(body, 0)?;
                crate::party::same_version(version)?;
                joining.met(session, plan, &contribution)?;
                self.host_if_complete(step);
            }
            (Header::Corrections { number }, State::Hosted(hosted)) => {
                hosted.corrections(number, body, message.len())?;
            }
            (Header::Keys { session, number }, State::Hosted(hosted)) => {
                same_session(hosted.session(), session)?;
                hosted.keys(number, body, message.len(), step)?;
            }
            // A bundle of a session that a new offer has replaced, or is about to.
            (
                Header::Corrections { .. } | Header::Keys { .. },
                State::Greeting | State::Joining(_),
            ) => {}
            _ => return Err(Reason::OutOfOrder),
        }
        Ok(())
    }

    fn aborted(&mut self, peer: Peer, abort: Abort, step: &mut Step) {
        self.state = State::Ended;
        step.tell(Event::Aborted {
            peer,
            by_peer: true,
            abort,
        });
    }

    /// Moves on once seed and weights are complete, and asks for the first bundles.
    fn host_if_complete(&mut self, step: &mut Step) {
        let State::Joining(joining) = &self.state else {
            return;
        };
        if !joining.is_complete() {
            return;
        }
        if let State::Joining(joining) = std::mem::replace(&mut self.state, State::Ended)
            && let Some(mut hosted) = joining.complete(self.pool)
        {
            hosted.top_up(step);
            self.state = State::Hosted(Box::new(hosted));
        }
    }
}

/// Whether a name is short and holds nothing that would play tricks with a screen.
pub(crate) fn printable(text: &str) -> bool {
    const LONGEST: usize = 200;
    text.len() <= LONGEST && !text.chars().any(char::is_control)
}

/// Checks what a model owner calls things: bounded, and as many labels as classes.
pub(crate) fn check_labels(labels: &[String], classes: usize) -> Result<(), Reason> {
    if labels.len() == classes && labels.iter().all(|label| printable(label)) {
        Ok(())
    } else {
        Err(Reason::PlanMismatch)
    }
}

/// The session that a message must belong to.
fn same_session(ours: SessionId, theirs: SessionId) -> Result<(), Reason> {
    if ours == theirs {
        Ok(())
    } else {
        Err(Reason::OutOfOrder)
    }
}
