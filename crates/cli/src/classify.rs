//! `blindsight classify`: the data owner.

use std::{
    collections::VecDeque,
    ops::Range,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::bail;
use blindsight_member::{DataOwnerMember, Note, Output};
use blindsight_parties::{DEFAULT_POOL, MAX_BATCH, MAX_POOL};
use blindsight_session::{Invitation, Role};
use serde::Serialize;

use crate::{
    compare::Compare,
    pictures::{self, Source},
    report,
    socket::{self, Happened, Socket},
    typed::Typed,
};

/// Options of `blindsight classify`.
#[derive(clap::Args)]
pub struct Options {
    /// The data owner's invitation: the whole link, in quotes.
    invitation: String,
    /// Images to classify (PNG, JPEG, WebP, GIF, BMP, PNM), reduced to 28 x 28 as in MNIST.
    #[arg(value_name = "IMAGE", required_unless_present = "idx")]
    images: Vec<PathBuf>,
    /// Classify images of this IDX file instead, as they are; it may be gzipped.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "images",
        requires = "range"
    )]
    idx: Option<PathBuf>,
    /// The labels of the IDX file, to count how many classes are right.
    #[arg(long, value_name = "FILE", requires = "idx")]
    labels: Option<PathBuf>,
    /// Which images of the IDX file: from A up to, but not including, B.
    #[arg(long, value_name = "A..B", value_parser = pictures::range, requires = "idx")]
    range: Option<Range<usize>>,
    /// How many pictures to classify together at most: faster for many, slower for the first of them.
    #[arg(long, default_value_t = MAX_BATCH, value_name = "N")]
    batch: usize,
    /// How many classifications to keep prepared at least; with 0 each is prepared when its picture
    /// comes, which compute parties do not do.
    #[arg(long, default_value_t = DEFAULT_POOL, value_name = "N")]
    pool: usize,
    /// Hand over a picture only once the one before has its class and as many classifications as are
    /// kept are prepared.
    #[arg(long)]
    apart: bool,
    /// How many seconds of silence to bear before giving up.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    patience: u64,
    /// Compare safety words before anything is classified: type `model-owner yes`,
    /// `model-owner no`, or `model-owner` and the words that the other one reads to you; the same
    /// for `helper`. `no` ends it and tells the other.
    #[arg(long)]
    compare: bool,
    /// Print a line of JSON for each image and one of the whole; with --compare also of each link.
    #[arg(long)]
    json: bool,
}

/// The line of one image.
#[derive(Serialize)]
struct Line<'a> {
    source: &'a str,
    class: usize,
    label: &'a str,
    /// The labels of all classes that are revealed, the likeliest first.
    ranking: &'a [String],
    /// How sure the network is of each of them, from 0 to 1, where the model owner reveals it.
    #[serde(skip_serializing_if = "<[f64]>::is_empty")]
    scores: &'a [f64],
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<u8>,
    /// From the picture being handed over to its class.
    total_ms: f64,
    online_ms: f64,
    offline_ms: f64,
    round_trips: u32,
    online_bytes: u64,
    offline_bytes: u64,
}

/// The last line.
#[derive(Serialize)]
struct Summary {
    images: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    correct: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy: Option<f64>,
    seconds: f64,
    images_per_second: f64,
    online_ms_median: f64,
}

/// Classifies all pictures, then leaves.
///
/// # Errors
///
/// When a picture or the invitation is wrong, the relay is not there, or a party leaves.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let invitation = Invitation::parse(&options.invitation)?;
    if invitation.role() != Role::DataOwner {
        let role = invitation.role();
        bail!(
            "this link invites a {role}, not a data owner; ask the model owner for the other one"
        );
    }
    let sources = match (&options.idx, options.range.clone()) {
        (Some(idx), Some(range)) => {
            pictures::data_set(idx, options.labels.as_deref(), Some(range))?
        }
        _ => {
            let files = options.images.iter();
            files
                .map(|path| pictures::of_file(path))
                .collect::<Result<_, _>>()?
        }
    };
    let mut socket = Socket::new(invitation.relay_url())?;
    let batch = options.batch.clamp(1, MAX_BATCH);
    let member = DataOwnerMember::join(&invitation, None, options.pool, socket.rng());
    let mut member = member.with_batch(batch).with_words_first(options.compare);
    let others = match invitation.parties() {
        Some(parties) => (Role::ComputeParty, usize::from(parties)),
        None => (Role::Helper, 1),
    };
    let mut run = Run::new(sources, &options, others);
    let done = classify(&mut member, &mut socket, &mut run, options.patience).await;
    if done.is_ok() {
        run.summary();
    }
    // The others are told, whatever happened.
    socket.put(member.stop());
    socket.close().await;
    done
}

async fn classify(
    member: &mut DataOwnerMember,
    socket: &mut Socket,
    run: &mut Run,
    patience: u64,
) -> anyhow::Result<()> {
    let patience = Duration::from_secs(patience.max(1));
    let stopped = socket::stopped();
    tokio::pin!(stopped);
    let mut heard = Instant::now();
    while !run.is_done() {
        let happened = tokio::select! {
            happened = socket.next() => happened,
            line = run.typed.line() => {
                match run.compare.answer(&line) {
                    Ok(answer) => run.take(socket.verify(member, &answer))?,
                    Err(text) => eprintln!("blindsight: {text}"),
                }
                heard = Instant::now();
                continue;
            }
            () = &mut stopped => bail!("stopped before all pictures were classified"),
        };
        let frame = matches!(happened, Happened::Frame(_));
        let output = socket.step(member, happened)?;
        // The answer to a ping says nothing, and is no progress. A person may take their time.
        let comparing = run.is_comparing();
        if comparing || (frame && !output.notes.is_empty()) {
            heard = Instant::now();
        } else if heard.elapsed() > patience {
            let (seconds, what) = (patience.as_secs(), member.waiting_for());
            bail!(
                "waited {seconds} s for {what}; ask the model owner, then try again \
                 (--patience waits longer)"
            );
        }
        run.take(output)?;
        while run.wants_more(member.pending()) {
            let Some(pixels) = run.next_pixels() else {
                break;
            };
            let now = socket.now();
            let output = member.classify(now, pixels, socket.rng());
            run.take(socket.put(output))?;
        }
    }
    Ok(())
}

/// Pictures, and the results so far.
struct Run {
    /// Not yet handed over.
    sources: VecDeque<Source>,
    /// Handed over.
    pending: VecDeque<Pending>,
    /// How many at most are classified together.
    batch: usize,
    /// Whether one is handed over only once this many classifications are prepared.
    apart: Option<usize>,
    /// How many are prepared.
    ready: usize,
    json: bool,
    compare: Compare,
    /// Who computes beside the model owner, a helper or compute parties, and how many of them.
    others: (Role, usize),
    typed: Typed,
    labelled: bool,
    correct: usize,
    online_ms: Vec<f64>,
    begun: Option<Instant>,
}

/// A picture without a result.
struct Pending {
    name: String,
    expected: Option<u8>,
    since: Instant,
}

impl Run {
    fn new(sources: Vec<Source>, options: &Options, others: (Role, usize)) -> Self {
        Self {
            others,
            labelled: sources.iter().all(|source| source.label.is_some()),
            sources: sources.into(),
            pending: VecDeque::new(),
            batch: options.batch.clamp(1, MAX_BATCH),
            apart: options.apart.then_some(options.pool.min(MAX_POOL)),
            ready: 0,
            json: options.json,
            compare: Compare::new(options.compare, options.json),
            typed: Typed::new(options.compare),
            correct: 0,
            online_ms: Vec::new(),
            begun: None,
        }
    }

    /// Whether safety words are to be compared first.
    fn is_comparing(&self) -> bool {
        self.compare.is_on() && !self.compare.is_done(&[(Role::ModelOwner, 1), self.others])
    }

    /// Whether to hand over a picture while so many have no result.
    fn wants_more(&self, pending: usize) -> bool {
        let enough = match self.apart {
            // No more are prepared than there are pictures left.
            Some(kept) => pending == 0 && self.ready >= kept.min(self.sources.len()),
            // A batch waits while another is under way.
            None => pending < 2 * self.batch,
        };
        enough && !self.is_comparing()
    }

    fn is_done(&self) -> bool {
        self.sources.is_empty() && self.pending.is_empty()
    }

    fn next_pixels(&mut self) -> Option<zeroize::Zeroizing<Vec<u8>>> {
        let source = self.sources.pop_front()?;
        self.begun.get_or_insert_with(Instant::now);
        self.pending.push_back(Pending {
            name: source.name,
            expected: source.label,
            since: Instant::now(),
        });
        Some(source.pixels)
    }

    fn take(&mut self, output: Output) -> anyhow::Result<()> {
        for note in &output.notes {
            match note {
                Note::Result { .. } => self.result(note),
                Note::Error { text, .. } => bail!("{text}"),
                Note::Offer { model, plan, .. } => {
                    tracing::info!(model, hash = plan.hash, "offered");
                }
                Note::Pool { ready, .. } => self.ready = *ready,
                Note::Phase { text, .. } => tracing::debug!("{text}"),
                Note::Link(link) if !self.json => report::link(link),
                Note::Waiting { text, seconds } if !self.json => report::waiting(text, *seconds),
                Note::Warning { text } => eprintln!("blindsight: {text}"),
                _ => {}
            }
            self.compare.see(note);
        }
        Ok(())
    }

    fn result(&mut self, note: &Note) {
        let Note::Result {
            class,
            label,
            ranking,
            scores,
            online_ms,
            offline_ms,
            round_trips,
            online_bytes,
            offline_bytes,
        } = note
        else {
            return;
        };
        let Some(Pending {
            name: source,
            expected,
            since,
        }) = self.pending.pop_front()
        else {
            return;
        };
        self.correct += usize::from(expected.map(usize::from) == Some(*class));
        self.online_ms.push(*online_ms);
        if self.json {
            report::json(&Line {
                source: &source,
                class: *class,
                label,
                ranking,
                scores,
                expected,
                total_ms: since.elapsed().as_secs_f64() * 1e3,
                online_ms: *online_ms,
                offline_ms: *offline_ms,
                round_trips: *round_trips,
                online_bytes: *online_bytes,
                offline_bytes: *offline_bytes,
            });
        } else {
            let bytes = report::bytes(*online_bytes);
            let classes = ranking.iter().enumerate();
            let classes = classes.map(|(place, label)| match scores.get(place) {
                Some(score) => format!("{label} ({:.1} %)", score * 100.0),
                None => label.clone(),
            });
            report::line(&format!(
                "{source}: {}  ({online_ms:.1} ms, {round_trips} round trips, {bytes})",
                Vec::from_iter(classes).join(", then ")
            ));
        }
    }

    fn summary(&mut self) {
        let images = self.online_ms.len();
        let seconds = self
            .begun
            .map_or(0.0, |begun| begun.elapsed().as_secs_f64());
        self.online_ms.sort_by(f64::total_cmp);
        let summary = Summary {
            images,
            correct: self.labelled.then_some(self.correct),
            accuracy: self
                .labelled
                .then(|| self.correct as f64 / images.max(1) as f64),
            seconds,
            images_per_second: images as f64 / seconds.max(1e-9),
            online_ms_median: self.online_ms.get(images / 2).copied().unwrap_or(0.0),
        };
        if self.json {
            report::json(&summary);
        } else {
            let right = match summary.accuracy {
                Some(accuracy) => format!(", {:.2} % right", accuracy * 100.0),
                None => String::new(),
            };
            report::line(&format!(
                "{images} pictures in {seconds:.2} s{right}, median {:.2} ms online",
                summary.online_ms_median
            ));
        }
    }
}
