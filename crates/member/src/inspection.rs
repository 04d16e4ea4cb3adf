//! What a network is and costs, for its owner to see before it is hosted.

use std::sync::Arc;

use blindsight_model::{
    fixed_point::IntegerNetwork,
    network::{Layer, Network},
    plan::Plan,
    shamir::Scheme,
};
use blindsight_parties::{Rehearsal, RehearsalError};
use rand_core::CryptoRng;
use serde::Serialize;

use crate::PlanView;

/// A network as its owner sees it: the public plan, and what the owner alone knows of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// What the model owner calls it.
    pub name: String,
    /// The picture that it takes.
    pub input: String,
    /// Classes that it tells apart.
    pub classes: usize,
    /// Weights and biases, as they stand in the file after folding.
    pub parameters: usize,
    /// Steps, from 1, that need the ring of 64 bits.
    pub wide_steps: Vec<usize>,
    /// Steps, from 1, that were integers before and lose nothing.
    pub exact_steps: Vec<usize>,
    /// How overflow was ruled out, in a sentence or two.
    pub proof: String,
    /// The public plan and its cost.
    pub plan: PlanView,
    /// Computing of all roles together for a picture, here and now, in milliseconds; nothing among
    /// compute parties, where it was not tried.
    pub online_ms: Option<f64>,
}

impl Inspection {
    /// Looks at a network in both its forms, and has a few random pictures classified to see how
    /// long that takes. `now` tells the time in milliseconds.
    ///
    /// # Errors
    ///
    /// When the network cannot be hosted.
    pub fn new(
        network: &Network,
        integers: &Arc<IntegerNetwork>,
        rng: impl CryptoRng,
        now: impl Fn() -> f64,
    ) -> Result<Self, RehearsalError> {
        let mut rehearsal = Rehearsal::open(integers, &network.name, &network.labels, 1, rng)?;
        let online_ms = rehearsal.online_ms(now)?;
        let plan = integers.plan();
        let wide = steps(plan, |step| plan.affine(step).ring.bits() == 64);
        let exact = steps(plan, |step| integers.is_exact(step));
        let proof = proof(&wide, &exact, plan.steps());
        let view = PlanView::from(plan);
        let online_ms = Some(online_ms);
        Ok(Self::of(
            network,
            (plan, view),
            (wide, exact),
            (proof, online_ms),
        ))
    }

    /// Looks at a network as compute parties evaluate it.
    pub fn shared(network: &Network, integers: &IntegerNetwork, scheme: &Scheme) -> Self {
        let plan = integers.plan();
        let exact = steps(plan, |step| integers.is_exact(step));
        let proof = shared_proof(&exact, plan.steps());
        let view = PlanView::from(scheme);
        Self::of(network, (plan, view), (Vec::new(), exact), (proof, None))
    }

    fn of(
        network: &Network,
        (plan, view): (&Plan, PlanView),
        (wide_steps, exact_steps): (Vec<usize>, Vec<usize>),
        (proof, online_ms): (String, Option<f64>),
    ) -> Self {
        Self {
            name: network.name.clone(),
            input: plan.input().to_string(),
            classes: plan.classes().count(),
            parameters: parameters(network),
            wide_steps,
            exact_steps,
            proof,
            plan: view,
            online_ms,
        }
    }
}

/// The steps of a plan, from 1, of which something holds.
fn steps(plan: &Plan, holds: impl Fn(usize) -> bool) -> Vec<usize> {
    let all = (0..plan.steps()).filter(|step| holds(*step));
    all.map(|step| step + 1).collect()
}

fn parameters(network: &Network) -> usize {
    let layers = network.nodes.iter().map(|node| match &node.layer {
        Layer::FullyConnected(layer) => layer.weights.len() + layer.bias.len(),
        Layer::Convolution(layer) => layer.weights.len() + layer.bias.len(),
        _ => 0,
    });
    layers.sum()
}

/// Each sentence stands here in one piece, so that it can be translated.
fn proof(wide: &[usize], exact: &[usize], steps: usize) -> String {
    let wide = match Steps::of(wide, steps) {
        Steps::None => "no step needs the ring of 64 bits".to_owned(),
        Steps::One(step) => format!("step {step} needs the ring of 64 bits"),
        Steps::Some(steps) => format!("steps {steps} need the ring of 64 bits"),
        Steps::All => "all steps need the ring of 64 bits".to_owned(),
    };
    let exact = rounding(exact, steps);
    format!(
        "No sum can overflow: proved by interval arithmetic over all pictures; {wide}. {exact}."
    )
}

/// The same among compute parties, who have one field for all steps.
fn shared_proof(exact: &[usize], steps: usize) -> String {
    let exact = rounding(exact, steps);
    format!("No sum can leave the field: proved by interval arithmetic over all pictures. {exact}.")
}

fn rounding(exact: &[usize], steps: usize) -> String {
    match Steps::of(exact, steps) {
        Steps::None => "The weights of all steps are rounded".to_owned(),
        Steps::One(step) => format!(
            "As to rounding, step {step} is of exact integers, and the weights of the others are \
             rounded"
        ),
        Steps::Some(steps) => format!(
            "As to rounding, steps {steps} are of exact integers, and the weights of the others \
             are rounded"
        ),
        Steps::All => "As to rounding, all steps are of exact integers".to_owned(),
    }
}

/// Which steps of a network something is said of.
enum Steps {
    None,
    One(usize),
    /// Several in words: "1, 2 and 5".
    Some(String),
    All,
}

impl Steps {
    fn of(which: &[usize], steps: usize) -> Self {
        match which {
            all if all.len() == steps => Self::All,
            [] => Self::None,
            [step] => Self::One(*step),
            [others @ .., last] => {
                let others: Vec<String> = others.iter().map(ToString::to_string).collect();
                Self::Some(format!("{} and {last}", others.join(", ")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proof_names_the_steps() {
        let text = proof(&[], &[], 3);
        assert!(text.contains("no step needs the ring of 64 bits"), "{text}");
        assert!(text.contains("all steps are rounded"), "{text}");
        let text = proof(&[2], &[1, 2, 4], 4);
        assert!(text.contains("step 2 needs the ring of 64 bits"), "{text}");
        assert!(text.contains("steps 1, 2 and 4 are of exact"), "{text}");
        assert!(text.contains("others are rounded"), "{text}");
        let text = proof(&[1], &[1], 1);
        assert!(text.contains("all steps need the ring"), "{text}");
        assert!(!text.contains("rounded"), "{text}");
        let text = shared_proof(&[1], 2);
        assert!(
            text.contains("field") && text.contains("step 1 is of exact"),
            "{text}"
        );
    }
}
