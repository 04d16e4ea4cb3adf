//! The helper: deals bundles and sees neither image nor weights nor messages of an evaluation.

use std::collections::BTreeMap;

use blindsight_model::plan::{Plan, PlanHash};
use blindsight_mpc::{
    bundle::{BundleNumber, Ledger},
    seed::Seed,
};
use rand_core::CryptoRng;

use crate::{
    abort::{Phase, Reason},
    agreement::{Pair, agree},
    bundle::{
        deal::{Seeds, deal},
        products::Products,
    },
    hosting::weight_mask,
    matrix::Matrix,
    message::{Contribution, Header, MAX_HEADER_BYTES, MESSAGE_VERSION, SessionId},
    party::{Event, Peer, Step, exactly, read, same_version},
};

/// The most data owners that one helper serves at a time.
pub const MAX_GUESTS: usize = 64;
/// The most weights of all served networks together: each costs up to eight bytes of memory.
pub const MAX_TOTAL_WEIGHTS: usize = 1 << 27;

/// A helper in one room: one model owner, any number of data owners.
#[derive(Default)]
pub struct Helper {
    guests: BTreeMap<u32, Guest>,
}

/// A data owner on the way to being served: its request and the model owner's introduction come in
/// either order.
enum Guest {
    Met(Meeting),
    Introduced(Introduction),
    Serving(Box<Serving>),
}

struct Meeting {
    session: SessionId,
    plan: PlanHash,
    contribution: Contribution,
}

struct Introduction {
    session: SessionId,
    plan: Plan,
    seed: Seed,
}

struct Serving {
    plan: Plan,
    weight_masks: Vec<Matrix>,
    products: Products,
    data_owner: Seed,
    model_owner: Seed,
    session: SessionId,
    ledger: Ledger,
}

impl Helper {
    /// A helper that serves nobody yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The longest message that it takes.
    pub fn longest_message(&self) -> usize {
        MAX_HEADER_BYTES
    }

    /// Ends the work on the helper's own will and tells the peers.
    pub fn stop(&mut self) -> Step {
        let mut step = Step::default();
        let stopped = || Header::Abort(Reason::Stopped.during(Phase::Deal)).alone();
        for guest in std::mem::take(&mut self.guests).into_keys() {
            step.send(Peer::DataOwner(guest), stopped());
        }
        step.send(Peer::ModelOwner, stopped());
        step
    }

    /// Number of data owners that are being served.
    pub fn serving(&self) -> usize {
        let guests = self.guests.values();
        guests
            .filter(|guest| matches!(guest, Guest::Serving(_)))
            .count()
    }

    /// Somebody left: forgets what belonged to them, seeds included.
    pub fn peer_left(&mut self, peer: Peer) -> Step {
        match peer {
            Peer::DataOwner(guest) => {
                self.guests.remove(&guest);
            }
            Peer::ModelOwner => self.guests.clear(),
            Peer::Helper | Peer::ComputeParty(_) => {}
        }
        Step::default()
    }

    /// Takes a message from a peer.
    pub fn receive(&mut self, from: Peer, message: &[u8], rng: &mut impl CryptoRng) -> Step {
        let mut step = Step::default();
        let mut phase = Phase::Agree;
        let done = match from {
            Peer::ModelOwner => self.take_from_model_owner(message, rng, &mut step),
            Peer::DataOwner(guest) => {
                if matches!(self.guests.get(&guest), Some(Guest::Serving(_))) {
                    phase = Phase::Deal;
                }
                let done = self.take_from_data_owner(guest, message, rng, &mut step);
                if done.is_err() {
                    self.guests.remove(&guest);
                }
                done
            }
            Peer::Helper | Peer::ComputeParty(_) => Err(Reason::OutOfOrder),
        };
        if let Err(reason) = done {
            step.abort(from, reason.during(phase));
        }
        step
    }

    fn take_from_model_owner(
        &mut self,
        message: &[u8],
        rng: &mut impl CryptoRng,
        step: &mut Step,
    ) -> Result<(), Reason> {
        let (header, body) = read(message)?;
        exactly(body, 0)?;
        match header {
            Header::Introduce {
                version,
                session,
                guest,
                plan,
                contribution,
            } => {
                same_version(version)?;
                let done = self.introduce(guest, session, plan, &contribution, rng, step);
                if let Err(reason) = done {
                    let declined = Header::Declined {
                        session,
                        guest,
                        reason,
                    };
                    step.send(Peer::ModelOwner, declined.alone());
                }
                Ok(())
            }
            Header::Dismiss { guest } => {
                self.guests.remove(&guest);
                Ok(())
            }
            Header::Abort(abort) => {
                step.tell(Event::Aborted {
                    peer: Peer::ModelOwner,
                    by_peer: true,
                    abort,
                });
                Ok(())
            }
            _ => Err(Reason::OutOfOrder),
        }
    }

    /// Takes on a data owner. What was agreed for it before is forgotten.
    fn introduce(
        &mut self,
        guest: u32,
        session: SessionId,
        plan: Plan,
        contribution: &Contribution,
        rng: &mut impl CryptoRng,
        step: &mut Step,
    ) -> Result<(), Reason> {
        self.check_limits(guest, &plan)?;
        // A second introduction in a session would begin it anew, and the data owner would not know.
        let current = match self.guests.get(&guest) {
            Some(Guest::Introduced(introduction)) => Some(introduction.session),
            Some(Guest::Serving(serving)) => Some(serving.session),
            Some(Guest::Met(_)) | None => None,
        };
        if current == Some(session) {
            return Err(Reason::OutOfOrder);
        }
        let hash = plan.hash();
        let own = Contribution::from(&Seed::random(rng));
        let pair = Pair::HelperAndModelOwner;
        let introduction = Introduction {
            session,
            seed: agree(pair, &own, contribution, session, hash),
            plan,
        };
        let answer = Header::Introduced {
            version: MESSAGE_VERSION,
            session,
            guest,
            plan: hash,
            contribution: own,
        };
        step.send(Peer::ModelOwner, answer.alone());
        match self.guests.remove(&guest) {
            // A request for another session is out of date.
            Some(Guest::Met(meeting)) if meeting.session == session => {
                self.serve(guest, introduction, &meeting, rng, step)
            }
            _ => {
                self.guests.insert(guest, Guest::Introduced(introduction));
                Ok(())
            }
        }
    }

    fn take_from_data_owner(
        &mut self,
        guest: u32,
        message: &[u8],
        rng: &mut impl CryptoRng,
        step: &mut Step,
    ) -> Result<(), Reason> {
        let (header, body) = read(message)?;
        exactly(body, 0)?;
        match header {
            Header::Meet {
                version,
                session,
                plan,
                contribution,
            } => {
                same_version(version)?;
                let meeting = Meeting {
                    session,
                    plan,
                    contribution,
                };
                match self.guests.remove(&guest) {
                    Some(Guest::Introduced(introduction)) if introduction.session == session => {
                        self.serve(guest, introduction, &meeting, rng, step)
                    }
                    // The request for a session that was replaced meanwhile.
                    Some(other @ (Guest::Introduced(_) | Guest::Serving(_))) => {
                        self.guests.insert(guest, other);
                        Ok(())
                    }
                    _ if self.guests.len() >= MAX_GUESTS => Err(Reason::TooMuch),
                    _ => {
                        self.guests.insert(guest, Guest::Met(meeting));
                        Ok(())
                    }
                }
            }
            Header::Deal { number } => match self.guests.get_mut(&guest) {
                Some(Guest::Serving(serving)) => serving.deal(guest, number, step),
                _ => Err(Reason::OutOfOrder),
            },
            Header::Abort(abort) => {
                self.guests.remove(&guest);
                step.tell(Event::Aborted {
                    peer: Peer::DataOwner(guest),
                    by_peer: true,
                    abort,
                });
                Ok(())
            }
            _ => Err(Reason::OutOfOrder),
        }
    }

    fn check_limits(&self, guest: u32, plan: &Plan) -> Result<(), Reason> {
        let weights = |plan: &Plan| plan.linears().iter().map(|l| l.weights()).sum::<usize>();
        let others = self.guests.iter().filter(|(id, _)| **id != guest);
        let served: usize = others
            .map(|(_, other)| match other {
                Guest::Met(_) => 0,
                Guest::Introduced(introduction) => weights(&introduction.plan),
                Guest::Serving(serving) => weights(&serving.plan),
            })
            .sum();
        let guests = self.guests.len();
        let fits = served.saturating_add(weights(plan)) <= MAX_TOTAL_WEIGHTS;
        if fits && (guests < MAX_GUESTS || self.guests.contains_key(&guest)) {
            Ok(())
        } else {
            Err(Reason::TooMuch)
        }
    }

    /// Both sides are here: agree with the data owner and expand the masks of the weights.
    fn serve(
        &mut self,
        guest: u32,
        introduction: Introduction,
        meeting: &Meeting,
        rng: &mut impl CryptoRng,
        step: &mut Step,
    ) -> Result<(), Reason> {
        let Introduction {
            session,
            plan,
            seed,
        } = introduction;
        let hash = plan.hash();
        if meeting.plan != hash {
            return Err(Reason::PlanMismatch);
        }
        let own = Contribution::from(&Seed::random(rng));
        let pair = Pair::HelperAndDataOwner;
        let masks = 0..plan.linears().len();
        let weight_masks = masks
            .map(|number| weight_mask(&plan, number, &seed))
            .collect::<Option<_>>();
        let serving = Serving {
            weight_masks: weight_masks.ok_or(Reason::Internal)?,
            products: Products::default(),
            data_owner: agree(pair, &own, &meeting.contribution, session, hash),
            model_owner: seed,
            session,
            ledger: Ledger::default(),
            plan,
        };
        let answer = Header::Met {
            version: MESSAGE_VERSION,
            session,
            plan: hash,
            contribution: own,
        };
        step.send(Peer::DataOwner(guest), answer.alone());
        step.tell(Event::Serving { guest });
        self.guests.insert(guest, Guest::Serving(Box::new(serving)));
        Ok(())
    }
}

impl Serving {
    fn deal(&mut self, guest: u32, number: u64, step: &mut Step) -> Result<(), Reason> {
        let begun = BundleNumber::try_from(number)?;
        self.ledger.begin(begun)?;
        let products = self
            .products
            .take(&self.plan, &self.weight_masks, &self.data_owner, begun)
            .ok_or(Reason::Internal)?;
        let dealt = deal(
            &self.plan,
            &products,
            Seeds {
                data_owner: &self.data_owner,
                model_owner: &self.model_owner,
            },
            begun,
        )?;
        let corrections = Header::Corrections { number }.with_body(&[&dealt.corrections]);
        let session = self.session;
        let keys = Header::Keys { session, number }.with_body(&[&dealt.keys]);
        let bytes = (corrections.len() + keys.len()) as u64;
        step.send(Peer::DataOwner(guest), corrections);
        step.send_both([Peer::DataOwner(guest), Peer::ModelOwner], keys);
        step.tell(Event::Dealt { guest, bytes });
        Ok(())
    }
}
