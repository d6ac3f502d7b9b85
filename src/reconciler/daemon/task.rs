//! The task of a tenant: steps when something is due, and waits until then.
//!
//! Holds the real clock and the real waits; everything else is driven by them, and by tests with a clock of their own.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::Timestamp;
use tokio::task::JoinHandle;

use super::watching;
use super::worker::{Step, Worker};
use crate::reconciler::{Queue, Stop};
use crate::snapshot::Watch;

/// Even where nothing is due, suspensions are looked for so often, and a clock that jumped is noticed.
const BEAT: Duration = Duration::from_secs(2);

/// How a tenant's task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finished {
    /// Nothing was under way.
    Whole,
    /// A run was cut: lines of it were not tried, or are in doubt.
    Cut,
}

/// The task of a tenant.
pub(super) struct Task {
    pub(super) worker: Worker,
    pub(super) queue: Queue,
    pub(super) stop: Stop,
}

impl Task {
    /// Runs until a stop is requested. What ran for the tenant before ends first: one pass at a time.
    pub(super) async fn run(mut self, before: Option<JoinHandle<Finished>>) -> Finished {
        if let Some(before) = before {
            // Its own stop was requested; how it ended is its own affair.
            let _ = before.await;
        }
        let mut watch = watching::watch(&self.worker.charge);
        while !self.stop.is_requested() {
            let now = Timestamp::now();
            for event in self.queue.take() {
                self.worker.happened(event, now);
            }
            if let Step::Idle(until) = guarded(&mut self.worker, now).await {
                self.rest(now, until, &mut watch).await;
            }
        }
        self.worker.finished()
    }

    async fn rest(&mut self, now: Timestamp, until: Timestamp, watch: &mut Watch) {
        let left = Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO);
        tokio::select! {
            () = watch.changed() => self.worker.look_soon(Timestamp::now()),
            () = tokio::time::sleep(left.min(BEAT)) => {}
            () = self.queue.arrived() => {}
            () = self.stop.wait() => {}
        }
    }
}

/// Steps, and turns a panic into a failure of this tenant alone: it is told, and waited for like any other.
pub(super) async fn guarded(worker: &mut Worker, now: Timestamp) -> Step {
    match AssertUnwindSafe(worker.step(now)).catch_unwind().await {
        Ok(step) => step,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
            worker.panicked(text, now);
            Step::Done
        }
    }
}
