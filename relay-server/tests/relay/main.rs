//! A relay on a free port, and members at real sockets.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "everything here is a test or a part of one"
)]

mod client;
mod cluster;
mod doors;
mod forwarding;
mod helper;
mod limits;
mod packaging;
mod pages;
mod program;
#[cfg(unix)]
mod signals;
mod transport;
