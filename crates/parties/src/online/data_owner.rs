//! The data owner's side of one evaluation.

use blindsight_model::plan::{Activation, Hidden, Plan, Reveal};
use blindsight_mpc::{MpcError, Party, bundle::BundleNumber, ring::Word, with_ring};

use crate::{
    bundle::{
        Layout,
        data_owner::{DataOwnerBundle, HiddenPart},
        deal::reduce,
        part::ArgmaxPart,
    },
    matrix::write,
};

/// What the data owner waits for.
pub(crate) enum DataOwnerStage {
    Opening(AwaitingOpening),
    Differences(AwaitingDifferences),
    Class(AwaitingClass),
}

/// Waits for the opening of a step.
pub(crate) struct AwaitingOpening {
    number: BundleNumber,
    pub(crate) step: usize,
    hidden: Hidden,
    part: HiddenPart,
    rest: std::vec::IntoIter<HiddenPart>,
    argmax: ArgmaxPart,
}

/// Waits for the opened differences of logits and the model owner's masked wins.
pub(crate) struct AwaitingDifferences {
    number: BundleNumber,
    argmax: ArgmaxPart,
}

/// Waits for the model owner's share of the class.
pub(crate) struct AwaitingClass {
    number: BundleNumber,
    share: u8,
}

impl DataOwnerStage {
    /// The bundle that is being spent.
    pub(crate) fn number(&self) -> BundleNumber {
        match self {
            Self::Opening(stage) => stage.number,
            Self::Differences(stage) => stage.number,
            Self::Class(stage) => stage.number,
        }
    }

    /// Begins with a picture's pixels, as many as the plan's input has. The second result is the
    /// masked input of the first step.
    pub(crate) fn begin(plan: &Plan, bundle: DataOwnerBundle, pixels: &[u8]) -> (Self, Vec<u8>) {
        let DataOwnerBundle {
            number,
            input_mask,
            hidden,
            argmax,
        } = bundle;
        let ring = plan.linear(0).unwrap_or(plan.output().linear).ring;
        let masked = with_ring!(ring, T => {
            let masks = crate::matrix::read::<T>(&input_mask);
            let words = pixels.iter().zip(masks.iter());
            let words: Vec<T> = words.map(|(p, r)| T::from_u64((*p).into()).add(*r)).collect();
            write(&words)
        });
        (Self::after(plan, number, 0, hidden, argmax), masked)
    }

    /// What comes once the masked input of `step` is sent.
    fn after(
        plan: &Plan,
        number: BundleNumber,
        step: usize,
        mut rest: std::vec::IntoIter<HiddenPart>,
        argmax: ArgmaxPart,
    ) -> Self {
        match (plan.hidden().get(step), rest.next()) {
            (Some(hidden), Some(part)) => Self::Opening(AwaitingOpening {
                number,
                step,
                hidden: *hidden,
                part,
                rest,
                argmax,
            }),
            _ => Self::Differences(AwaitingDifferences { number, argmax }),
        }
    }
}

impl AwaitingOpening {
    /// Takes the opening: the ring words of all outputs of the step. Gives the masked input of the
    /// next step.
    ///
    /// # Errors
    ///
    /// When the keys do not fit the opening.
    pub(crate) fn receive(
        self,
        plan: &Plan,
        opening: &[u8],
    ) -> Result<(DataOwnerStage, Vec<u8>), MpcError> {
        let layout = Layout::new(plan, self.number);
        let Activation::Relu { shift, width } = self.hidden.activation;
        let ring = self.hidden.linear.ring;
        let z_hat = with_ring!(ring, T => reduce::<T>(opening, shift, width));
        let gate = layout.relu(self.step, &self.hidden);
        let HiddenPart { relu, next_mask } = self.part;
        let masked = with_ring!(layout.next_ring(self.step), T => {
            let x = gate.evaluate::<T>(Party::P0, &relu.key, &relu.own, &z_hat)?;
            let masks = crate::matrix::read::<T>(&next_mask);
            let words: Vec<T> = x.iter().zip(masks.iter()).map(|(x, r)| x.add(*r)).collect();
            write(&words)
        });
        let next = self.step + 1;
        let stage = DataOwnerStage::after(plan, self.number, next, self.rest, self.argmax);
        Ok((stage, masked))
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
        let share = class_share(plan, Party::P0, &self.argmax, [&own_wins, wins])?;
        let next = AwaitingClass {
            number: self.number,
            share,
        };
        Ok((next, own_wins))
    }
}

impl AwaitingClass {
    /// Takes the model owner's share. `None` when the shares do not add up to a class.
    pub(crate) fn receive(self, plan: &Plan, share: u8) -> Option<usize> {
        plan.classes().reveal(self.share, share)
    }
}

/// Either party's masked wins from the opened differences.
pub(super) fn masked_wins(
    plan: &Plan,
    number: BundleNumber,
    party: Party,
    part: &ArgmaxPart,
    differences: &[u8],
) -> Result<Vec<u8>, MpcError> {
    let Reveal::Class { width } = plan.output().reveal;
    let z_hat = with_ring!(plan.output().linear.ring, T => reduce::<T>(differences, 0, width));
    let (gate, _) = Layout::new(plan, number).argmax();
    let at_least = gate.evaluate::<u8>(party, &part.key, &part.own, &z_hat)?;
    plan.classes().masked_wins(party, &at_least, &part.win_mask)
}

/// Either party's share of the class from both parties' masked wins.
pub(super) fn class_share(
    plan: &Plan,
    party: Party,
    part: &ArgmaxPart,
    wins: [&[u8]; 2],
) -> Result<u8, MpcError> {
    plan.classes()
        .class_share(party, &part.table, &part.corrections, wins)
}
