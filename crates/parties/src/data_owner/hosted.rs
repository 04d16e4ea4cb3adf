//! Hosted: bundles are dealt ahead, batches of pictures are classified.

use blindsight_model::plan::Plan;
use blindsight_mpc::{bundle::Ledger, ring::SecretBytes, seed::Seed};

use super::{
    batch::{Batch, Terms},
    pool::{Arriving, Pool},
};
use crate::{
    abort::Reason,
    bundle::{self, products::Products},
    cost::Cost,
    matrix::Matrix,
    message::{Header, MAX_BATCH, SessionId},
    party::{Event, Misuse, Peer, Step, exactly},
};

/// Has seed and masked weights.
pub(super) struct Hosted {
    session: SessionId,
    plan: Plan,
    labels: Vec<String>,
    seed: Seed,
    weights: Vec<Matrix>,
    products: Products,
    ledger: Ledger,
    pool: Pool,
    /// Classifications that the model owner still allows.
    left: u32,
    online: Option<Batch>,
    /// The helper that agreed on the seed is still here.
    helper: bool,
}

impl Hosted {
    pub(super) fn new(
        session: SessionId,
        plan: Plan,
        labels: Vec<String>,
        seed: Seed,
        weights: Vec<Matrix>,
        (pool, left): (usize, u32),
    ) -> Self {
        // What a plan costs can be told of each that is a plan.
        let bytes = Cost::declared(&plan).map_or(u64::MAX, |cost| cost.data_owner_offline_bytes);
        Self {
            session,
            plan,
            labels,
            seed,
            weights,
            products: Products::default(),
            ledger: Ledger::default(),
            pool: Pool::new(pool, bytes),
            left,
            online: None,
            helper: true,
        }
    }

    pub(super) fn session(&self) -> SessionId {
        self.session
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(super) fn ready(&self) -> usize {
        self.pool.ready()
    }

    pub(super) fn left(&self) -> u32 {
        self.left
    }

    pub(super) fn classifying(&self) -> bool {
        self.online.is_some()
    }

    /// Whether more bundles may still become ready.
    pub(super) fn may_become_ready(&self) -> bool {
        self.helper || self.pool.on_the_way()
    }

    pub(super) fn helper_left(&mut self) {
        self.helper = false;
        self.pool.forget_asked();
    }

    /// Asks for bundles, but not while a single image is waiting: dealing would slow it down. Who
    /// classifies many at a time wants the next bundles soon.
    pub(super) fn top_up(&mut self, step: &mut Step) {
        let single = self
            .online
            .as_ref()
            .is_some_and(|online| online.images() == 1);
        if self.helper && !single {
            self.pool.top_up(self.left, step);
        }
    }

    /// So many images wait: their bundles are asked for, as far as they fit.
    pub(super) fn expect(&mut self, images: usize, step: &mut Step) {
        self.pool.expect(images);
        self.top_up(step);
    }

    /// How many images can be classified together now.
    pub(super) fn room(&self) -> usize {
        if self.online.is_some() {
            return 0;
        }
        self.pool.ready().min(self.left as usize).min(MAX_BATCH)
    }

    pub(super) fn classify(&mut self, pictures: &[&[u8]]) -> Result<Step, Misuse> {
        let expected = self.plan.input().elements();
        if let Some(wrong) = pictures.iter().find(|pixels| pixels.len() != expected) {
            let found = wrong.len();
            return Err(Misuse::Pixels { expected, found });
        }
        if self.online.is_some() {
            return Err(Misuse::Busy);
        }
        if (self.left as usize) < pictures.len() {
            return Err(Misuse::BudgetSpent);
        }
        if pictures.is_empty() || pictures.len() > self.room() {
            return Err(Misuse::NotReady);
        }
        let mut batch = Batch::default();
        for pixels in pictures {
            let pooled = self.pool.spend().ok_or(Misuse::NotReady)?;
            // The pool hands out increasing numbers; the ledger holds even if it did not.
            let begun = self.ledger.begin(pooled.bundle.number);
            begun.map_err(|_| Misuse::NotReady)?;
            self.left -= 1;
            batch.push(&self.plan, pooled, pixels);
        }
        let mut step = Step::default();
        self.online = batch.begin(self.session, &mut step);
        Ok(step)
    }

    /// The helper dealt a bundle, and this is its first part.
    pub(super) fn corrections(
        &mut self,
        number: u64,
        body: &[u8],
        message_bytes: usize,
    ) -> Result<(), Reason> {
        exactly(body, bundle::correction_bytes(&self.plan))?;
        let corrections = SecretBytes::new(body.to_vec());
        self.pool.dealt(number, corrections, message_bytes as u64)
    }

    /// The rest of that bundle: completes it and sends the model owner its part ahead.
    pub(super) fn keys(
        &mut self,
        number: u64,
        keys: &[u8],
        message_bytes: usize,
        step: &mut Step,
    ) -> Result<(), Reason> {
        exactly(keys, bundle::key_bytes(&self.plan)?)?;
        let Arriving {
            number,
            corrections,
            offline_bytes,
        } = self.pool.arriving(number)?;
        let products = self
            .products
            .take(&self.plan, &self.weights, &self.seed, number)
            .ok_or(Reason::Internal)?;
        let (bundle, ahead) = bundle::data_owner::assemble(
            &self.plan,
            &products,
            &self.seed,
            number,
            &corrections,
            keys,
        )?;
        let header = Header::Ahead {
            session: self.session,
            number: number.get(),
        };
        let ahead = header.with_body(&[&ahead]);
        let bytes = offline_bytes + (message_bytes + ahead.len()) as u64;
        self.pool.completed(bundle, bytes);
        step.send(Peer::ModelOwner, ahead);
        Ok(())
    }

    /// A message of the model owner, once hosted.
    pub(super) fn take_from_model_owner(
        &mut self,
        header: &Header,
        body: &[u8],
        message_bytes: usize,
        step: &mut Step,
    ) -> Result<(), Reason> {
        if let Header::Ready { number } = header {
            exactly(body, 0)?;
            self.pool.confirm(*number, message_bytes as u64)?;
            step.tell(Event::BundleReady {
                number: *number,
                ready: self.pool.ready(),
            });
            return Ok(());
        }
        let online = self.online.take().ok_or(Reason::OutOfOrder)?;
        if header.online_number() != Some(online.number()) {
            return Err(Reason::OutOfOrder);
        }
        // No part of the evaluation, and of its cost.
        match header {
            Header::Held { .. } => {
                exactly(body, 0)?;
                self.online = Some(online);
                step.tell(Event::Held);
                return Ok(());
            }
            Header::Denied { .. } => {
                exactly(body, 0)?;
                // A batch has few images.
                self.left = self.left.saturating_add(online.images() as u32);
                step.tell(Event::Denied);
                return Ok(());
            }
            _ => {}
        }
        let hosted = Terms {
            session: self.session,
            plan: &self.plan,
            labels: &self.labels,
        };
        self.online = online.advance(&hosted, header, body, message_bytes, step)?;
        Ok(())
    }
}
