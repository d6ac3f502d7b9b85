//! What earlier snapshots say about a source: which of them count, how many accounts are usual, which is the yardstick.
//!
//! After three snapshots in a row that only one guard refused, that guard judges the fourth against these: the source
//! has changed, and three times is no accident.

use std::cmp::Ordering;

use crate::billing::{Gigabyte, Size};
use crate::usage::{
    Account, AccountKind, Measured, Metric, PastAccount, PastSnapshot, SnapshotVerdict, SourceHistory,
    UsageSnapshot,
};

/// How many refusals in a row make the refused figures the usual ones.
const IN_A_ROW: usize = 3;

/// How many snapshots make the usual number of accounts.
const USUAL: usize = 7;

/// The earlier snapshots that count, oldest first.
pub(super) struct Counted<'h> {
    snapshots: Vec<&'h PastSnapshot>,
}

/// A median, doubled, so that it stays whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Median {
    pub(super) twice: usize,
}

impl<'h> Counted<'h> {
    /// Those before a snapshot, and one of the same time that says something else: it is not judged against itself.
    pub(super) fn before(history: &'h SourceHistory, snapshot: &UsageSnapshot, gigabyte: Gigabyte) -> Self {
        let is_other = |past: &PastSnapshot| match past.as_of.cmp(&snapshot.as_of) {
            Ordering::Less => true,
            Ordering::Equal => remembered(snapshot, gigabyte, past.verdict) != *past,
            Ordering::Greater => false,
        };
        let counts = |past: &&PastSnapshot| counts(past.verdict) && is_other(past);
        let mut snapshots: Vec<_> = history.snapshots.iter().filter(counts).collect();
        snapshots.sort_by_key(|past| past.as_of);
        Self { snapshots }
    }

    /// Whether there were accounts, or nothing is known: then an empty snapshot is no proof that there are none.
    pub(super) fn had_accounts(&self) -> bool {
        self.snapshots.is_empty() || self.snapshots.iter().any(|past| !past.accounts.is_empty())
    }

    /// The usual number of accounts.
    pub(super) fn median_of_accounts(&self) -> Option<Median> {
        let refused = self.refused_in_a_row(SnapshotVerdict::CountRefused);
        let taken = if refused >= IN_A_ROW { refused.min(USUAL) } else { USUAL };
        let from = self.snapshots.len().saturating_sub(taken);
        let mut counts: Vec<_> = self.snapshots[from..].iter().map(|past| past.accounts.len()).collect();
        counts.sort_unstable();
        let middle = counts.len().checked_sub(1)? / 2;
        Some(Median { twice: counts[middle] + counts[counts.len() / 2] })
    }

    /// The snapshot whose unit is trusted: the last good one.
    pub(super) fn yardstick(&self) -> Option<&'h PastSnapshot> {
        if self.refused_in_a_row(SnapshotVerdict::ShiftRefused) >= IN_A_ROW {
            return self.snapshots.last().copied();
        }
        self.snapshots.iter().rev().find(|past| past.verdict == SnapshotVerdict::Good).copied()
    }

    fn refused_in_a_row(&self, verdict: SnapshotVerdict) -> usize {
        self.snapshots.iter().rev().take_while(|past| past.verdict == verdict).count()
    }
}

/// Whether a snapshot counts for absence, for the median and as a yardstick.
fn counts(verdict: SnapshotVerdict) -> bool {
    match verdict {
        SnapshotVerdict::Good | SnapshotVerdict::CountRefused | SnapshotVerdict::ShiftRefused => true,
        SnapshotVerdict::SaidIncomplete | SnapshotVerdict::Refused => false,
    }
}

/// Whether a snapshot's time can be trusted.
pub(super) fn has_sound_time(verdict: SnapshotVerdict) -> bool {
    match verdict {
        SnapshotVerdict::Good
        | SnapshotVerdict::CountRefused
        | SnapshotVerdict::ShiftRefused
        | SnapshotVerdict::SaidIncomplete => true,
        SnapshotVerdict::Refused => false,
    }
}

/// What is to be remembered of a snapshot: its accounts without resellers, sorted, with whole used bytes.
#[must_use]
pub fn remembered(snapshot: &UsageSnapshot, gigabyte: Gigabyte, verdict: SnapshotVerdict) -> PastSnapshot {
    let customers = snapshot.accounts.iter().filter(|account| account.kind == AccountKind::Account);
    let remember = |account: &Account| PastAccount {
        username: account.username.clone(),
        used_bytes: used_bytes(account, gigabyte),
    };
    let mut accounts: Vec<_> = customers.map(remember).collect();
    accounts.sort_by(|a, b| a.username.cmp(&b.username));
    PastSnapshot { as_of: snapshot.as_of, verdict, accounts }
}

/// The used bytes of an account, rounded down; `None` when unknown or rejected.
pub(super) fn used_bytes(account: &Account, gigabyte: Gigabyte) -> Option<u64> {
    if account.rejected.is_some() {
        return None;
    }
    let used = account.metrics.iter().find(|(metric, _)| *metric == Metric::BackupUsage);
    let size: Size = match used.map(|(_, measured)| *measured)? {
        Measured::Size(size) => size,
        Measured::Count(_) => return None,
    };
    size.bytes(gigabyte)?.floor().try_into().ok()
}
