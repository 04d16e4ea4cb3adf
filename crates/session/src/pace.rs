//! How much may be on its way to a peer at a time, who has other things to hear meanwhile.
//!
//! What a helper deals comes by the megabyte, over the same line as the few bytes that a picture waits
//! for. All that was sent stands in front of them, wherever the line is narrow, so no more is sent than
//! keeps the line busy. How much that is, the peer's reports tell: the rate is the largest at which
//! parcels arrived of late, the way there and back the shortest that one took. At first as much again is
//! sent each time, until nothing more arrives for it; later now and then too little, so that it is seen
//! how long the way is when nothing stands in it (Cardwell, Cheng, Gunn, Yeganeh, Jacobson, "BBR:
//! Congestion-Based Congestion Control", ACM Queue 2016). A party that computes instead of reading makes
//! neither of them wrong.

use std::collections::VecDeque;

use crate::delivery::REPORT_AFTER_PARCELS;
use crate::link::PIECE_BYTES;

/// Until the peer has reported anything.
const FIRST_WINDOW: usize = 128 << 10;
pub(crate) const FIRST_PIECE: usize = 8 << 10;

/// The shortest piece that a message is cut into, but for its last.
const SHORTEST_PIECE: usize = 4 << 10;

/// How long a piece may keep the line busy, in milliseconds: so long does another message wait for it.
const PIECE_MS: f64 = 4.0;

/// How much longer than the way there and back takes may the line be kept busy, in milliseconds.
const AHEAD_MS: f64 = 25.0;

/// The same where whole pieces do not keep the line busy: there it is the parties who take their time.
const WIDE_AHEAD_MS: f64 = 50.0;

/// A rate that grows by less in three rounds is the line's.
const GROWTH: f64 = 1.25;

/// Rounds until too little is sent for one.
const STEADY_ROUNDS: u32 = 8;

/// For how long, in milliseconds, the largest rate and the shortest way hold, at least.
const RATE_HOLDS: f64 = 1_000.0;
const WAY_HOLDS: f64 = 10_000.0;

/// Who has reported nothing for so long, or has not got the rest of a message for so long, is not waited
/// for while others wait, in milliseconds.
pub(crate) const PATIENCE: f64 = 5_000.0;

/// What is on its way to a peer, and how fast it gets there. Times are in milliseconds.
#[derive(Default)]
pub(crate) struct Pace {
    sent: VecDeque<Sent>,
    /// Bytes that were sent and not reported.
    on_the_way: usize,
    /// Bytes that were reported.
    arrived: u64,
    /// Bytes for each millisecond.
    rate: Largest,
    /// Negative: the shortest way is the largest.
    way: Largest,
    /// Whether more would have been sent if it could.
    limited: bool,
    /// What was sent earlier tells nothing.
    since: f64,
    /// When the peer last reported anything, or was sent something after it had reported all.
    heard: f64,
    /// A round ends when something arrives that was sent after so much had been reported.
    round: u64,
    phase: Phase,
}

/// How much is sent, of what fits on the way.
#[derive(Clone, Copy)]
enum Phase {
    /// Twice as much: the rate was this before, and has not grown for so many rounds.
    Growing { rate: f64, rounds: u32 },
    /// A little more, for so many rounds.
    Steady { rounds: u32 },
    /// Half as much, after the way was so long.
    Probing { way: f64 },
}

impl Default for Phase {
    fn default() -> Self {
        Self::Growing {
            rate: 0.0,
            rounds: 0,
        }
    }
}

struct Sent {
    number: u64,
    bytes: usize,
    at: f64,
    /// What had been reported then.
    arrived: u64,
}

/// The largest of what was seen of late.
#[derive(Default)]
struct Largest {
    before: Option<f64>,
    now: Option<f64>,
    since: f64,
}

impl Largest {
    fn get(&self) -> Option<f64> {
        match (self.before, self.now) {
            (Some(one), Some(other)) => Some(one.max(other)),
            (one, other) => one.or(other),
        }
    }

    fn see(&mut self, value: f64, now: f64, holds: f64) {
        if now - self.since > holds {
            (self.before, self.now, self.since) = (self.now.take(), None, now);
        }
        self.now = Some(self.now.map_or(value, |largest| largest.max(value)));
    }
}

impl Pace {
    /// A parcel was sent.
    pub(crate) fn sent(&mut self, number: u64, bytes: usize, now: f64) {
        if self.sent.is_empty() {
            self.heard = now;
        }
        self.on_the_way += bytes;
        self.sent.push_back(Sent {
            number,
            bytes,
            at: now,
            arrived: self.arrived,
        });
    }

    /// The peer has so many parcels.
    pub(crate) fn reported(&mut self, count: u64, now: f64) {
        let mut newest = None;
        while let Some(sent) = self.sent.pop_front_if(|sent| sent.number < count) {
            self.on_the_way -= sent.bytes;
            self.arrived += sent.bytes as u64;
            newest = Some(sent);
            self.heard = now;
        }
        let Some(newest) = newest.filter(|sent| sent.at >= self.since && now > sent.at) else {
            return;
        };
        let way = now - newest.at;
        self.way.see(-way, now, WAY_HOLDS);
        let rate = (self.arrived - newest.arrived) as f64 / way;
        // Where nothing waited, the line may be wider than what came over it.
        let larger = self.rate.get().is_some_and(|known| rate > known);
        if self.limited || larger {
            self.rate.see(rate, now, RATE_HOLDS);
        }
        if newest.arrived >= self.round {
            self.round = self.arrived;
            self.next_round();
        }
    }

    fn next_round(&mut self) {
        let (Some(rate), Some(way)) = (self.rate.get(), self.way.get()) else {
            return;
        };
        self.phase = match self.phase {
            Phase::Growing { rate: before, .. } if rate > GROWTH * before => {
                Phase::Growing { rate, rounds: 0 }
            }
            Phase::Growing { rate, rounds } if rounds < 2 => Phase::Growing {
                rate,
                rounds: rounds + u32::from(self.limited),
            },
            Phase::Steady { rounds } if rounds < STEADY_ROUNDS => {
                Phase::Steady { rounds: rounds + 1 }
            }
            // A way that has become shorter may become shorter still.
            Phase::Probing { way: before } if -way < 0.9 * before => Phase::Probing { way: -way },
            Phase::Growing { .. } | Phase::Steady { .. } => Phase::Probing { way: -way },
            Phase::Probing { .. } => Phase::Steady { rounds: 0 },
        };
    }

    /// Whether a piece of so many bytes may be sent now. The peer reports
    /// [so many](REPORT_AFTER_PARCELS) parcels at the latest, so fewer than that must not be waited
    /// for.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        self.sent.len() < REPORT_AFTER_PARCELS as usize || self.on_the_way + bytes <= self.window()
    }

    /// Whether the peer has long had something to report and has not.
    pub(crate) fn is_silent(&self, now: f64) -> bool {
        now - self.heard > PATIENCE
    }

    /// Something waits, or nothing does.
    pub(crate) fn limit(&mut self, limited: bool) {
        self.limited = limited;
    }

    /// What is on its way tells nothing of the line: the peer holds it up.
    pub(crate) fn disturbed(&mut self, now: f64) {
        self.since = now;
    }

    /// There is a new line, with nothing on it.
    pub(crate) fn restart(&mut self) {
        *self = Self::default();
    }

    /// How long a piece of a message is to be.
    pub(crate) fn piece(&self) -> usize {
        let bytes = self.rate.get().map(|rate| (rate * PIECE_MS) as usize);
        bytes.map_or(FIRST_PIECE, |bytes| {
            bytes.clamp(SHORTEST_PIECE, PIECE_BYTES)
        })
    }

    /// How many bytes may be on their way.
    fn window(&self) -> usize {
        let (Some(rate), Some(way)) = (self.rate.get(), self.way.get()) else {
            return FIRST_WINDOW;
        };
        let wide = self.piece() == PIECE_BYTES;
        let ahead = if wide { WIDE_AHEAD_MS } else { AHEAD_MS };
        let busy = match self.phase {
            Phase::Growing { .. } => 2.0 * -way + ahead,
            Phase::Probing { .. } if !wide => 0.5 * -way,
            // A quarter more than fits, or it would never be seen that more does.
            Phase::Steady { .. } | Phase::Probing { .. } => 1.25 * -way + ahead,
        };
        // So many have arrived and are yet to be reported.
        let unreported = (REPORT_AFTER_PARCELS as usize - 1) * self.piece();
        ((rate * busy) as usize).saturating_add(unreported)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line that takes so many bytes a millisecond and so many milliseconds each way, and a peer
    /// who reports every fourth parcel. Gives the bytes that arrived in the last of three seconds, and
    /// the longest that one waited for the line then.
    fn run(rate: f64, way: f64) -> (f64, f64) {
        let mut pace = Pace::default();
        let (mut number, mut free, mut now): (u64, f64, f64) = (0, 0.0, 0.0);
        let (mut arriving, mut reports) = (VecDeque::new(), VecDeque::<(f64, u64)>::new());
        let (mut arrived, mut waited) = (0.0, 0.0_f64);
        while now < 3_000.0 {
            while pace.has_room(pace.piece()) {
                let bytes = pace.piece();
                pace.sent(number, bytes, now);
                number += 1;
                if now > 2_000.0 {
                    waited = waited.max(free - now);
                }
                free = free.max(now) + bytes as f64 / rate;
                arriving.push_back((free + way, number, bytes));
            }
            pace.limit(true);
            while let Some((at, number, bytes)) = arriving.pop_front_if(|(at, ..)| *at <= now) {
                if now > 2_000.0 {
                    arrived += bytes as f64;
                }
                if number % u64::from(REPORT_AFTER_PARCELS) == 0 {
                    reports.push_back((at + way, number));
                }
            }
            while let Some((_, number)) = reports.pop_front_if(|(at, _)| *at <= now) {
                pace.reported(number, now);
            }
            now += 0.25;
        }
        (arrived / 1_000.0, waited)
    }

    #[test]
    fn a_line_is_kept_busy_and_nothing_waits_long() {
        // 5, 10 and 100 Mbit/s.
        for rate in [625.0, 1_250.0, 12_500.0] {
            for way in [1.0, 10.0, 50.0] {
                let (arrived, waited) = run(rate, way);
                assert!(arrived > 0.85 * rate, "{rate} {way}: {arrived}");
                let longest = 2.0 * way + 80.0;
                assert!(waited < longest, "{rate} {way}: {waited}");
            }
        }
    }

    #[test]
    fn so_few_are_not_waited_for() {
        let mut pace = Pace::default();
        for number in 0..u64::from(REPORT_AFTER_PARCELS) {
            assert!(pace.has_room(1));
            pace.sent(number, FIRST_WINDOW, 0.0);
        }
        assert!(!pace.has_room(1));
        pace.reported(1, 1.0);
        assert!(pace.has_room(1));
    }

    #[test]
    fn what_was_held_up_tells_nothing() {
        let mut pace = Pace::default();
        pace.limit(true);
        pace.sent(0, 60_000, 0.0);
        pace.disturbed(1.0);
        pace.reported(1, 500.0);
        assert_eq!(pace.piece(), FIRST_PIECE);
        pace.sent(1, 60_000, 500.0);
        pace.reported(2, 560.0);
        assert_eq!(pace.piece(), SHORTEST_PIECE);
    }

    #[test]
    fn the_largest_of_late_is_forgotten_in_time() {
        let mut largest = Largest::default();
        for (value, now, expected) in [
            (5.0, 0.0, 5.0),
            (3.0, 11.0, 5.0),
            (2.0, 15.0, 5.0),
            (1.0, 22.0, 3.0),
            (1.0, 33.0, 1.0),
        ] {
            largest.see(value, now, 10.0);
            assert_eq!(largest.get(), Some(expected), "{now}");
        }
    }
}
