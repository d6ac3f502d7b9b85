//! What the journal remembers of a line: our last write, what others did since, and what is still in doubt.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AdditionId, CompanyId, LineKey, Money, Quantity};

/// The remembered lines. Only looked up, never iterated, since its order means nothing.
pub type LineRecords = HashMap<LineKey, LineRecord, FixedState>;

/// What the journal remembers of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRecord {
    /// The addition we last wrote on. `None` while a create is in doubt: there may be none, or one we cannot name yet.
    pub addition: Option<AdditionId>,
    /// The quantity we last verified there, or adopted or saw in step. `None`: never written, only observed in doubt.
    pub last_written: Option<Quantity>,
    /// When.
    pub written_at: Timestamp,
    /// The commit it came from.
    pub commit: Arc<str>,
    /// The terms it was computed by (`desired::terms`): when they differ, the mapping changed, else the usage did.
    pub terms: Arc<str>,
    /// Our verified writes of the last 7 days, oldest first.
    pub recent_writes: Vec<PastWrite>,
    /// When other programs or people changed the quantity after one of our writes, in the last 24 hours.
    pub foreign_changes: Vec<Timestamp>,
    /// A write whose outcome is not known yet.
    pub open_intent: Option<OpenIntent>,
    /// ConnectWise stored another value than the one we wrote last.
    pub diverged: bool,
    /// The hand-set quantity that was adopted, and the desired one it was adopted against.
    pub adopted: Option<Adopted>,
    /// What else it was like when its quantity was last ours. `None`: not remembered.
    pub guarded: Option<Guarded>,
    /// What writes of the last 24 hours were to set that reading showed not to have landed: one may still land.
    pub unlanded: Vec<Quantity>,
}

/// What a line is besides its quantity: whose it is, and what a unit is and costs. When somebody changes one of these,
/// the same quantity may mean something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guarded {
    /// The company that the agreement belongs to.
    pub company: CompanyId,
    /// That company's Company ID, which is a name: its number is what it is known by.
    pub company_identifier: Arc<str>,
    /// The agreement's name.
    pub agreement: Arc<str>,
    /// The product's identifier.
    pub product: Arc<str>,
    /// The unit of measure.
    pub unit: Option<Arc<str>>,
    /// The price of a unit.
    pub unit_price: Option<Money>,
}

/// A verified write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastWrite {
    /// When.
    pub at: Timestamp,
    /// The quantity before.
    pub before: Quantity,
    /// The quantity after.
    pub after: Quantity,
}

/// A write that was sent, or may have been, and is not settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenIntent {
    /// Since when.
    pub since: Timestamp,
    /// When it can be settled by reading.
    pub settles_at: Timestamp,
}

/// A quantity set by hand that the policy `hand_edit: adopt` keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adopted {
    /// What was set by hand.
    pub quantity: Quantity,
    /// What was desired then; once that changes, the line is written again.
    pub against: Quantity,
}

/// The key a record is found by.
impl From<(super::AgreementId, super::ProductId)> for LineKey {
    fn from((agreement, product): (super::AgreementId, super::ProductId)) -> Self {
        Self { agreement, product }
    }
}
