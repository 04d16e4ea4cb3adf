//! The built-in helper: a member like any other, in a thread of its own.

use blindsight_member::{HelperMember, Note, Output};
use rand::{SeedableRng, rngs::StdRng, rngs::SysRng};
use tokio::sync::mpsc::Sender;

use crate::helper::{BuiltInHelper, HelperSeat};

/// Runs each helper in a thread: dealing computes for milliseconds at a time, which must not hold
/// up the sockets.
#[derive(Clone, Copy, Debug)]
pub struct ThreadedHelper;

impl BuiltInHelper for ThreadedHelper {
    fn start(&self, seat: HelperSeat) {
        let thread = std::thread::Builder::new().name("helper".into());
        // Without a thread the seat is dropped: the room sees its helper leave.
        if let Err(error) = thread.spawn(move || run(seat)) {
            tracing::error!(%error, "no thread for a helper; end other programs or add memory");
        }
    }
}

/// Works until the room closes or is over.
fn run(mut seat: HelperSeat) {
    let Ok(mut rng) = StdRng::try_from_rng(&mut SysRng) else {
        tracing::error!("the system has no randomness; a helper cannot work without");
        return;
    };
    let Ok(token) = seat.greeting.as_bytes().try_into() else {
        tracing::warn!("a helper was asked for without the secret that it must show");
        return;
    };
    let (mut member, first) = HelperMember::built_in(seat.room, token);
    if seat.to_relay.blocking_send(first).is_err() {
        return;
    }
    while let Some(frame) = seat.from_relay.blocking_recv() {
        let output = member.receive(&frame, &mut rng);
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
