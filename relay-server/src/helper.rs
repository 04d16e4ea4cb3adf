//! A helper in the relay's own process.

use blindsight_session::{PublicKey, RoomId};
use tokio::sync::mpsc::{Receiver, Sender};
use zeroize::Zeroizing;

/// Starts a helper when the model owner of a room asks for one.
pub trait BuiltInHelper: Send + Sync + 'static {
    /// Starts a helper that works at this seat until the seat's channels close. Returns at once:
    /// the work goes into a task or a thread of its own. It is called within the relay's Tokio
    /// runtime.
    fn start(&self, seat: HelperSeat);

    /// The key by which every helper that is started here shows who runs it; nothing while none can
    /// be started.
    fn key(&self) -> Option<PublicKey>;
}

/// What a model owner gives the relay for its helper: a secret, which `Debug` does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Greeting(Zeroizing<Vec<u8>>);

impl Greeting {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// The bytes, as the model owner sent them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Greeting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Greeting({} bytes)", self.0.len())
    }
}

/// A helper's connection to the relay: like a socket, but within the process. The helper joins the
/// room with a join frame like everybody else; it leaves by dropping the seat. When the relay
/// closes the connection, `from_relay` ends.
#[derive(Debug)]
pub struct HelperSeat {
    /// The room to join.
    pub room: RoomId,
    /// What the model owner gave the relay for its helper.
    pub greeting: Greeting,
    /// Frames to the relay. Sending waits while the recipient's queue is full.
    pub to_relay: Sender<Vec<u8>>,
    /// Frames from the relay.
    pub from_relay: Receiver<Vec<u8>>,
}
