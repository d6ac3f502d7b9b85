//! Whether one more write may begin.
//!
//! Asked before each intent and not once a run: applying many lines takes a while, and by then a stop was requested, a
//! freeze window has opened, the plan is too old, or an operator suspended the tenant. Knows no line.

use jiff::Timestamp;

use super::Halt;
use crate::mapping::Freeze;
use crate::plan::is_frozen_at;
use crate::reconciler::stop::Stop;

/// How long what was approved may be written.
#[derive(Clone, Copy, Debug)]
pub(in crate::reconciler) struct Validity<'r> {
    /// From then on the plan is too old.
    pub(in crate::reconciler) until: Timestamp,
    /// Nothing is written while one of these windows is open.
    pub(in crate::reconciler) freezes: &'r [Freeze],
}

/// What every write has to pass.
pub(super) struct Gate<'r> {
    pub(super) stop: &'r Stop,
    pub(super) validity: Validity<'r>,
    /// Asks whether an operator suspended the tenant.
    pub(super) is_suspended: &'r (dyn Fn() -> bool + Sync),
}

impl Gate<'_> {
    /// Why nothing may begin at that time; `None` when it may.
    pub(super) fn closed(&self, now: Timestamp) -> Option<Halt> {
        let Validity { until, freezes } = self.validity;
        if self.stop.is_requested() {
            Some(Halt::Stopped)
        } else if now >= until {
            Some(Halt::Expired)
        } else if is_frozen_at(freezes, now) {
            Some(Halt::Frozen)
        } else if (self.is_suspended)() {
            Some(Halt::Suspended)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use jiff::{Timestamp, civil::time};

    use super::{Gate, Halt, Validity};
    use crate::mapping::Freeze;
    use crate::reconciler::Stop;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn invoice_run() -> Freeze {
        let (from, to) = (time(6, 0, 0, 0), time(9, 0, 0, 0));
        Freeze { days_of_month: vec![1], from, to, timezone: "Etc/UTC".into() }
    }

    fn gate<'r>(stop: &'r Stop, validity: Validity<'r>) -> Gate<'r> {
        Gate { stop, validity, is_suspended: &|| false }
    }

    #[test]
    fn a_suspension_during_a_run_stops_the_next_write() {
        let (stop, suspended) = (Stop::default(), AtomicBool::new(false));
        let validity = Validity { until: Timestamp::MAX, freezes: &[] };
        let is_suspended = || suspended.load(Ordering::Relaxed);
        let gate = Gate { stop: &stop, validity, is_suspended: &is_suspended };
        let before = gate.closed(at("2026-12-01T06:00:00Z"));

        suspended.store(true, Ordering::Relaxed);

        assert_eq!((before, gate.closed(at("2026-12-01T06:00:00Z"))), (None, Some(Halt::Suspended)));
    }

    #[test]
    fn f4_a_freeze_window_that_opens_during_a_run_stops_the_next_write() {
        let (stop, freezes) = (Stop::default(), [invoice_run()]);
        let gate = gate(&stop, Validity { until: at("2026-12-02T00:00:00Z"), freezes: &freezes });

        assert_eq!(gate.closed(at("2026-12-01T05:59:59Z")), None);
        assert_eq!(gate.closed(at("2026-12-01T06:00:00Z")), Some(Halt::Frozen));
        assert_eq!(gate.closed(at("2026-12-01T09:00:00Z")), None);
    }

    #[test]
    fn a_plan_that_grows_too_old_during_a_run_is_written_no_further() {
        let stop = Stop::default();
        let gate = gate(&stop, Validity { until: at("2026-12-01T06:00:00Z"), freezes: &[] });

        assert_eq!(gate.closed(at("2026-12-01T05:59:59Z")), None);
        assert_eq!(gate.closed(at("2026-12-01T06:00:00Z")), Some(Halt::Expired));
    }

    #[test]
    fn a_request_to_stop_stops_the_next_write() {
        let stop = Stop::default();
        let gate = gate(&stop, Validity { until: Timestamp::MAX, freezes: &[] });
        let before = gate.closed(at("2026-12-01T06:00:00Z"));

        stop.request();

        assert_eq!((before, gate.closed(at("2026-12-01T06:00:00Z"))), (None, Some(Halt::Stopped)));
    }
}
