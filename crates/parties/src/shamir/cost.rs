//! What a scheme costs, declared before anything runs. Measured cost equals it to the byte.

use blindsight_model::{
    plan::Reveal,
    shamir::{Finish, Scheme},
};
use blindsight_mpc::{
    shamir::{
        Committee, Cost as Elements, Field, Party, argmax, comparison, legendre,
        mask::{self, Hiding},
        reduction,
    },
    with_field,
};

use super::{
    evaluation::{masks::needs, outcome_elements},
    network::{client_bytes, parcel_elements, parcels},
};
use crate::message::{Header, SessionId};

/// What one step costs the parties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepCost {
    /// Rounds of messages among the parties.
    pub rounds: u32,
    /// Bytes of all parties' messages to each other.
    pub bytes: u64,
}

/// Bytes of messages and rounds. Bytes are those of the members' messages; the encrypted links, the
/// frames of the relay and of the socket add a few to each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Once for a session: the shares of the weights, model owner to all parties.
    pub hosting_bytes: u64,
    /// Once for a session: the seeds that the parties give each other.
    pub seed_bytes: u64,
    /// For each image, before it: the masks of all steps.
    pub masks: StepCost,
    /// For each image: each step.
    pub steps: Vec<StepCost>,
    /// For each image, before it: what the data owner sends and gets.
    pub data_owner_offline_bytes: u64,
    /// For each image: what the data owner sends and gets.
    pub data_owner_bytes: u64,
}

impl Cost {
    /// The cost of a scheme.
    pub fn declared(scheme: &Scheme) -> Self {
        let committee = scheme.committee();
        let (session, number) = (SessionId([0; 16]), 0);
        let length = |header: Header, body: usize| (header.alone().len() + body) as u64;
        let clients = |count: usize, header: &dyn Fn() -> Header| -> u64 {
            let parties = committee.parties();
            parties
                .map(|party| length(header(), client_bytes(committee, party, count)))
                .sum()
        };
        let plan = scheme.plan();
        let hosting = (0..parcels(plan)).map(|parcel| {
            let number = parcel as u32;
            let header = || Header::Parcel { session, number };
            clients(parcel_elements(plan, parcel), &header)
        });
        let pictures = clients(plan.input().elements(), &|| Header::Picture {
            session,
            number,
        });
        let outcome = outcome_elements(scheme) * ELEMENT;
        let outcomes = length(Header::Outcome { session, number }, outcome);
        let asked = length(Header::Ask { session, number }, 0);
        let seeds = committee.parties().flat_map(|sender| {
            let others = committee.others(sender);
            others.map(move |receiver| {
                let seeds =
                    blindsight_mpc::shamir::prss::SeedDealing::bytes(committee, sender, receiver);
                let header = Header::SetSeeds {
                    version: crate::message::MESSAGE_VERSION,
                    session,
                    scheme: scheme.hash(),
                };
                length(header, seeds)
            })
        });
        let all = |elements: &dyn Fn(Party) -> Elements| step_cost(committee, elements);
        Self {
            hosting_bytes: hosting.sum(),
            seed_bytes: seeds.sum(),
            masks: all(&|party| masks(scheme, party)),
            steps: (0..plan.steps())
                .map(|step| all(&|party| online(scheme, step, party)))
                .collect(),
            data_owner_offline_bytes: length(Header::Reserve { session }, 0)
                + length(Header::Allotted { session, number }, 0),
            data_owner_bytes: pictures + asked + committee.size() as u64 * outcomes,
        }
    }

    /// Rounds among the parties for each image, online.
    pub fn rounds(&self) -> u32 {
        self.steps.iter().map(|step| step.rounds).sum()
    }

    /// Bytes of all parties' messages to each other for each image, online.
    pub fn party_bytes(&self) -> u64 {
        self.steps.iter().map(|step| step.bytes).sum()
    }
}

/// Bytes of an element, in every field.
const ELEMENT: usize = <blindsight_mpc::shamir::field::Mersenne61 as Field>::BYTES;

/// Elements as bytes of messages, for all parties together.
fn step_cost(committee: Committee, elements: &dyn Fn(Party) -> Elements) -> StepCost {
    let header = Header::Round {
        session: SessionId([0; 16]),
        number: 0,
        round: 0,
    };
    let header = header.alone().len() as u64;
    let mut cost = StepCost::default();
    for party in committee.parties() {
        let elements = elements(party);
        let messages = u64::from(elements.rounds) * (committee.size() as u64 - 1);
        cost.rounds = cost.rounds.max(elements.rounds);
        cost.bytes += elements.sent_bytes() + messages * header;
    }
    cost
}

/// Making the masks of a picture.
fn masks(scheme: &Scheme, party: Party) -> Elements {
    let needs = needs(scheme).into_iter();
    let needs = needs.flat_map(|(pool, gate)| pool.into_iter().chain(gate));
    needs.fold(Elements::default(), |all, need| {
        let one = with_field!(scheme.prime(), F => need.cost::<F>(scheme.committee(), party));
        all.beside(one)
    })
}

/// A step, online.
fn online(scheme: &Scheme, step: usize, party: Party) -> Elements {
    with_field!(scheme.prime(), F => online_in::<F>(scheme, step, party))
}

fn online_in<F: Field>(scheme: &Scheme, step: usize, party: Party) -> Elements {
    let (plan, committee) = (scheme.plan(), scheme.committee());
    let mut weighted = plan.linears().iter().any(|linear| linear.step == step);
    let reduced = |weighted: bool, count: usize| {
        if weighted {
            reduction::cost(committee, party, count)
        } else {
            Elements::default()
        }
    };
    let Some(end) = scheme.finish(step) else {
        let classes = plan.classes();
        return match plan.output().reveal {
            Reveal::Scores => Elements::default(),
            Reveal::Ranking { top } => {
                let width = plan.output().width;
                let shape = (width, scheme.hiding(width));
                reduced(weighted, classes.count())
                    + argmax::cost::<F>(committee, party, classes, shape, top)
            }
        };
    };
    let compared = |width: u32, count: usize| {
        comparison::cost::<F>(committee, party, width, scheme.hiding(width), count)
    };
    let mut cost = Elements::default();
    if let (Some(pooling), Some(width)) = (plan.pooling(step), scheme.pool_width(step)) {
        cost = cost + reduced(weighted, plan.result(step).elements());
        weighted = false;
        let mut round = pooling.start.clone();
        for _ in 0..pooling.start.rounds() {
            let pairs = round.pairs();
            cost = cost + compared(width, pairs) + reduction::cost(committee, party, pairs);
            round = round.next();
        }
    }
    let count = plan.values()[step + 1].shape.elements();
    let reduce = reduction::cost(committee, party, count);
    cost + match end {
        Finish::Nothing => reduced(weighted, count),
        Finish::Sign { width } => compared(width, count),
        Finish::Legendre(symbols) => {
            reduced(weighted, count) + legendre::cost(committee, party, symbols, count)
        }
        Finish::Truncate { width, .. } => match scheme.hiding(width) {
            Hiding::Statistical { .. } => mask::cost(committee, party, count),
            Hiding::Uniform => compared(width, count),
        },
        Finish::Rectify { width, .. } => compared(width, count) + reduce,
        Finish::Clip { width, .. } => {
            compared(width, count).beside(compared(width, count)) + reduce
        }
    }
}

/// No round of a scheme brings a party more bytes from another one.
pub(super) fn longest_round(scheme: &Scheme, party: Party) -> usize {
    let masks = masks(scheme, party).received_bytes();
    let steps = (0..scheme.plan().steps()).map(|step| online(scheme, step, party));
    let most = steps.fold(masks, |most, step| most.max(step.received_bytes()));
    usize::try_from(most).unwrap_or(usize::MAX)
}
