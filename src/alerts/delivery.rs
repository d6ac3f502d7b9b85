//! Delivers notices: a bounded queue and a task for each notifier, so that none waits for another and nobody for them.
//!
//! A failure is logged, counted and reported. Whoever told the notice never waits for that.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::error::{Again, Undelivered};
use super::matter::Key;
use super::notice::Notice;
use super::notifier::Notifier;
use super::owed::{End, Report, Slip, Word};
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
    queues: Vec<(Arc<Notifier>, mpsc::Sender<Parcel>)>,
    tasks: JoinSet<()>,
    /// One follows each notice that was handed on.
    reports: mpsc::UnboundedReceiver<Report>,
    reporting: mpsc::UnboundedSender<Report>,
    deliveries: Deliveries,
}

/// Who is to be told.
pub(super) enum To {
    /// Everyone it concerns.
    Everyone,
    /// Only the one of this name.
    One(Arc<str>),
}

/// A notice on its way, and what it tells.
struct Parcel {
    notice: Notice,
    slip: Slip,
}

/// What a delivering task needs.
struct Courier {
    notifier: Arc<Notifier>,
    parcels: mpsc::Receiver<Parcel>,
    reporting: mpsc::UnboundedSender<Report>,
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
        let (reporting, reports) = mpsc::unbounded_channel();
        for notifier in notifiers {
            let notifier = Arc::new(notifier);
            let (sender, parcels) = mpsc::channel(WAITING);
            queues.push((Arc::clone(&notifier), sender));
            let state = state::beside(state, notifier.name());
            let (pauses, deliveries, stop) = (pauses.to_vec(), deliveries.clone(), stop.clone());
            let reporting = reporting.clone();
            tasks.spawn(Courier { notifier, parcels, reporting, state, pauses, deliveries, stop }.run());
        }
        Self { queues, tasks, reports, reporting, deliveries: deliveries.clone() }
    }

    /// Hands a notice, which says this, to those it concerns; gives what is told whom. Never waits.
    pub(super) fn send(&self, notice: &Notice, words: &[(Key, Word)], to: &To) -> Vec<Slip> {
        let mut slips = Vec::new();
        for (notifier, queue) in &self.queues {
            let name = notifier.name();
            let is_meant = match to {
                To::Everyone => true,
                To::One(only) => only == name,
            };
            let Some(part) = notifier.part_of(notice).filter(|_| is_meant) else { continue };
            let concerns = |(key, _): &&(Key, Word)| key.level() >= notifier.least();
            let slip = Slip {
                notifier: Arc::clone(name),
                tenant: Arc::clone(&notice.tenant),
                delivery: notice.delivery.clone(),
                words: words.iter().filter(concerns).cloned().collect(),
            };
            slips.push(slip.clone());
            if let Err(full) = queue.try_send(Parcel { notice: part, slip }) {
                self.deliveries.count(name, DeliveryResult::Dropped);
                tracing::error!(notifier = %name, tenant = %notice.tenant, "a notice was dropped: too many wait");
                report(&self.reporting, full.into_inner().slip, DeliveryResult::Dropped);
            }
        }
        slips
    }

    /// What came of a delivery, as soon as it is known.
    pub(super) async fn report(&mut self) -> Option<Report> {
        self.reports.recv().await
    }

    /// Lets what is on its way arrive, for a short while; gives what came of it. Nothing is known of the rest.
    pub(super) async fn close(mut self) -> Vec<Report> {
        self.queues.clear();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, all).await.is_err() {
            self.tasks.shutdown().await;
        }
        std::iter::from_fn(|| self.reports.try_recv().ok()).collect()
    }
}

/// Reports an end of a delivery.
fn report(to: &mpsc::UnboundedSender<Report>, slip: Slip, result: DeliveryResult) {
    let end = match result {
        DeliveryResult::Delivered => End::Arrived,
        DeliveryResult::Repeated | DeliveryResult::Failed | DeliveryResult::Dropped => End::GivenUp,
    };
    // Nobody listens any more only once the process is to end; what is owed then is told at the next start.
    let _ = to.send(Report { slip, end });
}

impl Courier {
    async fn run(mut self) {
        while let Some(Parcel { notice, slip }) = self.parcels.recv().await {
            let result = self.deliver(&notice).await;
            self.deliveries.count(self.notifier.name(), result);
            report(&self.reporting, slip, result);
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
