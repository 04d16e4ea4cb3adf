//! What a relay is told when it starts.

use async_nats::ServerAddr;
use ipnet::IpNet;

use crate::limits::Limits;
use crate::outside::OutsideHelpers;
use crate::tls::Tls;

/// Everything that a relay can be told. The default is a relay for a machine of one's own.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// How many of each thing there may be, and how long the relay waits.
    pub limits: Limits,
    /// The certificate, if the relay itself speaks TLS.
    pub tls: Option<Tls>,
    /// The networks of proxies that are believed when they name the address of a member.
    pub trusted_proxies: Vec<IpNet>,
    /// The NATS servers over which rooms are shared with other relays; none for a relay alone.
    pub nats: Vec<ServerAddr>,
    /// Helpers that dial in from elsewhere, in place of the relay's own.
    pub outside_helpers: Option<OutsideHelpers>,
    /// Whether the log names the addresses of members.
    pub log_addresses: bool,
    /// Whether `/metrics` gives numbers of people and rooms as they are, instead of rounded.
    pub exact_metrics: bool,
}
