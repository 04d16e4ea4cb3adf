//! A NATS server of a test's own.

use std::env;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::programs::Program;

/// How long it may take to start, with a busy machine in mind.
const START: Duration = Duration::from_secs(30);

/// A running NATS server. It is killed when this is dropped.
pub struct Nats {
    program: Program,
    port: u16,
}

impl Nats {
    /// Starts one on a free port of this machine.
    ///
    /// # Errors
    /// If there is none on this machine, or it does not listen.
    pub fn start() -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let program = start(port)?;
        Ok(Self { program, port })
    }

    /// Ends it as a crash would and starts another one in its place.
    ///
    /// # Errors
    /// As [`Nats::start`].
    pub fn restart(&mut self) -> Result<()> {
        self.program.kill()?;
        self.program = start(self.port)?;
        Ok(())
    }

    /// The address that a relay takes.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }
}

fn start(port: u16) -> Result<Program> {
    let named = env::var_os("BLINDSIGHT_NATS_SERVER").map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    // Debian puts it where only the path of root leads.
    let mut folders = env::split_paths(&path).chain(["/usr/sbin".into()]);
    let file = named.or_else(|| {
        folders.find_map(|folder| Some(folder.join("nats-server")).filter(|file| file.is_file()))
    });
    let file = file.context(
        "there is no NATS server: install one (Debian: apt-get install nats-server) or name it in \
         BLINDSIGHT_NATS_SERVER",
    )?;
    let program = Program::start(&file, ["--addr", "127.0.0.1", "--port", &port.to_string()])?;
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        ensure!(started.elapsed() < START, "the NATS server does not listen");
        thread::sleep(Duration::from_millis(20));
    }
    Ok(program)
}
