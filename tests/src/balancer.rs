//! A load balancer as there is in front of several relays: it hands connections on in turn.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Hands each connection to the next server that is there. It runs until the test ends.
pub struct Balancer {
    /// Address and port.
    pub address: String,
}

impl Balancer {
    /// Starts one on a free port of this machine, in front of these addresses.
    ///
    /// # Errors
    /// If the system gives no port.
    pub fn start(servers: Vec<String>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?.to_string();
        let (servers, next) = (Arc::new(servers), AtomicUsize::new(0));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let first = next.fetch_add(1, Ordering::Relaxed);
                let servers = Arc::clone(&servers);
                thread::spawn(move || {
                    let in_turn = servers.iter().cycle().skip(first % servers.len());
                    let mut in_turn = in_turn.take(servers.len());
                    // If none is there, the client is closed.
                    if let Some(server) = in_turn.find_map(|to| TcpStream::connect(to).ok()) {
                        join(client, server);
                    }
                });
            }
        });
        Ok(Self { address })
    }

    /// The address that the command line takes.
    pub fn socket(&self) -> String {
        format!("ws://{}", self.address)
    }
}

/// Copies both ways until either side ends, then ends both.
fn join(client: TcpStream, server: TcpStream) {
    for stream in [&client, &server] {
        // Small frames are waited for.
        let _ = stream.set_nodelay(true);
    }
    let (Ok(from), Ok(to)) = (client.try_clone(), server.try_clone()) else {
        return;
    };
    thread::spawn(move || copy(from, to));
    copy(server, client);
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    // It ends when either side does, for whatever reason.
    let _ = io::copy(&mut from, &mut to);
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
