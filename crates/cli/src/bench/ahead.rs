//! What it is worth to deal ahead: a picture whose bundle is there, against one for which dealing begins
//! when it comes.

use blindsight_model::network::Network;
use serde::{Deserialize, Serialize};

use super::{
    programs::{Programs, Run, WARM_UP},
    shaped::Line,
    spread::Spread,
};
use crate::report;

/// What was measured: the line of `--json`. Pictures come one at a time, while nothing else is on the
/// line.
#[derive(Serialize)]
pub struct Measured {
    model: String,
    images: usize,
    line: Line,
    /// How many bundles are kept ready.
    ahead: usize,
    /// With the bundle there already.
    dealt: Times,
    /// With a bundle that is asked for when the picture comes.
    on_demand: Times,
    /// To and from the data owner for a bundle.
    bundle_bytes: u64,
    /// For each bundle that waits.
    waiting_bundle: Memory,
}

#[derive(Serialize)]
struct Times {
    /// From the picture to its class.
    total: Spread,
    /// Of that, from the beginning of its evaluation.
    online: Spread,
}

/// By how much more a program holds, in bytes, where the system tells.
#[derive(Serialize)]
struct Memory {
    data_owner_bytes: Option<i64>,
    model_owner_bytes: Option<i64>,
}

/// What is needed of a line that `classify --json` prints of a picture.
#[derive(Deserialize)]
struct Classified {
    total_ms: f64,
    online_ms: f64,
    offline_bytes: u64,
}

/// The pictures of one way, and what data owner and model owner held at most of them.
struct Half {
    classified: Vec<Classified>,
    held: [Option<u64>; 2],
}

impl Half {
    fn times(&self) -> Times {
        Times {
            total: Spread::of(self.classified.iter().map(|one| one.total_ms)),
            online: Spread::of(self.classified.iter().map(|one| one.online_ms)),
        }
    }
}

/// Classifies random pictures over a relay, with `ahead` bundles kept ready, then without any.
///
/// # Errors
///
/// When no relay answers, the network takes coloured pictures, or a program ends early.
pub async fn measure(
    model: &str,
    network: &Network,
    run: Run,
    ahead: usize,
) -> anyhow::Result<Measured> {
    let dealt = half(model, network, run, ahead).await?;
    let on_demand = half(model, network, run, 0).await?;
    // A picture has just taken one.
    let waiting = ahead.saturating_sub(1).max(1) as i64;
    let each = |role: usize| {
        let [with, without] = [dealt.held[role]?, on_demand.held[role]?];
        Some((with as i64 - without as i64) / waiting)
    };
    let last = dealt.classified.last();
    Ok(Measured {
        model: network.name.clone(),
        images: run.images,
        line: run.line,
        ahead,
        dealt: dealt.times(),
        on_demand: on_demand.times(),
        bundle_bytes: last.map_or(0, |one| one.offline_bytes),
        waiting_bundle: Memory {
            data_owner_bytes: each(0),
            model_owner_bytes: each(1),
        },
    })
}

async fn half(model: &str, network: &Network, run: Run, ahead: usize) -> anyhow::Result<Half> {
    let pool = ahead.to_string();
    let options = ["--batch", "1", "--pool", &pool, "--apart"];
    // No more bundles are kept than pictures are left, so there are some that do not count.
    let more = Run {
        images: run.images + ahead,
        ..run
    };
    let mut programs = Programs::start(model, network, more, &options).await?;
    let mut classified = Vec::new();
    let mut held: [Vec<u64>; 2] = Default::default();
    for _ in 0..run.images + WARM_UP {
        let line = programs.printed.line("data owner").await?;
        classified.push(serde_json::from_str(&line)?);
        let now = [&programs.data_owner, &programs.host].map(|program| program.held());
        for (held, now) in held.iter_mut().zip(now) {
            held.extend(now);
        }
    }
    classified.drain(..WARM_UP);
    let held = held.map(|mut held| {
        held.sort_unstable();
        held.get(held.len() / 2).copied()
    });
    Ok(Half { classified, held })
}

impl Measured {
    /// Prints it for a person.
    pub fn show(&self) {
        let Line { rtt_ms, mbit } = self.line;
        let width = match mbit {
            0.0 => "no limit".to_owned(),
            mbit => format!("{mbit} Mbit/s"),
        };
        report::line(&format!(
            "{}: {rtt_ms} ms there and back, {width}: {:.1} ms (p95 {:.1}) from a picture to its class \
             where the bundle is there, {:.1} ms (p95 {:.1}) where it is dealt then; a bundle is {}",
            self.model,
            self.dealt.total.median_ms,
            self.dealt.total.p95_ms,
            self.on_demand.total.median_ms,
            self.on_demand.total.p95_ms,
            report::bytes(self.bundle_bytes),
        ));
        let Memory {
            data_owner_bytes,
            model_owner_bytes,
        } = self.waiting_bundle;
        if let (Some(data_owner), Some(model_owner)) = (data_owner_bytes, model_owner_bytes) {
            let kib = |bytes: i64| bytes as f64 / 1024.0;
            report::line(&format!(
                "  a bundle that waits: data owner {:.0} KiB, model owner {:.0} KiB",
                kib(data_owner),
                kib(model_owner),
            ));
        }
    }
}
