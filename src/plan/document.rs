//! The plan document, `trueup.plan/1` (documents.md, 4).
//!
//! Fields stand in alphabetical order, because the document sorts its keys and serde writes fields as they stand.

use std::sync::Arc;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::billing::{AdditionId, AgreementId, CompanyId, Guarded, LineKey, Money, ProductId, Quantity};
use crate::desired::Derivation;
use crate::problem::{Code, Problem, Reason};

/// A plan. It borrows names from what it was drawn from, since a plan can have a million lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "trueup plan document")]
pub struct Plan<'a> {
    /// What it was compared with, when only what a commit changes is shown; left out otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<Against<'a>>,
    /// The commit of the mappings.
    pub commit: &'a str,
    /// `sha256:` and hex over everything but itself and `planned_at`.
    pub digest: String,
    /// Always `trueup.plan/1`.
    pub format: &'static str,
    /// One entry a line, sorted by (company identifier, agreement id, product identifier).
    pub lines: Vec<Line<'a>>,
    /// What the journal learns when the plan is applied, although nothing is written; no part of the document.
    #[serde(skip)]
    pub observations: Vec<Observation>,
    /// When it was drawn.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub planned_at: Timestamp,
    /// Problems and notes, sorted.
    pub problems: Vec<Problem>,
    /// The counts and the money.
    pub summary: Summary,
    /// The tenant.
    pub tenant: &'a str,
    /// The usage it was drawn from, sorted by source.
    pub usage: Vec<UsageRef<'a>>,
}

/// The other configuration of a comparison: same usage, same ConnectWise, other mappings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Against<'a> {
    /// What would change or be held anyway, with either configuration.
    pub anyway: Summary,
    /// The commit that was compared with.
    pub commit: &'a str,
    /// Lines that only the other configuration reaches: they are left as they are from then on.
    pub gone: Vec<GoneLine<'a>>,
}

/// A line that a configuration no longer reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GoneLine<'a> {
    /// The agreement.
    pub agreement: AgreementRef<'a>,
    /// The company.
    pub company: CompanyRef<'a>,
    /// What it bills now, and goes on to bill.
    pub current: Option<Quantity>,
    /// The product.
    pub product: ProductRef<'a>,
}

/// A line that is in step, or whose hand-set quantity is adopted: the journal remembers it as if we had written it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The line.
    pub key: LineKey,
    /// The addition it was seen on.
    pub addition: AdditionId,
    /// The quantity it bills.
    pub quantity: Quantity,
    /// The desired quantity that a hand-set one was adopted against; `None` when the line is in step.
    pub adopted_against: Option<Quantity>,
    /// The terms that the desired quantity was computed by.
    pub terms: Arc<str>,
    /// What else it is like.
    pub guarded: Option<Guarded>,
}

/// The counts and the money of a plan. Keeps count whether or not they are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Lines to create.
    pub create: usize,
    /// The monthly money that held changes would move, exact; null when a price or quantity among them is unknown.
    pub held_monthly_delta: Option<Money>,
    /// Lines held.
    pub hold: usize,
    /// Lines already in step.
    pub keep: usize,
    /// The monthly money that creates and updates move, exact; null when a price among them is unknown.
    pub monthly_delta: Option<Money>,
    /// Notes.
    pub notes: usize,
    /// Problems that are no notes.
    pub problems: usize,
    /// Lines to update.
    pub update: usize,
}

/// The usage snapshot a plan was drawn from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UsageRef<'a> {
    /// How many accounts.
    pub accounts: usize,
    /// The time of its figures; null when the source could not be read.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub as_of: Option<Timestamp>,
    /// Whether it is complete.
    pub complete: bool,
    /// The digest of its content; null when the source could not be read.
    pub digest: Option<&'a str>,
    /// The source.
    pub source: &'a str,
}

/// One line of a plan: (agreement, product), with a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Line<'a> {
    /// The addition; null when there is none, or when several are live.
    pub addition: Option<AdditionRef<'a>>,
    /// Products of the same company that must be verified before this line is written: it goes to zero in their favour.
    pub after: Vec<ProductId>,
    /// The agreement.
    pub agreement: AgreementRef<'a>,
    /// Why it changes; null for keeps.
    pub cause: Option<Cause>,
    /// The company.
    pub company: CompanyRef<'a>,
    /// What it bills now; null when there is no single addition or its quantity is null.
    pub current: Option<Quantity>,
    /// Where the number comes from.
    pub derivation: Vec<Derivation<'a>>,
    /// What it should bill; null when the number is in doubt.
    pub desired: Option<Quantity>,
    /// What we last wrote there, where that differs from `current`.
    pub last_written: Option<Quantity>,
    /// The change of the customer's bill a month, exact; null when unknown.
    pub monthly_delta: Option<Money>,
    /// What is worth telling about it.
    #[schemars(with = "Vec<String>")]
    pub notes: Vec<Code>,
    /// What else it is like, for the journal, on lines to write; no part of the document.
    #[serde(skip)]
    pub guarded: Option<Guarded>,
    /// The product.
    pub product: ProductRef<'a>,
    /// Why it is held; empty unless it is.
    pub reasons: Vec<Reason>,
    /// The terms it was computed by, for the journal, on lines to write; no part of the document.
    #[serde(skip)]
    pub terms: Option<Arc<str>>,
    /// The decision.
    pub verdict: Verdict,
}

impl Line<'_> {
    /// What plans, journal and guards key the line on.
    #[must_use]
    pub fn key(&self) -> LineKey {
        LineKey { agreement: self.agreement.id, product: self.product.id }
    }
}

/// The decision about a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Touch nothing and say why.
    Hold,
    /// Set the quantity.
    Update,
    /// Create the addition, inert, then set its quantity.
    Create,
    /// It bills what it should.
    Keep,
}

/// Why a line changes, or would.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// We never wrote it.
    FirstSeen,
    /// The figures changed.
    Usage,
    /// The mappings changed.
    Mapping,
    /// Somebody changed it by hand.
    HandEdit,
    /// Its account is gone or was cancelled.
    AccountGone,
    /// A pin says so.
    Pin,
}

/// The company of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CompanyRef<'a> {
    /// Its number.
    pub id: CompanyId,
    /// Its Company ID.
    pub identifier: &'a str,
    /// Its name.
    pub name: &'a str,
}

/// The agreement of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AgreementRef<'a> {
    /// Its number.
    pub id: AgreementId,
    /// Its name.
    pub name: &'a str,
    /// The name of its type.
    #[serde(rename = "type")]
    pub agreement_type: &'a str,
}

/// The product of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProductRef<'a> {
    /// Its number.
    pub id: ProductId,
    /// Its identifier.
    pub identifier: &'a str,
}

/// The addition of a line, with what its money depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AdditionRef<'a> {
    /// Whether the customer is billed for it.
    pub bill_customer: &'a str,
    /// Its number.
    pub id: AdditionId,
    /// When it was last changed.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub last_updated: Option<Timestamp>,
    /// How many units are free.
    pub less_included: Option<Quantity>,
    /// The price of a unit.
    pub unit_price: Option<Money>,
}
