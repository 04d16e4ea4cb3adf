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
    message::Header,
    online::{
        ladder::turn_bytes,
        model_owner::{AwaitingValue, ModelOwnerStage, Reply},
    },
    party::{Event, Peer, Step, exactly},
};

/// Bundles and the running evaluation of one data owner.
pub(super) struct Guest {
    seed: Seed,
    ledger: Ledger,
    /// Halves of bundles that wait for the other half: keys from the helper, words from the data
    /// owner.
    halves: BTreeMap<u64, Half>,
    ready: BTreeMap<u64, ModelOwnerBundle>,
    online: Option<ModelOwnerStage>,
    /// A masked picture that waits for the person's answer.
    held: Option<Held>,
    /// The largest number of which a half came: none comes twice.
    newest: [u64; 2],
}

/// A masked picture that began a bundle, and is not classified yet.
pub(super) struct Held {
    number: u64,
    bundle: AwaitingValue,
    masked: Vec<u8>,
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

    /// Takes a masked picture, and asks the person before anything is done with it. Its bundle is
    /// spent whatever the answer is.
    pub(super) fn hold(
        &mut self,
        guest: u32,
        hosting: &Hosting,
        number: u64,
        body: &[u8],
        step: &mut Step,
    ) -> Result<(), Reason> {
        exactly(body, hosting.plan().values()[0].bytes())?;
        let bundle = self.begin(hosting, number)?;
        self.held = Some(Held {
            number,
            bundle,
            masked: body.to_vec(),
        });
        step.send(Peer::DataOwner(guest), Header::Held { number }.alone());
        step.tell(Event::Asking { guest });
        Ok(())
    }

    /// The picture that waits for an answer.
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
            bundle,
            masked,
        } = held;
        self.value(guest, hosting, (number, 0), bundle, &masked, step)
    }

    /// The answer is no.
    pub(super) fn deny(guest: u32, held: &Held, step: &mut Step) {
        let number = held.number;
        step.send(Peer::DataOwner(guest), Header::Denied { number }.alone());
    }

    /// A masked value for the evaluation that waits for it.
    fn value(
        &mut self,
        guest: u32,
        hosting: &Hosting,
        (number, index): (u64, u16),
        stage: AwaitingValue,
        masked: &[u8],
        step: &mut Step,
    ) -> Result<(), Reason> {
        exactly(masked, stage.value_bytes(hosting.plan()))?;
        let (next, reply) = stage.receive(hosting, masked)?;
        let done = matches!(next, ModelOwnerStage::Done);
        self.online = Some(next).filter(|_| !done);
        let message = match reply {
            Reply::Opening(opening) => Header::Opening {
                number,
                step: index,
                turn: 0,
            }
            .with_body(&[&opening]),
            Reply::Differences { differences, wins } => {
                Header::Differences { number }.with_body(&[&differences, &wins])
            }
            Reply::Scores(share) => Header::Scores { number }.with_body(&[&share]),
        };
        step.send(Peer::DataOwner(guest), message);
        if done {
            step.tell(Event::Served { guest });
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
        match &mut self.online {
            Some(ModelOwnerStage::Value(stage)) => Ok(stage.prepare(hosting.plan())?),
            _ => Ok(()),
        }
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
                let stage = if *index == 0 {
                    // Before the bundle is spent for it.
                    exactly(body, plan.values()[0].bytes())?;
                    self.begin(hosting, *number)?
                } else {
                    self.waiting(*number, *index)?
                };
                self.value(guest, hosting, (*number, *index), stage, body, step)
            }
            Header::Turn {
                number,
                step: index,
                turn,
                ..
            } => {
                // The pooling of a step is on the way to the value of the next.
                let stage =
                    self.waiting(*number, index.checked_add(1).ok_or(Reason::OutOfOrder)?)?;
                if stage.turn() != Some(u32::from(*turn)) {
                    return Err(Reason::OutOfOrder);
                }
                let bytes = turn_bytes(plan, (*index).into(), (*turn).into());
                exactly(body, bytes.ok_or(Reason::OutOfOrder)?)?;
                let (next, turn, message) = stage.climb(plan, body)?;
                self.online = Some(ModelOwnerStage::Value(Box::new(next)));
                let header = Header::Opening {
                    number: *number,
                    step: *index,
                    turn: turn as u8,
                };
                step.send(Peer::DataOwner(guest), header.with_body(&[&message]));
                Ok(())
            }
            Header::Wins { number, .. } => {
                exactly(body, plan.classes().count())?;
                let stage = match self.online.take() {
                    Some(ModelOwnerStage::Wins(stage)) if stage.number.get() == *number => stage,
                    _ => return Err(Reason::OutOfOrder),
                };
                let shares = stage.receive(plan, body)?;
                let header = Header::ClassShares { number: *number };
                step.send(Peer::DataOwner(guest), header.with_body(&[&shares]));
                step.tell(Event::Served { guest });
                Ok(())
            }
            _ => Err(Reason::OutOfOrder),
        }
    }

    /// The evaluation that waits for this step of this bundle.
    fn waiting(&mut self, number: u64, step: u16) -> Result<AwaitingValue, Reason> {
        match self.online.take() {
            Some(ModelOwnerStage::Value(stage))
                if stage.number.get() == number && stage.step == usize::from(step) =>
            {
                Ok(*stage)
            }
            _ => Err(Reason::OutOfOrder),
        }
    }

    /// Begins a bundle. Every lower number is given up: numbers only rise.
    fn begin(&mut self, hosting: &Hosting, number: u64) -> Result<AwaitingValue, Reason> {
        if self.classifying() {
            return Err(Reason::OutOfOrder);
        }
        self.ledger.begin(BundleNumber::try_from(number)?)?;
        let bundle = self.ready.remove(&number).ok_or(Reason::BundleSpent)?;
        self.ready = self.ready.split_off(&number);
        self.halves = self.halves.split_off(&number);
        Ok(AwaitingValue::begin(hosting.plan(), bundle))
    }
}
