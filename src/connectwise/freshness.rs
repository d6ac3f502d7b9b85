//! Whether an answer is of now, or a copy that something on the way had kept.
//!
//! Every request asks for no stored copy; this is for a proxy that does not listen. The clock of the far end goes on as
//! ours does, so an answer dated before what its clock must have said when it was asked for was made earlier. Whether that
//! clock is right does not matter, nor how long an answer took. Pure: times are arguments.
//!
//! Several servers may answer to one name, their clocks differ, and a date can be wrong. Where a write rests on an answer,
//! the latest date decides and seconds count: at worst nothing is written for a while. Everything else is believed within
//! minutes of what two answers said, so that no single date keeps anybody from reading.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// So many dates are remembered, and for so long: a clock that was put back is believed again after that.
const MOST_DATES: usize = 128;
/// See [`MOST_DATES`].
const MEMORY: Duration = Duration::from_secs(600);
/// A second answer of the same second confirms the first; more of them would only drive out what else is known.
const MOST_OF_ONE_DATE: usize = 2;

/// How much rests on an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strictness {
    /// A write or its verification: it is held against the latest date known.
    Strict,
    /// What is shown or planned, and read again before it is written: it is held against the second latest.
    Lenient,
}

impl Strictness {
    /// How old an answer may look. Within the few seconds of the strict one anybody may change a line anyway, between the
    /// read that a write relies on and the write.
    fn tolerance(self) -> Duration {
        match self {
            Self::Strict => Duration::from_secs(10),
            Self::Lenient => Duration::from_secs(120),
        }
    }
}

/// What is known of the far end's clock.
#[derive(Debug, Default)]
pub(super) struct Freshness {
    known: VecDeque<Known>,
    /// Dates that only one answer spoke against.
    doubted: VecDeque<Known>,
}

/// A date, and when it was seen by our clock: the far end's clock had reached it by then.
#[derive(Clone, Copy, Debug)]
struct Known {
    dated: Timestamp,
    received: Instant,
}

impl Freshness {
    /// Judges an answer by its date; gives by how much that is too early, if it is.
    ///
    /// Learns from what a lenient reader believes. The date of another one is nothing to go by, but for two that agree
    /// where a single answer speaks against them.
    pub(super) fn judge(
        &mut self,
        dated: Timestamp,
        sent: Instant,
        received: Instant,
        strictness: Strictness,
    ) -> Option<Duration> {
        for dates in [&mut self.known, &mut self.doubted] {
            dates.retain(|known| received.saturating_duration_since(known.received) <= MEMORY);
        }
        let strict = self.too_early(dated, sent, Strictness::Strict);
        if self.too_early(dated, sent, Strictness::Lenient).is_none() {
            self.learn(dated, received);
        } else if self.known.len() == 1 {
            self.doubt(Known { dated, received }, sent);
        }
        match strictness {
            Strictness::Strict => strict,
            Strictness::Lenient => self.too_early(dated, sent, Strictness::Lenient),
        }
    }

    /// Learns that the far end's clock had reached a date.
    pub(super) fn learn(&mut self, dated: Timestamp, received: Instant) {
        if self.known.iter().filter(|known| known.dated == dated).count() < MOST_OF_ONE_DATE {
            remember(&mut self.known, Known { dated, received });
        }
    }

    /// Keeps a date that a single answer speaks against, until another one agrees with it: two outvote one. A copy that is
    /// read twice does not agree with itself.
    fn doubt(&mut self, doubted: Known, sent: Instant) {
        let agreeing = self.doubted.iter().find(|earlier| {
            earlier.dated != doubted.dated
                && earlier.clock_at(sent).is_some_and(|clock| {
                    clock.duration_since(doubted.dated).unsigned_abs() <= Strictness::Strict.tolerance()
                })
        });
        match agreeing.copied() {
            None => remember(&mut self.doubted, doubted),
            Some(earlier) => {
                self.doubted.clear();
                self.learn(earlier.dated, earlier.received);
                self.learn(doubted.dated, doubted.received);
            }
        }
    }

    /// By how much a date is earlier than the far end's clock can have said when the answer was asked for.
    fn too_early(&self, dated: Timestamp, sent: Instant, strictness: Strictness) -> Option<Duration> {
        let early = self.clock_at(sent, dated, strictness)?.duration_since(dated);
        Duration::try_from(early).ok().filter(|&early| early > strictness.tolerance())
    }

    /// What the far end's clock said at least at a time of ours, as far as an answer of that date is held against it.
    ///
    /// One of several dates may be wrong, but an answer's own date, seen before, is held against it in any case.
    fn clock_at(&self, time: Instant, dated: Timestamp, strictness: Strictness) -> Option<Timestamp> {
        let mut clocks: Vec<Timestamp> = self.known.iter().filter_map(|known| known.clock_at(time)).collect();
        clocks.sort_unstable_by(|a, b| b.cmp(a));
        let latest = clocks.first().copied();
        match strictness {
            Strictness::Strict => latest,
            Strictness::Lenient => {
                let own = self.known.iter().filter(|known| known.dated == dated);
                let own = own.filter_map(|known| known.clock_at(time)).max();
                clocks.get(1).copied().or(latest).max(own)
            }
        }
    }
}

impl Known {
    /// What the clock said at least at a time of ours.
    fn clock_at(&self, time: Instant) -> Option<Timestamp> {
        let ahead = SignedDuration::try_from(time.saturating_duration_since(self.received)).ok()?;
        let behind = SignedDuration::try_from(self.received.saturating_duration_since(time)).ok()?;
        self.dated.checked_add(ahead - behind).ok()
    }
}

/// Adds a date, in place of the oldest where there are too many.
fn remember(dates: &mut VecDeque<Known>, date: Known) {
    if dates.len() == MOST_DATES {
        dates.pop_front();
    }
    dates.push_back(date);
}

#[cfg(test)]
mod tests;
