//! Tells people when a tenant's standing changes: what happened, what it means for bills, what to do.
//!
//! Reads the board and nothing else, and is read by nobody: whatever happens to a notice, a pass neither waits for it
//! nor learns of it. The same matter is told once while it lasts, at most once a day when it comes and goes, and once
//! when it is over. What was told is kept in a small file, so that a restart does not tell it again. Who could not be
//! reached is told later, while it is so.

mod delivery;
mod error;
mod freeze;
mod held;
mod mail;
mod matter;
mod memory;
mod notice;
mod notifier;
mod owed;
mod sight;
mod slack;
mod state;
mod teams;
mod ticket;
mod watch;
mod webhook;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

pub use delivery::{Counts, Deliveries, DeliveryResult};
pub use error::{Again, NotifierError, Undelivered};
pub use notifier::{Channel, MailOptions, MailSecurity, Notifier};
pub use ticket::ReadOptions;

use delivery::{Outbox, To};
use held::Held;
use memory::Memory;
use notice::Notice;
use watch::Watch;

use crate::reconciler::Stop;
use crate::reconciler::standing::{Board, Planned, Standing};

/// The longest sleep: the machine's clock may be set, or stand still with a sleeping machine.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Who is told, and how.
#[derive(Debug)]
pub struct Options {
    /// Who is told.
    pub notifiers: Vec<Notifier>,
    /// The file that keeps what was told: `<journal>.alerts.json`. Each ticket notifier has one of its own beside it.
    pub state: PathBuf,
    /// The address of the status page, for "where to look"; without one only the command is named.
    pub page: Option<String>,
    /// When things are told.
    pub timing: Timing,
    /// Counts what came of deliveries, for who embeds the alerts. Each is in the log too.
    pub deliveries: Deliveries,
}

/// When things are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Changes of one tenant within this time are told together.
    pub grouping: SignedDuration,
    /// The same matter is not told again within this time.
    pub quiet: SignedDuration,
    /// What did not arrive is sent again after this time, while it is so.
    pub again: SignedDuration,
    /// A write in doubt is told after this time. By then a read has settled most of them.
    pub doubt: SignedDuration,
    /// So many passes fail in a row before it is told.
    pub failures: u32,
    /// How long before a freeze window opens the backlog is told.
    pub lead: SignedDuration,
    /// The pauses between the attempts to deliver a notice.
    pub pauses: Vec<Duration>,
}

impl Default for Timing {
    /// 30 seconds, a day, an hour, 10 minutes (twice the settle time), 3 passes, a day; and attempts over three quarters of an
    /// hour, so that a notice outlives the outage that it may be about.
    fn default() -> Self {
        Self {
            grouping: SignedDuration::from_secs(30),
            quiet: SignedDuration::from_hours(24),
            again: SignedDuration::from_hours(1),
            doubt: SignedDuration::from_mins(10),
            failures: 3,
            lead: SignedDuration::from_hours(24),
            pauses: [5, 30, 120, 600, 1_800].map(Duration::from_secs).to_vec(),
        }
    }
}

/// Watches the board and tells, until a stop is requested.
pub async fn run(board: Board, options: Options, stop: Stop) {
    run_by(board, options, stop, Timestamp::now).await;
}

/// Sends a notice that says nothing but that notices arrive, by one attempt.
///
/// # Errors
///
/// Why it did not arrive.
pub async fn send_test(notifier: &Notifier, tenant: &str, state: &Path) -> Result<(), Undelivered> {
    let notice = Notice::test(tenant, Timestamp::now());
    notifier.deliver(&notice, &state::beside(state, notifier.name())).await
}

async fn run_by(board: Board, options: Options, stop: Stop, clock: impl Fn() -> Timestamp) {
    let Options { notifiers, state, page, timing, deliveries } = options;
    let mut outbox = Outbox::start(notifiers, &state, &timing.pauses, &deliveries, &stop);
    let mut watcher = Watcher {
        watch: Watch::new(timing.clone(), remembered(state.clone(), clock()).await),
        timing,
        held: BTreeMap::new(),
    };
    let mut changes = board.subscribe();
    changes.mark_changed();
    loop {
        let sleep = watcher.sleep(clock());
        let mut news = News::None;
        tokio::select! {
            () = stop.wait() => break,
            // It ends with an error only when the board is gone, and this holds one.
            _ = changes.changed() => {
                watcher.look(&board.standings(), clock()).await;
            }
            Some(report) = outbox.report() => {
                watcher.watch.ended(&report, clock());
                news = News::Some;
            }
            () = tokio::time::sleep(sleep) => {}
        }
        if watcher.tell(&outbox, page.as_deref(), clock()) == News::Some {
            news = News::Some;
        }
        if news == News::Some {
            // After it was handed on: what is lost between the two is told once more instead of never.
            remember(state.clone(), watcher.watch.memory()).await;
        }
    }
    let now = clock();
    for report in outbox.close().await {
        watcher.watch.ended(&report, now);
    }
    remember(state, watcher.watch.memory()).await;
}

/// Whether there is something to remember.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    None,
    Some,
}

/// What is seen of the board.
struct Watcher {
    watch: Watch,
    timing: Timing,
    /// What the last plan of each tenant holds, so that a plan is drawn again once.
    held: BTreeMap<Arc<str>, (Arc<Planned>, Arc<Held>)>,
}

impl Watcher {
    async fn look(&mut self, standings: &[Arc<Standing>], now: Timestamp) {
        let is_gone = |tenant: &&Arc<str>| !standings.iter().any(|standing| standing.tenant == **tenant);
        let gone: Vec<Arc<str>> = self.watch.tenants().filter(is_gone).cloned().collect();
        for tenant in gone {
            self.watch.forget(&tenant);
            self.held.remove(&tenant);
        }
        for standing in standings {
            let held = self.held(standing).await;
            let before = self.watch.seen(&standing.tenant);
            let sight = sight::look(standing, &held, before, &self.timing, now);
            self.watch.look(sight, now);
        }
    }

    /// Hands on what is to be told now, and once more what did not arrive.
    fn tell(&mut self, outbox: &Outbox, page: Option<&str>, now: Timestamp) -> News {
        let mut news = News::None;
        let tellings = self.watch.due(now).into_iter().map(|telling| (To::Everyone, telling));
        let tellings: Vec<_> = tellings.collect();
        let repeats = self.watch.repeats(now).into_iter().map(|(name, telling)| (To::One(name), telling));
        for (to, telling) in tellings.into_iter().chain(repeats.collect::<Vec<_>>()) {
            news = News::Some;
            let words = telling.words();
            let notice = Notice::new(telling, page, now);
            tracing::info!(tenant = %notice.tenant, items = notice.items.len(), "a notice is told: {}", notice.title());
            for slip in outbox.send(&notice, &words, &to) {
                self.watch.sent(&slip);
            }
        }
        news
    }

    /// What the tenant's plan holds. Drawing it may take a while, so it is done beside.
    async fn held(&mut self, standing: &Standing) -> Arc<Held> {
        let Some(planned) = &standing.planned else { return Arc::default() };
        if let Some((of, held)) = self.held.get(&standing.tenant)
            && Arc::ptr_eq(of, planned)
        {
            return Arc::clone(held);
        }
        let held = match planned.summary.hold {
            0 => Held { lines: Some(Vec::new()), ..Held::default() },
            _ => {
                let planned = Arc::clone(planned);
                let drawn = tokio::task::spawn_blocking(move || Held::of(&planned.plan())).await;
                drawn.unwrap_or_default()
            }
        };
        let held = Arc::new(held);
        self.held.insert(Arc::clone(&standing.tenant), (Arc::clone(planned), Arc::clone(&held)));
        held
    }

    /// How long nothing is to be done if the board stays as it is.
    fn sleep(&self, now: Timestamp) -> Duration {
        let Some(next) = self.watch.next() else { return LONGEST_SLEEP };
        Duration::try_from(next.duration_since(now)).unwrap_or(Duration::ZERO).min(LONGEST_SLEEP)
    }
}

/// What was told before the restart.
async fn remembered(file: PathBuf, now: Timestamp) -> Memory {
    let shown = file.display().to_string();
    let read = tokio::task::spawn_blocking(move || state::read(&file)).await;
    let lost = |why: String| {
        tracing::warn!(file = shown, why, "what was told before cannot be read, so it may be told once more");
        Memory::default()
    };
    match read {
        Ok(Ok(None)) => Memory::default(),
        Ok(Ok(Some(bytes))) => Memory::from_json(&bytes, now).unwrap_or_else(|error| lost(error.to_string())),
        Ok(Err(error)) => lost(error.to_string()),
        Err(error) => lost(error.to_string()),
    }
}

async fn remember(file: PathBuf, memory: &Memory) {
    let (shown, bytes) = (file.display().to_string(), memory.to_json());
    let written = tokio::task::spawn_blocking(move || state::write(&file, &bytes)).await;
    if let Ok(Err(error)) = written {
        tracing::warn!(file = shown, %error, "what was told cannot be kept, so a restart may tell it once more");
    }
}

#[cfg(test)]
mod tests;
