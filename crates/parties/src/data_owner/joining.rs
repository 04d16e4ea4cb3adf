//! From the offer to being hosted: seed and masked weights.

use blindsight_model::plan::{Plan, PlanHash};
use blindsight_mpc::seed::Seed;
use rand_core::CryptoRng;

use super::{check_labels, hosted::Hosted, same_session};
use crate::{
    abort::Reason,
    agreement::{Pair, agree},
    matrix::Matrix,
    message::{Contribution, Header, MESSAGE_VERSION, SessionId},
    party::{Event, Peer, Step},
};

/// Has the offer; seed and weights come in either order.
pub(super) struct Joining {
    session: SessionId,
    plan: Plan,
    labels: Vec<String>,
    left: u32,
    own: Contribution,
    met: bool,
    seed: Option<Seed>,
    weights: Vec<Matrix>,
}

impl Joining {
    pub(super) fn new(
        session: SessionId,
        plan: Plan,
        labels: Vec<String>,
        left: u32,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, Reason> {
        check_labels(&labels, plan.classes().count())?;
        Ok(Self {
            session,
            plan,
            labels,
            left,
            own: Contribution::from(&Seed::random(rng)),
            met: false,
            seed: None,
            weights: Vec::new(),
        })
    }

    pub(super) fn session(&self) -> SessionId {
        self.session
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(super) fn announce(&self, model: String, step: &mut Step) {
        step.tell(Event::Offered {
            model,
            labels: self.labels.clone(),
            plan: self.plan.clone(),
            left: self.left,
        });
    }

    /// Asks the helper to deal, once.
    pub(super) fn meet(&mut self, step: &mut Step) {
        if self.met {
            return;
        }
        self.met = true;
        let meet = Header::Meet {
            version: MESSAGE_VERSION,
            session: self.session,
            plan: self.plan.hash(),
            contribution: self.own.clone(),
        };
        step.send(Peer::Helper, meet.alone());
    }

    /// A helper that did not answer will not: the next one is asked.
    pub(super) fn helper_left(&mut self) {
        self.met = self.seed.is_some();
    }

    /// The helper's answer.
    pub(super) fn met(
        &mut self,
        session: SessionId,
        plan: PlanHash,
        helper: &Contribution,
    ) -> Result<(), Reason> {
        same_session(self.session, session)?;
        if plan != self.plan.hash() {
            return Err(Reason::PlanMismatch);
        }
        if !self.met || self.seed.is_some() {
            return Err(Reason::OutOfOrder);
        }
        let pair = Pair::HelperAndDataOwner;
        self.seed = Some(agree(pair, helper, &self.own, session, plan));
        Ok(())
    }

    /// `E` of one linear map, in their order.
    pub(super) fn weights(
        &mut self,
        index: u16,
        body: &[u8],
        step: &mut Step,
    ) -> Result<(), Reason> {
        let next = self.weights.len();
        if usize::from(index) != next {
            return Err(Reason::OutOfOrder);
        }
        let linears = self.plan.linears();
        let linear = linears.get(next).ok_or(Reason::OutOfOrder)?;
        let matrix = Matrix::from_le(linear.ring, linear.weights(), body);
        self.weights.push(matrix.ok_or(Reason::WrongLength)?);
        let bytes = |count| {
            linears
                .iter()
                .take(count)
                .map(|linear| linear.weight_bytes() as u64)
        };
        step.tell(Event::WeightsReceived {
            done: bytes(next + 1).sum(),
            total: bytes(linears.len()).sum(),
        });
        Ok(())
    }

    pub(super) fn is_complete(&self) -> bool {
        self.seed.is_some() && self.weights.len() == self.plan.linears().len()
    }

    /// `None` unless it is complete.
    pub(super) fn complete(self, pool: usize) -> Option<Hosted> {
        let seed = self.seed?;
        Some(Hosted::new(
            self.session,
            self.plan,
            self.labels,
            seed,
            self.weights,
            (pool, self.left),
        ))
    }
}
