//! From floating point to integers that provably fit a ring.
//!
//! First the network is cut into the steps of a plan (`steps`), then each step gets its
//! precision (`choose`). Pixels stay as they are. Weights get as many fractional bits as their
//! ring holds, each activation keeps a fixed number of them. Worst-case ranges come from interval
//! arithmetic over all pictures (`interval`), so nothing can wrap at run time; what does not fit
//! `Z_2^32` moves to `Z_2^64`, and what does not fit that is refused with the layer named. A step
//! of integers only, as in a binarised network, stays exact and in the narrowest ring.

mod choose;
mod error;
mod integers;
mod interval;
mod quantise;
mod steps;

pub use choose::Demands;
pub use error::FixedPointError;
pub use integers::{IntegerLayer, IntegerNetwork, Weights};

#[cfg(test)]
mod tests;
