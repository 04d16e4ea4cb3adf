//! The same load through other relays, and through proxies in front of this one, side by side.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Serialize;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::time::Instant;

use crate::Common;
use crate::machine::Cores;
use crate::member::Door;
use crate::process::Usage;
use crate::report::{Report, bytes, ms, percent};
use crate::server::{Server, WITHOUT_LIMITS};
use crate::talk::{Outcome, Pace, Talk};
use crate::throughput::{lines_of, rate};

/// What is measured, and for how long.
#[derive(clap::Args)]
pub struct Options {
    /// Rooms whose three members send.
    #[arg(long, default_value_t = 100)]
    rooms: usize,

    /// Frames each second, in all rooms together.
    #[arg(long, default_value_t = 5000.0)]
    frames: f64,

    /// Bytes of a frame's payload.
    #[arg(long, default_value_t = 1000)]
    bytes: usize,

    /// Bytes of a frame's payload where as many are sent as go.
    #[arg(long, default_value_t = 64_000)]
    long_bytes: usize,

    /// Pairs who send as much as goes.
    #[arg(long, default_value_t = 8)]
    pairs: usize,

    /// Seconds of each of the two measurings of each server.
    #[arg(long, default_value_t = 5)]
    seconds: u64,

    /// The folder in which the npm package `ws` was installed, for the relay in Node.
    #[arg(long, value_name = "FOLDER", default_value = "target/load-node")]
    node: PathBuf,
}

#[derive(Serialize)]
struct Figures {
    pace: Pace,
    long_bytes: usize,
    contenders: Vec<Contender>,
}

/// One way through.
#[derive(Serialize)]
struct Contender {
    name: &'static str,
    /// Why there are no figures.
    missing: Option<String>,
    measured: Option<Measured>,
}

#[derive(Serialize)]
struct Measured {
    talk: Outcome,
    /// The share of the servers' core while the short frames were sent.
    cpu: f64,
    /// Resident memory of all processes, with all rooms open.
    resident: u64,
    /// Payload bytes each second, as much as goes.
    throughput: f64,
}

/// The processes that frames go through; members connect to the first.
type Servers = Vec<Server>;

/// Measures.
///
/// # Errors
/// If the relay itself cannot be measured.
pub async fn run(options: &Options, common: &Common) -> Result<Report> {
    let cores = Cores::divide()?;
    let folder = TempDir::new()?;
    let relay = || Server::relay(common, &cores, &WITHOUT_LIMITS);
    let mut contenders = Vec::new();
    for name in [RELAY, NODE, NGINX, WEBSOCAT] {
        let servers: Result<Servers> = async {
            Ok(match name {
                NODE => vec![node(&options.node, &cores).await?],
                NGINX => {
                    let relay = relay().await?;
                    vec![nginx(folder.path(), relay.address, &cores).await?, relay]
                }
                WEBSOCAT => {
                    let relay = relay().await?;
                    vec![websocat(relay.address, &cores).await?, relay]
                }
                _ => vec![relay().await?],
            })
        }
        .await;
        let measured = match servers {
            Ok(servers) => measure(options, servers).await,
            Err(missing) => Err(missing),
        };
        let (measured, missing) = match measured {
            Ok(measured) => (Some(measured), None),
            Err(error) if name == RELAY => return Err(error),
            Err(error) => (None, Some(format!("{error:#}"))),
        };
        contenders.push(Contender {
            name,
            missing,
            measured,
        });
    }
    let figures = Figures {
        pace: pace(options),
        long_bytes: options.long_bytes,
        contenders,
    };
    report(&figures)
}

const RELAY: &str = "relay";
const NODE: &str = "Node, ws";
const NGINX: &str = "nginx before the relay";
const WEBSOCAT: &str = "websocat before the relay";

fn pace(options: &Options) -> Pace {
    Pace {
        rooms: options.rooms,
        frames: options.frames,
        bytes: options.bytes,
    }
}

async fn measure(options: &Options, servers: Servers) -> Result<Measured> {
    let first = servers.first().context("no server")?;
    let door = Door::of(first.address);
    let usage = || {
        let ids: Vec<_> = servers.iter().map(Server::id).collect();
        Usage::of_all(&ids)
    };
    let time = Duration::from_secs(options.seconds);
    let talk = Talk::start(door, pace(options), Duration::from_secs(2)).await?;
    talk.measure(Duration::ZERO).await;
    let (before, since) = (usage()?, Instant::now());
    talk.measure(time).await;
    let after = usage()?;
    let cpu = after.share_since(&before, since.elapsed());
    let talk = talk.end().await?;
    let lines = lines_of(door, options.pairs, options.long_bytes).await?;
    let throughput = rate(lines, time).await;
    for server in servers {
        server.end().await?;
    }
    Ok(Measured {
        talk,
        cpu,
        resident: after.resident,
        throughput,
    })
}

fn report(figures: &Figures) -> Result<Report> {
    let mut report = Report::new("compare", figures)?;
    let mut rows = Vec::new();
    for contender in &figures.contenders {
        let name = contender.name.to_owned();
        let empty = String::new;
        rows.push(match &contender.measured {
            Some(measured) => {
                let talk = &measured.talk;
                [
                    name,
                    format!("{:.0}", talk.frames_per_second),
                    ms(talk.forwarding.p50),
                    ms(talk.forwarding.p99),
                    ms(talk.forwarding.max),
                    (talk.lost() + talk.wrong).to_string(),
                    percent(measured.cpu),
                    bytes(measured.resident as f64),
                    format!("{}/s", bytes(measured.throughput)),
                ]
            }
            None => [
                name,
                empty(),
                empty(),
                empty(),
                empty(),
                empty(),
                empty(),
                empty(),
                empty(),
            ],
        });
        if let Some(missing) = &contender.missing {
            report.note(format!("{} was not measured: {missing}.", contender.name));
        }
    }
    let head = [
        "through",
        "frames/s",
        "median",
        "p99",
        "longest",
        "lost",
        "core",
        "memory",
        "long frames",
    ];
    report.table(head, rows);
    let Pace {
        rooms,
        bytes: short,
        ..
    } = figures.pace;
    report.note(format!(
        "Times from when a frame of {} was sent, in {rooms} rooms; then as many frames of {} as go. All servers of a row share \
         one core.",
        bytes(short as f64),
        bytes(figures.long_bytes as f64),
    ));
    Ok(report)
}

async fn node(folder: &Path, cores: &Cores) -> Result<Server> {
    let modules = std::path::absolute(folder.join("node_modules"))?;
    anyhow::ensure!(
        modules.join("ws").is_dir(),
        "the package ws is not there; install it with `npm install --prefix {} ws`",
        folder.display()
    );
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("other/relay.cjs");
    let address = free_address().await?;
    let mut command = Command::new("node");
    command.arg(script).arg(address.port().to_string());
    command.env("NODE_PATH", modules);
    Server::listening(&mut command, address, cores).await
}

async fn nginx(folder: &Path, relay: SocketAddr, cores: &Cores) -> Result<Server> {
    let address = free_address().await?;
    let text = include_str!("../other/nginx.conf")
        .replace("LISTEN", &address.to_string())
        .replace("RELAY", &relay.to_string());
    let file = folder.join("nginx.conf");
    std::fs::write(&file, text)?;
    let mut command = Command::new("nginx");
    command.arg("-c").arg(file).arg("-p").arg(folder);
    Server::listening(&mut command, address, cores).await
}

async fn websocat(relay: SocketAddr, cores: &Cores) -> Result<Server> {
    let address = free_address().await?;
    let mut command = Command::new("websocat");
    command.args(["--binary", "--buffer-size", "2097152", "--exit-on-eof"]);
    command.arg(format!("ws-l:{address}"));
    command.arg(format!("ws://{relay}/ws"));
    Server::listening(&mut command, address, cores).await
}

/// An address on which nobody listens yet.
async fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    Ok(listener.local_addr()?)
}
