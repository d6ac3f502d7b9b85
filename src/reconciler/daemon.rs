//! The daemon: keeps every tenant in step, each in a task of its own, for as long as the process lives.
//!
//! Starts, replaces and ends tenants; what a tenant does and when is below. One tenant's trouble, up to a bug that
//! panics, never stops another one.

mod agenda;
mod apart;
mod look;
mod pass;
mod pulse;
mod reading;
mod rights;
mod setback;
mod task;
mod watching;
mod worker;
mod writing;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinHandle;

pub use agenda::Pace;
pub use task::Finished;

use self::pulse::Pulse;
use self::task::Task;
use self::worker::Worker;
use super::queue::Queue;
use super::shared::SharedJournal;
use super::standing::{Board, Event, Standing};
use super::stop::Stop;
use super::tenant::Tenant;
use crate::connectwise::{Options, TicketUse};
use crate::journal::Instance;
use crate::journal::attempt::Timing;
use crate::problem::Problem;

/// Reads the secrets of a tenant anew, so that rotated keys are found; the problem never shows one.
pub type Keys = Arc<dyn Fn(Purpose) -> Result<Options, Problem> + Send + Sync>;

/// What keys are read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Planning: the keys for writing are not even looked at.
    Reading,
    /// Writing.
    Writing,
}

/// Everything that a tenant is kept in step with.
#[derive(Clone)]
pub struct Charge {
    /// The tenant.
    pub tenant: Tenant,
    /// Which ConnectWise it is.
    pub instance: Instance,
    /// Files of this process, such as its journal: that they change is no news.
    pub own_files: Vec<PathBuf>,
    /// How long writes may take.
    pub timing: Timing,
    /// So long after a write a list of ConnectWise may still show what was before.
    pub read_lag: Duration,
    /// How often it looks and passes.
    pub pace: Pace,
    /// A repository that could not be looked at for longer is stale: nothing is written by what is known of it.
    pub stale_after: Duration,
    /// The way to its ConnectWise.
    pub keys: Keys,
    /// Whether the process may write nothing at all.
    pub read_only: bool,
    /// Whether somebody is told by tickets of its ConnectWise.
    pub tickets: TicketUse,
}

/// All tenants of the process.
pub struct Daemon {
    journal: SharedJournal,
    board: Board,
    tasks: BTreeMap<Arc<str>, Running>,
    leaving: BTreeMap<Arc<str>, Leaving>,
}

/// A tenant's task.
struct Running {
    queue: Queue,
    stop: Stop,
    pulse: Pulse,
    handle: JoinHandle<Finished>,
}

/// A tenant that was let go: its task ends, and then it is shown no more, unless it is back by then.
struct Leaving {
    is_back: Arc<AtomicBool>,
    handle: JoinHandle<Finished>,
}

impl Daemon {
    /// A daemon without tenants.
    #[must_use]
    pub fn new(journal: SharedJournal, board: Board) -> Self {
        Self { journal, board, tasks: BTreeMap::new(), leaving: BTreeMap::new() }
    }

    /// Takes a tenant up, or goes on with it as the charge says now. A pass of before is ended first.
    pub fn take_up(&mut self, charge: Charge) {
        let name = Arc::clone(&charge.tenant.name);
        let before = self.tasks.remove(&name);
        if let Some(before) = &before {
            before.stop.request();
        }
        let left = self.leaving.remove(&name).map(|leaving| {
            leaving.is_back.store(true, Ordering::SeqCst);
            leaving.handle
        });
        let queue = before.as_ref().map_or_else(Queue::default, |before| before.queue.clone());
        let stop = Stop::default();
        let worker = self.worker(charge, &stop);
        let pulse = worker.pulse.clone();
        let task = Task { worker, queue: queue.clone(), stop: stop.clone() };
        let handle = tokio::spawn(task.run(before.map(|before| before.handle).or(left)));
        self.tasks.insert(name, Running { queue, stop, pulse, handle });
    }

    /// Lets a tenant go: what it has in flight is finished, and nothing more is begun.
    pub fn let_go(&mut self, tenant: &str) {
        let Some((name, running)) = self.tasks.remove_entry(tenant) else { return };
        running.stop.request();
        let is_back = Arc::new(AtomicBool::new(false));
        let (board, tenant, comes_back) = (self.board.clone(), Arc::clone(&name), Arc::clone(&is_back));
        let handle = tokio::spawn(async move {
            let finished = running.handle.await.unwrap_or(Finished::Cut);
            if !comes_back.load(Ordering::SeqCst) {
                board.remove(&tenant);
            }
            finished
        });
        self.leaving.insert(name, Leaving { is_back, handle });
    }

    /// The queues of all tenants, for those who hear that something happened.
    #[must_use]
    pub fn queues(&self) -> BTreeMap<Arc<str>, Queue> {
        self.tasks.iter().map(|(name, running)| (Arc::clone(name), running.queue.clone())).collect()
    }

    /// Whether every tenant's task shows signs of life. One that ended although nobody asked it to is dead.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.tasks.values().all(|running| running.pulse.is_felt() && !running.handle.is_finished())
    }

    /// Asks every tenant to stop: no new write; the one in flight is finished, or left in doubt.
    pub fn request_stop(&self) {
        for running in self.tasks.values() {
            running.stop.request();
            running.queue.push(Event::Stop);
        }
    }

    /// Waits until every tenant has stopped, also those that were let go, and tells whether a run was cut.
    pub async fn ended(&mut self) -> Finished {
        let running = std::mem::take(&mut self.tasks).into_values().map(|running| running.handle);
        let leaving = std::mem::take(&mut self.leaving).into_values().map(|leaving| leaving.handle);
        let mut finished = Finished::Whole;
        for handle in running.chain(leaving) {
            finished = finished.max(handle.await.unwrap_or(Finished::Cut));
        }
        finished
    }

    /// Makes one pass of each tenant, all at once, and tells how each stands then.
    pub async fn once(&self, charges: Vec<Charge>, stop: &Stop) -> Vec<Standing> {
        let passes = charges.into_iter().map(|charge| {
            let worker = self.worker(charge, stop);
            async move { worker.once().await }
        });
        futures_util::future::join_all(passes).await
    }

    fn worker(&self, charge: Charge, stop: &Stop) -> Worker {
        Worker::new(charge, self.journal.clone(), self.board.clone(), stop.clone(), Timestamp::now())
    }
}

#[cfg(test)]
mod tests;
