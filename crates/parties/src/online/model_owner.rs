//! The model owner's side of the evaluation of a batch.
//!
//! The pictures of a batch are evaluated in lockstep, so that a linear map reads its weights once for
//! all of them.

use std::collections::VecDeque;

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
    party::split,
};

/// What the model owner waits for, picture by picture.
pub(crate) enum ModelOwnerStage {
    Value(Vec<AwaitingValue>),
    Wins(Vec<AwaitingWins>),
    /// Nothing more: the data owner has its result.
    Done,
}

/// Waits for the masked value that a step needs, or for a turn in the pooling before it.
pub(crate) struct AwaitingValue {
    number: BundleNumber,
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
    wins: Vec<u8>,
    argmax: ArgmaxPart,
}

/// What answers the masked values of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// The first turn of a hidden step.
    Opening,
    /// The opened differences of logits and the masked wins, of the last step.
    Differences,
    /// The share of the logits, of the last step.
    Scores,
}

/// A picture's next stage, and its part of the reply.
enum Answered {
    Opening(Box<AwaitingValue>, Vec<u8>),
    Differences(AwaitingWins, [Vec<u8>; 2]),
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

    /// Takes the data owner's turn in a pooling; gives the message of the own turn, which is the next.
    ///
    /// # Errors
    ///
    /// When the length or the keys do not fit, or it is not the data owner's turn.
    pub(crate) fn climb(mut self, plan: &Plan, message: &[u8]) -> Result<(Self, Vec<u8>), Reason> {
        let Share::Climbing(mut ladder) = self.share else {
            return Err(Reason::OutOfOrder);
        };
        let turned = ladder.receive(plan, message)?;
        let message = turned.message.ok_or(Reason::OutOfOrder)?;
        self.share = match turned.opened {
            Some(opened) => Share::Opened { opened, ladder },
            None => Share::Climbing(ladder),
        };
        Ok((self, message))
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
    fn take(&mut self, plan: &Plan, mut masked: &[u8]) -> Result<(), Reason> {
        if let Some(bytes) = self.opening_in_front(plan) {
            let opening = take(&mut masked, bytes, "the last opening")?;
            let share = std::mem::replace(&mut self.share, Share::Known(SecretBytes::default()));
            let Share::Climbing(mut ladder) = share else {
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
        Ok(())
    }

    /// A value that the step's affine map takes.
    fn value<T: Word>(&self, plan: &Plan, k: usize) -> Option<Shares<T>> {
        Some(reduced::<T>(plan.values()[k].ring, self.values.get(k)?))
    }

    /// Goes on with the own share of the step's result.
    fn answer<T: Word>(mut self, plan: &Plan, result: &[T]) -> Result<Answered, Reason> {
        match self.hidden.next() {
            Some(part) => {
                let opened = write(&plus(result, &read::<T>(&part.opening)));
                let (number, step) = (self.number, self.step);
                let share = keep(result);
                let mut ladder =
                    Ladder::new(plan, number, Party::P1, step, part.activation, &share);
                let turned = ladder.start(plan, opened)?;
                self.step += 1;
                self.share = match turned.opened {
                    Some(opened) => Share::Opened { opened, ladder },
                    None => Share::Climbing(ladder),
                };
                Ok(Answered::Opening(
                    Box::new(self),
                    turned.message.unwrap_or_default(),
                ))
            }
            None => match self.output {
                OutputPart::Compare(part) => compare(plan, self.number, part, result),
                OutputPart::Scores => Ok(Answered::Scores(write(result))),
            },
        }
    }
}

/// Takes the masked values of a batch whose pictures wait at the same step, each as long as
/// [`AwaitingValue::value_bytes`], one after the other. The second result is the body of the reply.
///
/// # Errors
///
/// When lengths or keys do not fit, or a pooling is not at its end.
pub(crate) fn receive_values(
    mut batch: Vec<AwaitingValue>,
    hosting: &Hosting,
    masked: &[u8],
) -> Result<(ModelOwnerStage, Reply, Vec<u8>), Reason> {
    let plan = hosting.plan();
    let parts = split(masked, batch.len())?;
    for (stage, masked) in batch.iter_mut().zip(parts) {
        stage.take(plan, masked)?;
    }
    let step = batch.first().ok_or(Reason::Internal)?.step;
    let answered = with_ring!(plan.affine(step).ring, T => {
        let results = results::<T>(hosting, step, &batch)?;
        let each = batch.into_iter().zip(&results);
        each.map(|(stage, result)| stage.answer(plan, result)).collect::<Result<Vec<_>, _>>()?
    });
    let (mut values, mut wins, mut body) = (Vec::new(), Vec::new(), Vec::new());
    let mut reply = Reply::Scores;
    for answered in answered {
        match answered {
            Answered::Opening(stage, opening) => {
                reply = Reply::Opening;
                body.extend(opening);
                values.push(*stage);
            }
            Answered::Differences(stage, parts) => {
                reply = Reply::Differences;
                body.extend(parts.concat());
                wins.push(stage);
            }
            Answered::Scores(share) => body.extend(share),
        }
    }
    let next = match reply {
        Reply::Opening => ModelOwnerStage::Value(values),
        Reply::Differences => ModelOwnerStage::Wins(wins),
        Reply::Scores => ModelOwnerStage::Done,
    };
    Ok((next, reply, body))
}

/// The own shares of a step's result, picture by picture.
///
/// What goes into the linear maps of a step does not depend on each other, so it is computed first,
/// then the products for all pictures at once.
fn results<T: Word>(
    hosting: &Hosting,
    step: usize,
    batch: &[AwaitingValue],
) -> Result<Vec<Shares<T>>, Reason> {
    let plan = hosting.plan();
    // For each picture and linear map of the step: its number, and what goes in.
    let inputs = batch.iter().map(|stage| {
        let mut inputs = Vec::new();
        let value = |k: usize| stage.value::<T>(plan, k);
        plan.run::<T>(step, &value, &mut |number, map, x| {
            inputs.push((number, *map, Shares::new(x.to_vec())));
            None
        });
        inputs
    });
    let inputs: Vec<Vec<_>> = inputs.collect();
    let mut products: Vec<VecDeque<Shares<T>>> = batch.iter().map(|_| VecDeque::new()).collect();
    for (place, (number, map, _)) in inputs.first().into_iter().flatten().enumerate() {
        let layer = hosting
            .network()
            .layers()
            .get(*number)
            .ok_or(Reason::Internal)?;
        let xs = inputs
            .iter()
            .map(|maps| maps.get(place).map(|(_, _, x)| &x[..]));
        let xs: Vec<&[T]> = xs.collect::<Option<_>>().ok_or(Reason::Internal)?;
        let of_map = layer.weights.apply_all(map, &xs);
        for (products, product) in products.iter_mut().zip(of_map) {
            products.push_back(product);
        }
    }
    let results = batch.iter().zip(products).map(|(stage, mut products)| {
        let value = |k: usize| stage.value::<T>(plan, k);
        let result = plan.run::<T>(step, &value, &mut |number, _, _| {
            let offset = read::<T>(stage.offsets.get(number)?);
            Some(model_owner_share(&products.pop_front()?, &offset))
        });
        result.ok_or(Reason::OutOfOrder)
    });
    results.collect()
}

/// Opens the differences of logits.
fn compare<T: Word>(
    plan: &Plan,
    number: BundleNumber,
    part: ComparePart,
    logits: &[T],
) -> Result<Answered, Reason> {
    let differences = part.differences(plan, logits)?;
    let argmax = part.argmax;
    let wins = masked_wins(plan, number, Party::P1, &argmax, &differences)?;
    let next = AwaitingWins {
        wins: wins.clone(),
        argmax,
    };
    Ok(Answered::Differences(next, [differences, wins]))
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
