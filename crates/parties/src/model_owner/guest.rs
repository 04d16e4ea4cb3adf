//! One hosted data owner, as the model owner sees it.

use std::collections::BTreeMap;

use blindsight_mpc::{
    bundle::{BundleNumber, Ledger},
    seed::Seed,
};
use zeroize::Zeroizing;

use super::MAX_POOL;
use crate::{
    abort::Reason,
    bundle::{
        self,
        model_owner::{ModelOwnerBundle, assemble},
    },
    hosting::Hosting,
    message::Header,
    online::model_owner::{AwaitingInput, ModelOwnerStage, Reply},
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
    /// The largest number of which a half came: none comes twice.
    newest: [u64; 2],
}

enum Half {
    Keys(Zeroizing<Vec<u8>>),
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
            newest: [0, 0],
        }
    }

    pub(super) fn classifying(&self) -> bool {
        self.online.is_some()
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
        let half = Half::Keys(Zeroizing::new(keys.to_vec()));
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
            Some(ModelOwnerStage::Input(stage)) => Ok(stage.prepare(hosting.plan())?),
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
            Header::MaskedInput {
                number,
                step: index,
                ..
            } => {
                let linear = plan.linear((*index).into()).ok_or(Reason::OutOfOrder)?;
                exactly(body, linear.map.inputs() * linear.ring.bytes())?;
                let stage = if *index == 0 {
                    self.begin(hosting, *number)?
                } else {
                    match self.online.take() {
                        Some(ModelOwnerStage::Input(stage))
                            if stage.number.get() == *number
                                && stage.step == usize::from(*index) =>
                        {
                            stage
                        }
                        _ => return Err(Reason::OutOfOrder),
                    }
                };
                let (next, reply) = stage.receive(hosting, body)?;
                self.online = Some(next);
                let message = match reply {
                    Reply::Opening(opening) => Header::Opening {
                        number: *number,
                        step: *index,
                    }
                    .with_body(&[&opening]),
                    Reply::Differences { differences, wins } => {
                        Header::Differences { number: *number }.with_body(&[&differences, &wins])
                    }
                };
                step.send(Peer::DataOwner(guest), message);
                Ok(())
            }
            Header::Wins { number, .. } => {
                exactly(body, plan.classes().count())?;
                let stage = match self.online.take() {
                    Some(ModelOwnerStage::Wins(stage)) if stage.number.get() == *number => stage,
                    _ => return Err(Reason::OutOfOrder),
                };
                let share = stage.receive(plan, body)?;
                let header = Header::ClassShare {
                    number: *number,
                    share,
                };
                step.send(Peer::DataOwner(guest), header.alone());
                step.tell(Event::Served { guest });
                Ok(())
            }
            _ => Err(Reason::OutOfOrder),
        }
    }

    /// Begins a bundle. Every lower number is given up: numbers only rise.
    fn begin(&mut self, hosting: &Hosting, number: u64) -> Result<AwaitingInput, Reason> {
        if self.online.is_some() {
            return Err(Reason::OutOfOrder);
        }
        self.ledger.begin(BundleNumber::try_from(number)?)?;
        let bundle = self.ready.remove(&number).ok_or(Reason::BundleSpent)?;
        self.ready = self.ready.split_off(&number);
        self.halves = self.halves.split_off(&number);
        Ok(AwaitingInput::begin(hosting.plan(), bundle))
    }
}
