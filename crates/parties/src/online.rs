//! The evaluation of one image as two typestates, one for each party.
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
//! Each state is consumed by the one message that it waits for, and the bundle with it: a mask
//! cannot be used for a second value.

mod class;
pub(crate) mod data_owner;
pub(crate) mod ladder;
pub(crate) mod model_owner;
pub(crate) mod scores;
