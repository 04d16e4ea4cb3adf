//! The programs of a computation, which can be killed and started again.

use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use super::Victim;
use crate::Common;
use crate::machine::Cores;
use crate::server::Server;

/// How long a program may take to start.
const START: Duration = Duration::from_secs(30);

/// A relay, a model owner, a helper whom the model owner invited.
pub struct Cast<'a> {
    common: &'a Common,
    cores: &'a Cores,
    program: &'a Path,
    idx: &'a Path,
    relay: Option<Server>,
    address: SocketAddr,
    room: Room,
}

/// A model owner and its helper.
struct Room {
    host: Child,
    helper: Child,
    invites: Invites,
}

#[derive(Deserialize)]
struct Invites {
    data_owner_invite: String,
    helper_invite: String,
}

impl<'a> Cast<'a> {
    /// Starts all of them.
    ///
    /// # Errors
    /// If one does not start.
    pub async fn start(
        common: &'a Common,
        cores: &'a Cores,
        program: &'a Path,
        idx: &'a Path,
    ) -> Result<Self> {
        let relay = Server::relay(common, cores, &[]).await?;
        let address = relay.address;
        Ok(Self {
            common,
            cores,
            program,
            idx,
            relay: Some(relay),
            address,
            room: Room::open(program, address).await?,
        })
    }

    /// Where the relay listens, each time.
    pub fn relay_address(&self) -> SocketAddr {
        self.address
    }

    /// Starts a data owner with these of the pictures.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn classify(&self, pictures: Range<usize>) -> Result<DataOwner> {
        let mut command = command(self.program, "classify");
        command.arg(&self.room.invites.data_owner_invite);
        command.arg("--json").args(["--patience", "8"]);
        command.arg("--idx").arg(self.idx);
        let range = format!("{}..{}", pictures.start, pictures.end);
        let mut process = command.arg("--range").arg(range).spawn()?;
        let output = process.stdout.take().context("no standard output")?;
        Ok(DataOwner {
            process,
            lines: BufReader::new(output).lines(),
            killed: false,
        })
    }

    /// Kills the relay and starts one in its place.
    ///
    /// # Errors
    /// If none starts there.
    pub async fn kill_relay(&mut self) -> Result<()> {
        if let Some(relay) = self.relay.take() {
            relay.end().await?;
        }
        let relay = Server::relay_at(self.common, self.cores, self.address, &[]);
        self.relay = Some(relay.await?);
        Ok(())
    }

    /// Kills the helper and starts one with the same invitation.
    ///
    /// # Errors
    /// If it cannot be started.
    pub async fn kill_helper(&mut self) -> Result<()> {
        self.room.helper.kill().await?;
        self.room.helper = helper(self.program, &self.room.invites)?;
        Ok(())
    }

    /// Kills the model owner. The next one has another room.
    ///
    /// # Errors
    /// If none starts.
    pub async fn kill_host(&mut self) -> Result<()> {
        self.room.host.kill().await?;
        self.room = Room::open(self.program, self.address).await?;
        Ok(())
    }

    /// Opens another room where a data owner cannot go on in this one: without its helper.
    ///
    /// # Errors
    /// If none opens.
    pub async fn new_room_if_needed(&mut self, victim: Option<Victim>) -> Result<()> {
        if victim == Some(Victim::Helper) {
            self.room = Room::open(self.program, self.address).await?;
        }
        Ok(())
    }
}

impl Room {
    async fn open(program: &Path, relay: SocketAddr) -> Result<Self> {
        let mut command = command(program, "host");
        command.args(["--relay", &format!("ws://{relay}"), "--model", "mnist-mlp"]);
        command.args([
            "--json",
            "--reusable",
            "--budget",
            "1000000",
            "--helper",
            "invite",
        ]);
        let mut host = command.spawn()?;
        let output = host.stdout.take().context("no standard output")?;
        let mut lines = BufReader::new(output).lines();
        let line = timeout(START, lines.next_line()).await;
        let line = line.context("no room opens")??.context("no room opens")?;
        let invites = serde_json::from_str(&line).context("no invitations")?;
        Ok(Self {
            host,
            helper: helper(program, &invites)?,
            invites,
        })
    }
}

fn helper(program: &Path, invites: &Invites) -> Result<Child> {
    let mut command = command(program, "helper");
    Ok(command.arg(&invites.helper_invite).spawn()?)
}

fn command(program: &Path, role: &str) -> Command {
    let mut command = Command::new(PathBuf::from(program));
    command.arg(role).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(Stdio::piped());
    command
}

/// A data owner's program.
pub struct DataOwner {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    killed: bool,
}

/// What comes of a data owner next.
pub enum Next {
    /// A picture's class.
    Class(u64),
    /// All have one.
    Done,
    /// It gave up, or was killed.
    Failed(String),
}

impl DataOwner {
    /// The next line, or the end.
    ///
    /// # Errors
    /// If there is none in time, or it makes no sense.
    pub async fn next(&mut self, patience: Duration) -> Result<Next> {
        let line = timeout(patience, self.lines.next_line()).await;
        if let Some(line) = line.context("a data owner hangs")?? {
            let line: Value = serde_json::from_str(&line)?;
            return Ok(match line["class"].as_u64() {
                Some(class) => Next::Class(class),
                None if line["images"].is_u64() => Next::Done,
                None => bail!("a data owner printed {line}"),
            });
        }
        let status = self.process.wait().await?;
        let mut errors = String::new();
        if let Some(mut stderr) = self.process.stderr.take() {
            stderr.read_to_string(&mut errors).await?;
        }
        if !self.killed && errors.contains("panicked") {
            bail!("a data owner panicked: {errors}");
        }
        let last = errors.lines().last().unwrap_or_default();
        Ok(Next::Failed(format!("{status} {last}")))
    }

    /// Ends it at once.
    ///
    /// # Errors
    /// If the system refuses.
    pub async fn kill(&mut self) -> Result<()> {
        self.killed = true;
        Ok(self.process.kill().await?)
    }
}
