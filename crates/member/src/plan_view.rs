//! A plan as a page or a program shows it.

use blindsight_model::{
    network::Window,
    plan::{Activation, Function, Gate, LinearMap, Operand, Operation, Plan, Reveal},
    shamir::Scheme,
};
use blindsight_parties::{Cost, StepCost, shamir};
use serde::Serialize;

/// What a network is and costs, in plain fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanView {
    /// The operations of all steps, in order.
    pub layers: Vec<LayerView>,
    /// Weights of all layers, biases not counted.
    pub weights: usize,
    /// Round trips of one image.
    pub round_trips: u32,
    /// Bytes of one image online, both ways.
    pub online_bytes: u64,
    /// Bytes of one image offline, at the data owner.
    pub offline_bytes: u64,
    /// Bytes of the masked weights, once for each data owner.
    pub hosting_bytes: u64,
    /// The start of the hash that all members compare.
    pub hash: String,
    /// What concerns the compute parties; nothing where there is a helper.
    pub parties: Option<PartiesView>,
}

/// What a network costs compute parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PartiesView {
    /// How many there are.
    pub count: u8,
    /// How many of them may conspire and learn nothing.
    pub threshold: u8,
    /// An opening tells two numbers apart with a chance of two to minus this at most.
    pub kappa: u32,
    /// Rounds of messages of one image, online.
    pub rounds: u32,
    /// Bytes that all parties send each other for one image, online.
    pub online_bytes: u64,
    /// Bytes that they send each other beforehand.
    pub offline_bytes: u64,
    /// Bytes of the shares of the weights, to all parties, once for a session.
    pub hosting_bytes: u64,
}

/// One operation, with the activation that follows the last one of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LayerView {
    /// The step, from 1.
    pub step: usize,
    /// What it does.
    pub kind: String,
    /// The shape that enters.
    pub inputs: String,
    /// The shape that leaves, before any pooling.
    pub outputs: String,
    /// Weights.
    pub weights: usize,
    /// Bits of the ring or of the field.
    pub ring: u32,
    /// What follows; `None` where the step goes on.
    pub activation: Option<String>,
    /// Bits that the activation compares.
    pub width: Option<u32>,
    /// What the whole step costs, where it ends.
    pub cost: Option<StepView>,
}

/// What a step costs of one image: between data owner and model owner, or among compute parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepView {
    /// Round trips, or rounds of the compute parties.
    pub rounds: u32,
    /// Bytes online.
    pub online_bytes: u64,
    /// Bytes beforehand, at the data owner, without headers. Compute parties prepare all steps at
    /// once.
    pub offline_bytes: Option<u64>,
}

impl From<&Plan> for PlanView {
    fn from(plan: &Plan) -> Self {
        // Every plan has a cost; zeros would show that one had none.
        let cost = Cost::declared(plan).unwrap_or(Cost {
            hosting_bytes: 0,
            data_owner_offline_bytes: 0,
            model_owner_offline_bytes: 0,
            helper_upload_bytes: 0,
            online_bytes: 0,
            online_header_bytes: 0,
            round_trips: 0,
        });
        let costs = StepCost::declared(plan).unwrap_or_default();
        let cost_of = |step: usize| {
            costs.get(step).map(|cost| StepView {
                rounds: cost.round_trips,
                online_bytes: cost.online_bytes,
                offline_bytes: Some(cost.offline_bytes),
            })
        };
        Self {
            layers: (0..plan.steps())
                .flat_map(|step| layers(plan, step, plan.affine(step).ring.bits(), cost_of(step)))
                .collect(),
            weights: plan.linears().iter().map(|linear| linear.weights()).sum(),
            round_trips: cost.round_trips,
            online_bytes: cost.online_bytes,
            offline_bytes: cost.data_owner_offline_bytes,
            hosting_bytes: cost.hosting_bytes,
            hash: plan.hash().to_string(),
            parties: None,
        }
    }
}

impl From<&Scheme> for PlanView {
    fn from(scheme: &Scheme) -> Self {
        let (plan, cost) = (scheme.plan(), shamir::Cost::declared(scheme));
        let bits = 64 - scheme.prime().modulus().leading_zeros();
        let committee = scheme.committee();
        let cost_of = |step: usize| {
            cost.steps.get(step).map(|cost| StepView {
                rounds: cost.rounds,
                online_bytes: cost.bytes,
                offline_bytes: None,
            })
        };
        Self {
            layers: (0..plan.steps())
                .flat_map(|step| layers(plan, step, bits, cost_of(step)))
                .collect(),
            weights: plan.linears().iter().map(|linear| linear.weights()).sum(),
            round_trips: cost.rounds() + 1,
            online_bytes: cost.data_owner_bytes,
            offline_bytes: cost.data_owner_offline_bytes,
            hosting_bytes: 0,
            hash: scheme.hash().to_string(),
            parties: Some(PartiesView {
                count: committee.into(),
                // Fewer than nine.
                threshold: committee.threshold() as u8,
                kappa: scheme.kappa(),
                rounds: cost.rounds(),
                online_bytes: cost.party_bytes(),
                offline_bytes: cost.masks.bytes,
                hosting_bytes: cost.hosting_bytes,
            }),
        }
    }
}

/// The rows of one step.
fn layers(plan: &Plan, step: usize, ring: u32, cost: Option<StepView>) -> Vec<LayerView> {
    let operations = &plan.affine(step).operations;
    let shapes = plan.operation_shapes(step);
    let shape_of = |operand: &Operand| match operand {
        Operand::Value(k) => plan.values()[usize::from(*k)].shape,
        Operand::Result(k) => shapes[usize::from(*k)],
    };
    let (activation, width) = match plan.hidden().get(step) {
        Some(hidden) => (title(&hidden.activation), Some(hidden.activation.width)),
        None => {
            let width = Some(plan.output().width);
            match plan.output().reveal {
                Reveal::Ranking { top: 1 } => ("class only".into(), width),
                Reveal::Ranking { top } => (format!("the {top} likeliest classes"), width),
                Reveal::Scores => ("the scores of all classes".into(), None),
            }
        }
    };
    let rows = operations.iter().zip(shapes).enumerate();
    rows.map(|(index, (operation, shape))| {
        let inputs: Vec<String> = operation
            .operands()
            .iter()
            .map(|operand| shape_of(operand).to_string())
            .collect();
        let last = index + 1 == operations.len();
        LayerView {
            step: step + 1,
            kind: kind(operation),
            inputs: inputs.join(" and "),
            outputs: shape.to_string(),
            weights: match operation {
                Operation::Linear { map, .. } => {
                    let (rows, columns) = map.weights();
                    rows * columns
                }
                _ => 0,
            },
            ring,
            activation: last.then(|| activation.clone()),
            width: width.filter(|_| last),
            cost: cost.filter(|_| last),
        }
    })
    .collect()
}

fn kind(operation: &Operation) -> String {
    match operation {
        Operation::Linear { map, .. } => match map {
            LinearMap::FullyConnected { .. } => "fully connected".into(),
            LinearMap::Convolution { window, groups, .. } => match groups {
                1 => format!("convolution {}", sizes(window)),
                groups => format!("convolution {} in {groups} groups", sizes(window)),
            },
        },
        Operation::WindowSum { window, .. } => format!("average {}", sizes(window)),
        Operation::Sum(terms) if terms.len() == 1 => "as it is".into(),
        Operation::Sum(_) => "sum".into(),
        Operation::Concatenate(_) => "side by side".into(),
        Operation::Reshape { .. } => "reshape".into(),
    }
}

fn title(activation: &Activation) -> String {
    let function = match activation.gate {
        Gate::Sign => "sign",
        Gate::Function(Function::Identity) => "as it is",
        Gate::Function(Function::Relu) => "ReLU",
        Gate::Function(Function::LeakyRelu { .. }) => "leaky ReLU",
        Gate::Function(Function::Clip { .. }) => "clipped ReLU",
    };
    match &activation.pool {
        Some(pool) => format!("largest of {}, {function}", sizes(&pool.window)),
        None => function.into(),
    }
}

/// "3 x 3", and the stride where it is not 1.
fn sizes(window: &Window) -> String {
    let [rows, columns] = window.kernel;
    match window.stride {
        [1, 1] => format!("{rows} x {columns}"),
        [down, right] if down == right => format!("{rows} x {columns} every {down}"),
        [down, right] => format!("{rows} x {columns} every {down} x {right}"),
    }
}
