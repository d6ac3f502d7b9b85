//! When events are worth a look: once it is quiet, and at the latest after a while.
//!
//! Pure: time is an argument.

use std::time::{Duration, Instant};

/// So long nothing may happen before it counts as quiet: an editor writes a file in several steps.
const QUIET: Duration = Duration::from_millis(500);

/// So long a look is put off at most: something that never stops writing must not keep us from looking.
const LONGEST: Duration = Duration::from_secs(5);

/// The events since the last look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Debounce {
    /// The first event and the last one.
    seen: Option<(Instant, Instant)>,
}

impl Debounce {
    /// Notes an event.
    pub(super) fn happened(&mut self, now: Instant) {
        let first = self.seen.map_or(now, |(first, _)| first);
        self.seen = Some((first, now));
    }

    /// When to look; `None` when nothing happened.
    pub(super) fn due(&self) -> Option<Instant> {
        self.seen.map(|(first, last)| (last + QUIET).min(first + LONGEST))
    }

    /// Forgets the events: somebody looks now.
    pub(super) fn clear(&mut self) {
        self.seen = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn milliseconds(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn nothing_is_due_before_something_happens_or_after_a_look() {
        let mut debounce = Debounce::default();
        assert_eq!(debounce.due(), None);

        debounce.happened(Instant::now());
        debounce.clear();

        assert_eq!(debounce.due(), None);
    }

    #[test]
    fn a_look_waits_for_half_a_second_of_quiet() {
        let (start, mut debounce) = (Instant::now(), Debounce::default());

        debounce.happened(start);
        debounce.happened(start + milliseconds(400));

        assert_eq!(debounce.due(), Some(start + milliseconds(900)));
    }

    #[test]
    fn events_without_end_put_a_look_off_for_five_seconds_at_most() {
        let (start, mut debounce) = (Instant::now(), Debounce::default());

        for step in 0..100 {
            debounce.happened(start + milliseconds(step * 100));
        }

        assert_eq!(debounce.due(), Some(start + milliseconds(5000)));
    }
}
