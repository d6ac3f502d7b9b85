//! Amounts of stored bytes and the units people count them in.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Ratio;

/// An amount of storage as its source wrote it.
///
/// Gigabytes stay what they are until the policy says how many bytes one has; they are then exact fractions of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Whole bytes.
    Bytes(u64),
    /// Gigabytes, from a `*_gb` cell.
    Gigabytes(Decimal),
}

impl Size {
    /// The exact bytes, or `None` where they leave the range of an exact decimal.
    #[must_use]
    pub fn bytes(self, gigabyte: Gigabyte) -> Option<Decimal> {
        match self {
            Self::Bytes(bytes) => Some(Decimal::from(bytes)),
            Self::Gigabytes(amount) => amount.checked_mul(Decimal::from(gigabyte.bytes())),
        }
    }

    /// The bytes to compute a quantity from: a fraction, exact whatever a cell holds; `None` where it leaves the range.
    #[must_use]
    pub fn exact_bytes(self, gigabyte: Gigabyte) -> Option<Ratio> {
        match self {
            Self::Bytes(bytes) => Some(Ratio::from(bytes)),
            Self::Gigabytes(amount) => Ratio::from(amount).checked_mul(gigabyte.bytes()),
        }
    }

    /// Whether nothing is stored.
    #[must_use]
    pub fn is_zero(self) -> bool {
        match self {
            Self::Bytes(bytes) => bytes == 0,
            Self::Gigabytes(amount) => amount.is_zero(),
        }
    }
}

/// What a gigabyte is (`policy.gigabyte`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gigabyte {
    /// 2^30 bytes, as the usage vendor counts
    #[default]
    Binary,
    /// 10^9 bytes
    Decimal,
}

impl Gigabyte {
    /// How many bytes it has.
    #[must_use]
    pub fn bytes(self) -> u64 {
        match self {
            Self::Binary => 1 << 30,
            Self::Decimal => 1_000_000_000,
        }
    }
}

/// The unit of a metered row whose metric is bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum SizeUnit {
    /// Kilobytes
    KB,
    /// Megabytes
    MB,
    /// Gigabytes
    GB,
    /// Terabytes
    TB,
}

impl SizeUnit {
    /// How many bytes the unit has, by what the policy calls a gigabyte.
    #[must_use]
    pub fn bytes(self, gigabyte: Gigabyte) -> u64 {
        let thousand: u64 = match gigabyte {
            Gigabyte::Binary => 1024,
            Gigabyte::Decimal => 1000,
        };
        let power = match self {
            Self::KB => 1,
            Self::MB => 2,
            Self::GB => 3,
            Self::TB => 4,
        };
        thousand.pow(power)
    }
}
