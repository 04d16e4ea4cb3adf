//! The integer network in the clear: what the secure evaluation is compared against.

use blindsight_mpc::{
    ring::{Shares, Word},
    with_ring,
};
use ndarray::Array1;

use super::WrongPixels;
use crate::{
    fixed_point::IntegerNetwork,
    plan::{Activation, Plan, Pooling},
};

/// The logits of a picture, exactly: every sum fits by the plan's proof.
///
/// `pixels` are 8-bit values, channel by channel and row by row. An activation is a function of
/// `floor(y / 2^shift)`; a secure one may see one unit more, and pooling may take another element
/// that is less than `2^shift` smaller.
///
/// # Errors
///
/// When there are not as many pixels as the network takes.
pub fn logits(network: &IntegerNetwork, pixels: &[u8]) -> Result<Array1<i64>, WrongPixels> {
    let plan = network.plan();
    WrongPixels::check(plan.input(), pixels)?;
    let mut values: Vec<Vec<i64>> = vec![pixels.iter().map(|p| i64::from(*p)).collect()];
    for (step, hidden) in plan.hidden().iter().enumerate() {
        let y = affine(network, step, &values);
        values.push(activate(&hidden.activation, plan.pooling(step), y));
    }
    Ok(affine(network, plan.steps() - 1, &values).into())
}

/// The affine part of a step.
fn affine(network: &IntegerNetwork, step: usize, values: &[Vec<i64>]) -> Vec<i64> {
    let plan: &Plan = network.plan();
    with_ring!(plan.affine(step).ring, T => {
        let value = |k: usize| Some(values[k].iter().map(|x| T::from_i64(*x)).collect());
        let result = plan.run::<T>(step, &value, &mut |number, map, x| {
            let layer = &network.layers()[number];
            let product = layer.weights.apply_all(map, &[x]).pop()?;
            let words = product.iter().zip(&layer.bias);
            Some(words.map(|(y, b)| y.add(T::from_i64(*b))).collect())
        });
        // Every value is known here.
        result.map_or(Vec::new(), |words: Shares<T>| words.iter().map(|y| y.to_i64()).collect())
    })
}

fn activate(activation: &Activation, pooling: Option<&Pooling>, y: Vec<i64>) -> Vec<i64> {
    let y = match pooling {
        Some(Pooling { start, players }) => {
            let mut round = start.clone();
            let mut left: Shares<u64> = players.iter().map(|k| u64::from_i64(y[*k])).collect();
            for _ in 0..round.rounds() {
                // As many values as players in every round.
                let larger = |left: &[u64]| {
                    let differences = round.differences(left).ok()?;
                    let positive: Shares<u64> = differences
                        .iter()
                        .map(|d| u64::from_i64(d.to_i64().max(0)))
                        .collect();
                    round.winners(left, &positive).ok()
                };
                if let Some(winners) = larger(&left) {
                    left = winners;
                }
                round = round.next();
            }
            left.iter().map(|y| y.to_i64()).collect()
        }
        None => y,
    };
    let gate = |y: i64| activation.gate.of(y >> activation.shift);
    y.into_iter().map(gate).collect()
}

/// The index of the largest logit, the lower one of equals.
///
/// # Errors
///
/// As [`logits`].
pub fn classify(network: &IntegerNetwork, pixels: &[u8]) -> Result<usize, WrongPixels> {
    Ok(super::argmax(&logits(network, pixels)?))
}
