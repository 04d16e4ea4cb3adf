//! The link by which one person lets another into a room.
//!
//! A link looks like `http://HOST:PORT/draw.html?room=ROOM&role=data-owner#SECRET`. The browser
//! sends everything up to the `#` to the relay, which serves the page; the secret behind it stays
//! in the browser and reaches no relay. It is what the key agreement between the members will start
//! from once messages are encrypted.

use std::fmt;

use fluent_uri::Uri;

use crate::error::InvitationError;
use crate::room::{Role, RoomId};

mod origin;
mod secret;

pub use origin::RelayOrigin;
pub use secret::InvitationSecret;

/// The longest link that is read, in bytes. The links made here are far shorter.
pub const MAX_LINK_BYTES: usize = 512;

/// Lets one person into one room in one role.
///
/// `Debug` leaves the secret out. `==` compares the secrets in constant time.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    relay: RelayOrigin,
    room: RoomId,
    role: Role,
    secret: InvitationSecret,
}

impl Invitation {
    /// An invitation of a data owner or a helper.
    ///
    /// # Errors
    ///
    /// [`InvitationError::NotInvited`] for a model owner, who opens the room.
    pub fn new(
        relay: RelayOrigin,
        room: RoomId,
        role: Role,
        secret: InvitationSecret,
    ) -> Result<Self, InvitationError> {
        page(role)?;
        Ok(Self {
            relay,
            room,
            role,
            secret,
        })
    }

    /// Reads a link. Space around it is dropped; unknown parts of its query are passed over, so
    /// that later versions can add some. `ws` and `wss` stand for `http` and `https`.
    ///
    /// # Errors
    ///
    /// One [`InvitationError`] for each way in which it can be wrong.
    pub fn parse(link: &str) -> Result<Self, InvitationError> {
        let link = link.trim();
        if link.len() > MAX_LINK_BYTES {
            return Err(InvitationError::TooLong);
        }
        let uri = Uri::parse(link).map_err(|_| InvitationError::NotALink)?;
        let relay = RelayOrigin::of(&uri)?;
        let (room, role) = room_and_role(uri.query().map_or("", |query| query.as_str()))?;
        if uri.path().as_str() != page(role)? {
            return Err(InvitationError::Page);
        }
        let secret = uri.fragment().map_or("", |fragment| fragment.as_str());
        if secret.is_empty() {
            return Err(InvitationError::NoSecret);
        }
        let secret = InvitationSecret::from_text(secret).ok_or(InvitationError::Secret)?;
        Ok(Self {
            relay,
            room,
            role,
            secret,
        })
    }

    /// The link to hand over. It contains the secret: show it to the person invited and to nobody
    /// else.
    pub fn to_link(&self) -> String {
        let Self {
            relay,
            room,
            role,
            secret,
        } = self;
        // `new` and `parse` let no other role in.
        let page = page(*role).unwrap_or("/");
        let (role, secret) = (role.as_str(), secret.to_text());
        format!("{relay}{page}?room={room}&role={role}#{}", secret.as_str())
    }

    /// Where the relay's sockets are: `ws://HOST:PORT/ws` or `wss://HOST:PORT/ws`.
    pub fn relay_url(&self) -> String {
        self.relay.socket_url()
    }

    /// The relay that the room is on.
    pub fn relay(&self) -> &RelayOrigin {
        &self.relay
    }

    /// The room.
    pub fn room(&self) -> RoomId {
        self.room
    }

    /// What the person invited will do there: data owner or helper.
    pub fn role(&self) -> Role {
        self.role
    }

    /// What only those invited know.
    pub fn secret(&self) -> &InvitationSecret {
        &self.secret
    }
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation")
            .field("relay", &self.relay)
            .field("room", &self.room)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// The page of the site that a role is invited to.
fn page(role: Role) -> Result<&'static str, InvitationError> {
    match role {
        Role::DataOwner => Ok("/draw.html"),
        Role::Helper => Ok("/help.html"),
        Role::ModelOwner => Err(InvitationError::NotInvited),
    }
}

fn room_and_role(query: &str) -> Result<(RoomId, Role), InvitationError> {
    let (mut room, mut role) = (None, None);
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        let earlier = match &*key {
            "room" => room.replace(value).is_some(),
            "role" => role.replace(value).is_some(),
            _ => false,
        };
        if earlier {
            return Err(InvitationError::Repeated);
        }
    }
    let room = room.ok_or(InvitationError::NoRoom)?;
    let room = room.parse().map_err(|_| InvitationError::Room)?;
    let role = role.ok_or(InvitationError::NoRole)?;
    let role = role.parse().map_err(|_| InvitationError::Role)?;
    Ok((room, role))
}

#[cfg(test)]
mod tests;
