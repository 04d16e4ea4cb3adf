//! Hosted: bundles are dealt ahead, pictures are classified.

use blindsight_model::plan::Plan;
use blindsight_mpc::{bundle::Ledger, seed::Seed};

use super::pool::Pool;
use crate::{
    abort::Reason,
    bundle::{self, products::Products},
    matrix::Matrix,
    message::{Header, SessionId},
    online::{
        data_owner::{Answer, DataOwnerStage, Revealed},
        ladder::turn_bytes,
    },
    party::{Classification, Event, Misuse, Peer, Scores, Step, exactly},
};

/// Has seed and masked weights.
pub(super) struct Hosted {
    session: SessionId,
    plan: Plan,
    labels: Vec<String>,
    seed: Seed,
    weights: Vec<Matrix>,
    products: Products,
    ledger: Ledger,
    pool: Pool,
    /// Classifications that the model owner still allows.
    left: u32,
    online: Option<Online>,
    /// The helper that agreed on the seed is still here.
    helper: bool,
}

/// An image that is being classified, with its meter.
struct Online {
    stage: DataOwnerStage,
    meter: Meter,
}

/// What an image took so far.
#[derive(Clone, Copy)]
struct Meter {
    online_bytes: u64,
    offline_bytes: u64,
    round_trips: u32,
}

impl Hosted {
    pub(super) fn new(
        session: SessionId,
        plan: Plan,
        labels: Vec<String>,
        seed: Seed,
        weights: Vec<Matrix>,
        (pool, left): (usize, u32),
    ) -> Self {
        Self {
            session,
            plan,
            labels,
            seed,
            weights,
            products: Products::default(),
            ledger: Ledger::default(),
            pool: Pool::new(pool),
            left,
            online: None,
            helper: true,
        }
    }

    pub(super) fn session(&self) -> SessionId {
        self.session
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(super) fn ready(&self) -> usize {
        self.pool.ready()
    }

    pub(super) fn left(&self) -> u32 {
        self.left
    }

    pub(super) fn classifying(&self) -> bool {
        self.online.is_some()
    }

    /// Whether more bundles may still become ready.
    pub(super) fn may_become_ready(&self) -> bool {
        self.helper || self.pool.on_the_way()
    }

    pub(super) fn helper_left(&mut self) {
        self.helper = false;
        self.pool.forget_asked();
    }

    /// Asks for bundles, but not while an image is waiting: dealing would slow it down.
    pub(super) fn top_up(&mut self, step: &mut Step) {
        if self.helper && self.online.is_none() {
            self.pool.top_up(self.left, step);
        }
    }

    pub(super) fn classify(&mut self, pixels: &[u8]) -> Result<Step, Misuse> {
        let (expected, found) = (self.plan.input().elements(), pixels.len());
        if expected != found {
            return Err(Misuse::Pixels { expected, found });
        }
        if self.online.is_some() {
            return Err(Misuse::Busy);
        }
        if self.left == 0 {
            return Err(Misuse::BudgetSpent);
        }
        let pooled = self.pool.spend().ok_or(Misuse::NotReady)?;
        let number = pooled.bundle.number;
        // The pool hands out increasing numbers; the ledger holds even if it did not.
        self.ledger.begin(number).map_err(|_| Misuse::NotReady)?;
        self.left -= 1;
        let (stage, masked) = DataOwnerStage::begin(&self.plan, pooled.bundle, pixels);
        let mut online = Online {
            stage,
            meter: Meter {
                online_bytes: 0,
                offline_bytes: pooled.offline_bytes,
                round_trips: 0,
            },
        };
        let header = Header::MaskedValue {
            session: self.session,
            number: number.get(),
            step: 0,
        };
        let mut step = Step::default();
        online.send(header.with_body(&[&masked]), &mut step);
        self.online = Some(online);
        Ok(step)
    }

    /// The helper dealt a bundle: completes it and sends the model owner its part ahead.
    pub(super) fn bundle(
        &mut self,
        number: u64,
        body: &[u8],
        message_bytes: usize,
        step: &mut Step,
    ) -> Result<(), Reason> {
        let corrections = bundle::correction_bytes(&self.plan);
        exactly(body, corrections + bundle::key_bytes(&self.plan)?)?;
        let (number, asked_bytes) = self.pool.dealt(number)?;
        let (corrections, keys) = body
            .split_at_checked(corrections)
            .ok_or(Reason::WrongLength)?;
        let products = self
            .products
            .take(&self.plan, &self.weights, &self.seed, number)
            .ok_or(Reason::Internal)?;
        let (bundle, ahead) = bundle::data_owner::assemble(
            &self.plan,
            &products,
            &self.seed,
            number,
            corrections,
            keys,
        )?;
        let header = Header::Ahead {
            session: self.session,
            number: number.get(),
        };
        let ahead = header.with_body(&[&ahead]);
        let bytes = asked_bytes + (message_bytes + ahead.len()) as u64;
        self.pool.completed(bundle, bytes);
        step.send(Peer::ModelOwner, ahead);
        Ok(())
    }

    /// A message of the model owner, once hosted.
    pub(super) fn take_from_model_owner(
        &mut self,
        header: &Header,
        body: &[u8],
        message_bytes: usize,
        step: &mut Step,
    ) -> Result<(), Reason> {
        if let Header::Ready { number } = header {
            exactly(body, 0)?;
            self.pool.confirm(*number, message_bytes as u64)?;
            step.tell(Event::BundleReady {
                number: *number,
                ready: self.pool.ready(),
            });
            return Ok(());
        }
        let mut online = self.online.take().ok_or(Reason::OutOfOrder)?;
        if header.online_number() != Some(online.stage.number().get()) {
            return Err(Reason::OutOfOrder);
        }
        // No part of the evaluation, and of its cost.
        match header {
            Header::Held { .. } => {
                exactly(body, 0)?;
                self.online = Some(online);
                step.tell(Event::Held);
                return Ok(());
            }
            Header::Denied { .. } => {
                exactly(body, 0)?;
                self.left = self.left.saturating_add(1);
                step.tell(Event::Denied);
                return Ok(());
            }
            _ => {}
        }
        online.meter.online_bytes += message_bytes as u64;
        online.meter.round_trips += 1;
        self.online = self.advance(online, header, body, step)?;
        Ok(())
    }

    /// One message of the evaluation; `None` when it was the last.
    fn advance(
        &self,
        mut online: Online,
        header: &Header,
        body: &[u8],
        step: &mut Step,
    ) -> Result<Option<Online>, Reason> {
        let number = online.stage.number();
        let number_word = number.get();
        match (online.stage, header) {
            (
                DataOwnerStage::Opening(stage),
                Header::Opening {
                    step: index, turn, ..
                },
            ) => {
                if usize::from(*index) != stage.step || u32::from(*turn) != stage.turn() {
                    return Err(Reason::OutOfOrder);
                }
                let bytes = turn_bytes(&self.plan, stage.step, stage.turn());
                exactly(body, bytes.ok_or(Reason::Internal)?)?;
                let (next, answer) = stage.receive(&self.plan, body)?;
                online.stage = next;
                let (session, number) = (self.session, number_word);
                let message = match answer {
                    Answer::Turn { turn, message } => Header::Turn {
                        session,
                        number,
                        step: *index,
                        // A pooling has fewer than 256 turns: its windows are bounded.
                        turn: turn as u8,
                    }
                    .with_body(&[&message]),
                    Answer::Value(masked) => Header::MaskedValue {
                        session,
                        number,
                        step: index + 1,
                    }
                    .with_body(&[&masked]),
                };
                online.send(message, step);
            }
            (DataOwnerStage::Differences(stage), Header::Differences { .. }) => {
                let classes = self.plan.classes();
                let bytes = self.plan.compared_pairs() * self.plan.output().affine.ring.bytes();
                exactly(body, bytes + classes.count())?;
                let (differences, wins) =
                    body.split_at_checked(bytes).ok_or(Reason::WrongLength)?;
                let (next, wins) = stage.receive(&self.plan, differences, wins)?;
                online.stage = DataOwnerStage::Class(next);
                let header = Header::Wins {
                    session: self.session,
                    number: number_word,
                };
                online.send(header.with_body(&[&wins]), step);
            }
            (DataOwnerStage::Class(stage), Header::ClassShares { .. }) => {
                exactly(body, stage.classes())?;
                let revealed = stage.receive(&self.plan, body).ok_or(Reason::NoResult)?;
                step.tell(self.classified(number_word, revealed, online.meter)?);
                return Ok(None);
            }
            (DataOwnerStage::Scores(stage), Header::Scores { .. }) => {
                let word = self.plan.output().affine.ring.bytes();
                exactly(body, self.plan.classes().count() * word)?;
                let revealed = stage.receive(&self.plan, body);
                step.tell(self.classified(number_word, revealed, online.meter)?);
                return Ok(None);
            }
            _ => return Err(Reason::OutOfOrder),
        }
        Ok(Some(online))
    }

    /// The result of an image.
    fn classified(&self, number: u64, revealed: Revealed, meter: Meter) -> Result<Event, Reason> {
        let Revealed { ranking, logits } = revealed;
        let label = |class: &usize| self.labels.get(*class).cloned().unwrap_or_default();
        let unit = self.plan.output().unit;
        let scores = logits.map(|logits| Scores::new(logits, unit));
        Ok(Event::Classified(Classification {
            number,
            class: *ranking.first().ok_or(Reason::NoResult)?,
            labels: ranking.iter().map(label).collect(),
            ranking,
            scores,
            online_bytes: meter.online_bytes,
            offline_bytes: meter.offline_bytes,
            round_trips: meter.round_trips,
        }))
    }
}

impl Online {
    fn send(&mut self, message: Vec<u8>, step: &mut Step) {
        self.meter.online_bytes += message.len() as u64;
        step.send(Peer::ModelOwner, message);
    }
}
