//! The nouns of the desired state.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::billing::{
    Addition, Agreement, Company, CrossReferenceId, LineKey, LineRecords, ProductId, Quantity, View,
};
use crate::mapping::{Catalog, Row, UsageValue};
use crate::problem::{Code, Problem, Reason};
use crate::usage::{SourceHistory, SourceReading};

/// Everything the desired state is computed from.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// The mappings of the commit.
    pub catalog: &'a Catalog,
    /// What the usage sources gave, one reading each.
    pub usage: &'a [SourceReading],
    /// The state of ConnectWise.
    pub view: &'a View,
    /// The recorded snapshots of each source, for confirming absences.
    pub past: &'a BTreeMap<Arc<str>, SourceHistory>,
    /// The lines we wrote.
    pub records: &'a LineRecords,
    /// The day, in UTC.
    pub today: Date,
}

/// The desired state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desired<'a> {
    /// One entry a reached line, sorted by (company identifier, agreement id, product identifier), bytewise.
    pub lines: Vec<DesiredLine<'a>>,
    /// Accounts, levels and rows that could not be resolved, and notes.
    pub problems: Vec<Problem>,
}

/// What one line should bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredLine<'a> {
    /// Whose line it is.
    pub company: &'a Company,
    /// The agreement it stands on, or would.
    pub agreement: &'a Agreement,
    /// The name of the agreement's type.
    pub agreement_type: &'a str,
    /// The product's number.
    pub product: ProductId,
    /// The product's identifier.
    pub product_identifier: &'a str,
    /// The addition as it is.
    pub addition: Found<'a>,
    /// The types whose cross-references reach the line, sorted, each once; none where the accounts of a line that may
    /// go have a figure that is counted nowhere, since then no sister line takes over.
    pub types: Vec<&'a str>,
    /// The sources it depends on, sorted, each once. Source guards hold it by these.
    pub sources: Vec<&'a str>,
    /// Whether and why somebody wants it.
    pub want: Want,
    /// The computed number; `None` when the number itself is in doubt.
    pub desired: Option<Quantity>,
    /// The largest `decimals` of its contributions: a finer number is not sane.
    pub scale: u32,
    /// Where the number comes from, sorted by (source, account, type, mapping place).
    pub derivation: Vec<Derivation<'a>>,
    /// Why it must be left alone, whatever the guards say. Sorted by code, each code once.
    pub reasons: Vec<Reason>,
    /// What is worth telling about it, sorted, each once.
    pub notes: Vec<Code>,
    /// The row whose line guards apply: the strictest contribution's; `None` falls back to the policy's.
    pub row: Option<&'a Row>,
}

impl DesiredLine<'_> {
    /// What plans, journal and guards key the line on.
    #[must_use]
    pub fn key(&self) -> LineKey {
        LineKey { agreement: self.agreement.id, product: self.product }
    }
}

/// The live additions of a product on an agreement (billing.md, Resolution 7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// None is live.
    Nothing,
    /// Exactly one: the line.
    One(&'a Addition),
    /// Several: held `ambiguous_addition`.
    Several(Vec<&'a Addition>),
}

/// Whether and why a line is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// At least one account wants it.
    Wanted,
    /// No account does, and every account that may matter was resolved; `desired` is 0.
    Undesired(Why),
    /// It cannot be told, because some account was not resolved; `reasons` say which.
    Unresolved,
}

/// Why nobody wants a line any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its accounts were resolved to other lines: plan, level, product or link changed. Sister lines may take over.
    Moved,
    /// Its accounts were cancelled.
    Cancelled,
    /// Its accounts are gone from the source. Until that is confirmed the line carries the reason `account_absent`.
    Absent,
}

/// How one account's figure becomes part of a quantity: every number explains itself (promise 6).
///
/// Fields stand in the order of the plan document, which sorts its keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Derivation<'a> {
    /// The account's username.
    pub account: &'a str,
    /// The base plan size in bytes, where it was subtracted.
    #[schemars(with = "Option<Quantity>")]
    pub base_bytes: Option<Decimal>,
    /// The cross-reference in ConnectWise; null when git owns the table.
    pub cross_reference: Option<CrossReferenceId>,
    /// What is free, for metered rows.
    #[schemars(with = "Option<Quantity>")]
    pub included: Option<Decimal>,
    /// The level that joined row and cross-reference.
    pub level: &'a str,
    /// How the account found its company.
    pub link: LinkedBy,
    /// The mapping row.
    pub mapping: MappingPlace<'a>,
    /// The exact amount before rounding, in gigabytes, units or things.
    #[schemars(with = "Option<Quantity>")]
    pub measured: Option<Decimal>,
    /// The backup plan, option or metric that the row selected.
    pub plan: Option<&'a str>,
    /// The contribution: `measured`, rounded once.
    pub rounded: Option<Quantity>,
    /// The usage source.
    pub source: &'a str,
    /// What is counted.
    #[serde(rename = "type")]
    pub vendor_type: &'a str,
    /// Total or additional, for gigabytes of a backup plan.
    pub usage_value: Option<UsageValue>,
    /// The used bytes, where bytes are counted.
    #[schemars(with = "Option<Quantity>")]
    pub used_bytes: Option<Decimal>,
    /// The row itself, for what the document does not repeat. `resolve` always gives it.
    #[serde(skip)]
    pub row: Option<&'a Row>,
}

/// Where a mapping row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct MappingPlace<'a> {
    /// The file.
    pub file: &'a str,
    /// The line, from 1.
    pub line: u32,
}

/// How an account found its company (billing.md, Resolution 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkedBy {
    /// An explicit link in the mappings.
    Explicit,
    /// The company's custom field.
    CustomField,
    /// The company's identifier.
    CompanyIdentifier,
}
