//! A mapping file as written: sections, entries and their keys.
//!
//! The doc comments here are what an editor shows. Decides what a file may say, not what it means.

mod policy;
mod value;

pub(super) use policy::{
    ChangePart, CustomField, FreezeEntry, GuardsSection, LimitPart, LineGuardsPart, LinkSection,
    PolicySection, RoundingPart, Statuses,
};
pub(super) use value::{Clock, Day, Exact, Name, WrittenSize};

use schemars::JsonSchema;
use serde::Deserialize;

use super::service::{ContentShieldRow, EssentialsRow, IntronisRow, MeteredRow};

/// Which usage becomes which quantity: mapping rows and what belongs to them. Every section is optional; all files of
/// the folder together are one desired state
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(title = "trueup mapping")]
#[serde(deny_unknown_fields)]
pub(super) struct MappingDocument {
    /// The usage source that this file's rows, links and cross-references are about, by its name in the settings
    pub(super) source: Option<Name>,
    /// The Managed Devices Integration in ConnectWise whose table resolves this file's levels. Leave it out when git
    /// owns the table (`cross_references`)
    pub(super) integration: Option<Name>,
    /// Rows for backup plans: gigabytes and licences
    #[serde(default)]
    pub(super) intronis_backup_plan: Vec<IntronisRow>,
    /// Rows for seats of Essentials
    #[serde(default)]
    pub(super) essentials_service: Vec<EssentialsRow>,
    /// Rows for seats of Content Shield Plus
    #[serde(default)]
    pub(super) content_shield_plus_services: Vec<ContentShieldRow>,
    /// Rows for any metric of any source, for what has no service of its own
    #[serde(default)]
    pub(super) metered: Vec<MeteredRow>,
    /// Cross-references that git owns, for the rows of files without `integration`
    #[serde(default)]
    pub(super) cross_references: Vec<CrossReferenceEntry>,
    /// Accounts that are linked by hand, or left out
    pub(super) accounts: Option<Accounts>,
    /// Quantities that override the computed ones until a day
    #[serde(default)]
    pub(super) pins: Vec<PinEntry>,
    /// Permissions to pass a guard once, until a day
    #[serde(default)]
    pub(super) waivers: Vec<WaiverEntry>,
    /// How the tenant wants to be reconciled; in one file only
    pub(super) policy: Option<PolicySection>,
}

/// A cross-reference: what a type of usage at a level is billed as
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CrossReferenceEntry {
    /// What is counted: BackupUsage, LocalBackup, ImageLicensing, Hyper-VHostLicensing, VMwareHostLicensing, or your own
    #[serde(rename = "type")]
    pub(super) vendor_type: Name,
    /// The level, exactly as the mapping rows write it
    pub(super) level: Name,
    /// The name of the agreement type to bill on
    pub(super) agreement_type: Name,
    /// The identifier of the product to bill
    pub(super) product: Name,
}

/// Accounts that are linked by hand, or left out
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Accounts {
    /// Accounts whose company is said here
    #[serde(default)]
    pub(super) link: Vec<LinkEntry>,
    /// Accounts that are left out of the plan
    #[serde(default)]
    pub(super) ignore: Vec<IgnoreEntry>,
}

/// Which company an account belongs to
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkEntry {
    /// The account's username at the usage source
    pub(super) account: Name,
    /// The Company ID in ConnectWise
    pub(super) company: Name,
    /// The name of the one agreement to bill on
    pub(super) agreement: Option<Name>,
}

/// An account that is left out of the plan: its lines are neither zeroed nor held
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IgnoreEntry {
    /// The account's username at the usage source
    pub(super) account: Name,
    /// Why
    pub(super) reason: Name,
    /// The last day, in UTC; without it the account is left out for good
    pub(super) until: Option<Day>,
}

/// A quantity that overrides the computed one until a day
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PinEntry {
    /// The Company ID in ConnectWise
    pub(super) company: Name,
    /// The identifier of the product
    pub(super) product: Name,
    /// What to bill
    #[schemars(range(min = 0, max = 10_000_000))]
    pub(super) quantity: Exact,
    /// Why, for whoever reviews it and whoever meets it later
    pub(super) reason: Name,
    /// The last day, in UTC
    pub(super) until: Day,
}

/// A permission to pass one guard once, reviewed like any other change of this folder
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WaiverEntry {
    /// The guard to pass
    pub(super) guard: WaivableGuard,
    /// The Company ID in ConnectWise, for guards of a line
    pub(super) company: Option<Name>,
    /// The identifier of the product, for guards of a line
    pub(super) product: Option<Name>,
    /// Only to this quantity, for guards of a line
    #[schemars(range(min = 0, max = 10_000_000))]
    pub(super) quantity: Option<Exact>,
    /// The ceiling: lines for `run_lines`, money for `run_money`
    #[schemars(range(min = 0, max = 1_000_000_000))]
    pub(super) up_to: Option<Exact>,
    /// The usage source, for `unit_shift`
    pub(super) source: Option<Name>,
    /// How many mapping rows may go, for `config_shrink`
    #[schemars(range(min = 1))]
    pub(super) rows: Option<u32>,
    /// The commit to accept, in full, for `history`
    pub(super) commit: Option<Name>,
    /// Why, with the ticket
    pub(super) reason: Name,
    /// The last day, in UTC; at most 31 days from today
    pub(super) until: Day,
}

/// The guards that can be waived
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum WaivableGuard {
    /// A line goes to 0
    ToZero,
    /// A quantity changes more than its limit
    LineChange,
    /// A line's monthly money changes more than its limit, or its price is unknown
    LineMoney,
    /// A line fell too far within 7 days
    Window,
    /// A quantity was changed by hand
    HandEdit,
    /// Too many lines change in one run
    RunLines,
    /// Too much money moves in one run
    RunMoney,
    /// The usage source seems to count in another unit
    UnitShift,
    /// A commit removes many mapping rows
    ConfigShrink,
    /// The commit does not descend from the last applied one
    History,
}
