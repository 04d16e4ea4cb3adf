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

#[cfg(test)]
mod tests {
    use super::*;

    /// As RFC 6455, section 5.2, has it.
    #[test]
    fn a_masked_frame_is_as_the_standard_says() {
        let bytes = masked(vec![1, 2]).unwrap();
        let key = [0x5e, 0x21, 0x93, 0xc7];
        assert_eq!(bytes[..2], [0x82, 0x82]);
        assert_eq!(bytes[2..6], key);
        assert_eq!(bytes[6..], [1 ^ key[0], 2 ^ key[1]]);
    }

    #[test]
    fn lengths_are_those_of_frames() {
        for length in [0, 1, 125, 126, 65_535, 65_536, 1 << 20] {
            // A client's frame has four bytes of mask more.
            let masked = masked(vec![0; length]).unwrap();
            assert_eq!(server_length(length), masked.len() - 4, "{length}");
        }
    }
}
