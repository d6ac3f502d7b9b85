//! What a tenant does next, and when: looks at its repository, passes, and how long it waits after a failure.
//!
//! Pure: time and dice are arguments. Knows no commit and no quantity. An event says "look again" and nothing more, so
//! ten of them are one pass, and no failure pins what the next pass reads.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::reconciler::standing::Event;

/// The first wait after a failure; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_secs(15);

/// No failure is waited for longer.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);

/// The same after credentials were refused: each try may bring a lock-out nearer.
const FIRST_WAIT_REFUSED: Duration = Duration::from_secs(15 * 60);

/// No refusal is waited for longer.
const LONGEST_WAIT_REFUSED: Duration = Duration::from_secs(4 * 60 * 60);

/// The wait for a person to grant a right: the keys are good, so asking brings no lock-out nearer, but each try reads
/// ConnectWise whole.
const WAIT_BARRED: Duration = Duration::from_secs(15 * 60);

/// Hints from outside are followed no more often than this, however many come. What the daemon does by itself does not
/// count: a push right after a poll is followed at once.
const QUIET: SignedDuration = SignedDuration::from_secs(10);

/// How often a tenant looks and passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How often its repository and its usage files are looked at; up to a tenth is added or taken by the dice.
    pub poll: Duration,
    /// How often a full pass is made, whatever happens.
    pub every: Duration,
}

/// What is to be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Nothing until then.
    Wait(Timestamp),
    /// Look for another commit and other usage.
    Look,
    /// A pass, for these reasons.
    Pass(BTreeSet<Event>),
}

/// How a pass ended, as far as the next one depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// Nothing is left to do.
    Well,
    /// It wrote: one more pass shows the state as it is, once it can be read.
    Wrote,
    /// Something is in doubt, and can be read from that time on.
    InDoubt(Timestamp),
    /// It failed, or left something undone.
    Failed,
    /// ConnectWise asks for fewer requests, and for none before so long.
    Throttled(Duration),
    /// Credentials were refused.
    Refused,
    /// The keys are good, and their member may not do what is needed until a person lets it.
    Barred,
}

/// How a look at the repository ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looked {
    /// It was seen.
    Well,
    /// It could not be looked at.
    Failed,
    /// It refused: trying soon cannot help, and may do harm.
    Refused,
}

/// The agenda of one tenant.
#[derive(Clone, Debug)]
pub(super) struct Agenda {
    pace: Pace,
    /// What asks for a pass.
    waiting: BTreeSet<Event>,
    /// What asked for a look, told as a reason of the pass that it leads to.
    hints: BTreeSet<Event>,
    look_at: Timestamp,
    timer_at: Timestamp,
    retry_at: Option<Timestamp>,
    /// Why it waits, if it does.
    refused: bool,
    failures: u32,
    quiet_until: Timestamp,
    /// Before that, ConnectWise may still show what was before the last write.
    settles_at: Timestamp,
    /// How often in a row the repository could not be looked at.
    failed_looks: u32,
    /// Whether it refused to be looked at.
    look_refused: bool,
    last_seen: Timestamp,
}

impl Agenda {
    /// An agenda whose first pass is due at once.
    pub(super) fn new(pace: Pace, now: Timestamp) -> Self {
        Self {
            pace,
            waiting: BTreeSet::from([Event::Timer]),
            hints: BTreeSet::new(),
            look_at: after(now, pace.poll),
            timer_at: after(now, pace.every),
            retry_at: None,
            refused: false,
            failures: 0,
            quiet_until: now,
            settles_at: now,
            failed_looks: 0,
            look_refused: false,
            last_seen: now,
        }
    }

    /// What is to be done. A pass that is given is begun: its reasons do not wait any more.
    pub(super) fn due(&mut self, now: Timestamp) -> Due {
        self.follow_clock(now);
        let waits = match self.retry_at {
            _ if self.settles_at > now => true,
            Some(at) => at > now,
            None => self.wakes(now).is_none() && self.timer_at > now,
        };
        if !waits {
            return Due::Pass(self.begin(now));
        }
        if self.look_at <= now {
            return Due::Look;
        }
        Due::Wait(self.next_at(now))
    }

    /// Something happened. Another commit or other usage ends a wait after a failure at once; so does ConnectWise by
    /// calling back, but for one after a refusal, which it cannot mend.
    pub(super) fn happened(&mut self, event: Event, now: Timestamp) {
        self.follow_clock(now);
        match event {
            Event::Commit | Event::UsageArrived => {
                self.waiting.insert(event);
                self.retry_at = None;
            }
            Event::Timer => {
                self.waiting.insert(event);
            }
            Event::Callback => {
                self.waiting.insert(event);
                if !self.refused {
                    self.retry_at = self.retry_at.map(|at| at.min(self.quiet_until.max(now)));
                }
            }
            Event::Hook => {
                self.hints.insert(event);
                if !self.look_refused {
                    self.look_at = self.look_at.min(self.quiet_until.max(now));
                }
            }
            Event::Stop => {}
        }
    }

    /// Some file changed: a look is due at once.
    pub(super) fn look_soon(&mut self, now: Timestamp) {
        self.look_at = self.look_at.min(now);
    }

    /// A look ended, alone or as part of a pass. The next one is due after about a minute, and later after failures.
    pub(super) fn looked(&mut self, looked: Looked, now: Timestamp, dice: u64) {
        let wait = match looked {
            Looked::Well => spread(self.pace.poll, dice),
            Looked::Failed => {
                spread(self.pace.poll.max(doubled(self.failed_looks, FIRST_WAIT, LONGEST_WAIT)), dice)
            }
            Looked::Refused => self
                .pace
                .poll
                .max(long(doubled(self.failed_looks, FIRST_WAIT_REFUSED, LONGEST_WAIT_REFUSED), dice)),
        };
        self.look_at = after(now, wait);
        self.look_refused = looked == Looked::Refused;
        self.failed_looks = match looked {
            Looked::Well => 0,
            Looked::Failed | Looked::Refused => self.failed_looks.saturating_add(1),
        };
        if !self.hints.is_empty() {
            self.quiet_until = later(now, QUIET);
        }
        if self.waiting.is_empty() {
            // It was looked, and there was nothing.
            self.hints.clear();
        }
    }

    /// Something was written. Until then nothing is read, whatever happens: it could show what was before.
    pub(super) fn wrote(&mut self, settles_at: Timestamp) {
        self.settles_at = settles_at;
    }

    /// A pass ended.
    pub(super) fn ended(&mut self, ended: Ended, now: Timestamp, dice: u64) {
        self.follow_clock(now);
        self.look_at = after(now, spread(self.pace.poll, dice));
        self.skip_missed_ticks(now);
        let ended = match ended {
            // It could be read by now, and was not: that is a failure like any other.
            Ended::InDoubt(until) if until <= now => Ended::Failed,
            Ended::Well
            | Ended::Wrote
            | Ended::InDoubt(_)
            | Ended::Failed
            | Ended::Throttled(_)
            | Ended::Refused
            | Ended::Barred => ended,
        };
        self.refused = matches!(ended, Ended::Refused | Ended::Barred);
        self.retry_at = match ended {
            Ended::Well => None,
            Ended::Wrote => Some(self.settles_at.max(now)),
            Ended::InDoubt(until) => Some(until.max(later(now, SignedDuration::from_secs(1)))),
            Ended::Failed => Some(after(now, jitter(doubled(self.failures, FIRST_WAIT, LONGEST_WAIT), dice))),
            Ended::Throttled(pause) => {
                let wait = jitter(doubled(self.failures, FIRST_WAIT, LONGEST_WAIT), dice);
                Some(after(now, pause.saturating_add(wait)))
            }
            Ended::Refused => {
                let wait = doubled(self.failures, FIRST_WAIT_REFUSED, LONGEST_WAIT_REFUSED);
                Some(after(now, long(wait, dice)))
            }
            Ended::Barred => Some(after(now, long(WAIT_BARRED, dice))),
        };
        self.failures = match ended {
            // Keys that are good end a row of refusals.
            Ended::Well | Ended::Wrote | Ended::InDoubt(_) | Ended::Barred => 0,
            Ended::Failed | Ended::Throttled(_) | Ended::Refused => self.failures.saturating_add(1),
        };
    }

    /// When the next pass is due if nothing happens.
    pub(super) fn next_pass_at(&self) -> Timestamp {
        self.retry_at.unwrap_or(self.timer_at).max(self.settles_at)
    }

    /// The reasons of a pass that begins.
    fn begin(&mut self, now: Timestamp) -> BTreeSet<Event> {
        let mut reasons = std::mem::take(&mut self.waiting);
        reasons.append(&mut self.hints);
        if reasons.contains(&Event::Hook) || reasons.contains(&Event::Callback) {
            self.quiet_until = later(now, QUIET);
        }
        if reasons.is_empty() {
            reasons.insert(Event::Timer);
        }
        self.retry_at = None;
        self.skip_missed_ticks(now);
        reasons
    }

    /// What wakes it now; hints of ConnectWise only when it was quiet for a while.
    fn wakes(&self, now: Timestamp) -> Option<Event> {
        self.waiting.iter().copied().find(|event| *event != Event::Callback || self.quiet_until <= now)
    }

    fn next_at(&self, now: Timestamp) -> Timestamp {
        let pass_at = match self.retry_at {
            Some(at) => at,
            None if self.waiting.is_empty() => self.timer_at,
            None => self.timer_at.min(self.quiet_until),
        };
        self.look_at.min(pass_at.max(self.settles_at)).max(now)
    }

    /// However many ticks were missed, they are one pass: the next tick lies in the future, in step with the first.
    fn skip_missed_ticks(&mut self, now: Timestamp) {
        let missed = now.duration_since(self.timer_at);
        if missed.is_negative() {
            return;
        }
        let every = SignedDuration::try_from(self.pace.every).unwrap_or(SignedDuration::MAX);
        let into = missed.as_millis().checked_rem(every.as_millis()).unwrap_or(0);
        let into = SignedDuration::from_millis(i64::try_from(into).unwrap_or(0));
        self.timer_at = later(now, every.saturating_sub(into));
    }

    /// A clock that is put back takes what is planned along, so that nothing waits for hours that were there already.
    fn follow_clock(&mut self, now: Timestamp) {
        let back = self.last_seen.duration_since(now);
        self.last_seen = now;
        if back <= SignedDuration::from_secs(1) {
            return;
        }
        let moved = |at: Timestamp| at.saturating_sub(back).unwrap_or(now);
        self.look_at = moved(self.look_at);
        self.timer_at = moved(self.timer_at);
        self.quiet_until = moved(self.quiet_until);
        self.settles_at = moved(self.settles_at);
        self.retry_at = self.retry_at.map(moved);
    }
}

/// A time later by a duration.
fn after(now: Timestamp, duration: Duration) -> Timestamp {
    later(now, SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX))
}

fn later(now: Timestamp, duration: SignedDuration) -> Timestamp {
    now.saturating_add(duration).unwrap_or(Timestamp::MAX)
}

/// The wait after so many failures in a row before this one.
fn doubled(failures: u32, first: Duration, longest: Duration) -> Duration {
    first.saturating_mul(1 << failures.min(16)).min(longest)
}

/// Half of a duration at least.
fn long(wait: Duration, dice: u64) -> Duration {
    wait / 2 + jitter(wait / 2, dice)
}

/// Anything up to a duration, but a second at least: programs that failed together do not come back together.
fn jitter(wait: Duration, dice: u64) -> Duration {
    share(wait, dice).max(Duration::from_secs(1))
}

/// A duration, up to a tenth more or less.
fn spread(duration: Duration, dice: u64) -> Duration {
    duration - duration / 10 + share(duration / 5, dice)
}

/// A part of a duration, as the dice fall.
fn share(duration: Duration, dice: u64) -> Duration {
    let thousandths = u32::try_from(dice % 1_001).expect("a remainder of 1,001 fits");
    duration.saturating_mul(thousandths) / 1_000
}

#[cfg(test)]
mod tests;
