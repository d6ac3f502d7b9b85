//! All mapping files together: one desired state, resolved and checked.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{LineGuards, Policy};
use crate::billing::{Money, Quantity, Rounding, Size, SizeUnit};
use crate::problem::Place;

/// What the mapping files of one commit say. Every list is sorted by place, so that the order of files is immaterial.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    /// The mapping rows.
    pub rows: Vec<Row>,
    /// The cross-references that git owns.
    pub cross_references: Vec<DeclaredCrossReference>,
    /// Which company an account belongs to, said explicitly.
    pub links: Vec<Link>,
    /// Accounts to leave out.
    pub ignores: Vec<Ignore>,
    /// Quantities that override the computed ones.
    pub pins: Vec<Pin>,
    /// Permissions to pass a guard.
    pub waivers: Vec<Waiver>,
    /// The policy, defaults filled in.
    pub policy: Policy,
    /// Where the policy stands, if any file has one.
    pub policy_place: Option<Place>,
}

/// One mapping row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub place: Place,
    /// The usage source it reads.
    pub source: Arc<str>,
    /// Which table resolves its level.
    pub table: Table,
    /// What it is about.
    pub subject: Subject,
    /// The text that joins it to cross-references, byte for byte.
    pub level: Arc<str>,
    /// Where the level stands, for problems about it.
    pub level_place: Place,
    /// How its measures are rounded, with the policy's defaults filled in. Counts are never rounded.
    pub rounding: Rounding,
    /// Whether several types of this row may add up on one line (`combine: sum`).
    pub combine_sum: bool,
    /// The line guards of its lines, with the policy's defaults filled in.
    pub guards: LineGuards,
}

impl Row {
    /// The service the row is about.
    #[must_use]
    pub fn service(&self) -> Service {
        match &self.subject {
            Subject::Plan { .. } => Service::IntronisBackupPlan,
            Subject::Seats { service, .. } => *service,
            Subject::Metered { .. } => Service::Metered,
        }
    }
}

/// Where a row's level is looked up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// The Managed Devices Integration of that name in ConnectWise.
    Integration(Arc<str>),
    /// The `cross_references` of all mapping files of the row's source.
    Git,
}

/// The services a mapping row can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Intronis Backup Plan
    IntronisBackupPlan,
    /// Essentials Service
    EssentialsService,
    /// Content Shield Plus Services
    ContentShieldPlusServices,
    /// Any metric of any source
    Metered,
}

/// What a row selects and how it is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A backup plan: every type that the level has cross-references for.
    Plan {
        /// Which accounts.
        plan: PlanSelector,
        /// Total or additional gigabytes.
        usage_value: UsageValue,
        /// What must hold before anything is written.
        expect: Expectation,
    },
    /// A seat service.
    Seats {
        /// Essentials or Content Shield Plus.
        service: Service,
        /// The option bought.
        option: Arc<str>,
        /// Which purchase; `None` takes only purchases without one.
        unique_id: Option<Arc<str>>,
        /// The type in the cross-reference table.
        vendor_type: Arc<str>,
        /// Used or bought seats.
        count: SeatCount,
    },
    /// A metric.
    Metered {
        /// The metric's name at its source.
        metric: Arc<str>,
        /// The type in the cross-reference table.
        vendor_type: Arc<str>,
        /// The unit for metrics that are bytes; `None` for counts.
        unit: Option<SizeUnit>,
        /// How much is free, in that unit.
        included: Decimal,
    },
}

/// Which backup plans a row is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanSelector {
    /// `(All plans)`: every plan without a row of its own.
    All,
    /// The plan of exactly that name.
    Named(Arc<str>),
}

/// Which gigabytes count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UsageValue {
    /// All used gigabytes (portal: "Update total usage")
    Total,
    /// Used gigabytes over the plan's base plan size (portal: "Update additional usage")
    Additional,
}

/// Which seats count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeatCount {
    /// Seats in use
    #[default]
    Used,
    /// Seats bought
    Bought,
}

/// What a backup row expects of its BackupUsage line; what does not hold stops that line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectation {
    /// The plan's base plan size.
    pub base_plan_size: Option<Size>,
    /// Less Included of the addition.
    pub less_included: Option<Quantity>,
    /// Where the expectation stands.
    pub place: Option<Place>,
}

/// A cross-reference that git owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredCrossReference {
    /// Where it stands.
    pub place: Place,
    /// The usage source whose rows it is for.
    pub source: Arc<str>,
    /// What is counted.
    pub vendor_type: Arc<str>,
    /// The level, byte for byte.
    pub level: Arc<str>,
    /// The name of the agreement type.
    pub agreement_type: Arc<str>,
    /// The identifier of the product.
    pub product: Arc<str>,
}

/// An explicit link of an account to a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where it stands.
    pub place: Place,
    /// The usage source.
    pub source: Arc<str>,
    /// The account's username.
    pub account: Arc<str>,
    /// The company's identifier.
    pub company: Arc<str>,
    /// The name of the one agreement to bill on.
    pub agreement: Option<Arc<str>>,
}

/// An account that is left out of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// Where it stands.
    pub place: Place,
    /// The usage source.
    pub source: Arc<str>,
    /// The account's username.
    pub account: Arc<str>,
    /// Why.
    pub reason: String,
    /// Its last day, in UTC; `None` never ends.
    pub until: Option<Date>,
}

/// A reviewed, expiring quantity that overrides the computed one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Where it stands.
    pub place: Place,
    /// The company's identifier.
    pub company: Arc<str>,
    /// The product's identifier.
    pub product: Arc<str>,
    /// What to bill.
    pub quantity: Quantity,
    /// Why.
    pub reason: String,
    /// Its last day, in UTC.
    pub until: Date,
}

/// A reviewed, expiring permission to pass one guard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Where it stands.
    pub place: Place,
    /// What it lets pass.
    pub guard: WaiverGuard,
    /// Why.
    pub reason: String,
    /// Its last day, in UTC.
    pub until: Date,
}

/// The guard that a waiver passes, and what it is limited to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaiverGuard {
    /// `to_zero`, `line_change`, `line_money`, `window` or `hand_edit` of one line.
    Line {
        /// Which of these.
        guard: crate::problem::Code,
        /// The company's identifier.
        company: Arc<str>,
        /// The product's identifier.
        product: Arc<str>,
        /// Only to this quantity.
        quantity: Option<Quantity>,
    },
    /// `run_lines`, up to so many lines.
    RunLines {
        /// The ceiling.
        up_to: u32,
    },
    /// `run_money`, up to that much.
    RunMoney {
        /// The ceiling.
        up_to: Money,
    },
    /// `unit_shift` of one source.
    UnitShift {
        /// The usage source.
        source: Arc<str>,
    },
    /// `config_shrink`, for that many rows removed.
    ConfigShrink {
        /// How many rows.
        rows: u32,
    },
    /// `history`, for one commit.
    History {
        /// The commit to accept, in full.
        commit: Arc<str>,
    },
}

/// The day that expiry is judged by: UTC, like every date of billing.md.
#[must_use]
pub fn utc_day(now: Timestamp) -> Date {
    jiff::tz::TimeZone::UTC.to_datetime(now).date()
}
