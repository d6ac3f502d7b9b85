//! The guards of a usage source: is what it says fresh, whole, and in the unit it used to be in?
//!
//! Decides what a snapshot may do, and how it is to be remembered. Knows no line: lines ask by the sources they
//! depend on.

mod past;
mod shift;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use past::{Counted, Median};

pub use past::remembered;

use super::super::Inputs;
use super::super::waiver::Waivers;
use crate::mapping::IncompleteLimit;
use crate::problem::{Code, Problem, Reason};
use crate::usage::{AccountKind, SnapshotVerdict, SourceHistory, SourceReading, UsageSnapshot};

/// How far a source's clock may run ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// What the guards make of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceVerdict<'a> {
    /// The source.
    pub source: &'a str,
    /// How its snapshot is to be remembered; `None` when it could not be read.
    pub verdict: Option<SnapshotVerdict>,
    /// What it is held for, sorted by code. A waived guard holds nothing.
    pub reasons: Vec<Reason>,
}

/// What a hold of a source reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan) enum Scope {
    /// Every line that would change.
    Everything,
    /// Decreases and creates; what is more than before may go on.
    DecreasesAndCreates,
}

/// What the guards make of one source, for lines.
#[derive(Debug)]
pub(in crate::plan) struct SourceGuard<'a> {
    pub(in crate::plan) source: &'a str,
    pub(in crate::plan) verdict: Option<SnapshotVerdict>,
    pub(in crate::plan) holds: Vec<(Scope, Reason)>,
    pub(in crate::plan) note: Option<Problem>,
}

impl SourceGuard<'_> {
    /// The holds as problems of the plan.
    pub(in crate::plan) fn problems(&self) -> impl Iterator<Item = Problem> {
        let holds = self
            .holds
            .iter()
            .map(|(_, reason)| Problem::warning(reason.code, self.source, reason.message.clone()));
        holds.chain(self.note.clone())
    }
}

/// What the source guards say of every source, sorted by source.
#[must_use]
pub fn source_verdicts<'a>(inputs: &Inputs<'a>) -> Vec<SourceVerdict<'a>> {
    let waivers = Waivers::on(inputs.catalog, crate::mapping::utc_day(inputs.now));
    let verdict = |guard: SourceGuard<'a>| SourceVerdict {
        source: guard.source,
        verdict: guard.verdict,
        reasons: guard.holds.into_iter().map(|(_, reason)| reason).collect(),
    };
    judge(inputs, &waivers).into_iter().map(verdict).collect()
}

/// Judges every source.
pub(in crate::plan) fn judge<'a>(inputs: &Inputs<'a>, waivers: &Waivers<'a>) -> Vec<SourceGuard<'a>> {
    let mut guards: Vec<_> = inputs.usage.iter().map(|reading| judge_one(inputs, waivers, reading)).collect();
    guards.sort_by_key(|guard| guard.source);
    guards
}

fn judge_one<'a>(inputs: &Inputs<'a>, waivers: &Waivers<'a>, reading: &'a SourceReading) -> SourceGuard<'a> {
    let unknown = SourceHistory::default();
    match reading {
        SourceReading::Failed(failure) => {
            let message = format!("usage source {} could not be read", failure.source);
            let reason = Reason::new(Code::UsageIncomplete, message);
            let holds = vec![(Scope::Everything, reason)];
            SourceGuard { source: &failure.source, verdict: None, holds, note: None }
        }
        SourceReading::Read(snapshot) => {
            let history = inputs.history.sources.get(&snapshot.source).unwrap_or(&unknown);
            judge_snapshot(inputs, waivers, snapshot, history)
        }
    }
}

fn judge_snapshot<'a>(
    inputs: &Inputs<'a>,
    waivers: &Waivers<'a>,
    snapshot: &'a UsageSnapshot,
    history: &SourceHistory,
) -> SourceGuard<'a> {
    let guards = &inputs.catalog.policy.guards;
    let past = Counted::before(history, snapshot, inputs.catalog.policy.gigabyte);
    let accounts = accounts(snapshot);
    let time = wrong_time(snapshot, history, inputs.now);
    let age = too_old(snapshot, guards.usage_stale_hours, inputs.now);
    let empty = (accounts == 0 && past.had_accounts()).then(|| nobody(snapshot));
    let said = (!snapshot.complete).then(|| said_incomplete(snapshot));
    let few = empty.is_none().then(|| too_few(snapshot, accounts, &past, guards.usage_incomplete)).flatten();
    let shift = shift::judge(snapshot, &past, inputs.catalog.policy.gigabyte);
    let shifted = shift.reason.filter(|_| !waivers.pass_unit_shift(&snapshot.source));
    let verdict = match (&time, &empty, &said, &few, &shifted) {
        (Some(_), ..) | (_, Some(_), ..) => SnapshotVerdict::Refused,
        (None, None, Some(_), ..) => SnapshotVerdict::SaidIncomplete,
        (None, None, None, Some(_), Some(_)) => SnapshotVerdict::Refused,
        (None, None, None, Some(_), None) => SnapshotVerdict::CountRefused,
        (None, None, None, None, Some(_)) => SnapshotVerdict::ShiftRefused,
        (None, None, None, None, None) => SnapshotVerdict::Good,
    };
    let everything = |reason: Option<Reason>| reason.map(|reason| (Scope::Everything, reason));
    let lower = |reason: Option<Reason>| reason.map(|reason| (Scope::DecreasesAndCreates, reason));
    let holds = [everything(time.or(age)), lower(said.or(few)), everything(empty), everything(shifted)];
    SourceGuard {
        source: &snapshot.source,
        verdict: Some(verdict),
        holds: holds.into_iter().flatten().collect(),
        note: shift.note,
    }
}

/// The accounts that could be billed; resellers are not counted.
fn accounts(snapshot: &UsageSnapshot) -> usize {
    snapshot.accounts.iter().filter(|account| account.kind == AccountKind::Account).count()
}

/// A time that went backwards or lies in the future. Snapshots whose own time was wrong are no measure; those that
/// said that they are incomplete are, since increases were written from them.
fn wrong_time(snapshot: &UsageSnapshot, history: &SourceHistory, now: Timestamp) -> Option<Reason> {
    let latest =
        history.snapshots.iter().filter(|past| past::has_sound_time(past.verdict)).map(|past| past.as_of);
    let (source, as_of) = (&snapshot.source, snapshot.as_of);
    if as_of.duration_since(now) > AHEAD {
        let message = format!("usage of {source} is dated {as_of}, in the future");
        return Some(Reason::new(Code::UsageStale, message));
    }
    let latest = latest.max().filter(|latest| as_of < *latest)?;
    let message = format!("usage of {source} went back from {latest} to {as_of}");
    Some(Reason::new(Code::UsageStale, message))
}

/// Figures that are too old. Their time is still true, so this alone is no verdict to remember.
fn too_old(snapshot: &UsageSnapshot, hours: u32, now: Timestamp) -> Option<Reason> {
    let age = now.duration_since(snapshot.as_of);
    (age > SignedDuration::from_hours(hours.into())).then(|| {
        let message =
            format!("usage of {} is of {}, more than {hours} h ago", snapshot.source, snapshot.as_of);
        Reason::new(Code::UsageStale, message).over(format!("{hours} h"), format!("{} h", age.as_hours()))
    })
}

fn nobody(snapshot: &UsageSnapshot) -> Reason {
    let message = format!("usage of {} has no accounts at all", snapshot.source);
    Reason::new(Code::UsageEmpty, message).over("1 account", "0")
}

fn said_incomplete(snapshot: &UsageSnapshot) -> Reason {
    let message = format!("{} says that its usage is incomplete", snapshot.source);
    Reason::new(Code::UsageIncomplete, message)
}

/// Fewer accounts than usual: fewer than the percentage, and by at least so many.
fn too_few(
    snapshot: &UsageSnapshot,
    accounts: usize,
    past: &Counted<'_>,
    limit: IncompleteLimit,
) -> Option<Reason> {
    let median: Median = past.median_of_accounts()?;
    let usual = Decimal::from(median.twice) / Decimal::TWO;
    let now = Decimal::from(accounts);
    let missing = usual - now;
    let share = usual.checked_mul(limit.percent)? / Decimal::ONE_HUNDRED;
    (now < share && missing >= Decimal::from(limit.accounts)).then(|| {
        let (percent, usual) = (limit.percent.normalize(), usual.normalize());
        let message = format!("usage of {} has {accounts} accounts where {usual} are usual", snapshot.source);
        Reason::new(Code::UsageIncomplete, message)
            .over(format!("{percent} % of {usual} accounts"), accounts.to_string())
    })
}

#[cfg(test)]
mod tests;
