//! The evaluation of one picture by a compute party, as rounds of messages.
//!
//! What hides the numbers is made ahead ([`masks`]); then each step runs its affine map on shares,
//! which needs no message, and ends with a gate ([`gates`]). All parties run the same steps in the
//! same order, so that they draw the same randomness.

use std::sync::Arc;

use blindsight_model::{
    plan::{Arithmetic, Reveal},
    shamir::Scheme,
};
use blindsight_mpc::{
    MpcError,
    shamir::{
        Field, Products, Rounds, Shares, argmax, opening, product::apply_all, prss::Prss,
        reduction::reduce, shares::Sharing, sharing::Degree,
    },
};

use super::network::SharedNetwork;

mod gates;
pub(super) mod masks;

use gates::{finish, pool};
use masks::{Masks, StepMasks};

/// What a party sends the data owner.
pub(super) struct Outcome<F: Field>(pub(super) Shares<F>);

/// On which polynomials the outcome lies.
pub(super) fn outcome_degree(scheme: &Scheme) -> Degree {
    let plan = scheme.plan();
    let last = plan.steps() - 1;
    let weighted = plan.linears().iter().any(|linear| linear.step == last);
    match plan.output().reveal {
        Reveal::Scores if !weighted => Degree::Shares,
        // One comparison says all.
        Reveal::Ranking { .. } if plan.classes().count() == 2 => Degree::Shares,
        Reveal::Scores | Reveal::Ranking { .. } => Degree::Products,
    }
}

/// Elements of the outcome.
pub(super) fn outcome_elements(scheme: &Scheme) -> usize {
    match scheme.plan().output().reveal {
        Reveal::Ranking { top } => top.into(),
        Reveal::Scores => scheme.plan().classes().count(),
    }
}

/// What stays the same from picture to picture.
pub(super) struct Hosted<F: Field> {
    pub(super) scheme: Scheme,
    pub(super) network: SharedNetwork<F>,
}

/// Evaluates the network on shares of a picture.
///
/// # Errors
///
/// Of the rounds: a share that does not fit the others', a message of the wrong length.
pub(super) fn evaluate<F: Field>(
    hosted: Arc<Hosted<F>>,
    prss: &mut Prss,
    masks: Masks<F>,
    picture: Shares<F>,
) -> Result<Rounds<F, Outcome<F>>, MpcError> {
    let run = Run {
        hosted,
        masks,
        values: vec![picture],
    };
    step(run, prss)
}

/// An evaluation under way.
struct Run<F: Field> {
    hosted: Arc<Hosted<F>>,
    masks: Masks<F>,
    /// The values so far: the step that follows is of the number of the last one.
    values: Vec<Shares<F>>,
}

fn step<F: Field>(mut run: Run<F>, prss: &mut Prss) -> Result<Rounds<F, Outcome<F>>, MpcError> {
    let number = run.values.len() - 1;
    let result = affine(&run, number)?;
    let masks = run.masks.next_step();
    let scheme = &run.hosted.scheme;
    let Some(end) = scheme.finish(number) else {
        return output(&run, prss, result, masks);
    };
    let StepMasks { pool: pooled, gate } = masks;
    let pooling = scheme.plan().pooling(number);
    let result = pool(prss, pooling, result, pooled)?;
    let value = result.and_then(prss, move |prss, result| finish(prss, end, result, gate))?;
    value.and_then(prss, |prss, value| {
        run.values.push(value);
        step(run, prss)
    })
}

/// The class, the likeliest ones, or the scores, for the data owner.
fn output<F: Field>(
    run: &Run<F>,
    prss: &mut Prss,
    logits: Sharing<F>,
    masks: StepMasks<F>,
) -> Result<Rounds<F, Outcome<F>>, MpcError> {
    match run.hosted.scheme.plan().output().reveal {
        Reveal::Scores => {
            let (_, shares) = opening::for_client(prss, logits)?;
            Ok(Rounds::Done(Outcome(shares)))
        }
        Reveal::Ranking { top } => {
            let masks = masks.argmax()?;
            let logits = low_degree(prss, logits)?;
            let class = logits.and_then(prss, move |prss, logits| {
                argmax::argmax(prss, &logits, masks, top)
            })?;
            class.and_then(prss, |prss, class| {
                let (_, shares) = opening::for_client(prss, class)?;
                Ok(Rounds::Done(Outcome(shares)))
            })
        }
    }
}

/// Shares of degree `t`: one round, if they are none yet.
fn low_degree<F: Field>(
    prss: &mut Prss,
    sharing: Sharing<F>,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    match sharing {
        Sharing::Shares(shares) => Ok(Rounds::Done(shares)),
        Sharing::Products(products) => reduce(prss, &products),
    }
}

/// The arithmetic of a field.
struct InField<F>(std::marker::PhantomData<F>);

impl<F: Field> Arithmetic for InField<F> {
    type Element = F;
    type Vector = Shares<F>;

    fn add(a: F, b: F) -> F {
        a + b
    }

    fn times(a: F, factor: u32) -> F {
        a * F::from_u64(factor.into())
    }
}

/// The affine map of a step, on the party's own shares.
fn affine<F: Field>(run: &Run<F>, number: usize) -> Result<Sharing<F>, MpcError> {
    let plan = run.hosted.scheme.plan();
    let mut weighted = false;
    let mut failed = None;
    let value = |k: usize| run.values.get(k).map(Shares::duplicate);
    let result = plan.run_in::<InField<F>>(number, &value, &mut |number, map, x| {
        weighted = true;
        let layer = run.hosted.network.layer(number);
        let (weights, bias) = layer.map_err(|error| failed = Some(error)).ok()?;
        let product = apply_all(map, weights, &[x]).pop()?;
        let pairs = product.elements().iter().zip(bias.iter());
        Some(pairs.map(|(y, b)| *y + *b).collect())
    });
    // All values are known.
    let result = result.ok_or(failed.unwrap_or(MpcError::Exhausted))?;
    Ok(if weighted {
        Sharing::Products(Products::new(result.to_vec()))
    } else {
        Sharing::Shares(result)
    })
}
