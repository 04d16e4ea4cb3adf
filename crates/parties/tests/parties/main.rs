//! Parties in memory. One program, for what it is built of is compiled for each.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod batches;
mod inference;
mod layers;
mod misbehaviour;
mod privacy;
mod shamir;
mod shamir_bundled;
mod shamir_cost;
mod shamir_misbehaviour;
