//! A data owner at its place in a room.

use std::collections::{BTreeMap, VecDeque};

use blindsight_parties::{Classification, DataOwner, Event, MAX_POOL, Misuse, Peer, Step};
use blindsight_session::{Invitation, Refusal, Role};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{
    line::{Incoming, Line, abort_text, capital},
    note::{Note, Output, Phase},
    plan_view::PlanView,
};

/// A data owner in a room. Pictures wait in a queue until a bundle is ready for them.
pub struct DataOwnerMember {
    line: Line,
    party: DataOwner,
    pool: usize,
    queue: VecDeque<Zeroizing<Vec<u8>>>,
    /// When each bundle was asked for, then how long it took: milliseconds.
    asked: BTreeMap<u64, f64>,
    prepared: BTreeMap<u64, f64>,
    /// When the picture under way was begun, in milliseconds.
    begun: Option<f64>,
    weights: (u64, u64),
    over: bool,
}

impl DataOwnerMember {
    /// Takes up an invitation; keeps `pool` bundles ready. The second result is the first frame.
    pub fn join(invitation: &Invitation, pool: usize) -> (Self, Vec<u8>) {
        let (line, frame) = Line::join(invitation.room(), Role::DataOwner);
        let member = Self {
            line,
            party: DataOwner::new(*invitation.secret().as_bytes(), pool),
            pool: pool.clamp(1, MAX_POOL),
            queue: VecDeque::new(),
            asked: BTreeMap::new(),
            prepared: BTreeMap::new(),
            begun: None,
            weights: (0, 0),
            over: false,
        };
        (member, frame)
    }

    /// Takes a frame of the relay. `now` is a monotonic time in milliseconds.
    pub fn receive(&mut self, now: f64, frame: &[u8], rng: &mut impl CryptoRng) -> Output {
        let mut output = Output::default();
        if self.over {
            return output;
        }
        match self.line.receive(frame, |_| self.party.longest_message()) {
            Ok(incoming) => self.take(now, incoming, rng, &mut output),
            Err(error) => self.fail(&error, &mut output),
        }
        self.next_picture(now, &mut output);
        output
    }

    /// Puts a picture (8-bit pixels) in the queue.
    pub fn classify(&mut self, now: f64, pixels: Zeroizing<Vec<u8>>) -> Output {
        let mut output = Output::default();
        if self.over {
            let text = "This room is over. Open a new invitation, then classify again.";
            output.error(text, true);
            return output;
        }
        self.queue.push_back(pixels);
        self.next_picture(now, &mut output);
        output
    }

    /// Pictures that wait or are under way. The one under way stays in the queue until it has its
    /// result: when a new helper comes meanwhile, it is begun again, under new masks.
    pub fn pending(&self) -> usize {
        self.queue.len()
    }

    /// Whom or what the data owner waits for, in words.
    pub fn waiting_for(&self) -> &'static str {
        if !self.line.has(Role::ModelOwner) {
            "the model owner to join"
        } else if !self.line.has(Role::Helper) {
            "a helper to join"
        } else if self.begun.is_some() {
            "the model owner's answer"
        } else {
            "a bundle from the helper"
        }
    }

    /// Leaves in good order.
    pub fn stop(&mut self) -> Output {
        let mut output = Output::default();
        let step = self.party.stop();
        self.line.send(step.outgoing, &mut output);
        self.over = true;
        output.phase(Phase::Stopped, "You left the room.");
        output
    }

    fn take(
        &mut self,
        now: f64,
        incoming: Incoming,
        rng: &mut impl CryptoRng,
        output: &mut Output,
    ) {
        match incoming {
            Incoming::Welcome(peers) => {
                for peer in peers {
                    let step = self.party.peer_joined(peer);
                    self.follow(now, step, output);
                }
                self.report_waiting(output);
            }
            Incoming::Joined(peer) => {
                let step = self.party.peer_joined(peer);
                self.follow(now, step, output);
            }
            Incoming::Left(peer) => self.left(now, peer, output),
            Incoming::Message { from, message } => {
                let step = self.party.receive(from, &message, rng);
                self.follow(now, step, output);
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
            // The helper may leave while a message to it is on its way.
            Incoming::Nothing | Incoming::Refused(Refusal::UnknownRecipient(_)) => {}
            // Other data owners have nothing to say to this one.
            Incoming::Unacceptable {
                from: Peer::DataOwner(_),
                ..
            } => {}
            Incoming::Unacceptable { from, reason } => {
                self.fail(
                    &format!("{from} sent something else than was expected: {reason}"),
                    output,
                );
            }
            Incoming::Refused(refusal) => self.fail(&refusal, output),
        }
    }

    fn report_waiting(&self, output: &mut Output) {
        for role in [Role::ModelOwner, Role::Helper] {
            if !self.line.has(role) {
                output.waiting_for(role);
                return;
            }
        }
        output.phase(
            Phase::Agree,
            "Agreeing on the plan with the model owner and the helper.",
        );
    }

    fn left(&mut self, now: f64, peer: Peer, output: &mut Output) {
        let step = self.party.peer_left(peer);
        self.follow(now, step, output);
        match peer {
            Peer::ModelOwner => {
                self.over = true;
                output.error(
                    "The model owner left the room. Ask for a new invitation to classify more \
                     pictures.",
                    true,
                );
            }
            Peer::Helper => {
                let ready = self.party.ready();
                output.phase(
                    Phase::Wait,
                    format!("The helper left. {ready} prepared classifications remain."),
                );
            }
            Peer::DataOwner(_) => {}
        }
    }

    fn follow(&mut self, now: f64, step: Step, output: &mut Output) {
        self.line.send(step.outgoing, output);
        for event in step.events {
            self.tell(now, event, output);
        }
    }

    fn tell(&mut self, now: f64, event: Event, output: &mut Output) {
        match event {
            Event::Offered {
                model,
                labels,
                plan,
            } => {
                let view = PlanView::from(&plan);
                self.weights = (0, view.hosting_bytes);
                self.asked.clear();
                self.prepared.clear();
                self.begun = None;
                output.phase(Phase::Host, "Receiving the masked weights of the network.");
                output.notes.push(Note::Offer {
                    model,
                    labels,
                    width: plan.input().width,
                    height: plan.input().height,
                    plan: view,
                });
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
            Event::Aborted {
                peer,
                by_peer,
                abort,
            } => {
                self.over = true;
                output.error(abort_text(peer, by_peer, &abort), true);
            }
            Event::Guest { .. }
            | Event::Served { .. }
            | Event::Serving { .. }
            | Event::Dealt { .. } => {}
        }
    }

    fn report_pool(&self, ready: usize, output: &mut Output) {
        output.notes.push(Note::Pool {
            ready,
            target: self.pool,
        });
    }

    fn classified(&mut self, now: f64, result: Classification, output: &mut Output) {
        self.queue.pop_front();
        output.notes.push(Note::Result {
            class: result.class,
            label: result.label,
            online_ms: self.begun.take().map_or(0.0, |begun| now - begun),
            offline_ms: self.prepared.remove(&result.number).unwrap_or(0.0),
            round_trips: result.round_trips,
            online_bytes: result.online_bytes,
            offline_bytes: result.offline_bytes,
        });
        if self.queue.is_empty() && self.party.may_become_ready() {
            output.phase(Phase::Ready, "Ready to classify.");
        }
    }

    /// Begins the next picture in the queue if a bundle is ready for it.
    fn next_picture(&mut self, now: f64, output: &mut Output) {
        if self.over || self.begun.is_some() {
            return;
        }
        let Some(pixels) = self.queue.front() else {
            return;
        };
        match self.party.classify(pixels) {
            Ok(step) => {
                self.begun = Some(now);
                output.phase(Phase::Classify, "Classifying.");
                self.report_pool(self.party.ready(), output);
                self.follow(now, step, output);
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
            Err(error @ Misuse::Pixels { .. }) => {
                self.queue.pop_front();
                output.error(format!("{error}. Choose another picture."), false);
            }
        }
    }

    fn fail(&mut self, error: &impl std::fmt::Display, output: &mut Output) {
        self.over = true;
        let step = self.party.stop();
        self.line.send(step.outgoing, output);
        output.error(capital(&format!("{error}.")), true);
    }
}
