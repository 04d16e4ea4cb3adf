//! The model owner's side of one evaluation.

use blindsight_model::plan::Plan;
use blindsight_mpc::{
    Party,
    bundle::BundleNumber,
    linear::model_owner_share,
    ring::{SecretBytes, Shares, Word},
    with_ring,
};

use super::{
    class::{class_shares, masked_wins},
    ladder::{Ladder, last_turn, turn_bytes},
};
use crate::{
    abort::Reason,
    bundle::{
        model_owner::{ComparePart, HiddenPart, ModelOwnerBundle, OutputPart},
        part::ArgmaxPart,
        take,
    },
    hosting::Hosting,
    matrix::{add, keep, plus, read, reduced, write},
};

/// What the model owner waits for.
pub(crate) enum ModelOwnerStage {
    Value(Box<AwaitingValue>),
    Wins(AwaitingWins),
    /// Nothing more: the data owner has its result.
    Done,
}

/// Waits for the masked value that a step needs, or for a turn in the pooling before it.
pub(crate) struct AwaitingValue {
    pub(crate) number: BundleNumber,
    /// The step that waits: its value is of the same number.
    pub(crate) step: usize,
    share: Share,
    /// The model owner's shares `x + r` of the values so far.
    values: Vec<SecretBytes>,
    offsets: Vec<SecretBytes>,
    hidden: std::vec::IntoIter<HiddenPart>,
    output: OutputPart,
}

/// The model owner's share of a value before the data owner's part is added, or what it will be
/// computed from: the opening is sent first, so that both parties evaluate the activation at the
/// same time.
enum Share {
    Known(SecretBytes),
    Opened { opened: Vec<u8>, ladder: Ladder },
    Climbing(Ladder),
}

/// Waits for the data owner's masked wins.
pub(crate) struct AwaitingWins {
    pub(crate) number: BundleNumber,
    wins: Vec<u8>,
    argmax: ArgmaxPart,
}

/// What answers a masked value.
pub(crate) enum Reply {
    /// The first turn of a hidden step.
    Opening(Vec<u8>),
    /// The opened differences of logits and the masked wins, of the last step.
    Differences { differences: Vec<u8>, wins: Vec<u8> },
    /// The share of the logits, of the last step.
    Scores(Vec<u8>),
}

impl AwaitingValue {
    /// Begins a bundle. The picture is the data owner's own input: the model owner's share is 0.
    pub(crate) fn begin(plan: &Plan, bundle: ModelOwnerBundle) -> Self {
        Self {
            number: bundle.number,
            step: 0,
            share: Share::Known(SecretBytes::new(vec![0; plan.values()[0].bytes()])),
            values: Vec::with_capacity(plan.steps()),
            offsets: bundle.offsets,
            hidden: bundle.hidden,
            output: bundle.output,
        }
    }

    /// The turn that the data owner has, if it has one before the masked value.
    pub(crate) fn turn(&self) -> Option<u32> {
        match &self.share {
            Share::Climbing(ladder) => Some(ladder.turn()),
            _ => None,
        }
    }

    /// Takes the data owner's turn in a pooling; gives the own turn's message with its number.
    ///
    /// # Errors
    ///
    /// When the length or the keys do not fit, or it is not the data owner's turn.
    pub(crate) fn climb(
        mut self,
        plan: &Plan,
        message: &[u8],
    ) -> Result<(Self, u32, Vec<u8>), Reason> {
        let Share::Climbing(mut ladder) = self.share else {
            return Err(Reason::OutOfOrder);
        };
        let turn = ladder.turn() + 1;
        let turned = ladder.receive(plan, message)?;
        let message = turned.message.ok_or(Reason::OutOfOrder)?;
        self.share = match turned.opened {
            Some(opened) => Share::Opened { opened, ladder },
            None => Share::Climbing(ladder),
        };
        Ok((self, turn, message))
    }

    /// Bytes of the masked value, with the opening that may stand in front of it.
    pub(crate) fn value_bytes(&self, plan: &Plan) -> usize {
        let value = plan.values()[self.step].bytes();
        value + self.opening_in_front(plan).unwrap_or(0)
    }

    /// Bytes of the last opening, where that is the data owner's turn.
    fn opening_in_front(&self, plan: &Plan) -> Option<usize> {
        let Share::Climbing(ladder) = &self.share else {
            return None;
        };
        let step = self.step.checked_sub(1)?;
        let last = last_turn(plan, step);
        (ladder.turn() == last).then(|| turn_bytes(plan, step, last))?
    }

    /// Computes the own share of the value, if that can be done yet. To be called when the last
    /// reply is on its way; [`AwaitingValue::receive`] makes up for it.
    ///
    /// # Errors
    ///
    /// When the keys do not fit the opening.
    pub(crate) fn prepare(&mut self, plan: &Plan) -> Result<(), Reason> {
        let share = std::mem::replace(&mut self.share, Share::Known(SecretBytes::default()));
        self.share = match share {
            Share::Opened { opened, ladder } => {
                Share::Known(with_ring!(plan.values()[self.step].ring, T => {
                    keep(&ladder.finish::<T>(plan, &opened)?)
                }))
            }
            other => other,
        };
        Ok(())
    }

    /// Takes the masked value, with the opening in front of it if there is one.
    ///
    /// # Errors
    ///
    /// When lengths or keys do not fit, or a pooling is not at its end.
    pub(crate) fn receive(
        mut self,
        hosting: &Hosting,
        mut masked: &[u8],
    ) -> Result<(ModelOwnerStage, Reply), Reason> {
        let plan = hosting.plan();
        if let Some(bytes) = self.opening_in_front(plan) {
            let opening = take(&mut masked, bytes, "the last opening")?;
            let Share::Climbing(mut ladder) = self.share else {
                return Err(Reason::OutOfOrder);
            };
            let opened = ladder.receive(plan, opening)?.opened;
            let opened = opened.ok_or(Reason::OutOfOrder)?;
            self.share = Share::Opened { opened, ladder };
        }
        self.prepare(plan)?;
        let Share::Known(own) = &self.share else {
            return Err(Reason::OutOfOrder);
        };
        let value = add(plan.values()[self.step].ring, masked, own);
        self.values.push(SecretBytes::new(value));
        match self.hidden.next() {
            Some(part) => self.open(hosting, part),
            None => self.finish(hosting),
        }
    }

    /// The own share of the step's result.
    fn result<T: Word>(&self, hosting: &Hosting) -> Result<Shares<T>, Reason> {
        let plan = hosting.plan();
        let value = |k: usize| Some(reduced::<T>(plan.values()[k].ring, self.values.get(k)?));
        let result = plan.run::<T>(self.step, value, |number, map, x| {
            let layer = hosting.network().layers().get(number)?;
            let product = layer.weights.apply(map, x);
            Some(model_owner_share(
                &product,
                &read::<T>(self.offsets.get(number)?),
            ))
        });
        result.ok_or(Reason::OutOfOrder)
    }

    fn open(
        mut self,
        hosting: &Hosting,
        part: HiddenPart,
    ) -> Result<(ModelOwnerStage, Reply), Reason> {
        let plan = hosting.plan();
        let (opened, share) = with_ring!(plan.affine(self.step).ring, T => {
            let result = self.result::<T>(hosting)?;
            (write(&plus(&result, &read::<T>(&part.opening))), keep(&result))
        });
        let mut ladder = Ladder::new(
            plan,
            self.number,
            Party::P1,
            self.step,
            part.activation,
            &share,
        );
        let turned = ladder.start(plan, opened)?;
        self.step += 1;
        self.share = match turned.opened {
            Some(opened) => Share::Opened { opened, ladder },
            None => Share::Climbing(ladder),
        };
        let reply = Reply::Opening(turned.message.unwrap_or_default());
        Ok((ModelOwnerStage::Value(Box::new(self)), reply))
    }

    /// What follows the last masked value.
    fn finish(self, hosting: &Hosting) -> Result<(ModelOwnerStage, Reply), Reason> {
        let plan = hosting.plan();
        with_ring!(plan.output().affine.ring, T => {
            let logits = self.result::<T>(hosting)?;
            match self.output {
                OutputPart::Compare(part) => compare(plan, self.number, part, &logits),
                OutputPart::Scores => Ok((ModelOwnerStage::Done, Reply::Scores(write(&logits)))),
            }
        })
    }
}

/// Opens the differences of logits.
fn compare<T: Word>(
    plan: &Plan,
    number: BundleNumber,
    part: ComparePart,
    logits: &[T],
) -> Result<(ModelOwnerStage, Reply), Reason> {
    let differences = part.differences(plan, logits)?;
    let argmax = part.argmax;
    let wins = masked_wins(plan, number, Party::P1, &argmax, &differences)?;
    let next = AwaitingWins {
        number,
        wins: wins.clone(),
        argmax,
    };
    Ok((
        ModelOwnerStage::Wins(next),
        Reply::Differences { differences, wins },
    ))
}

impl AwaitingWins {
    /// Takes the data owner's masked wins, a byte for each class. Gives the shares of the revealed
    /// classes.
    ///
    /// # Errors
    ///
    /// When there are not as many wins as classes.
    pub(crate) fn receive(self, plan: &Plan, wins: &[u8]) -> Result<Vec<u8>, Reason> {
        Ok(class_shares(
            plan,
            Party::P1,
            &self.argmax,
            [wins, &self.wins],
        )?)
    }
}
