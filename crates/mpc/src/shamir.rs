//! Secure computation among `m` equal parties, of whom a majority is honest.
//!
//! Every secret is shared with a polynomial over a prime field (Shamir, 1979): party `i` holds its
//! value at `i`, the secret is its value at 0. With `t = floor((m - 1) / 2)` the degree, any `t`
//! parties together learn nothing and any `t + 1` can reconstruct. Sums are local; the product of
//! two shares is a share of degree `2 t` that one message brings back to degree `t`
//! ([`reduction`]). Correlated randomness comes from seeds that subsets of the parties have in
//! common ([`prss`]), so nobody has to deal it.
//!
//! A gate is a computation in [`rounds`]: it says what to send, is given what came, and goes on. All
//! parties run the same gates in the same order. Nothing here does I/O or draws randomness by itself.
//!
//! Private against `t` parties who follow the protocol. Parties who do not can make the result wrong;
//! what is opened from shares of degree `t` is checked, and an inconsistent share is an error.

pub mod argmax;
pub mod committee;
pub mod comparison;
pub mod cost;
pub mod field;
pub mod legendre;
pub mod mask;
pub mod multiplication;
pub mod opening;
mod polynomial;
pub mod product;
pub mod prss;
pub mod reduction;
pub mod rounds;
pub mod shares;
pub mod sharing;
pub mod signs;
#[cfg(test)]
mod testing;

pub use committee::{Committee, Party};
pub use cost::Cost;
pub use field::{Field, Prime};
pub use rounds::{Rounds, Waiting};
pub use shares::{Products, Shares};
