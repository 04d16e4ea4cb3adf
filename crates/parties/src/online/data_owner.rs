//! The data owner's side of the evaluation of one image. Those of a batch are taken side by side.

use blindsight_model::plan::Plan;
use blindsight_mpc::{
    MpcError, Party,
    bundle::BundleNumber,
    ring::{SecretBytes, Word},
    with_ring,
};

use super::{
    class::{class_shares, masked_wins},
    ladder::{Ladder, Turned},
    scores::{logits, ranking},
};
use crate::{
    abort::Reason,
    bundle::{
        data_owner::{DataOwnerBundle, EndPart, HiddenPart},
        part::ArgmaxPart,
    },
    matrix::{plus, read, write},
};

/// What the data owner waits for.
pub(crate) enum DataOwnerStage {
    Opening(Box<AwaitingOpening>),
    Differences(AwaitingDifferences),
    Class(AwaitingClass),
    Scores(AwaitingScores),
}

/// Waits for an opening of a step.
pub(crate) struct AwaitingOpening {
    number: BundleNumber,
    pub(crate) step: usize,
    ladder: Ladder,
    /// `r` of the value that the step gives.
    next_mask: SecretBytes,
    rest: std::vec::IntoIter<HiddenPart>,
    end: EndPart,
}

/// What the data owner answers an opening with.
pub(crate) enum Answer {
    /// Its own turn in the pooling of the same step.
    Turn { turn: u32, message: Vec<u8> },
    /// The masked value that the step gives; in front of it the last opening, if that was the data
    /// owner's turn.
    Value(Vec<u8>),
}

/// Waits for the opened differences of logits and the model owner's masked wins.
pub(crate) struct AwaitingDifferences {
    number: BundleNumber,
    argmax: ArgmaxPart,
}

/// Waits for the model owner's share of the logits.
pub(crate) struct AwaitingScores {
    share: SecretBytes,
}

/// What the data owner learns.
pub(crate) struct Revealed {
    /// The classes, the largest logit first.
    pub(crate) ranking: Vec<usize>,
    /// The logits of all classes, where they are revealed.
    pub(crate) logits: Option<Vec<i64>>,
}

/// Waits for the model owner's shares of the revealed classes.
pub(crate) struct AwaitingClass {
    shares: Vec<u8>,
}

impl DataOwnerStage {
    /// Begins with a picture's pixels, as many as the plan's input has. The second result is the
    /// masked picture.
    pub(crate) fn begin(plan: &Plan, bundle: DataOwnerBundle, pixels: &[u8]) -> (Self, Vec<u8>) {
        let DataOwnerBundle {
            number,
            input_mask,
            hidden,
            end,
        } = bundle;
        let masked = with_ring!(plan.values()[0].ring, T => {
            let masks = read::<T>(&input_mask);
            let words = pixels.iter().zip(masks.iter());
            let words: Vec<T> = words.map(|(p, r)| T::from_u64((*p).into()).add(*r)).collect();
            write(&words)
        });
        (Self::after(plan, number, 0, hidden, end), masked)
    }

    /// What comes once the masked value that `step` needs last is sent.
    fn after(
        plan: &Plan,
        number: BundleNumber,
        step: usize,
        mut rest: std::vec::IntoIter<HiddenPart>,
        end: EndPart,
    ) -> Self {
        match rest.next() {
            Some(part) => Self::Opening(Box::new(AwaitingOpening {
                number,
                step,
                ladder: Ladder::new(plan, number, Party::P0, step, part.activation, &part.share),
                next_mask: part.next_mask,
                rest,
                end,
            })),
            None => match end {
                EndPart::Argmax(argmax) => {
                    Self::Differences(AwaitingDifferences { number, argmax })
                }
                EndPart::Scores(share) => Self::Scores(AwaitingScores { share }),
            },
        }
    }
}

impl AwaitingOpening {
    /// The turn of the opening that is to come.
    pub(crate) fn turn(&self) -> u32 {
        self.ladder.turn()
    }

    /// Takes an opening: the ring words of the turn.
    ///
    /// # Errors
    ///
    /// When the length or the keys do not fit.
    pub(crate) fn receive(
        mut self,
        plan: &Plan,
        opening: &[u8],
    ) -> Result<(DataOwnerStage, Answer), Reason> {
        let Turned { message, opened } = self.ladder.receive(plan, opening)?;
        let Some(opened) = opened else {
            // The own turn is one before the one that is waited for then.
            let turn = self.ladder.turn() - 1;
            let message = message.unwrap_or_default();
            let answer = Answer::Turn { turn, message };
            return Ok((DataOwnerStage::Opening(Box::new(self)), answer));
        };
        let mut answer = message.unwrap_or_default();
        answer.extend(with_ring!(plan.values()[self.step + 1].ring, T => {
            let x = self.ladder.finish::<T>(plan, &opened)?;
            write(&plus(&x, &read::<T>(&self.next_mask)))
        }));
        let next = self.step + 1;
        let stage = DataOwnerStage::after(plan, self.number, next, self.rest, self.end);
        Ok((stage, Answer::Value(answer)))
    }
}

impl AwaitingDifferences {
    /// Takes the opened differences (ring words of all pairs) and the model owner's masked wins (a
    /// byte for each class). Gives the data owner's masked wins.
    ///
    /// # Errors
    ///
    /// When the keys do not fit.
    pub(crate) fn receive(
        self,
        plan: &Plan,
        differences: &[u8],
        wins: &[u8],
    ) -> Result<(AwaitingClass, Vec<u8>), MpcError> {
        let own_wins = masked_wins(plan, self.number, Party::P0, &self.argmax, differences)?;
        let shares = class_shares(plan, Party::P0, &self.argmax, [&own_wins, wins])?;
        Ok((AwaitingClass { shares }, own_wins))
    }
}

impl AwaitingClass {
    /// How many classes are revealed.
    pub(crate) fn classes(&self) -> usize {
        self.shares.len()
    }

    /// Takes the model owner's shares, a byte each; `None` when they do not add up to classes.
    pub(crate) fn receive(self, plan: &Plan, shares: &[u8]) -> Option<Revealed> {
        let both = self.shares.iter().zip(shares);
        let ranking = both.map(|(own, theirs)| plan.classes().reveal(*own, *theirs));
        Some(Revealed {
            ranking: ranking.collect::<Option<_>>()?,
            logits: None,
        })
    }
}

impl AwaitingScores {
    /// Takes the model owner's share of the logits, as many words as there are classes.
    pub(crate) fn receive(self, plan: &Plan, share: &[u8]) -> Revealed {
        let logits = logits(plan, &self.share, share);
        Revealed {
            ranking: ranking(&logits),
            logits: Some(logits),
        }
    }
}
