//! The three roles as programs of their own, over a relay, with a line of a given width and length
//! between them.

use std::{
    net::{SocketAddr, ToSocketAddrs},
    process::Stdio,
};

use anyhow::{Context, bail, ensure};
use blindsight_model::network::Network;
use rand::Rng;
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    net::TcpStream,
    process::{Child, ChildStdout, Command},
};

use super::{
    process,
    shaped::{self, Line},
    spread::Spread,
};
use crate::{precision::PrecisionOptions, rehearsal, report};

/// Pictures before those that count.
pub(super) const WARM_UP: usize = 2;

/// What was measured: the line of `--json`.
#[derive(Serialize)]
pub struct Measured {
    model: String,
    images: usize,
    /// How many are classified together, at most.
    batch: usize,
    line: Line,
    /// From the pictures of a batch to their classes, as the data owner's program sees it.
    online: Spread,
    /// Dealing included.
    images_per_second: f64,
    round_trips: u32,
    /// What the round trips alone take.
    round_trips_ms: f64,
    online_bytes: u64,
    offline_bytes: u64,
    /// How long each program kept a core busy for one picture.
    busy_ms: Busy,
    /// Of each program.
    peak_memory: Memory,
    /// What each program held after each tenth of the pictures.
    memory: Vec<Sample>,
}

#[derive(Serialize)]
struct Sample {
    images: usize,
    #[serde(flatten)]
    held: Memory,
}

/// In milliseconds, where the system tells.
#[derive(Serialize)]
struct Busy {
    data_owner: Option<f64>,
    model_owner: Option<f64>,
    helper: Option<f64>,
}

/// In bytes, where the system tells.
#[derive(Default, Serialize)]
struct Memory {
    data_owner_bytes: Option<u64>,
    model_owner_bytes: Option<u64>,
    helper_bytes: Option<u64>,
}

/// What is needed of the line that `host --json` prints.
#[derive(Deserialize)]
struct Invitations {
    data_owner_invite: String,
    helper_invite: String,
}

/// What is needed of a line that `classify --json` prints of a picture.
#[derive(Deserialize)]
struct Classified {
    online_ms: f64,
    round_trips: u32,
    online_bytes: u64,
    offline_bytes: u64,
}

/// What is needed of the last line of `classify --json`.
#[derive(Deserialize)]
struct Summary {
    images_per_second: f64,
}

/// A program of this project that ends with its owner.
pub(super) struct Program(Child);

impl Program {
    /// Starts it. Its output has to be read: a program whose output nobody takes stands still.
    fn start(arguments: &[&str]) -> anyhow::Result<(Self, Printed)> {
        let program = std::env::current_exe().context("this program does not find itself")?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("a role could not be started as a program of its own")?;
        let out = child.stdout.take().context("a program without output")?;
        Ok((Self(child), Printed(BufReader::new(out).lines())))
    }

    fn peak(&self) -> Option<u64> {
        process::peak(Some(self.0.id()?))
    }

    pub(super) fn held(&self) -> Option<u64> {
        process::resident(self.0.id()?)
    }

    fn busy_ms(&self) -> Option<f64> {
        process::busy_ms(self.0.id()?)
    }
}

/// What a program prints.
pub(super) struct Printed(Lines<BufReader<ChildStdout>>);

impl Printed {
    pub(super) async fn line(&mut self, whose: &str) -> anyhow::Result<String> {
        match self.0.next_line().await? {
            Some(line) => Ok(line),
            None => bail!("the {whose}'s program ended early; its own message stands above"),
        }
    }

    /// Takes whatever else is printed, to no end.
    fn ignore(mut self) {
        tokio::spawn(async move { while let Ok(Some(_)) = self.0.next_line().await {} });
    }
}

/// Where a relay listens, from its address as `host` takes it.
///
/// # Errors
///
/// When it is no plain address, or there is no such machine.
pub fn relay_address(relay: &str) -> anyhow::Result<SocketAddr> {
    let plain = relay
        .strip_prefix("ws://")
        .map(|rest| rest.trim_end_matches('/'));
    let host = plain.context("give the relay as ws://HOST:PORT: it has to be on this machine")?;
    let mut addresses = host
        .to_socket_addrs()
        .with_context(|| format!("{host} is no address; give HOST:PORT"))?;
    addresses
        .next()
        .with_context(|| format!("{host} is unknown"))
}

/// What is to be measured.
#[derive(Clone, Copy)]
pub struct Run {
    /// Where the relay listens.
    pub relay: SocketAddr,
    /// The line to it.
    pub line: Line,
    /// How many pictures count.
    pub images: usize,
    /// How many are classified together, at most.
    pub batch: usize,
    /// Of the network in integers.
    pub precision: PrecisionOptions,
}

/// The three roles as programs. They end with this.
pub(super) struct Programs {
    pub(super) data_owner: Program,
    pub(super) host: Program,
    pub(super) helper: Program,
    /// What the data owner's program prints.
    pub(super) printed: Printed,
    /// It has read them by the time it prints anything.
    _pictures: Pictures,
}

impl Programs {
    /// Starts them for so many random pictures, the data owner's with these options.
    ///
    /// # Errors
    ///
    /// When no relay answers, the network takes coloured pictures, or a program cannot be started.
    pub(super) async fn start(
        model: &str,
        network: &Network,
        run: Run,
        options: &[&str],
    ) -> anyhow::Result<Self> {
        let Run { relay, line, .. } = run;
        // The programs could only name the address of the line in front of it.
        TcpStream::connect(relay).await.with_context(|| {
            format!("no relay answers at ws://{relay}; check the address and that it runs")
        })?;
        let through = format!("ws://{}", shaped::listen(relay, line)?);
        let count = (run.images + WARM_UP).to_string();
        let precision = run.precision.arguments();
        let mut arguments = vec![
            "host", "--relay", &through, "--model", model, "--helper", "invite", "--budget",
            &count, "--json",
        ];
        arguments.extend(precision.iter().map(String::as_str));
        let (host, mut printed) = Program::start(&arguments)?;
        let invitations: Invitations = serde_json::from_str(&printed.line("model owner").await?)?;
        printed.ignore();
        let (helper, printed) = Program::start(&["helper", &invitations.helper_invite, "--json"])?;
        printed.ignore();
        let pictures = Pictures::random(network, run.images + WARM_UP)?;
        let (path, range) = (pictures.path()?, format!("0..{count}"));
        let invitation = &invitations.data_owner_invite;
        let mut arguments = vec![
            "classify", invitation, "--idx", &path, "--range", &range, "--json",
        ];
        arguments.extend(options);
        let (data_owner, printed) = Program::start(&arguments)?;
        Ok(Self {
            data_owner,
            host,
            helper,
            printed,
            _pictures: pictures,
        })
    }
}

/// Classifies random pictures over a relay. The programs end with this, also when it is given up.
///
/// # Errors
///
/// When no relay answers, the network takes coloured pictures, or a program ends early.
pub async fn measure(model: &str, network: &Network, run: Run) -> anyhow::Result<Measured> {
    let Run {
        line,
        images,
        batch,
        ..
    } = run;
    let together = batch.to_string();
    let Programs {
        data_owner,
        host,
        helper,
        mut printed,
        _pictures,
    } = Programs::start(model, network, run, &["--batch", &together]).await?;
    let mut classified: Vec<Classified> = Vec::new();
    let mut peak_memory = Memory::default();
    let mut samples = Vec::new();
    let mut begun = [None; 3];
    let mut busy = [None; 3];
    for _ in 0..images + WARM_UP {
        classified.push(serde_json::from_str(&printed.line("data owner").await?)?);
        peak_memory = Memory {
            data_owner_bytes: data_owner.peak(),
            model_owner_bytes: host.peak(),
            helper_bytes: helper.peak(),
        };
        // The last line is that of all pictures, after which the data owner's program ends.
        busy = [&data_owner, &host, &helper].map(Program::busy_ms);
        if classified.len() == WARM_UP {
            begun = busy;
        }
        let done = classified.len() - 1;
        if done.checked_rem(images / 10) == Some(0) && done > 0 {
            samples.push(Sample {
                images: done,
                held: Memory {
                    data_owner_bytes: data_owner.held(),
                    model_owner_bytes: host.held(),
                    helper_bytes: helper.held(),
                },
            });
        }
    }
    let summary: Summary = serde_json::from_str(&printed.line("data owner").await?)?;
    let each = |role: usize| Some((busy[role]? - begun[role]?) / images as f64);
    let last = classified.last().context("nothing was classified")?;
    Ok(Measured {
        model: network.name.clone(),
        images,
        batch,
        line,
        round_trips: last.round_trips,
        round_trips_ms: f64::from(last.round_trips) * line.rtt_ms,
        online_bytes: last.online_bytes,
        offline_bytes: last.offline_bytes,
        online: Spread::of(classified[WARM_UP..].iter().map(|one| one.online_ms)),
        images_per_second: summary.images_per_second,
        busy_ms: Busy {
            data_owner: each(0),
            model_owner: each(1),
            helper: each(2),
        },
        peak_memory,
        memory: samples,
    })
}

impl Measured {
    /// Prints it for a person.
    pub fn show(&self) {
        let Line { rtt_ms, mbit } = self.line;
        let width = if mbit > 0.0 {
            format!("{mbit} Mbit/s")
        } else {
            "no limit".to_owned()
        };
        report::line(&format!(
            "{}: {rtt_ms} ms there and back, {width}, {} at a time: online {:.1} ms (p95 {:.1}), of which {:.0} ms \
             are {} round trips; {:.1} images a second, dealing included",
            self.model,
            self.batch,
            self.online.median_ms,
            self.online.p95_ms,
            self.round_trips_ms,
            self.round_trips,
            self.images_per_second,
        ));
        let of = |name, bytes: Option<u64>| bytes.map(|n| format!("{name} {}", report::bytes(n)));
        let memory = &self.peak_memory;
        let parts = [
            of("data owner", memory.data_owner_bytes),
            of("model owner", memory.model_owner_bytes),
            of("helper", memory.helper_bytes),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let of = |name, ms: Option<f64>| ms.map(|ms| format!("{name} {ms:.1} ms"));
        let busy = [
            of("data owner", self.busy_ms.data_owner),
            of("model owner", self.busy_ms.model_owner),
            of("helper", self.busy_ms.helper),
        ];
        let busy: Vec<String> = busy.into_iter().flatten().collect();
        if !busy.is_empty() {
            report::line(&format!("  busy for a picture: {}", busy.join(", ")));
        }
        if !parts.is_empty() {
            report::line(&format!("  peak memory: {}", parts.join(", ")));
        }
    }
}

/// An IDX file of random pictures, gone when it is dropped.
struct Pictures(tempfile::TempPath);

impl Pictures {
    fn random(network: &Network, count: usize) -> anyhow::Result<Self> {
        let shape = network.input;
        ensure!(
            shape.channels == 1,
            "only networks for grey pictures are measured over a relay"
        );
        let mut bytes = vec![0, 0, 8, 3];
        for size in [u32::try_from(count)?, shape.height, shape.width] {
            bytes.extend(size.to_be_bytes());
        }
        let header = bytes.len();
        bytes.resize(header + count * shape.elements(), 0);
        rehearsal::rng()?.fill_bytes(&mut bytes[header..]);
        let file = tempfile::NamedTempFile::new().context("no file for the pictures")?;
        std::fs::write(file.path(), bytes)?;
        Ok(Self(file.into_temp_path()))
    }

    fn path(&self) -> anyhow::Result<String> {
        let path = self.0.to_str();
        Ok(path
            .context("the folder of temporary files has a strange name")?
            .to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{bundled, pictures};

    #[test]
    fn a_relay_is_an_address() {
        let address = relay_address("ws://127.0.0.1:8080/").unwrap();
        assert_eq!(address.to_string(), "127.0.0.1:8080");
        for wrong in ["wss://example.org", "127.0.0.1:80", "ws://127.0.0.1"] {
            assert!(relay_address(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn pictures_are_as_the_network_takes_them() {
        let network = bundled::find("faces-mlp").unwrap().network().unwrap();
        let file = Pictures::random(&network, 3).unwrap();
        let path = file.path().unwrap();
        let read = pictures::data_set(path.as_ref(), None, None).unwrap();
        assert_eq!(read.len(), 3);
        assert_eq!(read[0].pixels.len(), network.input.elements());
        drop(file);
        assert!(!std::path::Path::new(&path).exists());
    }
}
