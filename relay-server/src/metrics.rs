//! What the relay counts, for `/metrics`.
//!
//! Who reads the numbers must not be able to see single people come and go. So they are rounded up
//! to steps, unless the one who runs the relay wants them exact.

use std::sync::atomic::{AtomicU64, Ordering};

use blindsight_session::{BUILD, Refusal};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

/// People and rooms are counted in steps of this.
const PEOPLE: u64 = 10;
/// Frames are.
const FRAMES: u64 = 1000;
/// Bytes are.
const BYTES: u64 = 1_000_000;

/// What has happened since the start.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) connections: Count,
    pub(crate) rooms: Count,
    pub(crate) frames: Count,
    pub(crate) bytes: Count,
    pub(crate) held_back: Count,
    /// Requests that were turned away before they became connections.
    pub(crate) rejected_address: Count,
    pub(crate) rejected_full: Count,
    pub(crate) rejected_stopping: Count,
    /// Tunnels to other relays that broke.
    pub(crate) interruptions: Count,
    refusals: [Count; 32],
}

/// A number that only grows.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

/// What there is at the moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Present {
    pub(crate) connections: usize,
    pub(crate) rooms: usize,
    pub(crate) helpers: usize,
    pub(crate) queue_bytes: usize,
    /// Members whose room lives at another relay, or who are carried for another relay.
    pub(crate) tunnels: usize,
}

impl Count {
    pub(crate) fn add(&self, amount: usize) {
        self.0.fetch_add(amount as u64, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Metrics {
    /// A connection is closed for this reason, or was told it.
    pub(crate) fn refused(&self, refusal: Refusal) {
        let number = usize::from(refusal.close_code() - 4000);
        if let Some(count) = self.refusals.get(number) {
            count.add(1);
        }
    }

    /// Everything in the text form of Prometheus (OpenMetrics 1.0).
    pub(crate) fn text(&self, present: Present, exact: bool) -> String {
        let round = |number: u64, step: u64| match exact {
            true => number,
            false => number.next_multiple_of(step),
        };
        let mut registry = Registry::with_prefix("blindsight_relay");
        let mut gauge = |name: &str, help: &str, number: usize, step: u64| {
            let gauge = Gauge::<i64>::default();
            let number = round(number as u64, step);
            gauge.set(i64::try_from(number).unwrap_or(i64::MAX));
            registry.register(name, help, gauge);
        };
        gauge(
            "connections",
            "Members connected",
            present.connections,
            PEOPLE,
        );
        gauge("rooms", "Rooms open", present.rooms, PEOPLE);
        gauge(
            "helpers",
            "Helpers of the relay's own at work",
            present.helpers,
            PEOPLE,
        );
        gauge(
            "tunnels",
            "Members in a room of another relay",
            present.tunnels,
            PEOPLE,
        );
        let waiting = "Bytes of messages that wait to be written";
        gauge("queue_bytes", waiting, present.queue_bytes, BYTES);
        let mut counter = |name: &str, help: &str, count: &Count, step: u64| {
            let counter = Counter::<u64>::default();
            counter.inc_by(round(count.get(), step));
            registry.register(name, help, counter);
        };
        counter("connections", "Connections made", &self.connections, PEOPLE);
        counter("rooms", "Rooms opened", &self.rooms, PEOPLE);
        counter("frames", "Messages forwarded", &self.frames, FRAMES);
        counter("bytes", "Bytes of messages forwarded", &self.bytes, BYTES);
        let held = "Times a connection was held back for sending too fast";
        counter("held_back", held, &self.held_back, PEOPLE);
        let broken = "Tunnels to other relays that broke";
        counter("interruptions", broken, &self.interruptions, PEOPLE);

        type Reasons = Family<[(&'static str, &'static str); 1], Counter>;
        let refusals = Reasons::default();
        for refusal in Refusal::ALL {
            let count = self.refusals.get(usize::from(refusal.close_code() - 4000));
            let count = round(count.map_or(0, Count::get), PEOPLE);
            refusals
                .get_or_create(&[("reason", refusal.name())])
                .inc_by(count);
        }
        let help = "Refusals, most of which close a connection";
        registry.register("refusals", help, refusals);
        let rejections = Reasons::default();
        for (reason, count) in [
            ("address", &self.rejected_address),
            ("full", &self.rejected_full),
            ("stopping", &self.rejected_stopping),
        ] {
            let count = round(count.get(), PEOPLE);
            rejections
                .get_or_create(&[("reason", reason)])
                .inc_by(count);
        }
        let help = "Requests turned away before they became connections";
        registry.register("rejections", help, rejections);
        let build = [("version", env!("CARGO_PKG_VERSION")), ("build", BUILD)];
        registry.register("build", "Which build it is", Info::new(build));

        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_people_are_rounded_unless_they_are_to_be_exact() {
        let metrics = Metrics::default();
        metrics.connections.add(3);
        metrics.bytes.add(1_000_001);
        metrics.refused(Refusal::TooFast);
        let present = Present {
            rooms: 11,
            ..Present::default()
        };
        let text = metrics.text(present, false);
        for line in [
            "blindsight_relay_connections_total 10\n",
            "blindsight_relay_connections 0\n",
            "blindsight_relay_rooms 20\n",
            "blindsight_relay_bytes_total 2000000\n",
            "blindsight_relay_refusals_total{reason=\"too-fast\"} 10\n",
            "blindsight_relay_refusals_total{reason=\"removed\"} 0\n",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        let text = metrics.text(present, true);
        assert!(text.contains("blindsight_relay_rooms 11\n"), "{text}");
        assert!(
            text.contains("blindsight_relay_connections_total 3\n"),
            "{text}"
        );
        assert!(text.ends_with("# EOF\n"), "{text}");
    }
}
