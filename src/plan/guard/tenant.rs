//! The guards of a tenant's configuration and calendar: history, shrinking mappings, loosened limits, freezes.
//!
//! Decides from catalogs, the commit and the clock alone. Knows no line.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::limit;
use crate::mapping::{
    Catalog, Freeze, Guards, Limit, LineGuards, PlanSelector, Row, Service, Subject, utc_day,
};
use crate::plan::release::{Permission, yaml};
use crate::plan::waiver::Waivers;
use crate::plan::{Ancestry, Inputs};
use crate::problem::{Code, Problem, Reason};

/// How many rows a commit may always remove, and which share.
const SHRINK: Limit = Limit { floor: Decimal::from_parts(3, 0, 0, false, 0), percent: Decimal::TEN };

/// What holds every line that would change, because of the commit itself; sorted by code.
pub(in crate::plan) fn of_commit(inputs: &Inputs<'_>, waivers: &Waivers<'_>) -> Vec<Reason> {
    let shrunk = inputs.previous.and_then(|previous| shrunk(previous, inputs.catalog, waivers));
    shrunk.into_iter().chain(left_behind(inputs, waivers)).collect()
}

/// The hold of a commit that removes too many mapping rows; the previous commit is then to stay in force. `None` also
/// where a waiver of the new mappings lets it pass.
#[must_use]
pub fn config_shrink(previous: &Catalog, next: &Catalog, now: Timestamp) -> Option<Reason> {
    let today = utc_day(now);
    let reason = shrunk(previous, next, &Waivers::on(next, today))?;
    let release = yaml(&[Permission::ConfigShrink { rows: removed_rows(previous, next) }], today);
    Some(Reason { release: Some(release), ..reason })
}

fn shrunk(previous: &Catalog, next: &Catalog, waivers: &Waivers<'_>) -> Option<Reason> {
    let removed = removed_rows(previous, next);
    let most = limit(SHRINK, Decimal::from(previous.rows.len()))?;
    (Decimal::from(removed) > most && !waivers.pass_config_shrink(removed)).then(|| {
        let message = format!("the commit removes {removed} of {} mapping rows", previous.rows.len());
        Reason::new(Code::ConfigShrink, message).over(most.normalize().to_string(), removed.to_string())
    })
}

/// The rows of the previous mappings whose subject no row of the next has.
pub(in crate::plan) fn removed_rows(previous: &Catalog, next: &Catalog) -> usize {
    let mut left: HashMap<Identity<'_>, usize, FixedState> = HashMap::default();
    for row in &next.rows {
        *left.entry(identity(row)).or_default() += 1;
    }
    let mut removed = 0;
    for row in &previous.rows {
        match left.get_mut(&identity(row)) {
            Some(count) if *count > 0 => *count -= 1,
            Some(_) | None => removed += 1,
        }
    }
    removed
}

/// What a row is about: source, service, plan (`None` for all), option or metric, and unique id or type.
type Identity<'a> = (&'a str, Service, Option<&'a str>, Option<&'a str>);

fn identity(row: &Row) -> Identity<'_> {
    let (what, which) = match &row.subject {
        Subject::Plan { plan: PlanSelector::All, .. } => (None, None),
        Subject::Plan { plan: PlanSelector::Named(name), .. } => (Some(&**name), None),
        Subject::Seats { option, unique_id, .. } => (Some(&**option), unique_id.as_deref()),
        Subject::Metered { metric, vendor_type, .. } => (Some(&**metric), Some(&**vendor_type)),
    };
    (&row.source, row.service(), what, which)
}

/// History that no longer contains the last applied commit. A waiver names the commit that is left behind, since no
/// commit can contain its own name.
fn left_behind(inputs: &Inputs<'_>, waivers: &Waivers<'_>) -> Option<Reason> {
    match inputs.ancestry {
        Ancestry::Unknown | Ancestry::Descends => None,
        Ancestry::Broken { last_applied } if waivers.pass_history([last_applied, inputs.commit]) => None,
        Ancestry::Broken { last_applied } => {
            let message =
                format!("the commit does not descend from {}, which was applied last", short(last_applied));
            Some(Reason::new(Code::History, message).over(last_applied.to_string(), inputs.commit))
        }
    }
}

/// The same for people, also where no line would change: such a commit is not taken for the applied one.
pub(in crate::plan) fn rewritten(inputs: &Inputs<'_>, waivers: &Waivers<'_>) -> Option<Problem> {
    let reason = left_behind(inputs, waivers)?;
    let Ancestry::Broken { last_applied } = inputs.ancestry else { return None };
    let release = yaml(&[Permission::History { commit: last_applied }], utc_day(inputs.now));
    let problem = Problem::warning(Code::History, short(inputs.commit), reason.message);
    Some(problem.with_hint("if history was rewritten on purpose, commit this waiver").with_release(release))
}

fn short(commit: &str) -> &str {
    commit.get(..7).unwrap_or(commit)
}

/// The problem that a freeze window is for: writes wait, verdicts stay.
pub(in crate::plan) fn frozen(inputs: &Inputs<'_>) -> Option<Problem> {
    let freeze = inputs.catalog.policy.freeze.iter().find(|freeze| is_frozen(freeze, inputs.now))?;
    let to = match freeze.to {
        Time::MAX => "24:00".to_owned(),
        to => to.strftime("%H:%M").to_string(),
    };
    let message = format!("writes wait until {to} in {}", freeze.timezone);
    Some(Problem::warning(Code::Freeze, "policy", message))
}

/// Whether writes wait at that time. Asked again before each write: a window may open while a plan is applied.
#[must_use]
pub fn is_frozen_at(freezes: &[Freeze], now: Timestamp) -> bool {
    freezes.iter().any(|freeze| is_frozen(freeze, now))
}

/// Whether a time lies in a freeze window; its end is exclusive. One whose end is not after its beginning ends on the
/// next day. A time zone that nobody knows freezes: better late than during an invoice run.
fn is_frozen(freeze: &Freeze, now: Timestamp) -> bool {
    let Ok(zone) = TimeZone::get(&freeze.timezone) else { return true };
    let local: DateTime = zone.to_datetime(now);
    let (day, time) = (local.date(), local.time());
    let begins_today = freeze.days_of_month.contains(&day.day());
    if freeze.from < freeze.to {
        return begins_today && freeze.from <= time && time < freeze.to;
    }
    let began_yesterday =
        day.yesterday().is_ok_and(|yesterday| freeze.days_of_month.contains(&yesterday.day()));
    (begins_today && freeze.from <= time) || (began_yesterday && time < freeze.to)
}

/// Which limits the mappings loosen against those that were last applied.
pub(in crate::plan) fn loosened(previous: &Catalog, next: &Catalog) -> Vec<Problem> {
    let (before, after) = (&previous.policy.guards, &next.policy.guards);
    let mut problems: Vec<_> = [looser_lines(&before.line, &after.line), looser_runs(before, after)]
        .concat()
        .into_iter()
        .map(|change| note("policy".to_owned(), &change, next.policy_place.as_ref()))
        .collect();
    let known: HashMap<_, _, FixedState> =
        previous.rows.iter().map(|row| (identity(row), &row.guards)).collect();
    for row in next.rows.iter().filter(|row| row.guards != after.line) {
        let before = known.get(&identity(row)).copied().unwrap_or(&before.line);
        let changes = looser_lines(before, &row.guards);
        problems.extend(
            changes.iter().map(|change| note(format!("level {}", row.level), change, Some(&row.place))),
        );
    }
    problems
}

fn note(subject: String, change: &str, place: Option<&crate::problem::Place>) -> Problem {
    let problem =
        Problem::note(Code::GuardLoosened, subject, format!("a limit is looser than before: {change}"));
    match place {
        Some(place) => problem.at(place.clone()),
        None => problem,
    }
}

fn looser_lines(before: &LineGuards, after: &LineGuards) -> Vec<String> {
    let LineGuards { line_change, line_money } = after;
    let changes = [
        looser("line_change of a decrease", before.line_change.decrease, line_change.decrease),
        looser("line_change of an increase", before.line_change.increase, line_change.increase),
        looser("line_money", before.line_money, *line_money),
    ];
    changes.into_iter().flatten().collect()
}

fn looser_runs(before: &Guards, after: &Guards) -> Vec<String> {
    let Guards { line: _, run_lines, run_money, usage_stale_hours, usage_incomplete } = after;
    let hours = (before.usage_stale_hours < *usage_stale_hours)
        .then(|| format!("usage_stale from {} h to {usage_stale_hours} h", before.usage_stale_hours));
    let incomplete = before.usage_incomplete;
    let fewer = (usage_incomplete.percent < incomplete.percent
        || usage_incomplete.accounts > incomplete.accounts)
        .then(|| {
            let (a, b) = (incomplete.percent.normalize(), usage_incomplete.percent.normalize());
            let (c, d) = (incomplete.accounts, usage_incomplete.accounts);
            format!("usage_incomplete from {a} % and {c} accounts to {b} % and {d} accounts")
        });
    let limits = [
        looser("run_lines", before.run_lines, *run_lines),
        looser("run_money", before.run_money, *run_money),
    ];
    limits.into_iter().flatten().chain(hours).chain(fewer).collect()
}

fn looser(name: &str, before: Limit, after: Limit) -> Option<String> {
    (after.floor > before.floor || after.percent > before.percent).then(|| {
        let shown =
            |limit: Limit| format!("floor {} / {} %", limit.floor.normalize(), limit.percent.normalize());
        format!("{name} from {} to {}", shown(before), shown(after))
    })
}

#[cfg(test)]
pub(in crate::plan) mod tests;
