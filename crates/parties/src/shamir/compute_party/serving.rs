//! Evaluating pictures: bundles, their masks, their rounds.

use std::{collections::BTreeMap, sync::Arc};

use blindsight_mpc::{
    bundle::BundleNumber,
    shamir::{Field, Party, Shares, prss::Seeds},
};

use super::super::{
    bundle::{Bundle, Inbox, Progress},
    evaluation::Hosted,
    network::read_client,
};
use crate::{
    abort::Reason,
    message::{Header, SessionId},
    party::{Event, Peer, Step, exactly},
};

/// The most bundles that are kept, and the most of which others speak before the model owner does.
const MAX_BUNDLES: usize = 256;

/// A party that has all seeds and all weights.
pub(super) struct Serving<F: Field> {
    session: SessionId,
    me: Party,
    seeds: Seeds,
    hosted: Arc<Hosted<F>>,
    bundles: BTreeMap<u64, Allotted<F>>,
    /// Messages of bundles that the model owner has not spoken of yet.
    early: BTreeMap<u64, Inbox>,
    /// The last bundle that was begun.
    last: u64,
}

/// A bundle and for whom it is.
struct Allotted<F: Field> {
    bundle: Bundle<F>,
    guest: u32,
    /// The model owner allows its picture.
    go: bool,
    picture: Option<Shares<F>>,
}

impl<F: Field> Serving<F> {
    pub(super) fn new(session: SessionId, me: Party, seeds: Seeds, hosted: Arc<Hosted<F>>) -> Self {
        Self {
            session,
            me,
            seeds,
            hosted,
            bundles: BTreeMap::new(),
            early: BTreeMap::new(),
            last: 0,
        }
    }

    /// Whether a picture is under way.
    pub(super) fn is_evaluating(&self) -> bool {
        self.bundles.values().any(|one| one.bundle.is_evaluating())
    }

    /// A data owner is gone: its bundles are of no use.
    pub(super) fn forget(&mut self, guest: u32) {
        self.bundles.retain(|_, allotted| allotted.guest != guest);
    }

    pub(super) fn take(
        &mut self,
        from: Peer,
        header: &Header,
        body: &[u8],
        step: &mut Step,
    ) -> Result<(), Reason> {
        match (header, from) {
            (Header::Prepare { number, guest, .. }, Peer::ModelOwner) => {
                exactly(body, 0)?;
                self.prepare(*number, *guest, step)
            }
            (Header::Go { number, .. }, Peer::ModelOwner) => {
                exactly(body, 0)?;
                // Its data owner may have left.
                let Some(allotted) = self.bundles.get_mut(number) else {
                    return self.spent(*number);
                };
                if std::mem::replace(&mut allotted.go, true) {
                    return Err(Reason::OutOfOrder);
                }
                self.evaluate(*number, step)
            }
            (Header::Discard { number, .. }, Peer::ModelOwner) => {
                exactly(body, 0)?;
                self.bundles.remove(number);
                self.spent(*number)
            }
            (Header::Picture { number, .. }, Peer::DataOwner(guest)) => {
                let allotted = self.bundles.get_mut(number);
                let allotted = allotted.filter(|allotted| allotted.guest == guest);
                let allotted = allotted.ok_or(Reason::BundleSpent)?;
                let scheme = &self.hosted.scheme;
                let pixels = scheme.plan().input().elements();
                let picture = read_client(scheme.committee(), self.me, pixels, body)?;
                if allotted.picture.replace(picture).is_some() || allotted.bundle.is_evaluating() {
                    return Err(Reason::OutOfOrder);
                }
                self.evaluate(*number, step)
            }
            (Header::Round { number, round, .. }, Peer::ComputeParty(party)) => {
                let other = self.hosted.scheme.committee().party(party);
                let other = other.filter(|other| *other != self.me);
                let other = other.ok_or(Reason::OutOfOrder)?;
                self.round(*number, *round, other, body, step)
            }
            _ => Err(Reason::OutOfOrder),
        }
    }

    /// A bundle that is not here: right if it was begun once.
    fn spent(&self, number: u64) -> Result<(), Reason> {
        let begun = number <= self.last;
        begun.then_some(()).ok_or(Reason::OutOfOrder)
    }

    fn prepare(&mut self, number: u64, guest: u32, step: &mut Step) -> Result<(), Reason> {
        if self.bundles.len() >= MAX_BUNDLES {
            return Err(Reason::TooMuch);
        }
        let inbox = self.early.remove(&number).unwrap_or_default();
        let number = BundleNumber::try_from(number)?;
        let prss = self.seeds.begin(number)?;
        self.last = number.get();
        // What was never begun before this one never will be.
        self.early.retain(|early, _| *early > number.get());
        let (bundle, mut progress) = Bundle::begin(&self.hosted.scheme, prss, inbox)?;
        let allotted = Allotted {
            bundle,
            guest,
            go: false,
            picture: None,
        };
        let bundle = &mut self.bundles.entry(number.get()).or_insert(allotted).bundle;
        let advanced = bundle.advance(&mut progress);
        self.follow(number.get(), progress, step);
        advanced
    }

    fn round(
        &mut self,
        number: u64,
        round: u16,
        from: Party,
        body: &[u8],
        step: &mut Step,
    ) -> Result<(), Reason> {
        if let Some(allotted) = self.bundles.get_mut(&number) {
            let progress = allotted.bundle.receive(from, round, body)?;
            self.follow(number, progress, step);
            return Ok(());
        }
        // Of a bundle that was spent or discarded here.
        if number <= self.last {
            return Ok(());
        }
        if self.early.len() >= MAX_BUNDLES && !self.early.contains_key(&number) {
            return Err(Reason::TooMuch);
        }
        self.early
            .entry(number)
            .or_default()
            .put(from, round, 0, body)
    }

    /// Begins to evaluate a picture that is here and allowed.
    fn evaluate(&mut self, number: u64, step: &mut Step) -> Result<(), Reason> {
        let Some(allotted) = self.bundles.get_mut(&number) else {
            return Ok(());
        };
        if !allotted.go {
            return Ok(());
        }
        let Some(picture) = allotted.picture.take() else {
            return Ok(());
        };
        let progress = allotted.bundle.evaluate(&self.hosted, picture)?;
        self.follow(number, progress, step);
        Ok(())
    }

    /// Sends what a bundle says.
    fn follow(&mut self, number: u64, progress: Progress<F>, step: &mut Step) {
        let session = self.session;
        for message in progress.messages {
            let header = Header::Round {
                session,
                number,
                round: message.round,
            };
            let to = Peer::ComputeParty(message.to.number());
            step.send(to, header.with_body(&[&message.body]));
        }
        if progress.masked {
            let prepared = Header::Prepared { session, number };
            step.send(Peer::ModelOwner, prepared.alone());
        }
        if let Some(shares) = progress.outcome
            && let Some(allotted) = self.bundles.remove(&number)
        {
            let mut body = zeroize::Zeroizing::new(Vec::new());
            F::write(&shares, &mut body);
            let header = Header::Outcome { session, number };
            let guest = allotted.guest;
            step.send(Peer::DataOwner(guest), header.with_body(&[&body]));
            step.send(Peer::ModelOwner, Header::Done { session, number }.alone());
            step.tell(Event::Served { guest, images: 1 });
        }
    }
}
