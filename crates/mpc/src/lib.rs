//! Secure computation between two parties and a dealer.
//!
//! The two parties hold additive shares of every secret: `x = x_0 + x_1` in a ring `Z_2^n`. A
//! dealer, who sees neither shares nor messages, hands out correlated randomness beforehand. With
//! it a linear map costs one masked message and one plain product ([`linear`]), and a comparison
//! costs one opened word and one evaluation of a comparison key ([`compare`], [`dcf`]).
//!
//! [`shamir`] is the engine without a dealer: three to nine equal parties of whom a majority is honest.
//!
//! Nothing here does I/O, reads a clock or draws randomness by itself: generators and seeds come
//! in as arguments, so a run can be recorded and replayed.
//!
//! ```
//! use blindsight_mpc::{compare::{Function, ReluGate}, prg::{Domain, Prg, Purpose}, seed::Seed, Party};
//!
//! // The dealer shares a seed with each party and knows the mask of the opened value.
//! let (seed_0, seed_1) = (Seed::from_bytes([1; 32]), Seed::from_bytes([2; 32]));
//! let domain = Domain { purpose: Purpose::GateKey, number: 1, step: 0 };
//! let gate = ReluGate { width: 8, tweak: [0, 0] };
//! let mask = 77_u64;
//! let key = gate.deal::<u32>(&[mask], &mut Prg::new(&seed_0, domain), &mut Prg::new(&seed_1, domain))?;
//!
//! // Both parties see the masked value and nothing else: here -5 + 77.
//! let masked = [72_u64];
//! let share = |party, seed: &Seed| {
//!     let own = gate.expand::<u32>(1, &mut Prg::new(seed, domain));
//!     gate.evaluate::<u32>(party, &key, &own, &masked, Function::Relu)
//! };
//! let (a, b) = (share(Party::P0, &seed_0)?, share(Party::P1, &seed_1)?);
//! assert_eq!(a[0].wrapping_add(b[0]), 0, "ReLU(-5) = 0");
//! # Ok::<(), blindsight_mpc::MpcError>(())
//! ```

pub mod argmax;
pub mod bundle;
mod chacha;
pub mod compare;
pub mod dcf;
mod error;
pub mod geometry;
pub mod kernel;
mod lanes;
pub mod linear;
pub mod opening;
pub mod prg;
pub mod ring;
pub mod seed;
pub mod shamir;
pub mod tournament;

pub use error::MpcError;

/// One of the two parties that hold shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// Adds public constants to its share. The data owner.
    P0,
    /// The other one. The model owner.
    P1,
}
