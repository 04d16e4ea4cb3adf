//! Where the pages are.

use std::fmt;

use fluent_uri::Uri;

use super::{MAX_LINK_BYTES, RelayOrigin, page};
use crate::error::InvitationError;
use crate::room::Role;

/// The folder that the pages are in: `http://HOST:PORT/` where a relay serves them, or any folder
/// of any web server, such as `https://HOST/blindsight/`.
#[derive(Clone, PartialEq, Eq)]
pub struct Site {
    origin: RelayOrigin,
    /// Starts and ends with `/`.
    folder: String,
}

impl Site {
    /// The site that a relay serves.
    pub fn of_relay(relay: RelayOrigin) -> Self {
        Self {
            origin: relay,
            folder: "/".into(),
        }
    }

    /// Reads the address of a folder; a page's name behind it is dropped.
    ///
    /// # Errors
    ///
    /// [`InvitationError`] if it is no address of the web.
    pub fn parse(text: &str) -> Result<Self, InvitationError> {
        let text = text.trim();
        if text.len() > MAX_LINK_BYTES {
            return Err(InvitationError::TooLong);
        }
        let uri = Uri::parse(text).map_err(|_| InvitationError::NotALink)?;
        let origin = RelayOrigin::of(&uri)?;
        let path = uri.path().as_str();
        let folder = &path[..path.rfind('/').map_or(0, |slash| slash + 1)];
        let folder = if folder.is_empty() { "/" } else { folder };
        let folder = folder.to_owned();
        Ok(Self { origin, folder })
    }

    /// The host that serves the pages.
    pub fn origin(&self) -> &RelayOrigin {
        &self.origin
    }
}

/// The site that a page belongs to, and the role that it is for.
pub(super) fn of_page(uri: &Uri<&str>) -> Result<(Site, Role), InvitationError> {
    let origin = RelayOrigin::of(uri)?;
    let path = uri.path().as_str();
    let (folder, name) = match path.rfind('/') {
        Some(slash) => path.split_at(slash + 1),
        None => return Err(InvitationError::Page),
    };
    let role = Role::ALL
        .into_iter()
        .find(|role| page(*role) == Ok(name))
        .ok_or(InvitationError::Page)?;
    let folder = folder.to_owned();
    Ok((Site { origin, folder }, role))
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.folder)
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Site({self})")
    }
}
