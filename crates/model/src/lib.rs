//! A neural network as data: ONNX, fixed point, public plan, evaluation in the clear.

pub mod card;
#[cfg(feature = "data-sets")]
pub mod data_set;
pub mod evaluate;
pub mod fixed_point;
pub mod idx;
pub mod network;
pub mod onnx;
pub mod picture;
pub mod plan;
pub mod shamir;
