//! A line of limited width and length between programs of this machine: a proxy in front of the
//! relay.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;
use serde::Serialize;

/// Bytes that are passed on at a time.
const CHUNK: usize = 16 << 10;
/// Chunks that may be on their way in one direction; who sends more has to wait, as on a real line.
const ON_THE_WAY: usize = 256;

/// What a line between two parties is like.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Line {
    /// From one party to the other and back, in milliseconds.
    pub rtt_ms: f64,
    /// Of each party's own line, each way, in megabits per second; 0 is without limit.
    pub mbit: f64,
}

impl Line {
    /// From a party to the relay is a quarter of the way from a party to another and back.
    fn delay(self) -> Duration {
        Duration::from_secs_f64(self.rtt_ms / 4e3)
    }

    /// How long so many bytes keep the line busy.
    fn busy(self, bytes: usize) -> Duration {
        if self.mbit > 0.0 {
            Duration::from_secs_f64(bytes as f64 * 8.0 / (self.mbit * 1e6))
        } else {
            Duration::ZERO
        }
    }
}

/// Listens on this machine alone and passes on to `to` what comes, as late as the line says. Gives
/// the address on which it listens; it does so until the program ends.
///
/// # Errors
///
/// When there is no port to listen on.
pub fn listen(to: SocketAddr, line: Line) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let listener = listener.context("there is no port for the line between the programs")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for from in listener.incoming().map_while(Result::ok) {
            // Who cannot be connected sees a closed line, as where there is no relay.
            let _ = connect(from, to, line);
        }
    });
    Ok(address)
}

fn connect(near: TcpStream, to: SocketAddr, line: Line) -> std::io::Result<()> {
    let far = TcpStream::connect(to)?;
    for stream in [&near, &far] {
        stream.set_nodelay(true)?;
    }
    pass_on(near.try_clone()?, far.try_clone()?, line);
    pass_on(far, near, line);
    Ok(())
}

/// Passes on in one direction, in threads of its own: they sleep more exactly than timers do that
/// count milliseconds.
fn pass_on(from: TcpStream, to: TcpStream, line: Line) {
    let (sender, receiver) = sync_channel(ON_THE_WAY);
    thread::spawn(move || take(from, &sender, line));
    thread::spawn(move || hand_over(to, &receiver));
}

/// Reads, and says when each chunk arrives.
fn take(mut from: TcpStream, to: &SyncSender<(Instant, Vec<u8>)>, line: Line) {
    let mut buffer = vec![0; CHUNK];
    let mut free = Instant::now();
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        // One chunk after the other: the line is busy until the one before has left.
        free = free.max(Instant::now()) + line.busy(count);
        if to
            .send((free + line.delay(), buffer[..count].to_vec()))
            .is_err()
        {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Read);
}

fn hand_over(mut to: TcpStream, from: &Receiver<(Instant, Vec<u8>)>) {
    for (arrives, bytes) in from {
        thread::sleep(arrives.saturating_duration_since(Instant::now()));
        if to.write_all(&bytes).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An echo behind the line.
    fn echo() -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = stream.try_clone().unwrap();
            std::io::copy(&mut reader, &mut stream).unwrap();
            let _ = stream.shutdown(Shutdown::Write);
        });
        address
    }

    #[test]
    fn bytes_arrive_whole_in_order_and_no_earlier_than_the_line_allows() {
        let line = Line {
            rtt_ms: 40.0,
            mbit: 8.0,
        };
        let address = listen(echo(), line).unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let sent: Vec<u8> = (0..50_000_u32).map(|i| (i / 7) as u8).collect();
        let begun = Instant::now();
        stream.write_all(&sent).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut got = Vec::new();
        stream.read_to_end(&mut got).unwrap();
        assert!(got == sent);
        // 50 ms for 50 kB at 8 Mbit/s, and 10 ms of way there and back.
        let took = begun.elapsed();
        assert!(took >= Duration::from_millis(70), "{took:?}");
    }

    #[test]
    fn without_limit_a_line_is_never_busy() {
        let line = Line {
            rtt_ms: 0.0,
            mbit: 0.0,
        };
        assert_eq!((line.busy(1 << 30), line.delay()), Default::default());
    }
}
