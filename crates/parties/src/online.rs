//! The evaluation of images as typestates of both parties.
//!
//! ```text
//! data owner                                   model owner
//! DataOwnerStage::begin   -- masked value  -->  AwaitingValue
//! AwaitingOpening        <--   opening     --   (next step)
//!                         --     turn      -->  (where a step pools: see [`ladder`])
//!                        <--     turn      --
//!          ...                                       ...
//! AwaitingDifferences    <-- differences   --   AwaitingWins
//!                         --    wins       -->
//! AwaitingClass          <-- class share   --   done
//! ```
//!
//! Where scores are revealed, a share of the logits answers the last masked value, and all is done.
//!
//! The images of a batch go this way in lockstep: one message holds the parts of all of them.
//!
//! Each state is consumed by the one message that it waits for, and the bundle with it: a mask
//! cannot be used for a second value.

mod class;
pub(crate) mod data_owner;
pub(crate) mod ladder;
pub(crate) mod model_owner;
pub(crate) mod scores;
