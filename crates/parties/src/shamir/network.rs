//! A party's shares of a network, as they come in parcels from the model owner.
//!
//! All weights and biases stand one behind the other, map by map: first the weights, row by row, then
//! the biases. A parcel is a piece of that list. Each is shared by itself, so that neither end holds
//! more than a few of them beside the shares themselves.

use blindsight_model::{fixed_point::IntegerNetwork, plan::Plan};
use blindsight_mpc::{
    MpcError,
    seed::Seed,
    shamir::{Committee, Field, Party, Shares, sharing::ClientShares},
};
use ndarray::ArrayView2;
use zeroize::Zeroizing;

use crate::abort::Reason;

/// Elements in a parcel, but for the last one.
pub(super) const PARCEL: usize = 1 << 17;

/// Elements of all weights and biases.
pub(super) fn elements(plan: &Plan) -> usize {
    let linears = plan.linears().iter();
    linears
        .map(|linear| linear.weights() + linear.outputs)
        .sum()
}

/// How many parcels there are.
pub(super) fn parcels(plan: &Plan) -> usize {
    elements(plan).div_ceil(PARCEL)
}

/// Elements of a parcel.
pub(super) fn parcel_elements(plan: &Plan, parcel: usize) -> usize {
    elements(plan).saturating_sub(parcel * PARCEL).min(PARCEL)
}

/// Bytes of what a client sends a party of `count` elements.
pub(super) fn client_bytes(committee: Committee, party: Party, count: usize) -> usize {
    if ClientShares::<blindsight_mpc::shamir::field::Mersenne61>::is_seed(committee, party) {
        Seed::BYTES
    } else {
        // All fields have elements of as many bytes.
        count * <blindsight_mpc::shamir::field::Mersenne61 as Field>::BYTES
    }
}

/// What a client sends, as bytes.
pub(super) fn write_client<F: Field>(shares: &ClientShares<F>) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::new());
    match shares {
        ClientShares::Seed(seed) => bytes.extend_from_slice(seed.as_bytes()),
        ClientShares::Shares(shares) => F::write(shares, &mut bytes),
    }
    bytes
}

/// The shares that a client sent, `count` of them.
pub(super) fn read_client<F: Field>(
    committee: Committee,
    party: Party,
    count: usize,
    body: &[u8],
) -> Result<Shares<F>, Reason> {
    if body.len() != client_bytes(committee, party, count) {
        return Err(Reason::WrongLength);
    }
    let shares = if ClientShares::<F>::is_seed(committee, party) {
        let bytes = Zeroizing::new(<[u8; Seed::BYTES]>::try_from(body).unwrap_or_default());
        ClientShares::Seed(Seed::from_bytes(*bytes))
    } else {
        ClientShares::Shares(Shares::new(F::read(body)?))
    };
    Ok(shares.shares(count)?)
}

/// The integers of a parcel, as elements.
pub(super) fn parcel<F: Field>(network: &IntegerNetwork, number: usize) -> Zeroizing<Vec<F>> {
    let (mut skipped, mut wanted) = (number * PARCEL, PARCEL);
    let mut elements = Zeroizing::new(Vec::with_capacity(PARCEL));
    let linears = network.plan().linears().iter();
    for (linear, layer) in linears.zip(network.layers()) {
        let weights = linear.weights();
        let here = take(&mut skipped, &mut wanted, weights);
        layer
            .weights
            .each(here, |w| elements.push(F::from_i64(w.into())));
        let here = take(&mut skipped, &mut wanted, linear.outputs);
        let biases = layer.bias.iter().skip(here.start).take(here.len());
        elements.extend(biases.map(|b| F::from_i64(*b)));
    }
    elements
}

/// What of a list of so many elements lies in a piece.
fn take(skipped: &mut usize, wanted: &mut usize, length: usize) -> std::ops::Range<usize> {
    let start = length.min(*skipped);
    let end = length.min(start + *wanted);
    *skipped -= start;
    *wanted -= end - start;
    start..end
}

/// Shares of a network that are still coming.
pub(super) struct Arriving<F: Field> {
    parcels: Vec<Shares<F>>,
}

/// A party's shares of a network.
pub(super) struct SharedNetwork<F: Field> {
    layers: Vec<Layer<F>>,
}

struct Layer<F: Field> {
    weights: Shares<F>,
    shape: (usize, usize),
    bias: Shares<F>,
}

impl<F: Field> Arriving<F> {
    pub(super) fn new() -> Self {
        let parcels = Vec::new();
        Self { parcels }
    }

    /// How many parcels have come.
    pub(super) fn done(&self) -> usize {
        self.parcels.len()
    }

    /// The next parcel.
    pub(super) fn take(
        &mut self,
        plan: &Plan,
        committee: Committee,
        party: Party,
        number: u32,
        body: &[u8],
    ) -> Result<(), Reason> {
        let next = self.parcels.len();
        if number as usize != next || next >= parcels(plan) {
            return Err(Reason::OutOfOrder);
        }
        let count = parcel_elements(plan, next);
        self.parcels
            .push(read_client(committee, party, count, body)?);
        Ok(())
    }

    /// The network, once all parcels are here.
    pub(super) fn complete(self, plan: &Plan) -> Option<SharedNetwork<F>> {
        if self.parcels.len() != parcels(plan) {
            return None;
        }
        let mut parcels = self.parcels.into_iter();
        let mut rest = Rest {
            parcel: Shares::default(),
            used: 0,
        };
        let mut next = |count: usize| {
            // As long as it will be: nothing is left behind where it would have to grow.
            let mut list = Vec::with_capacity(count);
            while list.len() < count {
                if rest.used == rest.parcel.len() {
                    rest.parcel = parcels.next()?;
                    rest.used = 0;
                }
                let here = (count - list.len()).min(rest.parcel.len() - rest.used);
                list.extend_from_slice(&rest.parcel[rest.used..rest.used + here]);
                rest.used += here;
            }
            Some(Shares::new(list))
        };
        let layer = |linear: &blindsight_model::plan::Linear| {
            Some(Layer {
                weights: next(linear.weights())?,
                shape: linear.map.weights(),
                bias: next(linear.outputs)?,
            })
        };
        let layers: Option<Vec<_>> = plan.linears().iter().map(layer).collect();
        layers.map(|layers| SharedNetwork { layers })
    }
}

/// The parcel that is being laid out.
struct Rest<F: Field> {
    parcel: Shares<F>,
    used: usize,
}

impl<F: Field> SharedNetwork<F> {
    /// The weights and biases of a linear map.
    pub(super) fn layer(&self, number: usize) -> Result<(ArrayView2<'_, F>, &Shares<F>), MpcError> {
        let layer = &self.layers[number];
        let (rows, columns) = layer.shape;
        let view = ArrayView2::from_shape(layer.shape, &layer.weights);
        let view = view.map_err(|_| MpcError::Length {
            what: "the weights",
            expected: rows * columns,
            found: layer.weights.len(),
        })?;
        Ok((view, &layer.bias))
    }
}
