//! The usage vendor's customer record and what was measured for it.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::billing::Size;

/// One account of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its username: its identity.
    pub username: Arc<str>,
    /// Its display name; empty when the source has none.
    pub name: Arc<str>,
    /// Whether it is a customer or a reseller.
    pub kind: AccountKind,
    /// Where it stands with the vendor.
    pub status: AccountStatus,
    /// Its backup plan. `None` is an unknown plan, not "no plan".
    pub plan: Option<BackupPlan>,
    /// What was measured, at most one entry a metric. A metric that is not here is unknown.
    pub metrics: Vec<(Metric, Measured)>,
    /// Its seat purchases.
    pub seats: Vec<Seat>,
    /// Why its figures cannot be used. It then counts as present, and its lines are held `usage_rejected`.
    pub rejected: Option<Rejection>,
}

/// Why an account's row was refused, with its place for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The sentence to show, such as `used_bytes "1,234" is not a number`.
    pub message: String,
    /// Where it stands.
    pub place: Option<crate::problem::Place>,
}

/// What kind of record it is. Only accounts are billed, never partners.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum AccountKind {
    /// A customer
    #[default]
    Account,
    /// A reseller: its usage is the sum of its customers'
    Partner,
}

/// Where an account stands with the vendor. The policy says what each means for the bill.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum AccountStatus {
    /// In use
    #[default]
    Active,
    /// On trial
    Test,
    /// Kept, but no longer backed up
    Frozen,
    /// Ended
    Canceled,
}

/// The vendor's billing plan of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupPlan {
    /// Its name, by which mapping rows find it, byte for byte. `None` when the source gives sizes only.
    pub name: Option<Arc<str>>,
    /// Its base plan size.
    pub base: Base,
}

/// The base plan size of a backup plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The source did not say. Not a base of zero: `additional` on it is `unknown_base`.
    Unknown,
    /// Everything is included: `additional` is 0.
    Unlimited,
    /// This much is included.
    Size(Size),
}

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Bytes stored.
    BackupUsage,
    /// Devices with a local backup.
    LocalBackup,
    /// Imaging licences.
    ImageLicensing,
    /// Hyper-V hosts.
    HyperVHostLicensing,
    /// VMware hosts.
    VMwareHostLicensing,
    /// Any other metric, by the name its source uses.
    Named(Arc<str>),
}

impl Metric {
    /// The name of the type in cross-references, or of the custom metric.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::BackupUsage => "BackupUsage",
            Self::LocalBackup => "LocalBackup",
            Self::ImageLicensing => "ImageLicensing",
            Self::HyperVHostLicensing => "Hyper-VHostLicensing",
            Self::VMwareHostLicensing => "VMwareHostLicensing",
            Self::Named(name) => name,
        }
    }

    /// The metric that a type of that exact name counts.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "BackupUsage" => Self::BackupUsage,
            "LocalBackup" => Self::LocalBackup,
            "ImageLicensing" => Self::ImageLicensing,
            "Hyper-VHostLicensing" => Self::HyperVHostLicensing,
            "VMwareHostLicensing" => Self::VMwareHostLicensing,
            other => Self::Named(other.into()),
        }
    }
}

/// A measured amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    /// An amount of storage.
    Size(Size),
    /// A count of things.
    Count(u64),
}

/// One purchase of a service counted in seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The service as the source names it.
    pub service: Arc<str>,
    /// The option bought.
    pub option: Arc<str>,
    /// Which purchase, where the same option was bought more than once.
    pub unique_id: Option<Arc<str>>,
    /// Seats in use; `None` when the source did not say.
    pub used: Option<u64>,
    /// Seats bought; `None` when the source did not say.
    pub bought: Option<u64>,
}
