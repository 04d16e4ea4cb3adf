//! A day's traffic in a few minutes, and what is left of it in the relay each time that all have gone.
//!
//! The day has four quarters. In each, people come more and more often and then less and less: model
//! owners open rooms, a helper joins, data owners have pictures classified, and leave: most in good
//! order, some by a connection that breaks, some by falling silent; some of those come back. What a
//! classification sends is a pattern of as many bytes as a real one. At the end of each quarter
//! everybody has gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use blindsight_session::{MemberId, Notice, PlaceKey, Role, RoomId, ToRelay};
use futures_util::SinkExt as _;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::Common;
use crate::machine::Cores;
use crate::member::{Door, Member, binary, generator, next_frame};
use crate::metrics;
use crate::process::Usage;
use crate::report::{Report, bytes};
use crate::server::Server;

/// How much of a day there is.
#[derive(clap::Args)]
pub struct Options {
    /// Minutes that the day takes.
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,

    /// Rooms that are opened each second when most people come.
    #[arg(long, default_value_t = 20.0)]
    rooms_per_second: f64,
}

/// How much more memory the last quarter may leave behind than the first.
const GROWTH: f64 = 1.1;

/// Waiting times as short as the day is; all people come from one address, and are counted exactly.
const SHORT: [&str; 11] = [
    "--ping-interval",
    "1",
    "--idle-timeout",
    "4",
    "--join-timeout",
    "3",
    "--stall-timeout",
    "4",
    "--max-connections-per-address",
    "0",
    "--exact-metrics",
];

/// After this even those who fell silent are gone.
const ALL_GONE: Duration = Duration::from_secs(8);

/// A room that lasts longer than this has failed.
const LONGEST: Duration = Duration::from_secs(20);

const QUARTERS: usize = 4;

/// Bytes of what a helper deals for a picture, sent in pieces.
const OFFLINE: usize = 300_000;
const PIECE: usize = 64_000;

/// Bytes of each message between data owner and model owner, and how often they go to and fro.
const ONLINE: usize = 1500;
const ROUND_TRIPS: usize = 4;

#[derive(Serialize)]
struct Figures {
    minutes: f64,
    bare: Usage,
    quarters: Vec<Quarter>,
    counts: Counts,
}

/// What is left once all have gone.
#[derive(Serialize)]
struct Quarter {
    left: Usage,
    /// The most in it.
    most_files: usize,
    most_resident: u64,
    /// What the relay says itself.
    rooms: Option<f64>,
    connections: Option<f64>,
    queued: Option<f64>,
}

#[derive(Clone, Copy, Default, Serialize)]
struct Counts {
    rooms: u64,
    visits: u64,
    classified: u64,
    left: u64,
    vanished: u64,
    silent: u64,
    returned: u64,
    failed: u64,
}

#[derive(Default)]
struct Tally {
    rooms: AtomicU64,
    visits: AtomicU64,
    classified: AtomicU64,
    left: AtomicU64,
    vanished: AtomicU64,
    silent: AtomicU64,
    returned: AtomicU64,
    failed: AtomicU64,
}

impl Tally {
    fn counts(&self) -> Counts {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counts {
            rooms: of(&self.rooms),
            visits: of(&self.visits),
            classified: of(&self.classified),
            left: of(&self.left),
            vanished: of(&self.vanished),
            silent: of(&self.silent),
            returned: of(&self.returned),
            failed: of(&self.failed),
        }
    }
}

fn once_more(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

/// Lets a day pass.
///
/// # Errors
/// If the relay ends.
pub async fn run(options: &Options, common: &Common) -> Result<Report> {
    let cores = Cores::divide()?;
    let server = Server::relay(common, &cores, &SHORT).await?;
    let door = Door::of(server.address);
    drop(door.three().await?);
    sleep(Duration::from_millis(500)).await;
    let bare = server.usage()?;
    let tally = Arc::new(Tally::default());
    let whole = Duration::from_secs_f64(options.minutes * 60.0) / QUARTERS as u32;
    let busy = whole.checked_sub(ALL_GONE).filter(|busy| !busy.is_zero());
    let busy = busy.with_context(|| format!("a quarter is longer than {ALL_GONE:?}"))?;
    let mut quarters = Vec::new();
    for _ in 0..QUARTERS {
        quarters.push(quarter(options, &server, busy, &tally).await?);
    }
    report(&Figures {
        minutes: options.minutes,
        bare,
        quarters,
        counts: tally.counts(),
    })
}

async fn quarter(
    options: &Options,
    server: &Server,
    busy: Duration,
    tally: &Arc<Tally>,
) -> Result<Quarter> {
    let door = Door::of(server.address);
    let (started, mut rng) = (Instant::now(), generator()?);
    let (mut most_files, mut most_resident) = (0, 0);
    let mut rooms = JoinSet::new();
    let mut next = started;
    while started.elapsed() < busy {
        // A hill: nobody at both ends.
        let time = started.elapsed().as_secs_f64() / busy.as_secs_f64();
        let rate = options.rooms_per_second * (std::f64::consts::PI * time).sin().max(0.02);
        rooms.spawn(room(door, StdRng::from_rng(&mut rng), tally.clone()));
        next += Duration::from_secs_f64(1.0 / rate);
        sleep_until(next).await;
        while rooms.try_join_next().is_some() {}
        let usage = server.usage().context("the relay ended")?;
        most_files = most_files.max(usage.files);
        most_resident = most_resident.max(usage.resident);
    }
    while rooms.join_next().await.is_some() {}
    sleep(ALL_GONE).await;
    let left = server.usage().context("the relay ended")?;
    let said = metrics::of(server.address).await?;
    Ok(Quarter {
        left,
        most_files,
        most_resident,
        rooms: said.get("blindsight_relay_rooms").copied(),
        connections: said.get("blindsight_relay_connections").copied(),
        queued: said.get("blindsight_relay_queue_bytes").copied(),
    })
}

/// A room's life: its model owner and its helper stay, up to three data owners come.
async fn room(door: Door, mut rng: StdRng, tally: Arc<Tally>) {
    let lived = live(door, &mut rng, &tally);
    match timeout(LONGEST, lived).await {
        Ok(Ok(())) => once_more(&tally.rooms),
        _ => once_more(&tally.failed),
    }
}

async fn live(door: Door, rng: &mut StdRng, tally: &Arc<Tally>) -> Result<()> {
    let host = PlaceKey::random(rng);
    let room = host.room();
    let owner = door.join(room, Role::ModelOwner, &host).await?;
    let helper = door
        .join(room, Role::Helper, &PlaceKey::random(rng))
        .await?;
    let (owner_id, helper_id) = (owner.joined.me().id, helper.joined.me().id);
    // Both are gone once the last visit is over, or takes too long.
    let mut hosts = JoinSet::new();
    hosts.spawn(answer(owner));
    hosts.spawn(deal(helper));
    for _ in 0..rng.random_range(1..=3) {
        visit(door, room, (owner_id, helper_id), rng, tally).await?;
    }
    Ok(())
}

/// A data owner's visit.
async fn visit(
    door: Door,
    room: RoomId,
    (owner, helper): (MemberId, MemberId),
    rng: &mut StdRng,
    tally: &Arc<Tally>,
) -> Result<()> {
    let place = PlaceKey::random(rng);
    let mut me = door.join(room, Role::DataOwner, &place).await?;
    once_more(&tally.visits);
    for _ in 0..rng.random_range(1..=5) {
        classify(&mut me, owner, helper).await?;
        once_more(&tally.classified);
        sleep(Duration::from_millis(rng.random_range(0..50))).await;
    }
    match rng.random_range(0..10) {
        0..6 => {
            me.socket.close(None).await?;
            while let Ok(Some(_)) = next_frame(&mut me.socket).await {}
            once_more(&tally.left);
        }
        6..8 => {
            me.socket.get_ref().set_zero_linger()?;
            once_more(&tally.vanished);
        }
        returns => {
            once_more(&tally.silent);
            if returns == 9 {
                let mut again = door.join(room, Role::DataOwner, &place).await?;
                classify(&mut again, owner, helper).await?;
                once_more(&tally.returned);
            }
            // Kept open, neither read nor written, until the relay gives it up.
            tokio::spawn(async move {
                sleep(ALL_GONE).await;
                drop(me);
            });
        }
    }
    Ok(())
}

/// As much as a classification sends: something from the helper, then to and fro with the model
/// owner.
async fn classify(me: &mut Member, owner: MemberId, helper: MemberId) -> Result<()> {
    send(me, helper, &[1]).await?;
    let mut bytes = 0;
    while bytes < OFFLINE {
        bytes += message(me).await?.1;
    }
    for _ in 0..ROUND_TRIPS {
        send(me, owner, &[2; ONLINE]).await?;
        let (from, count) = message(me).await?;
        ensure!(
            from == owner && count == ONLINE,
            "another answer than expected"
        );
    }
    Ok(())
}

/// The model owner answers each message with one of the same length.
async fn answer(mut owner: Member) -> Result<()> {
    loop {
        let (from, count) = message(&mut owner).await?;
        send(&mut owner, from, &vec![3; count]).await?;
    }
}

/// The helper deals whenever it is asked.
async fn deal(mut helper: Member) -> Result<()> {
    loop {
        let (from, _) = message(&mut helper).await?;
        let mut left = OFFLINE;
        while left > 0 {
            let piece = left.min(PIECE);
            send(&mut helper, from, &vec![4; piece]).await?;
            left -= piece;
        }
    }
}

async fn send(member: &mut Member, to: MemberId, payload: &[u8]) -> Result<()> {
    let frame = ToRelay::Send { to, payload }.encode();
    Ok(member.socket.send(binary(frame)).await?)
}

/// The next message: who sent it and how long it is.
async fn message(member: &mut Member) -> Result<(MemberId, usize)> {
    loop {
        let frame = next_frame(&mut member.socket).await?;
        let frame = frame.context("the relay closed the connection")?;
        match member.joined.receive(&frame)? {
            Notice::Message { from, payload } => return Ok((from.id, payload.len())),
            // Whoever asked may be gone by the time of the answer.
            Notice::Refused(blindsight_session::Refusal::UnknownRecipient(_)) => {}
            Notice::Refused(refusal) => anyhow::bail!("refused: {refusal}"),
            _ => {}
        }
    }
}

fn report(figures: &Figures) -> Result<Report> {
    let mut report = Report::new("day", figures)?;
    let said = |value: Option<f64>| value.map_or("not said".to_owned(), |v| format!("{v}"));
    let mut rows = vec![[
        "before".to_owned(),
        bytes(figures.bare.resident as f64),
        figures.bare.files.to_string(),
        figures.bare.threads.to_string(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
    ]];
    for (number, quarter) in figures.quarters.iter().enumerate() {
        rows.push([
            format!("quarter {}", number + 1),
            bytes(quarter.left.resident as f64),
            quarter.left.files.to_string(),
            quarter.left.threads.to_string(),
            said(quarter.rooms),
            said(quarter.connections),
            quarter.most_files.to_string(),
            bytes(quarter.most_resident as f64),
        ]);
        report.target(
            quarter.left.files <= figures.bare.files,
            format!("quarter {}: every file is closed", number + 1),
        );
        let nothing = [quarter.rooms, quarter.connections, quarter.queued];
        report.target(
            nothing.iter().flatten().all(|&left| left == 0.0),
            format!(
                "quarter {}: no room, connection or frame is left",
                number + 1
            ),
        );
    }
    let head = [
        "once all have gone",
        "memory",
        "files",
        "threads",
        "rooms",
        "connections",
        "most files",
        "most memory",
    ];
    report.table(head, rows);
    let Counts {
        rooms,
        visits,
        classified,
        left,
        vanished,
        silent,
        returned,
        failed,
    } = figures.counts;
    report.note(format!(
        "{rooms} rooms, {visits} visits, {classified} classifications; {left} left in good order, \
         {vanished} vanished, {silent} fell silent, of whom {returned} returned; {failed} rooms failed."
    ));
    report.target(failed == 0, "every room is served");
    let quarters = &figures.quarters;
    if let [_, second, .., last] = quarters.as_slice() {
        let grown = last.left.resident as f64 / second.left.resident as f64;
        report.target(
            grown <= GROWTH && last.left.threads <= second.left.threads,
            format!("the last quarter leaves at most {GROWTH} times as much as the second"),
        );
    }
    Ok(report)
}
