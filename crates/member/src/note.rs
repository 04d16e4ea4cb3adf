//! What a member tells the person in front of it, and the frames it wants sent.

use blindsight_session::{Invitation, Role};
use serde::Serialize;

use crate::plan_view::PlanView;

/// What follows from a frame, or from a call.
#[derive(Default)]
pub struct Output {
    /// Frames to send to the relay, in this order.
    pub frames: Vec<Vec<u8>>,
    /// What to show.
    pub notes: Vec<Note>,
}

/// What a member is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Joining the room.
    Connect,
    /// Waiting for another party.
    Wait,
    /// Agreeing on plan and seeds.
    Agree,
    /// Handing over the masked weights.
    Host,
    /// Dealing bundles.
    Deal,
    /// Ready for pictures, or for guests.
    Ready,
    /// Classifying a picture.
    Classify,
    /// It is over.
    Stopped,
}

/// Something to show. Serialised as an object whose `kind` names the variant.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Note {
    /// The phase changed.
    Phase {
        /// What it is now.
        phase: Phase,
        /// In words.
        text: String,
    },
    /// Bytes of a transfer so far.
    Progress {
        /// Of which phase.
        phase: Phase,
        /// Bytes so far.
        done: u64,
        /// Bytes in all.
        total: u64,
    },
    /// Model owner: the room is open.
    Hosting {
        /// The link for data owners.
        data_owner_invite: Link,
        /// The link for the helper.
        helper_invite: Link,
        /// What the network is and costs.
        plan: PlanView,
    },
    /// Data owner: the model owner's network.
    Offer {
        /// What the model owner calls it.
        model: String,
        /// The labels of the classes.
        labels: Vec<String>,
        /// Width of a picture in pixels.
        width: u32,
        /// Height of a picture in pixels.
        height: u32,
        /// What the network is and costs.
        plan: PlanView,
    },
    /// Data owner: classifications that are prepared.
    Pool {
        /// Ready now.
        ready: usize,
        /// Kept ready while there is a helper.
        target: usize,
    },
    /// Data owner: the result of one picture.
    Result {
        /// The index of the class.
        class: usize,
        /// Its label.
        label: String,
        /// Milliseconds from the first message to the result.
        online_ms: f64,
        /// Milliseconds from asking for the bundle until it was ready at both ends.
        offline_ms: f64,
        /// How often the data owner waited for an answer.
        round_trips: u32,
        /// Bytes of the online messages, both ways.
        online_bytes: u64,
        /// Bytes of the messages that prepared it.
        offline_bytes: u64,
    },
    /// Model owner: a guest's state.
    Guest {
        /// The guest's number in the room.
        id: u32,
        /// How far it is.
        state: GuestState,
        /// Images classified so far.
        classified: u64,
    },
    /// Helper: what was dealt so far.
    Dealt {
        /// Bundles.
        bundles: u64,
        /// Bytes sent.
        bytes: u64,
        /// Data owners that are served now.
        guests: usize,
    },
    /// Something went wrong: who, what, and what to do now.
    Error {
        /// In words.
        text: String,
        /// Whether this member is of no more use.
        fatal: bool,
    },
}

/// An invitation's link. It holds a secret: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Link(String);

impl Link {
    pub(crate) fn new(invitation: &Invitation) -> Self {
        Self(invitation.to_link())
    }

    /// The whole link, for the person to be invited and nobody else.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Link(..)")
    }
}

/// How far a guest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GuestState {
    /// Let in; waits for a helper.
    Waiting,
    /// Agreeing on seeds.
    Agreeing,
    /// Can have images classified.
    Ready,
    /// Gone.
    Left,
}

impl Output {
    pub(crate) fn phase(&mut self, phase: Phase, text: impl Into<String>) {
        let text = text.into();
        self.notes.push(Note::Phase { phase, text });
    }

    pub(crate) fn error(&mut self, text: impl Into<String>, fatal: bool) {
        let text = text.into();
        self.notes.push(Note::Error { text, fatal });
    }

    /// The note that somebody who must be here is not.
    pub(crate) fn waiting_for(&mut self, role: Role) {
        self.phase(Phase::Wait, format!("Waiting for the {role} to join."));
    }
}
