//! Computations that go on in rounds: send, wait for all others, go on.
//!
//! ```text
//! let mut rounds = some_gate(&mut prss, ...)?;
//! let output = loop {
//!     match rounds {
//!         Rounds::Done(output) => break output,
//!         Rounds::Waiting(waiting) => {
//!             for other in committee.others(me) { send(other, waiting.outgoing(other)); }
//!             // waiting.expected(other) elements come from each other party.
//!             rounds = waiting.receive(&mut prss, received)?;
//!         }
//!     }
//! };
//! ```

use super::{committee::Party, field::Field, prss::Prss, shares::Shares};
use crate::MpcError;

/// A computation that is finished, or waits for messages.
pub enum Rounds<F: Field, O> {
    /// Messages are to be sent and received.
    Waiting(Waiting<F, O>),
    /// There is nothing left to do.
    Done(O),
}

/// What is done with the messages of a round.
type Next<F, O> =
    Box<dyn FnOnce(&mut Prss, Vec<Shares<F>>) -> Result<Rounds<F, O>, MpcError> + Send>;

/// One round: what is sent, what is awaited, and what follows.
pub struct Waiting<F: Field, O> {
    /// By the receiver's index; empty for the party itself.
    outgoing: Vec<Shares<F>>,
    /// Lengths by the sender's index; 0 for the party itself.
    expected: Vec<usize>,
    next: Next<F, O>,
}

impl<F: Field, O> Waiting<F, O> {
    /// What is to be sent to `party`: nothing to the party itself.
    pub fn outgoing(&self, party: Party) -> &[F] {
        self.outgoing.get(party.index()).map_or(&[], |to| to)
    }

    /// How many elements are to come from `party`: none from the party itself.
    pub fn expected(&self, party: Party) -> usize {
        self.expected.get(party.index()).copied().unwrap_or(0)
    }

    /// Goes on with what came, by the sender's index; the party's own place is empty. It is erased
    /// when it was used.
    ///
    /// # Errors
    ///
    /// [`MpcError::Message`] when a message has another length than [`Waiting::expected`], and what
    /// the computation finds wrong.
    pub fn receive(
        self,
        prss: &mut Prss,
        received: Vec<Shares<F>>,
    ) -> Result<Rounds<F, O>, MpcError> {
        MpcError::check(
            "the messages of a round",
            self.expected.len(),
            received.len(),
        )?;
        for (index, (expected, found)) in self.expected.iter().zip(&received).enumerate() {
            if *expected != found.len() {
                return Err(MpcError::Message {
                    // At most nine.
                    party: index as u8 + 1,
                    expected: *expected,
                    found: found.len(),
                });
            }
        }
        (self.next)(prss, received)
    }
}

impl<F: Field, O: 'static> Rounds<F, O> {
    /// A round: by the receiver's index what is sent, by the sender's how much is to come.
    pub(super) fn wait(
        outgoing: Vec<Shares<F>>,
        expected: Vec<usize>,
        next: impl FnOnce(&mut Prss, Vec<Shares<F>>) -> Result<Self, MpcError> + Send + 'static,
    ) -> Self {
        let next = Box::new(next);
        Self::Waiting(Waiting {
            outgoing,
            expected,
            next,
        })
    }

    /// What follows, with the output, in the rounds after.
    ///
    /// # Errors
    ///
    /// Those of what follows, when this is finished already.
    pub fn and_then<P: 'static>(
        self,
        prss: &mut Prss,
        then: impl FnOnce(&mut Prss, O) -> Result<Rounds<F, P>, MpcError> + Send + 'static,
    ) -> Result<Rounds<F, P>, MpcError> {
        match self {
            Self::Done(output) => then(prss, output),
            Self::Waiting(Waiting {
                outgoing,
                expected,
                next,
            }) => Ok(Rounds::wait(outgoing, expected, |prss, received| {
                let rest = next(prss, received)?;
                rest.and_then(prss, then)
            })),
        }
    }

    /// The output, changed by what needs no message.
    ///
    /// # Errors
    ///
    /// Those of the change, when this is finished already.
    pub fn map<P: 'static>(
        self,
        prss: &mut Prss,
        change: impl FnOnce(O) -> Result<P, MpcError> + Send + 'static,
    ) -> Result<Rounds<F, P>, MpcError> {
        self.and_then(prss, |_, output| change(output).map(Rounds::Done))
    }

    /// Two computations in the same rounds: their messages travel together.
    pub fn beside<P: Send + 'static>(self, other: Rounds<F, P>) -> Rounds<F, (O, P)>
    where
        O: Send,
    {
        let (one, other) = match (self, other) {
            (Self::Done(a), Rounds::Done(b)) => return Rounds::Done((a, b)),
            (Self::Waiting(one), Rounds::Done(b)) => {
                return Rounds::wait(one.outgoing, one.expected, |prss, received| {
                    Ok((one.next)(prss, received)?.beside(Rounds::Done(b)))
                });
            }
            (Self::Done(a), Rounds::Waiting(other)) => {
                return Rounds::wait(other.outgoing, other.expected, |prss, received| {
                    Ok(Rounds::Done(a).beside((other.next)(prss, received)?))
                });
            }
            (Self::Waiting(one), Rounds::Waiting(other)) => (one, other),
        };
        let outgoing = one.outgoing.iter().zip(&other.outgoing);
        let outgoing = outgoing.map(|(a, b)| a.iter().chain(b.iter()).copied().collect());
        let lengths = one.expected.iter().zip(&other.expected);
        let expected = lengths.map(|(a, b)| a + b).collect();
        let first = one.expected;
        Rounds::wait(outgoing.collect(), expected, move |prss, mut received| {
            let cut = received.iter_mut().zip(&first);
            let rest = cut
                .map(|(message, length)| message.split_off(*length))
                .collect();
            let a = (one.next)(prss, received)?;
            let b = (other.next)(prss, rest)?;
            Ok(a.beside(b))
        })
    }
}
