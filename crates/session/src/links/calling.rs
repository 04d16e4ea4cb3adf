//! The caller's side of a handshake.

use rand_core::CryptoRng;
use snow::HandshakeState;
use zeroize::Zeroizing;

use super::{Knowledge, LinkEvent, Links, Peer, Turn};
use crate::identity::PublicKey;
use crate::link::{Line, Link};
use crate::noise::{MAX_NOISE_BYTES, handshake};
use crate::packet::{
    Answer, Greeting, LinkRefusal, Packet, SecretName, State, Vouched, decode, encode,
};
use crate::room::{Member, MemberId, Role};
use crate::words::{PART_BYTES, SafetyWords, commitment};

/// A greeting that waits for its answer.
pub(super) struct Call {
    handshake: HandshakeState,
    part: Zeroizing<[u8; PART_BYTES]>,
    pub(super) peer: Peer,
    key: PublicKey,
}

impl Links {
    /// Greets somebody who came, if it is for us to greet them.
    pub(super) fn call(
        &mut self,
        id: MemberId,
        role: Role,
        rng: &mut impl CryptoRng,
        turn: &mut Turn,
    ) {
        let Knowledge::Invited { callees, .. } = &self.knowledge else {
            return;
        };
        let mut callees = callees.iter();
        let whom = callees.find(|(peer, callee)| {
            peer.role() == role && (role.is_unique() || callee.at == Some(id))
        });
        let Some((&peer, callee)) = whom else {
            return;
        };
        let Vouched { key, secret } = callee.vouched.clone();
        let mut part = Zeroizing::new([0; PART_BYTES]);
        rng.fill_bytes(&mut *part);
        let greeting = encode(&Greeting {
            secret: SecretName::of(&secret),
            state: self.state_towards(peer),
            commitment: commitment(&part),
        });
        let prologue = self.prologue(self.role, role);
        let begun = handshake(&self.own, Some(&key), Some(&secret.key()), &prologue, rng);
        let mut noise = vec![0; greeting.len() + 128];
        let Ok(mut handshake) = begun else { return };
        let Ok(len) = handshake.write_message(&greeting, &mut noise) else {
            return;
        };
        noise.truncate(len);
        turn.payloads
            .push((id, Packet::Greet { noise: &noise }.write()));
        let call = Call {
            handshake,
            part,
            peer,
            key,
        };
        self.calls.insert(id, call);
    }

    /// The answer to a greeting. One that cannot be read is not from the one who was called.
    pub(super) fn answered(&mut self, from: Member, noise: &[u8], turn: &mut Turn) {
        let Some(mut call) = self.calls.remove(&from.id) else {
            return;
        };
        let mut payload = Zeroizing::new(vec![0; noise.len().min(MAX_NOISE_BYTES)]);
        let answer = match call.handshake.read_message(noise, &mut payload) {
            Ok(len) => decode::<Answer>(&payload[..len]),
            Err(_) => None,
        };
        let hash = call.handshake.get_handshake_hash().to_vec();
        let transport = call.handshake.into_stateless_transport_mode();
        let (Some(answer), Ok(transport)) = (answer, transport) else {
            turn.events.push(LinkEvent::Unanswered(call.peer));
            return;
        };
        let words = SafetyWords::derive(&hash, &call.part, &answer.part);
        let mut line = Line::new(from.id, transport);
        match line.reveal(&call.part) {
            Ok(reveal) => turn.payloads.push((from.id, reveal)),
            Err(_) => return,
        }
        self.settle(call.peer, call.key, answer.state, words, line, turn);
    }

    /// Somebody who was called refuses.
    pub(super) fn refused(&mut self, from: Member, refusal: LinkRefusal, turn: &mut Turn) {
        // The call goes on: another greeting may be on its way, with a newer key.
        if self.calls.contains_key(&from.id) {
            let by = from.role;
            turn.events.push(LinkEvent::Refused { by, refusal });
            return;
        }
        // An answer lets nobody in: that is decided when the other has our first record. Until
        // something comes over the new line it may still refuse.
        let Some(&peer) = self.seats.get(&from.id) else {
            return;
        };
        let link = self.links.get(&peer);
        let line = link.and_then(|link| link.line.as_ref());
        if line.is_some_and(|line| line.member == from.id && line.is_untried()) {
            let by = peer.role();
            turn.events.push(LinkEvent::Refused { by, refusal });
            self.remove(peer, turn);
        }
    }

    /// A handshake is complete: the link goes on, or there is a new one.
    pub(super) fn settle(
        &mut self,
        peer: Peer,
        key: PublicKey,
        theirs: State,
        words: SafetyWords,
        line: Line,
        turn: &mut Turn,
    ) -> bool {
        let member = line.member;
        let remembered = self.links.get(&peer).is_some_and(|link| {
            link.key == key
                && link.incarnation == theirs.incarnation
                && theirs.knows == Some(self.incarnation)
        });
        let old = self.links.get_mut(&peer).and_then(|link| link.line.take());
        if !remembered {
            self.remove(peer, turn);
            self.links.insert(peer, Link::new(key, theirs.incarnation));
        }
        let Some(link) = self.links.get_mut(&peer) else {
            return false;
        };
        if let Some(old) = old {
            self.seats.remove(&old.member);
            // What it sent before it knew of the new line may still be on its way.
            link.previous = (old.member == member).then_some(old);
        }
        self.seats.insert(member, peer);
        let received = if remembered { theirs.received } else { 0 };
        match link.resume(line, received) {
            Ok(records) => turn
                .payloads
                .extend(records.into_iter().map(|r| (member, r))),
            Err(error) => {
                self.break_off(peer, error, turn);
                return false;
            }
        }
        turn.events.push(if remembered {
            LinkEvent::Back(peer)
        } else {
            LinkEvent::Up { peer, words, key }
        });
        !remembered
    }
}
