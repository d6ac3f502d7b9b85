//! What can be the matter with a tenant, each with the key by which it is the same matter tomorrow.
//!
//! Pure. Knows neither when something is told nor how it is worded.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::billing::{LineKey, Money};
use crate::problem::Code;
use crate::reconciler::standing::{Level, Suspension};

/// What a matter is known by, whatever its figures are now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Key {
    /// No pass succeeds.
    Failing,
    /// A commit is refused.
    Refused(Arc<str>),
    /// The repository could not be reached for too long.
    RepositoryStale,
    /// Writes are in doubt for longer than a read needs to settle them.
    InDoubt,
    /// Some lines could not be written.
    Unwritten,
    /// A line bills another quantity than was written.
    Diverged(LineKey),
    /// A line is held for its own sake.
    Line(LineKey),
    /// Lines are held for the sake of the whole run or commit.
    Run(Code),
    /// A usage source is doubted.
    Source(Code, Arc<str>),
    /// A usage source cannot be read.
    Unreadable(Arc<str>),
    /// Nothing is written although the policy would allow it.
    Suspended(SuspendedBy),
    /// Bills are not kept in step, for a reason that is none of the others.
    OtherBad,
    /// Somebody should look, for a reason that is none of the others.
    OtherAttention,
    /// A freeze window opens while money is held or accounts are not billed.
    Freeze(Timestamp),
}

/// Who or what suspends a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SuspendedBy {
    Operator,
    Policy,
    ReadOnly,
    Uncommitted,
    Clock,
}

/// Whether a matter that was told is told again when it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It is told.
    Told,
    /// It just passes.
    Silent,
}

/// A matter as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Matter {
    /// From when on it is worth telling.
    pub(super) from: Timestamp,
    /// Until when it is.
    pub(super) until: Option<Timestamp>,
    /// What is to be told.
    pub(super) fact: Fact,
}

/// What is to be told of a matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    /// No pass succeeds.
    Failing { message: Arc<str>, hint: Option<Arc<str>>, since: Timestamp, failures: u32 },
    /// A commit is refused, for these problems; at most a few are kept.
    Refused { commit: Arc<str>, count: usize, problems: Vec<String> },
    /// The repository could not be reached for too long.
    RepositoryStale { place: Arc<str>, looked_at: Option<Timestamp> },
    /// So many writes are in doubt.
    InDoubt { writes: usize, since: Timestamp },
    /// Some lines could not be written.
    Unwritten,
    /// A line is held.
    Line(HeldLine),
    /// So many lines are held.
    Run { guard: Code, lines: usize, money: Option<Money> },
    /// A source is doubted.
    Source { code: Code, source: Arc<str>, message: String, lines: usize },
    /// A source cannot be read.
    Unreadable(Arc<str>),
    /// Nothing is written.
    Suspended(Suspension),
    /// What the status page says.
    Health(String),
    /// A freeze window opens.
    Freeze(Backlog),
}

/// A held line, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HeldLine {
    /// The line.
    pub(super) key: LineKey,
    /// Why it is held, first of all.
    pub(super) guard: Code,
    /// How it is called: company and product.
    pub(super) name: String,
    /// What it is about, in one sentence.
    pub(super) sentence: String,
    /// The monthly money it keeps back; `None` when unknown.
    pub(super) money: Option<Money>,
}

/// What would be invoiced wrongly if nobody looks before the freeze window opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Backlog {
    /// When the window opens, in its own time zone, for people.
    pub(super) opens: String,
    /// How many lines are held.
    pub(super) held: usize,
    /// The monthly money they keep back; `None` when unknown.
    pub(super) money: Option<Money>,
    /// How many accounts belong to no company.
    pub(super) unlinked: usize,
    /// How many backup plans have no mapping row.
    pub(super) unmapped: usize,
}

impl Key {
    /// How bad it is.
    pub(super) fn level(&self) -> Level {
        match self {
            Self::Failing
            | Self::Refused(_)
            | Self::RepositoryStale
            | Self::InDoubt
            | Self::Unwritten
            | Self::Diverged(_)
            | Self::OtherBad => Level::Bad,
            Self::Line(_)
            | Self::Run(_)
            | Self::Source(..)
            | Self::Unreadable(_)
            | Self::Suspended(_)
            | Self::OtherAttention
            | Self::Freeze(_) => Level::Attention,
        }
    }

    /// Whether its end is told.
    pub(super) fn ending(&self) -> Ending {
        match self {
            Self::Freeze(_) => Ending::Silent,
            Self::Failing
            | Self::Refused(_)
            | Self::RepositoryStale
            | Self::InDoubt
            | Self::Unwritten
            | Self::Diverged(_)
            | Self::Line(_)
            | Self::Run(_)
            | Self::Source(..)
            | Self::Unreadable(_)
            | Self::Suspended(_)
            | Self::OtherBad
            | Self::OtherAttention => Ending::Told,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failing => f.write_str("failing"),
            Self::Refused(commit) => write!(f, "refused:{commit}"),
            Self::RepositoryStale => f.write_str("repository_stale"),
            Self::InDoubt => f.write_str("in_doubt"),
            Self::Unwritten => f.write_str("unwritten"),
            Self::Diverged(_) => f.write_str("diverged"),
            Self::Line(_) => f.write_str("held"),
            Self::Run(guard) => write!(f, "held:{guard}"),
            Self::Source(guard, source) => write!(f, "source:{guard}:{source}"),
            Self::Unreadable(source) => write!(f, "source:unreadable:{source}"),
            Self::Suspended(by) => write!(f, "suspended:{}", by.as_str()),
            Self::OtherBad => f.write_str("health:bad"),
            Self::OtherAttention => f.write_str("health:attention"),
            Self::Freeze(opens) => write!(f, "freeze:{opens}"),
        }
    }
}

impl SuspendedBy {
    /// Who or what it is.
    pub(super) fn of(suspension: &Suspension) -> Self {
        match suspension {
            Suspension::Operator { .. } => Self::Operator,
            Suspension::Policy => Self::Policy,
            Suspension::ReadOnly => Self::ReadOnly,
            Suspension::Uncommitted => Self::Uncommitted,
            Suspension::Clock { .. } => Self::Clock,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Policy => "policy",
            Self::ReadOnly => "read_only",
            Self::Uncommitted => "uncommitted",
            Self::Clock => "clock",
        }
    }
}
