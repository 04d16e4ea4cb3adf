//! A member's line to the others: a connection to the relay that is made again when it breaks, and
//! the encrypted links over it.

use std::collections::BTreeMap;

use blindsight_parties::{Outgoing, Peer};
use blindsight_session::{
    Identity, Joined, Joining, LinkError, LinkEvent, LinkRefusal, Links, Member, MemberId, Notice,
    PlaceKey, PublicKey, Refusal, Retry, Role, RoomId, SafetyWords, SessionError, Turn, links,
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

mod waiting;

use waiting::needed;

use crate::{
    naming::{name, party, place},
    note::{LinkNote, Note, Output, Seen, Trust},
};

/// A relay that says nothing for so long is asked whether it is still there, in milliseconds.
const QUIET: f64 = 20_000.0;
/// How long the answer may take.
const ANSWER_WITHIN: f64 = 10_000.0;
/// A clock that jumps by more than this was asleep, and so was everything else.
const ASLEEP: f64 = 5_000.0;

/// One member's line.
pub struct Line {
    links: Links,
    room: RoomId,
    role: Role,
    /// Without whom nothing can begin.
    needed: Vec<Peer>,
    place: PlaceKey,
    state: State,
    retry: Retry,
    /// The relay let us in at least once.
    welcomed: bool,
    /// The key of the helpers that the relay runs.
    site_helper: Option<PublicKey>,
    shown: BTreeMap<links::Peer, LinkNote>,
    /// Whether somebody wants to see the messages.
    watched: bool,
    /// When the last frame came, when a ping was sent, when the last tick was.
    heard: f64,
    pinged: Option<f64>,
    ticked: f64,
    /// Since when who or what is waited for.
    waiting: Option<(String, f64)>,
    /// Links that broke while something was sent, and nobody has been told of.
    pub(crate) broken: Vec<Incoming>,
}

enum State {
    Offline,
    Joining(Option<Joining>),
    Joined(Joined),
}

/// What a frame, or time, brought.
pub enum Incoming {
    /// The relay let us in. Whether there is a helper in the room.
    Opened { helper: bool },
    /// A new link.
    Up { peer: Peer, key: PublicKey },
    /// A link goes on.
    Back(Peer),
    /// A link waits for its line.
    Lost(Peer),
    /// A link is over.
    Gone(Peer),
    Message {
        from: Peer,
        message: Zeroizing<Vec<u8>>,
    },
    /// A piece of a message; so many bytes of it have come.
    Piece { from: Peer, bytes: usize },
    /// A link broke.
    Failed { peer: Peer, error: LinkError },
    /// The safety words differ, says the person here or there.
    WordsDiffer(Peer),
    /// Somebody does not want a link.
    Refused { by: Role, refusal: LinkRefusal },
    /// The answer was not from the one who was called.
    Unanswered(Peer),
    /// Somebody else came with a used invitation.
    Intruder,
    /// The relay did not do what it was asked.
    RelayRefused(Refusal),
}

impl Line {
    /// The line of a member of a room with so many compute parties, or with a helper.
    pub(crate) fn new(
        links: Links,
        room: RoomId,
        role: Role,
        place: PlaceKey,
        parties: Option<u8>,
    ) -> Self {
        Self {
            links,
            room,
            role,
            needed: needed(role, parties),
            place,
            state: State::Offline,
            retry: Retry::default(),
            welcomed: false,
            site_helper: None,
            shown: BTreeMap::new(),
            watched: false,
            heard: 0.0,
            pinged: None,
            ticked: 0.0,
            waiting: None,
            broken: Vec::new(),
        }
    }

    /// The line of somebody invited.
    pub(crate) fn guest(
        invitation: &blindsight_session::Invitation,
        identity: Identity,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let host = (invitation.host, invitation.secret.clone());
        let (role, room) = (invitation.role(), invitation.room);
        let links = Links::guest(identity, role, room, invitation.plan, host, rng);
        let place = PlaceKey::random(rng);
        Self::new(links, room, role, place, invitation.parties())
    }

    /// There is a connection: the frame that asks to be let in.
    pub(crate) fn connected(&mut self, now: f64) -> Vec<u8> {
        let (joining, frame) = Joining::new(self.room, self.role, &self.place);
        self.state = State::Joining(Some(joining));
        (self.heard, self.ticked, self.pinged) = (now, now, None);
        frame
    }

    /// The connection is lost. Gives how long to wait before the next, in milliseconds; nothing if
    /// the relay never let us in.
    pub(crate) fn disconnected(
        &mut self,
        now: f64,
        rng: &mut impl CryptoRng,
        output: &mut Output,
    ) -> (Vec<Incoming>, Option<f64>) {
        self.state = State::Offline;
        let turn = self.links.disconnected(now);
        let incoming = self.take(turn, output);
        (incoming, self.welcomed.then(|| self.retry.next(rng)))
    }

    /// Takes a frame of the relay. `longest` gives the longest message that would be acceptable
    /// from a peer now.
    ///
    /// # Errors
    ///
    /// When the relay refuses to let us in, or breaks its protocol.
    pub(crate) fn receive(
        &mut self,
        now: f64,
        frame: &[u8],
        longest: impl Fn(Peer) -> usize,
        rng: &mut impl CryptoRng,
        output: &mut Output,
    ) -> Result<Vec<Incoming>, SessionError> {
        (self.heard, self.pinged) = (now, None);
        let joined = match &mut self.state {
            State::Offline => return Ok(Vec::new()),
            State::Joining(joining) => {
                let Some(joining) = joining.take() else {
                    return Ok(Vec::new());
                };
                return self.open(now, joining, frame, rng, output);
            }
            State::Joined(joined) => joined,
        };
        let notice = match joined.receive(frame) {
            Ok(notice) => notice,
            // A message may be overtaken by the news that its sender has left.
            Err(SessionError::UnknownSender(_)) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let turn = match notice {
            Notice::MemberJoined(member) => self.links.member_joined(now, member, rng),
            Notice::MemberLeft(member) => self.links.member_left(now, member.id),
            Notice::Message { from, payload } => {
                let longest = |peer| longest(party(peer));
                self.links.receive(now, from, payload, longest, rng)
            }
            // It has left while a message to it was on its way: that is kept for its return.
            Notice::Pong | Notice::Refused(Refusal::UnknownRecipient(_)) => return Ok(Vec::new()),
            Notice::Refused(refusal) if self.comes_back_from(refusal) => return Ok(Vec::new()),
            Notice::Refused(refusal) => return Ok(vec![Incoming::RelayRefused(refusal)]),
        };
        Ok(self.take(turn, output))
    }

    fn open(
        &mut self,
        now: f64,
        joining: Joining,
        frame: &[u8],
        rng: &mut impl CryptoRng,
        output: &mut Output,
    ) -> Result<Vec<Incoming>, SessionError> {
        let joined = match joining.receive(frame) {
            Ok(joined) => joined,
            // The relay closes the connection, and we come again.
            Err(SessionError::Refused(refusal)) if self.comes_back_from(refusal) => {
                return Ok(Vec::new());
            }
            Err(error) => return Err(error),
        };
        self.welcomed = true;
        self.retry.succeeded();
        self.site_helper = joined.relay_helper();
        let members = joined.members().to_vec();
        let helper = joined.member_with(Role::Helper).is_some();
        self.state = State::Joined(joined);
        let mut incoming = vec![Incoming::Opened { helper }];
        for member in members {
            let turn = self.links.member_joined(now, member, rng);
            incoming.extend(self.take(turn, output));
        }
        Ok(incoming)
    }

    /// Whether a refusal of somebody who was in the room already will pass.
    fn comes_back_from(&self, refusal: Refusal) -> bool {
        let passes = matches!(
            refusal,
            Refusal::RoomNotFound
                | Refusal::RoomFull
                | Refusal::RelayFull
                | Refusal::TooSlow
                | Refusal::ShuttingDown
                | Refusal::RoomClosed
                | Refusal::TooFast
                | Refusal::Interrupted
                | Refusal::Silent
        );
        // Another one may sit in our place until the model owner has it removed.
        self.welcomed && (passes || refusal == Refusal::RoleTaken(self.role))
    }

    /// Lets time pass: about once a second.
    pub(crate) fn tick(&mut self, now: f64, output: &mut Output) -> Vec<Incoming> {
        let asleep = now - self.ticked > ASLEEP;
        self.ticked = now;
        if let State::Joined(joined) = &self.state {
            match self.pinged {
                Some(pinged) if asleep || now - pinged > ANSWER_WITHIN => {
                    if asleep {
                        // The answer may be waiting to be read.
                        self.pinged = Some(now);
                    } else {
                        output.hang_up = true;
                    }
                }
                None if now - self.heard > QUIET => {
                    self.pinged = Some(now);
                    output.frames.push(joined.ping());
                }
                _ => {}
            }
        }
        let turn = self.links.tick(now);
        let incoming = self.take(turn, output);
        self.report_waiting(now, output);
        incoming
    }

    /// Frames for messages to peers. What is for somebody whose line is lost is kept, what is for
    /// somebody without a link is dropped.
    pub(crate) fn send(&mut self, outgoing: Vec<Outgoing>, output: &mut Output) {
        for Outgoing { to, also, message } in outgoing {
            let message = Zeroizing::new(message);
            if self.watched {
                let receivers = [Some(to), also].into_iter().flatten();
                let seen = receivers.flat_map(|to| Seen::new(true, name(to), &message));
                output.seen.extend(seen);
            }
            let turn = match also {
                Some(also) => self.links.send_both([place(to), place(also)], &message),
                None => self.links.send(place(to), &message),
            };
            self.perform(turn, output);
        }
    }

    /// Does what the links say. What broke by it waits for [`take_broken`](Self::take_broken).
    fn perform(&mut self, turn: Turn, output: &mut Output) {
        let incoming = self.take(turn, output).into_iter();
        let broken = incoming.filter(|it| matches!(it, Incoming::Failed { .. }));
        self.broken.extend(broken);
    }

    /// Links that broke while something was sent.
    pub(crate) fn take_broken(&mut self) -> Vec<Incoming> {
        std::mem::take(&mut self.broken)
    }

    /// Has a helper hold back what it deals, or go on: see [`Links::hold`].
    pub(crate) fn hold(&mut self, peer: Peer, hold: bool, output: &mut Output) {
        let turn = self.links.hold(place(peer), hold);
        self.perform(turn, output);
    }

    /// Ends the link with a peer in good order.
    pub(crate) fn part(&mut self, peer: Peer, output: &mut Output) {
        let turn = self.links.part(place(peer));
        self.perform(turn, output);
        if self.shown.remove(&place(peer)).is_some() {
            output.notes.push(Note::Unlink { peer: name(peer) });
        }
    }

    /// Model owner: gives a compute party's seat to somebody else, if it has one.
    pub(crate) fn free_seat(&mut self, index: u8, output: &mut Output) -> Vec<Incoming> {
        let peer = links::Peer::ComputeParty(index);
        if !self.links.peers().any(|(other, _)| other == peer) {
            return Vec::new();
        }
        let turn = self.links.free_seat(index);
        let mut incoming = self.take(turn, output);
        self.unlink(peer, output);
        incoming.push(Incoming::Gone(party(peer)));
        incoming
    }

    /// Ends all links in good order.
    pub(crate) fn part_from_all(&mut self, output: &mut Output) {
        let peers: Vec<Peer> = self.links.peers().map(|(peer, _)| party(peer)).collect();
        for peer in peers {
            self.part(peer, output);
        }
    }

    /// Whether the words of a link are still to be compared.
    pub(crate) fn has_unverified(&self) -> bool {
        let mut shown = self.shown.values();
        shown.any(|link| link.trust == Trust::Unverified)
    }

    /// The person here has compared the safety words. `peer` is a name as in [`LinkNote::peer`].
    pub(crate) fn verify(
        &mut self,
        peer: &str,
        matches: bool,
        output: &mut Output,
    ) -> Option<Incoming> {
        let (&peer, link) = self.shown.iter_mut().find(|(_, link)| link.peer == peer)?;
        if matches {
            link.trust = Trust::Verified;
            output.notes.push(Note::Link(link.clone()));
            return None;
        }
        let turn = self.links.words_differ(peer);
        self.perform(turn, output);
        self.unlink(peer, output);
        Some(Incoming::WordsDiffer(party(peer)))
    }

    /// The frame that asks the relay for its own helper; `None` when there is one already.
    pub(crate) fn request_helper(&self, greeting: &[u8]) -> Option<Vec<u8>> {
        match &self.state {
            State::Joined(joined) => joined.request_helper(greeting).ok(),
            State::Offline | State::Joining(_) => None,
        }
    }

    /// Whether messages are to be [seen](Output::seen).
    pub(crate) fn watch(&mut self, watched: bool) {
        self.watched = watched;
    }

    /// The model owner's invitations.
    pub(crate) fn doors(&self) -> Option<&blindsight_session::Doors> {
        self.links.doors()
    }

    /// Payloads become frames, events are shown and handed on.
    fn take(&mut self, turn: Turn, output: &mut Output) -> Vec<Incoming> {
        if let State::Joined(joined) = &self.state {
            output.frames.extend(joined.send_all(&turn.payloads));
            let removed = turn.evict.iter().filter(|id| is_here(joined, **id));
            output.frames.extend(removed.map(|id| joined.remove(*id)));
        }
        let events = turn.events.into_iter();
        events.map(|event| self.event(event, output)).collect()
    }

    fn event(&mut self, event: LinkEvent, output: &mut Output) -> Incoming {
        match event {
            LinkEvent::Up { peer, words, key } => {
                self.show(peer, words, &key, output);
                Incoming::Up {
                    peer: party(peer),
                    key,
                }
            }
            LinkEvent::Lost(peer) => {
                self.set_online(peer, false, output);
                Incoming::Lost(party(peer))
            }
            LinkEvent::Back(peer) => {
                self.set_online(peer, true, output);
                Incoming::Back(party(peer))
            }
            LinkEvent::Gone(peer) => {
                self.unlink(peer, output);
                Incoming::Gone(party(peer))
            }
            LinkEvent::WordsDiffer(peer) => {
                self.unlink(peer, output);
                Incoming::WordsDiffer(party(peer))
            }
            LinkEvent::Failed { peer, error } => {
                self.unlink(peer, output);
                let peer = party(peer);
                Incoming::Failed { peer, error }
            }
            LinkEvent::Message { from, message } => {
                let from = party(from);
                if self.watched {
                    output.seen.extend(Seen::new(false, name(from), &message));
                }
                Incoming::Message { from, message }
            }
            LinkEvent::Piece { from, bytes } => {
                let from = party(from);
                Incoming::Piece { from, bytes }
            }
            LinkEvent::Refused { by, refusal } => Incoming::Refused { by, refusal },
            LinkEvent::Unanswered(peer) => Incoming::Unanswered(party(peer)),
            LinkEvent::Intruder => Incoming::Intruder,
        }
    }

    fn show(
        &mut self,
        peer: links::Peer,
        words: SafetyWords,
        key: &PublicKey,
        output: &mut Output,
    ) {
        let site = peer == links::Peer::Helper && self.site_helper == Some(*key);
        let link = LinkNote {
            peer: name(party(peer)),
            role: peer.role(),
            guest: match peer {
                links::Peer::DataOwner(guest) => Some(guest),
                _ => None,
            },
            words: words.words(),
            digits: words.digits(),
            trust: if site { Trust::Site } else { Trust::Unverified },
            online: true,
        };
        output.notes.push(Note::Link(link.clone()));
        self.shown.insert(peer, link);
    }

    fn set_online(&mut self, peer: links::Peer, online: bool, output: &mut Output) {
        if let Some(link) = self.shown.get_mut(&peer) {
            link.online = online;
            output.notes.push(Note::Link(link.clone()));
        }
    }

    fn unlink(&mut self, peer: links::Peer, output: &mut Output) {
        if self.shown.remove(&peer).is_some() {
            let peer = name(party(peer));
            output.notes.push(Note::Unlink { peer });
        }
    }
}

fn is_here(joined: &Joined, id: MemberId) -> bool {
    joined
        .members()
        .iter()
        .any(|member: &Member| member.id == id)
}
