//! One run: what was written, from what to what, and what came of it.

use askama::Template;

use super::Frame;
use super::words::{Badge, When, encoded, shown, tenant_href};
use crate::billing::Quantity;
use crate::journal::{HistoryEntry, HistoryFilter, Journal, Outcome, RunId, RunResult};
use crate::plan::words::{grouped, short_commit};
use crate::reconciler::standing::{PassResult, Standing};
use crate::web::login::Visitor;
use crate::web::routes::Site;

/// More than these are in `trueup history`.
const WRITES: usize = 500;

/// A run among others.
pub(super) struct RunView {
    pub(super) href: String,
    pub(super) id: i64,
    pub(super) began: When,
    pub(super) commit: String,
    pub(super) badge: Badge,
}

/// The page of a run.
#[derive(Template)]
#[template(path = "run.html", config = "src/web/askama.toml")]
pub(super) struct RunPage {
    frame: Frame,
    id: i64,
    commit: String,
    plan: String,
    began: When,
    ended: Option<When>,
    badge: Badge,
    writes: Vec<Write>,
    more: usize,
}

/// One write of the past.
pub(super) struct Write {
    pub(super) at: When,
    pub(super) company: String,
    pub(super) product: String,
    pub(super) href: String,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) badge: Badge,
    pub(super) commit: String,
    pub(super) run: i64,
    pub(super) run_href: String,
}

pub(super) fn page(site: &Site, visitor: &Visitor, standing: &Standing, run: i64) -> Option<RunPage> {
    let now = (site.clock)();
    let id = RunId(run);
    let reader = Journal::read(&site.journal).ok().flatten()?;
    let run = reader.run(&standing.tenant, id).ok().flatten()?;
    let filter = HistoryFilter { run: Some(id), ..HistoryFilter::default() };
    let entries = reader.history(&standing.tenant, filter).ok()?;
    Some(RunPage {
        frame: Frame::new(format!("Run {id}"), visitor).of(standing).at(format!("Run {id}")),
        id: id.0,
        commit: shown(short_commit(&run.commit)),
        plan: shown(&run.plan),
        began: When::new(run.began_at, now),
        ended: run.ended.map(|(at, _)| When::new(at, now)),
        badge: outcome(run.ended.map(|(_, result)| result)),
        writes: entries.iter().take(WRITES).map(|entry| write(entry, &standing.tenant, now)).collect(),
        more: entries.len().saturating_sub(WRITES),
    })
}

pub(super) fn write(entry: &HistoryEntry, tenant: &str, now: jiff::Timestamp) -> Write {
    let (before, after) = entry.quantities();
    let number = |quantity: Option<Quantity>| {
        quantity.map_or_else(|| "·".to_owned(), |quantity| grouped(quantity.value()))
    };
    let (company, product) = (&entry.intent.company, &entry.intent.product_identifier);
    let href = tenant_href(tenant);
    Write {
        at: When::new(entry.intent.at, now),
        company: shown(company),
        product: shown(product),
        href: format!(
            "{href}/line/{}/{}?agreement={}",
            encoded(company),
            encoded(product),
            entry.intent.line.agreement
        ),
        before: number(before),
        after: number(Some(after)),
        badge: came_of(entry),
        commit: shown(short_commit(&entry.commit)),
        run: entry.run.0,
        run_href: format!("{href}/runs/{}", entry.run),
    }
}

/// What came of a write.
fn came_of(entry: &HistoryEntry) -> Badge {
    let word = entry.outcome();
    match entry.settled.as_ref().map(|(_, outcome)| outcome) {
        None => Badge::new("?", word, "warn"),
        Some(Outcome::Applied | Outcome::Created { .. }) => Badge::new("✓", word, "good"),
        Some(Outcome::NotSent(_) | Outcome::NotApplied) => Badge::new("–", word, "calm"),
        Some(
            Outcome::Refused { .. }
            | Outcome::Diverged { .. }
            | Outcome::Drift { .. }
            | Outcome::Gone
            | Outcome::Ambiguous { .. },
        ) => Badge::new("✕", word, "bad"),
    }
}

/// How a run ended.
pub(super) fn outcome(result: Option<RunResult>) -> Badge {
    match result {
        None => Badge::new("…", "under way", "calm"),
        Some(RunResult::Verified) => Badge::new("✓", "all verified", "good"),
        Some(RunResult::Held) => Badge::new("✓", "verified, others held", "good"),
        Some(RunResult::Frozen) => Badge::new("–", "frozen, nothing written", "calm"),
        Some(RunResult::Refused) => Badge::new("✕", "refused, nothing written", "bad"),
        Some(RunResult::Partial) => Badge::new("!", "partly applied", "warn"),
        Some(RunResult::Failed) => Badge::new("✕", "failed", "bad"),
        Some(RunResult::Interrupted) => Badge::new("!", "interrupted", "warn"),
    }
}

/// How a pass ended, in words.
pub(super) fn pass_words(result: PassResult) -> &'static str {
    match result {
        PassResult::InStep => "every line is in step",
        PassResult::Planned => "changes are planned and were not written",
        PassResult::Applied => "every change was written and verified",
        PassResult::Held => "some lines are held, the others are in step",
        PassResult::Partial => "some lines could not be written",
        PassResult::Failed => "nothing could be planned",
    }
}
