//! Another machine at the end of a cable that can be cut: a network namespace of Linux and a pair of
//! virtual interfaces. Needs root, and the program `ip`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// The network between the two, of those that are set aside for measuring (RFC 2544).
const NETWORK: [u8; 3] = [198, 18, 0];

/// The end of the cable that the other machine sees.
const FAR: &str = "far";

/// The other machine; gone when this is dropped.
#[derive(Debug)]
pub struct Cable {
    /// The namespace's name.
    name: String,
}

impl Cable {
    /// Where a relay has to listen that both machines are to reach.
    pub const EVERYWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

    /// The addresses of the other machine.
    pub fn strangers() -> impl Iterator<Item = IpAddr> {
        (2..7).map(address)
    }

    /// Sets up the other machine, and a cable to it.
    ///
    /// # Errors
    /// If the system refuses, as it does without root.
    pub fn lay() -> Result<Self> {
        let name = format!("relay-load-{}", std::process::id());
        ip(&["netns", "add", &name]).context("another machine is made as root only")?;
        let cable = Self { name };
        let name = cable.name.as_str();
        let near = cable.near_end();
        let near = near.as_str();
        let peer = ["peer", "name", FAR, "netns", name];
        ip(&[&["link", "add", near, "type", "veth"], &peer[..]].concat())?;
        ip(&["address", "add", &inside(address(1)), "dev", near])?;
        ip(&["link", "set", near, "up"])?;
        for stranger in Self::strangers() {
            let stranger = inside(stranger);
            ip(&["-n", name, "address", "add", &stranger, "dev", FAR])?;
        }
        ip(&["-n", name, "link", "set", FAR, "up"])?;
        Ok(cable)
    }

    /// How the other machine reaches a relay here that listens everywhere.
    pub fn relay(port: u16) -> SocketAddr {
        SocketAddr::new(address(1), port)
    }

    /// What to put in front of a command that is to run on the other machine.
    pub fn over_there(&self) -> [&str; 4] {
        ["ip", "netns", "exec", &self.name]
    }

    /// Cuts the cable, on the other machine: from now on nothing arrives, and nobody is told.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn cut() -> Result<()> {
        ip(&["link", "set", FAR, "down"])
    }

    /// The name of an interface has at most 15 characters.
    fn near_end(&self) -> String {
        self.name.replace("relay-load-", "near")
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        // What cannot be removed was not made.
        let _ = ip(&["link", "delete", &self.near_end()]);
        let _ = ip(&["netns", "delete", &self.name]);
    }
}

fn address(last: u8) -> IpAddr {
    let [one, two, three] = NETWORK;
    Ipv4Addr::new(one, two, three, last).into()
}

fn inside(address: IpAddr) -> String {
    format!("{address}/24")
}

fn ip(arguments: &[&str]) -> Result<()> {
    let output = Command::new("ip").args(arguments).output();
    let output = output.context("the program ip (Debian: iproute2) does not start")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "ip {}: {}",
        arguments.join(" "),
        said.trim()
    );
    Ok(())
}
