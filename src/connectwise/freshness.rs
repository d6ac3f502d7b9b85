//! Whether an answer is of now, or a copy that something on the way had kept.
//!
//! Every request asks for no stored copy; this is for a proxy that does not listen. The clock of the far end goes on as
//! ours does, so an answer dated long before an earlier one, with what went by since added, was made before it was asked
//! for. Pure: times are arguments.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// Several servers behind one name may differ by seconds, and none is refused for that.
const TOLERANCE: Duration = Duration::from_secs(120);

/// The latest that is known of the far end's clock.
#[derive(Debug, Default)]
pub(super) struct Freshness {
    /// What its clock said at least, at a time by ours.
    known: Option<(Timestamp, Instant)>,
}

impl Freshness {
    /// Judges an answer by its date; gives how old it is at least, if that is too old.
    pub(super) fn stale(&mut self, dated: Timestamp, sent: Instant, received: Instant) -> Option<Duration> {
        if let Some(known) = self.at(sent) {
            let age = Duration::try_from(known.duration_since(dated)).unwrap_or_default();
            if age > TOLERANCE {
                return Some(age);
            }
        }
        if self.at(received).is_none_or(|known| known < dated) {
            self.known = Some((dated, received));
        }
        None
    }

    /// What the far end's clock said at least at a time of ours.
    fn at(&self, time: Instant) -> Option<Timestamp> {
        let (known, since) = self.known?;
        let passed = SignedDuration::try_from(time.saturating_duration_since(since)).ok()?;
        known.saturating_add(passed).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use jiff::{SignedDuration, Timestamp};

    use super::Freshness;

    /// What becomes of answers that are dated, sent and received at these seconds.
    fn judged(answers: &[(i64, u64, u64)]) -> Vec<Option<u64>> {
        let (origin, epoch) = (Instant::now(), "2026-04-15T12:00:00Z".parse::<Timestamp>().unwrap());
        let mut freshness = Freshness::default();
        let after = |seconds: &u64| origin + Duration::from_secs(*seconds);
        answers
            .iter()
            .map(|(dated, sent, received)| {
                let dated = epoch + SignedDuration::from_secs(*dated);
                freshness.stale(dated, after(sent), after(received)).map(|age| age.as_secs())
            })
            .collect()
    }

    #[test]
    fn i9_an_answer_that_repeats_the_date_of_an_earlier_one_is_a_stored_copy() {
        assert_eq!(judged(&[(0, 0, 1), (0, 60, 61), (0, 301, 301)]), [None, None, Some(300)]);
    }

    #[test]
    fn i9_clocks_that_go_on_and_servers_that_differ_by_seconds_are_fresh() {
        assert_eq!(judged(&[(0, 0, 1), (3_600, 3_600, 3_601), (3_590, 3_602, 3_603)]), [None; 3]);
        assert_eq!(judged(&[(0, 0, 1), (90_000, 5, 6), (90_010, 20, 21)]), [None; 3], "a clock put forward");
    }

    #[test]
    fn i9_an_answer_that_took_long_was_made_after_it_was_asked_for_and_no_more_is_known() {
        assert_eq!(judged(&[(0, 0, 0), (1, 1, 600), (600, 600, 600)]), [None; 3]);
    }
}
