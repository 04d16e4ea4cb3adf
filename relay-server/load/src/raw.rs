//! WebSocket frames as bytes, for what a library of sockets would not send or would make slow.

use anyhow::Result;
use bytes::Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

/// A binary message in one frame, as a client sends it: masked. The mask is always the same, which
/// matters to nobody here.
///
/// # Errors
/// Never, since memory does not refuse to be written.
pub fn masked(message: Vec<u8>) -> Result<Vec<u8>> {
    let mut frame = Frame::message(Bytes::from(message), OpCode::Data(Data::Binary), true);
    frame.header_mut().mask = Some([0x5e, 0x21, 0x93, 0xc7]);
    let mut bytes = Vec::new();
    frame.format(&mut bytes)?;
    Ok(bytes)
}

/// How long a binary message is on the wire, as a server sends it: with its length, unmasked.
pub fn server_length(message: usize) -> usize {
    message
        + match message {
            0..126 => 2,
            126..65_536 => 4,
            _ => 10,
        }
}
