//! How a tenant wants to be reconciled, with every default written out.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Time;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::billing::{Gigabyte, Rounding};
use crate::usage::AccountStatus;

/// The policy of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Whether the daemon writes.
    pub mode: Mode,
    /// Whether nothing is written for now, whatever the mode.
    pub suspend: bool,
    /// What becomes of a desired line that has no addition.
    pub missing_addition: MissingAddition,
    /// What becomes of a line that no account wants.
    pub undesired: Undesired,
    /// What becomes of a quantity that somebody changed by hand.
    pub hand_edit: HandEdit,
    /// What each account status means.
    pub statuses: BTreeMap<AccountStatus, StatusPolicy>,
    /// How accounts find their company.
    pub link: LinkPolicy,
    /// What a gigabyte is.
    pub gigabyte: Gigabyte,
    /// The rounding of rows that name none.
    pub rounding: Rounding,
    /// The guards.
    pub guards: Guards,
    /// When writes wait.
    pub freeze: Vec<Freeze>,
}

/// Whether the daemon writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Plan and report only
    #[default]
    Observe,
    /// Write what the plan says
    Apply,
}

/// What becomes of a desired line that has no addition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingAddition {
    /// Hold it; somebody adds the line in ConnectWise
    #[default]
    Hold,
    /// Create it, priced from the catalogue
    Create,
}

/// What becomes of a line that no account wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Undesired {
    /// Set it to 0, guarded
    #[default]
    Zero,
    /// Leave it as it is
    Leave,
}

/// What becomes of a quantity that somebody changed by hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HandEdit {
    /// Hold the line
    #[default]
    Hold,
    /// Write the desired quantity over it
    Revert,
    /// Keep the hand-set quantity until the desired one changes
    Adopt,
}

/// What an account status means for the bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusPolicy {
    /// Bill it
    Bill,
    /// Leave its lines out of the plan
    Skip,
    /// It wants nothing
    Zero,
}

/// How accounts find their company without an explicit link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPolicy {
    /// The caption of the custom field that holds the username; `None` switches it off.
    pub custom_field: Option<Arc<str>>,
    /// Whether a company whose identifier equals the username, and whose custom field is empty, is linked.
    pub company_identifier: bool,
}

/// All limits (writes.md, Guards). Percentages are 0 to 100 and above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guards {
    /// The guards of single lines; rows may override them.
    pub line: LineGuards,
    /// How many lines may move much in one run.
    pub run_lines: Limit,
    /// How much money may move in one run.
    pub run_money: Limit,
    /// How old usage may be, in hours.
    pub usage_stale_hours: u32,
    /// How many accounts may be missing.
    pub usage_incomplete: IncompleteLimit,
}

/// The limits of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineGuards {
    /// By how much a quantity may change.
    pub line_change: ChangeLimits,
    /// By how much a line's monthly money may change.
    pub line_money: Limit,
}

/// Limits of a decrease and of an increase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeLimits {
    /// Of a decrease.
    pub decrease: Limit,
    /// Of an increase from above 0.
    pub increase: Limit,
}

/// `max(floor, percent of before)`, rounded up to a whole unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What is always allowed.
    pub floor: Decimal,
    /// The share of the value before, in percent.
    pub percent: Decimal,
}

/// When a snapshot has too few accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IncompleteLimit {
    /// Fewer than this percentage of the usual number.
    pub percent: Decimal,
    /// And at least so many fewer.
    pub accounts: u32,
}

/// A window in which writes wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freeze {
    /// The days of the month, 1 to 31.
    pub days_of_month: Vec<i8>,
    /// From this time.
    pub from: Time,
    /// To this time, exclusive.
    pub to: Time,
    /// In this time zone, by its IANA name.
    pub timezone: Arc<str>,
}

impl Limit {
    fn whole(floor: i64, percent: i64) -> Self {
        Self { floor: Decimal::from(floor), percent: Decimal::from(percent) }
    }
}

impl Default for LineGuards {
    fn default() -> Self {
        Self {
            line_change: ChangeLimits { decrease: Limit::whole(2, 20), increase: Limit::whole(5, 50) },
            line_money: Limit::whole(100, 30),
        }
    }
}

impl Default for Guards {
    fn default() -> Self {
        Self {
            line: LineGuards::default(),
            run_lines: Limit::whole(10, 15),
            run_money: Limit::whole(250, 5),
            usage_stale_hours: 36,
            usage_incomplete: IncompleteLimit { percent: Decimal::from(95), accounts: 3 },
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            suspend: false,
            missing_addition: MissingAddition::default(),
            undesired: Undesired::default(),
            hand_edit: HandEdit::default(),
            statuses: BTreeMap::from([
                (AccountStatus::Active, StatusPolicy::Bill),
                (AccountStatus::Test, StatusPolicy::Skip),
                (AccountStatus::Frozen, StatusPolicy::Bill),
                (AccountStatus::Canceled, StatusPolicy::Zero),
            ]),
            link: LinkPolicy { custom_field: Some("echo_username".into()), company_identifier: true },
            gigabyte: Gigabyte::default(),
            rounding: Rounding::DEFAULT,
            guards: Guards::default(),
            freeze: Vec::new(),
        }
    }
}
