//! From shares of the logits to scores, where the model owner reveals them.
//!
//! The model owner sends its share as it is: all that the data owner learns of it beyond its own
//! share, which it knows, is the sum.

use blindsight_model::plan::Plan;
use blindsight_mpc::{ring::Word, with_ring};

use crate::matrix::{plus, read};

/// The logits from both shares, little-endian words of the last step's ring.
pub(super) fn logits(plan: &Plan, own: &[u8], theirs: &[u8]) -> Vec<i64> {
    with_ring!(plan.output().affine.ring, T => {
        let sum = plus(&read::<T>(own), &read::<T>(theirs));
        sum.iter().map(|logit| logit.to_i64()).collect()
    })
}

/// All classes, the largest logit first; of equals, the lower one.
pub(crate) fn ranking(logits: &[i64]) -> Vec<usize> {
    let mut classes: Vec<usize> = (0..logits.len()).collect();
    classes.sort_by_key(|class| std::cmp::Reverse(logits.get(*class)));
    classes
}
