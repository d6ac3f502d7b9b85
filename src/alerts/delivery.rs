//! Delivers notices: a bounded queue and a task for each notifier, so that none waits for another and nobody for them.
//!
//! A failure is logged and counted. It never reaches whoever told the notice.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::error::{Again, Undelivered};
use super::notice::Notice;
use super::notifier::Notifier;
use super::state;
use crate::reconciler::Stop;

/// So many notices wait for one notifier. Each is about one tenant, and a tenant tells little a day.
const WAITING: usize = 64;
/// How long one attempt may take at most, whatever the way's own time-outs add up to.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(120);
/// How long deliveries may go on once the process is to end.
const GRACE: Duration = Duration::from_secs(5);

/// What came of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryResult {
    /// It arrived.
    Delivered,
    /// One attempt failed, and another follows.
    Repeated,
    /// It did not arrive, and is not tried again.
    Failed,
    /// Too many wait for this notifier, or the process ended.
    Dropped,
}

impl DeliveryResult {
    /// The word it is shown by.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Repeated => "repeated",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }
}

/// How many deliveries of each notifier came to what.
pub type Counts = BTreeMap<(Arc<str>, DeliveryResult), u64>;

/// What came of deliveries, by notifier, since the daemon started. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Deliveries {
    counts: Arc<Mutex<Counts>>,
}

impl Deliveries {
    /// The counts as they are.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn count(&self, notifier: &Arc<str>, result: DeliveryResult) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((Arc::clone(notifier), result)).or_default() += 1;
    }
}

/// The ways out, each with its queue.
pub(super) struct Outbox {
    queues: Vec<(Arc<Notifier>, mpsc::Sender<Notice>)>,
    tasks: JoinSet<()>,
    deliveries: Deliveries,
}

/// What a delivering task needs.
struct Courier {
    notifier: Arc<Notifier>,
    notices: mpsc::Receiver<Notice>,
    /// Where the way keeps what it has to remember.
    state: PathBuf,
    /// The pauses between attempts; one attempt more than these is made.
    pauses: Vec<Duration>,
    deliveries: Deliveries,
    stop: Stop,
}

impl Outbox {
    /// Starts a task for each notifier.
    pub(super) fn start(
        notifiers: Vec<Notifier>,
        state: &std::path::Path,
        pauses: &[Duration],
        deliveries: &Deliveries,
        stop: &Stop,
    ) -> Self {
        let mut tasks = JoinSet::new();
        let mut queues = Vec::with_capacity(notifiers.len());
        for notifier in notifiers {
            let notifier = Arc::new(notifier);
            let (sender, notices) = mpsc::channel(WAITING);
            queues.push((Arc::clone(&notifier), sender));
            let state = state::beside(state, notifier.name());
            let (pauses, deliveries, stop) = (pauses.to_vec(), deliveries.clone(), stop.clone());
            tasks.spawn(Courier { notifier, notices, state, pauses, deliveries, stop }.run());
        }
        Self { queues, tasks, deliveries: deliveries.clone() }
    }

    /// Hands a notice to everyone it concerns. Never waits.
    pub(super) fn send(&self, notice: &Notice) {
        for (notifier, queue) in &self.queues {
            let Some(part) = notifier.part_of(notice) else { continue };
            if queue.try_send(part).is_err() {
                self.deliveries.count(notifier.name(), DeliveryResult::Dropped);
                tracing::error!(notifier = %notifier.name(), tenant = %notice.tenant, "a notice was dropped: too many wait");
            }
        }
    }

    /// Lets what is on its way arrive, for a short while.
    pub(super) async fn close(mut self) {
        self.queues.clear();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, all).await.is_err() {
            self.tasks.shutdown().await;
        }
    }
}

impl Courier {
    async fn run(mut self) {
        while let Some(notice) = self.notices.recv().await {
            let result = self.deliver(&notice).await;
            self.deliveries.count(self.notifier.name(), result);
        }
    }

    /// Delivers a notice, in as many attempts as it takes and is allowed.
    async fn deliver(&self, notice: &Notice) -> DeliveryResult {
        let (name, tenant) = (self.notifier.name(), &notice.tenant);
        for pause in self.pauses.iter().map(Some).chain([None]) {
            let Undelivered { why, again } = match self.attempt(notice).await {
                Ok(()) => return DeliveryResult::Delivered,
                Err(undelivered) => undelivered,
            };
            let Some(pause) = pause.filter(|_| again == Again::Useful) else {
                tracing::error!(notifier = %name, %tenant, why, "a notice did not arrive");
                return DeliveryResult::Failed;
            };
            tracing::warn!(notifier = %name, %tenant, why, "a notice did not arrive yet");
            self.deliveries.count(name, DeliveryResult::Repeated);
            tokio::select! {
                () = tokio::time::sleep(*pause) => {}
                () = self.stop.wait() => {
                    tracing::error!(notifier = %name, %tenant, why, "a notice was dropped: the process ends");
                    return DeliveryResult::Dropped;
                }
            }
        }
        DeliveryResult::Failed
    }

    async fn attempt(&self, notice: &Notice) -> Result<(), Undelivered> {
        let delivery = self.notifier.deliver(notice, &self.state);
        tokio::time::timeout(LONGEST_ATTEMPT, delivery)
            .await
            .unwrap_or_else(|_| Err(Undelivered::for_now("the attempt took too long")))
    }
}
