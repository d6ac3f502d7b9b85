//! Everything one source said at one time.

use std::sync::Arc;

use jiff::Timestamp;

use super::Account;
use crate::problem::Problem;

/// A usage snapshot, as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageSnapshot {
    /// The source's name in the settings.
    pub source: Arc<str>,
    /// The time its figures are of.
    pub as_of: Timestamp,
    /// Whether the source says, or its manifest proves, that nothing is missing. Without either it is taken as
    /// complete, and the count guards may still refuse it.
    pub complete: bool,
    /// Its accounts, sorted by username, one each.
    pub accounts: Vec<Account>,
    /// Whether the source reports seats at all.
    pub reports_seats: bool,
    /// `sha256:` and hex of the content, whatever the order of files, rows and columns.
    pub digest: String,
    /// What was odd about it: merged rows, rejected accounts, and the like.
    pub problems: Vec<Problem>,
}

/// Why a source gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFailure {
    /// The source's name in the settings.
    pub source: Arc<str>,
    /// What was wrong, one problem or more.
    pub problems: Vec<Problem>,
    /// The files that the problems point into and their texts, for excerpts.
    pub texts: Vec<(Arc<str>, String)>,
}

/// What became of reading one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceReading {
    /// It could be read.
    Read(UsageSnapshot),
    /// It could not: its lines are held `usage_incomplete`.
    Failed(SourceFailure),
}

impl SourceReading {
    /// The source's name.
    #[must_use]
    pub fn source(&self) -> &Arc<str> {
        match self {
            Self::Read(snapshot) => &snapshot.source,
            Self::Failed(failure) => &failure.source,
        }
    }
}
