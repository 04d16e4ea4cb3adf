//! What ends a step: pooling, then a function of each element.

use blindsight_model::{plan::Pooling, shamir::Finish};
use blindsight_mpc::{
    MpcError,
    shamir::{
        Field, Products, Rounds, Shares,
        comparison::{self, Compared, compare},
        legendre,
        mask::open_masked,
        multiplication::multiply,
        prss::Prss,
        reduction::reduce,
        shares::Sharing,
    },
    tournament::Tournament,
};

use super::{
    low_degree,
    masks::{Mask, comparison as comparison_masks},
};

/// The largest element of each window, at full precision; what came in, where there are none.
pub(super) fn pool<F: Field>(
    prss: &mut Prss,
    pooling: Option<&Pooling>,
    result: Sharing<F>,
    masks: Vec<Mask<F>>,
) -> Result<Rounds<F, Sharing<F>>, MpcError> {
    let Some(Pooling { start, players }) = pooling else {
        return Ok(Rounds::Done(result));
    };
    let (start, players) = (start.clone(), players.clone());
    let shares = low_degree(prss, result)?;
    shares.and_then(prss, move |prss, shares| {
        let element = |k: &usize| shares.get(*k).copied().unwrap_or_default();
        let left: Shares<F> = players.iter().map(element).collect();
        let winners = play(prss, start, left, masks.into_iter())?;
        winners.map(prss, |winners| Ok(Sharing::Shares(winners)))
    })
}

/// Plays until one is left in every window: of a pair, `b + (a - b) [a >= b]`.
fn play<F: Field>(
    prss: &mut Prss,
    round: Tournament,
    left: Shares<F>,
    mut masks: std::vec::IntoIter<Mask<F>>,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    if round.rounds() == 0 {
        return Ok(Rounds::Done(left));
    }
    let mask = comparison_masks(masks.next())?;
    let differences: Shares<F> = round.differences_in(&left, |a, b| a - b)?;
    let compared = compare(prss, differences.duplicate(), mask)?;
    let selected = compared.and_then(prss, move |prss, compared| {
        multiply(prss, &differences, &compared.at_least_zero)
    })?;
    selected.and_then(prss, move |prss, selected| {
        let winners = round.winners_in(&left, &selected, |b, s| b + s)?;
        play(prss, round.next(), winners, masks)
    })
}

/// The function that ends a step.
pub(super) fn finish<F: Field>(
    prss: &mut Prss,
    end: Finish,
    result: Sharing<F>,
    masks: Vec<Mask<F>>,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    let mut masks = masks.into_iter();
    match end {
        Finish::Nothing => low_degree(prss, result),
        Finish::Sign { .. } => comparison::sign(prss, result, comparison_masks(masks.next())?),
        Finish::Legendre(_) => {
            let Some(Mask::Legendre(mask)) = masks.next() else {
                return Err(MpcError::Exhausted);
            };
            let shares = low_degree(prss, result)?;
            shares.and_then(prss, |prss, shares| legendre::sign(prss, &shares, mask))
        }
        Finish::Truncate { shift, .. } => {
            let mask = match masks.next() {
                Some(Mask::Truncate(mask)) => mask,
                other => {
                    let compared = compare(prss, result, comparison_masks(other)?)?;
                    return compared.map(prss, move |compared| compared.truncated(shift));
                }
            };
            let masked = open_masked(prss, result, mask)?;
            masked.map(prss, move |masked| masked.truncated(shift))
        }
        Finish::Rectify {
            shift,
            slope: (0, 0),
            ..
        } => comparison::relu(prss, result, comparison_masks(masks.next())?, shift),
        Finish::Rectify { shift, slope, .. } => {
            let compared = compare(prss, result, comparison_masks(masks.next())?)?;
            compared.and_then(prss, move |prss, compared| {
                leaky(prss, &compared, shift, slope)
            })
        }
        Finish::Clip { shift, high, .. } => {
            let (low, top) = (
                comparison_masks(masks.next())?,
                comparison_masks(masks.next())?,
            );
            let limit = F::from_u64(high) * F::from_u64(1 << shift);
            let lowered = result.add(&vec![-limit; result.len()])?;
            let both = compare(prss, result, low)?.beside(compare(prss, lowered, top)?);
            both.and_then(prss, move |prss, (low, top)| {
                clipped(prss, &low, &top.at_least_zero, shift, F::from_u64(high))
            })
        }
    }
}

/// `a z + (2^k - a) z [z >= 0]`, with `k` fractional bits more.
fn leaky<F: Field>(
    prss: &mut Prss,
    compared: &Compared<F>,
    shift: u32,
    (slope, bits): (u32, u32),
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    let slope = F::from_u64(slope.into());
    let rest = F::from_u64(1 << bits) - slope;
    let z = compared.truncated(shift)?;
    let positive = z.mul(&compared.at_least_zero)?;
    let sloped = z.map(|z| z * slope);
    reduce(prss, &positive.map(|product| product * rest).add(&sloped)?)
}

/// `z [z >= 0] - (z - high) [z >= high]`.
fn clipped<F: Field>(
    prss: &mut Prss,
    low: &Compared<F>,
    top: &Shares<F>,
    shift: u32,
    high: F,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    let z = low.truncated(shift)?;
    let (from_zero, above) = (z.mul(&low.at_least_zero)?, z.map(|z| z - high).mul(top)?);
    let pairs = from_zero.elements().iter().zip(above.elements());
    reduce(prss, &Products::new(pairs.map(|(a, b)| *a - *b).collect()))
}
