//! A moment by two clocks, so that one that was long ago is never taken for new.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::journal::attempt::Elapsed;

/// A moment by the monotonic clock, which stands still while a machine sleeps, and by the wall clock, which can be set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    monotonic: Instant,
    pub(super) wall: Timestamp,
}

impl Moment {
    pub(super) fn now() -> Self {
        Self { monotonic: Instant::now(), wall: Timestamp::now() }
    }

    /// How long ago it was.
    pub(super) fn elapsed(self) -> Elapsed {
        let wall: SignedDuration = Timestamp::now().duration_since(self.wall);
        Elapsed { monotonic: self.monotonic.elapsed(), wall }
    }

    /// The moment so much later, by each clock.
    pub(super) fn later(self, by: Duration) -> (Instant, Timestamp) {
        (self.monotonic + by, self.wall.saturating_add(by).unwrap_or(Timestamp::MAX))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::ToSpan as _;

    use super::Moment;

    #[test]
    fn a_moment_before_the_machine_slept_is_long_ago_although_its_clock_stood_still() {
        let (now, limit) = (Moment::now(), Duration::from_secs(5));
        let before = Moment { wall: now.wall - 20.minutes(), ..now };

        assert!(now.elapsed().is_within(limit));
        assert!(!before.elapsed().is_within(limit));
        assert!(before.later(limit).1 < now.later(limit).1);
    }
}
