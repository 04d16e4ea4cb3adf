//! The evaluation of one image as two typestates, one for each party.
//!
//! ```text
//! data owner                                   model owner
//! DataOwnerStage::begin   -- masked input  -->  AwaitingInput
//! AwaitingOpening        <--   opening     --   (next step)
//!          ...                                       ...
//! AwaitingDifferences    <-- differences   --   AwaitingWins
//!                         --    wins       -->
//! AwaitingClass          <-- class share   --   done
//! ```
//!
//! Each state is consumed by the one message that it waits for, and the bundle with it: a mask
//! cannot be used for a second value.

pub(crate) mod data_owner;
pub(crate) mod model_owner;
