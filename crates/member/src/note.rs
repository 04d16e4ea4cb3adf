//! What a member tells the person in front of it, and the frames it wants sent.

use blindsight_parties::Glimpse;
use blindsight_session::{Identity, Invitation, Role, words};
use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

use crate::plan_view::PlanView;

/// What follows from a frame, or from a call.
#[derive(Default)]
pub struct Output {
    /// Frames to send to the relay, in this order.
    pub frames: Vec<Vec<u8>>,
    /// What to show.
    pub notes: Vec<Note>,
    /// A secret to keep for this role, in place of the one before: with it the role can be taken up
    /// again after the page was reloaded.
    pub keep: Option<Zeroizing<Vec<u8>>>,
    /// Messages that came and went, while somebody [watches](crate::Member::watch).
    pub seen: Vec<Seen>,
    /// The connection is of no more use: close it, and say that it is lost.
    pub hang_up: bool,
    /// After a lost connection: when to make the next, in milliseconds from now. Nothing if there
    /// is to be none.
    pub reconnect_in: Option<f64>,
}

/// A message that this member sent or got, for a page that shows them. What it shows is masked, and
/// still nobody else's business: it has no `Debug`, and it is erased.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    /// Whether it went out.
    pub sent: bool,
    /// The other end, as in [`LinkNote::peer`].
    pub peer: String,
    /// What it is, in a word or two.
    pub what: &'static str,
    /// Its length in bytes, before encryption.
    pub bytes: usize,
    /// The bundle that it belongs to.
    pub number: Option<u64>,
    /// The step of the plan, from 0.
    pub step: Option<u16>,
    /// The turn of a step that pools, from 0.
    pub turn: u8,
    /// Masked words, little-endian, of the ring of the step; empty where nothing is to be shown.
    #[serde(serialize_with = "as_bytes")]
    pub masked: Zeroizing<Vec<u8>>,
}

/// Bytes as bytes, not as a list of numbers.
fn as_bytes<S: Serializer>(bytes: &Zeroizing<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

impl Seen {
    pub(crate) fn new(sent: bool, peer: String, message: &[u8]) -> Option<Self> {
        let glimpse = Glimpse::of(message)?;
        Some(Self {
            sent,
            peer,
            what: glimpse.kind,
            bytes: message.len(),
            number: glimpse.number,
            step: glimpse.step,
            turn: glimpse.turn,
            masked: Zeroizing::new(glimpse.masked.to_vec()),
        })
    }
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
    /// Model owner: the room is open, for compute parties.
    HostingShared {
        /// The link for data owners.
        data_owner_invite: Link,
        /// The link for compute parties, one for all of them.
        party_invite: Link,
        /// What the network is and costs.
        plan: PlanView,
    },
    /// Compute party: the model owner gave it a seat.
    Seated {
        /// The seat, from 1.
        index: u8,
    },
    /// Compute party: what it has done.
    Computed {
        /// Pictures so far.
        pictures: u64,
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
    /// An encrypted link, whenever something about it changes.
    Link(LinkNote),
    /// A link is over.
    Unlink {
        /// With whom, as in [`LinkNote::peer`].
        peer: String,
    },
    /// Somebody is waited for; with no seconds, not any more.
    Waiting {
        /// Who or what.
        text: String,
        /// For how long.
        seconds: u64,
    },
    /// Data owner: classifications that the model owner still allows.
    Budget {
        /// Left now.
        left: u32,
        /// In all, as far as this page knows.
        allowed: u32,
    },
    /// What a person should know although nothing went wrong here.
    Warning {
        /// In words.
        text: String,
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
        /// The index of the likeliest class.
        class: usize,
        /// Its label.
        label: String,
        /// The labels of all classes that are revealed, the likeliest first.
        ranking: Vec<String>,
        /// How sure the network is of each class in `ranking`, from 0 to 1, in all 1; empty where
        /// scores are not revealed.
        scores: Vec<f64>,
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
        /// Images that it may have classified in all.
        allowed: u32,
        /// Images that wait to be allowed.
        asking: u32,
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

/// An encrypted link with somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkNote {
    /// Who: `model-owner`, `helper` or `data-owner-3`.
    pub peer: String,
    /// What they do.
    pub role: Role,
    /// A data owner's number.
    pub guest: Option<u32>,
    /// To be compared with those that the other sees.
    pub words: [&'static str; words::WORDS],
    /// The same as numbers.
    pub digits: String,
    /// Whether anybody compared them.
    pub trust: Trust,
    /// Whether there is a line now.
    pub online: bool,
}

/// What is known of who is at the other end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trust {
    /// That they hold the invitation, or that the model owner vouches for them.
    Unverified,
    /// The people at both ends compared the safety words.
    Verified,
    /// That whoever runs the relay runs this helper.
    Site,
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
    /// Waits until its image is allowed.
    Asking,
    /// Its line is lost; it may come back.
    Lost,
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

    /// Keeps a guest's identity.
    pub(crate) fn keep_identity(&mut self, identity: &Identity) {
        self.keep = Some(Zeroizing::new(identity.private().to_vec()));
    }

    /// The note that somebody who must be here is not.
    pub(crate) fn waiting_for(&mut self, role: Role) {
        self.phase(Phase::Wait, format!("Waiting for the {role} to join."));
    }
}

/// What everybody in a room is told when an invitation is tried twice.
pub(crate) fn intruder() -> Note {
    Note::Warning {
        text: "Somebody tried to come in with an invitation that was used already, and was \
               refused. If it was not one of you on another device, the link has reached somebody \
               else."
            .into(),
    }
}
