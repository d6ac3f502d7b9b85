//! The one rounding that a contribution goes through.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a measured amount becomes a quantity: once, at the end (billing.md, Measures).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounding {
    /// Which way.
    pub mode: RoundingMode,
    /// How many decimals stay, 0 to 4.
    pub decimals: u32,
}

impl Rounding {
    /// Two decimals, halves up: ours, where no source decides.
    pub const DEFAULT: Self = Self { mode: RoundingMode::Nearest, decimals: 2 };
}

/// Which way an amount between two steps goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoundingMode {
    /// To the nearer step, halves up
    Nearest,
    /// To the next step above
    Up,
    /// To the next step below
    Down,
}
