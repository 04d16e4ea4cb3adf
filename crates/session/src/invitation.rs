//! The link by which a model owner lets somebody into its room.
//!
//! A link looks like `http://HOST:PORT/draw.html#room=…&secret=…&key=…&plan=…`. A browser keeps all
//! that stands behind the `#` to itself: whoever serves the page is not sent it, and a relay learns
//! of it the room alone. The secret and the model owner's key let the guest and the model owner find
//! each other with nobody in between; the hash of the plan binds the guest to one network. Where the
//! pages are not served by the relay, the link names the relay as well (`&relay=…`); where there are
//! compute parties and no helper, it says how many (`&parties=…`).

use std::fmt;
use std::ops::RangeInclusive;

use fluent_uri::Uri;

use crate::error::InvitationError;
use crate::identity::PublicKey;
use crate::room::{Role, RoomId, base32_decode, base32_encode};

mod origin;
mod request;
mod secret;
mod site;

pub use origin::RelayOrigin;
pub use request::HelperRequest;
pub use secret::InvitationSecret;
pub use site::Site;

/// The longest link that is read, in bytes. The links made here are far shorter.
pub const MAX_LINK_BYTES: usize = 1024;

/// How many compute parties a room may have.
pub const PARTIES: RangeInclusive<u8> = 3..=9;

/// Lets somebody into one room in one role.
///
/// `Debug` leaves the secret out. `==` compares the secrets in constant time.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Where the pages are.
    pub site: Site,
    /// The relay that the room is on.
    pub relay: RelayOrigin,
    /// The room.
    pub room: RoomId,
    /// What the person invited will do there: data owner, helper or compute party.
    role: Role,
    /// What only those invited know.
    pub secret: InvitationSecret,
    /// The model owner's key.
    pub host: PublicKey,
    /// The hash of the plan.
    pub plan: [u8; 32],
    /// How many compute parties there are, within [`PARTIES`]; none where there is a helper.
    parties: Option<u8>,
}

impl Invitation {
    /// An invitation of a data owner, a helper or a compute party.
    ///
    /// # Errors
    ///
    /// [`InvitationError::NotInvited`] for a model owner, who opens the room.
    pub fn new(
        (site, relay): (Site, RelayOrigin),
        room: RoomId,
        (role, secret): (Role, InvitationSecret),
        host: PublicKey,
        plan: [u8; 32],
    ) -> Result<Self, InvitationError> {
        page(role)?;
        Ok(Self {
            site,
            relay,
            room,
            role,
            secret,
            host,
            plan,
            parties: None,
        })
    }

    /// The same invitation to a room with so many compute parties and no helper.
    ///
    /// # Errors
    ///
    /// [`InvitationError::Parties`] where the number is not within [`PARTIES`].
    pub fn with_parties(self, parties: u8) -> Result<Self, InvitationError> {
        if !PARTIES.contains(&parties) || self.role == Role::Helper {
            return Err(InvitationError::Parties);
        }
        let parties = Some(parties);
        Ok(Self { parties, ..self })
    }

    /// Reads a link. Space around it is dropped; unknown parts are passed over, so that later
    /// versions can add some.
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
        let (site, role) = site::of_page(&uri)?;
        let fragment = uri.fragment().map_or("", |fragment| fragment.as_str());
        if fragment.is_empty() {
            return Err(InvitationError::NoSecret);
        }
        let parts = Parts::read(fragment)?;
        let room = parts.room.ok_or(InvitationError::NoRoom)?;
        let room = room.parse().map_err(|_| InvitationError::Room)?;
        let secret = parts.secret.ok_or(InvitationError::NoSecret)?;
        let secret = InvitationSecret::from_text(&secret).ok_or(InvitationError::Secret)?;
        let bytes = |text: Option<String>| {
            let text = text.ok_or(InvitationError::Secret)?;
            base32_decode(&text).ok_or(InvitationError::Secret)
        };
        let relay = match parts.relay {
            Some(relay) => RelayOrigin::parse(&relay)?,
            None => site.origin().clone(),
        };
        let parties = match parts.parties.map(|parties| parties.parse()) {
            Some(Ok(parties)) if PARTIES.contains(&parties) && role != Role::Helper => {
                Some(parties)
            }
            None if role != Role::ComputeParty => None,
            _ => return Err(InvitationError::Parties),
        };
        Ok(Self {
            site,
            relay,
            room,
            role,
            secret,
            host: PublicKey::from_bytes(bytes(parts.key)?),
            plan: bytes(parts.plan)?,
            parties,
        })
    }

    /// The link to hand over. It contains the secret: show it to the person invited and to nobody
    /// else.
    pub fn to_link(&self) -> String {
        // `new` and `parse` let no other role in.
        let page = page(self.role).unwrap_or_default();
        let secret = self.secret.to_text();
        let mut parts = form_urlencoded::Serializer::new(String::new());
        parts
            .append_pair("room", &self.room.to_string())
            .append_pair("secret", &secret)
            .append_pair("key", &self.host.to_string())
            .append_pair("plan", &base32_encode(&self.plan));
        if let Some(parties) = self.parties {
            parts.append_pair("parties", &parties.to_string());
        }
        if self.relay != *self.site.origin() {
            parts.append_pair("relay", &self.relay.to_string());
        }
        format!("{}{page}#{}", self.site, parts.finish())
    }

    /// What the person invited will do: data owner, helper or compute party.
    pub fn role(&self) -> Role {
        self.role
    }

    /// How many compute parties there are; none where there is a helper.
    pub fn parties(&self) -> Option<u8> {
        self.parties
    }

    /// Where the relay's sockets are: `ws://HOST:PORT/ws` or `wss://HOST:PORT/ws`.
    pub fn relay_url(&self) -> String {
        self.relay.socket_url()
    }
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation")
            .field("site", &self.site)
            .field("relay", &self.relay)
            .field("room", &self.room)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// The page of the site that a role is invited to.
fn page(role: Role) -> Result<&'static str, InvitationError> {
    match role {
        Role::DataOwner => Ok("draw.html"),
        Role::Helper => Ok("help.html"),
        Role::ComputeParty => Ok("party.html"),
        Role::ModelOwner => Err(InvitationError::NotInvited),
    }
}

/// What stands behind the `#`.
#[derive(Default)]
struct Parts {
    room: Option<String>,
    secret: Option<String>,
    key: Option<String>,
    plan: Option<String>,
    relay: Option<String>,
    parties: Option<String>,
}

impl Parts {
    fn read(fragment: &str) -> Result<Self, InvitationError> {
        let mut parts = Self::default();
        for (name, value) in form_urlencoded::parse(fragment.as_bytes()) {
            let part = match &*name {
                "room" => &mut parts.room,
                "secret" => &mut parts.secret,
                "key" => &mut parts.key,
                "plan" => &mut parts.plan,
                "relay" => &mut parts.relay,
                "parties" => &mut parts.parties,
                _ => continue,
            };
            if part.replace(value.into_owned()).is_some() {
                return Err(InvitationError::Repeated);
            }
        }
        Ok(parts)
    }
}

#[cfg(test)]
mod tests;
