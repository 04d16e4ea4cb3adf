//! Where a relay is.

use std::fmt;
use std::str::FromStr;

use fluent_uri::Uri;

use super::MAX_LINK_BYTES;
use crate::error::InvitationError;

/// The address of a relay: whether it is reached over TLS, its host and its port.
///
/// `Display` gives the address of its site, `http://HOST:PORT` or `https://HOST:PORT`. The port is
/// left out where it is the usual one, and the host is in lower case, so equal addresses compare
/// equal.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RelayOrigin {
    tls: bool,
    host: String,
    port: Option<u16>,
}

impl RelayOrigin {
    /// Reads `http://HOST:PORT`, `https://…`, `ws://…` or `wss://…`; the path may be empty, `/` or
    /// `/ws`. Space around it is dropped.
    ///
    /// # Errors
    ///
    /// [`InvitationError`] if it is anything else.
    pub fn parse(text: &str) -> Result<Self, InvitationError> {
        let text = text.trim();
        if text.len() > MAX_LINK_BYTES {
            return Err(InvitationError::TooLong);
        }
        let uri = Uri::parse(text).map_err(|_| InvitationError::NotALink)?;
        let origin = Self::of(&uri)?;
        let bare = matches!(uri.path().as_str(), "" | "/" | "/ws");
        if bare && !uri.has_query() && !uri.has_fragment() {
            Ok(origin)
        } else {
            Err(InvitationError::NotAnOrigin)
        }
    }

    /// Where the relay's sockets are: `ws://HOST:PORT/ws` or `wss://HOST:PORT/ws`.
    pub fn socket_url(&self) -> String {
        let scheme = if self.tls { "wss" } else { "ws" };
        format!("{scheme}://{}/ws", Authority(self))
    }

    /// Whether the relay is reached over TLS.
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// The scheme, host and port of a link; the rest of it is not looked at.
    pub(super) fn of(uri: &Uri<&str>) -> Result<Self, InvitationError> {
        let scheme = uri.scheme().as_str().to_ascii_lowercase();
        let tls = match scheme.as_str() {
            "http" | "ws" => false,
            "https" | "wss" => true,
            _ => return Err(InvitationError::Scheme),
        };
        let authority = uri.authority().ok_or(InvitationError::Host)?;
        let host = authority.host().to_ascii_lowercase();
        let port = authority.port_to_u16().map_err(|_| InvitationError::Host)?;
        // An IPv6 address stands in brackets, and has been checked with the link.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let named = !host.is_empty() && (host.starts_with('[') || host.chars().all(plain));
        if !named || authority.has_userinfo() || port == Some(0) {
            return Err(InvitationError::Host);
        }
        let usual = if tls { 443 } else { 80 };
        let port = port.filter(|&port| port != usual);
        Ok(Self { tls, host, port })
    }
}

impl fmt::Display for RelayOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}", Authority(self))
    }
}

impl fmt::Debug for RelayOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RelayOrigin({self})")
    }
}

impl FromStr for RelayOrigin {
    type Err = InvitationError;

    fn from_str(text: &str) -> Result<Self, InvitationError> {
        Self::parse(text)
    }
}

/// `HOST` or `HOST:PORT`.
struct Authority<'a>(&'a RelayOrigin);

impl fmt::Display for Authority<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.host)?;
        match self.0.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}
