//! A model owner at its place in a room.

use std::collections::BTreeMap;

#[cfg(feature = "compute-parties")]
use blindsight_model::shamir::Scheme;
use blindsight_parties::{
    Consent, Event, GuestState as State, Hosting, MAX_GUESTS, Peer, Reason, Step,
};
use blindsight_session::{
    Doors, HelperRequest, Identity, Invitation, InvitationError, Links, PlaceKey, PublicKey,
    Refusal, Role, RoomId,
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

mod guests;
mod options;
mod saved;

use guests::Guest;
pub use options::{HelperChoice, HostOptions};
pub use saved::Saved;

use crate::{
    engine::ModelOwnerEngine,
    line::{Incoming, Line},
    member::{Member, Part, Seat, broken_text, words_text},
    naming::{abort_text, capital, interrupted_text},
    note::{GuestState, Link, Note, Output, Phase, intruder},
};

/// A model owner in a room of its own.
pub type ModelOwnerMember = Member<ModelOwnerPart>;

/// What a model owner does in a room.
pub struct ModelOwnerPart {
    party: ModelOwnerEngine,
    options: HostOptions,
    identity: Identity,
    place: PlaceKey,
    room: RoomId,
    /// The invitations, until the room is open.
    invitations: Option<Note>,
    guests: BTreeMap<u32, Guest>,
    /// Classifications that each data owner has begun, whatever connection or page it was on.
    spent: BTreeMap<PublicKey, u32>,
}

impl ModelOwnerMember {
    /// Opens a room for a network, or takes up hosting in one that was open before. The invitations
    /// follow when the relay has let us in.
    ///
    /// # Errors
    ///
    /// None for the roles that are invited here.
    pub fn open(
        options: HostOptions,
        hosting: Hosting,
        saved: Option<Saved>,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, InvitationError> {
        Self::open_with(options, ModelOwnerEngine::new(hosting, None), saved, rng)
    }

    #[cfg(feature = "compute-parties")]
    /// The same among compute parties: the scheme is that of the network. Nobody helps, whatever the
    /// options say.
    ///
    /// # Errors
    ///
    /// None for the roles that are invited here.
    pub fn open_shared(
        options: HostOptions,
        (hosting, scheme): (Hosting, Scheme),
        saved: Option<Saved>,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, InvitationError> {
        let party = ModelOwnerEngine::new(hosting, Some(scheme));
        Self::open_with(options, party, saved, rng)
    }

    fn open_with(
        options: HostOptions,
        party: ModelOwnerEngine,
        saved: Option<Saved>,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, InvitationError> {
        let parties = party.parties();
        // Links of a room with another engine lead nowhere now.
        let saved = saved.filter(|saved| saved.doors.are_for(parties));
        let saved = saved.unwrap_or_else(|| {
            let helpers = match options.helper {
                // A relay that was started anew runs a new helper.
                HelperChoice::BuiltIn => None,
                HelperChoice::Invite => options.uses.map(|_| 1),
            };
            Saved {
                private: *Identity::random(rng).private(),
                place: PlaceKey::random(rng),
                doors: match parties {
                    Some(parties) => Doors::for_parties(options.uses, parties, rng),
                    None => Doors::new(options.uses, helpers, rng),
                },
                spent: Vec::new(),
            }
        });
        let identity = Identity::from_private(saved.private);
        let (place, doors) = (saved.place.clone(), saved.doors.clone());
        let room = place.room();
        let plan = party.hash();
        let invite = |role| {
            let secret = doors.secret(role).ok_or(InvitationError::NotInvited)?;
            let places = (options.site.clone(), options.relay.clone());
            let by = (role, secret.clone());
            let invitation = Invitation::new(places, room, by, identity.public(), plan)?;
            match parties {
                Some(parties) => invitation.with_parties(parties),
                None => Ok(invitation),
            }
        };
        let data_owner_invite = Link::new(&invite(Role::DataOwner)?);
        let plan_view = party.view();
        let invitations = match parties {
            Some(_) => Note::HostingShared {
                data_owner_invite,
                party_invite: Link::new(&invite(Role::ComputeParty)?),
                plan: plan_view,
            },
            None => Note::Hosting {
                data_owner_invite,
                helper_invite: Link::new(&invite(Role::Helper)?),
                plan: plan_view,
            },
        };
        let links = Links::model_owner(identity.clone(), room, plan, doors, rng);
        let line = Line::new(links, room, Role::ModelOwner, place.clone(), parties);
        Ok(Self {
            seat: Seat::new(line),
            part: ModelOwnerPart {
                party,
                options,
                identity,
                place,
                room,
                invitations: Some(invitations),
                guests: BTreeMap::new(),
                spent: saved.spent.iter().copied().collect(),
            },
        })
    }

    /// The room.
    pub fn room(&self) -> RoomId {
        self.part.room
    }

    /// Does the work that can wait until the frames of the last output are on their way.
    pub fn prepare(&mut self, now: f64) -> Output {
        let mut output = Output::default();
        if !self.seat.over {
            let step = self.part.party.prepare();
            self.seat.follow(&mut self.part, now, step, &mut output);
        }
        output
    }

    /// Whether images wait for an [answer](Self::answer) from now on, or are classified as they come.
    pub fn ask(&mut self, now: f64, consent: Consent) -> Output {
        let mut output = Output::default();
        let step = self.part.party.ask(consent);
        self.seat.follow(&mut self.part, now, step, &mut output);
        output
    }

    /// Allows the image of a data owner that asks, or does not.
    pub fn answer(&mut self, now: f64, guest: u32, allow: bool) -> Output {
        let mut output = Output::default();
        let step = self.part.party.answer(guest, allow);
        self.seat.follow(&mut self.part, now, step, &mut output);
        if !allow {
            self.part.show(guest, Some(GuestState::Ready), &mut output);
        }
        output
    }

    /// Gives the seat of a compute party to somebody else, by its index. Whoever is in it is not let in
    /// again with the same key; another one comes by the same invitation. Nothing where the seat is free.
    pub fn free_seat(&mut self, now: f64, index: u8, rng: &mut impl CryptoRng) -> Output {
        let mut output = Output::default();
        if !self.seat.over {
            let gone = self.seat.line.free_seat(index, &mut output);
            self.take(now, gone, rng, &mut output);
        }
        output
    }

    /// Sends a data owner away, by its number.
    pub fn dismiss(&mut self, now: f64, guest: u32) -> Output {
        let mut output = Output::default();
        let step = self.part.party.dismiss(guest);
        self.seat.follow(&mut self.part, now, step, &mut output);
        output
    }
}

impl Part for ModelOwnerPart {
    fn longest(&self, from: Peer) -> usize {
        self.party.longest_message(from)
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
            Incoming::Opened { helper } => {
                if self.invitations.is_some() {
                    output.notes.extend(self.invitations.take());
                    self.keep(seat, output);
                    self.waiting(output);
                }
                if !helper {
                    self.request_helper(seat, output);
                }
            }
            Incoming::Up { peer, key } => {
                let step = match peer {
                    Peer::DataOwner(guest) => self.welcome(guest, key, rng),
                    peer => {
                        let step = self.party.peer_joined(peer, rng);
                        self.joined(peer, output);
                        step
                    }
                };
                seat.follow(self, now, step, output);
                self.keep(seat, output);
            }
            Incoming::Lost(peer) => {
                self.show_lost(peer, true, output);
                if peer == Peer::Helper {
                    // The relay's own helper does not come back; another does.
                    self.request_helper(seat, output);
                }
            }
            Incoming::Back(peer) => self.show_lost(peer, false, output),
            Incoming::Gone(peer) => {
                self.left(seat, now, peer, rng, output);
                if peer == Peer::Helper {
                    output.phase(
                        Phase::Wait,
                        "The helper left. Prepared classifications remain; for more, a helper \
                         must join.",
                    );
                }
            }
            Incoming::Message { from, message } => {
                let step = self.party.receive(from, &message, rng);
                seat.follow(self, now, step, output);
            }
            Incoming::Failed { peer, error } => {
                let text = broken_text(peer, error);
                self.end_with(seat, now, (peer, Reason::LinkBroken), &text, rng, output);
            }
            Incoming::WordsDiffer(peer) => {
                let text = match peer {
                    Peer::ComputeParty(_) => seat_text(peer),
                    peer => words_text(peer),
                };
                self.end_with(seat, now, (peer, Reason::WordsDiffer), &text, rng, output);
            }
            Incoming::Intruder => output.notes.push(intruder()),
            Incoming::RelayRefused(
                refusal @ (Refusal::NoHelper | Refusal::HelpersBusy | Refusal::RoleTaken(_)),
            ) => output.error(capital(&format!("{refusal}.")), false),
            Incoming::RelayRefused(refusal) => {
                seat.fail(self, &capital(&format!("{refusal}.")), output);
            }
            Incoming::Piece { .. } | Incoming::Refused { .. } | Incoming::Unanswered(_) => {}
        }
    }

    fn tell(&mut self, seat: &mut Seat, _: f64, event: Event, output: &mut Output) {
        match event {
            Event::Guest { guest, state } => {
                let state = match state {
                    State::Waiting => GuestState::Waiting,
                    State::Agreeing => GuestState::Agreeing,
                    State::Ready => GuestState::Ready,
                    State::Left => GuestState::Left,
                };
                self.show(guest, Some(state), output);
                if state == GuestState::Left {
                    seat.line.part(Peer::DataOwner(guest), output);
                    self.guests.remove(&guest);
                }
                if state == GuestState::Waiting {
                    self.request_helper(seat, output);
                }
            }
            Event::Complete => {
                let text = "All compute parties have their shares. Guests may come.";
                output.phase(Phase::Ready, text);
            }
            Event::Interrupted { peer, abort } => {
                output.phase(Phase::Wait, interrupted_text(peer, &abort));
            }
            Event::Asking { guest, images } => {
                if let Some(known) = self.guests.get_mut(&guest) {
                    known.asking = images;
                }
                self.show(guest, Some(GuestState::Asking), output);
            }
            Event::Begun { guest, images } => {
                if let Some(known) = self.guests.get(&guest) {
                    let spent = self.spent.entry(known.key).or_default();
                    *spent = spent.saturating_add(images);
                    self.keep(seat, output);
                }
            }
            Event::Served { guest, images } => {
                if let Some(known) = self.guests.get_mut(&guest) {
                    known.classified += u64::from(images);
                }
                self.show(guest, Some(GuestState::Ready), output);
            }
            Event::Aborted {
                peer,
                by_peer,
                abort,
            } => {
                // Somebody among the parties lies, or cannot be heard: nothing will come of it.
                if let Peer::ComputeParty(_) = peer {
                    seat.end(peer, by_peer, &abort, output);
                    return;
                }
                // A guest that closes its page, or is sent away, is no error.
                let guest = matches!(peer, Peer::DataOwner(_));
                let left = by_peer && guest && abort.reason == Reason::Stopped;
                let dismissed = !by_peer && abort.reason == Reason::Dismissed;
                if !left && !dismissed {
                    output.error(abort_text(peer, by_peer, &abort), false);
                }
            }
            _ => {}
        }
    }

    fn stop(&mut self) -> Step {
        self.party.stop()
    }

    fn stopped(&self) -> &'static str {
        "Hosting stopped."
    }
}

impl ModelOwnerPart {
    /// Who must come before a guest can be served.
    fn waiting(&self, output: &mut Output) {
        match self.party.missing() {
            0 => output.waiting_for(Role::Helper),
            missing => {
                let text = format!("Waiting for compute parties to join: {missing} are missing.");
                output.phase(Phase::Wait, text);
            }
        }
    }

    /// Somebody who computes with the network is here.
    fn joined(&self, peer: Peer, output: &mut Output) {
        match (peer, self.party.missing()) {
            (Peer::Helper, _) => output.phase(Phase::Ready, "The helper is here. Guests may come."),
            (_, 0) => {
                let text = "All compute parties are here. They get their shares of the network.";
                output.phase(Phase::Host, text);
            }
            _ => self.waiting(output),
        }
    }

    /// Somebody's link is no more.
    fn left(
        &mut self,
        seat: &mut Seat,
        now: f64,
        peer: Peer,
        rng: &mut impl CryptoRng,
        output: &mut Output,
    ) {
        let step = self.party.peer_left(peer, rng);
        let mut events = step.events.iter();
        let told = events.any(|event| matches!(event, Event::Interrupted { .. }));
        seat.follow(self, now, step, output);
        if let Peer::ComputeParty(_) = peer {
            if !told {
                self.waiting(output);
            }
            // Its seat is another's now.
            self.keep(seat, output);
        }
    }

    /// Ends the work with a peer whose link is no more, and with nobody else.
    fn end_with(
        &mut self,
        seat: &mut Seat,
        now: f64,
        (peer, reason): (Peer, Reason),
        text: &str,
        rng: &mut impl CryptoRng,
        output: &mut Output,
    ) {
        match peer {
            Peer::DataOwner(_) => {
                let mut step = self.party.peer_misbehaved(peer, reason, rng);
                // The text says it better.
                step.events
                    .retain(|event| !matches!(event, Event::Aborted { .. }));
                seat.follow(self, now, step, output);
            }
            peer => self.left(seat, now, peer, rng, output),
        }
        output.error(text, false);
        if peer == Peer::Helper {
            output.waiting_for(Role::Helper);
        }
    }

    /// Asks the relay for its own helper, where that is wanted and there is none.
    fn request_helper(&self, seat: &Seat, output: &mut Output) {
        if self.options.helper != HelperChoice::BuiltIn || self.party.parties().is_some() {
            return;
        }
        let doors = seat.line.doors();
        let Some(secret) = doors.and_then(|doors| doors.secret(Role::Helper)) else {
            return;
        };
        let request = HelperRequest {
            host: self.identity.public(),
            secret: secret.clone(),
            plan: self.party.hash(),
        };
        let greeting = Zeroizing::new(request.to_bytes());
        output.frames.extend(seat.line.request_helper(&greeting));
    }

    /// Gives out what is needed to take up hosting again.
    fn keep(&self, seat: &Seat, output: &mut Output) {
        let Some(doors) = seat.line.doors().filter(|_| self.options.remember) else {
            return;
        };
        let saved = Saved {
            private: *self.identity.private(),
            place: self.place.clone(),
            doors: doors.clone(),
            spent: self
                .spent
                .iter()
                .map(|(&key, &spent)| (key, spent))
                .collect(),
        };
        // In one piece from the start, so that no secret is left behind where it grew. Writing plain
        // data to a vector does not fail.
        let bytes = postcard::experimental::serialized_size(&saved).unwrap_or_default();
        let written = postcard::to_extend(&saved, Vec::with_capacity(bytes));
        output.keep = Some(Zeroizing::new(written.unwrap_or_default()));
    }
}

/// What a model owner is told of a compute party whose safety words differ.
fn seat_text(peer: Peer) -> String {
    format!(
        "The safety words with {peer} differ, so somebody may sit between the two of you. Its seat is \
         free: send the link to somebody else, another way, or host anew."
    )
}

const _: () = assert!(
    MAX_GUESTS == blindsight_session::links::MAX_GUESTS,
    "who is let in can be served"
);
