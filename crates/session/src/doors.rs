//! Who may come in: the model owner's invitations and who took them up.

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::identity::PublicKey;
use crate::invitation::InvitationSecret;
use crate::packet::{LinkRefusal, SecretName};
use crate::room::Role;

/// The most people that one invitation remembers.
const MAX_HOLDERS: usize = 4096;

/// The model owner's invitations. No `Debug`: they hold secrets.
#[derive(Clone, Serialize, Deserialize)]
pub struct Doors {
    data_owner: Door,
    helper: Door,
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
            helper: door(helpers),
        }
    }

    /// The secret of a role's invitation; nothing for a model owner.
    pub fn secret(&self, role: Role) -> Option<&InvitationSecret> {
        match role {
            Role::DataOwner => Some(&self.data_owner.secret),
            Role::Helper => Some(&self.helper.secret),
            Role::ModelOwner => None,
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
        let door = match role {
            Role::DataOwner => &self.data_owner,
            Role::Helper => &self.helper,
            Role::ModelOwner => return Err(LinkRefusal::Invitation),
        };
        if SecretName::of(&door.secret) != name {
            return Err(LinkRefusal::Invitation);
        }
        if door.holders.contains(key) || door.is_open() {
            Ok(&door.secret)
        } else {
            Err(LinkRefusal::UsedUp)
        }
    }

    /// Somebody has shown that they know the secret: the invitation is theirs.
    ///
    /// # Errors
    ///
    /// When others were faster.
    pub(crate) fn enter(&mut self, role: Role, key: &PublicKey) -> Result<(), LinkRefusal> {
        let door = match role {
            Role::DataOwner => &mut self.data_owner,
            Role::Helper => &mut self.helper,
            Role::ModelOwner => return Err(LinkRefusal::Invitation),
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
        assert_eq!(
            doors.enter(Role::ModelOwner, &first),
            Err(LinkRefusal::Invitation)
        );
    }
}
