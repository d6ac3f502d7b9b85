//! Measured facts: what one source said, at one time, about the accounts it knows.
//!
//! Plain values. Knows neither files nor how a measure becomes a quantity. What a source did not say is absent here,
//! and absent is never zero.

mod account;
mod past;
mod snapshot;

pub use account::{Account, AccountKind, AccountStatus, BackupPlan, Base, Measured, Metric, Rejection, Seat};
pub use past::{PastAccount, PastSnapshot, SnapshotVerdict, SourceHistory};
pub use snapshot::{SourceFailure, SourceReading, UsageSnapshot};
