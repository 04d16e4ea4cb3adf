//! How data owner and helper come to know each other's keys: the model owner vouches.
//!
//! A model owner could vouch for a helper that it runs itself. That is what the safety words between
//! data owner and helper are for, and the key that a relay publishes for its own helper.

use rand_core::CryptoRng;

use super::{Knowledge, Links, Peer, Turn};
use crate::invitation::InvitationSecret;
use crate::packet::{Control, Packet, Vouched};
use crate::room::{Member, MemberId, Role};

impl Links {
    /// Model owner: somebody is new. Introduces them to those whom they will work with.
    pub(super) fn vouch(&mut self, new: Peer, rng: &mut impl CryptoRng, turn: &mut Turn) {
        if self.role != Role::ModelOwner {
            return;
        }
        let guests = self.links.keys().copied().filter(|peer| match new {
            Peer::Helper => peer.role() == Role::DataOwner,
            new => *peer == new,
        });
        let guests: Vec<Peer> = guests.collect();
        for peer in guests {
            let (Some(guest), Some(helper)) =
                (self.links.get(&peer), self.links.get(&Peer::Helper))
            else {
                continue;
            };
            let secret = InvitationSecret::random(rng);
            let vouched = |key| Vouched {
                key,
                secret: secret.clone(),
            };
            let to_guest = Control::Helper(vouched(helper.key));
            let Peer::DataOwner(number) = peer else {
                continue;
            };
            let to_helper = Control::Guest {
                guest: number,
                vouched: vouched(guest.key),
            };
            self.control_to(Peer::Helper, &to_helper, turn);
            self.control_to(peer, &to_guest, turn);
        }
    }

    /// Data owner: learns who the helper is, and calls it.
    pub(super) fn meet_helper(
        &mut self,
        vouched: Vouched,
        rng: &mut impl CryptoRng,
        turn: &mut Turn,
    ) {
        let Knowledge::DataOwner { helper, .. } = &mut self.knowledge else {
            return;
        };
        let other = self
            .links
            .get(&Peer::Helper)
            .is_some_and(|link| link.key != vouched.key);
        *helper = Some(vouched);
        if other {
            self.remove(Peer::Helper, turn);
        }
        let helpers = self
            .members
            .iter()
            .filter(|(_, (role, _))| *role == Role::Helper);
        let helpers: Vec<MemberId> = helpers.map(|(&id, _)| id).collect();
        for id in helpers {
            self.call(id, Role::Helper, rng, turn);
        }
    }

    /// Helper: learns of a data owner, who may have greeted already.
    pub(super) fn expect_guest(
        &mut self,
        guest: u32,
        vouched: Vouched,
        rng: &mut impl CryptoRng,
        turn: &mut Turn,
    ) {
        let Knowledge::Helper { guests, .. } = &mut self.knowledge else {
            return;
        };
        // Only those whom the model owner serves now.
        if guests.len() >= 4 * super::MAX_GUESTS {
            let present: Vec<_> = self.links.values().map(|link| link.key).collect();
            guests.retain(|key, _| present.contains(key));
        }
        guests.insert(vouched.key, (guest, vouched.secret));
        for (id, payload) in self.take_early() {
            let from = Member {
                id,
                role: Role::DataOwner,
            };
            if let Ok(Packet::Greet { noise }) = Packet::read(&payload) {
                self.greeted(from, noise, &payload, rng, turn);
            }
        }
    }
}
