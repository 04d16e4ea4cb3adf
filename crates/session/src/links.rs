//! A member's links with all others: who is called, who is let in, what is theirs to read.
//!
//! Everybody who is invited calls the model owner. A data owner also calls the helper or the compute
//! parties, and a compute party those of a lower index. What a caller must know of the one it calls,
//! key and secret, comes from its invitation or from the model owner, who *vouches* for each of two
//! towards the other.
//!
//! Notices of a relay go in; payloads for the relay and [`LinkEvent`]s come out. Time is in
//! milliseconds of any clock that only rises.

use std::collections::{BTreeMap, VecDeque};

use chacha20::ChaCha20Rng;
use rand_core::{CryptoRng, SeedableRng as _};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::doors::Doors;
use crate::error::LinkError;
use crate::identity::{Identity, PublicKey};
use crate::invitation::InvitationSecret;
use crate::link::{Arrived, Link};
use crate::packet::{Control, Incarnation, LinkRefusal, Packet, State, Vouched};
use crate::room::{Member, MemberId, Role, RoomId};
use crate::words::SafetyWords;

mod answering;
mod calling;
mod ending;
mod sending;
mod vouching;
mod waiting;

use answering::Caller;
use calling::Call;
use waiting::Waiting;

/// How long somebody whose line is lost may take to come back, in milliseconds.
pub const GIVE_UP_AFTER: f64 = 600_000.0;

/// How long the model owner must have seen the line of a compute party lost until a newcomer may take
/// its place, in milliseconds. Who tries again comes back sooner.
pub const REPLACE_AFTER: f64 = 12_000.0;

/// How long somebody may sit in the room before they have shown an invitation, in milliseconds.
const SHOW_WITHIN: f64 = 15_000.0;

/// The most data owners that a member has links with.
pub const MAX_GUESTS: usize = 64;

/// Somebody a member has a link with, whatever connection they are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Peer {
    /// A data owner, by the number that the model owner gave it.
    DataOwner(u32),
    /// The model owner.
    ModelOwner,
    /// The helper.
    Helper,
    /// A compute party, by the index that the model owner gave it, from 1.
    ComputeParty(u8),
}

impl Peer {
    /// What the peer does.
    pub fn role(self) -> Role {
        match self {
            Self::DataOwner(_) => Role::DataOwner,
            Self::ModelOwner => Role::ModelOwner,
            Self::Helper => Role::Helper,
            Self::ComputeParty(_) => Role::ComputeParty,
        }
    }
}

/// What happened with a peer.
pub enum LinkEvent {
    /// There is a new link.
    Up {
        /// With whom.
        peer: Peer,
        /// To be compared by the people at both ends.
        words: SafetyWords,
        /// The peer's key.
        key: PublicKey,
    },
    /// The line of a link is lost; what is sent waits.
    Lost(Peer),
    /// The link goes on over a new line.
    Back(Peer),
    /// The link is over: the peer left, started anew, or did not come back.
    Gone(Peer),
    /// A message, as it was sent.
    Message {
        /// From whom.
        from: Peer,
        /// The message; erased when it is dropped.
        message: Zeroizing<Vec<u8>>,
    },
    /// A piece of a message came.
    Piece {
        /// From whom.
        from: Peer,
        /// Bytes of the message so far.
        bytes: usize,
    },
    /// Somebody refused the link.
    Refused {
        /// Who.
        by: Role,
        /// Why.
        refusal: LinkRefusal,
    },
    /// The answer to a greeting was not from the one who was called: somebody on the way, or the
    /// relay, wrote it.
    Unanswered(Peer),
    /// Somebody else came with an invitation that was used up, and was refused.
    Intruder,
    /// The peer says that the safety words differ. The link is over.
    WordsDiffer(Peer),
    /// The link broke: somebody on the way, or the peer, did what must not happen. It is over.
    Failed {
        /// With whom.
        peer: Peer,
        /// What happened.
        error: LinkError,
    },
}

/// What follows from a notice or a call.
#[derive(Default)]
pub struct Turn {
    /// Payloads to send, in this order. Where a message is for two, what they have in common stands
    /// at the end of two payloads in a row.
    pub payloads: Vec<(MemberId, Vec<u8>)>,
    /// What happened, in this order.
    pub events: Vec<LinkEvent>,
    /// Members that the model owner wants out of the room.
    pub evict: Vec<MemberId>,
}

/// What a member knows about whom to call and whom to let in.
enum Knowledge {
    ModelOwner {
        doors: Doors,
        next_guest: u32,
    },
    Invited {
        /// Whom to call.
        callees: BTreeMap<Peer, Callee>,
        /// Who may call.
        callers: BTreeMap<PublicKey, (Peer, InvitationSecret)>,
    },
}

/// Somebody to call.
struct Callee {
    vouched: Vouched,
    /// The member that it is, where its role does not say it.
    at: Option<MemberId>,
}

/// A member's links.
pub struct Links {
    own: Identity,
    incarnation: Incarnation,
    role: Role,
    room: RoomId,
    /// The hash of the plan that all in the room must have been told.
    plan: [u8; 32],
    knowledge: Knowledge,
    links: BTreeMap<Peer, Link>,
    /// Who is in the room, and since when.
    members: BTreeMap<MemberId, (Role, f64)>,
    /// Since when we are in the room without a break, as far as somebody else was there to be seen.
    here_since: Option<f64>,
    /// Whose line goes to which member.
    seats: BTreeMap<MemberId, Peer>,
    calls: BTreeMap<MemberId, Call>,
    callers: BTreeMap<MemberId, Caller>,
    /// Greetings from those whom the model owner has not vouched for yet.
    early: BTreeMap<MemberId, Vec<u8>>,
    /// What is sent when the lines take it.
    waiting: VecDeque<Waiting>,
    /// When something was last told us.
    now: f64,
    /// Draws the keys of what is sealed.
    seals: ChaCha20Rng,
}

impl Links {
    /// The links of a model owner with these invitations.
    pub fn model_owner(
        own: Identity,
        room: RoomId,
        plan: [u8; 32],
        doors: Doors,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let next_guest = 1;
        let knowledge = Knowledge::ModelOwner { doors, next_guest };
        Self::new(own, Role::ModelOwner, room, plan, knowledge, rng)
    }

    /// The links of somebody who was invited in a role by the model owner with key `host`.
    pub fn guest(
        own: Identity,
        role: Role,
        room: RoomId,
        plan: [u8; 32],
        (host, secret): (PublicKey, InvitationSecret),
        rng: &mut impl CryptoRng,
    ) -> Self {
        let vouched = Vouched { key: host, secret };
        let host = Callee { vouched, at: None };
        let knowledge = Knowledge::Invited {
            callees: BTreeMap::from([(Peer::ModelOwner, host)]),
            callers: BTreeMap::new(),
        };
        Self::new(own, role, room, plan, knowledge, rng)
    }

    fn new(
        own: Identity,
        role: Role,
        room: RoomId,
        plan: [u8; 32],
        knowledge: Knowledge,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let mut incarnation = Incarnation([0; 16]);
        rng.fill_bytes(&mut incarnation.0);
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *seed);
        Self {
            own,
            incarnation,
            role,
            room,
            plan,
            knowledge,
            links: BTreeMap::new(),
            members: BTreeMap::new(),
            here_since: None,
            seats: BTreeMap::new(),
            calls: BTreeMap::new(),
            callers: BTreeMap::new(),
            early: BTreeMap::new(),
            waiting: VecDeque::new(),
            now: 0.0,
            seals: ChaCha20Rng::from_seed(*seed),
        }
    }

    /// The model owner's invitations, to be kept for another time.
    pub fn doors(&self) -> Option<&Doors> {
        match &self.knowledge {
            Knowledge::ModelOwner { doors, .. } => Some(doors),
            Knowledge::Invited { .. } => None,
        }
    }

    /// Those who have a link, with the time since which its line is lost.
    pub fn peers(&self) -> impl Iterator<Item = (Peer, Option<f64>)> + '_ {
        self.links.iter().map(|(&peer, link)| {
            let lost = link.line.is_none().then_some(link.lost_since);
            (peer, lost)
        })
    }

    /// Somebody came, or was in the room before us.
    pub fn member_joined(&mut self, now: f64, member: Member, rng: &mut impl CryptoRng) -> Turn {
        let mut turn = Turn::default();
        self.here_since.get_or_insert(now);
        self.members.insert(member.id, (member.role, now));
        self.call(member.id, member.role, rng, &mut turn);
        turn
    }

    /// Somebody left, or lost their connection.
    pub fn member_left(&mut self, now: f64, id: MemberId) -> Turn {
        let mut turn = Turn::default();
        self.members.remove(&id);
        self.forget_line(now, id, &mut turn);
        self.go_on(&mut turn);
        turn
    }

    /// Our own connection is lost: all lines are.
    pub fn disconnected(&mut self, now: f64) -> Turn {
        let mut turn = Turn::default();
        let members: Vec<MemberId> = self.members.keys().copied().collect();
        for id in members {
            self.forget_line(now, id, &mut turn);
        }
        self.members.clear();
        self.here_since = None;
        self.go_on(&mut turn);
        turn
    }

    fn forget_line(&mut self, now: f64, id: MemberId, turn: &mut Turn) {
        self.calls.remove(&id);
        self.callers.remove(&id);
        self.early.remove(&id);
        let Some(peer) = self.seats.remove(&id) else {
            return;
        };
        if let Some(link) = self.links.get_mut(&peer)
            && link.line.as_ref().is_some_and(|line| line.member == id)
        {
            link.line = None;
            link.lost_since = now;
            turn.events.push(LinkEvent::Lost(peer));
        }
    }

    /// Takes a payload that the relay says is from this member. `longest` gives the longest message
    /// that would be acceptable from a peer now.
    pub fn receive(
        &mut self,
        now: f64,
        from: Member,
        payload: &[u8],
        longest: impl Fn(Peer) -> usize,
        rng: &mut impl CryptoRng,
    ) -> Turn {
        let mut turn = Turn::default();
        self.now = now;
        match Packet::read(payload) {
            Ok(Packet::Greet { noise }) => {
                self.greeted(now, from, (noise, payload), rng, &mut turn);
            }
            Ok(Packet::Answer { noise }) => self.answered(from, noise, &mut turn),
            // Somebody may call who has a line already. Its next record is number 0 only if it does.
            Ok(Packet::Record {
                number,
                noise,
                beside: None,
            }) if self.callers.contains_key(&from.id)
                && (number == 0 || !self.seats.contains_key(&from.id)) =>
            {
                self.revealed(now, from, number, noise, rng, &mut turn);
            }
            Ok(Packet::Record {
                number,
                noise,
                beside,
            }) => {
                if let Some(&peer) = self.seats.get(&from.id) {
                    let record = (noise, beside);
                    self.record(now, peer, (number, record), longest(peer), rng, &mut turn);
                }
            }
            Ok(Packet::Refuse(refusal)) => self.refused(from, refusal, &mut turn),
            Err(Some(refusal)) => self.refuse(from.id, refusal, &mut turn),
            // Noise on the line: whoever waits for an answer goes on waiting for it.
            Err(None) => {}
        }
        self.go_on(&mut turn);
        turn
    }

    fn record(
        &mut self,
        now: f64,
        peer: Peer,
        (number, record): (u64, (&[u8], Option<&[u8]>)),
        longest: usize,
        rng: &mut impl CryptoRng,
        turn: &mut Turn,
    ) {
        let Some(link) = self.links.get_mut(&peer) else {
            return;
        };
        let arrived = link.receive(now, number, record, longest);
        let report = link.report();
        match (arrived, report) {
            (Err(error), _) | (_, Err(error)) => self.break_off(peer, error, turn),
            (Ok(arrived), Ok(report)) => {
                let member = link.line.as_ref().map(|line| line.member);
                turn.payloads.extend(member.zip(report));
                match arrived {
                    Arrived::Message(message) => turn.events.push(LinkEvent::Message {
                        from: peer,
                        message,
                    }),
                    Arrived::Piece(bytes) => {
                        turn.events.push(LinkEvent::Piece { from: peer, bytes });
                    }
                    Arrived::Control(control) => self.control(now, peer, control, rng, turn),
                    Arrived::Nothing => {}
                }
            }
        }
    }

    fn control(
        &mut self,
        now: f64,
        from: Peer,
        control: Control,
        rng: &mut impl CryptoRng,
        turn: &mut Turn,
    ) {
        match (control, from) {
            (Control::Call { peer, vouched, at }, Peer::ModelOwner) => {
                self.meet(peer, Callee { vouched, at }, rng, turn);
            }
            (Control::At { peer, member }, Peer::ModelOwner) => {
                self.find(peer, member, rng, turn);
            }
            (Control::Expect { peer, vouched }, Peer::ModelOwner) => {
                self.expect(now, peer, vouched, rng, turn);
            }
            (Control::Intruder, Peer::ModelOwner) => turn.events.push(LinkEvent::Intruder),
            (Control::Forget { peer }, Peer::ModelOwner) if peer.role() == Role::ComputeParty => {
                self.unmeet(peer, turn);
            }
            (Control::WordsDiffer, peer) => {
                self.disown(peer, turn);
                self.forget(peer);
                turn.events.push(LinkEvent::WordsDiffer(peer));
            }
            (Control::Bye, peer) => self.remove(peer, turn),
            (Control::Broken(error), peer) => {
                self.forget(peer);
                turn.events.push(LinkEvent::Failed { peer, error });
            }
            _ => self.break_off(from, LinkError::Malformed, turn),
        }
    }

    /// Lets time pass: gives up those who did not come back, and a model owner has those removed
    /// from the room who do not show an invitation.
    pub fn tick(&mut self, now: f64) -> Turn {
        let mut turn = Turn::default();
        let lost = self.peers().filter_map(|(peer, lost)| Some((peer, lost?)));
        let given_up = lost.filter(|(_, lost)| now - lost > GIVE_UP_AFTER);
        let given_up: Vec<Peer> = given_up.map(|(peer, _)| peer).collect();
        for peer in given_up {
            self.remove(peer, &mut turn);
        }
        self.now = now;
        self.go_on(&mut turn);
        if self.role == Role::ModelOwner {
            let sitting = self.members.iter().filter(|(id, (_, since))| {
                !self.seats.contains_key(id) && now - since > SHOW_WITHIN
            });
            turn.evict.extend(sitting.map(|(&id, _)| id));
        }
        turn
    }

    fn control_to(&mut self, to: Peer, control: &Control, turn: &mut Turn) {
        if let Some(link) = self.links.get_mut(&to) {
            match link.control(control) {
                Ok(record) => {
                    let member = link.line.as_ref().map(|line| line.member);
                    turn.payloads.extend(member.zip(record));
                }
                Err(error) => self.break_off(to, error, turn),
            }
        }
    }

    fn refuse(&mut self, to: MemberId, refusal: LinkRefusal, turn: &mut Turn) {
        turn.payloads.push((to, Packet::Refuse(refusal).write()));
        if self.role == Role::ModelOwner {
            turn.evict.push(to);
        }
    }

    /// How far we are with a peer, for it to know.
    fn state_towards(&self, peer: Peer) -> State {
        let link = self.links.get(&peer);
        State {
            incarnation: self.incarnation,
            knows: link.map(|link| link.incarnation),
            received: link.map_or(0, |link| link.delivery.received()),
        }
    }

    /// What both ends of a handshake must agree on, or there is none.
    fn prologue(&self, caller: Role, called: Role) -> Vec<u8> {
        let mut prologue = b"blindsight session ".to_vec();
        prologue.extend_from_slice(&crate::packet::SESSION_VERSION.to_le_bytes());
        prologue.extend_from_slice(self.room.as_bytes());
        prologue.push(caller as u8);
        prologue.push(called as u8);
        prologue.extend_from_slice(&self.plan);
        prologue.extend_from_slice(crate::packet::BUILD.as_bytes());
        prologue
    }
}

#[cfg(test)]
mod tests;
