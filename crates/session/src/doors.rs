//! Who may come in: the model owner's invitations and who took them up.

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::identity::PublicKey;
use crate::invitation::InvitationSecret;
use crate::packet::{LinkRefusal, SecretName};
use crate::room::Role;

/// The most people that one invitation remembers, and the most that are let in no more.
const MAX_HOLDERS: usize = 4096;

/// The model owner's invitations. No `Debug`: they hold secrets.
#[derive(Clone, Serialize, Deserialize)]
pub struct Doors {
    data_owner: Door,
    /// Of those who compute with the model owner's network: a helper or compute parties.
    others: Door,
    /// What the others do.
    role: Role,
    /// Compute parties whose seats the model owner freed, the last one at the end: they are not let in
    /// again.
    barred: Vec<PublicKey>,
}

/// One invitation. Whoever takes it up first is remembered by its key, and may come back.
#[derive(Clone, Serialize, Deserialize)]
struct Door {
    secret: InvitationSecret,
    /// How many people it is for; `None` for any number.
    uses: Option<u32>,
    holders: Vec<PublicKey>,
}

impl Doors {
    /// Fresh invitations: for so many data owners and helpers, or any number of them.
    pub fn new(data_owners: Option<u32>, helpers: Option<u32>, rng: &mut impl CryptoRng) -> Self {
        let mut door = |uses| Door {
            secret: InvitationSecret::random(rng),
            uses,
            holders: Vec::new(),
        };
        Self {
            data_owner: door(data_owners),
            others: door(helpers),
            role: Role::Helper,
            barred: Vec::new(),
        }
    }

    /// Fresh invitations of a room without a helper: for so many data owners, or any number of them,
    /// and for as many compute parties as sit in the room at a time.
    pub fn for_parties(data_owners: Option<u32>, parties: u8, rng: &mut impl CryptoRng) -> Self {
        Self {
            role: Role::ComputeParty,
            ..Self::new(data_owners, Some(parties.into()), rng)
        }
    }

    /// The secret of a role's invitation; nothing for a role that is not invited.
    pub fn secret(&self, role: Role) -> Option<&InvitationSecret> {
        self.door(role).map(|door| &door.secret)
    }

    /// How many compute parties sit in the room at a time; none where there is a helper.
    pub(crate) fn parties(&self) -> u8 {
        let uses = self.others.uses.filter(|_| self.role == Role::ComputeParty);
        uses.and_then(|uses| u8::try_from(uses).ok()).unwrap_or(0)
    }

    /// Whether these are the invitations of a room with so many compute parties, or of one with a
    /// helper.
    pub fn are_for(&self, parties: Option<u8>) -> bool {
        match parties {
            Some(parties) => self.parties() == parties,
            None => self.role == Role::Helper,
        }
    }

    fn door(&self, role: Role) -> Option<&Door> {
        match role {
            Role::DataOwner => Some(&self.data_owner),
            role if role == self.role => Some(&self.others),
            _ => None,
        }
    }

    /// The secret that somebody must know who comes in this role with this key and names this
    /// secret.
    ///
    /// # Errors
    ///
    /// When nobody may come so.
    pub(crate) fn ask(
        &self,
        role: Role,
        name: SecretName,
        key: &PublicKey,
    ) -> Result<&InvitationSecret, LinkRefusal> {
        let door = self.door(role).ok_or(LinkRefusal::Invitation)?;
        if SecretName::of(&door.secret) != name {
            return Err(LinkRefusal::Invitation);
        }
        if self.is_barred(role, key) {
            return Err(LinkRefusal::Removed);
        }
        if door.holders.contains(key) || door.is_open() {
            Ok(&door.secret)
        } else {
            Err(LinkRefusal::UsedUp)
        }
    }

    /// Whether a role's invitation is used up by others.
    pub(crate) fn is_full(&self, role: Role, key: &PublicKey) -> bool {
        let door = self.door(role);
        door.is_some_and(|door| !door.holders.contains(key) && !door.is_open())
    }

    /// The compute parties whose the invitations are.
    pub(crate) fn parties_inside(&self) -> impl Iterator<Item = &PublicKey> {
        let parties = (self.role == Role::ComputeParty).then_some(&self.others.holders);
        parties.into_iter().flatten()
    }

    /// Somebody has shown that they know the secret: the invitation is theirs.
    ///
    /// # Errors
    ///
    /// When others were faster, or it has lost its seat for good.
    pub(crate) fn enter(&mut self, role: Role, key: &PublicKey) -> Result<(), LinkRefusal> {
        if self.is_barred(role, key) {
            return Err(LinkRefusal::Removed);
        }
        let door = match role {
            Role::DataOwner => &mut self.data_owner,
            role if role == self.role => &mut self.others,
            _ => return Err(LinkRefusal::Invitation),
        };
        if door.holders.contains(key) {
            return Ok(());
        }
        if !door.is_open() {
            return Err(LinkRefusal::UsedUp);
        }
        door.holders.push(*key);
        Ok(())
    }

    /// A compute party is gone: another may take its place.
    pub(crate) fn vacate(&mut self, role: Role, key: &PublicKey) {
        if role == Role::ComputeParty && role == self.role {
            self.others.holders.retain(|holder| holder != key);
        }
    }

    /// A compute party is to leave its place to another, and not to come back.
    pub(crate) fn bar(&mut self, key: &PublicKey) {
        self.vacate(Role::ComputeParty, key);
        if self.barred.len() >= MAX_HOLDERS {
            self.barred.remove(0);
        }
        self.barred.push(*key);
    }

    /// Whether a compute party may not come back.
    pub(crate) fn is_barred(&self, role: Role, key: &PublicKey) -> bool {
        role == Role::ComputeParty && self.barred.contains(key)
    }
}

impl Door {
    fn is_open(&self) -> bool {
        let uses = self.uses.map_or(MAX_HOLDERS, |uses| uses as usize);
        self.holders.len() < uses.min(MAX_HOLDERS)
    }
}

#[cfg(test)]
mod tests {
    use chacha20::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn an_invitation_belongs_to_whoever_is_first() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut doors = Doors::new(Some(1), None, &mut rng);
        let (first, second) = (
            PublicKey::from_bytes([1; 32]),
            PublicKey::from_bytes([2; 32]),
        );
        let name = |doors: &Doors, role| SecretName::of(doors.secret(role).unwrap());
        let (guest, helper) = (name(&doors, Role::DataOwner), name(&doors, Role::Helper));

        // Who only knocked has used nothing up.
        assert!(doors.ask(Role::DataOwner, guest, &first).is_ok());
        assert!(doors.ask(Role::DataOwner, guest, &second).is_ok());
        assert_eq!(doors.enter(Role::DataOwner, &first), Ok(()));
        assert_eq!(
            doors.enter(Role::DataOwner, &second),
            Err(LinkRefusal::UsedUp)
        );
        let refused = doors.ask(Role::DataOwner, guest, &second).err();
        assert_eq!(refused, Some(LinkRefusal::UsedUp));
        assert!(doors.ask(Role::DataOwner, guest, &first).is_ok());

        // One role's invitation does not serve another.
        let refused = doors.ask(Role::Helper, guest, &first).err();
        assert_eq!(refused, Some(LinkRefusal::Invitation));
        for key in [first, second] {
            assert!(doors.ask(Role::Helper, helper, &key).is_ok());
            assert_eq!(doors.enter(Role::Helper, &key), Ok(()));
        }
        for role in [Role::ModelOwner, Role::ComputeParty] {
            assert_eq!(doors.enter(role, &first), Err(LinkRefusal::Invitation));
        }
    }

    #[test]
    fn the_place_of_a_compute_party_that_is_gone_is_free() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut doors = Doors::for_parties(Some(1), 3, &mut rng);
        assert_eq!(doors.parties(), 3);
        assert!(doors.are_for(Some(3)) && !doors.are_for(Some(5)) && !doors.are_for(None));
        assert!(Doors::new(None, None, &mut rng).are_for(None));
        let key = |byte| PublicKey::from_bytes([byte; 32]);
        let mut enter = |byte| doors.enter(Role::ComputeParty, &key(byte));
        for byte in 1..4 {
            assert_eq!(enter(byte), Ok(()));
        }
        assert_eq!(enter(4), Err(LinkRefusal::UsedUp));
        doors.vacate(Role::ComputeParty, &key(2));
        let mut enter = |byte| doors.enter(Role::ComputeParty, &key(byte));
        assert_eq!(enter(4), Ok(()));
        assert_eq!(enter(2), Err(LinkRefusal::UsedUp));
        assert!(doors.secret(Role::Helper).is_none());
    }

    #[test]
    fn who_lost_a_seat_for_good_is_not_let_in_again() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut doors = Doors::for_parties(Some(1), 3, &mut rng);
        let key = |byte| PublicKey::from_bytes([byte; 32]);
        let name = SecretName::of(doors.secret(Role::ComputeParty).unwrap());
        for byte in 1..4 {
            assert_eq!(doors.enter(Role::ComputeParty, &key(byte)), Ok(()));
        }
        doors.bar(&key(2));
        let asked = doors.ask(Role::ComputeParty, name, &key(2)).err();
        assert_eq!(asked, Some(LinkRefusal::Removed));
        let entered = doors.enter(Role::ComputeParty, &key(2));
        assert_eq!(entered, Err(LinkRefusal::Removed));
        assert!(doors.ask(Role::ComputeParty, name, &key(4)).is_ok());
        assert_eq!(doors.enter(Role::ComputeParty, &key(4)), Ok(()));
        // As a data owner it may come: that is another invitation.
        assert_eq!(doors.enter(Role::DataOwner, &key(2)), Ok(()));
        for byte in 10..20 {
            for _ in 0..MAX_HOLDERS / 10 + 1 {
                doors.bar(&key(byte));
            }
        }
        assert_eq!(doors.barred.len(), MAX_HOLDERS);
    }
}
