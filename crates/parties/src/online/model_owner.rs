//! The model owner's side of one evaluation.

use blindsight_model::plan::{Activation, Plan};
use blindsight_mpc::{MpcError, Party, bundle::BundleNumber, with_ring};
use zeroize::Zeroizing;

use super::data_owner::{class_share, masked_wins};
use crate::{
    bundle::{
        Layout,
        deal::reduce,
        model_owner::{HiddenPart, ModelOwnerBundle, OutputPart},
        part::{ArgmaxPart, ReluPart},
    },
    hosting::Hosting,
    matrix::write,
};

/// What the model owner waits for.
pub(crate) enum ModelOwnerStage {
    Input(AwaitingInput),
    Wins(AwaitingWins),
}

/// Waits for the masked input of a step.
pub(crate) struct AwaitingInput {
    pub(crate) number: BundleNumber,
    pub(crate) step: usize,
    share: InputShare,
    hidden: std::vec::IntoIter<HiddenPart>,
    output: OutputPart,
}

/// The model owner's share of a step's input, or what it will be computed from: the opening is
/// sent first, so that both parties evaluate the activation at the same time.
enum InputShare {
    Known(Zeroizing<Vec<u8>>),
    Opened { opening: Vec<u8>, relu: ReluPart },
}

/// Waits for the data owner's masked wins.
pub(crate) struct AwaitingWins {
    pub(crate) number: BundleNumber,
    wins: Vec<u8>,
    argmax: ArgmaxPart,
}

/// What answers a masked input.
pub(crate) enum Reply {
    /// The opening of a hidden step.
    Opening(Vec<u8>),
    /// The opened differences of logits and the masked wins, of the last step.
    Differences { differences: Vec<u8>, wins: Vec<u8> },
}

impl AwaitingInput {
    /// Begins a bundle. The picture is the data owner's own input: the model owner's share is 0.
    pub(crate) fn begin(plan: &Plan, bundle: ModelOwnerBundle) -> Self {
        let first = plan.linear(0).unwrap_or(plan.output().linear);
        let bytes = first.map.inputs() * first.ring.bytes();
        Self {
            number: bundle.number,
            step: 0,
            share: InputShare::Known(Zeroizing::new(vec![0; bytes])),
            hidden: bundle.hidden,
            output: bundle.output,
        }
    }

    /// Computes the own share of the input, if that is still to do. To be called when the last
    /// reply is on its way; [`AwaitingInput::receive`] makes up for it.
    ///
    /// # Errors
    ///
    /// When the keys do not fit the opening.
    pub(crate) fn prepare(&mut self, plan: &Plan) -> Result<(), MpcError> {
        let InputShare::Opened { opening, relu } = &self.share else {
            return Ok(());
        };
        let Some((step, hidden)) = self
            .step
            .checked_sub(1)
            .and_then(|step| Some((step, plan.hidden().get(step)?)))
        else {
            return Ok(());
        };
        let layout = Layout::new(plan, self.number);
        let Activation::Relu { shift, width } = hidden.activation;
        let z_hat = with_ring!(hidden.linear.ring, T => reduce::<T>(opening, shift, width));
        let gate = layout.relu(step, hidden);
        let share = with_ring!(layout.next_ring(step), T => {
            write(&gate.evaluate::<T>(Party::P1, &relu.key, &relu.own, &z_hat)?)
        });
        self.share = InputShare::Known(Zeroizing::new(share));
        Ok(())
    }

    /// Takes the masked input: the ring words of all inputs of the step.
    ///
    /// # Errors
    ///
    /// When the keys do not fit.
    pub(crate) fn receive(
        mut self,
        hosting: &Hosting,
        masked: &[u8],
    ) -> Result<(ModelOwnerStage, Reply), MpcError> {
        let plan = hosting.plan();
        self.prepare(plan)?;
        let x_m = match &self.share {
            InputShare::Known(share) => share.as_slice(),
            InputShare::Opened { .. } => &[],
        };
        let weights = hosting.weights(self.step);
        if let Some(HiddenPart { offset, relu }) = self.hidden.next() {
            let opening = weights.model_owner_share(masked, x_m, &offset);
            let reply = Reply::Opening(opening.clone());
            self.share = InputShare::Opened { opening, relu };
            self.step += 1;
            return Ok((ModelOwnerStage::Input(self), reply));
        }
        let logits = weights.model_owner_share(masked, x_m, &self.output.offset);
        let differences = self.output.differences(plan, &Zeroizing::new(logits))?;
        let argmax = self.output.argmax;
        let wins = masked_wins(plan, self.number, Party::P1, &argmax, &differences)?;
        let next = AwaitingWins {
            number: self.number,
            wins: wins.clone(),
            argmax,
        };
        Ok((
            ModelOwnerStage::Wins(next),
            Reply::Differences { differences, wins },
        ))
    }
}

impl AwaitingWins {
    /// Takes the data owner's masked wins, a byte for each class. Gives the share of the class.
    ///
    /// # Errors
    ///
    /// When there are not as many wins as classes.
    pub(crate) fn receive(self, plan: &Plan, wins: &[u8]) -> Result<u8, MpcError> {
        class_share(plan, Party::P1, &self.argmax, [wins, &self.wins])
    }
}
