//! When a failed callback is tried again, and when its registration is given up.
//!
//! Pure: outcomes and times in, decisions out. Retried is only what the real server is known to retry; a time-out or a
//! broken connection is not among it.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::DeliveryOutcome;

/// The answers after which a callback is sent again.
const RETRIED: [u16; 4] = [404, 409, 419, 429];

/// The pauses before the second and the third attempt, which is the last.
const PAUSES: [SignedDuration; 2] = [SignedDuration::from_secs(2), SignedDuration::from_secs(4)];

/// So many failing days in a row disable a callback.
const PATIENCE_DAYS: u32 = 3;

/// When a callback is sent again after so many attempts, the last of which failed like this. Never, where that is over.
pub(super) fn next_attempt(outcome: DeliveryOutcome, attempts: usize, now: Timestamp) -> Option<Timestamp> {
    let is_retried = match outcome {
        DeliveryOutcome::Answered(status) => RETRIED.contains(&status),
        DeliveryOutcome::TimedOut | DeliveryOutcome::Unreachable | DeliveryOutcome::NotSent => false,
    };
    let pause = PAUSES.get(attempts.checked_sub(1)?).filter(|_| is_retried)?;
    now.checked_add(*pause).ok()
}

/// What becomes of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It stays.
    Active,
    /// It is marked as inactive.
    Disabled,
}

/// For how many days in a row the callbacks of one registration have failed. A delivered one begins a new count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Health {
    last: Option<Date>,
    days: u32,
}

impl Health {
    /// Notes a callback that was given up. Days are counted in UTC.
    pub(super) fn fail(&mut self, now: Timestamp) -> Standing {
        let today = now.to_zoned_datetime(TimeZone::UTC).date();
        let follows = |last: Date| last.tomorrow().ok() == Some(today);
        self.days = match self.last {
            Some(last) if last == today => self.days,
            Some(last) if follows(last) => self.days + 1,
            Some(_) | None => 1,
        };
        self.last = Some(today);
        if self.days >= PATIENCE_DAYS { Standing::Disabled } else { Standing::Active }
    }
}

#[cfg(test)]
mod tests {
    use super::{DeliveryOutcome, Health, Standing, next_attempt};
    use jiff::{SignedDuration, Timestamp};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn callback_retries_come_after_two_and_four_seconds_and_then_no_more() {
        let now = at("2026-11-20T09:30:00.25Z");
        for status in [404, 409, 419, 429] {
            let next = |attempts| next_attempt(DeliveryOutcome::Answered(status), attempts, now);

            let pauses = [1, 2, 3, 4].map(|attempts| next(attempts).map(|at| at.duration_since(now)));

            let seconds = SignedDuration::from_secs;
            assert_eq!(pauses, [Some(seconds(2)), Some(seconds(4)), None, None], "{status}");
        }
    }

    #[test]
    fn callback_retries_are_for_four_answers_only() {
        let now = at("2026-11-20T09:30:00Z");
        let answers = (100..600).filter(|status| ![404, 409, 419, 429].contains(status));
        let answers = answers.map(DeliveryOutcome::Answered);
        let others = [DeliveryOutcome::TimedOut, DeliveryOutcome::Unreachable, DeliveryOutcome::NotSent];

        for outcome in answers.chain(others) {
            assert_eq!(next_attempt(outcome, 1, now), None, "{outcome:?}");
        }
    }

    #[test]
    fn callback_patience_ends_on_the_third_failing_day_in_a_row() {
        let standings = |times: &[&str]| {
            let mut health = Health::default();
            times.iter().map(|time| health.fail(at(time))).collect::<Vec<_>>()
        };
        let (active, disabled) = (Standing::Active, Standing::Disabled);

        let three = standings(&["2026-11-30T23:59:59Z", "2026-12-01T00:00:00Z", "2026-12-02T12:00:00Z"]);
        let one_day = standings(&["2026-11-20T01:00:00Z", "2026-11-20T02:00:00Z", "2026-11-20T03:00:00Z"]);
        let a_gap = standings(&["2026-11-20T01:00:00Z", "2026-11-21T01:00:00Z", "2026-11-23T01:00:00Z"]);

        assert_eq!(three, [active, active, disabled]);
        assert_eq!(one_day, [active; 3], "many failures of one day are one failing day");
        assert_eq!(a_gap, [active; 3], "a quiet day between them breaks the row");
    }
}
