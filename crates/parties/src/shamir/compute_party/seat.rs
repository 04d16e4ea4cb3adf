//! A seat in a session: first seeds and weights are gathered, then pictures are evaluated.

use std::sync::Arc;

use blindsight_model::shamir::Scheme;
use blindsight_mpc::shamir::{Field, Party, prss::SeedDealing};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{
    super::{
        cost::longest_round,
        evaluation::Hosted,
        network::{Arriving, PARCEL, client_bytes, parcels},
    },
    Computation,
    serving::Serving,
};
use crate::{
    abort::{Phase, Reason},
    message::{Header, MAX_HEADER_BYTES, MESSAGE_VERSION, SessionId},
    party::{Event, Peer, Step, exactly, same_version},
};

/// A seat in a session.
pub(super) struct Seat<F: Field> {
    session: SessionId,
    me: Party,
    /// The longest body that another party may send.
    longest_round: usize,
    picture_bytes: usize,
    stage: Stage<F>,
}

enum Stage<F: Field> {
    Gathering(Box<Gathering<F>>),
    Serving(Box<Serving<F>>),
    /// In between; never seen.
    Moving,
}

/// What has come so far.
struct Gathering<F: Field> {
    scheme: Scheme,
    dealing: SeedDealing,
    /// By the party's index: whether our seeds were sent, and theirs.
    sent: Vec<bool>,
    seeds: Vec<Option<Zeroizing<Vec<u8>>>>,
    arriving: Arriving<F>,
}

impl<F: Field> Seat<F> {
    pub(super) fn new(
        session: SessionId,
        me: Party,
        scheme: Scheme,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let committee = scheme.committee();
        let pixels = scheme.plan().input().elements();
        Self {
            session,
            me,
            longest_round: longest_round(&scheme, me),
            picture_bytes: client_bytes(committee, me, pixels),
            stage: Stage::Gathering(Box::new(Gathering {
                dealing: SeedDealing::new(committee, me, rng),
                sent: vec![false; committee.size()],
                seeds: committee.parties().map(|_| None).collect(),
                arriving: Arriving::new(),
                scheme,
            })),
        }
    }

    /// Moves on when everything is here.
    fn serve_if_complete(&mut self, step: &mut Step) -> Result<(), Reason> {
        let Stage::Gathering(gathering) = &self.stage else {
            return Ok(());
        };
        if !gathering.is_complete(self.me) {
            return Ok(());
        }
        let Stage::Gathering(gathering) = std::mem::replace(&mut self.stage, Stage::Moving) else {
            return Err(Reason::Internal);
        };
        let Gathering {
            scheme,
            dealing,
            seeds,
            arriving,
            ..
        } = *gathering;
        let received: Vec<&[u8]> = seeds
            .iter()
            .map(|seeds| seeds.as_ref().map_or(&[][..], |seeds| seeds))
            .collect();
        let seeds = dealing.finish(&received)?;
        let network = arriving.complete(scheme.plan()).ok_or(Reason::Internal)?;
        let hosted = Arc::new(Hosted { scheme, network });
        let serving = Serving::new(self.session, self.me, seeds, hosted);
        self.stage = Stage::Serving(Box::new(serving));
        let seated = Header::Seated {
            session: self.session,
        };
        step.send(Peer::ModelOwner, seated.alone());
        step.tell(Event::Complete);
        Ok(())
    }
}

impl<F: Field> Gathering<F> {
    fn is_complete(&self, me: Party) -> bool {
        let others = self.scheme.committee().others(me);
        let mut others = others.map(|other| other.index());
        let weights = parcels(self.scheme.plan());
        others.all(|other| self.sent[other] && self.seeds[other].is_some())
            && self.arriving.done() == weights
    }
}

impl<F: Field> Computation for Seat<F> {
    fn session(&self) -> SessionId {
        self.session
    }

    fn phase(&self) -> Phase {
        match &self.stage {
            Stage::Gathering(_) | Stage::Moving => Phase::Host,
            Stage::Serving(serving) if serving.is_evaluating() => Phase::Classify,
            Stage::Serving(_) => Phase::Deal,
        }
    }

    fn is_serving(&self) -> bool {
        matches!(self.stage, Stage::Serving(_))
    }

    fn longest_message(&self, from: Peer) -> usize {
        let body = match from {
            Peer::ModelOwner => PARCEL * F::BYTES,
            Peer::ComputeParty(_) => self.longest_round,
            Peer::DataOwner(_) => self.picture_bytes,
            Peer::Helper => 0,
        };
        MAX_HEADER_BYTES + body
    }

    fn meet(&mut self, party: u8, step: &mut Step) {
        let Stage::Gathering(gathering) = &mut self.stage else {
            return;
        };
        let Some(other) = gathering.scheme.committee().party(party) else {
            return;
        };
        if other == self.me || gathering.sent[other.index()] {
            return;
        }
        gathering.sent[other.index()] = true;
        let header = Header::SetSeeds {
            version: MESSAGE_VERSION,
            session: self.session,
            scheme: gathering.scheme.hash(),
        };
        let seeds = gathering.dealing.outgoing(other);
        step.send(Peer::ComputeParty(party), header.with_body(&[&seeds]));
        if self.serve_if_complete(step).is_err() {
            // The lengths were checked when the seeds came.
            step.abort(Peer::ModelOwner, Reason::Internal.during(Phase::Host));
        }
    }

    fn forget(&mut self, guest: u32) {
        if let Stage::Serving(serving) = &mut self.stage {
            serving.forget(guest);
        }
    }

    fn take(
        &mut self,
        from: Peer,
        header: &Header,
        body: &[u8],
        step: &mut Step,
    ) -> Result<(), Reason> {
        match (&mut self.stage, header, from) {
            (
                Stage::Gathering(gathering),
                Header::SetSeeds {
                    version, scheme, ..
                },
                Peer::ComputeParty(party),
            ) => {
                same_version(*version)?;
                if *scheme != gathering.scheme.hash() {
                    return Err(Reason::PlanMismatch);
                }
                let committee = gathering.scheme.committee();
                let other = committee.party(party).ok_or(Reason::OutOfOrder)?;
                exactly(body, SeedDealing::bytes(committee, other, self.me))?;
                let seeds = &mut gathering.seeds[other.index()];
                if other == self.me || seeds.replace(Zeroizing::new(body.to_vec())).is_some() {
                    return Err(Reason::OutOfOrder);
                }
                self.serve_if_complete(step)
            }
            (Stage::Gathering(gathering), Header::Parcel { number, .. }, Peer::ModelOwner) => {
                let scheme = &gathering.scheme;
                let (plan, committee) = (scheme.plan(), scheme.committee());
                gathering
                    .arriving
                    .take(plan, committee, self.me, *number, body)?;
                let kept = Header::Kept {
                    session: self.session,
                    number: *number,
                };
                step.send(Peer::ModelOwner, kept.alone());
                let done = gathering.arriving.done() as u64;
                let total = parcels(plan) as u64;
                step.tell(Event::WeightsReceived { done, total });
                self.serve_if_complete(step)
            }
            (Stage::Serving(serving), header, from) => serving.take(from, header, body, step),
            _ => Err(Reason::OutOfOrder),
        }
    }
}
