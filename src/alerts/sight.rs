//! What is the matter with a tenant now, read from its standing.
//!
//! Pure: time is an argument. Decides what is a matter at all and of what it cannot be said that it is over; when it is
//! told is decided elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::Timing;
use super::freeze::next_opening;
use super::held::{Held, Reach, reach};
use super::matter::{Backlog, Fact, Key, Matter, SuspendedBy};
use super::words::outside;
use crate::problem::{Code, Problem};
use crate::reconciler::standing::{Health, Level, PassResult, Planned, Standing};

/// So many problems of a refused commit are told; `trueup validate` has all of them.
const MOST_PROBLEMS: usize = 5;

/// What is the matter with a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sight {
    /// The tenant.
    pub(super) tenant: Arc<str>,
    /// Which ConnectWise it is.
    pub(super) instance: Arc<str>,
    /// How it does, in one sentence.
    pub(super) health: Health,
    /// All that is the matter.
    pub(super) matters: BTreeMap<Key, Matter>,
    /// How much is known: a matter that is not seen is over only if it would be seen.
    pub(super) known: Known,
}

/// How much of a tenant is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// How the last pass ended, if one did.
    pub(super) pass: Option<PassResult>,
    /// What is known of held lines.
    pub(super) lines: Lines,
}

/// What is known of held lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    /// Nothing: no plan was drawn yet.
    Nothing,
    /// How many each guard holds: they are too many to tell one by one.
    Guards,
    /// Each of them.
    Each,
}

impl Known {
    /// Whether a matter that is not seen is over.
    pub(super) fn tells_of(self, key: &Key) -> bool {
        match key {
            Key::Unwritten => self.pass.is_some_and(|pass| pass != PassResult::Failed),
            Key::Failing
            | Key::Refused(_)
            | Key::RepositoryStale
            | Key::InDoubt
            | Key::Suspended(_)
            | Key::OtherBad
            | Key::OtherAttention => self.pass.is_some(),
            Key::Line(_) | Key::Diverged(_) => self.lines == Lines::Each,
            Key::Run(_) | Key::Source(..) | Key::Unreadable(_) => self.lines != Lines::Nothing,
            Key::Freeze(_) => true,
        }
    }
}

/// Reads a standing. `held` is what its plan holds, and `before` what was seen of the tenant last.
pub(super) fn look(
    standing: &Standing,
    held: &Held,
    before: Option<&Sight>,
    timing: &Timing,
    now: Timestamp,
) -> Sight {
    let health = standing.health();
    let mut matters: BTreeMap<Key, Matter> = BTreeMap::new();
    let mut add = |key, fact| {
        matters.insert(key, Matter { from: now, until: None, fact });
    };
    of_passes(standing, timing, &mut add);
    if let Some(planned) = &standing.planned {
        of_sources(standing, planned, held, &mut add);
        of_lines(held, &mut add);
    }
    if let Some(doubt) = doubt(standing, before, timing, now) {
        matters.insert(Key::InDoubt, doubt);
    }
    of_health(standing, &health, &mut matters, now);
    if let Some((key, freeze)) = standing.planned.as_ref().and_then(|planned| freeze(planned, timing, now)) {
        matters.insert(key, freeze);
    }
    let lines = match (&standing.planned, &held.lines) {
        (None, _) => Lines::Nothing,
        (Some(_), None) => Lines::Guards,
        (Some(_), Some(_)) => Lines::Each,
    };
    Sight {
        tenant: Arc::clone(&standing.tenant),
        instance: Arc::clone(&standing.instance),
        health,
        matters,
        known: Known { pass: standing.last_pass.as_ref().map(|pass| pass.result), lines },
    }
}

fn of_passes(standing: &Standing, timing: &Timing, add: &mut impl FnMut(Key, Fact)) {
    if let Some(trouble) = standing.trouble.as_ref().filter(|trouble| trouble.failures >= timing.failures) {
        let (message, hint) = (Arc::clone(&trouble.message), trouble.hint.clone());
        let (since, failures) = (trouble.since, trouble.failures);
        add(Key::Failing, Fact::Failing { message, hint, since, failures });
    }
    if let Some(refused) = &standing.commits.refused {
        let commit = Arc::clone(&refused.commit);
        let problems = refused.problems.iter().take(MOST_PROBLEMS).map(placed).collect();
        let fact = Fact::Refused { commit: Arc::clone(&commit), count: refused.problems.len(), problems };
        add(Key::Refused(commit), fact);
    }
    let repository = &standing.repository;
    if repository.stale {
        let (place, looked_at) = (Arc::clone(&repository.place), repository.looked_at);
        add(Key::RepositoryStale, Fact::RepositoryStale { place, looked_at });
    }
    if standing.last_pass.as_ref().is_some_and(|pass| pass.result == PassResult::Partial) {
        add(Key::Unwritten, Fact::Unwritten);
    }
    if let Some(suspension) = &standing.suspension {
        add(Key::Suspended(SuspendedBy::of(suspension)), Fact::Suspended(suspension.clone()));
    }
}

fn of_sources(standing: &Standing, planned: &Planned, held: &Held, add: &mut impl FnMut(Key, Fact)) {
    for source in standing.sources.iter().filter(|source| source.as_of.is_none()) {
        let source = &source.source;
        add(Key::Unreadable(Arc::clone(source)), Fact::Unreadable(Arc::clone(source)));
    }
    for problem in planned.problems.iter().filter(|problem| reach(problem.code) == Reach::Source) {
        let lines = held.guards.get(&problem.code).map_or(0, |sum| sum.lines);
        let (code, source) = (problem.code, Arc::from(problem.subject.as_str()));
        let key = Key::Source(code, Arc::clone(&source));
        add(key, Fact::Source { code, source, message: problem.message.clone(), lines });
    }
}

fn of_lines(held: &Held, add: &mut impl FnMut(Key, Fact)) {
    for line in held.lines.iter().flatten() {
        let key = if line.guard == Code::Diverged { Key::Diverged(line.key) } else { Key::Line(line.key) };
        add(key, Fact::Line(line.clone()));
    }
    for (guard, sum) in &held.guards {
        let by_itself = match reach(*guard) {
            Reach::Run => true,
            Reach::Line => held.lines.is_none(),
            Reach::Source | Reach::Write => false,
        };
        if by_itself {
            add(Key::Run(*guard), Fact::Run { guard: *guard, lines: sum.lines, money: sum.money });
        }
    }
}

/// A problem in one line, with its place.
fn placed(problem: &Problem) -> String {
    let place = problem.place.as_ref().map(|place| format!("{}:{}: ", outside(&place.file), place.line));
    let subject = if problem.subject.is_empty() { String::new() } else { format!("{}: ", problem.subject) };
    let said = outside(&format!("{subject}{}", problem.message));
    format!("{}{said} ({})", place.unwrap_or_default(), problem.code)
}

/// Writes in doubt are settled by reading; only those that stay in doubt for longer are told.
fn doubt(standing: &Standing, before: Option<&Sight>, timing: &Timing, now: Timestamp) -> Option<Matter> {
    let writes = standing.in_doubt;
    let began = before.and_then(|before| {
        let Fact::InDoubt { since, .. } = before.matters.get(&Key::InDoubt)?.fact else { return None };
        Some(since)
    });
    let since = began.unwrap_or(now);
    let from = since.checked_add(timing.doubt).unwrap_or(Timestamp::MAX);
    (writes > 0).then_some(Matter { from, until: None, fact: Fact::InDoubt { writes, since } })
}

/// What the status page says, where nothing else explains it: no bad news may be missing here because it is new.
fn of_health(standing: &Standing, health: &Health, matters: &mut BTreeMap<Key, Matter>, now: Timestamp) {
    let explained = |level: Level| matters.keys().any(|key| key.level() == level);
    let waits = standing.trouble.is_some() || standing.in_doubt > 0;
    let key = match health.level {
        Level::Bad if !waits && !explained(Level::Bad) => Key::OtherBad,
        Level::Attention if !explained(Level::Attention) && !explained(Level::Bad) => Key::OtherAttention,
        Level::Bad | Level::Attention | Level::Starting | Level::Good => return,
    };
    matters.insert(key, Matter { from: now, until: None, fact: Fact::Health(health.sentence.clone()) });
}

/// The freeze window that opens next, if something should be looked at before.
fn freeze(planned: &Planned, timing: &Timing, now: Timestamp) -> Option<(Key, Matter)> {
    let freezes = &planned.observation.local.mappings.catalog.policy.freeze;
    let opening = next_opening(freezes, now)?;
    let count = |code| planned.problems.iter().filter(|problem| problem.code == code).count();
    let backlog = Backlog {
        opens: opening.shown,
        held: planned.summary.hold,
        money: planned.summary.held_monthly_delta,
        unlinked: count(Code::UnlinkedAccount),
        unmapped: count(Code::UnmappedPlan),
    };
    let empty = backlog.held == 0 && backlog.unlinked == 0 && backlog.unmapped == 0;
    let from = opening.at.checked_sub(timing.lead).unwrap_or(Timestamp::MIN);
    let matter = Matter { from, until: Some(opening.at), fact: Fact::Freeze(backlog) };
    (!empty).then_some((Key::Freeze(opening.at), matter))
}

#[cfg(test)]
mod tests;
