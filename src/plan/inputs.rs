//! Everything a plan is drawn from, as plain values.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::billing::{LineRecords, View};
use crate::mapping::Catalog;
use crate::problem::Problem;
use crate::usage::{SourceHistory, SourceReading};

/// Everything a plan is drawn from.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// The tenant's name in the settings.
    pub tenant: &'a str,
    /// The commit of the mappings, `SHA+changes` for a working directory with uncommitted edits, or `none`.
    pub commit: &'a str,
    /// The mappings.
    pub catalog: &'a Catalog,
    /// The mappings of the last applied commit, where there is one: for loosened guards.
    pub previous: Option<&'a Catalog>,
    /// How the commit relates to the last applied one.
    pub ancestry: &'a Ancestry,
    /// What reading the mappings found worth telling.
    pub noted: &'a [Problem],
    /// What the usage sources gave.
    pub usage: &'a [SourceReading],
    /// The state of ConnectWise.
    pub view: &'a View,
    /// What the journal remembers.
    pub history: &'a History,
    /// The time the plan is drawn for.
    pub now: Timestamp,
}

/// How the planned commit relates to the last applied one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ancestry {
    /// Nothing was applied yet, or the mappings are no repository: nothing to compare.
    Unknown,
    /// It is the last applied one or descends from it.
    Descends,
    /// It does not: history was rewritten or rolled back, and all lines are held `history`.
    Broken {
        /// The last applied commit.
        last_applied: Arc<str>,
    },
}

/// What the journal remembers.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The recorded snapshots of each source.
    pub sources: BTreeMap<Arc<str>, SourceHistory>,
    /// The lines we wrote or observed.
    pub records: LineRecords,
    /// The last commit that was applied.
    pub last_applied_commit: Option<Arc<str>>,
}
