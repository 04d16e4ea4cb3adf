//! One hosted data owner, as the model owner sees it.

use std::collections::BTreeMap;

use blindsight_mpc::{
    bundle::{BundleNumber, Ledger},
    ring::SecretBytes,
    seed::Seed,
};

use super::MAX_POOL;
use crate::{
    abort::Reason,
    bundle::{
        self,
        model_owner::{ModelOwnerBundle, assemble},
    },
    hosting::Hosting,
    message::{Header, MAX_BATCH},
    online::{
        ladder::turn_bytes,
        model_owner::{AwaitingValue, ModelOwnerStage, Reply, receive_values},
    },
    party::{Event, Peer, Step, exactly, split},
};

/// Bundles and the running evaluation of one data owner.
pub(super) struct Guest {
    seed: Seed,
    ledger: Ledger,
    /// Halves of bundles that wait for the other half: keys from the helper, words from the data
    /// owner.
    halves: BTreeMap<u64, Half>,
    ready: BTreeMap<u64, ModelOwnerBundle>,
    online: Option<Batch>,
    /// Masked pictures that wait for the person's answer.
    held: Option<Held>,
    /// The largest number of which a half came: none comes twice.
    newest: [u64; 2],
}

/// Pictures that are evaluated in lockstep.
struct Batch {
    /// The number of the first one's bundle.
    number: u64,
    images: u32,
    stage: ModelOwnerStage,
}

/// Masked pictures that began their bundles, and are not classified yet.
pub(super) struct Held {
    number: u64,
    batch: Vec<AwaitingValue>,
    masked: Vec<u8>,
}

impl Held {
    pub(super) fn images(&self) -> u32 {
        count(&self.batch)
    }
}

/// How many pictures a batch has: few.
fn count(batch: &[AwaitingValue]) -> u32 {
    batch.len() as u32
}

/// How many masked pictures a message brings.
///
/// # Errors
///
/// When they are none, too many, or parts of pictures.
pub(super) fn images(hosting: &Hosting, body: &[u8]) -> Result<u32, Reason> {
    let bytes = hosting.plan().values()[0].bytes();
    match body.len() / bytes.max(1) {
        images @ 1..=MAX_BATCH if images * bytes == body.len() => Ok(images as u32),
        _ => Err(Reason::WrongLength),
    }
}

enum Half {
    Keys(SecretBytes),
    Ahead(Vec<u8>),
}

impl Guest {
    pub(super) fn new(seed: Seed) -> Self {
        Self {
            seed,
            ledger: Ledger::default(),
            halves: BTreeMap::new(),
            ready: BTreeMap::new(),
            online: None,
            held: None,
            newest: [0, 0],
        }
    }

    pub(super) fn classifying(&self) -> bool {
        self.online.is_some() || self.held.is_some()
    }

    /// Takes masked pictures, and asks the person before anything is done with them. Their bundles
    /// are spent whatever the answer is.
    pub(super) fn hold(
        &mut self,
        guest: u32,
        hosting: &Hosting,
        number: u64,
        body: &[u8],
        step: &mut Step,
    ) -> Result<(), Reason> {
        let images = images(hosting, body)?;
        let batch = self.begin(hosting, number, images)?;
        self.held = Some(Held {
            number,
            batch,
            masked: body.to_vec(),
        });
        step.send(Peer::DataOwner(guest), Header::Held { number }.alone());
        step.tell(Event::Asking { guest, images });
        Ok(())
    }

    /// The pictures that wait for an answer.
    pub(super) fn take_held(&mut self) -> Option<Held> {
        self.held.take()
    }

    /// The answer is yes.
    pub(super) fn classify(
        &mut self,
        guest: u32,
        hosting: &Hosting,
        held: Held,
        step: &mut Step,
    ) -> Result<(), Reason> {
        let Held {
            number,
            batch,
            masked,
        } = held;
        self.values(guest, hosting, (number, 0), batch, &masked, step)
    }

    /// The answer is no.
    pub(super) fn deny(guest: u32, held: &Held, step: &mut Step) {
        let number = held.number;
        step.send(Peer::DataOwner(guest), Header::Denied { number }.alone());
    }

    /// The masked values that a batch waits for.
    fn values(
        &mut self,
        guest: u32,
        hosting: &Hosting,
        (number, index): (u64, u16),
        batch: Vec<AwaitingValue>,
        masked: &[u8],
        step: &mut Step,
    ) -> Result<(), Reason> {
        let images = count(&batch);
        let bytes = batch
            .first()
            .map_or(0, |stage| stage.value_bytes(hosting.plan()));
        exactly(masked, batch.len() * bytes)?;
        let (stage, reply, body) = receive_values(batch, hosting, masked)?;
        let header = match reply {
            Reply::Opening => Header::Opening {
                number,
                step: index,
                turn: 0,
            },
            Reply::Differences => Header::Differences { number },
            Reply::Scores => Header::Scores { number },
        };
        step.send(Peer::DataOwner(guest), header.with_body(&[&body]));
        if matches!(stage, ModelOwnerStage::Done) {
            step.tell(Event::Served { guest, images });
        } else {
            self.online = Some(Batch {
                number,
                images,
                stage,
            });
        }
        Ok(())
    }

    /// The helper's half of a bundle.
    pub(super) fn dealt(
        &mut self,
        guest: u32,
        hosting: &Hosting,
        number: u64,
        keys: &[u8],
        step: &mut Step,
    ) -> Result<(), Reason> {
        exactly(keys, bundle::key_bytes(hosting.plan())?)?;
        let half = Half::Keys(SecretBytes::new(keys.to_vec()));
        self.half(guest, hosting, number, half, step)
    }

    /// Keeps a half, or completes the bundle and tells the data owner.
    fn half(
        &mut self,
        guest: u32,
        hosting: &Hosting,
        number: u64,
        half: Half,
        step: &mut Step,
    ) -> Result<(), Reason> {
        let kind = usize::from(matches!(half, Half::Ahead(_)));
        if number <= self.newest[kind] {
            return Err(Reason::BundleSpent);
        }
        self.newest[kind] = number;
        let (keys, ahead) = match (half, self.halves.remove(&number)) {
            (Half::Keys(keys), Some(Half::Ahead(ahead)))
            | (Half::Ahead(ahead), Some(Half::Keys(keys))) => (keys, ahead),
            (half, None) if self.halves.len() + self.ready.len() < MAX_POOL => {
                self.halves.insert(number, half);
                return Ok(());
            }
            (_, None) => return Err(Reason::TooMuch),
            (_, Some(_)) => return Err(Reason::BundleSpent),
        };
        let begun = BundleNumber::try_from(number)?;
        let bundle = assemble(hosting.plan(), hosting, &self.seed, begun, &keys, &ahead)?;
        self.ready.insert(number, bundle);
        step.send(Peer::DataOwner(guest), Header::Ready { number }.alone());
        Ok(())
    }

    pub(super) fn prepare(&mut self, hosting: &Hosting) -> Result<(), Reason> {
        if let Some(Batch {
            stage: ModelOwnerStage::Value(batch),
            ..
        }) = &mut self.online
        {
            let plan = hosting.plan();
            batch.iter_mut().try_for_each(|stage| stage.prepare(plan))?;
        }
        Ok(())
    }

    /// A message of the data owner.
    pub(super) fn receive(
        &mut self,
        guest: u32,
        hosting: &Hosting,
        header: &Header,
        body: &[u8],
        step: &mut Step,
    ) -> Result<(), Reason> {
        let plan = hosting.plan();
        match header {
            Header::Ahead { number, .. } => {
                exactly(body, bundle::ahead_bytes(plan))?;
                self.half(guest, hosting, *number, Half::Ahead(body.to_vec()), step)
            }
            Header::MaskedValue {
                number,
                step: index,
                ..
            } => {
                let batch = if *index == 0 {
                    // Before bundles are spent for it.
                    let images = images(hosting, body)?;
                    self.begin(hosting, *number, images)?
                } else {
                    self.waiting(*number, *index)?
                };
                self.values(guest, hosting, (*number, *index), batch, body, step)
            }
            Header::Turn {
                number,
                step: index,
                turn,
                ..
            } => {
                // The pooling of a step is on the way to the value of the next.
                let next = index.checked_add(1).ok_or(Reason::OutOfOrder)?;
                let batch = self.waiting(*number, next)?;
                let theirs = u32::from(*turn);
                if batch.iter().any(|stage| stage.turn() != Some(theirs)) {
                    return Err(Reason::OutOfOrder);
                }
                let bytes = turn_bytes(plan, (*index).into(), theirs).ok_or(Reason::OutOfOrder)?;
                exactly(body, batch.len() * bytes)?;
                let images = count(&batch);
                let (mut stages, mut answer) = (Vec::with_capacity(batch.len()), Vec::new());
                for (stage, part) in batch.into_iter().zip(split(body, images as usize)?) {
                    let (stage, message) = stage.climb(plan, part)?;
                    stages.push(stage);
                    answer.extend(message);
                }
                self.online = Some(Batch {
                    number: *number,
                    images,
                    stage: ModelOwnerStage::Value(stages),
                });
                let header = Header::Opening {
                    number: *number,
                    step: *index,
                    turn: turn.checked_add(1).ok_or(Reason::OutOfOrder)?,
                };
                step.send(Peer::DataOwner(guest), header.with_body(&[&answer]));
                Ok(())
            }
            Header::Wins { number, .. } => {
                let (images, batch) = match self.online.take() {
                    Some(Batch {
                        number: begun,
                        images,
                        stage: ModelOwnerStage::Wins(batch),
                    }) if begun == *number => (images, batch),
                    _ => return Err(Reason::OutOfOrder),
                };
                exactly(body, batch.len() * plan.classes().count())?;
                let mut shares = Vec::new();
                for (stage, wins) in batch.into_iter().zip(split(body, images as usize)?) {
                    shares.extend(stage.receive(plan, wins)?);
                }
                let header = Header::ClassShares { number: *number };
                step.send(Peer::DataOwner(guest), header.with_body(&[&shares]));
                step.tell(Event::Served { guest, images });
                Ok(())
            }
            _ => Err(Reason::OutOfOrder),
        }
    }

    /// The batch that waits for this step.
    fn waiting(&mut self, number: u64, step: u16) -> Result<Vec<AwaitingValue>, Reason> {
        match self.online.take() {
            Some(Batch {
                number: begun,
                stage: ModelOwnerStage::Value(batch),
                ..
            }) if begun == number && batch.iter().all(|stage| stage.step == usize::from(step)) => {
                Ok(batch)
            }
            _ => Err(Reason::OutOfOrder),
        }
    }

    /// Begins the bundles of a batch. Every lower number is given up: numbers only rise.
    fn begin(
        &mut self,
        hosting: &Hosting,
        number: u64,
        images: u32,
    ) -> Result<Vec<AwaitingValue>, Reason> {
        if self.classifying() {
            return Err(Reason::OutOfOrder);
        }
        let mut batch = Vec::with_capacity(images as usize);
        for place in 0..u64::from(images) {
            let number = number.checked_add(place).ok_or(Reason::BundleSpent)?;
            self.ledger.begin(BundleNumber::try_from(number)?)?;
            let bundle = self.ready.remove(&number).ok_or(Reason::BundleSpent)?;
            batch.push(AwaitingValue::begin(hosting.plan(), bundle));
        }
        self.ready = self.ready.split_off(&number);
        self.halves = self.halves.split_off(&number);
        Ok(batch)
    }
}
