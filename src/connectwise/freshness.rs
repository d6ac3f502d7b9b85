//! Whether an answer is of now, or a copy that something on the way had kept.
//!
//! Every request asks for no stored copy; this is for a proxy that does not listen. The clock of the far end goes on as
//! ours does, so an answer dated before what its clock must have said when it was asked for was made earlier. Whether that
//! clock is right does not matter, nor how long an answer took. Pure: times are arguments.
//!
//! A single date proves nothing: one far in the future would make every honest answer after it look old. So what the clock
//! says is taken from two answers of different dates, the second latest of them, as soon as there are two.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// Dates are of whole seconds, and several servers behind one name may differ by a few, which is no reason to read nothing
/// there. Within so few seconds anybody may change a line anyway, between the read that a write relies on and the write.
const TOLERANCE: Duration = Duration::from_secs(10);
/// So many dates are remembered, and for so long: a clock that was put back is believed again after that.
const MOST_DATES: usize = 64;
/// See [`MOST_DATES`].
const MEMORY: Duration = Duration::from_secs(600);

/// What is known of the far end's clock.
#[derive(Debug, Default)]
pub(super) struct Freshness {
    known: VecDeque<Known>,
}

/// A date, and when it was first seen by our clock: the far end's clock had reached it by then.
#[derive(Clone, Copy, Debug)]
struct Known {
    dated: Timestamp,
    received: Instant,
}

impl Freshness {
    /// Judges an answer by its date, and learns from it; gives how old it is at least, if that is too old.
    pub(super) fn judge(&mut self, dated: Timestamp, sent: Instant, received: Instant) -> Option<Duration> {
        self.known.retain(|known| received.saturating_duration_since(known.received) <= MEMORY);
        let age = self.clock_at(sent, dated).map(|clock| clock.duration_since(dated));
        self.learn(dated, received);
        age.and_then(|age| Duration::try_from(age).ok()).filter(|&age| age > TOLERANCE)
    }

    /// Learns that the far end's clock had reached a date. A copy teaches as much, since it was made before it came.
    pub(super) fn learn(&mut self, dated: Timestamp, received: Instant) {
        if let Some(known) = self.known.iter_mut().find(|known| known.dated == dated) {
            known.received = known.received.min(received);
            return;
        }
        if self.known.len() == MOST_DATES {
            self.known.pop_front();
        }
        self.known.push_back(Known { dated, received });
    }

    /// What the far end's clock said at least at a time of ours, as far as an answer of that date can be held against it.
    ///
    /// Its own date, seen before, is held against it alone; of the others, one may be wrong.
    fn clock_at(&self, time: Instant, dated: Timestamp) -> Option<Timestamp> {
        let (same, others): (Vec<&Known>, Vec<&Known>) =
            self.known.iter().partition(|known| known.dated == dated);
        let mut others: Vec<Timestamp> = others.iter().filter_map(|known| known.clock_at(time)).collect();
        others.sort_unstable_by(|a, b| b.cmp(a));
        let believed = others.get(1).or(others.first()).copied();
        believed.max(same.first().and_then(|known| known.clock_at(time)))
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
                freshness.judge(dated, after(sent), after(received)).map(|age| age.as_secs())
            })
            .collect()
    }

    #[test]
    fn i9_an_answer_that_repeats_the_date_of_an_earlier_one_is_a_stored_copy() {
        assert_eq!(
            judged(&[(0, 0, 1), (0, 3, 3), (0, 61, 61), (0, 301, 301)]),
            [None, None, Some(60), Some(300)]
        );
    }

    #[test]
    fn i9_a_copy_of_seconds_among_fresh_answers_is_refused_however_often_it_is_read() {
        let answers = [(100, 0, 0), (102, 2, 2), (75, 4, 4), (75, 4, 4), (105, 5, 5), (80, 5, 5)];

        assert_eq!(judged(&answers), [None, None, Some(29), Some(29), None, Some(25)]);
    }

    #[test]
    fn i9_a_second_answer_is_held_against_the_first_alone() {
        assert_eq!(judged(&[(100, 0, 0), (75, 1, 1), (75, 2, 2)]), [None, Some(26), Some(27)]);
    }

    #[test]
    fn i9_one_date_in_the_future_refuses_one_answer_at_most() {
        assert_eq!(
            judged(&[(90_000, 0, 0), (1, 1, 1), (2, 2, 2), (9, 9, 9)]),
            [None, Some(90_000), None, None]
        );
        assert_eq!(judged(&[(0, 0, 0), (1, 1, 1), (90_000, 2, 2), (3, 3, 3), (9, 9, 9)]), [None; 5]);
    }

    #[test]
    fn i9_a_clock_that_was_put_back_is_believed_again_after_a_while() {
        let answers = [(3_600, 0, 0), (3_601, 1, 1), (2, 2, 2), (3, 3, 3), (602, 602, 602)];

        assert_eq!(judged(&answers), [None, None, Some(3_600), Some(3_600), None]);
    }

    #[test]
    fn i9_clocks_that_go_on_and_servers_that_differ_by_seconds_are_fresh() {
        assert_eq!(judged(&[(0, 0, 1), (3_600, 3_600, 3_601), (3_597, 3_602, 3_603)]), [None; 3]);
        assert_eq!(judged(&[(0, 0, 1), (90_000, 5, 6), (90_010, 20, 21)]), [None; 3], "a clock put forward");
    }

    #[test]
    fn i9_an_answer_that_took_long_was_made_after_it_was_asked_for_and_no_more_is_known() {
        assert_eq!(judged(&[(0, 0, 0), (1, 1, 600), (600, 600, 600)]), [None; 3]);
        assert_eq!(judged(&[(0, 0, 0), (1, 1, 1), (2, 2, 30), (28, 29, 29)]), [None; 4]);
    }
}
