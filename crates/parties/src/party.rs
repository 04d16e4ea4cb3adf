//! What all roles have in common: peers, steps and events.

use blindsight_model::{
    plan::{Plan, PlanHash},
    shamir::Scheme,
};

use crate::abort::{Abort, Reason};

/// Another party, as a role sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peer {
    /// A data owner; a model owner and a helper may serve several.
    DataOwner(u32),
    /// The model owner.
    ModelOwner,
    /// The helper.
    Helper,
    /// A compute party, by its index from 1.
    ComputeParty(u8),
}

impl std::fmt::Display for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::DataOwner(id) => write!(f, "data owner {id}"),
            Self::ModelOwner => f.write_str("the model owner"),
            Self::Helper => f.write_str("the helper"),
            Self::ComputeParty(index) => write!(f, "compute party {index}"),
        }
    }
}

/// A message to send.
pub struct Outgoing {
    /// To whom.
    pub to: Peer,
    /// Who else is to have the same bytes.
    pub also: Option<Peer>,
    /// The message.
    pub message: Vec<u8>,
}

impl Outgoing {
    /// Everybody who is to have it.
    pub fn receivers(&self) -> impl Iterator<Item = Peer> + use<> {
        std::iter::once(self.to).chain(self.also)
    }
}

/// What follows from a message, or from something that happened.
#[derive(Default)]
pub struct Step {
    /// Messages to send, in this order.
    pub outgoing: Vec<Outgoing>,
    /// What the shell may want to know.
    pub events: Vec<Event>,
}

impl Step {
    pub(crate) fn send(&mut self, to: Peer, message: Vec<u8>) {
        let also = None;
        self.outgoing.push(Outgoing { to, also, message });
    }

    pub(crate) fn send_both(&mut self, [to, other]: [Peer; 2], message: Vec<u8>) {
        let also = Some(other);
        self.outgoing.push(Outgoing { to, also, message });
    }

    pub(crate) fn tell(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Aborts towards a peer and reports it.
    pub(crate) fn abort(&mut self, peer: Peer, abort: Abort) {
        self.send(peer, crate::message::Header::Abort(abort.clone()).alone());
        self.tell(Event::Aborted {
            peer,
            by_peer: false,
            abort,
        });
    }
}

/// What happened, for the shell and the person in front of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Data owner: the model owner let us in; this is its network.
    Offered {
        /// What the model owner calls it.
        model: String,
        /// The labels of the classes.
        labels: Vec<String>,
        /// The public plan.
        plan: Plan,
        /// Classifications that the model owner allows.
        left: u32,
    },
    /// Data owner: the model owner let us in; compute parties evaluate this network.
    SharedOffered {
        /// What the model owner calls it.
        model: String,
        /// The labels of the classes.
        labels: Vec<String>,
        /// The public scheme.
        scheme: Scheme,
        /// Classifications that the model owner allows.
        left: u32,
    },
    /// Data owner: the masked weights of one more step are here. Compute party: one more parcel.
    WeightsReceived {
        /// Bytes, or parcels, so far.
        done: u64,
        /// In all.
        total: u64,
    },
    /// Compute party: the model owner gave it a seat.
    Seated {
        /// Its index, from 1.
        index: u8,
        /// The hash of the scheme that it is to compute by.
        scheme: PlanHash,
    },
    /// Compute party: it has all seeds and all weights. Model owner: all parties have.
    Complete,
    /// Compute parties: a session is over, for one of them has left. Another may take its place; a
    /// picture that was under way is lost.
    Interrupted {
        /// Who left.
        peer: Peer,
        /// Where the work was.
        abort: Abort,
    },
    /// Data owner: a bundle was asked for.
    BundleAsked {
        /// Its number.
        number: u64,
    },
    /// Data owner: a bundle is ready at both ends.
    BundleReady {
        /// Its number.
        number: u64,
        /// Bundles that are ready now.
        ready: usize,
    },
    /// Data owner: the result.
    Classified(Classification),
    /// Data owner: the batch under way waits until the model owner allows it.
    Held,
    /// Data owner: the model owner does not want the batch under way classified. It does not count.
    Denied,
    /// Model owner: a guest's state changed.
    Guest {
        /// The guest.
        guest: u32,
        /// Its state now.
        state: GuestState,
    },
    /// Model owner: a guest wants a batch of images classified, and waits for [an
    /// answer](crate::ModelOwner::answer).
    Asking {
        /// The guest.
        guest: u32,
        /// How many images.
        images: u32,
    },
    /// Model owner: a guest began to have a batch of images classified, which counts whatever
    /// becomes of it.
    Begun {
        /// The guest.
        guest: u32,
        /// How many images.
        images: u32,
    },
    /// Model owner: a guest's batch of images was classified; nobody here knows as what.
    Served {
        /// The guest.
        guest: u32,
        /// How many images.
        images: u32,
    },
    /// Helper: a data owner and the model owner want bundles.
    Serving {
        /// The data owner.
        guest: u32,
    },
    /// Helper: a bundle was dealt.
    Dealt {
        /// For which data owner.
        guest: u32,
        /// Bytes of its messages; what is for both parties counts once.
        bytes: u64,
    },
    /// The work with a peer ended early.
    Aborted {
        /// With whom.
        peer: Peer,
        /// Whether the peer aborted, not this party.
        by_peer: bool,
        /// Why.
        abort: Abort,
    },
}

/// How far a guest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuestState {
    /// Let in; there is no helper yet, or compute parties are missing.
    Waiting,
    /// Agreeing on seeds with the helper.
    Agreeing,
    /// Has the masked weights and can have images classified.
    Ready,
    /// Gone.
    Left,
}

/// The result of one image and what it cost, as the data owner measured it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classification {
    /// The bundle that it used.
    pub number: u64,
    /// The index of the likeliest class.
    pub class: usize,
    /// The classes that are revealed, the likeliest first: at least the class itself.
    pub ranking: Vec<usize>,
    /// What the model owner calls them.
    pub labels: Vec<String>,
    /// The scores of all classes, where the model owner reveals them.
    pub scores: Option<Scores>,
    /// Bytes of all messages of the online phase, both ways. Of a batch, each image counts its own
    /// part of them, and the first the headers.
    pub online_bytes: u64,
    /// Bytes of all messages that the data owner got or sent for the bundle beforehand.
    pub offline_bytes: u64,
    /// How often the data owner waited for an answer.
    pub round_trips: u32,
}

/// The logits of all classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scores {
    logits: Vec<i64>,
    unit: u64,
}

impl Scores {
    pub(crate) fn new(logits: Vec<i64>, unit: u64) -> Self {
        Self { logits, unit }
    }

    /// The integer logits, one for each class.
    pub fn logits(&self) -> &[i64] {
        &self.logits
    }

    /// The softmax of the logits as the network was trained with them: how sure it is of each class,
    /// from 0 to 1, in all 1.
    pub fn softmax(&self) -> Vec<f64> {
        let largest = self.logits.iter().max().copied().unwrap_or(0);
        // As floats, for the logits of a model owner that cheats may be any numbers.
        let weight = |logit: &i64| ((*logit as f64 - largest as f64) / self.unit as f64).exp();
        let weights: Vec<f64> = self.logits.iter().map(weight).collect();
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / sum).collect()
    }
}

/// What a caller did wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misuse {
    /// Not as many bundles are ready as there are images, or there are none.
    #[error("no bundle is ready; wait until one is dealt")]
    NotReady,
    /// A batch is being classified.
    #[error("an image is being classified; wait for its result")]
    Busy,
    /// The model owner allows no more.
    #[error("all classifications that the model owner allows were used")]
    BudgetSpent,
    /// The picture does not have the size that the network takes.
    #[error("the picture has {found} pixels, but the network takes {expected}")]
    Pixels {
        /// What the network takes.
        expected: usize,
        /// What was given.
        found: usize,
    },
}

/// Reads a message or says why it is none.
pub(crate) fn read(message: &[u8]) -> Result<(crate::message::Header, &[u8]), Reason> {
    crate::message::Header::read(message).ok_or(Reason::Malformed)
}

/// Checks the length of a body against the plan.
pub(crate) fn exactly(body: &[u8], expected: usize) -> Result<(), Reason> {
    if body.len() == expected {
        Ok(())
    } else {
        Err(Reason::WrongLength)
    }
}

/// The parts of a body that holds as much for each of `count` images.
pub(crate) fn split(body: &[u8], count: usize) -> Result<std::slice::ChunksExact<'_, u8>, Reason> {
    let part = body.len() / count.max(1);
    if count > 0 && part > 0 && part * count == body.len() {
        Ok(body.chunks_exact(part))
    } else {
        Err(Reason::WrongLength)
    }
}

/// Checks the version of a peer.
pub(crate) fn same_version(theirs: u16) -> Result<(), Reason> {
    let ours = crate::message::MESSAGE_VERSION;
    if ours == theirs {
        Ok(())
    } else {
        Err(Reason::Version { ours, theirs })
    }
}
