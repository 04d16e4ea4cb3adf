//! Attacks on a relay, and what rooms of well-behaved people feel of each.
//!
//! An attack comes from a process of its own, which gives way to this one: it may take what is left
//! of the members' core, but does not spoil what is measured here. It comes from other addresses of
//! this machine than the well-behaved do.

mod attacker;
mod bytes;
mod cable;
mod floods;
mod slow;

use std::ffi::OsStr;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use serde::Serialize;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use crate::Common;
use crate::machine::Cores;
use crate::member::Door;
use crate::process::Usage;
use crate::report::{Report, bytes, ms, percent};
use crate::server::Server;
use crate::talk::{Outcome, Pace, Talk};

pub use attacker::{Met, Orders, attack};
use cable::Cable;

/// What is measured, and for how long.
#[derive(clap::Args)]
pub struct Options {
    /// Rooms of the well-behaved.
    #[arg(long, default_value_t = 50)]
    rooms: usize,

    /// Frames that they send each second, all together.
    #[arg(long, default_value_t = 2000.0)]
    frames: f64,

    /// Bytes of a frame's payload.
    #[arg(long, default_value_t = 1000)]
    bytes: usize,

    /// Seconds of measuring during each attack.
    #[arg(long, default_value_t = 4)]
    seconds: u64,

    /// Only this attack; may be given again.
    #[arg(long)]
    only: Vec<Kind>,

    /// The attacker has real-time priority too, the lowest that there is: it takes all that is left of
    /// the members' core. For a machine where nothing else has one; needs root.
    #[arg(long)]
    hard: bool,
}

/// What somebody may do to a relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// 2,000 connections that each send their request a byte at a time.
    Slowloris,
    /// 1,000 connections that say nothing and 500 sockets that join no room.
    HalfOpen,
    /// 1,000 connections, half of them of members in rooms, whose cable is cut: no word of TCP says that
    /// they are gone. Needs root. The relay's waiting times are short.
    Vanish,
    /// Connections that end at once, as many as go.
    Connects,
    /// Rooms, as many as are let in, which are kept open.
    Rooms,
    /// Small frames, as many as go, in 8 rooms.
    Frames,
    /// Frames to nobody, as many as go, from 8 members who do not read what they are told of it.
    ToNobody,
    /// Frames that are longer than any may be, or say that they will be, or never end.
    Oversized,
    /// Long frames to 100 readers who never read.
    NeverReads,
    /// What is no WebSocket frame.
    Malformed,
    /// 10,000 frames, made of those that the fuzzing targets start from.
    Corpus,
}

/// How many times as long a frame may take while an attack goes on.
const TIMES: f64 = 2.0;

/// A p99 below this many milliseconds is not told apart from the noise of a machine.
const NOISE: f64 = 1.0;

/// The most memory that an attack may make a relay take, in bytes.
const BOUND: u64 = 512 << 20;

#[derive(Serialize)]
struct Figures {
    pace: Pace,
    quiet: Outcome,
    bare: Usage,
    attacks: Vec<Attack>,
    /// Attacks that this machine does not allow, and why.
    left_out: Vec<String>,
}

#[derive(Serialize)]
struct Attack {
    kind: Kind,
    talk: Outcome,
    /// Milliseconds until a new room was open with three in it, in the middle of the attack.
    newcomer: Option<f64>,
    /// The most memory that was seen, in bytes.
    resident: u64,
    /// The most files that were seen open.
    files: usize,
    /// What is left when it is over.
    after: Usage,
    relay_cpu: f64,
    met: Met,
}

/// Measures.
///
/// # Errors
/// If the relay ends, or no attack can be started.
pub async fn run(options: &Options, common: &Common) -> Result<Report> {
    let cores = Cores::divide()?;
    let pace = Pace {
        rooms: options.rooms,
        frames: options.frames,
        bytes: options.bytes,
    };
    let time = Duration::from_secs(options.seconds);
    let server = Server::relay(common, &cores, &[]).await?;
    let talk = Talk::start(Door::of(server.address), pace, WARM_UP).await?;
    talk.measure(time).await;
    let quiet = talk.end().await?;
    sleep(SETTLE).await;
    let bare = server.usage()?;
    server.end().await?;
    let all = Kind::value_variants().iter().copied();
    let (mut attacks, mut left_out) = (Vec::new(), Vec::new());
    for kind in all.filter(|kind| options.only.is_empty() || options.only.contains(kind)) {
        let cable = match (kind == Kind::Vanish).then(Cable::lay).transpose() {
            Ok(cable) => cable,
            Err(error) if options.only.is_empty() => {
                left_out.push(format!("{kind:?} is left out: {error:#}"));
                continue;
            }
            Err(error) => return Err(error),
        };
        // A new relay each time, so that what is left in memory is this attack's.
        let (listen, more, time) = match cable {
            Some(_) => (Cable::EVERYWHERE, &IMPATIENT[..], time.max(VANISHED)),
            None => (Server::ANYWHERE, &[][..], time),
        };
        let server = Server::relay_at(common, &cores, listen, more).await?;
        let attack = one(kind, &server, cable.as_ref(), pace, time, options.hard).await;
        attacks.push(attack.with_context(|| format!("during {kind:?}"))?);
        server.end().await?;
    }
    report(&Figures {
        pace,
        quiet,
        bare,
        attacks,
        left_out,
    })
}

const WARM_UP: Duration = Duration::from_secs(1);

/// How long the relay is given to close what others have broken off.
const SETTLE: Duration = Duration::from_millis(700);

/// How long somebody waits for a room to open.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a relay is told that is to find out soon who has vanished.
const IMPATIENT: [&str; 8] = [
    "--handshake-timeout",
    "4",
    "--join-timeout",
    "4",
    "--ping-interval",
    "2",
    "--idle-timeout",
    "6",
];

/// How long it is given for that: until all have connected, the longest of these times, and as long as
/// it takes to say farewell to nobody.
const VANISHED: Duration = Duration::from_secs(20);

async fn one(
    kind: Kind,
    server: &Server,
    cable: Option<&Cable>,
    pace: Pace,
    time: Duration,
    hard: bool,
) -> Result<Attack> {
    let port = server.address.port();
    let door = Door::of((Ipv4Addr::LOCALHOST, port).into());
    // They are in before the attack begins, and measured once it goes on.
    let talk = Talk::start(door, pace, 2 * WARM_UP).await?;
    sleep(WARM_UP).await;
    let relay = cable.map_or(door.relay, |_| Cable::relay(port));
    let attacker = start(kind, relay, cable, WARM_UP + time, hard)?;
    talk.measure(Duration::ZERO).await;
    let (before, since) = (server.usage()?, Instant::now());
    let (mut resident, mut files) = (0, 0);
    let mut newcomer = None;
    let opening = tokio::spawn(async move {
        let started = Instant::now();
        let opened = timeout(PATIENCE, door.three()).await;
        matches!(opened, Ok(Ok(_))).then(|| started.elapsed().as_secs_f64() * 1000.0)
    });
    while since.elapsed() < time {
        let usage = server.usage().context("the relay ended")?;
        resident = resident.max(usage.resident);
        files = files.max(usage.files);
        sleep(Duration::from_millis(100)).await;
    }
    let relay_cpu = server.usage()?.share_since(&before, since.elapsed());
    let talk = talk.end().await?;
    if let Ok(opened) = opening.await {
        newcomer = opened;
    }
    let met = ended(attacker).await?;
    sleep(SETTLE).await;
    let after = server.usage().context("the relay ended")?;
    Ok(Attack {
        kind,
        talk,
        newcomer,
        resident,
        files,
        after,
        relay_cpu,
        met,
    })
}

/// Starts the process of an attack, at the other end of a cable if there is one.
fn start(
    kind: Kind,
    relay: SocketAddr,
    cable: Option<&Cable>,
    time: Duration,
    hard: bool,
) -> Result<Child> {
    let kind = kind.to_possible_value().context("an attack has a name")?;
    let program = std::env::current_exe()?;
    // Where this process goes before all others of the machine, so does the attack, but after it. Unless
    // it is to be hard, it has no real-time priority: of that Linux gives out 95 % of a second only, and
    // an attack that uses it up would have the relay paused for the rest.
    let ahead = procfs::process::Process::myself()?.stat()?.policy != Some(0);
    let behind: &[&str] = match (hard, ahead) {
        (true, _) => &["chrt", "--fifo", "1"],
        (false, true) => &["chrt", "--other", "0", "nice", "-n", "-20"],
        (false, false) => &[],
    };
    let over_there = cable.map(Cable::over_there);
    let over_there = over_there.as_ref().map_or(&[][..], |words| words);
    let words = over_there.iter().chain(behind).map(OsStr::new);
    let mut words = words.chain([program.as_os_str()]);
    let mut command = Command::new(words.next().context("no program")?);
    command.args(words);
    command.args(["attacker", kind.get_name()]);
    command.arg("--relay-address").arg(relay.to_string());
    command.arg("--seconds").arg(time.as_secs().to_string());
    let command = command.stdout(Stdio::piped()).kill_on_drop(true);
    command.spawn().context("the attack cannot be started")
}

async fn ended(attacker: Child) -> Result<Met> {
    let output = timeout(Duration::from_secs(20), attacker.wait_with_output());
    let output = output.await.context("the attack does not end")??;
    ensure!(output.status.success(), "the attack failed");
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn report(figures: &Figures) -> Result<Report> {
    let mut report = Report::new("attack", figures)?;
    let quiet = &figures.quiet;
    let mut rows = vec![[
        "none".to_owned(),
        ms(quiet.forwarding.p50),
        ms(quiet.forwarding.p99),
        ms(quiet.latency.p99),
        (quiet.lost() + quiet.wrong).to_string(),
        quiet.cut_off.len().to_string(),
        String::new(),
        String::new(),
        String::new(),
        bytes(figures.bare.resident as f64),
        String::new(),
    ]];
    let allowed = (TIMES * quiet.forwarding.p99).max(NOISE);
    for attack in &figures.attacks {
        let talk = &attack.talk;
        let name = attack.kind.to_possible_value();
        let name = name.context("an attack has a name")?.get_name().to_owned();
        rows.push([
            name.clone(),
            ms(talk.forwarding.p50),
            ms(talk.forwarding.p99),
            ms(talk.latency.p99),
            (talk.lost() + talk.wrong).to_string(),
            talk.cut_off.len().to_string(),
            attack.newcomer.map_or("never".to_owned(), ms),
            percent(attack.relay_cpu),
            bytes(attack.resident as f64),
            bytes(attack.after.resident as f64),
            attack.met.to_string(),
        ]);
        let lost = talk.lost() + talk.wrong;
        report.target(lost == 0, format!("{name}: every frame arrives"));
        report.target(
            talk.cut_off.is_empty(),
            format!("{name}: nobody is cut off"),
        );
        report.target(
            talk.forwarding.p99 <= allowed,
            format!("{name}: p99 at most {}", ms(allowed)),
        );
        report.target(
            attack.newcomer.is_some(),
            format!("{name}: a new room opens within {PATIENCE:?}"),
        );
        report.target(
            attack.resident <= BOUND,
            format!("{name}: the relay takes at most {}", bytes(BOUND as f64)),
        );
        report.target(
            attack.after.files <= figures.bare.files,
            format!("{name}: every file is closed again"),
        );
    }
    let head = [
        "attack",
        "median",
        "p99",
        "from when due",
        "lost",
        "cut off",
        "new room",
        "relay's core",
        "memory",
        "left",
        "what the attacker met",
    ];
    report.table(head, rows);
    for left_out in &figures.left_out {
        report.note(left_out);
    }
    report.note(
        "Median and p99 from when a frame was sent; then the p99 from when it was due, in which the \
         attack on the members' own core is too.",
    );
    Ok(report)
}
