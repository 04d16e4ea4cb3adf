//! One session of the parties, as the model owner keeps account of it.

use std::collections::{BTreeMap, BTreeSet};

use blindsight_model::shamir::Scheme;
use blindsight_mpc::{
    shamir::{Committee, sharing::share},
    with_field,
};
use rand_core::CryptoRng;

use super::super::network::{parcel, parcels, write_client};
use crate::{
    abort::{Phase, Reason},
    hosting::Hosting,
    message::{Header, SessionId},
    party::{Event, Peer, Step},
};

/// Parcels that are under way to the slowest party.
const WINDOW: usize = 4;

/// A session of the parties.
pub(super) struct Session {
    id: SessionId,
    committee: Committee,
    /// Parcels that were sent, and those that each party kept, by its index.
    sent: usize,
    kept: Vec<usize>,
    /// Parties that have all seeds and all weights.
    seated: BTreeSet<u8>,
    /// The last bundle that was allotted.
    last: u64,
    bundles: BTreeMap<u64, Allotted>,
}

/// A bundle, and for whom it is.
pub(super) struct Allotted {
    pub(super) guest: u32,
    /// Its masks are made at all parties.
    pub(super) ready: bool,
    /// Its picture was allowed.
    pub(super) begun: bool,
    /// The parties that have said so of what is under way.
    said: BTreeSet<u8>,
}

impl Session {
    pub(super) fn new(committee: Committee, rng: &mut impl CryptoRng) -> Self {
        let mut id = SessionId([0; 16]);
        rng.fill_bytes(&mut id.0);
        Self {
            id,
            committee,
            sent: 0,
            kept: vec![0; committee.size()],
            seated: BTreeSet::new(),
            last: 0,
            bundles: BTreeMap::new(),
        }
    }

    pub(super) fn id(&self) -> SessionId {
        self.id
    }

    /// Whether all parties have all that they need.
    pub(super) fn is_complete(&self) -> bool {
        self.seated.len() == self.committee.size()
    }

    pub(super) fn phase(&self) -> Phase {
        if !self.is_complete() {
            Phase::Host
        } else if self.bundles.values().any(|bundle| bundle.begun) {
            Phase::Classify
        } else {
            Phase::Deal
        }
    }

    /// Shares as much of the weights as may be under way.
    pub(super) fn hand_over(
        &mut self,
        hosting: &Hosting,
        scheme: &Scheme,
        rng: &mut impl CryptoRng,
        step: &mut Step,
    ) {
        let all = parcels(scheme.plan());
        let slowest = self.kept.iter().min().copied().unwrap_or(0);
        while self.sent < all.min(slowest + WINDOW) {
            let shares = with_field!(scheme.prime(), F => {
                let elements = parcel::<F>(hosting.network(), self.sent);
                let shares = share::<F>(self.committee, &elements, rng);
                shares.iter().map(write_client).collect::<Vec<_>>()
            });
            // A plan has fewer weights than 2^32.
            let header = Header::Parcel {
                session: self.id,
                number: self.sent as u32,
            };
            for (party, shares) in self.committee.parties().zip(&shares) {
                step.send(
                    Peer::ComputeParty(party.number()),
                    header.with_body(&[shares]),
                );
            }
            self.sent += 1;
        }
    }

    /// A party kept a parcel.
    pub(super) fn kept(&mut self, party: u8, number: u32) -> Result<(), Reason> {
        let sent = self.sent;
        let party = self.committee.party(party).ok_or(Reason::OutOfOrder)?;
        let kept = &mut self.kept[party.index()];
        if *kept != number as usize || *kept >= sent {
            return Err(Reason::OutOfOrder);
        }
        *kept += 1;
        Ok(())
    }

    /// A party has all that it needs; whether all have now.
    pub(super) fn seated(&mut self, party: u8, scheme: &Scheme) -> Result<bool, Reason> {
        let index = self
            .committee
            .party(party)
            .ok_or(Reason::OutOfOrder)?
            .index();
        if self.kept[index] != parcels(scheme.plan()) || !self.seated.insert(party) {
            return Err(Reason::OutOfOrder);
        }
        Ok(self.is_complete())
    }

    /// Bundles that a guest has.
    pub(super) fn reserved(&self, guest: u32) -> usize {
        let bundles = self.bundles.values();
        bundles.filter(|bundle| bundle.guest == guest).count()
    }

    /// Has the masks of a bundle made for a guest.
    pub(super) fn prepare(&mut self, guest: u32, step: &mut Step) -> Result<(), Reason> {
        if !self.is_complete() {
            return Err(Reason::OutOfOrder);
        }
        let number = self.last.checked_add(1).ok_or(Reason::TooMuch)?;
        self.last = number;
        let allotted = Allotted {
            guest,
            ready: false,
            begun: false,
            said: BTreeSet::new(),
        };
        self.bundles.insert(number, allotted);
        let session = self.id;
        let header = Header::Prepare {
            session,
            number,
            guest,
        };
        self.tell(&header, step);
        Ok(())
    }

    /// A bundle that has not served.
    pub(super) fn allotted(&self, number: u64) -> Option<&Allotted> {
        self.bundles.get(&number)
    }

    /// Allows the picture of a bundle.
    pub(super) fn go(&mut self, number: u64, step: &mut Step) {
        if let Some(bundle) = self.bundles.get_mut(&number) {
            bundle.begun = true;
            let session = self.id;
            self.tell(&Header::Go { session, number }, step);
        }
    }

    /// A bundle will not be used.
    pub(super) fn discard(&mut self, number: u64, step: &mut Step) {
        if self.bundles.remove(&number).is_some() {
            let session = self.id;
            self.tell(&Header::Discard { session, number }, step);
        }
    }

    /// None of a guest's bundles will be used.
    pub(super) fn discard_all(&mut self, guest: u32, step: &mut Step) {
        let bundles = self.bundles.iter();
        let numbers = bundles.filter(|(_, bundle)| bundle.guest == guest);
        for number in Vec::from_iter(numbers.map(|(number, _)| *number)) {
            self.discard(number, step);
        }
    }

    /// A party has made the masks of a bundle.
    pub(super) fn prepared(
        &mut self,
        party: u8,
        number: u64,
        step: &mut Step,
    ) -> Result<(), Reason> {
        let session = self.id;
        let size = self.committee.size();
        // Its guest may have left.
        let Some(bundle) = self.bundles.get_mut(&number) else {
            return self.was_allotted(number);
        };
        if bundle.ready || !bundle.said.insert(party) {
            return Err(Reason::OutOfOrder);
        }
        if bundle.said.len() == size {
            bundle.ready = true;
            bundle.said.clear();
            let header = Header::Allotted { session, number };
            step.send(Peer::DataOwner(bundle.guest), header.alone());
        }
        Ok(())
    }

    /// A party has given a data owner its share of the result.
    pub(super) fn done(&mut self, party: u8, number: u64, step: &mut Step) -> Result<(), Reason> {
        let size = self.committee.size();
        let Some(bundle) = self.bundles.get_mut(&number) else {
            return self.was_allotted(number);
        };
        if !bundle.begun || !bundle.said.insert(party) {
            return Err(Reason::OutOfOrder);
        }
        if bundle.said.len() == size {
            let guest = bundle.guest;
            self.bundles.remove(&number);
            step.tell(Event::Served { guest, images: 1 });
        }
        Ok(())
    }

    fn was_allotted(&self, number: u64) -> Result<(), Reason> {
        (number <= self.last)
            .then_some(())
            .ok_or(Reason::OutOfOrder)
    }

    fn tell(&self, header: &Header, step: &mut Step) {
        for party in self.committee.parties() {
            step.send(Peer::ComputeParty(party.number()), header.alone());
        }
    }
}
