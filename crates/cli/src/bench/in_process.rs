//! All three roles in this process, one after the other on one core.

use std::{hint::black_box, sync::Arc, time::Instant};

use blindsight_model::{
    evaluate::{float, integer},
    fixed_point::IntegerNetwork,
    network::Network,
};
use blindsight_parties::{Cost, RoleTimes};
use rand::Rng;
use serde::Serialize;

use super::{process, spread::Spread};
use crate::{
    rehearsal::{self, Rehearsal},
    report,
};

/// Pictures before those that count.
const WARM_UP: usize = 2;

/// What was measured: the line of `--json`.
#[derive(Serialize)]
pub struct Measured {
    model: String,
    images: usize,
    /// Computing from the picture to its class.
    online: Roles,
    /// Computing before the picture: dealing a bundle, the products with masks, completing it.
    offline: Roles,
    /// The same network of integers in the clear.
    clear: Spread,
    /// The network in floating point, as it is.
    float: Spread,
    /// One by one, dealing included, all roles on one core.
    images_per_second: f64,
    /// The same pictures, some classified together.
    batches: Vec<Batch>,
    round_trips: u32,
    online_bytes: u64,
    /// To and from the data owner, for each picture.
    data_owner_offline_bytes: u64,
    /// To and from the model owner, for each picture.
    model_owner_offline_bytes: u64,
    /// What the helper sends for each picture.
    helper_upload_bytes: u64,
    /// Once for each data owner.
    hosting_bytes: u64,
    /// Of this process, with all three roles in it.
    peak_memory_bytes: Option<u64>,
}

/// Pictures that are classified together.
#[derive(Serialize)]
struct Batch {
    /// How many at a time.
    batch: usize,
    /// Computing from the pictures to their classes, for each picture.
    online_ms_per_image: f64,
    /// Of that, the model owner's.
    model_owner_ms_per_image: f64,
    /// Dealing included, all roles on one core.
    images_per_second: f64,
}

/// Times of each role.
#[derive(Serialize)]
struct Roles {
    all: Spread,
    data_owner: Spread,
    model_owner: Spread,
    helper: Spread,
}

impl Roles {
    fn of(times: &[(f64, RoleTimes)]) -> Self {
        let role = |ms: fn(&RoleTimes) -> f64| Spread::of(times.iter().map(|(_, times)| ms(times)));
        Self {
            all: Spread::of(times.iter().map(|(all, _)| *all)),
            data_owner: role(|times| times.data_owner_ms),
            model_owner: role(|times| times.model_owner_ms),
            helper: role(|times| times.helper_ms),
        }
    }
}

/// Classifies random pictures.
///
/// # Errors
///
/// When the network cannot be hosted, or measured costs are not the declared ones.
pub fn measure(
    network: &Network,
    integers: &Arc<IntegerNetwork>,
    images: usize,
    batches: &[usize],
) -> anyhow::Result<Measured> {
    let cost = Cost::declared(integers.plan())?;
    process::forget_peak();
    let mut roles = Rehearsal::open(network, integers, 1)?;
    let mut rng = rehearsal::rng()?;
    let mut pixels = vec![0; integers.plan().input().elements()];
    for _ in 0..WARM_UP {
        rng.fill_bytes(&mut pixels);
        roles.classify(&[&pixels])?;
    }
    let (mut online, mut offline) = (Vec::new(), Vec::new());
    let (mut clear, mut in_float) = (Vec::new(), Vec::new());
    for _ in 0..images {
        rng.fill_bytes(&mut pixels);
        let done = roles.classify(&[&pixels])?;
        online.push((done.online_ms, done.online));
        offline.push((done.offline_ms, done.offline));
        let begun = Instant::now();
        black_box(integer::classify(integers, black_box(&pixels))?);
        clear.push(begun.elapsed().as_secs_f64() * 1e3);
        let begun = Instant::now();
        black_box(float::classify(network, black_box(&pixels))?);
        in_float.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    let whole = online.iter().chain(&offline).map(|(all, _)| all);
    let together = batches
        .iter()
        .map(|batch| together(network, integers, images, *batch));
    let batches = together.collect::<anyhow::Result<_>>()?;
    Ok(Measured {
        model: network.name.clone(),
        images,
        images_per_second: images as f64 * 1e3 / whole.sum::<f64>().max(1e-9),
        batches,
        online: Roles::of(&online),
        offline: Roles::of(&offline),
        clear: Spread::of(clear),
        float: Spread::of(in_float),
        round_trips: cost.round_trips,
        online_bytes: cost.online_bytes,
        data_owner_offline_bytes: cost.data_owner_offline_bytes,
        model_owner_offline_bytes: cost.model_owner_offline_bytes,
        helper_upload_bytes: cost.helper_upload_bytes,
        hosting_bytes: cost.hosting_bytes,
        peak_memory_bytes: process::peak(None),
    })
}

/// Classifies random pictures, `batch` at a time, after two batches that do not count.
fn together(
    network: &Network,
    integers: &Arc<IntegerNetwork>,
    images: usize,
    batch: usize,
) -> anyhow::Result<Batch> {
    let mut roles = Rehearsal::open(network, integers, batch)?;
    let mut rng = rehearsal::rng()?;
    let elements = integers.plan().input().elements();
    let mut pixels = vec![0; batch * elements];
    let (mut online, mut offline, mut model_owner) = (0.0, 0.0, 0.0);
    let times = images.div_ceil(batch);
    for time in 0..WARM_UP + times {
        rng.fill_bytes(&mut pixels);
        let pictures: Vec<&[u8]> = pixels.chunks_exact(elements).collect();
        let done = roles.classify(&pictures)?;
        if time >= WARM_UP {
            online += done.online_ms;
            offline += done.offline_ms;
            model_owner += done.online.model_owner_ms;
        }
    }
    let images = (times * batch) as f64;
    Ok(Batch {
        batch,
        online_ms_per_image: online / images,
        model_owner_ms_per_image: model_owner / images,
        images_per_second: images * 1e3 / (online + offline).max(1e-9),
    })
}

impl Measured {
    /// Prints it for a person.
    pub fn show(&self) {
        let Self {
            online, offline, ..
        } = self;
        let (trips, rate) = (self.round_trips, self.images_per_second);
        report::line(&format!(
            "{}: online {:.2} ms (p95 {:.2}), in the clear {:.2} ms, in floating point {:.2} ms; \
             {rate:.1} images a second, dealing included",
            self.model,
            online.all.median_ms,
            online.all.p95_ms,
            self.clear.median_ms,
            self.float.median_ms,
        ));
        report::line(&format!(
            "  online: data owner {:.2} ms, model owner {:.2} ms; {trips} round trips, {}",
            online.data_owner.median_ms,
            online.model_owner.median_ms,
            report::bytes(self.online_bytes),
        ));
        report::line(&format!(
            "  before: helper {:.2} ms, data owner {:.2} ms, model owner {:.2} ms; {} to the data \
             owner, {} to the model owner; {} from the helper",
            offline.helper.median_ms,
            offline.data_owner.median_ms,
            offline.model_owner.median_ms,
            report::bytes(self.data_owner_offline_bytes),
            report::bytes(self.model_owner_offline_bytes),
            report::bytes(self.helper_upload_bytes),
        ));
        for batch in &self.batches {
            report::line(&format!(
                "  {} at a time: online {:.2} ms each, of which model owner {:.2} ms; {:.1} images a \
                 second, dealing included",
                batch.batch,
                batch.online_ms_per_image,
                batch.model_owner_ms_per_image,
                batch.images_per_second,
            ));
        }
        if let Some(peak) = self.peak_memory_bytes {
            report::line(&format!("  peak memory: {}", report::bytes(peak)));
        }
    }
}
