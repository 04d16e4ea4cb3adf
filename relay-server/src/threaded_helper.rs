//! The built-in helper: a member like any other, in a thread of its own.

use blindsight_member::{HelperMember, Note, Output};
use blindsight_session::{HelperRequest, Identity, PublicKey};
use rand::{SeedableRng, rngs::StdRng, rngs::SysRng};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::mpsc::Sender;
use tokio::time::timeout;

use crate::helper::{BuiltInHelper, HelperSeat};

/// How often a helper that hears nothing looks at the clock: whether it has waited long enough for
/// somebody.
const TICK: Duration = Duration::from_secs(2);

/// Runs each helper in a thread: dealing computes for milliseconds at a time, which must not hold
/// up the sockets.
pub struct ThreadedHelper {
    identity: Identity,
}

impl ThreadedHelper {
    /// Helpers that show themselves by this key pair.
    pub fn new(identity: Identity) -> Self {
        Self { identity }
    }
}

impl BuiltInHelper for ThreadedHelper {
    fn start(&self, seat: HelperSeat) {
        let thread = std::thread::Builder::new().name("helper".into());
        let identity = self.identity.clone();
        let runtime = Handle::current();
        // Without a thread the seat is dropped: the room sees its helper leave.
        if let Err(error) = thread.spawn(move || run(seat, identity, &runtime)) {
            tracing::error!(%error, "no thread for a helper; end other programs or add memory");
        }
    }

    fn key(&self) -> Option<PublicKey> {
        Some(self.identity.public())
    }
}

/// Works until the room closes or is over.
fn run(mut seat: HelperSeat, identity: Identity, runtime: &Handle) {
    let Ok(mut rng) = StdRng::try_from_rng(&mut SysRng) else {
        tracing::error!("the system has no randomness; a helper cannot work without");
        return;
    };
    let Some(request) = HelperRequest::from_bytes(seat.greeting.as_bytes()) else {
        tracing::warn!("a helper was asked for without an invitation");
        return;
    };
    let started = Instant::now();
    let now = || started.elapsed().as_secs_f64() * 1e3;
    let mut member = HelperMember::built_in(identity, seat.room, request, &mut rng);
    let first = member.connected(now());
    if send(&seat.to_relay, first).is_err() {
        return;
    }
    loop {
        let heard = runtime.block_on(async { timeout(TICK, seat.from_relay.recv()).await });
        let output = match heard {
            Ok(Some(frame)) => member.receive(now(), &frame, &mut rng),
            Ok(None) => return,
            Err(_) => member.tick(now(), &mut rng),
        };
        if send(&seat.to_relay, output).is_err() || member.is_over() {
            return;
        }
    }
}

/// Frames to the relay, problems to the log.
fn send(to_relay: &Sender<Vec<u8>>, output: Output) -> Result<(), ()> {
    for frame in output.frames {
        to_relay.blocking_send(frame).map_err(|_| ())?;
    }
    for note in output.notes {
        if let Note::Error { text, .. } = note {
            tracing::warn!("built-in helper: {text}");
        }
    }
    Ok(())
}
