//! The nouns of a write: what is meant, what may have come of it, and what did.
//!
//! Plain values, shared by the protocol (`attempt`) and the store. Knows neither how a write is sent nor how it is
//! kept.

use std::fmt;
use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::billing::{AdditionId, Guarded, LineKey, Quantity};

/// The number of a run: one application of one plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub i64);

/// The number of an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IntentId(pub i64);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for IntentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A write that is about to be sent. Its commit is the run's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The line.
    #[serde(flatten)]
    pub line: LineKey,
    /// The company's Company ID, for people; its number is the agreement's business.
    pub company: Arc<str>,
    /// The product's identifier, for people.
    pub product_identifier: Arc<str>,
    /// What is to be done.
    pub action: Action,
    /// The terms the desired quantity was computed by.
    pub terms: Arc<str>,
    /// What else the line was like when its plan was drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guarded: Option<Guarded>,
    /// Which attempt of the plan this is, from 1.
    pub attempt: u32,
    /// When it was meant. The send-by time counts from here.
    pub at: Timestamp,
    /// From when on reading tells for sure what came of it (`Timing::settles_at`).
    pub settles_at: Timestamp,
}

/// What is to be done to a line.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Set the quantity of an addition.
    Set {
        /// The addition.
        addition: AdditionId,
        /// The quantity that was read just before.
        before: Quantity,
        /// The quantity to set.
        after: Quantity,
        /// When ConnectWise last changed the addition, as read just before: a later time means somebody wrote.
        last_updated: Option<Timestamp>,
    },
    /// Add an inert line: it is created with quantity 0, and a SET of its own brings it to `quantity`.
    Create {
        /// The quantity it is to get in the end.
        quantity: Quantity,
        /// Its first day.
        effective: Date,
        /// The additions that the agreement had just before, whatever their product: one that is not among them is new.
        known: Vec<AdditionId>,
    },
}

/// What came of an intent. Every outcome closes it; a doubt does not, and is therefore none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing was sent.
    NotSent(NotSent),
    /// ConnectWise refused it for sure.
    Refused {
        /// The HTTP status.
        status: u16,
        /// What ConnectWise said, cut short.
        message: String,
    },
    /// The quantity stands, read back.
    Applied,
    /// The inert addition stands.
    Created {
        /// Its number.
        addition: AdditionId,
    },
    /// It was sent, or may have been, and reading after the settle time shows that it did nothing and never will.
    NotApplied,
    /// ConnectWise stored something else than it was told to.
    Diverged {
        /// The addition it was seen on.
        addition: AdditionId,
        /// The quantity it shows.
        seen: Option<Quantity>,
        /// The fields that are not as they should be, sorted.
        fields: Vec<Field>,
    },
    /// After a doubt the addition was neither as before nor as meant: somebody else changed it.
    Drift {
        /// The quantity it shows.
        seen: Option<Quantity>,
    },
    /// The addition is gone.
    Gone,
    /// After a doubt two or more new additions match. All are at quantity 0, so nobody is billed.
    Ambiguous {
        /// Their numbers, sorted.
        additions: Vec<AdditionId>,
    },
}

/// Why nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotSent {
    /// The send-by time had passed when the intent was durable: the re-read is too old to trust.
    SendByPassed,
    /// A stop was requested.
    StopRequested,
    /// The connection failed before a byte was written.
    NoByteWritten,
}

/// A field of an addition that a write of `quantity` must leave, or must set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Its quantity.
    Quantity,
    /// How many units are free.
    LessIncluded,
    /// The price of a unit.
    UnitPrice,
    /// Whether the customer is billed.
    BillCustomer,
    /// Its first day.
    Effective,
    /// The day from which it no longer runs.
    Cancelled,
}

impl Field {
    /// The field in words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Quantity => "its quantity",
            Self::LessIncluded => "its Less Included",
            Self::UnitPrice => "its price",
            Self::BillCustomer => "whether the customer is billed",
            Self::Effective => "its first day",
            Self::Cancelled => "the day from which it no longer runs",
        }
    }
}

/// An intent that is not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Its number.
    pub id: IntentId,
    /// The run it belongs to.
    pub run: RunId,
    /// What was meant.
    pub intent: Intent,
    /// From when on reading tells for sure what came of it: as meant, or later when the answer came to be in doubt
    /// later.
    pub settles_at: Timestamp,
    /// Why its outcome is in doubt. `None`: it was in flight when the process ended, or is now.
    pub doubt: Option<String>,
}
