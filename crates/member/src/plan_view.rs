//! A plan as a page or a program shows it.

use blindsight_model::plan::{Activation, LinearMap, Plan, Reveal};
use blindsight_parties::Cost;
use serde::Serialize;

/// What a network is and costs, in plain fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanView {
    /// The linear steps, in order.
    pub layers: Vec<LayerView>,
    /// Round trips of one image.
    pub round_trips: u32,
    /// Bytes of one image online, both ways.
    pub online_bytes: u64,
    /// Bytes of one image offline, at the data owner.
    pub offline_bytes: u64,
    /// Bytes of the masked weights, once for each data owner.
    pub hosting_bytes: u64,
    /// The start of the plan's hash.
    pub hash: String,
}

/// One linear step with its activation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LayerView {
    /// What kind of linear map.
    pub kind: &'static str,
    /// Values that enter.
    pub inputs: usize,
    /// Values that leave.
    pub outputs: usize,
    /// Bits of the ring.
    pub ring: u32,
    /// What follows.
    pub activation: &'static str,
    /// Bits that are compared.
    pub width: u32,
}

impl From<&Plan> for PlanView {
    fn from(plan: &Plan) -> Self {
        // Every plan has a cost; zeros would show that one had none.
        let cost = Cost::declared(plan).unwrap_or(Cost {
            hosting_bytes: 0,
            data_owner_offline_bytes: 0,
            model_owner_offline_bytes: 0,
            online_bytes: 0,
            round_trips: 0,
        });
        let activations = plan.hidden().iter().map(|hidden| match hidden.activation {
            Activation::Relu { width, .. } => ("ReLU", width),
        });
        let reveal = match plan.output().reveal {
            Reveal::Class { width } => ("class only", width),
        };
        let layers = plan.linears().zip(activations.chain([reveal]));
        Self {
            layers: layers
                .map(|(linear, (activation, width))| LayerView {
                    kind: match linear.map {
                        LinearMap::FullyConnected { .. } => "fully connected",
                    },
                    inputs: linear.map.inputs(),
                    outputs: linear.map.outputs(),
                    ring: linear.ring.bits(),
                    activation,
                    width,
                })
                .collect(),
            round_trips: cost.round_trips,
            online_bytes: cost.online_bytes,
            offline_bytes: cost.data_owner_offline_bytes,
            hosting_bytes: cost.hosting_bytes,
            hash: plan.hash().to_string(),
        }
    }
}
