//! One bundle at a compute party: rounds of messages, first for its masks, then for its picture.

use std::sync::Arc;

use blindsight_model::shamir::Scheme;
use blindsight_mpc::{
    MpcError,
    shamir::{Committee, Field, Party, Rounds, Shares, Waiting, prss::Prss},
};
use zeroize::Zeroizing;

use super::evaluation::{
    Hosted, Outcome, evaluate,
    masks::{self, Masks},
};
use crate::abort::Reason;

/// How many rounds somebody else may be ahead: their next message needs ours.
const AHEAD: u16 = 1;

/// A bundle.
pub(super) struct Bundle<F: Field> {
    committee: Committee,
    me: Party,
    prss: Prss,
    stage: Stage<F>,
    /// Its picture has begun.
    evaluating: bool,
    /// The number of the round whose messages are awaited, or will be when the next stage begins.
    round: u16,
    inbox: Inbox,
}

/// How far a bundle is.
enum Stage<F: Field> {
    /// Its masks are being made.
    Masking(Waiting<F, Masks<F>>),
    /// It waits for its picture.
    Masked(Masks<F>),
    /// Its picture is being evaluated.
    Evaluating(Waiting<F, Outcome<F>>),
    /// It has served.
    Spent,
}

/// Messages of the others, by their index: for this round and the next.
#[derive(Default)]
pub(super) struct Inbox(Vec<(Party, u16, Zeroizing<Vec<u8>>)>);

/// A message of a round.
pub(super) struct RoundMessage {
    pub(super) to: Party,
    pub(super) round: u16,
    pub(super) body: Zeroizing<Vec<u8>>,
}

/// What came of a bundle's messages.
#[derive(Default)]
pub(super) struct Progress<F: Field> {
    pub(super) messages: Vec<RoundMessage>,
    /// Its masks are made.
    pub(super) masked: bool,
    /// What the data owner is to have.
    pub(super) outcome: Option<Shares<F>>,
}

impl Inbox {
    /// Keeps a message of a bundle whose next round is `round`.
    pub(super) fn put(
        &mut self,
        from: Party,
        round: u16,
        current: u16,
        body: &[u8],
    ) -> Result<(), Reason> {
        let ahead = round.checked_sub(current).ok_or(Reason::OutOfOrder)?;
        let twice = self
            .0
            .iter()
            .any(|(who, other, _)| (*who, *other) == (from, round));
        if ahead > AHEAD || twice {
            return Err(Reason::OutOfOrder);
        }
        self.0.push((from, round, Zeroizing::new(body.to_vec())));
        Ok(())
    }

    /// The messages of a round by the sender's index, once all are here.
    fn take(&mut self, round: u16, committee: Committee) -> Option<Vec<Zeroizing<Vec<u8>>>> {
        let here = self
            .0
            .iter()
            .filter(|(_, other, _)| *other == round)
            .count();
        if here + 1 < committee.size() {
            return None;
        }
        let mut messages = vec![Zeroizing::default(); committee.size()];
        for (from, other, body) in std::mem::take(&mut self.0) {
            if other == round {
                messages[from.index()] = body;
            } else {
                self.0.push((from, other, body));
            }
        }
        Some(messages)
    }
}

impl<F: Field> Bundle<F> {
    /// Begins to make the masks.
    pub(super) fn begin(
        scheme: &Scheme,
        mut prss: Prss,
        inbox: Inbox,
    ) -> Result<(Self, Progress<F>), MpcError> {
        let (committee, me) = (prss.committee(), prss.party());
        let rounds = masks::prepare(scheme, &mut prss)?;
        let mut bundle = Self {
            committee,
            me,
            prss,
            stage: Stage::Spent,
            evaluating: false,
            round: 0,
            inbox,
        };
        let mut progress = Progress::default();
        bundle.masking(rounds, &mut progress);
        Ok((bundle, progress))
    }

    /// Whether its picture has begun.
    pub(super) fn is_evaluating(&self) -> bool {
        self.evaluating
    }

    /// Begins to evaluate a picture. It serves once.
    pub(super) fn evaluate(
        &mut self,
        hosted: &Arc<Hosted<F>>,
        picture: Shares<F>,
    ) -> Result<Progress<F>, Reason> {
        let Stage::Masked(masks) = std::mem::replace(&mut self.stage, Stage::Spent) else {
            return Err(Reason::BundleSpent);
        };
        self.evaluating = true;
        let rounds = evaluate(Arc::clone(hosted), &mut self.prss, masks, picture)?;
        let mut progress = Progress::default();
        self.evaluating(rounds, &mut progress);
        self.advance(&mut progress)?;
        Ok(progress)
    }

    /// Takes a message of another party.
    pub(super) fn receive(
        &mut self,
        from: Party,
        round: u16,
        body: &[u8],
    ) -> Result<Progress<F>, Reason> {
        self.inbox.put(from, round, self.round, body)?;
        let mut progress = Progress::default();
        self.advance(&mut progress)?;
        Ok(progress)
    }

    /// Goes on as long as all messages of a round are here.
    pub(super) fn advance(&mut self, progress: &mut Progress<F>) -> Result<(), Reason> {
        while matches!(self.stage, Stage::Masking(_) | Stage::Evaluating(_)) {
            let Some(messages) = self.inbox.take(self.round, self.committee) else {
                return Ok(());
            };
            self.round = self.round.checked_add(1).ok_or(Reason::TooMuch)?;
            let received = messages.iter().map(|body| F::read(body).map(Shares::new));
            let received = received.collect::<Result<Vec<_>, _>>()?;
            match std::mem::replace(&mut self.stage, Stage::Spent) {
                Stage::Masking(waiting) => {
                    let rounds = waiting.receive(&mut self.prss, received)?;
                    self.masking(rounds, progress);
                }
                Stage::Evaluating(waiting) => {
                    let rounds = waiting.receive(&mut self.prss, received)?;
                    self.evaluating(rounds, progress);
                }
                stage @ (Stage::Masked(_) | Stage::Spent) => self.stage = stage,
            }
        }
        Ok(())
    }

    fn masking(&mut self, rounds: Rounds<F, Masks<F>>, progress: &mut Progress<F>) {
        self.stage = match rounds {
            Rounds::Done(masks) => {
                progress.masked = true;
                Stage::Masked(masks)
            }
            Rounds::Waiting(waiting) => {
                self.send(&waiting, progress);
                Stage::Masking(waiting)
            }
        };
    }

    fn evaluating(&mut self, rounds: Rounds<F, Outcome<F>>, progress: &mut Progress<F>) {
        self.stage = match rounds {
            Rounds::Done(Outcome(shares)) => {
                progress.outcome = Some(shares);
                Stage::Spent
            }
            Rounds::Waiting(waiting) => {
                self.send(&waiting, progress);
                Stage::Evaluating(waiting)
            }
        };
    }

    /// Each other party gets a message in every round, whether or not there is something in it.
    fn send<O>(&self, waiting: &Waiting<F, O>, progress: &mut Progress<F>) {
        for to in self.committee.others(self.me) {
            let mut body = Zeroizing::new(Vec::new());
            F::write(waiting.outgoing(to), &mut body);
            let round = self.round;
            progress.messages.push(RoundMessage { to, round, body });
        }
    }
}
