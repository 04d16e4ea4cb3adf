//! What a plan costs, declared before anything runs. Measured cost equals it to the byte.

use blindsight_model::plan::Plan;
use blindsight_mpc::MpcError;

use crate::{
    bundle, hosting,
    message::{Header, SessionId},
};

/// Bytes of messages and round trips. Bytes are those of the parties' messages; the frames of the
/// relay and of the socket add a few to each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Once for each data owner: the masked weights, model owner to data owner.
    pub hosting_bytes: u64,
    /// For each image, before it: what the data owner gets and sends.
    pub data_owner_offline_bytes: u64,
    /// For each image, before it: what the model owner gets and sends.
    pub model_owner_offline_bytes: u64,
    /// For each image: both ways together.
    pub online_bytes: u64,
    /// For each image: how often the data owner waits for an answer.
    pub round_trips: u32,
}

impl Cost {
    /// The cost of a plan.
    ///
    /// # Errors
    ///
    /// None for a plan that [`Plan::new`] accepted.
    pub fn declared(plan: &Plan) -> Result<Self, MpcError> {
        let (number, step, guest) = (0, 0, 0);
        let session = SessionId([0; 16]);
        let length = |header: Header, body: usize| (header.alone().len() + body) as u64;
        let keys = bundle::key_bytes(plan)?;
        let ahead = length(Header::Ahead { session, number }, bundle::ahead_bytes(plan));
        let ready = length(Header::Ready { number }, 0);

        let corrections = bundle::correction_bytes(plan);
        let to_data_owner = length(Header::DataOwnerBundle { number }, corrections + keys);
        let header = Header::ModelOwnerBundle {
            session,
            guest,
            number,
        };
        let to_model_owner = length(header, keys);

        let inputs = plan
            .linears()
            .map(|linear| linear.map.inputs() * linear.ring.bytes());
        let masked: u64 = inputs
            .map(|body| {
                length(
                    Header::MaskedInput {
                        session,
                        number,
                        step,
                    },
                    body,
                )
            })
            .sum();
        let hidden = plan.hidden().iter().map(|hidden| hidden.linear);
        let openings: u64 = hidden
            .map(|linear| linear.map.outputs() * linear.ring.bytes())
            .map(|body| length(Header::Opening { number, step }, body))
            .sum();
        let classes = plan.classes();
        let pairs = classes.pairs() * plan.output().linear.ring.bytes();
        let differences = length(Header::Differences { number }, pairs + classes.count());
        let wins = length(Header::Wins { session, number }, classes.count());
        let share = length(Header::ClassShare { number, share: 0 }, 0);
        let weights = (0..plan.steps())
            .map(|step| hosting::masked_weight_bytes(plan, step))
            .map(|body| length(Header::MaskedWeights { step: 0 }, body));
        Ok(Self {
            hosting_bytes: weights.sum(),
            data_owner_offline_bytes: length(Header::Deal { number }, 0)
                + to_data_owner
                + ahead
                + ready,
            model_owner_offline_bytes: to_model_owner + ahead + ready,
            online_bytes: masked + openings + differences + wins + share,
            round_trips: plan.steps() as u32 + 1,
        })
    }
}
