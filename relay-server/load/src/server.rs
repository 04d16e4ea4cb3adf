//! A server that is measured: a process of its own, ended with this one.

use std::ffi::OsStr;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use crate::Common;
use crate::machine::Cores;
use crate::process::Usage;

/// How long a server may take to listen.
const START: Duration = Duration::from_secs(20);

/// What a relay is told where it is to show how much it can do, not how much it allows.
pub const WITHOUT_LIMITS: [&str; 10] = [
    "--max-frames-per-second",
    "0",
    "--max-bytes-per-second",
    "0",
    "--max-room-frames-per-second",
    "0",
    "--max-room-bytes-per-second",
    "0",
    "--max-connections-per-address",
    "0",
];

/// A running server.
pub struct Server {
    process: Child,
    id: u32,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Where a relay listens that members of this machine are to reach: at a free port.
    pub const ANYWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

    /// Starts the relay on a free port, on the servers' core.
    ///
    /// # Errors
    /// If it does not start or does not say where it listens.
    pub async fn relay(common: &Common, cores: &Cores, more: &[&str]) -> Result<Self> {
        Self::relay_at(common, cores, Self::ANYWHERE, more).await
    }

    /// Starts the relay where it is told to listen, on the servers' core.
    ///
    /// # Errors
    /// If it does not start or does not say where it listens.
    pub async fn relay_at(
        common: &Common,
        cores: &Cores,
        listen: SocketAddr,
        more: &[&str],
    ) -> Result<Self> {
        let listen = listen.to_string();
        let arguments = ["--listen", &listen, "--json"]
            .into_iter()
            .chain(more.iter().copied())
            .chain(common.relay_args.iter().map(String::as_str));
        Self::announced(&common.relay, arguments, cores).await
    }

    /// Starts a program that prints `{"address":"…"}` once it listens.
    ///
    /// # Errors
    /// If it does not start or does not say where it listens.
    pub async fn announced<A: AsRef<OsStr>>(
        program: &Path,
        arguments: impl IntoIterator<Item = A>,
        cores: &Cores,
    ) -> Result<Self> {
        #[derive(Deserialize)]
        struct Started {
            address: SocketAddr,
        }
        let mut command = Command::new(program);
        command.args(arguments).env_remove("BLINDSIGHT_LISTEN");
        let mut process = spawn(&mut command, program, cores)?;
        let output = process.stdout.take().context("no standard output")?;
        let mut lines = BufReader::new(output).lines();
        let line = timeout(START, lines.next_line()).await;
        let line = line.ok().and_then(Result::ok).flatten();
        let line = line.with_context(|| format!("{} does not start", program.display()))?;
        let Started { address } = serde_json::from_str(&line)
            .with_context(|| format!("{} printed: {line}", program.display()))?;
        Self::new(process, address)
    }

    /// Starts a program that is told where to listen, and waits until it does.
    ///
    /// # Errors
    /// If it does not start or does not listen.
    pub async fn listening(
        command: &mut Command,
        address: SocketAddr,
        cores: &Cores,
    ) -> Result<Self> {
        let program = command.as_std().get_program().to_owned();
        let mut process = spawn(command, program.as_ref(), cores)?;
        let deadline = Instant::now() + START;
        while TcpStream::connect(address).await.is_err() {
            if Instant::now() > deadline || process.try_wait()?.is_some() {
                bail!("{} does not listen on {address}", program.display());
            }
            sleep(Duration::from_millis(20)).await;
        }
        Self::new(process, address)
    }

    fn new(process: Child, address: SocketAddr) -> Result<Self> {
        let id = process.id().context("it ended at once")?;
        Ok(Self {
            process,
            id,
            address,
        })
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// What it takes.
    ///
    /// # Errors
    /// If it does not run any more.
    pub fn usage(&self) -> Result<Usage> {
        Usage::of(self.id)
    }

    /// Ends it.
    ///
    /// # Errors
    /// If the system refuses.
    pub async fn end(mut self) -> Result<()> {
        Ok(self.process.kill().await?)
    }
}

fn spawn(command: &mut Command, program: &Path, cores: &Cores) -> Result<Child> {
    let command = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let started = cores.on_the_servers(|| Ok(command.spawn()?));
    started.with_context(|| format!("{} cannot be started", program.display()))
}
