//! What lines are read and written with, and whether ConnectWise is still within reach.
//!
//! Decides when a run stops asking: keys that are refused are not tried on line after line (a lock-out), and an outage is
//! not walked through line by line, minutes each. Knows nothing of what the lines are.

use std::fmt;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::super::shared::SharedJournal;
use super::super::stop::Stop;
use super::Halt;
use crate::connectwise::{Class, ConnectWise, ConnectWiseError};

/// What a line is driven with.
pub(in crate::reconciler) struct Hands<'h> {
    /// Reads, when asked through `reach`.
    pub(super) connectwise: &'h ConnectWise,
    /// Remembers.
    pub(in crate::reconciler) journal: &'h SharedJournal,
    /// Whether to stop.
    pub(super) stop: &'h Stop,
    /// Whether ConnectWise is asked at all.
    pub(in crate::reconciler) reach: Reach<'h>,
}

impl<'h> Hands<'h> {
    pub(in crate::reconciler) fn new(
        connectwise: &'h ConnectWise,
        journal: &'h SharedJournal,
        stop: &'h Stop,
    ) -> Self {
        Self { connectwise, journal, stop, reach: Reach::new(stop) }
    }
}

/// Whether ConnectWise is within reach of a run, by what its reads came to.
pub(in crate::reconciler) struct Reach<'h> {
    stop: &'h Stop,
    heard: Mutex<Heard>,
}

/// How long a read may still take once a stop was requested: it may be the one that tells what came of a write.
const LAST_READ: Duration = Duration::from_secs(10);

impl<'h> Reach<'h> {
    fn new(stop: &'h Stop) -> Self {
        Self { stop, heard: Mutex::default() }
    }

    /// Why nothing more is asked in this run, if so.
    pub(super) fn lost(&self) -> Option<Halt> {
        self.heard().lost
    }

    /// Asks nothing more.
    pub(in crate::reconciler) fn lose(&self, why: Halt) {
        self.heard().lost = Some(why);
    }

    /// Asks ConnectWise, unless it was lost; not for long once a stop was requested.
    pub(super) async fn ask<T>(
        &self,
        asking: impl Future<Output = Result<T, ConnectWiseError>>,
    ) -> Result<T, Unread> {
        if self.lost().is_some() {
            return Err(Unread::Lost);
        }
        let answer = tokio::select! {
            answer = asking => answer,
            () = self.stopped_long_ago() => {
                self.lose(Halt::Stopped);
                return Err(Unread::Stopped);
            }
        };
        self.heard().hear(answer.as_ref().err());
        answer.map_err(Unread::Failed)
    }

    async fn stopped_long_ago(&self) {
        self.stop.wait().await;
        tokio::time::sleep(LAST_READ).await;
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why something was not read.
#[derive(Debug)]
pub(super) enum Unread {
    /// It was asked for.
    Failed(ConnectWiseError),
    /// It was not, since others failed before it.
    Lost,
    /// It was not waited for, since a stop was requested.
    Stopped,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => error.fmt(f),
            Self::Lost => f.write_str("ConnectWise is asked nothing more in this run"),
            Self::Stopped => f.write_str("a stop was requested before ConnectWise answered"),
        }
    }
}

/// How many reads in a row may fail by what the way or the service is like.
const FAILURES: u8 = 3;

/// What reads came to.
#[derive(Debug, Default)]
struct Heard {
    /// Why the last reads failed, and how many of them in a row.
    failing: Option<(Halt, u8)>,
    lost: Option<Halt>,
}

impl Heard {
    /// Hears what came of a read that was repeated as often as could help.
    fn hear(&mut self, error: Option<&ConnectWiseError>) {
        let Some(error) = error else {
            self.failing = None;
            return;
        };
        match error.class() {
            Class::NotPermitted if is_of_one_record(error) => self.failed(Halt::RightsMissing),
            Class::NotPermitted => self.lost = Some(Halt::CredentialRefused),
            Class::Setup | Class::Throttled { .. } => self.lost = Some(Halt::OutOfReach),
            Class::Passing | Class::Moved if !is_of_one_record(error) => self.failed(Halt::OutOfReach),
            Class::Passing | Class::Moved | Class::Incomplete | Class::Refused | Class::Gone => {}
        }
    }

    /// It failed in a way that a few records may have by themselves, but hardly several in a row.
    fn failed(&mut self, why: Halt) {
        let before = self.failing.filter(|(reason, _)| *reason == why).map_or(0, |(_, times)| times);
        self.failing = Some((why, before + 1));
        if before + 1 >= FAILURES {
            self.lost = Some(why);
        }
    }
}

/// Whether it may well be the record that cannot be read, and others can. A few of those must not keep all lines behind
/// them from being written, pass after pass. What is answered and not understood is of the record in any case.
fn is_of_one_record(error: &ConnectWiseError) -> bool {
    matches!(error, ConnectWiseError::Server { status: 500, .. } | ConnectWiseError::Forbidden { .. })
}

#[cfg(test)]
mod tests {
    use super::{Heard, LAST_READ, Reach, Unread};
    use crate::connectwise::{ConnectWiseError, Resource};
    use crate::reconciler::Stop;
    use crate::reconciler::apply::Halt;

    fn lost(heard: &[Option<ConnectWiseError>]) -> Option<Halt> {
        let mut heard_so_far = Heard::default();
        heard.iter().for_each(|answer| heard_so_far.hear(answer.as_ref()));
        heard_so_far.lost
    }

    fn failed(status: u16) -> Option<ConnectWiseError> {
        Some(ConnectWiseError::Server { resource: Resource::Additions, status, message: String::new() })
    }

    #[test]
    fn keys_that_are_refused_once_are_not_tried_again() {
        let refused = ConnectWiseError::Unauthorized { message: String::new() };
        assert_eq!(lost(&[None, Some(refused)]), Some(Halt::CredentialRefused));
    }

    #[test]
    fn a_record_that_the_member_may_not_see_is_one_record_and_three_in_a_row_are_a_role() {
        let forbidden = || {
            let (resource, message) = (Resource::Additions, String::new());
            Some(ConnectWiseError::Forbidden { resource, message })
        };
        assert_eq!(lost(&[forbidden(), forbidden()]), None);
        assert_eq!(lost(&[forbidden(), None, forbidden(), forbidden()]), None);
        assert_eq!(lost(&[failed(503), failed(503), forbidden()]), None, "an outage is no role");
        assert_eq!(lost(&[forbidden(), forbidden(), forbidden()]), Some(Halt::RightsMissing));
    }

    #[test]
    fn answers_that_are_not_understood_keep_no_others_from_being_written() {
        let odd = || {
            let (resource, what) = (Resource::Additions, "no product".to_owned());
            Some(ConnectWiseError::BadAnswer { resource, what })
        };
        assert_eq!(lost(&[odd(), odd(), odd(), odd()]), None);
    }

    #[test]
    fn whoever_asks_for_fewer_requests_is_asked_no_more() {
        let throttled = ConnectWiseError::Throttled { retry_after: None };
        assert_eq!(lost(&[Some(throttled)]), Some(Halt::OutOfReach));
    }

    #[test]
    fn three_failures_in_a_row_are_an_outage_and_an_answer_between_them_says_that_it_is_none() {
        assert_eq!(lost(&[failed(503), failed(502)]), None);
        assert_eq!(lost(&[failed(503), failed(502), failed(504)]), Some(Halt::OutOfReach));
        assert_eq!(lost(&[failed(503), failed(502), None, failed(504), failed(503)]), None);
    }

    #[test]
    fn records_that_cannot_be_read_one_by_one_keep_no_others_from_being_written() {
        assert_eq!(lost(&[failed(500), failed(500), failed(500), failed(500)]), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_is_not_waited_for_once_a_stop_was_requested_and_none_follows_it() {
        let stop = Stop::default();
        let reach = Reach::new(&stop);
        let begun = tokio::time::Instant::now();

        let never = std::future::pending::<Result<(), ConnectWiseError>>();
        let (unread, ()) = tokio::join!(reach.ask(never), async { stop.request() });
        let next = reach.ask(async { Ok(()) }).await;

        assert!(matches!((&unread, &next), (Err(Unread::Stopped), Err(Unread::Lost))), "{unread:?} {next:?}");
        assert_eq!((begun.elapsed(), reach.lost()), (LAST_READ, Some(Halt::Stopped)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_that_is_answered_soon_after_a_stop_still_counts() {
        let stop = Stop::default();
        let reach = Reach::new(&stop);
        stop.request();

        let answer = async {
            tokio::time::sleep(LAST_READ / 2).await;
            Ok(27)
        };

        assert!(matches!(reach.ask(answer).await, Ok(27)));
        assert_eq!(reach.lost(), None);
    }
}
