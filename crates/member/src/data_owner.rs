//! A data owner at its place in a room.

use std::collections::{BTreeMap, VecDeque};

use blindsight_parties::{Classification, Event, MAX_BATCH, MAX_POOL, Misuse, Peer, Reason, Step};
use blindsight_session::{Identity, Invitation, Role};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{
    engine::DataOwnerEngine,
    line::{Incoming, Line},
    member::{Member, Part, Seat, broken_text, words_text},
    naming::{capital, interrupted_text},
    note::{Note, Output, Phase, intruder},
    plan_view::PlanView,
};

/// A data owner in a room. Pictures wait in a queue until a bundle is ready for them.
pub type DataOwnerMember = Member<DataOwnerPart>;

/// What a data owner does in a room.
pub struct DataOwnerPart {
    party: DataOwnerEngine,
    /// How many compute parties there are to be; none where there is a helper.
    parties: Option<u8>,
    /// The identity, to be kept with the invitation.
    keep: Option<Identity>,
    /// The hash of the plan that the invitation names.
    plan: [u8; 32],
    pool: usize,
    batch: usize,
    /// Whether nothing is sent of a picture while words are left to be compared.
    words_first: bool,
    queue: VecDeque<Zeroizing<Vec<u8>>>,
    /// When each bundle was asked for, then how long it took: milliseconds.
    asked: BTreeMap<u64, f64>,
    prepared: BTreeMap<u64, f64>,
    under_way: Option<UnderWay>,
    weights: (u64, u64),
    /// Classifications that the model owner allows in all.
    allowed: u32,
}

/// The first pictures of the queue, which are being classified together.
struct UnderWay {
    /// When they were begun, in milliseconds.
    begun: f64,
    /// How many have no result yet.
    pictures: usize,
    /// Whether it is one by itself, for which no bundle is to be in the way.
    alone: bool,
}

impl DataOwnerMember {
    /// Takes up an invitation; keeps `pool` bundles ready. `identity` is what a page kept that was
    /// reloaded.
    pub fn join(
        invitation: &Invitation,
        identity: Option<Identity>,
        pool: usize,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let identity = identity.unwrap_or_else(|| Identity::random(rng));
        let line = Line::guest(invitation, identity.clone(), rng);
        Self {
            seat: Seat::new(line),
            part: DataOwnerPart {
                party: DataOwnerEngine::new(pool, invitation.parties()),
                parties: invitation.parties(),
                keep: Some(identity),
                plan: invitation.plan,
                pool: pool.min(MAX_POOL),
                batch: MAX_BATCH,
                words_first: false,
                queue: VecDeque::new(),
                asked: BTreeMap::new(),
                prepared: BTreeMap::new(),
                under_way: None,
                weights: (0, 0),
                allowed: 0,
            },
        }
    }

    /// Classifies no more than `batch` pictures together.
    #[must_use]
    pub fn with_batch(mut self, batch: usize) -> Self {
        self.part.batch = batch.clamp(1, MAX_BATCH);
        self
    }

    /// Sends nothing of a picture while the safety words of a link are left to be compared, be it with
    /// somebody who took another's place: then the pictures wait.
    #[must_use]
    pub fn with_words_first(mut self, words_first: bool) -> Self {
        self.part.words_first = words_first;
        self
    }

    /// Puts a picture (8-bit pixels) in the queue.
    pub fn classify(
        &mut self,
        now: f64,
        pixels: Zeroizing<Vec<u8>>,
        rng: &mut impl CryptoRng,
    ) -> Output {
        let mut output = Output::default();
        if self.seat.over {
            let text = "This room is over. Open a new invitation, then classify again.";
            output.error(text, true);
            return output;
        }
        self.part.queue.push_back(pixels);
        self.part.settle(&mut self.seat, now, rng, &mut output);
        output
    }

    /// Drops the pictures that wait; gives how many are under way, which go on to their results.
    pub fn cancel(&mut self) -> usize {
        let under_way = self.part.under_way.as_ref();
        let left = under_way.map_or(0, |under_way| under_way.pictures);
        self.part.queue.truncate(left);
        left
    }

    /// Pictures that wait or are under way. Those under way stay in the queue until they have their
    /// result: when a new helper comes meanwhile, they are begun again, under new masks.
    pub fn pending(&self) -> usize {
        self.part.queue.len()
    }

    /// Whom or what the data owner waits for, in words.
    pub fn waiting_for(&self) -> &'static str {
        if !self.seat.line.has(Role::ModelOwner) {
            "the model owner to join"
        } else if self.part.parties.is_none() && !self.seat.line.has(Role::Helper) {
            "a helper to join"
        } else if self.part.missing(&self.seat) > 0 {
            "the compute parties to join"
        } else {
            match (self.part.under_way.is_some(), self.part.parties) {
                (true, None) => "the model owner's answer",
                (true, Some(_)) => "the compute parties' answers",
                (false, None) => "a bundle from the helper",
                (false, Some(_)) => "a bundle from the compute parties",
            }
        }
    }
}

impl Part for DataOwnerPart {
    fn longest(&self, _: Peer) -> usize {
        self.party.longest_message()
    }

    fn take(
        &mut self,
        seat: &mut Seat,
        now: f64,
        incoming: Incoming,
        rng: &mut impl CryptoRng,
        output: &mut Output,
    ) {
        match incoming {
            Incoming::Opened { .. } => {
                if let Some(identity) = self.keep.take() {
                    output.keep_identity(&identity);
                    output.waiting_for(Role::ModelOwner);
                }
            }
            Incoming::Up { peer, .. } => {
                let step = self.party.peer_joined(peer);
                seat.follow(self, now, step, output);
                if self.parties.is_none() && !seat.line.has(Role::Helper) {
                    output.waiting_for(Role::Helper);
                } else if self.missing(seat) > 0 {
                    let missing = self.missing(seat);
                    let text =
                        format!("Waiting for compute parties to join: {missing} are missing.");
                    output.phase(Phase::Wait, text);
                } else if self.parties.is_some() {
                    let text =
                        "The compute parties are here. They get their shares of the network.";
                    output.phase(Phase::Host, text);
                } else {
                    let text = "Agreeing on the plan with the model owner and the helper.";
                    output.phase(Phase::Agree, text);
                }
            }
            Incoming::Gone(peer) => self.gone(seat, now, peer, output),
            Incoming::Message { from, message } => {
                let step = self.party.receive(from, &message, rng);
                seat.follow(self, now, step, output);
            }
            Incoming::Piece { from, bytes } => {
                let (done, total) = self.weights;
                if from == Peer::ModelOwner && total > 0 {
                    output.notes.push(Note::Progress {
                        phase: Phase::Host,
                        done: (done + bytes as u64).min(total),
                        total,
                    });
                }
            }
            Incoming::Failed { peer, error } => {
                seat.fail(self, &broken_text(peer, error), output);
            }
            Incoming::WordsDiffer(peer) => seat.fail(self, &words_text(peer), output),
            Incoming::Intruder => output.notes.push(intruder()),
            // Somebody else may sit in the helper's place, or a new one not know us yet: the model
            // owner will vouch for the right one.
            Incoming::Refused {
                by: Role::Helper | Role::ComputeParty,
                ..
            } => {}
            Incoming::Refused { by, refusal } => {
                let text = capital(&format!("the {by} refused: {refusal}."));
                seat.fail(self, &text, output);
            }
            Incoming::RelayRefused(refusal) => {
                seat.fail(self, &capital(&format!("{refusal}.")), output);
            }
            Incoming::Back(_) | Incoming::Lost(_) | Incoming::Unanswered(_) => {}
        }
    }

    /// Begins as many pictures of the queue together as bundles are ready for.
    fn settle(&mut self, seat: &mut Seat, now: f64, rng: &mut impl CryptoRng, output: &mut Output) {
        if seat.over {
            return;
        }
        let alone = self.under_way.as_ref().is_some_and(|it| it.alone);
        seat.line.hold(Peer::Helper, alone, output);
        let begun = self
            .under_way
            .as_ref()
            .map_or(0, |under_way| under_way.pictures);
        let step = self.party.expect(self.queue.len().saturating_sub(begun));
        seat.follow(self, now, step, output);
        let compared = !self.words_first || !seat.line.has_unverified();
        if begun > 0 || self.queue.is_empty() || !compared {
            return;
        }
        let room = self.party.room().clamp(1, self.batch);
        let next: Vec<&[u8]> = self
            .queue
            .iter()
            .take(room)
            .map(|pixels| &pixels[..])
            .collect();
        match self.party.classify(&next, rng) {
            Ok(step) => {
                // Whose pictures go together wants the next bundles soon.
                let alone = next.len() == 1 && (self.batch == 1 || self.queue.len() == 1);
                self.under_way = Some(UnderWay {
                    begun: now,
                    pictures: next.len(),
                    alone,
                });
                seat.line.hold(Peer::Helper, alone, output);
                output.phase(Phase::Classify, "Classifying.");
                self.report_pool(self.party.ready(), output);
                self.report_budget(output);
                seat.follow(self, now, step, output);
            }
            // A bundle will be dealt, now or when there is a helper again.
            Err(Misuse::NotReady | Misuse::Busy) => {
                if !self.party.may_become_ready() {
                    output.phase(
                        Phase::Wait,
                        "Nothing is prepared. Waiting for a helper to join.",
                    );
                }
            }
            Err(error @ Misuse::BudgetSpent) => {
                self.queue.clear();
                output.error(
                    capital(&format!("{error}. Ask the model owner for more.")),
                    false,
                );
            }
            Err(error @ Misuse::Pixels { expected, .. }) => {
                self.queue.retain(|pixels| pixels.len() == expected);
                output.error(capital(&format!("{error}. Choose another picture.")), false);
                self.settle(seat, now, rng, output);
            }
        }
    }

    fn tell(&mut self, seat: &mut Seat, now: f64, event: Event, output: &mut Output) {
        match event {
            Event::Offered {
                model,
                labels,
                plan,
                left,
            } => {
                if plan.hash().as_bytes() != &self.plan {
                    let reason = Reason::PlanMismatch;
                    seat.fail(self, &capital(&format!("{reason}.")), output);
                    return;
                }
                let view = PlanView::from(&plan);
                self.weights = (0, view.hosting_bytes);
                self.offered(left);
                output.phase(Phase::Host, "Receiving the masked weights of the network.");
                output.notes.push(Note::Offer {
                    model,
                    labels,
                    width: plan.input().width,
                    height: plan.input().height,
                    plan: view,
                });
                output.notes.push(Note::Budget {
                    left,
                    allowed: self.allowed,
                });
            }
            #[cfg(feature = "compute-parties")]
            Event::SharedOffered {
                model,
                labels,
                scheme,
                left,
            } => {
                if scheme.hash().as_bytes() != &self.plan {
                    let reason = Reason::PlanMismatch;
                    seat.fail(self, &capital(&format!("{reason}.")), output);
                    return;
                }
                let view = PlanView::from(&scheme);
                let input = scheme.plan().input();
                self.offered(left);
                output.phase(
                    Phase::Deal,
                    "The compute parties prepare the first pictures.",
                );
                output.notes.push(Note::Offer {
                    model,
                    labels,
                    width: input.width,
                    height: input.height,
                    plan: view,
                });
                let allowed = self.allowed;
                output.notes.push(Note::Budget { left, allowed });
            }
            Event::Interrupted { peer, abort } => {
                // A picture that was under way is begun again, under new masks.
                self.under_way = None;
                output.phase(Phase::Wait, interrupted_text(peer, &abort));
            }
            Event::WeightsReceived { done, total } => {
                self.weights = (done, total);
                output.notes.push(Note::Progress {
                    phase: Phase::Host,
                    done,
                    total,
                });
                if done == total {
                    output.phase(Phase::Deal, "The helper deals the first bundles.");
                }
            }
            Event::BundleAsked { number } => {
                self.asked.insert(number, now);
            }
            Event::BundleReady { number, ready } => {
                if let Some(asked) = self.asked.remove(&number) {
                    self.prepared.insert(number, now - asked);
                }
                self.report_pool(ready, output);
                if ready == 1 && self.queue.is_empty() {
                    output.phase(Phase::Ready, "Ready to classify.");
                }
            }
            Event::Classified(classification) => self.classified(now, classification, output),
            Event::Held => {
                // That may take as long as it likes.
                if let Some(under_way) = &mut self.under_way {
                    under_way.alone = false;
                }
                output.phase(Phase::Wait, "Waiting until the model owner allows it.");
            }
            Event::Denied => {
                // A no is a no to what waits, too.
                self.under_way = None;
                self.queue.clear();
                self.report_budget(output);
                output.error(
                    "The model owner did not allow it. Nothing was classified, and it does not count.",
                    false,
                );
                output.phase(Phase::Ready, "Ready to classify.");
            }
            Event::Aborted {
                peer,
                by_peer,
                abort,
            } => {
                seat.end(peer, by_peer, &abort, output);
            }
            Event::Guest { .. }
            | Event::Asking { .. }
            | Event::Begun { .. }
            | Event::Served { .. }
            | Event::Serving { .. }
            | Event::Seated { .. }
            | Event::Complete
            | Event::Dealt { .. } => {}
            #[cfg(not(feature = "compute-parties"))]
            Event::SharedOffered { .. } => {}
        }
    }

    fn stop(&mut self) -> Step {
        self.party.stop()
    }

    fn stopped(&self) -> &'static str {
        "You left the room."
    }
}

impl DataOwnerPart {
    /// Compute parties with whom there is no link yet.
    fn missing(&self, seat: &Seat) -> usize {
        let here = seat.line.count(Role::ComputeParty);
        usize::from(self.parties.unwrap_or(0)).saturating_sub(here)
    }

    /// A new offer: what was prepared under an earlier one is of no use.
    fn offered(&mut self, left: u32) {
        self.allowed = self.allowed.max(left);
        self.asked.clear();
        self.prepared.clear();
        self.under_way = None;
    }

    fn gone(&mut self, seat: &mut Seat, now: f64, peer: Peer, output: &mut Output) {
        let step = self.party.peer_left(peer);
        seat.follow(self, now, step, output);
        match peer {
            // It may take up hosting again.
            Peer::ModelOwner => {
                self.under_way = None;
                output.waiting_for(Role::ModelOwner);
            }
            Peer::Helper => {
                let ready = self.party.ready();
                output.phase(
                    Phase::Wait,
                    format!("The helper left. {ready} prepared classifications remain."),
                );
            }
            // What follows from it was told already.
            Peer::DataOwner(_) | Peer::ComputeParty(_) => {}
        }
    }

    fn report_budget(&self, output: &mut Output) {
        if let Some(left) = self.party.left() {
            let allowed = self.allowed;
            output.notes.push(Note::Budget { left, allowed });
        }
    }

    fn report_pool(&self, ready: usize, output: &mut Output) {
        output.notes.push(Note::Pool {
            ready,
            target: self.pool.max(ready),
        });
    }

    fn classified(&mut self, now: f64, result: Classification, output: &mut Output) {
        self.queue.pop_front();
        let begun = self.under_way.as_mut().map(|under_way| {
            under_way.pictures = under_way.pictures.saturating_sub(1);
            under_way.begun
        });
        self.under_way.take_if(|under_way| under_way.pictures == 0);
        let scores = result.scores.map(|scores| scores.softmax());
        let scores = scores.unwrap_or_default();
        let in_order = result.ranking.iter().filter_map(|class| scores.get(*class));
        output.notes.push(Note::Result {
            class: result.class,
            label: result.labels.first().cloned().unwrap_or_default(),
            scores: in_order.copied().collect(),
            ranking: result.labels,
            online_ms: begun.map_or(0.0, |begun| now - begun),
            offline_ms: self.prepared.remove(&result.number).unwrap_or(0.0),
            round_trips: result.round_trips,
            online_bytes: result.online_bytes,
            offline_bytes: result.offline_bytes,
        });
        if self.queue.is_empty() && self.party.may_become_ready() {
            output.phase(Phase::Ready, "Ready to classify.");
        }
    }
}
