//! What a plan costs, declared before anything runs. Measured cost equals it to the byte.

use blindsight_model::plan::{Plan, Reveal};
use blindsight_mpc::MpcError;

use crate::{
    bundle,
    message::{Header, SessionId},
    online::ladder::{last_turn, turn_bytes},
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
    /// For each image, before it: what the helper sends. What is the same for both parties is sent
    /// once.
    pub helper_upload_bytes: u64,
    /// For an image that is classified by itself: both ways together.
    pub online_bytes: u64,
    /// Of these, the bytes that a batch of images needs only once.
    pub online_header_bytes: u64,
    /// For each image: how often the data owner waits for an answer.
    pub round_trips: u32,
}

impl Cost {
    /// Bytes both ways for all images of a batch together.
    pub fn batch_bytes(&self, images: u32) -> u64 {
        let each = self.online_bytes - self.online_header_bytes;
        self.online_header_bytes + u64::from(images) * each
    }

    /// The cost of a plan.
    ///
    /// # Errors
    ///
    /// None for a plan that [`Plan::new`] accepted.
    pub fn declared(plan: &Plan) -> Result<Self, MpcError> {
        let number = 0;
        let session = SessionId([0; 16]);
        let length = |header: Header, body: usize| (header.alone().len() + body) as u64;
        let keys = bundle::key_bytes(plan)?;
        let ahead = length(Header::Ahead { session, number }, bundle::ahead_bytes(plan));
        let ready = length(Header::Ready { number }, 0);

        let corrections = bundle::correction_bytes(plan);
        let corrections = length(Header::Corrections { number }, corrections);
        let keys = length(Header::Keys { session, number }, keys);

        let steps = (0..plan.steps()).map(|step| online_of(plan, step));
        let online = steps.fold(Online::default(), Online::plus);
        let linears = plan.linears().iter();
        let weights = linears
            .map(|linear| length(Header::MaskedWeights { number: 0 }, linear.weight_bytes()));
        Ok(Self {
            hosting_bytes: weights.sum(),
            data_owner_offline_bytes: length(Header::Deal { number }, 0)
                + corrections
                + keys
                + ahead
                + ready,
            model_owner_offline_bytes: keys + ahead + ready,
            helper_upload_bytes: corrections + keys,
            online_bytes: online.bytes,
            online_header_bytes: online.header_bytes,
            round_trips: online.answers,
        })
    }
}

/// What one step costs of an image that is classified by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepCost {
    /// Bytes of messages online, both ways.
    pub online_bytes: u64,
    /// How often the data owner waits for an answer.
    pub round_trips: u32,
    /// What the data owner gets and sends for it beforehand, without the headers of the messages,
    /// which carry all steps at once.
    pub offline_bytes: u64,
}

impl StepCost {
    /// The cost of each step of a plan.
    ///
    /// # Errors
    ///
    /// As [`Cost::declared`].
    pub fn declared(plan: &Plan) -> Result<Vec<Self>, MpcError> {
        let steps = (0..plan.steps()).map(|step| {
            let online = online_of(plan, step);
            let dealt =
                bundle::step_correction_bytes(plan, step) + bundle::step_key_bytes(plan, step)?;
            Ok(Self {
                online_bytes: online.bytes,
                round_trips: online.answers,
                offline_bytes: (dealt + bundle::step_ahead_bytes(plan, step)) as u64,
            })
        });
        steps.collect()
    }
}

/// The messages of a step online.
fn online_of(plan: &Plan, step: usize) -> Online {
    let (session, number) = (SessionId([0; 16]), 0);
    let mut online = Online::default();
    // The last opening of a pooling stands in front of the value, if it is the data owner's turn.
    let before = step.checked_sub(1);
    let in_front = before.filter(|step| last_turn(plan, *step) % 2 == 1);
    let in_front = in_front.and_then(|step| turn_bytes(plan, step, last_turn(plan, step)));
    let value = plan.values()[step].bytes() + in_front.unwrap_or(0);
    let header = Header::MaskedValue {
        session,
        number,
        step: 0,
    };
    online.sent(header, value);
    if step < plan.hidden().len() {
        let last = last_turn(plan, step);
        for (turn, bytes) in
            (0..=last).map_while(|turn| Some((turn, turn_bytes(plan, step, turn)?)))
        {
            let (step, counted) = (0, turn as u8);
            match turn % 2 {
                0 => {
                    let turn = counted;
                    online.answered(Header::Opening { number, step, turn }, bytes);
                }
                // Stands in front of the next value.
                _ if turn == last => {}
                _ => online.sent(
                    Header::Turn {
                        session,
                        number,
                        step,
                        turn: counted,
                    },
                    bytes,
                ),
            }
        }
        return online;
    }
    let (count, word) = (plan.classes().count(), plan.output().affine.ring.bytes());
    match plan.output().reveal {
        Reveal::Ranking { top } => {
            let pairs = plan.compared_pairs() * word;
            online.answered(Header::Differences { number }, pairs + count);
            online.sent(Header::Wins { session, number }, count);
            online.answered(Header::ClassShares { number }, top.into());
        }
        Reveal::Scores => online.answered(Header::Scores { number }, count * word),
    }
    online
}

/// Adds up the messages of the online phase.
#[derive(Default)]
struct Online {
    bytes: u64,
    header_bytes: u64,
    answers: u32,
}

impl Online {
    fn plus(self, other: Self) -> Self {
        Self {
            bytes: self.bytes + other.bytes,
            header_bytes: self.header_bytes + other.header_bytes,
            answers: self.answers + other.answers,
        }
    }

    /// The data owner sends a message.
    fn sent(&mut self, header: Header, body: usize) {
        let header = header.alone().len() as u64;
        self.header_bytes += header;
        self.bytes += header + body as u64;
    }

    /// The model owner answers.
    fn answered(&mut self, header: Header, body: usize) {
        self.sent(header, body);
        self.answers += 1;
    }
}
