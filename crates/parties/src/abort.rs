//! Why a party stops, as it is told to the others.

use serde::{Deserialize, Serialize};

/// Where in the work an abort happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Agreeing on version, plan and seeds.
    Agree,
    /// Handing over the masked weights.
    Host,
    /// Dealing bundles ahead.
    Deal,
    /// Classifying an image.
    Classify,
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Agree => "while agreeing on the plan",
            Self::Host => "while handing over the masked weights",
            Self::Deal => "while dealing bundles",
            Self::Classify => "while classifying",
        })
    }
}

/// A typed reason that travels to the peers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abort {
    /// Where it happened.
    pub phase: Phase,
    /// What happened.
    pub reason: Reason,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Reason {
    /// The versions of the messages differ.
    #[error(
        "the programs do not fit together: one speaks version {theirs}, the other {ours}; update the older one"
    )]
    Version {
        /// Of the one who aborts.
        ours: u16,
        /// Of the other.
        theirs: u16,
    },
    /// The data owner had as many images classified as the model owner allows.
    #[error(
        "all classifications that the model owner allows were used; ask the model owner for more"
    )]
    BudgetSpent,
    /// The people at both ends compared the safety words, and they differ.
    #[error(
        "the safety words differ, so somebody may sit between the two; start again with a new link, \
         sent another way"
    )]
    WordsDiffer,
    /// What came over the encrypted link was not what was sent.
    #[error("the encrypted link broke: something was altered, lost or out of order on its way")]
    LinkBroken,
    /// The model owner sent this guest away.
    #[error("the model owner ended it; ask them for a new link")]
    Dismissed,
    /// The hashes of the plans differ.
    #[error("the parties were given different plans; open the invitation again")]
    PlanMismatch,
    /// A message that is none.
    #[error("a message could not be read; check that all parties run the same version")]
    Malformed,
    /// A message that does not belong here.
    #[error("a message came out of order; open the invitation again")]
    OutOfOrder,
    /// A message of the wrong length.
    #[error("a message had the wrong length; check that all parties run the same version")]
    WrongLength,
    /// A bundle number that was used already, or was never dealt.
    #[error("a bundle was to be used twice, or was never dealt; open the invitation again")]
    BundleSpent,
    /// More bundles or guests than the party keeps.
    #[error("a limit was reached; wait a moment and try again")]
    TooMuch,
    /// The shares do not add up to a class.
    #[error("the shares do not add up to a result: a message was altered on its way")]
    NoResult,
    /// What was opened has shares that do not fit each other.
    #[error(
        "a compute party sent a wrong share, or its message was altered; begin again, with other \
         parties if it happens twice"
    )]
    WrongShare,
    /// A compute party is gone.
    #[error("a compute party left; wait until another takes its place")]
    PartyLeft,
    /// The other side stopped on its own will.
    #[error("it was stopped there")]
    Stopped,
    /// Something inside the program is wrong.
    #[error("the program made a mistake; please report it")]
    Internal,
}

impl Reason {
    /// With the phase in which it happened.
    pub(crate) fn during(self, phase: Phase) -> Abort {
        Abort {
            phase,
            reason: self,
        }
    }
}

impl From<blindsight_mpc::MpcError> for Reason {
    fn from(error: blindsight_mpc::MpcError) -> Self {
        use blindsight_mpc::MpcError;
        match error {
            MpcError::Length { .. } | MpcError::Message { .. } => Self::WrongLength,
            MpcError::Width { .. } | MpcError::MaskWidth { .. } | MpcError::Committee { .. } => {
                Self::PlanMismatch
            }
            MpcError::BundleSpent { .. } => Self::BundleSpent,
            MpcError::Exhausted => Self::TooMuch,
            MpcError::Element => Self::Malformed,
            MpcError::Inconsistent { .. } => Self::WrongShare,
            MpcError::Unlucky => Self::NoResult,
        }
    }
}
