//! What an attempt came to, for the report of the run.
//!
//! The journal has been told already; this is for the caller and for people.

use jiff::Timestamp;

use super::super::intent::{Field, NotSent};
use crate::billing::{AdditionId, Quantity};

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Conclusion {
    /// The desired quantity stands, read back.
    Applied {
        /// The addition.
        addition: AdditionId,
        /// The quantity.
        after: Quantity,
    },
    /// The desired quantity stood already: nothing was sent.
    AlreadyThere {
        /// The addition.
        addition: AdditionId,
        /// The quantity.
        after: Quantity,
    },
    /// A recovered create stands, inert: the next plan brings it to its quantity.
    Created {
        /// The addition.
        addition: AdditionId,
    },
    /// The line is not what the plan was drawn against: left out, nothing sent (`concurrent_change`).
    Stale(Stale),
    /// It could not be read: left out, nothing sent (`view_incomplete`).
    Unreadable {
        /// What went wrong.
        message: String,
    },
    /// Nothing was sent.
    NotSent(NotSent),
    /// ConnectWise refused the write for sure.
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it said.
        message: String,
    },
    /// It was sent, did nothing and never will.
    NotApplied,
    /// ConnectWise stored something else (`diverged`): held.
    Diverged {
        /// The addition.
        addition: AdditionId,
        /// The quantity it shows.
        seen: Option<Quantity>,
        /// The fields that are not as they should be.
        fields: Vec<Field>,
    },
    /// After a doubt the addition was neither as before nor as meant: held.
    Drift {
        /// The quantity it shows.
        seen: Option<Quantity>,
    },
    /// After a doubt the addition was gone: held.
    Gone,
    /// After a doubt several new additions match, all at 0 (`ambiguous_addition`): held.
    Ambiguous {
        /// Their numbers.
        additions: Vec<AdditionId>,
    },
    /// It is not known yet what came of it (`in_doubt`): the line is left alone until then.
    InDoubt {
        /// Why.
        message: String,
        /// When reading tells for sure.
        settles_at: Timestamp,
    },
}

/// How a line differs from what the plan was drawn against.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Stale {
    /// The addition has another quantity, or none.
    Quantity {
        /// What the plan was drawn against.
        planned: Quantity,
        /// What it is.
        seen: Option<Quantity>,
    },
    /// The addition is gone.
    Gone,
    /// The addition was cancelled.
    Cancelled,
    /// The addition stands on another agreement or bills another product now.
    Moved,
    /// The agreement on which one was to be created runs no more, or is gone.
    AgreementEnded,
    /// The agreement on which one was to be created is another company's now.
    AgreementMoved,
    /// There are additions of the product already, where one was to be created.
    Exists(Vec<AdditionId>),
}

impl Conclusion {
    /// Whether the desired quantity stands for sure.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        match self {
            Self::Applied { .. } | Self::AlreadyThere { .. } => true,
            Self::Created { .. }
            | Self::Stale(_)
            | Self::Unreadable { .. }
            | Self::NotSent(_)
            | Self::Refused { .. }
            | Self::NotApplied
            | Self::Diverged { .. }
            | Self::Drift { .. }
            | Self::Gone
            | Self::Ambiguous { .. }
            | Self::InDoubt { .. } => false,
        }
    }

    /// Whether it means that the credential may not write: no more writes for the tenant.
    #[must_use]
    pub fn stops_tenant(&self) -> bool {
        matches!(self, Self::Refused { status: 401 | 403, .. })
    }
}
