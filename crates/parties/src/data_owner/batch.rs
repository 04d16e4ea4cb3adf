//! A batch of pictures on its way through the evaluation.

use blindsight_model::plan::Plan;

use super::pool::Pooled;
use crate::{
    abort::Reason,
    message::{Header, SessionId},
    online::{
        data_owner::{Answer, DataOwnerStage, Revealed},
        ladder::turn_bytes,
    },
    party::{Classification, Event, Peer, Scores, Step, exactly, split},
};

/// What all batches of a session have in common.
pub(super) struct Terms<'a> {
    pub(super) session: SessionId,
    pub(super) plan: &'a Plan,
    pub(super) labels: &'a [String],
}

/// Images that are classified in lockstep, in the order of their bundles.
#[derive(Default)]
pub(super) struct Batch {
    images: Vec<Image>,
    /// The masked pictures, until they are sent.
    first: Vec<u8>,
    round_trips: u32,
}

/// An image that is being classified.
struct Image {
    stage: DataOwnerStage,
    meter: Meter,
}

/// What an image took so far.
struct Meter {
    /// Its bundle.
    number: u64,
    online_bytes: u64,
    offline_bytes: u64,
}

/// What follows from a message for one image.
enum Advanced {
    Answered(Box<Reply>),
    Revealed(Revealed),
}

/// An image's part of an answer, whose header is the same for all images of a batch.
struct Reply {
    stage: DataOwnerStage,
    header: Header,
    body: Vec<u8>,
}

impl Batch {
    /// The first image's bundle, which names the batch.
    pub(super) fn number(&self) -> u64 {
        self.images.first().map_or(0, |image| image.meter.number)
    }

    pub(super) fn images(&self) -> usize {
        self.images.len()
    }

    /// One more picture, with its bundle.
    pub(super) fn push(&mut self, plan: &Plan, pooled: Pooled, pixels: &[u8]) {
        let number = pooled.bundle.number.get();
        let (stage, masked) = DataOwnerStage::begin(plan, pooled.bundle, pixels);
        self.images.push(Image {
            stage,
            meter: Meter {
                number,
                online_bytes: masked.len() as u64,
                offline_bytes: pooled.offline_bytes,
            },
        });
        self.first.extend(masked);
    }

    /// Sends the masked pictures; `None` where there are none.
    pub(super) fn begin(mut self, session: SessionId, step: &mut Step) -> Option<Self> {
        let masked = std::mem::take(&mut self.first);
        let header = Header::MaskedValue {
            session,
            number: self.number(),
            step: 0,
        };
        self.send(&header, &masked, step);
        (!self.images.is_empty()).then_some(self)
    }

    /// One message of the evaluation; `None` when it was the last.
    pub(super) fn advance(
        mut self,
        terms: &Terms<'_>,
        header: &Header,
        body: &[u8],
        message_bytes: usize,
        step: &mut Step,
    ) -> Result<Option<Self>, Reason> {
        let parts = split(body, self.images.len())?;
        let number = self.number();
        self.round_trips += 1;
        let mut header_bytes = (message_bytes - body.len()) as u64;
        let mut images = Vec::with_capacity(self.images.len());
        let (mut answer_header, mut answer) = (None, Vec::new());
        for (Image { stage, mut meter }, part) in self.images.into_iter().zip(parts) {
            meter.online_bytes += part.len() as u64 + std::mem::take(&mut header_bytes);
            match terms.advance_image(number, stage, header, part)? {
                Advanced::Answered(reply) => {
                    let Reply {
                        stage,
                        header,
                        body,
                    } = *reply;
                    answer_header.get_or_insert(header);
                    meter.online_bytes += body.len() as u64;
                    images.push(Image { stage, meter });
                    answer.extend(body);
                }
                Advanced::Revealed(revealed) => {
                    step.tell(terms.classified(&meter, self.round_trips, revealed)?);
                }
            }
        }
        let Some(header) = answer_header else {
            return Ok(None);
        };
        self.images = images;
        self.send(&header, &answer, step);
        Ok(Some(self))
    }

    /// Sends a message; its header is counted with the first image.
    fn send(&mut self, header: &Header, body: &[u8], step: &mut Step) {
        let message = header.with_body(&[body]);
        if let Some(first) = self.images.first_mut() {
            first.meter.online_bytes += (message.len() - body.len()) as u64;
            step.send(Peer::ModelOwner, message);
        }
    }
}

impl Terms<'_> {
    /// One message of the evaluation, for one image of the batch with this number.
    fn advance_image(
        &self,
        number: u64,
        stage: DataOwnerStage,
        header: &Header,
        body: &[u8],
    ) -> Result<Advanced, Reason> {
        let session = self.session;
        match (stage, header) {
            (
                DataOwnerStage::Opening(stage),
                Header::Opening {
                    step: index, turn, ..
                },
            ) => {
                if usize::from(*index) != stage.step || u32::from(*turn) != stage.turn() {
                    return Err(Reason::OutOfOrder);
                }
                let bytes = turn_bytes(self.plan, stage.step, stage.turn());
                exactly(body, bytes.ok_or(Reason::Internal)?)?;
                let (stage, answer) = stage.receive(self.plan, body)?;
                let (header, body) = match answer {
                    Answer::Turn { turn, message } => {
                        let header = Header::Turn {
                            session,
                            number,
                            step: *index,
                            // A pooling has fewer than 256 turns: its windows are bounded.
                            turn: turn as u8,
                        };
                        (header, message)
                    }
                    Answer::Value(masked) => {
                        let header = Header::MaskedValue {
                            session,
                            number,
                            step: index + 1,
                        };
                        (header, masked)
                    }
                };
                Ok(Reply::boxed(stage, header, body))
            }
            (DataOwnerStage::Differences(stage), Header::Differences { .. }) => {
                let classes = self.plan.classes();
                let bytes = self.plan.compared_pairs() * self.plan.output().affine.ring.bytes();
                exactly(body, bytes + classes.count())?;
                let (differences, wins) =
                    body.split_at_checked(bytes).ok_or(Reason::WrongLength)?;
                let (next, body) = stage.receive(self.plan, differences, wins)?;
                let header = Header::Wins { session, number };
                Ok(Reply::boxed(DataOwnerStage::Class(next), header, body))
            }
            (DataOwnerStage::Class(stage), Header::ClassShares { .. }) => {
                exactly(body, stage.classes())?;
                let revealed = stage.receive(self.plan, body);
                revealed.map(Advanced::Revealed).ok_or(Reason::NoResult)
            }
            (DataOwnerStage::Scores(stage), Header::Scores { .. }) => {
                let word = self.plan.output().affine.ring.bytes();
                exactly(body, self.plan.classes().count() * word)?;
                Ok(Advanced::Revealed(stage.receive(self.plan, body)))
            }
            _ => Err(Reason::OutOfOrder),
        }
    }

    /// The result of an image.
    fn classified(
        &self,
        meter: &Meter,
        round_trips: u32,
        revealed: Revealed,
    ) -> Result<Event, Reason> {
        let Revealed { ranking, logits } = revealed;
        let label = |class: &usize| self.labels.get(*class).cloned().unwrap_or_default();
        let unit = self.plan.output().unit;
        let scores = logits.map(|logits| Scores::new(logits, unit));
        Ok(Event::Classified(Classification {
            number: meter.number,
            class: *ranking.first().ok_or(Reason::NoResult)?,
            labels: ranking.iter().map(label).collect(),
            ranking,
            scores,
            online_bytes: meter.online_bytes,
            offline_bytes: meter.offline_bytes,
            round_trips,
        }))
    }
}

impl Reply {
    fn boxed(stage: DataOwnerStage, header: Header, body: Vec<u8>) -> Advanced {
        Advanced::Answered(Box::new(Self {
            stage,
            header,
            body,
        }))
    }
}
