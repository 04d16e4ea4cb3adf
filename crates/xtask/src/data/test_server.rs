//! A small HTTP server for the tests of this module.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

/// What the server sends for one path.
#[derive(Clone)]
pub struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    /// A whole file with its length.
    pub fn whole(body: &[u8]) -> Self {
        Self::announced(body.len(), body)
    }

    /// The first half of a file with the length of the whole.
    pub fn truncated(body: &[u8]) -> Self {
        Self::announced(body.len(), &body[..body.len() / 2])
    }

    /// A file without its length.
    pub fn unannounced(body: &[u8]) -> Self {
        Self {
            head: "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_owned(),
            body: body.to_vec(),
        }
    }

    /// A refusal.
    pub fn status(code: u16) -> Self {
        Self {
            head: format!("HTTP/1.1 {code} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
            body: Vec::new(),
        }
    }

    fn announced(length: usize, body: &[u8]) -> Self {
        Self {
            head: format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            ),
            body: body.to_vec(),
        }
    }
}

/// Serves on a free port of this machine until it is dropped.
pub struct TestServer {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl TestServer {
    /// Starts a server that knows these paths; all others are answered with 404.
    pub fn start<const N: usize>(answers: [(&'static str, Answer); N]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (requests, stopped) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let (count, stop) = (Arc::clone(&requests), Arc::clone(&stopped));
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                count.fetch_add(1, Ordering::SeqCst);
                serve(&stream.unwrap(), &answers);
            }
        });
        Self {
            address,
            requests,
            stopped,
            thread: Some(thread),
        }
    }

    /// The server's address without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests came so far.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread, which waits for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Answers one request. A client that goes away early is its own affair.
fn serve(mut stream: &TcpStream, answers: &[(&'static str, Answer)]) {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().unwrap().unwrap();
    while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
    let path = request.split(' ').nth(1).unwrap_or_default();
    let answer = answers
        .iter()
        .find(|(known, _)| *known == path)
        .map_or_else(|| Answer::status(404), |(_, answer)| answer.clone());
    let _ = stream.write_all(answer.head.as_bytes());
    let _ = stream.write_all(&answer.body);
}
