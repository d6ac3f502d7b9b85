//! How a tenant stands, as the daemon knows it: the one value that the status page, the metrics, the alerts and the logs
//! are made of.
//!
//! Plain values, published after every step of a tenant, so that whoever shows them never waits for a pass. Says what
//! is; what is shown of it, and to whom, is decided elsewhere.

mod board;
mod health;
mod tally;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

pub use board::Board;
pub use health::{Health, Level};
pub use tally::{Tally, WriteKind, WriteResult};

use super::{Observation, Tenant};
use crate::billing::Money;
use crate::mapping::Mode;
use crate::plan::{Plan, Summary};
use crate::problem::{Code, Problem};

/// How one tenant stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The tenant.
    pub tenant: Arc<str>,
    /// Which ConnectWise it is, such as `examplemsp at https://api-na.myconnectwise.net`.
    pub instance: Arc<str>,
    /// What its policy lets the daemon do. The default until mappings were read.
    pub mode: Mode,
    /// When the daemon took the tenant up.
    pub since: Timestamp,
    /// Why nothing is written although the policy would allow it.
    pub suspension: Option<Suspension>,
    /// Where its mappings come from, and when they were last looked for.
    pub repository: RepositoryStanding,
    /// The commits it is about.
    pub commits: Commits,
    /// Its usage sources, by name.
    pub sources: Vec<SourceStanding>,
    /// The last pass that ended.
    pub last_pass: Option<Pass>,
    /// When each phase last succeeded. A phase that is not here never did since the daemon started.
    pub last_success: BTreeMap<Phase, Timestamp>,
    /// What keeps the tenant from a good pass now.
    pub trouble: Option<Trouble>,
    /// The last plan and all it was drawn from.
    pub planned: Option<Arc<Planned>>,
    /// Writes of which it is not known yet what came of them.
    pub in_doubt: usize,
    /// When the next pass is due by the timer or by a back-off.
    pub next_pass_at: Option<Timestamp>,
    /// What was counted since the daemon started.
    pub tally: Tally,
}

/// The steps of a pass. Each can fail alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Looking for commits and fetching them.
    Fetch,
    /// Reading the mappings of the commit.
    Mappings,
    /// Reading the usage sources.
    Usage,
    /// Reading ConnectWise.
    Read,
    /// Drawing the plan.
    Plan,
    /// Writing the changes.
    Apply,
}

impl Phase {
    /// All of them, in the order they are gone through.
    pub const ALL: [Self; 6] =
        [Self::Fetch, Self::Mappings, Self::Usage, Self::Read, Self::Plan, Self::Apply];

    /// The word it is shown by.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Mappings => "mappings",
            Self::Usage => "usage",
            Self::Read => "read",
            Self::Plan => "plan",
            Self::Apply => "apply",
        }
    }
}

/// Why nothing is written although the policy would allow it. Planning goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suspension {
    /// An operator said so, by `trueup suspend`.
    Operator {
        /// When.
        since: Timestamp,
        /// Why, in the operator's words; empty when none were given.
        reason: Arc<str>,
    },
    /// The mappings say so, by `suspend: true` in the policy.
    Policy,
    /// The daemon runs with `TRUEUP_READ_ONLY=1`.
    ReadOnly,
    /// The mappings are no clean commit: a working directory with uncommitted edits, or a folder without git.
    Uncommitted,
    /// This machine's clock and that of ConnectWise differ so much that no time can be relied on.
    Clock {
        /// How far ConnectWise is ahead; negative when it is behind.
        ahead: SignedDuration,
    },
}

/// Where the mappings come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepositoryStanding {
    /// Its address without credentials, or its path.
    pub place: Arc<str>,
    /// When it was last looked at with success.
    pub looked_at: Option<Timestamp>,
    /// Whether it could not be looked at for so long that nothing is written by what is known of it.
    pub stale: bool,
}

/// The commits a tenant is about. `SHA+changes` and `none` stand for a working directory, as in the plan document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commits {
    /// The newest one on the branch.
    pub seen: Option<Marked>,
    /// The one the last plan was drawn by.
    pub planned: Option<Marked>,
    /// The one that was applied last, wholly or in part.
    pub applied: Option<Arc<str>>,
    /// The newest one, when it was refused: the one before stays in force.
    pub refused: Option<Refused>,
}

/// A commit and a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// The commit.
    pub commit: Arc<str>,
    /// When.
    pub at: Timestamp,
}

/// A commit that is not used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The commit.
    pub commit: Arc<str>,
    /// Since when it is known.
    pub since: Timestamp,
    /// Everything that is wrong with it.
    pub problems: Arc<[Problem]>,
}

/// A usage source as it was last read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceStanding {
    /// The source.
    pub source: Arc<str>,
    /// The time its figures are of. `None`: it could not be read.
    pub as_of: Option<Timestamp>,
    /// How many accounts it has.
    pub accounts: usize,
    /// Whether it is complete.
    pub complete: bool,
}

/// What started a pass. The set is closed: whatever happens is one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// The branch has another commit, or the working directory changed.
    Commit,
    /// A usage file changed.
    UsageArrived,
    /// The timer: a full drift pass, or another try after a failure.
    Timer,
    /// A forge said that something was pushed.
    Hook,
    /// ConnectWise said that something changed.
    Callback,
    /// The process is to end.
    Stop,
}

impl Event {
    /// The word it is shown by.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::UsageArrived => "usage",
            Self::Timer => "timer",
            Self::Hook => "hook",
            Self::Callback => "callback",
            Self::Stop => "stop",
        }
    }
}

/// One pass that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Its number since the daemon started, from 1.
    pub number: u64,
    /// What started it; several events may have come together.
    pub causes: Vec<Event>,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How it ended.
    pub result: PassResult,
    /// How many lines it wrote.
    pub written: usize,
}

/// How a pass ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PassResult {
    /// Every line is in step.
    InStep,
    /// Changes are there and were not written: the mode is `observe`, or the tenant is suspended.
    Planned,
    /// Every change that may be written was written and verified.
    Applied,
    /// Some lines are held; everything else is in step or was written.
    Held,
    /// Some writes failed, were stale or are in doubt.
    Partial,
    /// Nothing could be planned, or the journal could not be written.
    Failed,
}

impl PassResult {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::InStep, Self::Planned, Self::Applied, Self::Held, Self::Partial, Self::Failed];

    /// The word it is shown by.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InStep => "in_step",
            Self::Planned => "planned",
            Self::Applied => "applied",
            Self::Held => "held",
            Self::Partial => "partial",
            Self::Failed => "failed",
        }
    }
}

/// What keeps a tenant from a good pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The step that failed.
    pub phase: Phase,
    /// The stable code, where there is one.
    pub code: Option<Code>,
    /// What happened, in one sentence. Never holds a secret.
    pub message: Arc<str>,
    /// What to do.
    pub hint: Option<Arc<str>>,
    /// Since when passes fail.
    pub since: Timestamp,
    /// How many failed one after the other.
    pub failures: u32,
}

/// The last plan, with all it was drawn from.
#[derive(Debug)]
pub struct Planned {
    /// When.
    pub at: Timestamp,
    /// The tenant as it was then.
    pub tenant: Tenant,
    /// Everything that was read. The plan is drawn from it again when somebody looks: the same inputs give the same
    /// bytes, and the lines of a plan cost more memory than what they are drawn from.
    pub observation: Observation,
    /// Its counts and its money.
    pub summary: Summary,
    /// Its digest.
    pub digest: Arc<str>,
    /// What should be known: problems and notes.
    pub problems: Vec<Problem>,
    /// The monthly money that each guard holds; `None` when an amount among them is unknown.
    pub held_value: BTreeMap<Code, Option<Money>>,
}

impl Planned {
    /// The plan, drawn again.
    #[must_use]
    pub fn plan(&self) -> Plan<'_> {
        self.observation.plan(&self.tenant, self.at)
    }
}
