//! How those whom the model owner invited come to know each other's keys: the model owner vouches.
//!
//! A model owner could vouch for a helper or for compute parties that it runs itself. That is what the
//! safety words between the others are for, and the key that a relay publishes for its own helper.

use rand_core::CryptoRng;

use super::{Callee, Knowledge, Links, MAX_GUESTS, Peer, Turn};
use crate::invitation::InvitationSecret;
use crate::packet::{Control, Packet, Vouched};
use crate::room::{Member, MemberId, Role};

/// Whether somebody invited in one role calls somebody invited in another.
pub(super) fn may_call(caller: Role, called: Role) -> bool {
    matches!(
        (caller, called),
        (Role::DataOwner, Role::Helper | Role::ComputeParty)
            | (Role::ComputeParty, Role::ComputeParty)
    )
}

/// Who of two calls whom; nothing where they have nothing to do with each other. Of two compute
/// parties the one of the higher index calls.
fn caller_first(a: Peer, b: Peer) -> Option<(Peer, Peer)> {
    let (caller, called) = match (a, b) {
        (Peer::ComputeParty(i), Peer::ComputeParty(j)) if i > j => (a, b),
        (_, Peer::DataOwner(_)) | (Peer::ComputeParty(_), Peer::ComputeParty(_)) => (b, a),
        _ => (a, b),
    };
    let introduced = caller != called && may_call(caller.role(), called.role());
    introduced.then_some((caller, called))
}

impl Links {
    /// Model owner: somebody is new. Introduces them to those whom they will work with.
    pub(super) fn vouch(&mut self, new: Peer, rng: &mut impl CryptoRng, turn: &mut Turn) {
        if self.role != Role::ModelOwner {
            return;
        }
        let pairs = self.links.keys();
        let pairs: Vec<_> = pairs.filter_map(|peer| caller_first(new, *peer)).collect();
        for (caller, called) in pairs {
            let (Some(calling), Some(answering)) =
                (self.links.get(&caller), self.links.get(&called))
            else {
                continue;
            };
            let secret = InvitationSecret::random(rng);
            let vouched = |key| Vouched {
                key,
                secret: secret.clone(),
            };
            let line = answering.line.as_ref();
            let call = Control::Call {
                peer: called,
                vouched: vouched(answering.key),
                at: line.map(|line| line.member),
            };
            let expect = Control::Expect {
                peer: caller,
                vouched: vouched(calling.key),
            };
            self.control_to(called, &expect, turn);
            self.control_to(caller, &call, turn);
        }
    }

    /// Model owner: somebody has a line. Tells those who call them which member they are, where
    /// their role does not say it.
    pub(super) fn locate(&mut self, peer: Peer, member: MemberId, turn: &mut Turn) {
        if self.role != Role::ModelOwner || peer.role() != Role::ComputeParty {
            return;
        }
        let callers = self.links.keys();
        let callers = callers.filter_map(|other| {
            let (caller, called) = caller_first(peer, *other)?;
            (called == peer).then_some(caller)
        });
        let callers: Vec<Peer> = callers.collect();
        for caller in callers {
            self.control_to(caller, &Control::At { peer, member }, turn);
        }
    }

    /// Model owner: whoever is in a compute party's seat has it no longer, for good. Tells those to whom
    /// it was introduced.
    pub(super) fn disown(&mut self, peer: Peer, turn: &mut Turn) {
        let Knowledge::ModelOwner { doors, .. } = &mut self.knowledge else {
            return;
        };
        let Some(link) = self.links.get(&peer) else {
            return;
        };
        if peer.role() != Role::ComputeParty {
            return;
        }
        doors.bar(&link.key);
        let others = self.links.keys().copied();
        let others = others.filter(|other| caller_first(peer, *other).is_some());
        for other in Vec::from_iter(others) {
            self.control_to(other, &Control::Forget { peer }, turn);
        }
    }

    /// Somebody invited: a compute party is not in its seat any more. Nobody who has its key is taken
    /// for it.
    pub(super) fn unmeet(&mut self, peer: Peer, turn: &mut Turn) {
        let Knowledge::Invited { callees, callers } = &mut self.knowledge else {
            return;
        };
        callees.remove(&peer);
        callers.retain(|_, (other, _)| *other != peer);
        self.calls.retain(|_, call| call.peer != peer);
        self.remove(peer, turn);
    }

    /// Somebody invited: learns whom to call.
    pub(super) fn meet(
        &mut self,
        peer: Peer,
        callee: Callee,
        rng: &mut impl CryptoRng,
        turn: &mut Turn,
    ) {
        let Knowledge::Invited { callees, .. } = &mut self.knowledge else {
            return;
        };
        if !may_call(self.role, peer.role()) {
            return;
        }
        let link = self.links.get(&peer);
        let other = link.is_some_and(|link| link.key != callee.vouched.key);
        callees.insert(peer, callee);
        if other {
            self.remove(peer, turn);
        }
        self.call_peer(peer, rng, turn);
    }

    /// Somebody invited: learns which member a peer is whom they call.
    pub(super) fn find(
        &mut self,
        peer: Peer,
        member: MemberId,
        rng: &mut impl CryptoRng,
        turn: &mut Turn,
    ) {
        let Knowledge::Invited { callees, .. } = &mut self.knowledge else {
            return;
        };
        let Some(callee) = callees.get_mut(&peer) else {
            return;
        };
        // A call to that member is under way, or was taken.
        if callee.at.replace(member) != Some(member) {
            self.call_peer(peer, rng, turn);
        }
    }

    /// Calls a peer, if it is here.
    fn call_peer(&mut self, peer: Peer, rng: &mut impl CryptoRng, turn: &mut Turn) {
        let members = self.members.iter();
        let members = members.filter(|(_, (role, _))| *role == peer.role());
        let at = match &self.knowledge {
            Knowledge::Invited { callees, .. } => callees.get(&peer).and_then(|c| c.at),
            Knowledge::ModelOwner { .. } => None,
        };
        let unique = peer.role().is_unique();
        let members: Vec<MemberId> = members
            .map(|(&id, _)| id)
            .filter(|id| unique || at == Some(*id))
            .collect();
        for id in members {
            self.call(id, peer.role(), rng, turn);
        }
    }

    /// Somebody invited: learns who will call, and may have greeted already.
    pub(super) fn expect(
        &mut self,
        now: f64,
        peer: Peer,
        vouched: Vouched,
        rng: &mut impl CryptoRng,
        turn: &mut Turn,
    ) {
        let Knowledge::Invited { callers, .. } = &mut self.knowledge else {
            return;
        };
        if !may_call(peer.role(), self.role) {
            return;
        }
        // Only those whom the model owner serves now.
        if callers.len() >= 4 * MAX_GUESTS {
            let present: Vec<_> = self.links.values().map(|link| link.key).collect();
            callers.retain(|key, _| present.contains(key));
        }
        // Whoever had this place before has it no longer.
        callers.retain(|key, (other, _)| *other != peer || *key == vouched.key);
        let link = self.links.get(&peer);
        let other = link.is_some_and(|link| link.key != vouched.key);
        callers.insert(vouched.key, (peer, vouched.secret));
        if other {
            self.remove(peer, turn);
        }
        for (id, payload) in self.take_early() {
            let Some(&(role, _)) = self.members.get(&id) else {
                continue;
            };
            let from = Member { id, role };
            if let Ok(Packet::Greet { noise }) = Packet::read(&payload) {
                self.greeted(now, from, (noise, &payload), rng, turn);
            }
        }
    }
}
