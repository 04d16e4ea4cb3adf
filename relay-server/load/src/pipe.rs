//! The least that any relay must do: reading from a TCP connection and writing to it.

use std::io::Write as _;

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Sends everybody back what they send, and says where it listens.
///
/// # Errors
/// If it cannot listen.
pub async fn serve() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    writeln!(
        std::io::stdout(),
        "{}",
        serde_json::json!({ "address": address })
    )?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(echo(stream));
    }
}

async fn echo(mut stream: TcpStream) {
    let mut piece = vec![0; 64 << 10];
    while let Ok(count) = stream.read(&mut piece).await
        && count > 0
        && stream.write_all(&piece[..count]).await.is_ok()
    {}
}
