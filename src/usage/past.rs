//! What is remembered of earlier snapshots, so that a change of the source can be told from a change of the customer.

use std::sync::Arc;

use jiff::Timestamp;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use super::{Account, AccountKind, Measured, Metric, UsageSnapshot};
use crate::billing::Gigabyte;

/// The recorded snapshots of one source, oldest first, at most one for each `as_of`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceHistory {
    /// The recorded snapshots. At least the last 7 good ones and all after the oldest of these are kept.
    pub snapshots: Vec<PastSnapshot>,
}

/// One recorded snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastSnapshot {
    /// The time its figures are of.
    pub as_of: Timestamp,
    /// What the guards made of it when it was recorded.
    pub verdict: SnapshotVerdict,
    /// Its accounts, sorted by username. Partners are left out.
    pub accounts: Vec<PastAccount>,
}

impl PastSnapshot {
    /// What is to be remembered of a snapshot.
    #[must_use]
    pub fn of(snapshot: &UsageSnapshot, verdict: SnapshotVerdict, gigabyte: Gigabyte) -> Self {
        let billable = snapshot.accounts.iter().filter(|account| account.kind == AccountKind::Account);
        let accounts = billable.map(|account| PastAccount::of(account, gigabyte)).collect();
        Self { as_of: snapshot.as_of, verdict, accounts }
    }
}

impl PastAccount {
    /// What is to be remembered of an account.
    #[must_use]
    pub fn of(account: &Account, gigabyte: Gigabyte) -> Self {
        let used = account.metrics.iter().find(|(metric, _)| *metric == Metric::BackupUsage);
        let used_bytes = match used {
            Some((_, Measured::Size(size))) if account.rejected.is_none() => {
                size.bytes(gigabyte).and_then(|bytes| bytes.floor().to_u64())
            }
            Some((_, Measured::Size(_) | Measured::Count(_))) | None => None,
        };
        Self { username: Arc::clone(&account.username), used_bytes }
    }
}

/// One account of a recorded snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastAccount {
    /// Its username.
    pub username: Arc<str>,
    /// Used bytes, rounded down; `None` when unknown or rejected.
    pub used_bytes: Option<u64>,
}

/// What the source guards made of a snapshot (writes.md, Guards).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotVerdict {
    /// Nothing was held against it.
    Good,
    /// The source itself, or its manifest, said that something is missing: it never counts for anything.
    SaidIncomplete,
    /// Only the count of accounts refused it: it counts for absence and for the median.
    CountRefused,
    /// Only the shift of units refused it: it counts for absence and for the median.
    ShiftRefused,
    /// It was empty, or its time was wrong: it never counts for anything.
    Refused,
}
