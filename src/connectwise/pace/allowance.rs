//! What may be sent now: a count of what is under way, what was of late, and what ConnectWise asked for.
//!
//! Pure: the time and the dice are arguments. A request counts from when it was allowed until 60 seconds after it was
//! answered or given up, so that no 60 seconds see more than the limit, at whichever moment in between it was sent or
//! arrived.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::Rate;
use crate::connectwise::retry::share;

/// What the limit of requests a minute is counted over.
pub(super) const WINDOW: Duration = Duration::from_secs(60);
/// After so many good answers in a row one more may be under way: the limit doubles within a thousand requests, never
/// within a burst.
const ANSWERS_TO_RAISE: u32 = 200;
/// The shortest wait once told to slow down: sooner would be taken for defiance.
pub(super) const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
/// The longest wait that is believed; a longer one is a mistake, or somebody's attempt to stop us.
pub(in crate::connectwise) const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);
/// Who is refused so often in a row, although each pause was waited for, is in a storm.
const STORM: u32 = 5;
/// How long a storm is left alone at least. Nobody waits for that long, so that whatever is under way ends.
const STORM_PAUSE: Duration = Duration::from_secs(2 * 60);

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// Leave to send a request now.
    Turn,
    /// A place for one that will be sent later, beyond those at once.
    Room,
}

/// Whether it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It may, and is counted.
    Go,
    /// Not before then, for the limit a minute.
    At(Instant),
    /// Not before another one ends.
    WhenOneEnds,
    /// Not before then: ConnectWise asked for a pause.
    Held(Instant),
}

/// What may be sent.
#[derive(Debug)]
pub(super) struct Allowance {
    /// The most requests in a window.
    a_minute: usize,
    /// The limit at once in the beginning.
    first_at_once: usize,
    /// How many may be under way at once now.
    at_once: usize,
    /// Good answers since that was last changed.
    answers: u32,
    /// Since when it was last lowered: what began before was part of the same event.
    lowered_at: Option<Instant>,
    under_way: usize,
    /// Places that are kept free.
    kept: usize,
    /// When each request of the last window ended, in order.
    ended: VecDeque<Instant>,
    held_until: Option<Instant>,
    /// How often in a row we were told to slow down.
    refusals: u32,
    /// No pause is shorter.
    shortest_pause: Duration,
}

impl Allowance {
    /// Nothing was sent yet.
    pub(super) fn new(rate: Rate) -> Self {
        let first_at_once = at_once(rate);
        Self {
            a_minute: a_minute(rate),
            first_at_once,
            at_once: first_at_once,
            answers: 0,
            lowered_at: None,
            under_way: 0,
            kept: 0,
            ended: VecDeque::new(),
            held_until: None,
            refusals: 0,
            shortest_pause: SHORTEST_PAUSE,
        }
    }

    /// The same, with pauses too short to notice.
    #[cfg(test)]
    pub(super) fn hurried(self) -> Self {
        Self { shortest_pause: Duration::from_millis(1), ..self }
    }

    /// Another rate; what was sent and learnt stays.
    pub(super) fn set(&mut self, rate: Rate) {
        self.a_minute = a_minute(rate);
        let first = at_once(rate);
        if first != self.first_at_once {
            self.first_at_once = first;
            self.at_once = self.at_once.min(first);
        }
    }

    /// The most that will ever be under way at once.
    pub(super) fn most_at_once(&self) -> usize {
        self.first_at_once.saturating_mul(2)
    }

    /// Whether it may be now; if so, it is counted.
    pub(super) fn ask(&mut self, want: Want, now: Instant) -> Verdict {
        if let Some(until) = self.pause(now) {
            return Verdict::Held(until);
        }
        while self.ended.front().is_some_and(|&ended| ended + WINDOW <= now) {
            self.ended.pop_front();
        }
        if want == Want::Turn && self.under_way >= self.at_once {
            return Verdict::WhenOneEnds;
        }
        if self.under_way + self.kept + self.ended.len() >= self.a_minute {
            return self.ended.front().map_or(Verdict::WhenOneEnds, |&ended| Verdict::At(ended + WINDOW));
        }
        match want {
            Want::Turn => self.under_way += 1,
            Want::Room => self.kept += 1,
        }
        Verdict::Go
    }

    /// Uses a place that was kept; until when it may not, while a pause was asked for.
    pub(super) fn begin_kept(&mut self, now: Instant) -> Option<Instant> {
        let pause = self.pause(now);
        if pause.is_none() {
            self.kept -= 1;
            self.under_way += 1;
        }
        pause
    }

    /// A place that was kept is not used.
    pub(super) fn give_back(&mut self) {
        self.kept -= 1;
    }

    /// A request is not under way any more.
    pub(super) fn ended(&mut self, now: Instant) {
        self.under_way -= 1;
        self.ended.push_back(now);
    }

    /// A request was answered.
    pub(super) fn succeeded(&mut self) {
        self.refusals = 0;
        self.answers += 1;
        if self.answers >= ANSWERS_TO_RAISE {
            self.answers = 0;
            self.at_once = (self.at_once + 1).min(self.most_at_once());
        }
    }

    /// A request that began then was refused for the rate, with a pause or without one.
    pub(super) fn throttled(&mut self, began: Instant, told: Option<Duration>, now: Instant, dice: u64) {
        if self.slow_down(began, now) {
            self.refusals += 1;
        } else if told.is_none() {
            // Others that were under way together with the one that told first tell nothing new.
            return;
        }
        let shortest = if self.refusals >= STORM { STORM_PAUSE } else { self.shortest_pause };
        let doubled = self.shortest_pause.saturating_mul(1 << (self.refusals.clamp(1, STORM) - 1));
        let pause = told.unwrap_or(doubled).clamp(shortest, LONGEST_PAUSE);
        let until = now + (pause + share(pause / 10, dice)).min(LONGEST_PAUSE);
        self.held_until = Some(self.held_until.map_or(until, |held| held.max(until)));
    }

    /// A request that began then shows that less must be asked at once. Whether that is news: of all that were under way
    /// together only the first one counts.
    pub(super) fn slow_down(&mut self, began: Instant, now: Instant) -> bool {
        self.answers = 0;
        if self.lowered_at.is_some_and(|lowered| began <= lowered) {
            return false;
        }
        self.at_once = (self.at_once / 2).max(1);
        self.lowered_at = Some(now);
        true
    }

    fn pause(&self, now: Instant) -> Option<Instant> {
        self.held_until.filter(|&until| until > now)
    }
}

/// A minute without any request would be no pace.
fn a_minute(rate: Rate) -> usize {
    usize::try_from(rate.requests_a_minute.max(1)).unwrap_or(usize::MAX)
}

fn at_once(rate: Rate) -> usize {
    usize::try_from(rate.reads_at_once.max(1)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
