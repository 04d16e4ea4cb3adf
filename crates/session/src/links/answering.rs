//! The side of a handshake that is called.

use rand_core::CryptoRng;
use snow::StatelessTransportState;
use zeroize::Zeroizing;

use super::vouching::may_call;
use super::{Knowledge, LinkEvent, Links, MAX_GUESTS, Peer, REPLACE_AFTER, Turn};
use crate::doors::Doors;
use crate::identity::PublicKey;
use crate::invitation::InvitationSecret;
use crate::link::Line;
use crate::noise::{MAX_NOISE_BYTES, PSK_AT, handshake};
use crate::packet::{
    Answer, Control, Greeting, LinkRefusal, Packet, SecretName, State, decode, encode,
};
use crate::room::{Member, MemberId, Role};
use crate::words::{PART_BYTES, SafetyWords, commitment};

/// Somebody who was answered and has not shown yet that they know the secret.
pub(super) struct Caller {
    line: Line,
    /// As what they came: both ends agreed on it, whatever the relay says later.
    role: Role,
    key: PublicKey,
    state: State,
    hash: Vec<u8>,
    commitment: [u8; 32],
    part: Zeroizing<[u8; PART_BYTES]>,
}

/// Who may not come, or not yet.
enum Unwelcome {
    Refused(LinkRefusal),
    /// The model owner has not vouched for them so far.
    Early,
}

/// Whose place somebody else may take.
enum Replaceable {
    /// A party whose line is lost.
    Linked(Peer),
    /// A party that has an invitation, and has not come.
    Absent(PublicKey),
}

impl Links {
    /// The first message of a handshake.
    pub(super) fn greeted(
        &mut self,
        now: f64,
        from: Member,
        (noise, payload): (&[u8], &[u8]),
        rng: &mut impl CryptoRng,
        turn: &mut Turn,
    ) {
        match self.answer(now, from, noise, rng) {
            Ok((answer, caller)) => {
                turn.payloads
                    .push((from.id, Packet::Answer { noise: &answer }.write()));
                self.callers.insert(from.id, caller);
            }
            Err(Unwelcome::Early) => {
                self.early.insert(from.id, payload.to_vec());
            }
            Err(Unwelcome::Refused(refusal)) => {
                self.refuse(from.id, refusal, turn);
                if refusal == LinkRefusal::UsedUp {
                    self.warn_of_intruder(turn);
                }
            }
        }
    }

    fn answer(
        &mut self,
        now: f64,
        from: Member,
        noise: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<(Vec<u8>, Caller), Unwelcome> {
        let invalid = || Unwelcome::Refused(LinkRefusal::Invitation);
        let prologue = self.prologue(from.role, self.role);
        let mut handshake =
            handshake(&self.own, None, None, &prologue, rng).map_err(|_| invalid())?;
        let mut plain = Zeroizing::new(vec![0; noise.len().min(MAX_NOISE_BYTES)]);
        let len = handshake
            .read_message(noise, &mut plain)
            .map_err(|_| invalid())?;
        let greeting: Greeting = decode(&plain[..len]).ok_or_else(invalid)?;
        let key = handshake
            .get_remote_static()
            .and_then(|key| key.try_into().ok());
        let key = PublicKey::from_bytes(key.ok_or_else(invalid)?);

        let (peer, secret) = self.welcome(now, from.role, greeting.secret, &key)?;
        handshake
            .set_psk(PSK_AT, &*secret.key())
            .map_err(|_| invalid())?;
        let mut part = Zeroizing::new([0; PART_BYTES]);
        rng.fill_bytes(&mut *part);
        let state = match peer {
            Some(peer) => self.state_towards(peer),
            None => State {
                incarnation: self.incarnation,
                knows: None,
                received: 0,
            },
        };
        let answer = Zeroizing::new(encode(&Answer { state, part: *part }));
        let mut noise = vec![0; answer.len() + 64];
        let len = handshake
            .write_message(&answer, &mut noise)
            .map_err(|_| invalid())?;
        noise.truncate(len);
        let hash = handshake.get_handshake_hash().to_vec();
        let transport: StatelessTransportState = handshake
            .into_stateless_transport_mode()
            .map_err(|_| invalid())?;
        let caller = Caller {
            line: Line::new(from.id, transport),
            role: from.role,
            key,
            state: greeting.state,
            hash,
            commitment: greeting.commitment,
            part,
        };
        Ok((noise, caller))
    }

    /// Whether somebody may come: as whom, if they were here before, and what they must know.
    fn welcome(
        &self,
        now: f64,
        role: Role,
        name: SecretName,
        key: &PublicKey,
    ) -> Result<(Option<Peer>, InvitationSecret), Unwelcome> {
        match &self.knowledge {
            Knowledge::ModelOwner { doors, .. } => {
                let mut asked = doors.ask(role, name, key);
                if matches!(asked, Err(LinkRefusal::UsedUp))
                    && self.replaceable(now, role, doors).is_some()
                {
                    asked = doors.secret(role).ok_or(LinkRefusal::Invitation);
                }
                let secret = asked.map_err(Unwelcome::Refused)?;
                let known = self.peer_with(role, key);
                let guests = self.links.keys().filter(|peer| peer.role() == role).count();
                if known.is_none() && role == Role::DataOwner && guests >= MAX_GUESTS {
                    return Err(Unwelcome::Refused(LinkRefusal::Full));
                }
                Ok((known, secret.clone()))
            }
            Knowledge::Invited { callers, .. } if may_call(role, self.role) => {
                match callers.get(key) {
                    Some((peer, secret)) if SecretName::of(secret) == name => {
                        Ok((Some(*peer), secret.clone()))
                    }
                    _ => Err(Unwelcome::Early),
                }
            }
            Knowledge::Invited { .. } => Err(Unwelcome::Refused(LinkRefusal::Invitation)),
        }
    }

    /// A compute party that we have missed for so long that somebody else may have its place. While
    /// we were away ourselves, nobody was missed.
    fn replaceable(&self, now: f64, role: Role, doors: &Doors) -> Option<Replaceable> {
        let here_since = self.here_since.filter(|_| role == Role::ComputeParty)?;
        let missed = |since: f64| now - since.max(here_since) > REPLACE_AFTER;
        let lost = self.peers().filter_map(|(peer, lost)| Some((peer, lost?)));
        let lost = lost.filter(|(peer, lost)| peer.role() == role && missed(*lost));
        let first = lost.min_by(|(_, a), (_, b)| a.total_cmp(b));
        let first = first.map(|(peer, _)| Replaceable::Linked(peer));
        // Of a room that was taken up again nobody may have come back.
        first.or_else(|| {
            let mut holders = doors.parties_inside().filter(|_| missed(here_since));
            let absent = holders.find(|key| self.peer_with(role, key).is_none());
            absent.map(|key| Replaceable::Absent(*key))
        })
    }

    fn peer_with(&self, role: Role, key: &PublicKey) -> Option<Peer> {
        let mut links = self.links.iter();
        let found = links.find(|(peer, link)| peer.role() == role && link.key == *key);
        found.map(|(&peer, _)| peer)
    }

    /// The first record of somebody who was answered. Only now is it certain that they know the
    /// secret.
    pub(super) fn revealed(
        &mut self,
        now: f64,
        from: Member,
        number: u64,
        noise: &[u8],
        rng: &mut impl CryptoRng,
        turn: &mut Turn,
    ) {
        let Some(mut caller) = self.callers.remove(&from.id) else {
            return;
        };
        let part = caller.line.revealed(number, noise);
        let Some(part) = part
            .ok()
            .filter(|part| commitment(part) == caller.commitment)
        else {
            self.refuse(from.id, LinkRefusal::Invitation, turn);
            return;
        };
        let words = SafetyWords::derive(&caller.hash, &part, &caller.part);
        let Caller {
            line,
            role,
            key,
            state,
            ..
        } = caller;
        let peer = match self.seat(now, role, &key, state, turn) {
            Ok(peer) => peer,
            Err(refusal) => {
                self.refuse(from.id, refusal, turn);
                if refusal == LinkRefusal::UsedUp {
                    self.warn_of_intruder(turn);
                }
                return;
            }
        };
        // Somebody who started anew is not who they were.
        if let Some(old) = self.peer_with(role, &key)
            && old != peer
        {
            self.remove(old, turn);
        }
        let member = line.member;
        let new = self.settle(peer, key, state, words, line, turn);
        self.admit(peer, &key);
        if new {
            self.vouch(peer, rng, turn);
        }
        self.locate(peer, member, turn);
    }

    /// Model owner: the invitation is theirs, now that they have a link, and any older one is gone,
    /// which frees a compute party's place.
    fn admit(&mut self, peer: Peer, key: &PublicKey) {
        if let Knowledge::ModelOwner { doors, .. } = &mut self.knowledge
            && self.links.contains_key(&peer)
        {
            // There is room: `seat` has seen it.
            let _ = doors.enter(peer.role(), key);
        }
    }

    /// As whom somebody comes who has shown that they may.
    fn seat(
        &mut self,
        now: f64,
        role: Role,
        key: &PublicKey,
        state: State,
        turn: &mut Turn,
    ) -> Result<Peer, LinkRefusal> {
        // The seat may have been freed since it was asked for.
        if self.doors().is_some_and(|doors| doors.is_barred(role, key)) {
            return Err(LinkRefusal::Removed);
        }
        let full = self.doors().filter(|doors| doors.is_full(role, key));
        match full.and_then(|doors| self.replaceable(now, role, doors)) {
            Some(Replaceable::Linked(peer)) => self.remove(peer, turn),
            Some(Replaceable::Absent(key)) => {
                if let Knowledge::ModelOwner { doors, .. } = &mut self.knowledge {
                    doors.vacate(role, &key);
                }
            }
            None => {}
        }
        let known = self.peer_with(role, key);
        let seated = self
            .links
            .keys()
            .copied()
            .filter(|peer| Some(*peer) != known);
        let seated: Vec<Peer> = seated.collect();
        match &mut self.knowledge {
            Knowledge::ModelOwner { doors, next_guest } => {
                if doors.is_full(role, key) {
                    return Err(LinkRefusal::UsedUp);
                }
                let same = known.filter(|peer| {
                    let link = self.links.get(peer);
                    link.is_some_and(|link| link.incarnation == state.incarnation)
                        && state.knows == Some(self.incarnation)
                });
                Ok(match (same, role) {
                    (Some(peer), _) => peer,
                    (None, Role::Helper) => Peer::Helper,
                    (None, Role::ComputeParty) => {
                        let free = |index: &u8| !seated.contains(&Peer::ComputeParty(*index));
                        let index = (1..=doors.parties()).find(free);
                        Peer::ComputeParty(index.ok_or(LinkRefusal::Full)?)
                    }
                    (None, _) => {
                        let guest = *next_guest;
                        *next_guest = next_guest.wrapping_add(1);
                        Peer::DataOwner(guest)
                    }
                })
            }
            Knowledge::Invited { callers, .. } => match callers.get(key) {
                Some((peer, _)) => Ok(*peer),
                None => Err(LinkRefusal::Invitation),
            },
        }
    }

    /// Tells everybody inside that somebody else came with an invitation that was used up.
    fn warn_of_intruder(&mut self, turn: &mut Turn) {
        if self.role != Role::ModelOwner {
            return;
        }
        turn.events.push(LinkEvent::Intruder);
        let peers: Vec<Peer> = self.links.keys().copied().collect();
        for peer in peers {
            self.control_to(peer, &Control::Intruder, turn);
        }
    }

    /// Greetings that came before the model owner had vouched for their senders.
    pub(super) fn take_early(&mut self) -> Vec<(MemberId, Vec<u8>)> {
        std::mem::take(&mut self.early).into_iter().collect()
    }
}
