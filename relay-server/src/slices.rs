//! A stream that is read and written in small pieces.
//!
//! The runtime lets a task do so many reads and writes in one turn, however long each takes. Those of
//! a connection over which much goes count for more here, so that a turn is about as long as anybody
//! else's.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::coop::poll_proceed;

/// How many bytes are written at once.
const PIECE: usize = 64 << 10;

/// What a read or a write counts for beside the one that the runtime counts, for each 8 KiB.
const COST: usize = 3;

/// The stream, in pieces.
#[derive(Debug)]
pub(crate) struct Sliced<S>(pub(crate) S);

/// Counts a piece that was read or written.
fn charge(context: &mut Context<'_>, bytes: usize) {
    for _ in 0..COST * bytes.div_ceil(8 << 10) {
        match poll_proceed(context) {
            Poll::Ready(counted) => counted.made_progress(),
            // The turn is over; the next read or write waits for the next.
            Poll::Pending => return,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Sliced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.0).poll_read(context, buffer))?;
        charge(context, buffer.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Sliced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let piece = &bytes[..bytes.len().min(PIECE)];
        let written = ready!(Pin::new(&mut self.0).poll_write(context, piece))?;
        charge(context, written);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::task::coop::has_budget_remaining;

    use super::*;

    #[tokio::test]
    async fn what_is_long_is_written_in_pieces_and_all_of_it_arrives() {
        let (near, mut far) = duplex(1 << 20);
        let mut near = Sliced(near);
        let sent: Vec<u8> = (0..300_000_u32).map(|n| n as u8).collect();
        assert_eq!(near.write(&sent).await.unwrap(), PIECE);
        near.write_all(&sent[PIECE..]).await.unwrap();
        drop(near);
        let mut received = Vec::new();
        far.read_to_end(&mut received).await.unwrap();
        assert!(received == sent);
    }

    #[tokio::test]
    async fn a_turn_is_over_after_a_few_reads() {
        let (near, mut far) = duplex(4 << 20);
        far.write_all(&[7; 2 << 20]).await.unwrap();
        let turn = tokio::spawn(async move {
            let mut near = Sliced(near);
            let mut piece = [0; 8 << 10];
            let mut bytes = 0;
            while has_budget_remaining() {
                bytes += near.read(&mut piece).await.unwrap();
            }
            bytes
        });
        let bytes = turn.await.unwrap();
        assert!(bytes <= 512 << 10, "{bytes} bytes in one turn");
    }
}
