//! What the evaluation of a test set came to, and how it is told.

use std::time::Duration;

use blindsight_model::{fixed_point::IntegerNetwork, shamir::Scheme};
use blindsight_parties::shamir::{self, StepCost};
use serde::Serialize;

use super::roles::Secure;
use crate::report;

/// What one picture came to.
pub(super) struct Outcome {
    pub(super) expected: usize,
    pub(super) float: usize,
    pub(super) integer: usize,
    /// Nothing in the clear.
    pub(super) secure: Option<Secure>,
    /// Of the sums of each step those for which symbols may give a wrong sign, and all.
    pub(super) outside: Vec<(usize, usize)>,
}

/// What a test set came to: the line of `--json`.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    model: String,
    pub(super) pictures: usize,
    /// Shares from 0 to 1.
    float_accuracy: f64,
    pub(super) integer_accuracy: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) secure_accuracy: Option<f64>,
    /// The names of the classes.
    labels: Vec<String>,
    /// How many pictures of each class were put into each class: a row for each class that is right,
    /// a column for each that was found, by the secure evaluation or, in the clear, by the integers.
    pub(super) confusion: Vec<Vec<usize>>,
    /// Pictures that the secure evaluation puts into another class.
    pub(super) differ_from_integer: usize,
    differ_from_float: usize,
    /// Medians of all roles' computing, in milliseconds.
    pub(super) online_ms: f64,
    pub(super) offline_ms: f64,
    /// Declared for each picture, and measured to be so for each.
    pub(super) round_trips: u32,
    online_bytes: u64,
    offline_bytes: u64,
    /// Where signs are found by Legendre symbols: the share of each step's sums that lie outside the
    /// range in which these are right.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    outside: Vec<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parties: Option<Parties>,
    pub(super) threads: usize,
    seconds: f64,
}

/// What compute parties have to do for a picture: declared, and measured to be so.
#[derive(Debug, Serialize)]
struct Parties {
    count: u8,
    /// Bits of the field.
    field_bits: u32,
    /// An opening tells two numbers apart with a chance of two to minus this at most.
    kappa: u32,
    /// Once for a session, model owner to all parties.
    hosting_bytes: u64,
    /// Beforehand.
    masks: Step,
    steps: Vec<Step>,
}

/// Messages of all parties to each other.
#[derive(Debug, Serialize)]
struct Step {
    rounds: u32,
    bytes: u64,
}

impl From<StepCost> for Step {
    fn from(StepCost { rounds, bytes }: StepCost) -> Self {
        Self { rounds, bytes }
    }
}

/// Rounds, and bytes of one picture online and beforehand: at the data owner, or among the compute
/// parties.
pub(super) struct Cost {
    round_trips: u32,
    online_bytes: u64,
    offline_bytes: u64,
    parties: Option<Parties>,
}

impl Cost {
    /// As the plan or the scheme declares it.
    ///
    /// # Errors
    ///
    /// When the plan is too large to be dealt.
    pub(super) fn declared(
        integers: &IntegerNetwork,
        scheme: Option<&Scheme>,
    ) -> anyhow::Result<Self> {
        let Some(scheme) = scheme else {
            let cost = blindsight_parties::Cost::declared(integers.plan())?;
            return Ok(Self {
                round_trips: cost.round_trips,
                online_bytes: cost.online_bytes,
                offline_bytes: cost.data_owner_offline_bytes,
                parties: None,
            });
        };
        let cost = shamir::Cost::declared(scheme);
        Ok(Self {
            round_trips: cost.rounds(),
            online_bytes: cost.party_bytes(),
            offline_bytes: cost.masks.bytes,
            parties: Some(Parties {
                count: scheme.committee().into(),
                field_bits: 64 - scheme.prime().modulus().leading_zeros(),
                kappa: scheme.kappa(),
                hosting_bytes: cost.hosting_bytes,
                masks: cost.masks.into(),
                steps: cost.steps.into_iter().map(Step::from).collect(),
            }),
        })
    }
}

/// The share of sums of each step that lie outside, over all pictures.
fn outside(outcomes: &[Outcome]) -> Vec<f64> {
    let steps = outcomes.first().map_or(0, |one| one.outside.len());
    let share = |step: usize| {
        let sums = outcomes.iter().filter_map(|one| one.outside.get(step));
        let (out, all) = sums.fold((0, 0), |(out, all), (o, a)| (out + o, all + a));
        out as f64 / all.max(1) as f64
    };
    (0..steps).map(share).collect()
}

/// Counts the pictures of each class that were put into each class.
fn confusion(classes: usize, outcomes: &[Outcome]) -> Vec<Vec<usize>> {
    let mut counts = vec![vec![0; classes]; classes];
    for one in outcomes {
        let secure = one.secure.as_ref();
        let found = secure.map_or(one.integer, |secure| secure.class);
        let row = counts.get_mut(one.expected);
        if let Some(count) = row.and_then(|row| row.get_mut(found)) {
            *count += 1;
        }
    }
    counts
}

impl Summary {
    pub(super) fn new(
        (model, labels): (String, Vec<String>),
        outcomes: &[Outcome],
        cost: Cost,
        threads: usize,
        wall: Duration,
    ) -> Self {
        let Cost {
            round_trips,
            online_bytes,
            offline_bytes,
            parties,
        } = cost;
        let count = |holds: fn(&Outcome) -> bool| outcomes.iter().filter(|one| holds(one)).count();
        let share = |holds| count(holds) as f64 / outcomes.len() as f64;
        let secure = || outcomes.iter().filter_map(|one| one.secure.as_ref());
        let median = |time: fn(&Secure) -> f64| report::median(secure().map(time).collect());
        let right = |one: &Outcome| one.secure.as_ref().map(|s| s.class) == Some(one.expected);
        let evaluated = secure().next().is_some();
        Self {
            model,
            confusion: confusion(labels.len(), outcomes),
            labels,
            pictures: outcomes.len(),
            float_accuracy: share(|one| one.float == one.expected),
            integer_accuracy: share(|one| one.integer == one.expected),
            secure_accuracy: evaluated.then(|| {
                outcomes.iter().filter(|one| right(one)).count() as f64 / outcomes.len() as f64
            }),
            differ_from_integer: count(|one| {
                one.secure
                    .as_ref()
                    .is_some_and(|secure| secure.class != one.integer)
            }),
            differ_from_float: count(|one| {
                one.secure
                    .as_ref()
                    .is_some_and(|secure| secure.class != one.float)
            }),
            online_ms: median(|one| one.online_ms),
            offline_ms: median(|one| one.offline_ms),
            round_trips,
            online_bytes,
            offline_bytes,
            outside: outside(outcomes),
            parties,
            threads,
            seconds: wall.as_secs_f64(),
        }
    }

    /// What compute parties do, step by step from 1.
    fn steps(&self) -> impl Iterator<Item = (usize, &Step)> {
        let steps = self.parties.iter().flat_map(|parties| &parties.steps);
        (1..).zip(steps)
    }

    /// Tells it to a person.
    pub(super) fn show(&self) {
        let Self {
            model,
            pictures,
            differ_from_integer,
            differ_from_float,
            online_ms,
            offline_ms,
            round_trips,
            threads,
            seconds,
            ..
        } = self;
        let percent = |share: f64| format!("{:.2} %", 100.0 * share);
        let (integer, float) = (self.integer_accuracy, self.float_accuracy);
        let (integer, float) = (percent(integer), percent(float));
        for (step, share) in self.outside.iter().enumerate() {
            let step = step + 1;
            report::line(&format!(
                "Step {step}: {:.3} % of the sums lie outside the range in which the symbols are right.",
                100.0 * share
            ));
        }
        let Some(secure) = self.secure_accuracy else {
            return report::line(&format!(
                "{model} on {pictures} pictures: right are {integer} in the integers of the protocol, \
             {float} in floating point. {seconds:.1} s in all."
            ));
        };
        report::line(&format!(
            "{model} on {pictures} pictures: right are {} in secure evaluation, {integer} in integers, \
         {float} in floating point.",
            percent(secure),
        ));
        report::line(&format!(
            "The secure class differs from that of the integers for {differ_from_integer}, from that \
         of floating point for {differ_from_float}."
        ));
        report::line(&format!(
            "Each picture: {round_trips} round trips, {} online, {} beforehand, as declared.",
            report::bytes(self.online_bytes),
            report::bytes(self.offline_bytes),
        ));
        for (number, step) in self.steps() {
            report::line(&format!(
                "  step {number}: {} rounds, {}",
                step.rounds,
                report::bytes(step.bytes),
            ));
        }
        report::line(&format!(
            "Computing of all roles together, median with {threads} at a time: {online_ms:.2} ms \
         online, {offline_ms:.2} ms beforehand. {seconds:.1} s in all."
        ));
    }
}
